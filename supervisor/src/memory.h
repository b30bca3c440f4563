/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Memory of ring 3, from ring 0's side: pages with an owner, and the page tables that make them reachable. The
 * supervisor adopts the tables that init built; everything maps one to one.
 *
 * Context: the first SMI, then the monarch.
 */
#include "mm/alloc/pages_mmram.h"

#include "facts.h"
#include "supv.h"

/* The page tables of a domain: the editor, and what its ops need. */
struct mm_supv_tables {
	struct mm_hal_pagetable editor; /* first */
	struct mm_supv_state *supv;
};

struct mm_supv_memory {
	struct mm_pages_mmram allocator;
	struct mm_page_cleaner cleaner;
	struct mm_supv_tables tables;
	struct mm_region mmram[MM_SUPV_MMRAM_MAX];
	size_t mmram_count;
	uint64_t epoch;
	bool in_limbo; /* pages wait for the next SMI */
};

/*
 * Takes over free MMRAM and the live page tables. Statuses of the allocator and the editor; MM_E_SUPV_OUTSIDE if a
 * table lies outside the used part of MMRAM.
 */
enum mm_status mm_supv_memory_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts, struct mm_pa root,
				   uint8_t levels, uint8_t pa_bits);

/* Whole pages for the supervisor, zeroed, read-write. Statuses of mm_pages_alloc(). */
enum mm_status mm_supv_pages_get(struct mm_supv_state *supv, uint64_t pages, struct mm_region *ret_region);

/* Changes the rights of pages (MM_HAL_PAGE_*; 0 makes them absent) and forgets their translations on this CPU. */
enum mm_status mm_supv_pages_protect(struct mm_supv_state *supv, struct mm_region region, uint32_t attributes);

/* Pages for ring 3: zeroed, read-write, never executable, charged to the domain. Statuses of mm_pages_alloc(). */
enum mm_status mm_supv_user_pages_get(struct mm_supv_state *supv, struct mm_domain *domain, uint64_t pages,
				      struct mm_region *ret_region);

/*
 * Takes such pages back: ring 3 loses them at once, they rest until the next SMI and are zeroed before anyone gets
 * them. Statuses of mm_pages_free().
 */
enum mm_status mm_supv_user_pages_put(struct mm_supv_state *supv, struct mm_domain *domain, struct mm_region region);

/* True if the domain got every page of the region by mm_supv_user_pages_get() and may give them back. */
bool mm_supv_user_pages_are_heap(struct mm_supv_state *supv, const struct mm_domain *domain, struct mm_region region);

/* True if the region lies outside MMRAM and ring 3 can read and write all of it. */
bool mm_supv_user_range_is_outside(struct mm_supv_state *supv, struct mm_region region);

/* True if ring 3 has all of `attributes` (MM_HAL_PAGE_*) on every page of the region, wherever it lies. */
bool mm_supv_user_range_has(struct mm_supv_state *supv, struct mm_region region, uint32_t attributes);

/* Start of an SMI: every CPU has entered MM anew since the last one, so what rested may be used again. */
void mm_supv_memory_new_epoch(struct mm_supv_state *supv);

/*
 * After boot init is no longer needed: erases its image and makes it absent. Nothing if that was done or init did not
 * say where it lies. Statuses of the editor.
 */
enum mm_status mm_supv_memory_erase_init(struct mm_supv_state *supv);

/* Makes every table page read-only; from then on the editor alone changes them. Statuses of the editor. */
enum mm_status mm_supv_memory_seal(struct mm_supv_state *supv);
