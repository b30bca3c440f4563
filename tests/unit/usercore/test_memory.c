/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pool and page services of the table. */
#include "world.h"

#define DATA MM_EFI_RUNTIME_SERVICES_DATA
#define CODE MM_EFI_RUNTIME_SERVICES_CODE

static void pool_blocks_are_writable_and_aligned(void **state)
{
	struct world *w = *state;
	void *block = NULL;

	assert_int_equal(w->mmst->allocate_pool(DATA, 100, &block), MM_EFI_SUCCESS);
	assert_int_equal((uintptr_t)block % MM_POOL_ALIGN_MIN, 0);
	memset(block, 0xa5, 100);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
}

static void the_pool_records_the_type_of_memory(void **state)
{
	struct world *w = *state;
	struct mm_pool_block_info info;
	void *block = NULL;

	assert_int_equal(w->mmst->allocate_pool(CODE, 8, &block), MM_EFI_SUCCESS);
	assert_status(mm_pool_info(&w->core->pool.pool, block, &info), MM_OK);
	assert_int_equal(info.type, CODE);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
}

static void a_pool_block_of_no_bytes_is_a_block(void **state)
{
	struct world *w = *state;
	void *block = NULL;

	assert_int_equal(w->mmst->allocate_pool(DATA, 0, &block), MM_EFI_SUCCESS);
	assert_non_null(block);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
}

static void refuses_pool_without_a_place_for_the_answer(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->mmst->allocate_pool(DATA, 8, NULL), MM_EFI_INVALID_PARAMETER);
}

static void refuses_pool_of_a_type_mm_does_not_have(void **state)
{
	struct world *w = *state;
	void *block = (void *)0x77;

	assert_int_equal(w->mmst->allocate_pool(MM_EFI_BOOT_SERVICES_DATA, 8, &block), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->allocate_pool(MM_EFI_MEMORY_TYPE_OEM, 8, &block), MM_EFI_INVALID_PARAMETER);
	assert_ptr_equal(block, (void *)0x77);
}

static void pool_beyond_all_memory_is_out_of_resources(void **state)
{
	struct world *w = *state;
	void *block = (void *)0x77;

	assert_int_equal(w->mmst->allocate_pool(DATA, (WORLD_PAGES + 1) * MM_PAGE_BYTES, &block),
			 MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(w->mmst->allocate_pool(DATA, SIZE_MAX, &block), MM_EFI_OUT_OF_RESOURCES);
	assert_ptr_equal(block, (void *)0x77);
}

static void refuses_to_free_what_is_no_pool_block(void **state)
{
	struct world *w = *state;
	uint64_t local[8] = { 0 };
	void *block = NULL;

	assert_int_equal(w->mmst->free_pool(NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pool(&local[2]), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->allocate_pool(DATA, 64, &block), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pool((uint8_t *)block + 16), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_INVALID_PARAMETER);
}

static void freed_pool_memory_is_used_again(void **state)
{
	struct world *w = *state;
	uint32_t pages = w->ring0.live_pages;
	void *block = NULL;

	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(w->mmst->allocate_pool(DATA, 5000, &block), MM_EFI_SUCCESS);
		assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
	}
	assert_int_equal(w->ring0.live_pages, pages);
}

static void pages_are_the_drivers_until_it_frees_them(void **state)
{
	struct world *w = *state;
	uint32_t pages = w->ring0.live_pages;
	uint64_t address = 0;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 3, &address), MM_EFI_SUCCESS);
	assert_int_equal(address % MM_PAGE_BYTES, 0);
	assert_int_equal(w->ring0.live_pages, pages + 3);
	assert_int_equal(w->mmst->free_pages(address, 3), MM_EFI_SUCCESS);
	assert_int_equal(w->ring0.live_pages, pages);
}

static void pages_may_be_freed_in_parts(void **state)
{
	struct world *w = *state;
	uint64_t address = 0;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, CODE, 3, &address), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address + MM_PAGE_BYTES, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address, 3), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->free_pages(address, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address + 2 * MM_PAGE_BYTES, 1), MM_EFI_SUCCESS);
}

