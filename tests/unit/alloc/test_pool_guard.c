/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "fake_alloc.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/addr.h"
#include "mock_alloc.h"
#include "tests/mm_test.h"

struct guard_world {
	struct fake_pages pages;
	struct fake_guard guard;
	struct mm_pool_tlsf pool;
};

static int setup(void **state)
{
	struct guard_world *world = calloc(1, sizeof(*world));
	struct mm_pool_tlsf_config config = { .owner = mm_owner_domain(3), .seed = 99 };

	assert_non_null(world);
	assert_true(fake_pages_init(&world->pages, 64));
	fake_guard_init(&world->guard);
	config.pages = &world->pages.pages;
	config.guard = &world->guard.guard;
	assert_status(mm_pool_tlsf_init(&world->pool, &config), MM_OK);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct guard_world *world = *state;

	assert_status(mm_pool_tlsf_finish(&world->pool), MM_OK);
	assert_int_equal(world->pages.live_pages, 0);
	assert_int_equal(world->guard.region_count, 0);
	fake_pages_finish(&world->pages);
	free(world);
	return 0;
}

static uint8_t *alloc(struct guard_world *world, size_t bytes, size_t align)
{
	struct mm_pool_request request = { bytes, align, MM_POOL_RUNTIME_DATA };
	void *block = NULL;

	assert_status(mm_pool_alloc(&world->pool.pool, &request, &block), MM_OK);
	memset(block, 0x11, bytes);
	return block;
}

static void a_block_ends_where_the_guard_begins(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 4096, 0);

	assert_true(fake_guard_covers(&world->guard, (uintptr_t)block + 4096));
	assert_false(fake_guard_covers(&world->guard, (uintptr_t)block + 4095));
	assert_false(fake_guard_covers(&world->guard, (uintptr_t)block));
	assert_int_equal(world->pages.live_pages, 4);
	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
}

static void there_is_a_guard_below_as_well(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 100, 0);

	assert_true(fake_guard_covers(&world->guard, mm_page_floor((uintptr_t)block) - 1));
}

static void aligns_up_to_a_page(void **state)
{
	struct guard_world *world = *state;

	for (size_t align = 16; align <= MM_POOL_ALIGN_MAX; align *= 4)
		assert_int_equal((uintptr_t)alloc(world, 100, align) % align, 0);
	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
}

static void a_freed_block_takes_its_guards_along(void **state)
{
	struct guard_world *world = *state;
	struct mm_pool_block_info info;
	struct mm_pool_stats stats;
	uint8_t *a = alloc(world, 33, 0);
	uint8_t *b = alloc(world, 5000, 0);

	assert_status(mm_pool_info(&world->pool.pool, b, &info), MM_OK);
	assert_int_equal(info.bytes, 5000);
	assert_int_equal(info.type, MM_POOL_RUNTIME_DATA);
	assert_status(mm_pool_free(&world->pool.pool, a), MM_OK);
	assert_int_equal(world->guard.region_count, 2);
	assert_int_equal(world->pages.live_pages, 4);
	assert_status(mm_pool_tlsf_get_stats(&world->pool, &stats), MM_OK);
	assert_int_equal(stats.used_blocks, 1);
	assert_int_equal(stats.used_bytes, 5000);
	assert_int_equal(stats.chunk_pages, 4);
}

static void refuses_pointers_without_following_them(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 40, 0);
	struct mm_pool_block_info info;

	assert_status(mm_pool_free(&world->pool.pool, block + 16), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_free(&world->pool.pool, (void *)16), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_info(&world->pool.pool, (void *)16, &info), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_free(&world->pool.pool, block), MM_OK);
	assert_status(mm_pool_free(&world->pool.pool, block), MM_E_ALLOC_FOREIGN);
}

static void sees_a_write_between_the_end_and_the_guard(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 33, 0);

	block[33] = 0;
	assert_status(mm_pool_free(&world->pool.pool, block), MM_E_CORRUPT);
	assert_status(mm_pool_tlsf_check(&world->pool), MM_E_CORRUPT);
	block[33] = 0xe5;
	assert_status(mm_pool_free(&world->pool.pool, block), MM_OK);
}

