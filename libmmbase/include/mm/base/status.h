/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The one status type of all rooms. Dropping a value of it does not compile: handle it, forward it, or
 * cast it to (void) and say why. EFI_STATUS appears only in the edge file of each image.
 */
#include <stdint.h>

#include "mm/base/compiler.h"

enum MM_NODISCARD mm_status {
#define MM_STATUS(name, number, text) MM_##name = (number),
#include "mm/base/status_list.h"
#undef MM_STATUS
};

/*
 * What an untrusted-data decoder found wrong, for one line of log: which field, where, which value.
 * `field` is a string literal with static storage; `offset` is in bytes from the start of the data the
 * decoder was given. Written only when a decoder refuses; callers that do not care pass NULL.
 */
struct mm_refusal {
	const char *field;
	uint64_t offset;
	uint64_t value;
};

/* Fills `reterr` (may be NULL) and returns `status`, so that a decoder refuses in one statement. */
enum mm_status mm_refuse(struct mm_refusal *reterr, enum mm_status status, const char *field, uint64_t offset,
			 uint64_t value);

/* The name without its prefix ("E_TRUNCATED"), or "E_?" for a number not in the list. Never NULL. */
const char *mm_status_name(enum mm_status status);

/* The text of the list, or "unknown status". Never NULL. */
const char *mm_status_text(enum mm_status status);
