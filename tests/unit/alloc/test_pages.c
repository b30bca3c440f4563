/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "page_world.h"
#include "tests/mm_test.h"

#define BASE  ((uint64_t)0x7f000000)
#define BYTES (8 * MIB)
#define PAGE  MM_PAGE_BYTES

static int setup(void **state)
{
	*state = page_world_create_simple(BASE, BYTES);
	return 0;
}

static int teardown(void **state)
{
	page_world_destroy(*state);
	return 0;
}

static const struct mm_owner supervisor = { 0x10000 };
static const struct mm_owner domain1 = { 1 };
static const struct mm_owner domain2 = { 2 };

static struct mm_region pages_at(uint64_t base, uint64_t pages)
{
	return mm_region_create(base, pages * PAGE);
}

static void owners_are_what_their_constructors_say(void **state)
{
	(void)state;
	assert_true(mm_owner_equal(mm_owner_supervisor(), supervisor));
	assert_true(mm_owner_equal(mm_owner_domain(1), domain1));
	assert_true(mm_owner_is_supervisor(supervisor));
	assert_false(mm_owner_is_supervisor(mm_owner_domain(0xffff)));
}

static void starts_with_everything_free(void **state)
{
	struct mm_pages_stats stats = page_world_stats(*state);

	assert_int_equal(stats.total_pages, 2048);
	assert_int_equal(stats.free_pages, 2048);
	assert_int_equal(stats.largest_run, 2048);
	assert_int_equal(stats.used_pages, 0);
	assert_int_equal(stats.window_count, 4);
	assert_int_equal(stats.mixed_windows, 0);
}

static void takes_the_smallest_run_that_holds_the_request(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 40, supervisor);

	page_world_free(world, base + 2 * PAGE, 5, supervisor);
	page_world_free(world, base + 10 * PAGE, 3, supervisor);
	page_world_free(world, base + 20 * PAGE, 8, supervisor);
	assert_int_equal(page_world_alloc(world, 3, supervisor), base + 10 * PAGE);
	assert_int_equal(page_world_alloc(world, 6, supervisor), base + 20 * PAGE);
	assert_int_equal(page_world_alloc(world, 4, supervisor), base + 2 * PAGE);
}

static void prefers_the_run_freed_last_among_equals(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 20, supervisor);

	page_world_free(world, base + 2 * PAGE, 2, supervisor);
	page_world_free(world, base + 12 * PAGE, 2, supervisor);
	assert_int_equal(page_world_alloc(world, 2, supervisor), base + 12 * PAGE);
	assert_int_equal(page_world_alloc(world, 2, supervisor), base + 2 * PAGE);
}

static void takes_the_smallest_of_many_long_runs(void **state)
{
	static const uint32_t runs[] = { 65, 130, 64, 100, 70, 100, 127, 33, 96, 64 };
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 1536, supervisor);
	uint64_t at = base;
	uint64_t where[MM_ARRAY_COUNT(runs)];

	for (size_t i = 0; i < MM_ARRAY_COUNT(runs); i++) {
		where[i] = at;
		page_world_free(world, at, runs[i], supervisor);
		at += (runs[i] + 1) * PAGE;
	}
	assert_status(mm_pages_mmram_check(&world->mmram), MM_OK);
	assert_int_equal(page_world_alloc(world, 97, supervisor), where[5]);
	assert_int_equal(page_world_alloc(world, 97, supervisor), where[3]);
	assert_int_equal(page_world_alloc(world, 97, supervisor), where[6]);
	assert_int_equal(page_world_alloc(world, 34, supervisor), where[9]);
	assert_int_equal(page_world_alloc(world, 34, supervisor), where[2]);
	assert_int_equal(page_world_alloc(world, 66, supervisor), where[4]);
	assert_int_equal(page_world_alloc(world, 128, supervisor), where[1]);
}

