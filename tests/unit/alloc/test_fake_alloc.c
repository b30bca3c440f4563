/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The stand-ins keep the promises of the interfaces, so that what is tested over them is tested over the real thing. */
#include "fake_alloc.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/addr.h"
#include "mock_alloc.h"
#include "tests/mm_test.h"

static void fake_pages_serve_every_kind(void **state)
{
	struct fake_pages fake;
	struct mm_region region;
	struct mm_owner owner;
	uint64_t base;

	(void)state;
	assert_true(fake_pages_init(&fake, 8));
	base = (uintptr_t)fake.arena;
	struct mm_pages_request at = { MM_PAGES_AT, base + 3 * MM_PAGE_BYTES, 2, 0, mm_owner_domain(1) };
	struct mm_pages_request below = { MM_PAGES_BELOW, base + 3 * MM_PAGE_BYTES, 3, 0, mm_owner_supervisor() };
	assert_status(mm_pages_alloc(&fake.pages, &at, &region), MM_OK);
	assert_int_equal(region.base, at.address);
	assert_status(mm_pages_alloc(&fake.pages, &at, &region), MM_E_NO_MEMORY);
	assert_status(mm_pages_alloc(&fake.pages, &below, &region), MM_OK);
	assert_int_equal(region.base, base);
	assert_status(mm_pages_owner_of(&fake.pages, mm_region_create(at.address, 5000), &owner), MM_OK);
	assert_true(mm_owner_equal(owner, mm_owner_domain(1)));
	assert_status(mm_pages_owner_of(&fake.pages, mm_region_create(base, 4 * MM_PAGE_BYTES), &owner),
		      MM_E_ALLOC_FOREIGN);
	assert_int_equal(fake.live_pages, 5);
	fake_pages_finish(&fake);
}

