/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page allocator against a model that knows every page by itself and searches linearly: the same requests must
 * succeed, get legal pages of the promised choice, and leave the same books.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mm/base/addr.h"
#include "mm/base/checked.h"
#include "page_world.h"
#include "tests/mm_random.h"
#include "tests/mm_test.h"

#define DOMAINS	  3u
#define OWNERS	  (DOMAINS + 1u)
#define PAGES_MAX 4096u
#define HELD_MAX  1024u

enum page_state {
	FREE,
	USED,
	LIMBO,
};

struct model_page {
	uint64_t number;
	enum page_state state;
	uint32_t owner; /* index into owners */
	uint64_t epoch;
	bool is_dirty;
	uint32_t window;
};

struct held {
	uint32_t page;
	uint32_t pages;
	uint32_t owner;
};

struct model {
	struct page_world *world;
	struct mm_random random;
	struct model_page pages[PAGES_MAX];
	uint32_t page_count;
	uint32_t used[OWNERS];
	uint32_t limbo[OWNERS];
	uint32_t quota[OWNERS];
	struct held held[HELD_MAX];
	uint32_t held_count;
	uint64_t epoch;
	uint32_t ok_count;
	uint32_t refused_count;
};

static struct mm_owner owner_at(uint32_t index)
{
	return index == 0 ? mm_owner_supervisor() : mm_owner_domain((uint16_t)(index - 1));
}

static void add_region(struct model *model, struct mm_region region)
{
	for (uint64_t page = region.base >> MM_PAGE_SHIFT; page < mm_region_end(region) >> MM_PAGE_SHIFT; page++) {
		struct model_page *last = model->page_count == 0 ? NULL : &model->pages[model->page_count - 1];
		uint32_t window = 0;

		assert_true(model->page_count < PAGES_MAX);
		if (last != NULL)
			window = last->window + (last->number / 512 != page / 512);
		model->pages[model->page_count++] = (struct model_page){ .number = page, .window = window };
	}
}

static uint32_t index_of(const struct model *model, uint64_t number)
{
	for (uint32_t i = 0; i < model->page_count; i++) {
		if (model->pages[i].number == number)
			return i;
	}
	return UINT32_MAX;
}

/* True if the pages from `first` on are there, adjoin and are free. */
static bool is_free_run(const struct model *model, uint32_t first, uint32_t pages)
{
	if (pages > model->page_count - first)
		return false;
	for (uint32_t i = 0; i < pages; i++) {
		if (model->pages[first + i].state != FREE ||
		    model->pages[first + i].number != model->pages[first].number + i)
			return false;
	}
	return true;
}

static bool fits_at(const struct model *model, const struct mm_pages_request *request, uint32_t first)
{
	uint64_t base = model->pages[first].number << MM_PAGE_SHIFT;
	uint64_t align = request->align < MM_PAGE_BYTES ? MM_PAGE_BYTES : request->align;

	if ((base & (align - 1)) != 0)
		return false;
	if (request->kind == MM_PAGES_BELOW && base + request->pages * MM_PAGE_BYTES > request->address)
		return false;
	return is_free_run(model, first, (uint32_t)request->pages);
}

static bool is_served(const struct model *model, const struct mm_pages_request *request)
{
	uint32_t at;

	if (request->kind == MM_PAGES_AT) {
		at = index_of(model, request->address >> MM_PAGE_SHIFT);
		return at != UINT32_MAX && is_free_run(model, at, (uint32_t)request->pages);
	}
	for (uint32_t i = 0; i < model->page_count; i++) {
		if (fits_at(model, request, i))
			return true;
	}
	return false;
}

static uint8_t colour_at(const struct model *model, uint32_t page)
{
	return model->world->mmram.colours[model->pages[page].window];
}

/* The length of the maximal free run of one colour that starts at `first`; 0 if none starts there. */
static uint32_t run_at(const struct model *model, uint32_t first)
{
	uint32_t pages = 0;

	if (model->pages[first].state != FREE)
		return 0;
	while (is_free_run(model, first, pages + 1) && colour_at(model, first + pages) == colour_at(model, first))
		pages++;
	return pages;
}

/* The shortest run of the colour that holds `pages`, 0 if none; `ret_around` is the run that holds `page`. */
static uint32_t best_run(const struct model *model, uint8_t colour, uint32_t pages, uint32_t page, uint32_t *ret_around)
{
	uint32_t best = 0;
	uint32_t first = 0;

	*ret_around = 0;
	while (first < model->page_count) {
		uint32_t run = run_at(model, first);

		if (run != 0 && colour_at(model, first) == colour) {
			if (run >= pages && (best == 0 || run < best))
				best = run;
			if (page >= first && page < first + run)
				*ret_around = run;
		}
		first += run == 0 ? 1 : run;
	}
	return best;
}

