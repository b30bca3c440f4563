/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Colours of 2 MiB windows, limbo, initialisation and the invariant walker.
 *
 *   BASE          + 2 MiB       + 4 MiB       + 6 MiB       + 8 MiB
 *   | window 0    | window 1    | window 2    | window 3    |
 *     supervisor ->                              <- user
 */
#include <stdlib.h>

#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "page_world.h"
#include "tests/mm_test.h"

#define BASE ((uint64_t)0x7f000000)
#define PAGE MM_PAGE_BYTES

static const struct mm_owner supervisor = { 0x10000 };
static const struct mm_owner domain1 = { 1 };

static uint64_t window_of(uint64_t address)
{
	return (address - BASE) / MM_PAGES_WINDOW_BYTES;
}

static int setup(void **state)
{
	*state = page_world_create_simple(BASE, 8 * MIB);
	return 0;
}

static int teardown(void **state)
{
	page_world_destroy(*state);
	return 0;
}

static void supervisor_and_user_pages_never_share_a_window(void **state)
{
	struct page_world *world = *state;

	for (uint32_t i = 0; i < 300; i++) {
		assert_int_equal(window_of(page_world_alloc(world, 1, supervisor)), 0);
		assert_int_equal(window_of(page_world_alloc(world, 1, domain1)), 3);
	}
	assert_int_equal(page_world_stats(world).mixed_windows, 0);
}

static void domains_share_windows_with_each_other(void **state)
{
	struct page_world *world = *state;
	uint64_t a = page_world_alloc(world, 1, domain1);
	uint64_t b = page_world_alloc(world, 1, mm_owner_domain(5));

	assert_int_equal(window_of(a), window_of(b));
}

static void takes_another_window_when_the_first_is_full(void **state)
{
	struct page_world *world = *state;

	page_world_alloc(world, 512, supervisor);
	assert_int_equal(window_of(page_world_alloc(world, 1, supervisor)), 1);
	page_world_alloc(world, 512, domain1);
	assert_int_equal(window_of(page_world_alloc(world, 1, domain1)), 2);
}

static void vacant_windows_change_their_colour_when_needed(void **state)
{
	struct page_world *world = *state;
	uint64_t first = page_world_alloc(world, 512, supervisor);
	uint64_t second = page_world_alloc(world, 512, supervisor);

	page_world_alloc(world, 1024, domain1);
	page_world_free(world, second, 512, supervisor);
	assert_int_equal(page_world_alloc(world, 10, domain1), second + 502 * PAGE);
	assert_int_equal(page_world_stats(world).mixed_windows, 0);
	assert_true(mm_pages_is_owned_by(&world->mmram.pages, mm_region_create(first, 512 * PAGE), supervisor));
}

static void a_run_may_cross_into_neutral_windows(void **state)
{
	struct page_world *world = *state;

	page_world_alloc(world, 100, supervisor);
	page_world_alloc(world, 1, domain1);
	/* 412 pages of window 0 and the whole of windows 1 and 2. */
	assert_int_equal(page_world_alloc(world, 412 + 1024, supervisor), BASE + 100 * PAGE);
	assert_int_equal(page_world_stats(world).mixed_windows, 0);
}

static void mixes_windows_rather_than_fail(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 1537, supervisor);

	assert_int_equal(page_world_alloc(world, 511, domain1), base + 1537 * PAGE);
	assert_int_equal(page_world_stats(world).mixed_windows, 1);
	page_world_free(world, base + 1536 * PAGE, 1, supervisor);
	assert_int_equal(page_world_stats(world).mixed_windows, 0);
}

static void crosses_windows_of_any_colour_as_a_last_resort(void **state)
{
	struct page_world *world = *state;

	page_world_alloc(world, 1000, supervisor);		       /* windows 0 and 1, leaves 24 */
	page_world_alloc_at(world, BASE + 1034 * PAGE, 1014, domain1); /* leaves 10 of window 2 */
	assert_int_equal(page_world_alloc(world, 30, domain1), BASE + 1000 * PAGE);
	assert_int_equal(page_world_stats(world).mixed_windows, 1);
}

/* Window 0 goes from user to supervisor; what the user's index remembers of it must not lead an aligned request there.
 */
