/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Sets of addresses: a set is kept as regions that are not empty, ascend, and neither overlap nor touch, in an array
 * that the caller owns and keeps alive. Equal sets therefore have equal arrays. Changes cost O(regions), questions
 * O(log regions). What does not fit the array is refused and leaves the set as it was. Pure; no locks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_region_set {
	/* private: */
	struct mm_region *regions;
	size_t count;
	size_t capacity;
};

/* Makes an empty set over `capacity` places; `places` may be NULL when that is 0. */
void mm_region_set_init(struct mm_region_set *self, struct mm_region *places, size_t capacity);

/*
 * Makes a set of the first `count` of `capacity` places, which hold regions in any order, empty ones, overlaps and
 * repetitions included; they are sorted and joined in place. count <= capacity. O(count log count).
 */
void mm_region_set_init_from(struct mm_region_set *self, struct mm_region *places, size_t count, size_t capacity);

/* Union with one region. MM_OK; MM_E_LIMIT. */
enum mm_status mm_region_set_add(struct mm_region_set *self, struct mm_region region);

/* Difference: the region's addresses leave the set. MM_OK; MM_E_LIMIT (a region would have to become two). */
enum mm_status mm_region_set_remove(struct mm_region_set *self, struct mm_region region);

/* Intersection with one region; always fits. */
void mm_region_set_keep(struct mm_region_set *self, struct mm_region region);

/*
 * The shared addresses of `a` and `b` go to `ret_set`, an initialised set with places of its own whose contents are
 * replaced. O(regions of a and b). MM_OK; MM_E_LIMIT (`ret_set` is empty then).
 */
enum mm_status mm_region_set_intersect(const struct mm_region_set *a, const struct mm_region_set *b,
				       struct mm_region_set *ret_set);

/* True if every address of `region` is in the set; true for an empty region. */
bool mm_region_set_contains(const struct mm_region_set *self, struct mm_region region);

/* True if any address of `region` is in the set. */
bool mm_region_set_overlaps(const struct mm_region_set *self, struct mm_region region);

/* True if both hold the same addresses. */
bool mm_region_set_equal(const struct mm_region_set *a, const struct mm_region_set *b);

/* How many addresses it holds. */
uint64_t mm_region_set_bytes(const struct mm_region_set *self);

/* True if the array is as the head of this file says. O(regions). */
bool mm_region_set_check(const struct mm_region_set *self);

static inline size_t mm_region_set_count(const struct mm_region_set *self)
{
	return self->count;
}

/* Region `index`, below the count, in ascending order. */
static inline struct mm_region mm_region_set_at(const struct mm_region_set *self, size_t index)
{
	return self->regions[index];
}
