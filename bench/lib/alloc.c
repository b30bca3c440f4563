/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmalloc, with the workloads and the peer's figures of EDK2's StandaloneMmPkg page and pool files (1 GiB
 * arena, random keys inside the operation).
 */
#include <stdlib.h>

#include "bench.h"
#include "mm/alloc/pages_mmram.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"

#define ARENA_BYTES ((uint64_t)1 << 30)
#define OPS	    20000u

/* Counts the pages it would have to zero. */
struct counting_cleaner {
	struct mm_page_cleaner cleaner;
	uint64_t page_count;
};

static void count_pages(struct mm_page_cleaner *self, struct mm_region region)
{
	MM_CONTAINER_OF(self, struct counting_cleaner, cleaner)->page_count += region.bytes >> MM_PAGE_SHIFT;
}

static const struct mm_page_cleaner_ops counting_ops = { .zero = count_pages };

/* A page allocator over made-up addresses, and the pages that are live. */
struct page_bench {
	struct mm_pages_mmram mmram;
	struct counting_cleaner cleaner;
	void *metadata;
	uint64_t *live; /* addresses */
	uint64_t live_count;
	uint64_t random;
};

static uint64_t free_pages(const struct page_bench *bench)
{
	struct mm_pages_stats stats = { 0 };

	(void)mm_pages_mmram_get_stats(&bench->mmram, &stats); /* zeroes stay if it refuses */
	return stats.free_pages;
}

static enum mm_status alloc_page(struct page_bench *bench, uint64_t *ret_address)
{
	struct mm_region region = { 0, 0 };
	enum mm_status status = mm_pages_alloc_any(&bench->mmram.pages, 1, mm_owner_supervisor(), &region);

	*ret_address = region.base;
	return status;
}

static enum mm_status free_page(struct page_bench *bench, uint64_t address)
{
	struct mm_region region = { address, MM_PAGE_BYTES };

	return mm_pages_free(&bench->mmram.pages, region, mm_owner_supervisor());
}

static bool init_pages(struct page_bench *bench, struct mm_region arena)
{
	struct mm_pages_mmram_config config = {
		.regions = &arena,
		.region_count = 1,
		.domain_count = 1,
		.is_zeroed = true,
		.cleaner = &bench->cleaner.cleaner,
	};

	bench->cleaner.cleaner.ops = &counting_ops;
	bench->random = 0x1234567;
	if (mm_pages_mmram_metadata_bytes(&arena, 1, 1, &config.metadata_bytes) != MM_OK)
		return false;
	bench->metadata = malloc(config.metadata_bytes);
	config.metadata = bench->metadata;
	return bench->metadata != NULL && mm_pages_mmram_init(&bench->mmram, &config) == MM_OK;
}

/* `count` single pages live. */
static struct page_bench *fill_pages(uint64_t count)
{
	struct mm_region arena = { (uint64_t)1 << 32, ARENA_BYTES };
	struct page_bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL || !init_pages(bench, arena))
		return NULL;
	bench->live = calloc(count, sizeof(*bench->live));
	if (bench->live == NULL)
		return NULL;
	for (; bench->live_count < count; bench->live_count++) {
		if (alloc_page(bench, &bench->live[bench->live_count]) != MM_OK)
			return NULL;
	}
	return bench;
}

static void *setup_packed(const struct mm_bench_row *row)
{
	return fill_pages(row->n);
}

/* Twice as many pages, every other one of which is free again. */
static void *setup_fragmented(const struct mm_bench_row *row)
{
	struct page_bench *bench = fill_pages(2 * row->n);

	if (bench == NULL)
		return NULL;
	for (uint64_t i = 0; i < row->n; i++) {
		if (free_page(bench, bench->live[2 * i + 1]) != MM_OK)
			return NULL;
		bench->live[i] = bench->live[2 * i];
	}
	bench->live_count = row->n;
	return bench;
}

/* Frees a random live page, allocates any. */
static bool run_packed(const struct mm_bench_row *row, void *state)
{
	struct page_bench *bench = state;
	int refused = 0;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint32_t pick = mm_bench_below(&bench->random, (uint32_t)row->n);

		refused |= free_page(bench, bench->live[pick]);
		refused |= alloc_page(bench, &bench->live[pick]);
	}
	return refused == 0;
}

/* Allocates any, frees it. */
static bool run_fragmented(const struct mm_bench_row *row, void *state)
{
	struct page_bench *bench = state;
	int refused = 0;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint64_t address = 0;

		refused |= alloc_page(bench, &address);
		refused |= free_page(bench, address);
	}
	return refused == 0;
}

/* Frees a random page, allocates the same one by its address. */
static bool run_at(const struct mm_bench_row *row, void *state)
{
	struct page_bench *bench = state;
	struct mm_pages_request request = { MM_PAGES_AT, 0, 1, 0, mm_owner_supervisor() };
	struct mm_region region;
	int refused = 0;

	for (uint64_t i = 0; i < row->ops; i++) {
		request.address = bench->live[mm_bench_below(&bench->random, (uint32_t)row->n)];
		refused |= free_page(bench, request.address);
		refused |= mm_pages_alloc(&bench->mmram.pages, &request, &region);
	}
	return refused == 0;
}

/* As many pages as before, all books right, one page handed to the cleaner for each operation and none besides. */
static bool teardown_pages(const struct mm_bench_row *row, void *state)
{
	struct page_bench *bench = state;
	bool is_right = mm_pages_mmram_check(&bench->mmram) == MM_OK &&
			free_pages(bench) == (ARENA_BYTES >> MM_PAGE_SHIFT) - bench->live_count &&
			bench->cleaner.page_count % row->ops <= row->n;

	free(bench->live);
	free(bench->metadata);
	free(bench);
	return is_right;
}

