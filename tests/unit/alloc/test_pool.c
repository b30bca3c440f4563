/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "fake_alloc.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "mock_alloc.h"
#include "tests/mm_test.h"

#define PAGES  256u
#define HEADER 16u

struct pool_world {
	struct fake_pages pages;
	struct mm_pool_tlsf pool;
};

static struct pool_world *create(uint32_t grow_pages)
{
	struct pool_world *world = calloc(1, sizeof(*world));
	struct mm_pool_tlsf_config config = { .owner = mm_owner_domain(3), .seed = 0x1234, .grow_pages = grow_pages };

	assert_non_null(world);
	assert_true(fake_pages_init(&world->pages, PAGES));
	config.pages = &world->pages.pages;
	assert_status(mm_pool_tlsf_init(&world->pool, &config), MM_OK);
	return world;
}

static int setup(void **state)
{
	*state = create(0);
	return 0;
}

/* For tests that leave the pool sound. */
static int teardown(void **state)
{
	struct pool_world *world = *state;

	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
	assert_status(mm_pool_tlsf_finish(&world->pool), MM_OK);
	assert_int_equal(world->pages.live_pages, 0);
	fake_pages_finish(&world->pages);
	free(world);
	return 0;
}

/* For tests that overwrite headers. */
static int teardown_broken(void **state)
{
	struct pool_world *world = *state;

	assert_status(mm_pool_tlsf_check(&world->pool), MM_E_CORRUPT);
	assert_status(mm_pool_tlsf_finish(&world->pool), MM_OK);
	fake_pages_finish(&world->pages);
	free(world);
	return 0;
}

static uint8_t *alloc(struct pool_world *world, size_t bytes)
{
	void *block = NULL;

	assert_status(mm_pool_alloc_bytes(&world->pool.pool, bytes, &block), MM_OK);
	memset(block, 0x5a, bytes);
	return block;
}

static void release(struct pool_world *world, void *block)
{
	assert_status(mm_pool_free(&world->pool.pool, block), MM_OK);
}

static enum mm_status try_free(struct pool_world *world, void *block)
{
	return mm_pool_free(&world->pool.pool, block);
}

static struct mm_pool_stats stats_of(const struct pool_world *world)
{
	struct mm_pool_stats stats;

	assert_status(mm_pool_tlsf_get_stats(&world->pool, &stats), MM_OK);
	return stats;
}

static void fetches_no_page_before_the_first_block(void **state)
{
	struct pool_world *world = *state;

	assert_int_equal(world->pages.alloc_count, 0);
	alloc(world, 1);
	assert_int_equal(world->pages.alloc_count, 1);
	assert_int_equal(stats_of(world).chunk_pages, 16);
}

static void reuses_a_block_at_once(void **state)
{
	struct pool_world *world = *state;
	uint8_t *block = alloc(world, 100);

	alloc(world, 100);
	release(world, block);
	assert_ptr_equal(alloc(world, 100), block);
}

static void joins_a_freed_block_with_both_neighbours(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 496);
	uint8_t *b = alloc(world, 496);
	uint8_t *c = alloc(world, 496);

	alloc(world, 496);
	release(world, a);
	release(world, c);
	release(world, b);
	/* The last one is joined when the next one comes. */
	release(world, alloc(world, 1000));
	assert_ptr_equal(alloc(world, 3 * 512 - HEADER), a);
}

static void has_no_page_traffic_in_a_steady_state(void **state)
{
	struct pool_world *world = *state;
	uint8_t *blocks[64];

	for (size_t i = 0; i < MM_ARRAY_COUNT(blocks); i++)
		blocks[i] = alloc(world, 16 + 50 * i);
	uint32_t fetched = world->pages.alloc_count;
	for (size_t round = 0; round < 1000; round++) {
		size_t i = round * 37 % MM_ARRAY_COUNT(blocks);

		release(world, blocks[i]);
		blocks[i] = alloc(world, 16 + 50 * i);
	}
	assert_int_equal(world->pages.alloc_count, fetched);
	assert_int_equal(world->pages.free_count, 0);
}

