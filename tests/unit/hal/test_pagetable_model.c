/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page-table editor against a naive model: one {pa, attributes} per page of a window, random changes, several
 * plans open at once, pools that run dry. Soaking does a million operations, `--seed N` repeats a run.
 */
#include "tests/mm_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "pt_pool.h"
#include "tests/mm_soak.h"

#define WINDOW_PAGES (3u * 262144u) /* 3 GiB, so that one whole 1 GiB leaf always fits */
#define QUICK_COUNT  30000u
#define SOAK_COUNT   1000000u
#define CHECK_EVERY  1000u
#define PLAN_MAX     3u
#define PA_PAGES     (1u << 24)

struct model_page {
	uint32_t pa_page;
	uint32_t attributes;
};

struct model {
	struct pt_pool *pool;
	struct model_page *pages;
	uint64_t base; /* of the window */
	uint64_t random;
	bool has_nx;
};

static struct {
	uint64_t seed;
	uint32_t count;
} options = { 0x5eed, QUICK_COUNT };

static uint32_t roll(struct model *model, uint32_t limit)
{
	model->random ^= model->random << 13;
	model->random ^= model->random >> 7;
	model->random ^= model->random << 17;
	return (uint32_t)((model->random >> 11) % limit);
}

/* Mostly a few pages, sometimes some large leaves, rarely much of the window; edges aligned as chance has it. */
static void roll_range(struct model *model, uint32_t *first, uint32_t *count)
{
	static const uint32_t grains[] = { 1, 1, 1, 1, 1, 1, 512, 512, 512, 262144 };
	uint32_t kind = roll(model, 1000);
	uint32_t grain = kind < 2 ? 262144u : grains[roll(model, 9)];
	uint32_t most = kind < 2 ? 2u : kind < 900 ? 8u : 64u;

	*first = roll(model, WINDOW_PAGES / grain) * grain;
	*count = (1u + roll(model, grain == 512u && most > 8u ? 8u : most)) * grain;
	if (*count > WINDOW_PAGES - *first)
		*count = WINDOW_PAGES - *first;
}

static struct mm_hal_pagetable_change roll_change(struct model *model)
{
	static const uint32_t attributes[] = { 0x01, 0x03, 0x05, 0x09, 0x0b, 0x0d, 0x13, 0x03, 0x03 };
	struct mm_hal_pagetable_change change = { .action = (enum mm_hal_pagetable_action)roll(model, 3) };
	uint32_t first;
	uint32_t count;

	roll_range(model, &first, &count);
	change.range = mm_region_create(model->base + first * MM_PAGE_BYTES, count * MM_PAGE_BYTES);
	change.attributes = attributes[roll(model, MM_ARRAY_COUNT(attributes))];
	/* half of the mappings share a fixed offset, so that leaves can be large and can merge */
	change.pa =
		mm_pa((roll(model, 2) != 0 ? first + 262144u : roll(model, PA_PAGES - WINDOW_PAGES)) * MM_PAGE_BYTES);
	change.small_only = roll(model, 4) == 0;
	return change;
}

static void apply_to_model(struct model *model, const struct mm_hal_pagetable_change *change)
{
	uint32_t first = (uint32_t)((change->range.base - model->base) >> MM_PAGE_SHIFT);
	uint32_t count = (uint32_t)(change->range.bytes >> MM_PAGE_SHIFT);
	uint32_t attributes = change->attributes | (model->has_nx ? 0 : MM_HAL_PAGE_EXECUTE);
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct model_page *page = &model->pages[first + i];

		if (change->action == MM_HAL_PAGETABLE_UNMAP)
			page->attributes = 0;
		else if (change->action == MM_HAL_PAGETABLE_MAP || page->attributes != 0)
			page->attributes = attributes;
		if (change->action == MM_HAL_PAGETABLE_MAP)
			page->pa_page = (uint32_t)(change->pa.v >> MM_PAGE_SHIFT) + i;
	}
}

static void compare_page(struct model *model, uint32_t index)
{
	uint64_t va = model->base + index * MM_PAGE_BYTES;
	struct mm_hal_pagetable_run run = mm_hal_pagetable_query(&model->pool->pt, va);

	assert_int_equal(run.attributes, model->pages[index].attributes);
	if (run.attributes != 0)
		assert_true(run.pa.v + (va - run.va) == model->pages[index].pa_page * MM_PAGE_BYTES);
}

/* The edges of a change, where mistakes are, and a few places anywhere. */
static void compare_around(struct model *model, const struct mm_hal_pagetable_change *change)
{
	uint32_t first = (uint32_t)((change->range.base - model->base) >> MM_PAGE_SHIFT);
	uint32_t last = first + (uint32_t)(change->range.bytes >> MM_PAGE_SHIFT) - 1u;
	unsigned i;

	compare_page(model, first);
	compare_page(model, last);
	compare_page(model, first != 0 ? first - 1u : 0);
	compare_page(model, last + 1u < WINDOW_PAGES ? last + 1u : last);
	for (i = 0; i < 4; i++)
		compare_page(model, roll(model, WINDOW_PAGES));
}

struct comparison {
	struct model *model;
	uint32_t next; /* the first page not yet accounted for */
};