static void pages_below_a_limit_are_given_if_they_lie_there(void **state)
{
	struct world *w = *state;
	uint64_t end = (uint64_t)(uintptr_t)w->ring0.arena + WORLD_PAGES * MM_PAGE_BYTES;
	uint64_t address = end;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_MAX_ADDRESS, DATA, 2, &address), MM_EFI_SUCCESS);
	assert_true(address + 2 * MM_PAGE_BYTES <= end);
}

static void the_limit_names_the_last_byte_that_may_be_used(void **state)
{
	struct world *w = *state;
	uint32_t pages = w->ring0.live_pages;
	uint64_t address = 0;
	uint64_t limit;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 2, &address), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address, 2), MM_EFI_SUCCESS);
	limit = address + 2 * MM_PAGE_BYTES - 2;
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_MAX_ADDRESS, DATA, 2, &limit), MM_EFI_NOT_FOUND);
	assert_int_equal(limit, address + 2 * MM_PAGE_BYTES - 2);
	assert_int_equal(w->ring0.live_pages, pages);
	limit = address + 2 * MM_PAGE_BYTES - 1;
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_MAX_ADDRESS, DATA, 2, &limit), MM_EFI_SUCCESS);
	assert_int_equal(limit, address);
}

static void no_driver_chooses_the_address_of_its_pages(void **state)
{
	struct world *w = *state;
	uint64_t address = (uint64_t)(uintptr_t)w->ring0.arena;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ADDRESS, DATA, 1, &address), MM_EFI_NOT_FOUND);
	assert_int_equal(address, (uintptr_t)w->ring0.arena);
}

static void refuses_pages_of_unknown_kind_type_or_number(void **state)
{
	struct world *w = *state;
	uint64_t address = 0x77;

	assert_int_equal(w->mmst->allocate_pages(3, DATA, 1, &address), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, MM_EFI_LOADER_DATA, 1, &address),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 0, &address),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 1, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(address, 0x77);
}

static void more_pages_than_there_are_is_out_of_resources(void **state)
{
	struct world *w = *state;
	uint64_t address = 0x77;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, WORLD_PAGES + 1, &address),
			 MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, SIZE_MAX / 2, &address),
			 MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(address, 0x77);
}

static void refuses_to_free_pages_that_are_none(void **state)
{
	struct world *w = *state;
	uint64_t address = 0;

	assert_int_equal(w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 1, &address), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address + 8, 1), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pages(address, 0), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pages(address, SIZE_MAX), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pages(UINT64_MAX - 0xfffu, 2), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->free_pages(0x1000, 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->free_pages(address, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages(address, 1), MM_EFI_NOT_FOUND);
}