static void aligns_up_to_a_page(void **state)
{
	struct pool_world *world = *state;

	for (size_t align = 1; align <= MM_POOL_ALIGN_MAX; align *= 2) {
		struct mm_pool_request request = { .bytes = 40, .align = align, .type = MM_POOL_RUNTIME_DATA };
		void *block;

		alloc(world, 24);
		assert_status(mm_pool_alloc(&world->pool.pool, &request, &block), MM_OK);
		assert_int_equal((uintptr_t)block % (align < 16 ? 16 : align), 0);
		assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
		if (align % 3 == 1)
			release(world, block);
	}
}

static void remembers_size_and_type(void **state)
{
	struct pool_world *world = *state;
	struct mm_pool_request request = { .bytes = 77, .type = MM_POOL_RUNTIME_CODE };
	struct mm_pool_block_info info = { 0, 0 };
	void *block;

	assert_status(mm_pool_alloc(&world->pool.pool, &request, &block), MM_OK);
	assert_status(mm_pool_info(&world->pool.pool, block, &info), MM_OK);
	assert_int_equal(info.bytes, 77);
	assert_int_equal(info.type, MM_POOL_RUNTIME_CODE);
	release(world, block);
	assert_status(mm_pool_info(&world->pool.pool, block, &info), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(mm_pool_info(&world->pool.pool, &info, &info), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_info(&world->pool.pool, NULL, &info), MM_E_INVALID);
	assert_int_equal(info.bytes, 77);
}

static void zeroes_on_request(void **state)
{
	struct pool_world *world = *state;
	uint8_t *block = alloc(world, 64);
	void *zeroed;

	release(world, block);
	assert_status(mm_pool_alloc_zeroed(&world->pool.pool, 64, &zeroed), MM_OK);
	assert_ptr_equal(zeroed, block);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(block[i], 0);
	assert_status(mm_pool_alloc_zeroed(&world->pool.pool, 0, &zeroed), MM_E_INVALID);
}

static void refuses_requests_that_make_no_sense(void **state)
{
	struct mm_pool *pool = &((struct pool_world *)*state)->pool.pool;
	const struct {
		struct mm_pool_request request;
		enum mm_status status;
	} rows[] = {
		{ { 0, 0, 6 }, MM_E_INVALID },
		{ { 8, 24, 6 }, MM_E_INVALID },
		{ { 8, 3, 6 }, MM_E_INVALID },
		{ { 8, 8192, 6 }, MM_E_INVALID },
		{ { 8, 0, 16 }, MM_E_INVALID },
		{ { SIZE_MAX, 0, 6 }, MM_E_OVERFLOW },
		{ { SIZE_MAX / 8, 0, 6 }, MM_E_NO_MEMORY },
		{ { MM_POOL_BYTES_MAX, 0, 6 }, MM_E_NO_MEMORY },
		{ { PAGES * MM_PAGE_BYTES, 0, 6 }, MM_E_NO_MEMORY },
	};
	void *block = pool;

	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		assert_status(mm_pool_alloc(pool, &rows[i].request, &block), rows[i].status);
		assert_ptr_equal(block, pool);
	}
	assert_status(mm_pool_alloc_bytes(pool, SIZE_MAX, &block), MM_E_OVERFLOW);
}

static void refuses_a_second_free_however_the_block_was_joined(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 48);
	uint8_t *b = alloc(world, 48);
	uint8_t *c = alloc(world, 48);

	alloc(world, 48);
	release(world, b);
	assert_status(try_free(world, b), MM_E_ALLOC_DOUBLE_FREE);
	release(world, a);
	assert_status(try_free(world, b), MM_E_ALLOC_DOUBLE_FREE);
	release(world, c);
	assert_status(try_free(world, a), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(try_free(world, b), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(try_free(world, c), MM_E_ALLOC_DOUBLE_FREE);
}

static void refuses_pointers_it_never_gave_out(void **state)
{
	struct pool_world *world = *state;
	uint8_t *block = alloc(world, 200);
	int local;

	assert_status(try_free(world, NULL), MM_E_INVALID);
	assert_status(try_free(world, &local), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, (void *)16), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, (void *)(UINTPTR_MAX - 15)), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, block + 1), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, block + 64), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, world->pages.arena), MM_E_ALLOC_FOREIGN);
	/* The last header of the chunk is not a block. */
	assert_status(try_free(world, world->pages.arena + 16 * MM_PAGE_BYTES), MM_E_ALLOC_FOREIGN);
	assert_status(try_free(world, world->pages.arena + 20 * MM_PAGE_BYTES), MM_E_ALLOC_FOREIGN);
	release(world, block);
}