static enum mm_status compare_run(void *context, const struct mm_hal_pagetable_run *run)
{
	struct comparison *comparison = context;
	struct model *model = comparison->model;
	uint32_t first = (uint32_t)((run->va - model->base) >> MM_PAGE_SHIFT);
	uint32_t count = (uint32_t)(run->bytes >> MM_PAGE_SHIFT);
	uint32_t pa_page = (uint32_t)(run->pa.v >> MM_PAGE_SHIFT);
	uint32_t i;

	assert_true(first >= comparison->next && first + count <= WINDOW_PAGES);
	for (i = comparison->next; i < first; i++)
		assert_int_equal(model->pages[i].attributes, 0);
	for (i = 0; i < count; i++) {
		if (model->pages[first + i].attributes != run->attributes ||
		    model->pages[first + i].pa_page != pa_page + i)
			fail_msg("page %u of the window differs", first + i);
	}
	comparison->next = first + count;
	return MM_OK;
}

static void compare_all(struct model *model)
{
	struct comparison comparison = { model, 0 };
	uint32_t i;

	assert_status(mm_hal_pagetable_check(&model->pool->pt), MM_OK);
	assert_status(
		mm_hal_pagetable_walk(&model->pool->pt, mm_region_create(0, UINT64_MAX), compare_run, &comparison),
		MM_OK);
	for (i = comparison.next; i < WINDOW_PAGES; i++)
		assert_int_equal(model->pages[i].attributes, 0);
}

/* Prepares up to three changes, commits them from the last to the first or abandons some. Returns how many. */
static uint32_t step(struct model *model)
{
	struct mm_hal_pagetable_plan plans[PLAN_MAX];
	uint32_t wanted = 1u + roll(model, PLAN_MAX);
	uint32_t limit = model->pool->limit;
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < wanted; i++) {
		struct mm_hal_pagetable_change change = roll_change(model);
		enum mm_status status = mm_hal_pagetable_prepare(&model->pool->pt, &change, &plans[count]);

		assert_true(status == MM_OK || status == MM_E_NO_MEMORY);
		count += status == MM_OK;
	}
	model->pool->limit = 0; /* commits do without the pool */
	for (i = count; i > 0; i--) {
		struct mm_hal_pagetable_change change = plans[i - 1u].change;

		if (roll(model, 10) == 0) {
			mm_hal_pagetable_abandon(&model->pool->pt, &plans[i - 1u]);
			continue;
		}
		mm_hal_pagetable_commit(&model->pool->pt, &plans[i - 1u]);
		apply_to_model(model, &change);
		compare_around(model, &change);
	}
	model->pool->limit = limit;
	if (roll(model, 8) == 0)
		mm_hal_pagetable_flushed(&model->pool->pt);
	return wanted;
}

static void run_model(struct mm_hal_pagetable_config config, uint64_t base, uint32_t limit)
{
	struct model model = { .base = base, .random = options.seed * 2u + 1u, .has_nx = config.can_execute_disable };
	uint32_t next_check = CHECK_EVERY;
	uint32_t done = 0;

	print_message("seed %llu, %u operations\n", (unsigned long long)options.seed, options.count);
	model.pool = pt_pool_create();
	model.pool->limit = limit;
	model.pages = calloc(WINDOW_PAGES, sizeof(*model.pages));
	assert_non_null(model.pages);
	assert_status(mm_hal_pagetable_init(&config, &model.pool->pt), MM_OK);
	while (done < options.count) {
		done += step(&model);
		if (done >= next_check) {
			compare_all(&model);
			next_check += CHECK_EVERY;
		}
	}
	compare_all(&model);
	pt_pool_destroy(model.pool);
	free(model.pages);
}

static void agrees_with_the_model_in_four_levels(void **state)
{
	run_model(pt_config(), 0x40000000, PT_POOL_PAGES);
}

static void agrees_with_the_model_when_merging(void **state)
{
	struct mm_hal_pagetable_config config = pt_config();

	config.merge = true;
	config.spare_keep = 4;
	run_model(config, 0x7f00000000ull, PT_POOL_PAGES);
}

static void agrees_with_the_model_in_five_levels_with_a_small_pool(void **state)
{
	struct mm_hal_pagetable_config config = pt_config();

	config.levels = 5;
	config.merge = true;
	run_model(config, 0xff00008000000000ull, 200);
}

static void agrees_with_the_model_without_nx_and_1gib_pages(void **state)
{
	struct mm_hal_pagetable_config config = pt_config();

	config.can_execute_disable = false;
	config.can_1gib = false;
	run_model(config, 0, PT_POOL_PAGES);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_model_in_four_levels),
		cmocka_unit_test(agrees_with_the_model_when_merging),
		cmocka_unit_test(agrees_with_the_model_in_five_levels_with_a_small_pool),
		cmocka_unit_test(agrees_with_the_model_without_nx_and_1gib_pages),
	};
	int i;

	if (mm_test_is_soaking(argc, argv))
		options.count = SOAK_COUNT;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			options.seed = strtoull(argv[++i], NULL, 0);
	}
	return cmocka_run_group_tests_name("hal/pagetable_model", tests, NULL, NULL);
}