static void fake_pages_refuse_wrong_frees(void **state)
{
	struct fake_pages fake;
	struct mm_region region;
	struct mm_owner owner;

	(void)state;
	assert_true(fake_pages_init(&fake, 8));
	assert_status(mm_pages_alloc_any(&fake.pages, 2, mm_owner_domain(1), &region), MM_OK);
	assert_status(mm_pages_free(&fake.pages, region, mm_owner_domain(2)), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pages_free(&fake.pages, region, mm_owner_domain(1)), MM_OK);
	assert_status(mm_pages_free(&fake.pages, region, mm_owner_domain(1)), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(mm_pages_owner_of(&fake.pages, region, &owner), MM_E_NOT_FOUND);
	region = mm_region_create(MM_PAGE_BYTES, MM_PAGE_BYTES);
	assert_status(mm_pages_free(&fake.pages, region, mm_owner_domain(1)), MM_E_ALLOC_OUTSIDE);
	assert_status(mm_pages_owner_of(&fake.pages, region, &owner), MM_E_ALLOC_OUTSIDE);
	fake_pages_finish(&fake);
}

static void fakes_fail_once_when_told(void **state)
{
	struct fake_pages pages;
	struct fake_pool pool;
	struct mm_region region;
	void *block;

	(void)state;
	assert_true(fake_pages_init(&pages, 4));
	assert_true(fake_pool_init(&pool, 4096));
	fake_pages_fail_next(&pages, 1, MM_E_QUOTA);
	assert_status(mm_pages_alloc_any(&pages.pages, 1, mm_owner_domain(1), &region), MM_OK);
	assert_status(mm_pages_alloc_any(&pages.pages, 1, mm_owner_domain(1), &region), MM_E_QUOTA);
	assert_status(mm_pages_alloc_any(&pages.pages, 1, mm_owner_domain(1), &region), MM_OK);
	fake_pool_fail_next(&pool, 0, MM_E_NO_MEMORY);
	assert_status(mm_pool_alloc_bytes(&pool.pool, 8, &block), MM_E_NO_MEMORY);
	assert_status(mm_pool_alloc_bytes(&pool.pool, 8, &block), MM_OK);
	assert_int_equal(pages.alloc_count, 3);
	assert_int_equal(pool.alloc_count, 2);
	fake_pages_finish(&pages);
	fake_pool_finish(&pool);
}

static void fake_pool_keeps_count_and_order(void **state)
{
	struct mm_pool_request request = { 100, 256, MM_POOL_RUNTIME_CODE };
	struct mm_pool_block_info info;
	struct fake_pool fake;
	void *a;
	void *b;

	(void)state;
	assert_true(fake_pool_init(&fake, 8192));
	assert_status(mm_pool_alloc_bytes(&fake.pool, 24, &a), MM_OK);
	assert_status(mm_pool_alloc(&fake.pool, &request, &b), MM_OK);
	assert_int_equal((uintptr_t)b % 256, 0);
	assert_int_equal(fake.live_bytes, 124);
	assert_status(mm_pool_info(&fake.pool, b, &info), MM_OK);
	assert_int_equal(info.bytes, 100);
	assert_int_equal(info.type, MM_POOL_RUNTIME_CODE);
	assert_status(mm_pool_free(&fake.pool, a), MM_OK);
	assert_status(mm_pool_free(&fake.pool, a), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(mm_pool_free(&fake.pool, (uint8_t *)b + 32), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_info(&fake.pool, &fake, &info), MM_E_ALLOC_FOREIGN);
	assert_int_equal(fake.live_count, 1);
	assert_status(mm_pool_alloc_bytes(&fake.pool, 9000, &a), MM_E_NO_MEMORY);
	fake_pool_finish(&fake);
}

static void fake_cleaner_zeroes_only_when_told(void **state)
{
	static uint8_t page[MM_PAGE_BYTES] MM_ALIGNED(4096);
	struct mm_region region = { (uintptr_t)page, MM_PAGE_BYTES };
	struct fake_cleaner fake;

	(void)state;
	page[17] = 1;
	fake_cleaner_init(&fake);
	fake.cleaner.ops->zero(&fake.cleaner, region);
	assert_int_equal(page[17], 1);
	fake.is_writing = true;
	fake.cleaner.ops->zero(&fake.cleaner, region);
	assert_int_equal(page[17], 0);
	assert_int_equal(fake.page_count, 2);
}

static void fake_guard_knows_what_it_guards(void **state)
{
	struct mm_region region = { 0x5000, 0x1000 };
	struct fake_guard fake;

	(void)state;
	fake_guard_init(&fake);
	assert_status(fake.guard.ops->set(&fake.guard, region, true), MM_OK);
	assert_true(fake_guard_covers(&fake, 0x5fff));
	assert_false(fake_guard_covers(&fake, 0x6000));
	assert_status(fake.guard.ops->set(&fake.guard, region, false), MM_OK);
	assert_status(fake.guard.ops->set(&fake.guard, region, false), MM_E_NOT_FOUND);
	for (uint32_t i = 0; i < 64; i++)
		assert_status(fake.guard.ops->set(&fake.guard, region, true), MM_OK);
	assert_status(fake.guard.ops->set(&fake.guard, region, true), MM_E_LIMIT);
}

static void mocks_answer_as_the_test_wills(void **state)
{
	struct mm_pages pages = mock_pages();
	struct mm_pool pool = mock_pool();
	struct mm_page_cleaner cleaner = mock_cleaner();
	struct mm_pool_block_info info;
	struct mm_owner owner;
	int object;
	void *block;

	(void)state;
	expect_value(mock_pages_owner_of, base, 0x1000);
	expect_value(mock_pages_owner_of, bytes, 0x2000);
	will_return(mock_pages_owner_of, MM_OK);
	will_return(mock_pages_owner_of, 5);
	assert_status(mm_pages_owner_of(&pages, mm_region_create(0x1800, 0x1000), &owner), MM_OK);
	assert_int_equal(owner.v, 5);
	expect_value(mock_pool_alloc, bytes, 12);
	expect_value(mock_pool_alloc, align, 16);
	expect_value(mock_pool_alloc, type, MM_POOL_RUNTIME_DATA);
	will_return(mock_pool_alloc, MM_OK);
	will_return(mock_pool_alloc, &object);
	assert_status(mm_pool_alloc_bytes(&pool, 12, &block), MM_OK);
	assert_ptr_equal(block, &object);
	expect_value(mock_pool_info, block, &object);
	will_return(mock_pool_info, MM_OK);
	will_return(mock_pool_info, 12);
	will_return(mock_pool_info, 6);
	assert_status(mm_pool_info(&pool, block, &info), MM_OK);
	expect_value(mock_pool_free, block, &object);
	will_return(mock_pool_free, MM_E_CORRUPT);
	assert_status(mm_pool_free(&pool, block), MM_E_CORRUPT);
	expect_value(mock_cleaner_zero, base, 0x3000);
	expect_value(mock_cleaner_zero, bytes, 0x1000);
	cleaner.ops->zero(&cleaner, mm_region_create(0x3000, 0x1000));
}

static void tables_of_fakes_and_mocks_are_complete(void **state)
{
	struct mm_pages pages = mock_pages();
	struct mm_pool pool = mock_pool();
	struct fake_pages fake_pages;
	struct fake_pool fake_pool;

	(void)state;
	assert_true(fake_pages_init(&fake_pages, 1));
	assert_true(fake_pool_init(&fake_pool, 4096));
	assert_true(mm_pages_is_complete(&pages));
	assert_true(mm_pages_is_complete(&fake_pages.pages));
	assert_true(mm_pool_is_complete(&pool));
	assert_true(mm_pool_is_complete(&fake_pool.pool));
	fake_pages_finish(&fake_pages);
	fake_pool_finish(&fake_pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fake_pages_serve_every_kind),
		cmocka_unit_test(fake_pages_refuse_wrong_frees),
		cmocka_unit_test(fakes_fail_once_when_told),
		cmocka_unit_test(fake_pool_keeps_count_and_order),
		cmocka_unit_test(fake_cleaner_zeroes_only_when_told),
		cmocka_unit_test(fake_guard_knows_what_it_guards),
		cmocka_unit_test(mocks_answer_as_the_test_wills),
		cmocka_unit_test(tables_of_fakes_and_mocks_are_complete),
	};

	return cmocka_run_group_tests_name("alloc/fakes", tests, NULL, NULL);
}