static void joins_free_neighbours_again(void **state)
{
	struct page_world *world = *state;
	uint64_t a = page_world_alloc(world, 3, supervisor);
	uint64_t b = page_world_alloc(world, 4, supervisor);
	uint64_t c = page_world_alloc(world, 5, supervisor);

	page_world_free(world, a, 3, supervisor);
	page_world_free(world, c, 5, supervisor);
	page_world_free(world, b, 4, supervisor);
	/* One run of the coloured window is back in one piece. */
	assert_int_equal(page_world_stats(world).largest_run, 2048 - 512);
	assert_int_equal(page_world_alloc(world, 512, supervisor), BASE);
}

static void gives_exactly_the_page_asked_for(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_request request = { MM_PAGES_AT, BASE + 5 * PAGE, 2, 0, domain1 };
	struct mm_region region = { 3, 3 };

	page_world_alloc_at(world, BASE + 4 * PAGE, 3, domain1);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_ALLOC_OCCUPIED);
	request.address = BASE + 3 * PAGE;
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_ALLOC_OCCUPIED);
	request.address = BASE - PAGE;
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_ALLOC_OUTSIDE);
	request.address = BASE + BYTES - PAGE;
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_ALLOC_OUTSIDE);
	assert_int_equal(region.base, 3);
	assert_int_equal(page_world_alloc_at(world, BASE + BYTES - PAGE, 1, domain1), BASE + BYTES - PAGE);
}

static void finds_the_run_around_any_page_of_it(void **state)
{
	struct page_world *world = *state;

	/* Halving the free memory again and again, at places no run begins. */
	for (uint64_t pages = 1024; pages != 0; pages /= 2)
		page_world_alloc_at(world, BASE + pages * PAGE, 1, supervisor);
	for (uint64_t page = 3; page < 2048; page += 97)
		page_world_alloc_at(world, BASE + page * PAGE, 1, supervisor);
	assert_status(mm_pages_mmram_check(&world->mmram), MM_OK);
}

static void stays_below_the_limit(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_request request = { MM_PAGES_BELOW, BASE + 9 * PAGE, 4, 0, supervisor };
	struct mm_region region;

	page_world_alloc_at(world, BASE, 3, supervisor);
	page_world_alloc_at(world, BASE + 10 * PAGE, 500, supervisor);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, BASE + 3 * PAGE);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_NO_MEMORY);
	request.pages = 2;
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, BASE + 7 * PAGE);
}

static void looks_below_the_best_fit_for_a_lower_run(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_request request = { MM_PAGES_BELOW, BASE + 100 * PAGE, 17, 0, supervisor };
	struct mm_region region;

	page_world_alloc_at(world, BASE, 512, supervisor);
	page_world_free(world, BASE + 300 * PAGE, 17, supervisor); /* the best fit, too high */
	page_world_free(world, BASE + 20 * PAGE, 16, supervisor);  /* low enough, too short */
	page_world_free(world, BASE + 50 * PAGE, 19, supervisor);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, BASE + 50 * PAGE);
}

static void aligns_as_asked(void **state)
{
	struct page_world *world = *state;
	struct mm_region region;

	page_world_alloc(world, 1, supervisor);
	for (uint64_t align = 2; align <= 2 * MIB; align *= 2) {
		struct mm_pages_request request = { MM_PAGES_ANY, 0, 1, align, supervisor };

		assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
		assert_int_equal(region.base & (align - 1), 0);
	}
}

static void finds_an_aligned_run_that_fits_exactly(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_request request = { MM_PAGES_ANY, 0, 4, 4 * PAGE, supervisor };
	struct mm_region region;

	page_world_alloc_at(world, BASE, 2048, supervisor);
	page_world_free(world, BASE + 9 * PAGE, 4, supervisor);	 /* not aligned */
	page_world_free(world, BASE + 21 * PAGE, 5, supervisor); /* not aligned */
	page_world_free(world, BASE + 64 * PAGE, 4, supervisor);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, BASE + 64 * PAGE);
	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_E_NO_MEMORY);
}