static void searches_by_place_keep_to_their_colour(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_request request = { MM_PAGES_ANY, 0, 4, 4 * PAGE, { 1 } };
	uint64_t window3 = BASE + 3 * MM_PAGES_WINDOW_BYTES;
	struct mm_region region;
	uint64_t pages;

	page_world_alloc_at(world, BASE, 512, domain1);
	page_world_free(world, BASE, 512, domain1);
	assert_status(mm_pages_mmram_release(&world->mmram, 0, &pages), MM_OK);
	page_world_alloc(world, 3 * 512, supervisor);
	assert_int_equal(page_world_alloc(world, 1, supervisor), BASE);
	page_world_free(world, window3, 512, supervisor);
	assert_int_equal(page_world_alloc(world, 512, domain1), window3);
	page_world_free(world, window3 + 64 * PAGE, 4, domain1);
	page_world_free(world, window3 + 9 * PAGE, 4, domain1); /* the best fit, not aligned */
	assert_status(mm_pages_mmram_release(&world->mmram, 0, &pages), MM_OK);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, window3 + 64 * PAGE);
	assert_int_equal(page_world_stats(world).mixed_windows, 0);
}

static void strict_windows_fail_rather_than_mix(void **state)
{
	static const struct mm_region region = { BASE, 4 * MIB };
	struct page_world_setup strict = { &region, 1, 2, MM_PAGES_QUOTA_UNLIMITED, false, true };
	struct page_world *world = page_world_create(&strict);
	struct mm_region got;

	(void)state;
	page_world_alloc(world, 513, supervisor);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 1, domain1, &got), MM_E_NO_MEMORY);
	page_world_alloc(world, 511, supervisor);
	page_world_destroy(world);
}

static void frees_across_windows_of_two_colours(void **state)
{
	struct page_world *world = *state;

	page_world_alloc(world, 1, supervisor);
	page_world_alloc(world, 1, domain1);
	page_world_alloc_at(world, BASE + 400 * PAGE, 1400, supervisor);
	page_world_free(world, BASE + 400 * PAGE, 1400, supervisor);
	assert_int_equal(page_world_stats(world).free_pages, 2046);
}

static void regions_in_one_window_keep_their_hole(void **state)
{
	/* A hole of 16 pages in window 0; then a region of its own far above. */
	static const struct mm_region regions[] = { { BASE + 3 * PAGE, 20 * PAGE },
						    { BASE + 39 * PAGE, 600 * PAGE },
						    { BASE + 64 * MIB, 5 * PAGE } };
	struct page_world_setup holes = { regions, 3, 2, MM_PAGES_QUOTA_UNLIMITED, false, false };
	struct page_world *world = page_world_create(&holes);
	struct mm_pages_request request = { MM_PAGES_AT, BASE + 22 * PAGE, 2, 0, { 1 } };
	struct mm_region got;

	(void)state;
	assert_int_equal(page_world_stats(world).total_pages, 625);
	assert_int_equal(page_world_stats(world).largest_run, 600);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &got), MM_E_ALLOC_OUTSIDE);
	assert_int_equal(page_world_alloc(world, 5, domain1), BASE + 64 * MIB);
	assert_int_equal(page_world_alloc(world, 20, supervisor), BASE + 3 * PAGE);
	/* The rest of the hole's window has become the supervisor's. */
	assert_int_equal(page_world_alloc(world, 400, supervisor), BASE + 39 * PAGE);
	page_world_free(world, BASE + 3 * PAGE, 20, supervisor);
	page_world_free(world, BASE + 39 * PAGE, 400, supervisor);
	assert_int_equal(page_world_alloc(world, 600, domain1), BASE + 39 * PAGE);
	assert_status(mm_pages_owner_of(&world->mmram.pages, mm_region_create(BASE + 23 * PAGE, PAGE),
					&(struct mm_owner){ 0 }),
		      MM_E_ALLOC_OUTSIDE);
	page_world_destroy(world);
}

