/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the MMI table consists of. Private to the room. */
#include "mm/base/guid_key.h"
#include "mm/dispatch/mmi.h"

/* A GUID with handlers; it ends with the last one. */
struct mm_mmi_entry {
	struct mm_slot slot;
	struct mm_hash_node by_guid;
	struct mm_guid_key key;
	struct mm_mmi_chain chain;
};

struct mm_mmi_handler {
	struct mm_slot slot;
	struct mm_mmi_handler *next;
	struct mm_mmi_handler *prev;
	struct mm_mmi_entry *entry; /* NULL for a root handler */
	uint64_t entry_point;
	uint64_t sequence;
	uint16_t owner;
};

/* The entry of a GUID, or NULL. */
struct mm_mmi_entry *mmi_find_entry(const struct mm_mmi *self, struct mm_guid_key key);
