/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Table pages for the page-table editor's tests: a fixed pool of host pages with counters and planned exhaustion. */
#include <stdbool.h>
#include <stdint.h>

#include "mm/hal/pagetable.h"

#define PT_POOL_BASE  0x10000000ull
#define PT_POOL_PAGES 4096u

struct pt_pool {
	struct mm_hal_pagetable pt;
	uint64_t (*pages)[512];
	bool taken[PT_POOL_PAGES];
	uint32_t next; /* where the search for a free page begins */
	uint32_t in_use;
	uint32_t limit; /* pages it gives out at most */
	uint64_t gets;
	uint64_t puts;
	uint64_t writes;
};

/* What the tests change most: 4 levels, 1 GiB pages, NX, 40 bits, no merge. */
struct mm_hal_pagetable_config pt_config(void);

/* A pool whose editor is not made yet; pages hold garbage. */
struct pt_pool *pt_pool_create(void);
/* Fails the test if pages are still out. */
void pt_pool_destroy(struct pt_pool *pool);

/* A page by hand, for trees the editor did not build; entries zeroed. */
struct mm_pa pt_pool_table(struct pt_pool *pool);
uint64_t *pt_pool_entries(struct pt_pool *pool, struct mm_pa table);