static void refuses_requests_that_make_no_sense(void **state)
{
	struct mm_pages *pages = &((struct page_world *)*state)->mmram.pages;
	const struct {
		struct mm_pages_request request;
		enum mm_status status;
	} rows[] = {
		{ { MM_PAGES_ANY, 0, 0, 0, { 1 } }, MM_E_INVALID },
		{ { (enum mm_pages_kind)3, 0, 1, 0, { 1 } }, MM_E_INVALID },
		{ { MM_PAGES_ANY, 0, 1, 3 * PAGE, { 1 } }, MM_E_INVALID },
		{ { MM_PAGES_ANY, 0, 1, 0, { 8 } }, MM_E_INVALID },
		{ { MM_PAGES_ANY, 0, 1, 0, { 0x10001 } }, MM_E_INVALID },
		{ { MM_PAGES_ANY, 0, 1, 0, { UINT32_MAX } }, MM_E_INVALID },
		{ { MM_PAGES_ANY, 0, UINT64_MAX / PAGE + 1, 0, { 1 } }, MM_E_OVERFLOW },
		{ { MM_PAGES_AT, UINT64_MAX - PAGE + 1, 2, 0, { 1 } }, MM_E_OVERFLOW },
		{ { MM_PAGES_AT, BASE + 1, 1, 0, { 1 } }, MM_E_MISALIGNED },
		{ { MM_PAGES_AT, BASE + PAGE, 1, 2 * PAGE, { 1 } }, MM_E_MISALIGNED },
		{ { MM_PAGES_AT, BASE, 4096, 0, { 1 } }, MM_E_ALLOC_OUTSIDE },
		{ { MM_PAGES_BELOW, BASE, 1, 0, { 1 } }, MM_E_NO_MEMORY },
		{ { MM_PAGES_BELOW, BASE + PAGE - 1, 1, 0, { 1 } }, MM_E_NO_MEMORY },
		{ { MM_PAGES_ANY, 0, 2049, 0, { 1 } }, MM_E_NO_MEMORY },
		{ { MM_PAGES_ANY, 0, (uint64_t)1 << 40, 0, { 1 } }, MM_E_NO_MEMORY },
		{ { MM_PAGES_ANY, 0, 1, (uint64_t)1 << 60, { 1 } }, MM_E_NO_MEMORY },
	};
	struct mm_region region = { 7, 7 };

	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		assert_status(mm_pages_alloc(pages, &rows[i].request, &region), rows[i].status);
		assert_int_equal(region.base, 7);
	}
}

static void short_form_refuses_the_same(void **state)
{
	struct mm_pages *pages = &((struct page_world *)*state)->mmram.pages;
	struct mm_region region;

	assert_status(mm_pages_alloc_any(pages, 0, domain1, &region), MM_E_INVALID);
	assert_status(mm_pages_alloc_any(pages, UINT64_MAX, domain1, &region), MM_E_OVERFLOW);
	assert_status(mm_pages_alloc_any(pages, 1, mm_owner_domain(9), &region), MM_E_INVALID);
}

static void refuses_a_second_free(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 4, supervisor);

	page_world_free(world, base + PAGE, 1, supervisor);
	assert_status(mm_pages_free(&world->mmram.pages, pages_at(base + PAGE, 1), supervisor), MM_E_ALLOC_DOUBLE_FREE);
	assert_status(mm_pages_free(&world->mmram.pages, pages_at(base, 4), supervisor), MM_E_ALLOC_DOUBLE_FREE);
	/* Nothing was half freed. */
	assert_true(mm_pages_is_owned_by(&world->mmram.pages, pages_at(base, 1), supervisor));
	assert_true(mm_pages_is_owned_by(&world->mmram.pages, pages_at(base + 2 * PAGE, 2), supervisor));
}

static void refuses_to_free_the_pages_of_others(void **state)
{
	struct page_world *world = *state;
	struct mm_pages *pages = &world->mmram.pages;
	uint64_t mine = page_world_alloc(world, 2, domain1);
	uint64_t kernel = page_world_alloc(world, 2, supervisor);

	assert_status(mm_pages_free(pages, pages_at(mine, 2), domain2), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pages_free(pages, pages_at(kernel, 1), domain1), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pages_free(pages, pages_at(mine, 1), supervisor), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pages_free(pages, pages_at(mine, 1), mm_owner_domain(100)), MM_E_INVALID);
}

