/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The GUIDs of mm/abi/guid_list.h as objects, mm_guid_<symbol>, and their names for people. Read-only data.
 */
#include <stddef.h>

#include "mm/abi/guid.h"

#define MM_GUID_DEF(symbol, d1, d2, d3, b0, b1, b2, b3, b4, b5, b6, b7, name, purpose) \
	extern const struct mm_guid mm_guid_##symbol;
#include "mm/abi/guid_list.h"
#undef MM_GUID_DEF

/* A row of the list; the strings are literals. */
struct mm_guid_known {
	const struct mm_guid *guid;
	const char *symbol;  /* "mmram_hob" */
	const char *name;    /* the field's name for it: "gEfiSmmSmramMemoryGuid" */
	const char *purpose; /* what it stands for */
};

/* Row `index` in the order of the list, or NULL past its end. Linking this brings the texts into the image. */
const struct mm_guid_known *mm_guid_known_at(size_t index);

/* The field's name for the GUID, or NULL when it is not in the list. Linear in the list: for logs, not for paths. */
const char *mm_guid_known_name(const struct mm_guid *guid);
