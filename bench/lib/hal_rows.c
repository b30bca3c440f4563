/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmhal's page-table editor over n pages of 4 KiB in a 4-level tree: asking for a random page, making it
 * read-only and writable again, and walking all of them (one operation is one page). The peer has no such room.
 */
#include <stdlib.h>

#include "bench.h"
#include "mm/base/compiler.h"
#include "mm/hal/pagetable.h"

#define OPS   20000u
#define FIRST ((uint64_t)0x40000000)

struct hal_bench {
	struct mm_hal_pagetable pt;
	uint64_t (*tables)[512];
	uint64_t table_count; /* given out; none comes back before the end */
	uint64_t limit;
	uint64_t random;
};

static enum mm_status get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct hal_bench *bench = MM_CONTAINER_OF(self, struct hal_bench, pt);

	if (bench->table_count == bench->limit)
		return MM_E_NO_MEMORY;
	*ret_page = mm_pa(++bench->table_count << MM_PAGE_SHIFT);
	return MM_OK;
}

static void put_page(struct mm_hal_pagetable *self, struct mm_pa page)
{
	(void)self;
	(void)page;
}

static const uint64_t *map_table(struct mm_hal_pagetable *self, struct mm_pa page)
{
	struct hal_bench *bench = MM_CONTAINER_OF(self, struct hal_bench, pt);
	uint64_t index = page.v >> MM_PAGE_SHIFT;

	return index != 0 && index <= bench->limit ? bench->tables[index - 1] : NULL;
}

static void write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	struct hal_bench *bench = MM_CONTAINER_OF(self, struct hal_bench, pt);

	bench->tables[0][entry - bench->tables[0]] = value;
}

static const struct mm_hal_pagetable_ops ops = { get_page, put_page, map_table, write_entry };

static void *setup(const struct mm_bench_row *row)
{
	static const struct mm_hal_pagetable_config config = {
		.ops = &ops,
		.levels = 4,
		.pa_bits = 40,
		.can_execute_disable = true,
	};
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = mm_region_create(FIRST, row->n * MM_PAGE_BYTES),
		.pa = mm_pa(FIRST),
		.attributes = MM_HAL_PAGE_RW,
		.small_only = true,
	};
	struct hal_bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL)
		return NULL;
	bench->random = 0x1234567;
	bench->limit = row->n / 512 + 16;
	bench->tables = calloc(bench->limit, sizeof(*bench->tables));
	if (bench->tables == NULL || mm_hal_pagetable_init(&config, &bench->pt) != MM_OK ||
	    mm_hal_pagetable_apply(&bench->pt, &change) != MM_OK)
		return NULL;
	return bench;
}

static inline struct mm_region any_page(const struct mm_bench_row *row, struct hal_bench *bench)
{
	return mm_region_create(FIRST + mm_bench_below(&bench->random, (uint32_t)row->n) * MM_PAGE_BYTES,
				MM_PAGE_BYTES);
}

static bool run_query(const struct mm_bench_row *row, void *state)
{
	struct hal_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		struct mm_region page = any_page(row, bench);

		is_right &= mm_hal_pagetable_query(&bench->pt, page.base).pa.v == page.base;
	}
	return is_right;
}

static bool run_protect(const struct mm_bench_row *row, void *state)
{
	struct hal_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		struct mm_region page = any_page(row, bench);

		is_right &= mm_hal_pagetable_protect(&bench->pt, page, MM_HAL_PAGE_R) == MM_OK;
		is_right &= mm_hal_pagetable_protect(&bench->pt, page, MM_HAL_PAGE_RW) == MM_OK;
	}
	return is_right;
}

static enum mm_status add_bytes(void *context, const struct mm_hal_pagetable_run *run)
{
	*(uint64_t *)context += run->bytes;
	return MM_OK;
}

static bool run_walk(const struct mm_bench_row *row, void *state)
{
	struct hal_bench *bench = state;
	uint64_t bytes = 0;

	return mm_hal_pagetable_walk(&bench->pt, mm_region_create(0, UINT64_MAX), add_bytes, &bytes) == MM_OK &&
	       bytes == row->n * MM_PAGE_BYTES;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct hal_bench *bench = state;
	bool is_right = mm_hal_pagetable_check(&bench->pt) == MM_OK;

	(void)row;
	mm_hal_pagetable_finish(&bench->pt);
	free(bench->tables);
	free(bench);
	return is_right;
}

#define ROW(name_, n_, ops_, run_) \
	{ .name = name_, .n = n_, .ops = ops_, .setup = setup, .run = run_, .teardown = teardown }

static const struct mm_bench_row rows[] = {
	ROW("hal-page-query", 1000, OPS, run_query),	 ROW("hal-page-query", 100000, OPS, run_query),
	ROW("hal-page-protect", 1000, OPS, run_protect), ROW("hal-page-protect", 100000, OPS, run_protect),
	ROW("hal-page-walk", 1000, 1000, run_walk),	 ROW("hal-page-walk", 100000, 100000, run_walk),
};

const struct mm_bench_suite mm_bench_hal = { rows, MM_ARRAY_COUNT(rows) };