/* Remembers the choice a plain request should get before it changes the windows. */
struct choice {
	uint32_t own;
	uint32_t neutral;
	uint8_t colours[PAGES_MAX];
	uint32_t runs[PAGES_MAX];
};

static void note_choice(const struct model *model, const struct mm_pages_request *request, struct choice *choice)
{
	uint8_t colour = mm_owner_is_supervisor(request->owner) ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;
	uint32_t around;
	uint32_t first = 0;

	choice->own = best_run(model, colour, (uint32_t)request->pages, 0, &around);
	choice->neutral = best_run(model, MM_PAGES_NEUTRAL, (uint32_t)request->pages, 0, &around);
	while (first < model->page_count) {
		uint32_t run = run_at(model, first);

		for (uint32_t i = first; i < first + (run == 0 ? 1 : run); i++) {
			choice->colours[i] = colour_at(model, i);
			choice->runs[i] = run;
		}
		first += run == 0 ? 1 : run;
	}
}

static void check_choice(const struct mm_pages_request *request, const struct choice *choice, uint32_t page)
{
	uint8_t colour = mm_owner_is_supervisor(request->owner) ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;

	if (choice->own != 0) {
		assert_int_equal(choice->colours[page], colour);
		assert_int_equal(choice->runs[page], choice->own);
	} else if (choice->neutral != 0) {
		assert_int_equal(choice->colours[page], MM_PAGES_NEUTRAL);
		assert_int_equal(choice->runs[page], choice->neutral);
	}
}

/* True if the request could be served from pages of one colour. */
static bool is_served_by(const struct model *model, const struct mm_pages_request *request, uint8_t colour)
{
	for (uint32_t i = 0; i < model->page_count; i++) {
		uint32_t pages = 0;

		if (!fits_at(model, request, i))
			continue;
		while (pages < request->pages && colour_at(model, i + pages) == colour)
			pages++;
		if (pages == request->pages)
			return true;
	}
	return false;
}

/* The colour of window that an aligned or low request must get; MM_PAGES_COLOUR_COUNT if any will do. */
static uint8_t wanted_colour(const struct model *model, const struct mm_pages_request *request)
{
	uint8_t colour = mm_owner_is_supervisor(request->owner) ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;

	if (request->kind == MM_PAGES_AT)
		return MM_PAGES_COLOUR_COUNT;
	if (is_served_by(model, request, colour))
		return colour;
	return is_served_by(model, request, MM_PAGES_NEUTRAL) ? MM_PAGES_NEUTRAL : MM_PAGES_COLOUR_COUNT;
}

static void occupy(struct model *model, uint32_t page, uint32_t pages, uint32_t owner)
{
	for (uint32_t i = page; i < page + pages; i++) {
		assert_int_equal(model->pages[i].state, FREE);
		assert_false(model->pages[i].is_dirty);
		model->pages[i].state = USED;
		model->pages[i].owner = owner;
		model->pages[i].is_dirty = true;
	}
	model->used[owner] += pages;
}

static struct mm_pages_request random_request(struct model *model, uint32_t owner)
{
	struct mm_pages_request request = { .owner = owner_at(owner), .pages = 1 };
	uint32_t page = mm_random_below(&model->random, model->page_count);

	if (mm_random_below(&model->random, 2) == 0)
		request.pages += mm_random_below(&model->random, mm_random_below(&model->random, 20) == 0 ? 900 : 12);
	if (mm_random_below(&model->random, 5) == 0)
		request.align = (uint64_t)1 << mm_random_below(&model->random, 24);
	if (mm_random_below(&model->random, 6) == 0) {
		request.kind = MM_PAGES_BELOW;
		request.address = (model->pages[page].number << MM_PAGE_SHIFT) + mm_random_below(&model->random, 4096);
	} else if (mm_random_below(&model->random, 6) == 0) {
		request.kind = MM_PAGES_AT;
		request.align = 0;
		request.address = model->pages[page].number << MM_PAGE_SHIFT;
	}
	return request;
}

