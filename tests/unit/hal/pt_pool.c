/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pt_pool.h"

#include "tests/mm_test.h"

#include <stdlib.h>

#include "mm/base/compiler.h"

static struct pt_pool *pool_of(struct mm_hal_pagetable *self)
{
	return MM_CONTAINER_OF(self, struct pt_pool, pt);
}

static uint32_t index_of(struct mm_pa page)
{
	return (uint32_t)((page.v - PT_POOL_BASE) >> MM_PAGE_SHIFT);
}

static enum mm_status pool_get(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct pt_pool *pool = pool_of(self);

	if (pool->in_use >= pool->limit)
		return MM_E_NO_MEMORY;
	while (pool->taken[pool->next])
		pool->next = (pool->next + 1u) % PT_POOL_PAGES;
	pool->taken[pool->next] = true;
	pool->in_use++;
	pool->gets++;
	*ret_page = mm_pa(PT_POOL_BASE + pool->next * MM_PAGE_BYTES);
	return MM_OK;
}

static void pool_put(struct mm_hal_pagetable *self, struct mm_pa page)
{
	struct pt_pool *pool = pool_of(self);
	uint32_t index = index_of(page);

	assert_true(index < PT_POOL_PAGES && pool->taken[index]);
	pool->taken[index] = false;
	pool->in_use--;
	pool->puts++;
	/* Whoever still reads it sees garbage that looks present. */
	memset(pool->pages[index], 0xa5, sizeof(pool->pages[index]));
}

static const uint64_t *pool_map(struct mm_hal_pagetable *self, struct mm_pa page)
{
	uint32_t index = index_of(page);

	if (page.v < PT_POOL_BASE || index >= PT_POOL_PAGES || !pool_of(self)->taken[index])
		return NULL;
	return pool_of(self)->pages[index];
}

static void pool_write(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	struct pt_pool *pool = pool_of(self);
	size_t slot = (size_t)(entry - pool->pages[0]);

	assert_true(slot < PT_POOL_PAGES * 512u && pool->taken[slot / 512u]);
	pool->writes++;
	pool->pages[slot / 512u][slot % 512u] = value;
}

static const struct mm_hal_pagetable_ops pool_ops = {
	.get_page = pool_get,
	.put_page = pool_put,
	.map_table = pool_map,
	.write_entry = pool_write,
};

struct mm_hal_pagetable_config pt_config(void)
{
	struct mm_hal_pagetable_config config = {
		.ops = &pool_ops,
		.levels = 4,
		.pa_bits = 40,
		.can_1gib = true,
		.can_execute_disable = true,
	};

	return config;
}

struct pt_pool *pt_pool_create(void)
{
	struct pt_pool *pool = calloc(1, sizeof(*pool));

	assert_non_null(pool);
	pool->pages = calloc(PT_POOL_PAGES, sizeof(*pool->pages));
	assert_non_null(pool->pages);
	memset(pool->pages, 0xa5, PT_POOL_PAGES * sizeof(*pool->pages));
	pool->limit = PT_POOL_PAGES;
	return pool;
}

void pt_pool_destroy(struct pt_pool *pool)
{
	mm_hal_pagetable_finish(&pool->pt);
	assert_int_equal(pool->in_use, 0);
	free(pool->pages);
	free(pool);
}

struct mm_pa pt_pool_table(struct pt_pool *pool)
{
	struct mm_pa page = { 0 };

	assert_status(pool_get(&pool->pt, &page), MM_OK);
	memset(pool->pages[index_of(page)], 0, sizeof(pool->pages[0]));
	return page;
}

uint64_t *pt_pool_entries(struct pt_pool *pool, struct mm_pa table)
{
	return pool->pages[index_of(table)];
}