static void domain_pages_rest_in_limbo_until_their_epoch_has_passed(void **state)
{
	struct page_world *world = *state;
	struct mm_region region;
	uint64_t released = 99;
	uint64_t base = page_world_alloc(world, 2048, domain1);

	assert_status(mm_pages_mmram_set_epoch(&world->mmram, 5), MM_OK);
	page_world_free(world, base + 7 * PAGE, 2, domain1);
	assert_int_equal(world->cleaner.call_count, 0);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 1, domain1, &region), MM_E_NO_MEMORY);
	assert_status(mm_pages_mmram_release(&world->mmram, 4, &released), MM_OK);
	assert_int_equal(released, 0);
	assert_int_equal(page_world_stats(world).limbo_pages, 2);
	assert_status(mm_pages_mmram_release(&world->mmram, 5, &released), MM_OK);
	assert_int_equal(released, 2);
	assert_int_equal(world->cleaner.page_count, 2);
	assert_int_equal(page_world_alloc(world, 2, domain1), base + 7 * PAGE);
}

static void limbo_counts_against_the_quota_and_cannot_be_freed_again(void **state)
{
	struct page_world *world = *state;
	struct mm_region region;
	struct mm_owner owner;
	uint64_t released;
	uint64_t base;

	assert_status(mm_pages_mmram_set_quota(&world->mmram, domain1, 4), MM_OK);
	base = page_world_alloc(world, 4, domain1);
	page_world_free(world, base, 4, domain1);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 1, domain1, &region), MM_E_QUOTA);
	region = mm_region_create(base, PAGE);
	assert_status(mm_pages_free(&world->mmram.pages, region, domain1), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(mm_pages_owner_of(&world->mmram.pages, region, &owner), MM_E_NOT_FOUND);
	assert_status(mm_pages_mmram_release(&world->mmram, 0, &released), MM_OK);
	page_world_alloc(world, 4, domain1);
}

static void epochs_never_go_back(void **state)
{
	struct page_world *world = *state;

	assert_status(mm_pages_mmram_set_epoch(&world->mmram, 3), MM_OK);
	assert_status(mm_pages_mmram_set_epoch(&world->mmram, 3), MM_OK);
	assert_status(mm_pages_mmram_set_epoch(&world->mmram, 2), MM_E_INVALID);
}

static void late_epochs_wait_together_when_too_many_are_open(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 8, domain1);
	uint64_t released;

	for (uint64_t epoch = 0; epoch < 8; epoch++) {
		assert_status(mm_pages_mmram_set_epoch(&world->mmram, epoch), MM_OK);
		page_world_free(world, base + epoch * PAGE, 1, domain1);
		assert_status(mm_pages_mmram_check(&world->mmram), MM_OK);
	}
	/* Epochs 3 to 6 share the batch of epoch 7: longer than needed, never shorter. */
	assert_status(mm_pages_mmram_release(&world->mmram, 6, &released), MM_OK);
	assert_int_equal(released, 3);
	assert_status(mm_pages_mmram_release(&world->mmram, 7, &released), MM_OK);
	assert_int_equal(released, 5);
	assert_int_equal(page_world_stats(world).free_pages, 2048);
}

static void a_domain_that_ends_leaves_its_pages_in_limbo(void **state)
{
	struct page_world *world = *state;
	uint64_t pages;

	page_world_alloc(world, 3, domain1);
	page_world_alloc(world, 1, mm_owner_domain(2));
	page_world_alloc(world, 4, domain1);
	assert_status(mm_pages_mmram_free_owner(&world->mmram, domain1, &pages), MM_OK);
	assert_int_equal(pages, 7);
	assert_int_equal(page_world_stats(world).limbo_pages, 7);
	assert_status(mm_pages_mmram_release(&world->mmram, 0, &pages), MM_OK);
	assert_int_equal(pages, 7);
}

static void dirty_memory_goes_to_the_cleaner_first(void **state)
{
	static const struct mm_region regions[] = { { BASE, 4 * PAGE }, { BASE + MIB, 6 * PAGE } };
	struct page_world_setup dirty = { regions, 2, 1, 10, true, false };
	struct page_world *world = page_world_create(&dirty);

	(void)state;
	assert_int_equal(world->cleaner.call_count, 2);
	assert_int_equal(world->cleaner.page_count, 10);
	page_world_destroy(world);
}

