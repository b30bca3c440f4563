/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Working stand-ins for the allocation interfaces, over host memory, with counters and planned failures. Each is
 * placed by the test, made by _init() and ended by _finish(), which frees the host memory.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/alloc/cleaner.h"
#include "mm/alloc/guard.h"
#include "mm/alloc/pages.h"
#include "mm/alloc/pool.h"

/* First fit over one arena of host pages; pages are zeroed when they are given out. */
struct fake_pages {
	struct mm_pages pages; /* the interface */
	uint8_t *arena;	       /* page-aligned */
	uint32_t *owners;      /* per page: 0 free, else 1 + the owner's number */
	uint32_t page_count;
	uint32_t alloc_count; /* calls that reached the fake, refused ones too */
	uint32_t free_count;
	uint32_t live_pages;
	uint32_t fail_after; /* allocations until the planned failure; UINT32_MAX is never */
	enum mm_status fail_status;
};

/* True on success; false if the host has no memory. */
bool fake_pages_init(struct fake_pages *fake, uint32_t page_count);
void fake_pages_finish(struct fake_pages *fake);

/* The allocation after `skip` further ones is refused with `status`, once. */
void fake_pages_fail_next(struct fake_pages *fake, uint32_t skip, enum mm_status status);

/*
 * A bump arena that never reuses memory, so that no two blocks of one test share an address. It knows its blocks: a
 * second free and a foreign pointer are refused as the real pool does.
 */
struct fake_pool {
	struct mm_pool pool; /* the interface */
	uint8_t *arena;
	size_t arena_bytes;
	size_t cursor;
	uint32_t alloc_count; /* calls that reached the fake, refused ones too */
	uint32_t free_count;
	uint32_t live_count;
	size_t live_bytes;
	uint32_t fail_after; /* allocations until the planned failure; UINT32_MAX is never */
	enum mm_status fail_status;
};

bool fake_pool_init(struct fake_pool *fake, size_t arena_bytes);
void fake_pool_finish(struct fake_pool *fake);
void fake_pool_fail_next(struct fake_pool *fake, uint32_t skip, enum mm_status status);

/* Counts the pages it is told to zero; touches them only if `is_writing`. */
struct fake_cleaner {
	struct mm_page_cleaner cleaner; /* the interface */
	uint32_t call_count;
	uint64_t page_count;
	struct mm_region last;
	bool is_writing;
	/* Called for each region if set, to let a test keep its own books. */
	void (*hook)(void *context, struct mm_region region);
	void *context;
};

void fake_cleaner_init(struct fake_cleaner *fake);

/* Remembers which regions are guards at the moment. */
struct fake_guard {
	struct mm_page_guard guard; /* the interface */
	struct mm_region regions[64];
	uint32_t region_count;
	uint32_t call_count;
	enum mm_status fail_status; /* what the next call answers instead of working; MM_OK is none */
};

void fake_guard_init(struct fake_guard *fake);

/* True if `address` lies in a guard. */
bool fake_guard_covers(const struct fake_guard *fake, uint64_t address);
