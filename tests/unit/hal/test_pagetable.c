/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page-table editor: changes, plans, refusals. */
#include "pt_fixture.h"

static void an_empty_tree_translates_nothing(void **state)
{
	struct pt_pool *pool = *state;

	assert_int_equal(query(pool, 0).attributes, 0);
	assert_int_equal(query(pool, 0x7fffffffffffull).attributes, 0);
	assert_int_equal(mm_hal_pagetable_root(&pool->pt).v, PT_POOL_BASE);
	assert_int_equal(pool->in_use, 1);
}

static void maps_a_page_with_its_attributes(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0x3e000000, 4 * KIB, 0x12345000, RX | U);
	assert_int_equal(query(pool, 0x3e000fff).attributes, RX | U);
	assert_int_equal(query(pool, 0x3e000fff).pa.v, 0x12345000);
	assert_int_equal(query(pool, 0x3e001000).attributes, 0);
	assert_int_equal(query(pool, 0x3dffffff).attributes, 0);
}

static void presets_accessed_and_dirty(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_pa table = mm_hal_pagetable_root(&pool->pt);
	unsigned level;

	map(pool, 0, 4 * KIB, 0x5000, RW);
	for (level = 4; level > 1; level--) {
		uint64_t entry = pt_pool_entries(pool, table)[0];

		assert_int_equal(entry & 0x20, 0x20);
		table = mm_pa(entry & ~0xfffull);
	}
	assert_true(pt_pool_entries(pool, table)[0] == (0x5000 | 0x63 | 1ull << 63));
}

static void uncached_pages_select_the_strongest_type(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_run run;

	map(pool, 0xfee00000, 4 * KIB, 0xfee00000, RW | UC);
	run = query(pool, 0xfee00000);
	assert_int_equal(run.attributes, RW | UC);
	assert_int_equal(run.bytes, 4 * KIB);
}

static void takes_the_largest_leaves_that_fit(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, GIB - 2 * MIB - 4 * KIB, 2 * GIB, GIB - 2 * MIB - 4 * KIB, RW);
	assert_int_equal(query(pool, GIB - 2 * MIB - 4 * KIB).bytes, 4 * KIB);
	assert_int_equal(query(pool, GIB - MIB).bytes, 2 * MIB);
	assert_int_equal(query(pool, GIB).bytes, GIB);
	assert_int_equal(query(pool, 2 * GIB).bytes, 2 * MIB);
	assert_int_equal(query(pool, 3 * GIB - 2 * MIB - 8 * KIB).bytes, 4 * KIB);
}

static void leaf_size_follows_both_addresses(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 2 * GIB, 2 * GIB, 4 * MIB, RW);
	assert_int_equal(query(pool, 2 * GIB).bytes, 2 * MIB);
	map(pool, 4 * GIB, 4 * MIB, 0x1000, RW);
	assert_int_equal(query(pool, 4 * GIB).bytes, 4 * KIB);
	assert_int_equal(query(pool, 4 * GIB + 3 * MIB).pa.v, 3 * MIB + 0x1000);
}

static void small_only_makes_small_leaves(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = mm_region_create(0x3e000000, 2 * MIB),
		.pa = mm_pa(0x3e000000),
		.attributes = RW,
		.small_only = true,
	};

	assert_status(mm_hal_pagetable_apply(&pool->pt, &change), MM_OK);
	assert_int_equal(query(pool, 0x3e000000).bytes, 4 * KIB);
}

static void uses_no_1gib_leaf_where_the_cpu_has_none(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();

	config.can_1gib = false;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_OK);
	map(pool, GIB, GIB, GIB, R);
	assert_int_equal(query(pool, GIB).bytes, 2 * MIB);
}

static void without_execute_disable_every_page_is_executable(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();

	config.can_execute_disable = false;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_OK);
	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	assert_int_equal(query(pool, 0x1000).attributes, RW | RX);
}

static void protecting_one_page_splits_only_its_leaf(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0, 4 * GIB, 0, RW);
	protect(pool, GIB + 4 * MIB + 8 * KIB, 4 * KIB, RX);
	assert_int_equal(query(pool, GIB + 4 * MIB + 8 * KIB).attributes, RX);
	assert_int_equal(query(pool, GIB + 4 * MIB + 4 * KIB).attributes, RW);
	assert_int_equal(query(pool, GIB + 4 * MIB + 4 * KIB).pa.v, GIB + 4 * MIB + 4 * KIB);
	assert_int_equal(query(pool, GIB + 6 * MIB).bytes, 2 * MIB);
	assert_int_equal(query(pool, 0).bytes, GIB);
	assert_int_equal(pool->pt.table_count, 4);
}