static void no_driver_frees_the_pools_pages(void **state)
{
	struct world *w = *state;
	uint32_t pages = w->ring0.live_pages;
	void *block = NULL;

	assert_int_equal(w->mmst->allocate_pool(DATA, 64, &block), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->free_pages((uint64_t)(uintptr_t)block & ~MM_PAGE_MASK, 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->free_pages((uint64_t)(uintptr_t)w->ring0.arena, WORLD_PAGES), MM_EFI_NOT_FOUND);
	assert_int_equal(w->ring0.live_pages, pages);
	assert_int_equal(w->mmst->free_pool(block), MM_EFI_SUCCESS);
}

/* The pool begins behind pages that are in use, and gets these when they are free. */
static void a_pool_that_grows_downwards_keeps_its_pages_too(void **state)
{
	struct world *w = *state;
	uint64_t first = (uint64_t)(uintptr_t)w->ring0.arena;
	void *block = NULL;

	memset(w->ring0.page_state, 1, 16);
	assert_status(world_start(w, NULL), MM_OK);
	memset(w->ring0.page_state, 0, 16);
	assert_int_equal(w->mmst->allocate_pool(DATA, 15 * MM_PAGE_BYTES, &block), MM_EFI_SUCCESS);
	assert_true((uint64_t)(uintptr_t)block < first + 16 * MM_PAGE_BYTES);
	assert_int_equal(w->core->pages.pool_region_count, 1);
	assert_int_equal(w->mmst->free_pages(first, 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->free_pages(first + 15 * MM_PAGE_BYTES, 1), MM_EFI_NOT_FOUND);
}

static void the_pool_grows_in_few_pieces(void **state)
{
	struct world *w = *state;
	void *block = NULL;
	unsigned count = 0;

	while (w->mmst->allocate_pool(DATA, 2000, &block) == MM_EFI_SUCCESS)
		count++;
	assert_true(count > (WORLD_PAGES - 16) * 2);
	assert_true(w->core->pages.pool_region_count < MM_POOL_CHUNK_MAX);
}

/* Takes pages between growing, so that no two of the pool's regions adjoin. */
static void a_pool_in_too_many_pieces_gives_back_what_it_cannot_take_in(void **state)
{
	struct world *w = *state;
	uint64_t status = MM_EFI_SUCCESS;
	uint32_t before = 0;
	void *block = NULL;

	w->core->pool.grow_pages = 1;
	for (unsigned i = 0; i < WORLD_PAGES && status == MM_EFI_SUCCESS; i++) {
		uint64_t address;

		(void)w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 1, &address);
		before = w->ring0.live_pages;
		status = w->mmst->allocate_pool(DATA, 4000, &block);
	}
	assert_int_equal(status, MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(w->ring0.live_pages, before);
	assert_true(w->core->pages.pool_region_count <= MM_POOL_CHUNK_MAX);
}

/* Each service as a driver calls it with an output that cannot be written: the driver ends, nothing has changed. */
static uint64_t allocates_pool_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;

	return w->mmst->allocate_pool(DATA, 8, (void **)(void *)w->ring0.const_page);
}

static uint64_t allocates_pages_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;

	return w->mmst->allocate_pages(MM_EFI_ALLOCATE_ANY_PAGES, DATA, 1, (uint64_t *)(void *)w->ring0.const_page);
}

static void an_output_that_cannot_be_written_costs_no_memory(void **state)
{
	struct world *w = *state;
	uint32_t pages = w->ring0.live_pages;
	struct mm_pool_stats before;
	struct mm_pool_stats after;

	assert_status(mm_pool_tlsf_get_stats(&w->core->pool, &before), MM_OK);
	assert_int_equal(world_as_driver(w, 1, allocates_pool_into_constants), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, allocates_pages_into_constants), MM_EFI_ABORTED);
	assert_status(mm_pool_tlsf_get_stats(&w->core->pool, &after), MM_OK);
	assert_int_equal(after.used_blocks, before.used_blocks);
	assert_int_equal(w->ring0.live_pages, pages);
	assert_false(w->core->broken);
}

#define TEST(f)	    cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)
#define TEST_RAW(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pool_blocks_are_writable_and_aligned),
		TEST(the_pool_records_the_type_of_memory),
		TEST(a_pool_block_of_no_bytes_is_a_block),
		TEST(refuses_pool_without_a_place_for_the_answer),
		TEST(refuses_pool_of_a_type_mm_does_not_have),
		TEST(pool_beyond_all_memory_is_out_of_resources),
		TEST(refuses_to_free_what_is_no_pool_block),
		TEST(freed_pool_memory_is_used_again),
		TEST(pages_are_the_drivers_until_it_frees_them),
		TEST(pages_may_be_freed_in_parts),
		TEST(pages_below_a_limit_are_given_if_they_lie_there),
		TEST(the_limit_names_the_last_byte_that_may_be_used),
		TEST(no_driver_chooses_the_address_of_its_pages),
		TEST(refuses_pages_of_unknown_kind_type_or_number),
		TEST(more_pages_than_there_are_is_out_of_resources),
		TEST(refuses_to_free_pages_that_are_none),
		TEST(no_driver_frees_the_pools_pages),
		TEST_RAW(a_pool_that_grows_downwards_keeps_its_pages_too),
		TEST(the_pool_grows_in_few_pieces),
		TEST(a_pool_in_too_many_pieces_gives_back_what_it_cannot_take_in),
		TEST(an_output_that_cannot_be_written_costs_no_memory),
	};

	return cmocka_run_group_tests_name("usercore/memory", tests, NULL, NULL);
}