static void step_alloc(struct model *model)
{
	uint32_t owner = mm_random_below(&model->random, OWNERS);
	struct mm_pages_request request = random_request(model, owner);
	struct mm_region region = { 1, 1 };
	bool is_plain = request.kind == MM_PAGES_ANY && request.align <= MM_PAGE_BYTES;
	bool is_rich = model->quota[owner] == MM_PAGES_QUOTA_UNLIMITED ||
		       model->used[owner] + model->limbo[owner] + request.pages <= model->quota[owner];
	bool is_expected = is_rich && model->held_count < HELD_MAX && is_served(model, &request);
	static struct choice choice;
	enum mm_status status;

	if (model->held_count == HELD_MAX)
		return;
	note_choice(model, &request, &choice);
	uint8_t wanted = is_plain ? MM_PAGES_COLOUR_COUNT : wanted_colour(model, &request);
	status = mm_pages_alloc(&model->world->mmram.pages, &request, &region);
	if (!is_rich)
		assert_status(status, MM_E_QUOTA);
	assert_int_equal(status == MM_OK, is_expected);
	if (status != MM_OK) {
		assert_int_equal(region.base, 1);
		model->refused_count++;
		return;
	}
	model->ok_count++;
	struct held held = { index_of(model, region.base >> MM_PAGE_SHIFT), (uint32_t)request.pages, owner };
	assert_int_equal(region.bytes, request.pages << MM_PAGE_SHIFT);
	assert_true(held.page != UINT32_MAX);
	if (request.kind == MM_PAGES_AT)
		assert_int_equal(region.base, request.address);
	else
		assert_true(fits_at(model, &request, held.page));
	if (is_plain)
		check_choice(&request, &choice, held.page);
	if (wanted != MM_PAGES_COLOUR_COUNT)
		assert_int_equal(choice.colours[held.page], wanted);
	occupy(model, held.page, held.pages, owner);
	model->held[model->held_count++] = held;
}

/* Frees all of a held range, or its head, so that ranges are freed in parts as well. */
static void step_free(struct model *model)
{
	uint32_t pick = mm_random_below(&model->random, model->held_count + 1);
	struct held *held = &model->held[pick];
	uint32_t pages;
	uint64_t base;

	if (pick == model->held_count)
		return;
	pages = mm_random_below(&model->random, 3) == 0 ? 1 + mm_random_below(&model->random, held->pages)
							: held->pages;
	base = model->pages[held->page].number << MM_PAGE_SHIFT;
	page_world_free(model->world, base, pages, owner_at(held->owner));
	model->used[held->owner] -= pages;
	model->limbo[held->owner] += held->owner == 0 ? 0 : pages;
	for (uint32_t i = held->page; i < held->page + pages; i++) {
		model->pages[i].state = held->owner == 0 ? FREE : LIMBO;
		model->pages[i].epoch = model->epoch;
	}
	held->page += pages;
	held->pages -= pages;
	if (held->pages == 0)
		*held = model->held[--model->held_count];
}

/* A random page range freed by a random owner is refused exactly if it is not all theirs. */
static void step_wrong_free(struct model *model)
{
	uint32_t page = mm_random_below(&model->random, model->page_count);
	uint32_t owner = mm_random_below(&model->random, OWNERS);
	struct mm_region region = { model->pages[page].number << MM_PAGE_SHIFT, MM_PAGE_BYTES };
	enum mm_status expected = MM_E_ALLOC_DOUBLE_FREE;
	struct mm_owner found;

	if (model->pages[page].state == USED && model->pages[page].owner == owner) {
		assert_true(mm_pages_is_owned_by(&model->world->mmram.pages, region, owner_at(owner)));
		return;
	}
	if (model->pages[page].state == USED)
		expected = MM_E_ALLOC_FOREIGN;
	assert_status(mm_pages_free(&model->world->mmram.pages, region, owner_at(owner)), expected);
	if (model->pages[page].state != USED)
		assert_status(mm_pages_owner_of(&model->world->mmram.pages, region, &found), MM_E_NOT_FOUND);
}

static void step_epoch(struct model *model)
{
	uint64_t passed = model->epoch - mm_random_below(&model->random, 2);
	uint64_t released = 0;
	uint64_t expected = 0;

	model->epoch++;
	assert_status(mm_pages_mmram_set_epoch(&model->world->mmram, model->epoch), MM_OK);
	assert_status(mm_pages_mmram_release(&model->world->mmram, passed, &released), MM_OK);
	for (uint32_t i = 0; i < model->page_count; i++) {
		struct model_page *page = &model->pages[i];

		if (page->state != LIMBO || page->epoch > passed)
			continue;
		page->state = FREE;
		model->limbo[page->owner]--;
		expected++;
	}
	assert_int_equal(released, expected);
}

static void step_quota(struct model *model)
{
	uint32_t owner = mm_random_below(&model->random, OWNERS);

	model->quota[owner] = mm_random_below(&model->random, 3) != 0 ? MM_PAGES_QUOTA_UNLIMITED
								      : mm_random_below(&model->random, 1500);
	assert_status(mm_pages_mmram_set_quota(&model->world->mmram, owner_at(owner), model->quota[owner]), MM_OK);
}