static void protecting_leaves_holes_absent(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	protect(pool, 0, 2 * MIB, R);
	assert_int_equal(query(pool, 0x1000).attributes, R);
	assert_int_equal(query(pool, 0x2000).attributes, 0);
}

static void a_change_that_changes_nothing_writes_and_splits_nothing(void **state)
{
	struct pt_pool *pool = *state;
	uint64_t writes;

	map(pool, 0, 2 * GIB, 0, RW);
	writes = pool->writes;
	protect(pool, 0x5000, 4 * KIB, RW);
	map(pool, GIB + 0x5000, 4 * KIB, GIB + 0x5000, RW);
	unmap(pool, 8 * GIB, GIB);
	mm_hal_pagetable_flushed(&pool->pt);
	assert_int_equal(pool->pt.table_count, 2);
	assert_int_equal(query(pool, 0x5000).bytes, GIB);
	/* only links of the spare pages that came and went */
	assert_in_range(pool->writes - writes, 0, 60);
}

static void unmapping_frees_empty_tables(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0x3e000000, 8 * KIB, 0x3e000000, RW);
	unmap(pool, 0x3e000000, 4 * KIB);
	assert_int_equal(pool->pt.table_count, 4);
	unmap(pool, 0x3e001000, 4 * KIB);
	assert_int_equal(pool->pt.table_count, 1);
	assert_int_equal(pool->pt.retired.count, 3);
	mm_hal_pagetable_flushed(&pool->pt);
	assert_int_equal(pool->in_use, 1);
}

static void a_guard_page_leaves_its_neighbours(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0, GIB, 0, RW);
	unmap(pool, 0, 4 * KIB);
	assert_int_equal(query(pool, 0).attributes, 0);
	assert_int_equal(query(pool, 0x1000).attributes, RW);
	assert_int_equal(query(pool, GIB - 1).attributes, RW);
}

static void a_large_leaf_replaces_what_was_below(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, GIB + 0x5000, 4 * KIB, 0x7000, RX);
	map(pool, GIB, GIB, 2 * GIB, R);
	assert_int_equal(query(pool, GIB + 0x5000).pa.v, 2 * GIB);
	assert_int_equal(pool->pt.table_count, 2);
	assert_int_equal(pool->pt.retired.count, 2);
}

/* The entries of the table of 4 KiB pages that maps `va`, in the lowest GiB. */
static const uint64_t *small_table(struct pt_pool *pool, uint64_t va)
{
	const uint64_t *entries = pt_pool_entries(pool, mm_hal_pagetable_root(&pool->pt));

	entries = pt_pool_entries(pool, mm_pa(entries[0] & ~0xfffull));
	entries = pt_pool_entries(pool, mm_pa(entries[0] & ~0xfffull));
	return pt_pool_entries(pool, mm_pa(entries[va / (2 * MIB)] & ~0xfffull));
}

static void retired_tables_translate_until_flushed(void **state)
{
	struct pt_pool *pool = *state;
	uint64_t before[512];
	const uint64_t *table;
	unsigned i;

	map(pool, 2 * MIB, 8 * KIB, 0x7000, RX);
	map(pool, 2 * MIB + 0x2000, 2 * MIB - 0x2000, 0x9000, RW);
	table = small_table(pool, 2 * MIB);
	memcpy(before, table, sizeof(before));
	assert_int_equal(before[0] & 0xfffff000, 0x7000);
	unmap(pool, 2 * MIB, 2 * MIB);
	assert_int_equal(query(pool, 2 * MIB).attributes, 0);
	for (i = 0; i < 512; i++)
		assert_true((table[i] & ~(0x7full << 52)) == before[i]);
	assert_true(pool->pt.retired.count >= 1);
}

static void retired_tables_are_not_reused_before_the_flush(void **state)
{
	struct pt_pool *pool = *state;
	uint64_t gets;

	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	unmap(pool, 0x1000, 4 * KIB);
	assert_int_equal(pool->pt.retired.count, 3);
	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	assert_int_equal(pool->pt.retired.count, 3);
	pool->pt.config.spare_keep = 6;
	mm_hal_pagetable_flushed(&pool->pt);
	assert_int_equal(pool->pt.retired.count, 0);
	gets = pool->gets;
	map(pool, GIB, 4 * KIB, 0x1000, RW);
	assert_int_equal(pool->gets, gets);
}

