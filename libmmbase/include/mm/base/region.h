/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Half-open regions of a 64-bit space: `base` inclusive, `base + bytes` exclusive, empty when `bytes` is 0.
 * A region never wraps: base + bytes <= 2^64 - 1 holds for every region made by the constructors below, so
 * mm_region_end() is exact. Regions say nothing about what they address; the owner of one does.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/status.h"

struct mm_region {
	uint64_t base;
	uint64_t bytes;
};

/*
 * From numbers that came from outside. MM_OK; MM_E_OVERFLOW if base + bytes does not fit 64 bits.
 * Empty regions are allowed. `ret_region` is written only on MM_OK.
 */
enum mm_status mm_region_create_untrusted(uint64_t base, uint64_t bytes, struct mm_region *ret_region);

/* From numbers the caller has proved not to wrap; a wrap yields the empty region at `base`. */
struct mm_region mm_region_create(uint64_t base, uint64_t bytes);

static inline uint64_t mm_region_end(struct mm_region r)
{
	return r.base + r.bytes;
}

static inline bool mm_region_is_empty(struct mm_region r)
{
	return r.bytes == 0;
}

/* True if `inner` lies wholly in `outer`. An empty `inner` is contained when its base is in [base, end]. */
bool mm_region_contains(struct mm_region outer, struct mm_region inner);

/* True if the address lies in the region. */
bool mm_region_contains_addr(struct mm_region r, uint64_t addr);

/* True if the two share at least one address; empty regions overlap nothing. */
bool mm_region_overlaps(struct mm_region a, struct mm_region b);

/* The shared part; empty (at the greater base) when there is none. */
struct mm_region mm_region_intersect(struct mm_region a, struct mm_region b);

/*
 * `a` without `b`: up to two pieces, ascending, in `ret_pieces`; returns how many (0..2).
 */
size_t mm_region_subtract(struct mm_region a, struct mm_region b, struct mm_region ret_pieces[2]);

/* The smallest page-aligned region that holds `r`. MM_OK or MM_E_OVERFLOW. */
enum mm_status mm_region_page_hull(struct mm_region r, struct mm_region *ret_region);