/* A domain ends: all that it held goes to limbo. */
static void step_end_owner(struct model *model)
{
	uint32_t owner = mm_random_below(&model->random, OWNERS);
	uint64_t pages = 0;
	uint32_t kept = 0;

	assert_status(mm_pages_mmram_free_owner(&model->world->mmram, owner_at(owner), &pages), MM_OK);
	assert_int_equal(pages, model->used[owner]);
	for (uint32_t i = 0; i < model->page_count; i++) {
		if (model->pages[i].state != USED || model->pages[i].owner != owner)
			continue;
		model->pages[i].state = owner == 0 ? FREE : LIMBO;
		model->pages[i].epoch = model->epoch;
	}
	model->limbo[owner] += owner == 0 ? 0 : model->used[owner];
	model->used[owner] = 0;
	for (uint32_t i = 0; i < model->held_count; i++) {
		if (model->held[i].owner != owner)
			model->held[kept++] = model->held[i];
	}
	model->held_count = kept;
}

static void on_zero(void *context, struct mm_region region)
{
	struct model *model = context;
	uint32_t page = index_of(model, region.base >> MM_PAGE_SHIFT);

	for (uint64_t i = 0; i < region.bytes >> MM_PAGE_SHIFT; i++)
		model->pages[page + i].is_dirty = false;
}

static void compare_books(const struct model *model)
{
	struct mm_pages_stats stats = page_world_stats(model->world);
	uint32_t free_pages = 0;

	assert_status(mm_pages_mmram_check(&model->world->mmram), MM_OK);
	for (uint32_t i = 0; i < model->page_count; i++)
		free_pages += model->pages[i].state == FREE;
	assert_int_equal(stats.total_pages, model->page_count);
	assert_int_equal(stats.free_pages, free_pages);
	for (uint32_t owner = 0; owner < OWNERS; owner++) {
		struct mm_pages_owner_stats mine;

		assert_status(mm_pages_mmram_get_owner_stats(&model->world->mmram, owner_at(owner), &mine), MM_OK);
		assert_int_equal(mine.used_pages, model->used[owner]);
		assert_int_equal(mine.limbo_pages, model->limbo[owner]);
	}
}

static void step(struct model *model)
{
	uint32_t dice = mm_random_below(&model->random, 1000);

	if (dice < 470)
		step_alloc(model);
	else if (dice < 900)
		step_free(model);
	else if (dice < 950)
		step_wrong_free(model);
	else if (dice < 995)
		step_epoch(model);
	else if (dice < 998)
		step_quota(model);
	else
		step_end_owner(model);
}

static void run_model(const struct mm_region *regions, size_t region_count, uint64_t seed, uint32_t steps)
{
	struct page_world_setup setup = {
		.regions = regions,
		.region_count = region_count,
		.domain_count = DOMAINS,
		.domain_quota = MM_PAGES_QUOTA_UNLIMITED,
	};
	struct model *model = calloc(1, sizeof(*model));

	assert_non_null(model);
	print_message("seed 0x%llx, %u operations\n", (unsigned long long)seed, steps);
	for (size_t i = 0; i < region_count; i++)
		add_region(model, regions[i]);
	for (uint32_t owner = 0; owner < OWNERS; owner++)
		model->quota[owner] = MM_PAGES_QUOTA_UNLIMITED;
	model->random.state = seed;
	model->world = page_world_create(&setup);
	model->world->cleaner.hook = on_zero;
	model->world->cleaner.context = model;
	for (uint32_t i = 0; i < steps; i++) {
		step(model);
		if (i % 1000 == 0)
			compare_books(model);
	}
	compare_books(model);
	print_message("%u allocations, %u refusals\n", model->ok_count, model->refused_count);
	assert_true(model->ok_count > steps / 5);
	page_world_destroy(model->world);
	free(model);
}

static uint32_t steps_of_tier(uint32_t quick, uint32_t soak)
{
	const char *tier = getenv("MM_SOAK");

	return tier != NULL && strcmp(tier, "1") == 0 ? soak : quick;
}

static void agrees_over_one_region(void **state)
{
	static const struct mm_region regions[] = { { 0x7f000000, 0x400000 } };

	(void)state;
	run_model(regions, 1, 0x11c0ffee, steps_of_tier(12000, 500000));
}

static void agrees_over_scattered_regions(void **state)
{
	/* Holes inside a window, neighbours that adjoin, and one far away. */
	static const struct mm_region regions[] = {
		{ 0xa0000, 0x20000 },	  { 0x7f103000, 0x45000 },  { 0x7f150000, 0x90000 },
		{ 0x7f1e0000, 0x120000 }, { 0x7f400000, 0x200000 }, { 0x7f7ff000, 0x1000 },
	};

	(void)state;
	run_model(regions, MM_ARRAY_COUNT(regions), 0x5eed, steps_of_tier(12000, 500000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_over_one_region),
		cmocka_unit_test(agrees_over_scattered_regions),
	};

	return cmocka_run_group_tests_name("alloc/pages_model", tests, NULL, NULL);
}