static void sees_that_a_block_was_written_past_its_end(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 48);

	alloc(world, 48);
	memset(a + 48, 0x41, 8);
	assert_status(try_free(world, a), MM_E_CORRUPT);
	assert_status(try_free(world, a), MM_E_CORRUPT);
}

static void sees_that_its_own_header_was_overwritten(void **state)
{
	struct pool_world *world = *state;
	struct mm_pool_block_info info;
	uint8_t *a;

	alloc(world, 48);
	a = alloc(world, 48);
	memset(a - HEADER, 0, HEADER);
	assert_status(try_free(world, a), MM_E_CORRUPT);
	assert_status(mm_pool_info(&world->pool.pool, a, &info), MM_E_CORRUPT);
}

static void sees_a_header_copied_from_another_block(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 48);
	uint8_t *b = alloc(world, 48);

	memcpy(b - HEADER, a - HEADER, HEADER);
	assert_status(try_free(world, b), MM_E_CORRUPT);
}

/* Frees `count` blocks of one length that do not adjoin, and flushes the last one. */
static void free_apart(struct pool_world *world, uint8_t **ret_blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ret_blocks[i] = alloc(world, 48);
		alloc(world, 16);
	}
	for (size_t i = 0; i < count; i++)
		release(world, ret_blocks[i]);
	release(world, alloc(world, 1000));
}

static void does_not_follow_links_written_after_a_free(void **state)
{
	struct pool_world *world = *state;
	uint8_t *freed[3];
	void *block = NULL;

	free_apart(world, freed, 3);
	memset(freed[2], 0xdd, 16);
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 48, &block), MM_E_CORRUPT);
	assert_null(block);
}

static void does_not_follow_a_link_back_written_after_a_free(void **state)
{
	struct pool_world *world = *state;
	uint8_t *freed[3];
	void *block = NULL;

	free_apart(world, freed, 3);
	memset(freed[1] + 8, 0xdd, 8);
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 48, &block), MM_E_CORRUPT);
}

static void leaves_a_damaged_neighbour_alone(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 48);
	uint8_t *b = alloc(world, 48);
	uint8_t *c = alloc(world, 48);

	alloc(world, 48);
	release(world, b);
	release(world, alloc(world, 500)); /* joins b */
	memset(b, 0xcc, 16);
	release(world, c);
	/* Joining c comes with the next release, and meets what became of b. */
	assert_status(try_free(world, a), MM_E_CORRUPT);
}

static void notices_a_wrong_length_of_the_block_before(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a;
	uint8_t *b;
	uint32_t before = 0x70000000;

	alloc(world, 48);
	a = alloc(world, 48);
	b = alloc(world, 48);
	memcpy(a - HEADER + 8, &before, sizeof(before));
	release(world, a);
	assert_status(try_free(world, b), MM_E_CORRUPT);
}

static void grows_with_adjoining_pages_into_one_chunk(void **state)
{
	struct pool_world *world = *state;

	for (uint32_t i = 0; i < 100; i++)
		alloc(world, 4000);
	assert_int_equal(stats_of(world).chunk_count, 1);
}