static void refuses_to_free_what_is_no_range_of_pages(void **state)
{
	struct mm_pages *pages = &((struct page_world *)*state)->mmram.pages;
	struct mm_region wraps = { UINT64_MAX - PAGE + 1, 2 * PAGE };

	assert_status(mm_pages_free(pages, pages_at(BASE, 0), supervisor), MM_E_INVALID);
	assert_status(mm_pages_free(pages, wraps, supervisor), MM_E_OVERFLOW);
	assert_status(mm_pages_free(pages, mm_region_create(BASE + 1, PAGE), supervisor), MM_E_MISALIGNED);
	assert_status(mm_pages_free(pages, mm_region_create(BASE, PAGE + 1), supervisor), MM_E_MISALIGNED);
	assert_status(mm_pages_free(pages, pages_at(BASE - PAGE, 1), supervisor), MM_E_ALLOC_OUTSIDE);
	assert_status(mm_pages_free(pages, pages_at(BASE + BYTES - PAGE, 2), supervisor), MM_E_ALLOC_OUTSIDE);
}

static void frees_several_allocations_at_once(void **state)
{
	struct page_world *world = *state;
	uint64_t a = page_world_alloc(world, 3, supervisor);
	uint64_t b = page_world_alloc(world, 3, supervisor);

	assert_int_equal(b, a + 3 * PAGE);
	page_world_free(world, a + PAGE, 4, supervisor);
	assert_int_equal(page_world_alloc(world, 4, supervisor), a + PAGE);
}

static void knows_the_owner_of_a_range(void **state)
{
	struct page_world *world = *state;
	struct mm_pages *pages = &world->mmram.pages;
	struct mm_owner owner = { 77 };
	uint64_t a = page_world_alloc_at(world, BASE, 2, domain1);

	page_world_alloc_at(world, BASE + 2 * PAGE, 1, domain2);
	assert_status(mm_pages_owner_of(pages, mm_region_create(a + PAGE - 1, 2), &owner), MM_OK);
	assert_true(mm_owner_equal(owner, domain1));
	owner.v = 77;
	assert_status(mm_pages_owner_of(pages, pages_at(a, 3), &owner), MM_E_ALLOC_FOREIGN);
	assert_status(mm_pages_owner_of(pages, pages_at(a + 3 * PAGE, 1), &owner), MM_E_NOT_FOUND);
	assert_status(mm_pages_owner_of(pages, mm_region_create(BASE - 1, 2), &owner), MM_E_ALLOC_OUTSIDE);
	assert_status(mm_pages_owner_of(pages, mm_region_create(a, 0), &owner), MM_E_INVALID);
	assert_status(mm_pages_owner_of(pages, mm_region_create(UINT64_MAX - 1, 1), &owner), MM_E_OVERFLOW);
	assert_status(mm_pages_owner_of(pages, (struct mm_region){ UINT64_MAX, 2 }, &owner), MM_E_OVERFLOW);
	assert_int_equal(owner.v, 77);
}

static void a_range_is_owned_only_if_all_of_it_is(void **state)
{
	struct page_world *world = *state;
	struct mm_pages *pages = &world->mmram.pages;
	uint64_t a = page_world_alloc(world, 2, domain1);

	assert_true(mm_pages_is_owned_by(pages, mm_region_create(a + 16, PAGE), domain1));
	assert_false(mm_pages_is_owned_by(pages, mm_region_create(a + 16, 2 * PAGE), domain1));
	assert_false(mm_pages_is_owned_by(pages, mm_region_create(a, 1), domain2));
	assert_false(mm_pages_is_owned_by(pages, mm_region_create(a, 1), supervisor));
}

