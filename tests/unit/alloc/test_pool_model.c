/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The pool against a model that remembers every block: blocks keep their bytes, never overlap, are aligned, know their
 * size and type; wrong frees are refused; a pool that holds nothing gives all its pages back.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fake_alloc.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "tests/mm_random.h"
#include "tests/mm_test.h"

#define LIVE_MAX 800u

struct live {
	uint8_t *block;
	size_t bytes;
	uint32_t type;
	uint8_t fill;
};

struct model {
	struct fake_pages pages;
	struct mm_pool_tlsf pool;
	struct mm_random random;
	struct live live[LIVE_MAX];
	uint32_t live_count;
	uint32_t ok_count;
	uint32_t refused_count;
};

static void fill(const struct live *live)
{
	memset(live->block, live->fill, live->bytes);
}

static void check_fill(const struct live *live)
{
	for (size_t i = 0; i < live->bytes; i++)
		assert_int_equal(live->block[i], live->fill);
}

static size_t random_bytes(struct mm_random *random)
{
	switch (mm_random_below(random, 10)) {
	case 0:
		return 1 + mm_random_below(random, 40000);
	case 1:
	case 2:
	case 3:
		return 1 + mm_random_below(random, 4096);
	default:
		return 1 + mm_random_below(random, 256);
	}
}

static void step_alloc(struct model *model)
{
	struct live live = { .bytes = random_bytes(&model->random), .fill = (uint8_t)mm_random_u64(&model->random) };
	struct mm_pool_request request = { .bytes = live.bytes, .type = mm_random_below(&model->random, 16) };
	void *block = model;
	enum mm_status status;

	if (model->live_count == LIVE_MAX)
		return;
	if (mm_random_below(&model->random, 5) == 0)
		request.align = (size_t)1 << mm_random_below(&model->random, 13);
	status = mm_pool_alloc(&model->pool.pool, &request, &block);
	if (status != MM_OK) {
		assert_status(status, MM_E_NO_MEMORY);
		assert_ptr_equal(block, model);
		model->refused_count++;
		return;
	}
	assert_int_equal((uintptr_t)block % (request.align < 16 ? 16 : request.align), 0);
	live.block = block;
	live.type = request.type;
	fill(&live);
	model->live[model->live_count++] = live;
	model->ok_count++;
}

static void step_free(struct model *model)
{
	uint32_t pick = mm_random_below(&model->random, model->live_count + 1);
	struct mm_pool_block_info info;
	struct live live;

	if (pick == model->live_count)
		return;
	live = model->live[pick];
	check_fill(&live);
	assert_status(mm_pool_info(&model->pool.pool, live.block, &info), MM_OK);
	assert_int_equal(info.bytes, live.bytes);
	assert_int_equal(info.type, live.type);
	assert_status(mm_pool_free(&model->pool.pool, live.block), MM_OK);
	assert_status(mm_pool_free(&model->pool.pool, live.block), MM_E_ALLOC_DOUBLE_FREE);
	model->live[pick] = model->live[--model->live_count];
}

/* Pointers into a block, outside the pool and into free memory. */
static void step_wrong_free(struct model *model)
{
	uint32_t pick = mm_random_below(&model->random, model->live_count + 1);
	uint8_t outside[64];
	struct live live;

	assert_status(mm_pool_free(&model->pool.pool, outside + 16), MM_E_ALLOC_FOREIGN);
	if (pick == model->live_count)
		return;
	live = model->live[pick];
	assert_status(mm_pool_free(&model->pool.pool, live.block + 8), MM_E_ALLOC_FOREIGN);
	if (live.bytes >= 64)
		assert_status(mm_pool_free(&model->pool.pool, live.block + 48), MM_E_ALLOC_FOREIGN);
}

static void step_trim(struct model *model)
{
	uint64_t pages = UINT64_MAX;
	uint32_t before = model->pages.live_pages;

	assert_status(mm_pool_tlsf_trim(&model->pool, &pages), MM_OK);
	assert_int_equal(before - model->pages.live_pages, pages);
}

static void check_books(const struct model *model)
{
	struct mm_pool_stats stats;

	assert_status(mm_pool_tlsf_check(&model->pool), MM_OK);
	assert_status(mm_pool_tlsf_get_stats(&model->pool, &stats), MM_OK);
	assert_int_equal(stats.used_blocks, model->live_count);
	assert_int_equal(stats.chunk_pages, model->pages.live_pages);
}

static void step(struct model *model)
{
	uint32_t dice = mm_random_below(&model->random, 1000);
	/* The number of live blocks swells and shrinks, so that the pool meets its limits at both ends. */
	uint32_t bias = model->ok_count / 4000 % 2 == 0 ? 560 : 420;

	if (dice < bias)
		step_alloc(model);
	else if (dice < 980)
		step_free(model);
	else if (dice < 998)
		step_wrong_free(model);
	else
		step_trim(model);
}

static void run_model(uint64_t seed, uint32_t page_count, uint32_t steps)
{
	struct model *model = calloc(1, sizeof(*model));
	struct mm_pool_tlsf_config config = { .owner = mm_owner_domain(3), .seed = seed * 77, .grow_pages = 4 };
	uint64_t pages;

	assert_non_null(model);
	print_message("seed 0x%llx, %u operations\n", (unsigned long long)seed, steps);
	assert_true(fake_pages_init(&model->pages, page_count));
	config.pages = &model->pages.pages;
	model->random.state = seed;
	assert_status(mm_pool_tlsf_init(&model->pool, &config), MM_OK);
	for (uint32_t i = 0; i < steps; i++) {
		step(model);
		if (i % 1000 == 0)
			check_books(model);
	}
	check_books(model);
	print_message("%u allocations, %u refusals, %u fetches of pages\n", model->ok_count, model->refused_count,
		      model->pages.alloc_count);
	while (model->live_count != 0)
		step_free(model);
	check_books(model);
	assert_status(mm_pool_tlsf_trim(&model->pool, &pages), MM_OK);
	assert_int_equal(model->pages.live_pages, 0);
	assert_status(mm_pool_tlsf_finish(&model->pool), MM_OK);
	fake_pages_finish(&model->pages);
	free(model);
}

static uint32_t steps_of_tier(uint32_t quick, uint32_t soak)
{
	const char *tier = getenv("MM_SOAK");

	return tier != NULL && strcmp(tier, "1") == 0 ? soak : quick;
}

static void agrees_with_room_to_spare(void **state)
{
	(void)state;
	run_model(0xbadc0de, 2048, steps_of_tier(30000, 600000));
}

static void agrees_when_memory_is_short(void **state)
{
	(void)state;
	run_model(0xfeed, 120, steps_of_tier(20000, 400000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_room_to_spare),
		cmocka_unit_test(agrees_when_memory_is_short),
	};

	return cmocka_run_group_tests_name("alloc/pool_model", tests, NULL, NULL);
}