static void joins_chunks_when_the_gap_between_them_is_filled(void **state)
{
	struct pool_world *world = *state;
	struct mm_region all;
	struct mm_region part;

	/* Pages 0..15 and 32..47 are the pool's, then 16..31 as well. */
	alloc(world, 8000);
	assert_status(mm_pages_alloc_any(&world->pages.pages, 16, mm_owner_domain(9), &part), MM_OK);
	alloc(world, 60000);
	assert_int_equal(stats_of(world).chunk_count, 2);
	assert_status(mm_pages_alloc_any(&world->pages.pages, PAGES - 48, mm_owner_domain(9), &all), MM_OK);
	assert_status(mm_pages_free(&world->pages.pages, part, mm_owner_domain(9)), MM_OK);
	alloc(world, 60000);
	assert_int_equal(stats_of(world).chunk_count, 1);
	assert_status(mm_pages_free(&world->pages.pages, all, mm_owner_domain(9)), MM_OK);
}

static void grows_downwards_as_well(void **state)
{
	struct pool_world *world = *state;
	struct mm_region below;
	uint8_t *high;

	assert_status(mm_pages_alloc_any(&world->pages.pages, 16, mm_owner_domain(9), &below), MM_OK);
	high = alloc(world, 60000);
	assert_status(mm_pages_free(&world->pages.pages, below, mm_owner_domain(9)), MM_OK);
	assert_true(alloc(world, 60000) < high);
	assert_int_equal(stats_of(world).chunk_count, 1);
	release(world, high);
}

static void keeps_many_chunks_apart(void **state)
{
	struct pool_world *world = create(2);
	struct mm_region gaps[MM_POOL_CHUNK_MAX + 1];
	uint8_t *blocks[MM_POOL_CHUNK_MAX];
	void *block;

	(void)state;
	for (uint32_t i = 0; i < MM_POOL_CHUNK_MAX; i++) {
		/* So that it makes do with the one page it needs. */
		fake_pages_fail_next(&world->pages, 0, MM_E_NO_MEMORY);
		blocks[i] = alloc(world, 3000);
		assert_status(mm_pages_alloc_any(&world->pages.pages, 1, mm_owner_domain(9), &gaps[i]), MM_OK);
	}
	assert_int_equal(stats_of(world).chunk_count, MM_POOL_CHUNK_MAX);
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 3000, &block), MM_E_LIMIT);
	for (uint32_t i = 0; i < MM_POOL_CHUNK_MAX; i++) {
		assert_status(mm_pages_free(&world->pages.pages, gaps[i], mm_owner_domain(9)), MM_OK);
		assert_status(try_free(world, (void *)(uintptr_t)(gaps[i].base + 64)), MM_E_ALLOC_FOREIGN);
		release(world, blocks[(i * 29) % MM_POOL_CHUNK_MAX]);
	}
	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
	teardown((void **)&world);
}

static void asks_for_less_when_it_cannot_have_much(void **state)
{
	struct pool_world *world = *state;
	struct mm_region most;

	assert_status(mm_pages_alloc_any(&world->pages.pages, PAGES - 2, mm_owner_domain(9), &most), MM_OK);
	alloc(world, 5000);
	assert_int_equal(stats_of(world).chunk_pages, 2);
	assert_status(mm_pages_free(&world->pages.pages, most, mm_owner_domain(9)), MM_OK);
}

static void forwards_the_refusal_of_the_pages(void **state)
{
	struct pool_world *world = *state;
	void *block = NULL;

	fake_pages_fail_next(&world->pages, 0, MM_E_QUOTA);
	/* The second try, for fewer pages, would work; 70,000 bytes leave no room for one. */
	assert_status(mm_pool_alloc_bytes(&world->pool.pool, 70000, &block), MM_E_QUOTA);
	assert_null(block);
	alloc(world, 70000);
}

static void trims_the_free_end_of_its_memory(void **state)
{
	struct pool_world *world = *state;
	uint8_t *low = alloc(world, 5000);
	uint8_t *high = alloc(world, 30000);
	uint64_t pages = 0;

	release(world, high);
	assert_status(mm_pool_tlsf_trim(&world->pool, &pages), MM_OK);
	assert_int_equal(pages, 14);
	assert_int_equal(world->pages.live_pages, 2);
	assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
	assert_status(mm_pool_tlsf_trim(&world->pool, &pages), MM_OK);
	assert_int_equal(pages, 0);
	release(world, low);
	assert_status(mm_pool_tlsf_trim(&world->pool, &pages), MM_OK);
	assert_int_equal(pages, 2);
	assert_int_equal(stats_of(world).chunk_count, 0);
}