static void refuses_regions_it_cannot_manage(void **state)
{
	static const struct {
		struct mm_region regions[2];
		size_t count;
		uint32_t domains;
		enum mm_status status;
	} rows[] = {
		{ { { BASE, PAGE } }, 0, 1, MM_E_INVALID },
		{ { { BASE, PAGE } }, 1, 65537, MM_E_INVALID },
		{ { { BASE, 0 } }, 1, 1, MM_E_INVALID },
		{ { { BASE + 1, PAGE } }, 1, 1, MM_E_MISALIGNED },
		{ { { BASE, PAGE + 8 } }, 1, 1, MM_E_MISALIGNED },
		{ { { UINT64_MAX - PAGE + 1, 2 * PAGE } }, 1, 1, MM_E_OVERFLOW },
		{ { { BASE, 2 * PAGE }, { BASE + PAGE, PAGE } }, 2, 1, MM_E_OVERLAP },
		{ { { BASE, PAGE }, { BASE - PAGE, PAGE } }, 2, 1, MM_E_INVALID },
		{ { { BASE, ((uint64_t)1 << 39) + PAGE } }, 1, 1, MM_E_LIMIT },
		{ { { BASE, PAGE } }, 5000, 1, MM_E_LIMIT },
	};
	uint64_t bytes = 3;

	(void)state;
	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++)
		assert_status(mm_pages_mmram_metadata_bytes(rows[i].regions, rows[i].count, rows[i].domains, &bytes),
			      rows[i].status);
	assert_status(mm_pages_mmram_metadata_bytes(NULL, 1, 1, &bytes), MM_E_INVALID);
	assert_int_equal(bytes, 3);
}

static void metadata_stays_small(void **state)
{
	static const struct mm_region tseg = { BASE, 8 * MIB };
	uint64_t bytes;

	(void)state;
	assert_status(mm_pages_mmram_metadata_bytes(&tseg, 1, 8, &bytes), MM_OK);
	assert_true(bytes < 36 * 1024);
}

static void refuses_a_config_without_its_parts(void **state)
{
	static const struct mm_region region = { BASE, 8 * PAGE };
	struct mm_page_cleaner_ops no_ops = { NULL };
	struct mm_page_cleaner hollow = { &no_ops };
	struct fake_cleaner cleaner;
	struct mm_pages_mmram mmram = { 0 };
	struct mm_pages_mmram_config config = { .regions = &region, .region_count = 1, .is_zeroed = true };
	uint8_t *memory;

	(void)state;
	fake_cleaner_init(&cleaner);
	assert_status(mm_pages_mmram_metadata_bytes(&region, 1, 0, &config.metadata_bytes), MM_OK);
	memory = aligned_alloc(16, (config.metadata_bytes + 31) & ~(uint64_t)15);
	config.metadata = memory;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_INVALID);
	config.cleaner = &hollow;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_INVALID);
	config.cleaner = &cleaner.cleaner;
	config.metadata = NULL;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_INVALID);
	config.metadata = memory + 8;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_MISALIGNED);
	config.metadata = memory;
	config.metadata_bytes--;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_BUFFER_TOO_SMALL);
	config.metadata_bytes++;
	config.metadata = (void *)(uintptr_t)(BASE + PAGE);
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_OVERLAP);
	config.region_count = 0;
	assert_status(mm_pages_mmram_init(&mmram, &config), MM_E_INVALID);
	assert_null(mmram.pages.ops);
	free(memory);
}

/* Plants one error, expects the walker to see it, takes it back. */
#define ASSERT_SEEN(world, place, value)                                            \
	do {                                                                        \
		__typeof__(place) saved_ = (place);                                 \
		(place) = (value);                                                  \
		assert_status(mm_pages_mmram_check(&(world)->mmram), MM_E_CORRUPT); \
		(place) = saved_;                                                   \
		assert_status(mm_pages_mmram_check(&(world)->mmram), MM_OK);        \
	} while (0)