static void merges_equal_leaves_if_told_to(void **state)
{
	struct pt_pool *pool = *state;

	pool->pt.config.merge = true;
	map(pool, 0, GIB, 0, RW);
	protect(pool, 0x5000, 4 * KIB, R);
	assert_int_equal(query(pool, 0x5000).bytes, 4 * KIB);
	protect(pool, 0x5000, 4 * KIB, RW);
	assert_int_equal(query(pool, 0x5000).bytes, GIB);
	assert_int_equal(pool->pt.table_count, 2);
}

static void merges_no_leaves_that_are_not_contiguous(void **state)
{
	struct pt_pool *pool = *state;

	pool->pt.config.merge = true;
	map(pool, 0, 2 * MIB - 4 * KIB, 0, RW);
	map(pool, 2 * MIB - 4 * KIB, 4 * KIB, 4 * MIB, RW);
	assert_int_equal(query(pool, 0).bytes, 4 * KIB);
	map(pool, 4 * MIB, 4 * KIB, 0x1000, RW);
	map(pool, 4 * MIB + 0x1000, 2 * MIB - 4 * KIB, 0x2000, RW);
	assert_int_equal(query(pool, 4 * MIB).bytes, 4 * KIB);
}

static void refuses_bad_changes_by_name(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change bad = { .action = (enum mm_hal_pagetable_action)3,
					       .range = { 0x1000, 0x1000 },
					       .attributes = R };
	struct mm_hal_pagetable *pt = &pool->pt;

	assert_status(mm_hal_pagetable_apply(pt, &bad), MM_E_INVALID);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x1000, 0), mm_pa(0), R), MM_E_INVALID);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x1000, 0x1000), mm_pa(0), 0), MM_E_INVALID);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x1000, 0x1000), mm_pa(0), 0x21), MM_E_INVALID);
	assert_status(mm_hal_pagetable_protect(pt, mm_region_create(0x1000, 0x1000), U), MM_E_INVALID);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x800, 0x1000), mm_pa(0), R), MM_E_MISALIGNED);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x1000, 0x800), mm_pa(0), R), MM_E_MISALIGNED);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0x1000, 0x1000), mm_pa(0x10), R), MM_E_MISALIGNED);
	assert_int_equal(pool->in_use, 1);
}

static void refuses_addresses_that_do_not_exist(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable *pt = &pool->pt;
	uint64_t half = 1ull << 47;

	assert_status(mm_hal_pagetable_unmap(pt, mm_region_create(half - 0x1000, 0x2000)), MM_E_OVERFLOW);
	assert_status(mm_hal_pagetable_unmap(pt, mm_region_create(half, 0x1000)), MM_E_OVERFLOW);
	assert_status(mm_hal_pagetable_unmap(pt, mm_region_create(half - 0x1000, 0 - 2 * half + 0x2000)),
		      MM_E_OVERFLOW);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0, 0x2000), mm_pa((1ull << 40) - 0x1000), R),
		      MM_E_OVERFLOW);
	assert_status(mm_hal_pagetable_map(pt, mm_region_create(0, 0x1000), mm_pa((1ull << 40) - 0x1000), R), MM_OK);
}

static void refuses_bad_configurations(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();
	struct mm_hal_pagetable_ops ops = *config.ops;

	config.levels = 3;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_E_INVALID);
	config.levels = 5;
	config.pa_bits = 53;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_E_INVALID);
	config.pa_bits = 52;
	ops.put_page = NULL;
	config.ops = &ops;
	assert_status(mm_hal_pagetable_adopt(&config, mm_pa(0x1000), &pool->pt), MM_E_INVALID);
	assert_int_equal(pool->pt.root.v, 0);
}

static void upper_half_addresses_work(void **state)
{
	struct pt_pool *pool = *state;
	uint64_t va = 0xffffffff80000000ull;

	map(pool, va, 2 * MIB, 0, RX);
	assert_int_equal(query(pool, va + MIB).attributes, RX);
	assert_int_equal(query(pool, va + MIB).va, va);
	assert_int_equal(query(pool, va & 0xffffffffffffull).attributes, 0);
}

static void five_levels_reach_further(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();

	config.levels = 5;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_OK);
	map(pool, 1ull << 50, 8 * KIB, 0x9000, RW);
	assert_int_equal(query(pool, (1ull << 50) + 0x1000).pa.v, 0xa000);
	assert_int_equal(query(pool, 0).attributes, 0);
	assert_int_equal(pool->pt.table_count, 5);
}