static void trims_wherever_the_last_block_ends(void **state)
{
	struct pool_world *world = *state;
	uint64_t pages;

	for (size_t bytes = 3900; bytes < 4300; bytes += 16) {
		uint8_t *block = alloc(world, bytes);

		release(world, alloc(world, 20000));
		assert_status(mm_pool_tlsf_trim(&world->pool, &pages), MM_OK);
		assert_status(mm_pool_tlsf_check(&world->pool), MM_OK);
		release(world, block);
	}
}

static void refuses_to_trim_damaged_memory(void **state)
{
	struct pool_world *world = *state;
	uint8_t *a = alloc(world, 48);
	uint64_t pages = 3;

	memset(a + 48, 0x55, 4);
	assert_status(mm_pool_tlsf_trim(&world->pool, &pages), MM_E_CORRUPT);
	assert_int_equal(pages, 3);
}

static void the_walker_sees_damage_in_chunk_lists_and_maps(void **state)
{
	struct pool_world *world = *state;
	struct mm_pool_tlsf *pool = &world->pool;
	uint8_t *freed[3];

	free_apart(world, freed, 3);
	assert_status(mm_pool_tlsf_check(pool), MM_OK);
	pool->first_map ^= 1u << 20;
	assert_status(mm_pool_tlsf_check(pool), MM_E_CORRUPT);
	pool->first_map ^= 1u << 20;
	pool->second_map[0] ^= 1u << 9;
	assert_status(mm_pool_tlsf_check(pool), MM_E_CORRUPT);
	pool->second_map[0] ^= 1u << 9;
	pool->chunk_pages++;
	assert_status(mm_pool_tlsf_check(pool), MM_E_CORRUPT);
	pool->chunk_pages--;
	pool->spare_units ^= 1u;
	assert_status(mm_pool_tlsf_check(pool), MM_E_CORRUPT);
	pool->spare_units ^= 1u;
	freed[1][-(int)HEADER + 9] ^= 1;
	assert_status(mm_pool_tlsf_check(pool), MM_E_CORRUPT);
	freed[1][-(int)HEADER + 9] ^= 1;
	assert_status(mm_pool_tlsf_check(pool), MM_OK);
}

static void a_zeroed_pool_is_not_ready(void **state)
{
	struct mm_pool_tlsf pool = { 0 };
	struct mm_pool_request request = { 8, 0, 6 };
	struct mm_pool_block_info info;
	struct mm_pool_stats stats;
	uint64_t pages;
	void *block;

	(void)state;
	assert_status(mm_pool_alloc(&pool.pool, &request, &block), MM_E_NOT_READY);
	assert_status(mm_pool_alloc_bytes(&pool.pool, 8, &block), MM_E_NOT_READY);
	assert_status(mm_pool_free(&pool.pool, &pool), MM_E_NOT_READY);
	assert_status(mm_pool_info(&pool.pool, &pool, &info), MM_E_NOT_READY);
	assert_status(mm_pool_tlsf_trim(&pool, &pages), MM_E_NOT_READY);
	assert_status(mm_pool_tlsf_check(&pool), MM_E_NOT_READY);
	assert_status(mm_pool_tlsf_get_stats(&pool, &stats), MM_E_NOT_READY);
	assert_false(mm_pool_is_complete(&pool.pool));
	assert_status(mm_pool_tlsf_finish(&pool), MM_OK);
}

static void refuses_a_config_without_pages(void **state)
{
	struct pool_world *world = *state;
	struct mm_pages hollow = { NULL };
	struct mm_page_guard no_guard = { NULL };
	struct mm_pool_tlsf pool = { 0 };
	struct mm_pool_tlsf_config config = { .seed = 1 };

	assert_status(mm_pool_tlsf_init(&pool, &config), MM_E_INVALID);
	config.pages = &hollow;
	assert_status(mm_pool_tlsf_init(&pool, &config), MM_E_INVALID);
	config.pages = &world->pages.pages;
	config.guard = &no_guard;
	assert_status(mm_pool_tlsf_init(&pool, &config), MM_E_INVALID);
	assert_null(pool.pool.ops);
	assert_true(mm_pool_is_complete(&world->pool.pool));
}

