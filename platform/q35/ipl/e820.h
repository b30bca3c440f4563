/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Memory maps in the form that QEMU gives and Linux takes (ACPI specification, 15.4). Pure.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/base/compiler.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

#define MM_Q35_E820_RAM	     1u
#define MM_Q35_E820_RESERVED 2u
#define MM_Q35_E820_MAX	     128u

struct mm_q35_e820_entry {
	uint64_t base;
	uint64_t bytes;
	uint32_t type;
} MM_PACKED;
MM_STATIC_ASSERT(sizeof(struct mm_q35_e820_entry) == 20, e820_entry_size);

struct mm_q35_e820 {
	size_t count;
	struct mm_q35_e820_entry entry[MM_Q35_E820_MAX];
};

/*
 * Reads a map from `count` bytes of 20-byte entries. MM_OK; MM_E_INVALID if there is no entry or a part of one;
 * MM_E_LIMIT for more than MM_Q35_E820_MAX; MM_E_OVERFLOW if an entry wraps.
 */
enum mm_status mm_q35_e820_decode_untrusted(const void *data, size_t bytes, struct mm_q35_e820 *ret_map);

/*
 * Takes `region` out of whatever the map says of it and says `type` instead. Empty regions change nothing.
 * MM_OK; MM_E_LIMIT if the map is full; the map is as it was then.
 */
enum mm_status mm_q35_e820_carve(struct mm_q35_e820 *map, struct mm_region region, uint32_t type);

/* Takes `region` out of the map and says nothing of it. Statuses as carve. */
enum mm_status mm_q35_e820_remove(struct mm_q35_e820 *map, struct mm_region region);

/* Orders by base. */
void mm_q35_e820_sort(struct mm_q35_e820 *map);

/* The end of the highest RAM entry that lies wholly below 4 GiB, 0 if there is none. */
uint64_t mm_q35_e820_low_top(const struct mm_q35_e820 *map);

/* True if a single RAM entry holds all of `region`. */
bool mm_q35_e820_is_ram(const struct mm_q35_e820 *map, struct mm_region region);