static void holds_owners_to_their_quota(void **state)
{
	struct page_world *world = *state;
	struct mm_region region = { 5, 5 };
	struct mm_pages_owner_stats stats;

	assert_status(mm_pages_mmram_set_quota(&world->mmram, domain1, 10), MM_OK);
	page_world_alloc(world, 7, domain1);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 4, domain1, &region), MM_E_QUOTA);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 11, domain1, &region), MM_E_QUOTA);
	assert_int_equal(region.base, 5);
	page_world_alloc(world, 3, domain1);
	page_world_alloc(world, 100, domain2);
	assert_status(mm_pages_mmram_set_quota(&world->mmram, domain1, 2), MM_OK);
	assert_status(mm_pages_mmram_get_owner_stats(&world->mmram, domain1, &stats), MM_OK);
	assert_int_equal(stats.used_pages, 10);
	assert_int_equal(stats.quota_pages, 2);
	assert_status(mm_pages_mmram_set_quota(&world->mmram, mm_owner_domain(8), 2), MM_E_INVALID);
	assert_status(mm_pages_mmram_get_owner_stats(&world->mmram, mm_owner_domain(8), &stats), MM_E_INVALID);
}

static void adopts_what_an_earlier_phase_placed(void **state)
{
	struct page_world *world = *state;
	struct mm_pages_mmram *mmram = &world->mmram;

	assert_status(mm_pages_mmram_set_quota(mmram, domain1, 1), MM_OK);
	assert_status(mm_pages_mmram_adopt(mmram, pages_at(BASE + 100 * PAGE, 30), domain1), MM_OK);
	assert_true(mm_pages_is_owned_by(&mmram->pages, pages_at(BASE + 100 * PAGE, 30), domain1));
	assert_int_equal(world->cleaner.call_count, 0);
	assert_status(mm_pages_mmram_adopt(mmram, pages_at(BASE + 129 * PAGE, 2), domain1), MM_E_ALLOC_OCCUPIED);
	assert_status(mm_pages_mmram_adopt(mmram, pages_at(BASE - PAGE, 2), domain1), MM_E_ALLOC_OUTSIDE);
	assert_status(mm_pages_mmram_adopt(mmram, pages_at(BASE, 0), domain1), MM_E_INVALID);
	assert_status(mm_pages_mmram_adopt(mmram, pages_at(BASE, 1), mm_owner_domain(50)), MM_E_INVALID);
	assert_status(mm_pages_mmram_adopt(mmram, mm_region_create(BASE, 5), domain1), MM_E_MISALIGNED);
	assert_status(mm_pages_mmram_adopt(mmram, (struct mm_region){ PAGE, UINT64_MAX }, domain1), MM_E_OVERFLOW);
	page_world_free(world, BASE + 100 * PAGE, 30, domain1);
}

static void cleans_a_supervisor_page_when_it_is_freed(void **state)
{
	struct page_world *world = *state;
	uint64_t base = page_world_alloc(world, 6, supervisor);

	assert_int_equal(world->cleaner.call_count, 0);
	page_world_free(world, base + PAGE, 3, supervisor);
	assert_int_equal(world->cleaner.call_count, 1);
	assert_int_equal(world->cleaner.page_count, 3);
	assert_int_equal(world->cleaner.last.base, base + PAGE);
}

static void works_when_every_page_is_taken(void **state)
{
	struct page_world *world = *state;
	struct mm_region region;

	for (uint32_t i = 0; i < 2048; i++)
		page_world_alloc(world, 1, i % 2 == 0 ? supervisor : domain1);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 1, domain1, &region), MM_E_NO_MEMORY);
	assert_status(mm_pages_alloc_any(&world->mmram.pages, 1, supervisor, &region), MM_E_NO_MEMORY);
	assert_int_equal(page_world_stats(world).free_pages, 0);
	assert_int_equal(page_world_stats(world).largest_run, 0);
}

static void frees_all_pages_of_an_owner(void **state)
{
	struct page_world *world = *state;
	uint64_t pages = 0;

	page_world_alloc(world, 5, supervisor);
	page_world_alloc(world, 600, supervisor);
	page_world_alloc(world, 7, domain1);
	assert_status(mm_pages_mmram_free_owner(&world->mmram, supervisor, &pages), MM_OK);
	assert_int_equal(pages, 605);
	assert_int_equal(page_world_stats(world).used_pages, 7);
	assert_status(mm_pages_mmram_free_owner(&world->mmram, mm_owner_domain(8), &pages), MM_E_INVALID);
}

