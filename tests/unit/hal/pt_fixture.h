/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the page-table editor's unit tests share: short names, fixtures, and changes that must succeed. */
#include "tests/mm_test.h"

#include "pt_pool.h"

#define KIB 0x400ull
#define MIB 0x100000ull
#define GIB 0x40000000ull

#define R  MM_HAL_PAGE_R
#define RW MM_HAL_PAGE_RW
#define RX MM_HAL_PAGE_RX
#define U  MM_HAL_PAGE_USER
#define UC MM_HAL_PAGE_UNCACHED

static inline int make_pool(void **state)
{
	*state = pt_pool_create();
	return 0;
}

static inline int make_editor(void **state)
{
	struct mm_hal_pagetable_config config = pt_config();
	struct pt_pool *pool = pt_pool_create();

	*state = pool;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_OK);
	return 0;
}

static inline int drop_pool(void **state)
{
	struct pt_pool *pool = *state;

	if (pool->pt.root.v != 0)
		assert_status(mm_hal_pagetable_check(&pool->pt), MM_OK);
	pt_pool_destroy(pool);
	return 0;
}

static inline void map(struct pt_pool *pool, uint64_t va, uint64_t bytes, uint64_t pa, uint32_t attributes)
{
	assert_status(mm_hal_pagetable_map(&pool->pt, mm_region_create(va, bytes), mm_pa(pa), attributes), MM_OK);
}

static inline void protect(struct pt_pool *pool, uint64_t va, uint64_t bytes, uint32_t attributes)
{
	assert_status(mm_hal_pagetable_protect(&pool->pt, mm_region_create(va, bytes), attributes), MM_OK);
}

static inline void unmap(struct pt_pool *pool, uint64_t va, uint64_t bytes)
{
	assert_status(mm_hal_pagetable_unmap(&pool->pt, mm_region_create(va, bytes)), MM_OK);
}

static inline struct mm_hal_pagetable_run query(struct pt_pool *pool, uint64_t va)
{
	return mm_hal_pagetable_query(&pool->pt, va);
}

#define WITH_EDITOR(test) cmocka_unit_test_setup_teardown(test, make_editor, drop_pool)
#define WITH_POOL(test)	  cmocka_unit_test_setup_teardown(test, make_pool, drop_pool)