static void sees_a_write_over_its_record(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 33, 0);
	uint8_t *record = (uint8_t *)mm_page_floor((uintptr_t)block);

	record[0] ^= 1;
	assert_status(mm_pool_free(&world->pool.pool, block), MM_E_CORRUPT);
	assert_status(mm_pool_tlsf_check(&world->pool), MM_E_CORRUPT);
	record[0] ^= 1;
	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
}

static void a_refused_guard_leaves_nothing_behind(void **state)
{
	struct guard_world *world = *state;
	void *block = NULL;

	world->guard.fail_status = MM_E_FAULT;
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 40, &block), MM_E_FAULT);
	assert_int_equal(world->pages.live_pages, 0);
	fake_pages_fail_next(&world->pages, 0, MM_E_QUOTA);
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 40, &block), MM_E_QUOTA);
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, MM_POOL_BYTES_MAX + 1, &block), MM_E_NO_MEMORY);
	assert_null(block);
}

static void a_block_whose_guards_stay_is_not_given_back(void **state)
{
	struct guard_world *world = *state;
	uint8_t *block = alloc(world, 40, 0);

	world->guard.fail_status = MM_E_FAULT;
	assert_status(mm_pool_free(&world->pool.pool, block), MM_E_FAULT);
	assert_int_equal(world->pages.live_pages, 3);
	assert_status(mm_pool_free(&world->pool.pool, block), MM_OK);
}

static void takes_the_lower_guard_back_when_the_upper_is_refused(void **state)
{
	struct guard_world *world = *state;
	struct mm_page_guard guard = mock_guard();
	struct mm_pool_tlsf_config config = { &world->pages.pages, mm_owner_domain(1), 7, 0, &guard };
	struct mm_pool_tlsf pool;
	uint64_t base = (uintptr_t)world->pages.arena;
	void *block;

	assert_status(mm_pool_tlsf_init(&pool, &config), MM_OK);
	expect_value(mock_guard_set, base, base);
	expect_value(mock_guard_set, base, base + 2 * MM_PAGE_BYTES);
	expect_value(mock_guard_set, base, base);
	expect_value_count(mock_guard_set, bytes, MM_PAGE_BYTES, 3);
	expect_value_count(mock_guard_set, is_guard, true, 2);
	expect_value(mock_guard_set, is_guard, false);
	will_return(mock_guard_set, MM_OK);
	will_return(mock_guard_set, MM_E_NO_MEMORY);
	will_return(mock_guard_set, MM_OK);
	assert_status(mm_pool_alloc_bytes(&pool.pool, 10, &block), MM_E_NO_MEMORY);
	assert_int_equal(world->pages.live_pages, 0);
}

static void finish_goes_on_after_a_refusal(void **state)
{
	struct guard_world *world = *state;

	alloc(world, 40, 0);
	alloc(world, 40, 0);
	world->guard.fail_status = MM_E_FAULT;
	assert_status(mm_pool_tlsf_finish(&world->pool), MM_E_FAULT);
	assert_int_equal(world->pages.live_pages, 3);
	world->pages.live_pages = 0;
	world->guard.region_count = 0;
}

#define WITH_GUARD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_GUARD(a_block_ends_where_the_guard_begins),
		WITH_GUARD(there_is_a_guard_below_as_well),
		WITH_GUARD(aligns_up_to_a_page),
		WITH_GUARD(a_freed_block_takes_its_guards_along),
		WITH_GUARD(refuses_pointers_without_following_them),
		WITH_GUARD(sees_a_write_between_the_end_and_the_guard),
		WITH_GUARD(sees_a_write_over_its_record),
		WITH_GUARD(a_refused_guard_leaves_nothing_behind),
		WITH_GUARD(a_block_whose_guards_stay_is_not_given_back),
		WITH_GUARD(takes_the_lower_guard_back_when_the_upper_is_refused),
		WITH_GUARD(finish_goes_on_after_a_refusal),
	};

	return cmocka_run_group_tests_name("alloc/pool_guard", tests, NULL, NULL);
}