static void asks_the_pages_once_for_what_it_needs(void **state)
{
	struct mm_pages pages = mock_pages();
	struct mm_pool_tlsf_config config = { .pages = &pages, .owner = mm_owner_domain(4), .grow_pages = 3 };
	struct mm_pool_tlsf pool;
	uint8_t *memory = aligned_alloc(MM_PAGE_BYTES, 3 * MM_PAGE_BYTES);
	void *block;

	(void)state;
	assert_status(mm_pool_tlsf_init(&pool, &config), MM_OK);
	expect_value(mock_pages_alloc, kind, MM_PAGES_ANY);
	expect_value(mock_pages_alloc, address, 0);
	expect_value(mock_pages_alloc, pages, 3);
	expect_value(mock_pages_alloc, align, 0);
	expect_value(mock_pages_alloc, owner, 4);
	will_return(mock_pages_alloc, MM_OK);
	will_return(mock_pages_alloc, (uintptr_t)memory);
	for (uint32_t i = 0; i < 100; i++)
		assert_status(mm_pool_alloc_bytes(&pool.pool, 64, &block), MM_OK);
	expect_value(mock_pages_free, base, (uintptr_t)memory);
	expect_value(mock_pages_free, bytes, 3 * MM_PAGE_BYTES);
	expect_value(mock_pages_free, owner, 4);
	will_return(mock_pages_free, MM_E_ALLOC_FOREIGN);
	assert_status(mm_pool_tlsf_finish(&pool), MM_E_ALLOC_FOREIGN);
	free(memory);
}

#define WITH_POOL(test)	  cmocka_unit_test_setup_teardown(test, setup, teardown)
#define WITH_DAMAGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown_broken)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_POOL(fetches_no_page_before_the_first_block),
		WITH_POOL(reuses_a_block_at_once),
		WITH_POOL(joins_a_freed_block_with_both_neighbours),
		WITH_POOL(has_no_page_traffic_in_a_steady_state),
		WITH_POOL(aligns_up_to_a_page),
		WITH_POOL(remembers_size_and_type),
		WITH_POOL(zeroes_on_request),
		WITH_POOL(refuses_requests_that_make_no_sense),
		WITH_POOL(refuses_a_second_free_however_the_block_was_joined),
		WITH_POOL(refuses_pointers_it_never_gave_out),
		WITH_DAMAGE(sees_that_a_block_was_written_past_its_end),
		WITH_DAMAGE(sees_that_its_own_header_was_overwritten),
		WITH_DAMAGE(sees_a_header_copied_from_another_block),
		WITH_DAMAGE(does_not_follow_links_written_after_a_free),
		WITH_DAMAGE(does_not_follow_a_link_back_written_after_a_free),
		WITH_DAMAGE(leaves_a_damaged_neighbour_alone),
		WITH_DAMAGE(notices_a_wrong_length_of_the_block_before),
		WITH_POOL(grows_with_adjoining_pages_into_one_chunk),
		WITH_POOL(joins_chunks_when_the_gap_between_them_is_filled),
		WITH_POOL(grows_downwards_as_well),
		cmocka_unit_test(keeps_many_chunks_apart),
		WITH_POOL(asks_for_less_when_it_cannot_have_much),
		WITH_POOL(forwards_the_refusal_of_the_pages),
		WITH_POOL(trims_the_free_end_of_its_memory),
		WITH_POOL(trims_wherever_the_last_block_ends),
		WITH_DAMAGE(refuses_to_trim_damaged_memory),
		WITH_POOL(the_walker_sees_damage_in_chunk_lists_and_maps),
		cmocka_unit_test(a_zeroed_pool_is_not_ready),
		WITH_POOL(refuses_a_config_without_pages),
		cmocka_unit_test(asks_the_pages_once_for_what_it_needs),
	};

	return cmocka_run_group_tests_name("alloc/pool", tests, NULL, NULL);
}