static void an_interface_without_all_slots_is_incomplete(void **state)
{
	const struct mm_pages_ops ops = { 0 };
	struct mm_pages empty = { NULL };
	struct mm_pages hollow = { &ops };

	assert_true(mm_pages_is_complete(&((struct page_world *)*state)->mmram.pages));
	assert_false(mm_pages_is_complete(&empty));
	assert_false(mm_pages_is_complete(&hollow));
}

static void a_zeroed_object_is_not_ready(void **state)
{
	struct mm_pages_mmram mmram = { 0 };
	struct mm_pages_request request = { MM_PAGES_ANY, 0, 1, 0, { 0 } };
	struct mm_pages_owner_stats owner_stats;
	struct mm_pages_stats stats;
	struct mm_region region;
	struct mm_owner owner;
	uint64_t count;

	(void)state;
	assert_status(mm_pages_alloc(&mmram.pages, &request, &region), MM_E_NOT_READY);
	assert_status(mm_pages_alloc_any(&mmram.pages, 1, supervisor, &region), MM_E_NOT_READY);
	assert_status(mm_pages_free(&mmram.pages, pages_at(BASE, 1), supervisor), MM_E_NOT_READY);
	assert_status(mm_pages_owner_of(&mmram.pages, pages_at(BASE, 1), &owner), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_adopt(&mmram, pages_at(BASE, 1), supervisor), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_set_quota(&mmram, supervisor, 1), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_free_owner(&mmram, supervisor, &count), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_set_epoch(&mmram, 1), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_release(&mmram, 1, &count), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_get_stats(&mmram, &stats), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_get_owner_stats(&mmram, supervisor, &owner_stats), MM_E_NOT_READY);
	assert_status(mm_pages_mmram_check(&mmram), MM_E_NOT_READY);
	mm_pages_mmram_finish(&mmram);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owners_are_what_their_constructors_say),
		WITH_WORLD(starts_with_everything_free),
		WITH_WORLD(takes_the_smallest_run_that_holds_the_request),
		WITH_WORLD(prefers_the_run_freed_last_among_equals),
		WITH_WORLD(takes_the_smallest_of_many_long_runs),
		WITH_WORLD(joins_free_neighbours_again),
		WITH_WORLD(gives_exactly_the_page_asked_for),
		WITH_WORLD(finds_the_run_around_any_page_of_it),
		WITH_WORLD(stays_below_the_limit),
		WITH_WORLD(looks_below_the_best_fit_for_a_lower_run),
		WITH_WORLD(aligns_as_asked),
		WITH_WORLD(finds_an_aligned_run_that_fits_exactly),
		WITH_WORLD(refuses_requests_that_make_no_sense),
		WITH_WORLD(short_form_refuses_the_same),
		WITH_WORLD(refuses_a_second_free),
		WITH_WORLD(refuses_to_free_the_pages_of_others),
		WITH_WORLD(refuses_to_free_what_is_no_range_of_pages),
		WITH_WORLD(frees_several_allocations_at_once),
		WITH_WORLD(knows_the_owner_of_a_range),
		WITH_WORLD(a_range_is_owned_only_if_all_of_it_is),
		WITH_WORLD(holds_owners_to_their_quota),
		WITH_WORLD(adopts_what_an_earlier_phase_placed),
		WITH_WORLD(cleans_a_supervisor_page_when_it_is_freed),
		WITH_WORLD(works_when_every_page_is_taken),
		WITH_WORLD(frees_all_pages_of_an_owner),
		WITH_WORLD(an_interface_without_all_slots_is_incomplete),
		cmocka_unit_test(a_zeroed_object_is_not_ready),
	};

	return cmocka_run_group_tests_name("alloc/pages", tests, NULL, NULL);
}