static void the_walker_sees_every_kind_of_damage(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_mmram *mmram = &world->mmram;
	uint32_t first = mmram->spans[0].first;
	uint64_t base = page_world_alloc(world, 300, supervisor);

	page_world_free(world, base + 10 * PAGE, 4, supervisor);
	page_world_free(world, base + 20 * PAGE, 4, supervisor);
	page_world_free(world, base + 100 * PAGE, 80, supervisor);
	page_world_free(world, page_world_alloc(world, 3, domain1), 2, domain1);
	assert_status(mm_pages_mmram_check(mmram), MM_OK);
	ASSERT_SEEN(world, mmram->records[first].tag, mmram->records[first].tag ^ 1u); /* another owner */
	ASSERT_SEEN(world, mmram->records[first].tag, 0x40000000u | 500u);	       /* an unknown owner */
	ASSERT_SEEN(world, mmram->records[first].tag, 0u);			       /* free, but in no run */
	ASSERT_SEEN(world, mmram->records[first].run, 1u);			       /* a run in a used page */
	ASSERT_SEEN(world, mmram->records[first - 1].tag, 0u);			       /* the guard before */
	ASSERT_SEEN(world, mmram->records[first + 10].run, 5u);			       /* too long */
	ASSERT_SEEN(world, mmram->records[first + 10].run, 3u);			       /* too short */
	ASSERT_SEEN(world, mmram->records[first + 10].next, 0u);		       /* the list */
	ASSERT_SEEN(world, mmram->records[first + 10].prev, 0xfffffff0u);	       /* the list, out of bounds */
	ASSERT_SEEN(world, mmram->records[first + 13].next, first + 11);	       /* the way back */
	ASSERT_SEEN(world, mmram->records[first + 12].tag, 2u);			       /* the wrong colour */
	ASSERT_SEEN(world, mmram->records[first + 100].next, first + 10);	       /* the ring of a long run */
	ASSERT_SEEN(world, mmram->bin_map[MM_PAGES_SUPERVISOR], 0u);
	ASSERT_SEEN(world, mmram->tree_map[MM_PAGES_SUPERVISOR], 0u);
	ASSERT_SEEN(world, mmram->trees[MM_PAGES_SUPERVISOR][6], 0u);
	ASSERT_SEEN(world, mmram->levels[0][MM_PAGES_SUPERVISOR][(first + 100) / 8], 0);
	ASSERT_SEEN(world, mmram->colours[0], MM_PAGES_USER);
	ASSERT_SEEN(world, mmram->colours[0], MM_PAGES_NEUTRAL);
	ASSERT_SEEN(world, mmram->colours[1], 77);
	ASSERT_SEEN(world, mmram->free_pages, mmram->free_pages + 1);
	ASSERT_SEEN(world, mmram->limbo_pages, mmram->limbo_pages - 1);
	ASSERT_SEEN(world, mmram->accounts[0].used, mmram->accounts[0].used + 1);
	ASSERT_SEEN(world, mmram->accounts[2].limbo, mmram->accounts[2].limbo + 1);
	ASSERT_SEEN(world, mmram->limbo_head, first);
	ASSERT_SEEN(world, mmram->records[mmram->limbo_head].prev, 3u);
	ASSERT_SEEN(world, mmram->batch_count, 0u);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(supervisor_and_user_pages_never_share_a_window),
		WITH_WORLD(domains_share_windows_with_each_other),
		WITH_WORLD(takes_another_window_when_the_first_is_full),
		WITH_WORLD(vacant_windows_change_their_colour_when_needed),
		WITH_WORLD(a_run_may_cross_into_neutral_windows),
		WITH_WORLD(mixes_windows_rather_than_fail),
		WITH_WORLD(crosses_windows_of_any_colour_as_a_last_resort),
		WITH_WORLD(searches_by_place_keep_to_their_colour),
		cmocka_unit_test(strict_windows_fail_rather_than_mix),
		WITH_WORLD(frees_across_windows_of_two_colours),
		cmocka_unit_test(regions_in_one_window_keep_their_hole),
		WITH_WORLD(domain_pages_rest_in_limbo_until_their_epoch_has_passed),
		WITH_WORLD(limbo_counts_against_the_quota_and_cannot_be_freed_again),
		WITH_WORLD(epochs_never_go_back),
		WITH_WORLD(late_epochs_wait_together_when_too_many_are_open),
		WITH_WORLD(a_domain_that_ends_leaves_its_pages_in_limbo),
		cmocka_unit_test(dirty_memory_goes_to_the_cleaner_first),
		cmocka_unit_test(refuses_regions_it_cannot_manage),
		cmocka_unit_test(metadata_stays_small),
		cmocka_unit_test(refuses_a_config_without_its_parts),
		WITH_WORLD(the_walker_sees_every_kind_of_damage),
	};

	return cmocka_run_group_tests_name("alloc/pages_windows", tests, NULL, NULL);
}
