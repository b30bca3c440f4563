/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * GUIDs: compare, hash, read from unaligned bytes, print and parse. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* Bytes of the printed form "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX" with its terminating zero. */
#define MM_GUID_TEXT_BYTES 37u

/* Inline: message dispatch compares often, and most differ in their first word. */
static inline bool mm_guid_equal(const struct mm_guid *a, const struct mm_guid *b)
{
	return a->data1 == b->data1 && a->data2 == b->data2 && a->data3 == b->data3 &&
	       mm_load_u64(a->data4) == mm_load_u64(b->data4);
}
bool mm_guid_is_zero(const struct mm_guid *guid);

/* Orders by the bytes in memory: negative, zero, positive as memcmp. */
int mm_guid_compare(const struct mm_guid *a, const struct mm_guid *b);

/* A well-mixed 32-bit hash of all sixteen bytes, keyed by `seed`. */
uint32_t mm_guid_hash(const struct mm_guid *guid, uint32_t seed);

/* From sixteen bytes in memory order; any alignment. */
struct mm_guid mm_guid_load(const uint8_t bytes[MM_GUID_BYTES]);
void mm_guid_store(uint8_t ret_bytes[MM_GUID_BYTES], const struct mm_guid *guid);

/* Prints in upper case with a terminating zero. */
void mm_guid_print(const struct mm_guid *guid, char ret_text[MM_GUID_TEXT_BYTES]);

/* Parses exactly the printed form, either case, `count` characters without a terminator. MM_OK or MM_E_INVALID. */
enum mm_status mm_guid_parse(const char *text, size_t count, struct mm_guid *ret_guid);
