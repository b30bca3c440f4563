/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Free MMRAM: zeroed, then handed out page by page through mm/alloc/pages.h, supervisor and user pages in different
 * 2 MiB windows as far as MMRAM is large enough. The allocator's own records lie at the end of the largest free piece
 * and are zeroed and free again when init is done.
 */
#include <stdint.h>

#include "handoff.h"
#include "mm/alloc/pages_mmram.h"

struct mm_hal_mem;

struct mm_init_cleaner {
	struct mm_page_cleaner cleaner;
	struct mm_hal_mem *mem;
};

/* Holds addresses of its own members: place it once, do not copy it. */
struct mm_init_memory {
	struct mm_pages_mmram allocator;
	struct mm_init_cleaner cleaner;
	struct mm_region metadata;
	struct mm_region free_regions[MM_INIT_MMRAM_MAX];
	uint32_t free_region_count;
};

/*
 * Takes over the free MMRAM of an accepted hand-off, all of which reads as zero afterwards. `mem` outlives `self`.
 * MM_OK; MM_E_NO_MEMORY (no free piece holds the records); MM_E_FAULT (`mem` does not reach it).
 */
enum mm_status mm_init_memory_start(struct mm_init_memory *self, const struct mm_init_handoff *handoff,
				    struct mm_hal_mem *mem);

/*
 * Whole zeroed pages below 4 GiB for `owner` and, in `ret_bytes` (may be NULL), a pointer to them.
 * MM_OK; MM_E_NO_MEMORY; MM_E_INVALID for 0 pages.
 */
enum mm_status mm_init_memory_take(struct mm_init_memory *self, uint64_t pages, struct mm_owner owner,
				   struct mm_region *ret_region, uint8_t **ret_bytes);

/* Gives such pages back; they are zeroed. Breaking this contract is caught by the allocator and ignored here. */
void mm_init_memory_give_back(struct mm_init_memory *self, struct mm_region region, struct mm_owner owner);

/*
 * MMRAM as it will look to the supervisor: the IPL's descriptors, the free ones cut into pieces that carry
 * MM_HOB_MMRAM_ALLOCATED when in use. MM_OK; MM_E_LIMIT for more than `capacity`.
 */
enum mm_status mm_init_memory_list(struct mm_init_memory *self, const struct mm_init_handoff *handoff,
				   struct mm_pi_mmram *ret_ranges, uint32_t capacity, uint32_t *ret_count);

/* Ends allocation: the records are zeroed, what was handed out stays. */
void mm_init_memory_finish(struct mm_init_memory *self);