static void a_failed_preparation_changes_nothing(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = mm_region_create(0x1000, 4 * KIB),
		.pa = mm_pa(0x1000),
		.attributes = RW,
	};
	struct mm_hal_pagetable_plan plan = { .reserved = 99 };

	pool->limit = pool->in_use + 2;
	assert_status(mm_hal_pagetable_prepare(&pool->pt, &change, &plan), MM_E_NO_MEMORY);
	assert_int_equal(pool->in_use, 1);
	assert_int_equal(plan.reserved, 99);
	assert_int_equal(query(pool, 0x1000).attributes, 0);
}

static void plans_commit_in_any_order_without_the_pool(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change cut = { .action = MM_HAL_PAGETABLE_PROTECT,
					       .range = mm_region_create(GIB + 0x5000, 0x1000),
					       .attributes = RX };
	struct mm_hal_pagetable_change join = {
		.action = MM_HAL_PAGETABLE_MAP, .range = mm_region_create(GIB, GIB), .pa = mm_pa(GIB), .attributes = R
	};
	struct mm_hal_pagetable_plan first;
	struct mm_hal_pagetable_plan second;

	map(pool, GIB, 2 * MIB, 0x1000, RW);
	assert_status(mm_hal_pagetable_prepare(&pool->pt, &cut, &first), MM_OK);
	assert_status(mm_hal_pagetable_prepare(&pool->pt, &join, &second), MM_OK);
	pool->limit = 0;
	mm_hal_pagetable_commit(&pool->pt, &second);
	mm_hal_pagetable_commit(&pool->pt, &first);
	assert_int_equal(query(pool, GIB + 0x5000).attributes, RX);
	assert_int_equal(query(pool, GIB + 0x6000).attributes, R);
	assert_int_equal(pool->pt.reserved, 0);
}

static void an_abandoned_plan_gives_its_pages_back(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = mm_region_create(0x1000, 4 * KIB),
		.attributes = RW,
	};
	struct mm_hal_pagetable_plan plan;

	assert_status(mm_hal_pagetable_prepare(&pool->pt, &change, &plan), MM_OK);
	assert_int_equal(pool->in_use, 4);
	mm_hal_pagetable_flushed(&pool->pt);
	assert_int_equal(pool->in_use, 4);
	mm_hal_pagetable_abandon(&pool->pt, &plan);
	mm_hal_pagetable_flushed(&pool->pt);
	assert_int_equal(pool->in_use, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_EDITOR(an_empty_tree_translates_nothing),
		WITH_EDITOR(maps_a_page_with_its_attributes),
		WITH_EDITOR(presets_accessed_and_dirty),
		WITH_EDITOR(uncached_pages_select_the_strongest_type),
		WITH_EDITOR(takes_the_largest_leaves_that_fit),
		WITH_EDITOR(leaf_size_follows_both_addresses),
		WITH_EDITOR(small_only_makes_small_leaves),
		WITH_POOL(uses_no_1gib_leaf_where_the_cpu_has_none),
		WITH_POOL(without_execute_disable_every_page_is_executable),
		WITH_EDITOR(protecting_one_page_splits_only_its_leaf),
		WITH_EDITOR(protecting_leaves_holes_absent),
		WITH_EDITOR(a_change_that_changes_nothing_writes_and_splits_nothing),
		WITH_EDITOR(unmapping_frees_empty_tables),
		WITH_EDITOR(a_guard_page_leaves_its_neighbours),
		WITH_EDITOR(a_large_leaf_replaces_what_was_below),
		WITH_EDITOR(retired_tables_translate_until_flushed),
		WITH_EDITOR(retired_tables_are_not_reused_before_the_flush),
		WITH_EDITOR(merges_equal_leaves_if_told_to),
		WITH_EDITOR(merges_no_leaves_that_are_not_contiguous),
		WITH_EDITOR(refuses_bad_changes_by_name),
		WITH_EDITOR(refuses_addresses_that_do_not_exist),
		WITH_POOL(refuses_bad_configurations),
		WITH_EDITOR(upper_half_addresses_work),
		WITH_POOL(five_levels_reach_further),
		WITH_EDITOR(a_failed_preparation_changes_nothing),
		WITH_EDITOR(plans_commit_in_any_order_without_the_pool),
		WITH_EDITOR(an_abandoned_plan_gives_its_pages_back),
	};

	return cmocka_run_group_tests_name("hal/pagetable", tests, NULL, NULL);
}
