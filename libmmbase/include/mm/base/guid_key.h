/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A GUID as two machine words, for tables that are searched often: loaded once, hashed and compared without a call.
 * Pure. The words are the sixteen bytes in memory, little-endian.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/bytes.h"

struct mm_guid_key {
	uint64_t low;
	uint64_t high;
};

static inline struct mm_guid_key mm_guid_key(const struct mm_guid *guid)
{
	const uint8_t *bytes = (const uint8_t *)guid;
	struct mm_guid_key key = { mm_load_u64(bytes), mm_load_u64(bytes + 8) };

	return key;
}

static inline bool mm_guid_key_equal(struct mm_guid_key a, struct mm_guid_key b)
{
	return a.low == b.low && a.high == b.high;
}

/* A well-mixed 32-bit hash of all sixteen bytes, keyed by `seed`. */
static inline uint32_t mm_guid_key_hash(struct mm_guid_key key, uint32_t seed)
{
	uint64_t mixed = (key.low ^ seed) * 0x9E3779B97F4A7C15u;

	mixed = (mixed ^ (mixed >> 32) ^ key.high) * 0xD6E8FEB86659FD93u;
	return (uint32_t)(mixed >> 32);
}