/* A pool over a real arena, and the blocks that are live. */
struct pool_bench {
	struct page_bench pages;
	void *arena;
	struct mm_pool_tlsf pool;
	void **live;
	uint64_t random;
};

/* 16..4096 */
static size_t mixed_bytes(uint64_t random)
{
	return 16u + mm_bench_low_below(random, 4081);
}

static bool init_pool(struct pool_bench *bench)
{
	struct mm_pool_tlsf_config config = {
		.pages = &bench->pages.mmram.pages,
		.owner = mm_owner_supervisor(),
		.seed = 0x9d2c5680aabbccdd,
	};

	bench->arena = aligned_alloc(MM_PAGE_BYTES, ARENA_BYTES / 8);
	if (bench->arena == NULL)
		return false;
	if (!init_pages(&bench->pages, (struct mm_region){ (uint64_t)(uintptr_t)bench->arena, ARENA_BYTES / 8 }))
		return false;
	return mm_pool_tlsf_init(&bench->pool, &config) == MM_OK;
}

/* Frees a random block, allocates another of any size. */
static bool run_pool_mixed(const struct mm_bench_row *row, void *state)
{
	struct pool_bench *bench = state;
	int refused = 0;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint64_t random = mm_bench_random(&bench->random);
		void **victim = &bench->live[mm_bench_high_below(random, (uint32_t)row->n)];

		refused |= mm_pool_free(&bench->pool.pool, *victim);
		refused |= mm_pool_alloc_bytes(&bench->pool.pool, mixed_bytes(random), victim);
	}
	return refused == 0;
}

/* Frees a random block, allocates another of 64 bytes. */
static bool run_pool_64(const struct mm_bench_row *row, void *state)
{
	struct pool_bench *bench = state;
	int refused = 0;

	for (uint64_t i = 0; i < row->ops; i++) {
		void **victim = &bench->live[mm_bench_below(&bench->random, (uint32_t)row->n)];

		refused |= mm_pool_free(&bench->pool.pool, *victim);
		refused |= mm_pool_alloc_bytes(&bench->pool.pool, 64, victim);
	}
	return refused == 0;
}

static void *setup_pool(const struct mm_bench_row *row)
{
	struct pool_bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL || !init_pool(bench))
		return NULL;
	bench->random = 0x7654321;
	bench->live = calloc(row->n, sizeof(*bench->live));
	for (uint64_t i = 0; i < row->n; i++) {
		size_t bytes = row->run == run_pool_64 ? 64u : mixed_bytes(mm_bench_random(&bench->random));

		if (mm_pool_alloc_bytes(&bench->pool.pool, bytes, &bench->live[i]) != MM_OK)
			return NULL;
	}
	return bench;
}

static bool teardown_pool(const struct mm_bench_row *row, void *state)
{
	struct pool_bench *bench = state;
	bool is_right = mm_pool_tlsf_check(&bench->pool) == MM_OK;

	for (uint64_t i = 0; i < row->n; i++)
		is_right &= mm_pool_free(&bench->pool.pool, bench->live[i]) == MM_OK;
	is_right &= mm_pool_tlsf_finish(&bench->pool) == MM_OK;
	is_right &= free_pages(&bench->pages) == (ARENA_BYTES / 8) >> MM_PAGE_SHIFT;
	free(bench->live);
	free(bench->pages.metadata);
	free(bench->arena);
	free(bench);
	return is_right;
}

#define PAGE_ROW(name_, n_, stem, run_, peer, peer_time) \
	{ .name = name_,                                 \
	  .n = n_,                                       \
	  .ops = OPS,                                    \
	  .budget = 400,                                 \
	  .peer_instructions = peer,                     \
	  .peer_ns = peer_time,                          \
	  .setup = setup_##stem,                         \
	  .run = run_,                                   \
	  .teardown = teardown_pages }

#define POOL_ROW(name_, n_, run_, budget_, peer, peer_time) \
	{ .name = name_,                                    \
	  .n = n_,                                          \
	  .ops = OPS,                                       \
	  .budget = budget_,                                \
	  .peer_instructions = peer,                        \
	  .peer_ns = peer_time,                             \
	  .setup = setup_pool,                              \
	  .run = run_,                                      \
	  .teardown = teardown_pool }

static const struct mm_bench_row rows[] = {
	PAGE_ROW("page-packed", 10, packed, run_packed, 544.8, 46.2),
	PAGE_ROW("page-packed", 1000, packed, run_packed, 547, 58.4),
	PAGE_ROW("page-packed", 10000, packed, run_packed, 547, 152.3),
	PAGE_ROW("page-fragmented", 10, fragmented, run_fragmented, 1137, 91.5),
	PAGE_ROW("page-fragmented", 1000, fragmented, run_fragmented, 60124, 52242),
	PAGE_ROW("page-fragmented", 10000, fragmented, run_fragmented, 596565, 648448),
	PAGE_ROW("page-at", 10, fragmented, run_at, 909, 93.9),
	PAGE_ROW("page-at", 1000, fragmented, run_at, 33014, 39426),
	PAGE_ROW("page-at", 10000, fragmented, run_at, 317388, 556979),
	POOL_ROW("pool-mixed", 1000, run_pool_mixed, 300, 874.1, 140),
	POOL_ROW("pool-mixed", 10000, run_pool_mixed, 300, 1674, 353.2),
	POOL_ROW("pool-64", 10000, run_pool_64, 150, 393, 23.3),
};

const struct mm_bench_suite mm_bench_alloc = { rows, MM_ARRAY_COUNT(rows) };
