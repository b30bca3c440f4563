/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page-table editor: trees of other origin, walks, questions, and the pages it owns. */
#include "pt_fixture.h"

/* A tree as other firmware builds it: rights are taken away in the directory. */
static void make_foreign_tree(struct pt_pool *pool, uint64_t directory_flags)
{
	struct mm_hal_pagetable_config config = pt_config();
	struct mm_pa tables[4];
	unsigned i;

	for (i = 0; i < 4; i++)
		tables[i] = pt_pool_table(pool);
	pt_pool_entries(pool, tables[0])[0] = tables[1].v | 0x7;
	pt_pool_entries(pool, tables[1])[0] = tables[2].v | 0x7;
	pt_pool_entries(pool, tables[2])[0] = tables[3].v | directory_flags;
	pt_pool_entries(pool, tables[3])[0] = 0x5000 | 0x7;
	pt_pool_entries(pool, tables[3])[1] = 0x6000 | 0x7;
	assert_status(mm_hal_pagetable_adopt(&config, tables[0], &pool->pt), MM_OK);
}

static void effective_rights_are_the_weakest_of_all_levels(void **state)
{
	struct pt_pool *pool = *state;

	make_foreign_tree(pool, 0x1 | 1ull << 63);
	assert_int_equal(query(pool, 0).attributes, R);
	assert_true(mm_hal_pagetable_range_has(&pool->pt, mm_region_create(0, 0x2000), R, RW & ~R));
}

static void granting_below_a_strict_directory_grants_no_sibling(void **state)
{
	struct pt_pool *pool = *state;

	make_foreign_tree(pool, 0x1 | 1ull << 63);
	protect(pool, 0, 4 * KIB, RW | U);
	assert_int_equal(query(pool, 0).attributes, RW | U);
	assert_int_equal(query(pool, 0x1000).attributes, R);
	protect(pool, 0x1000, 4 * KIB, RX);
	assert_int_equal(query(pool, 0).attributes, RW | U);
	assert_int_equal(query(pool, 0x1000).attributes, RX);
}

static void refuses_to_adopt_what_it_cannot_edit(void **state)
{
	static const uint64_t bad[] = {
		0x5000 | 0x101,	    /* global */
		0x5000 | 0x81,	    /* PAT */
		(1ull << 41) | 0x1, /* beyond the physical width */
	};
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();
	struct mm_pa root;
	unsigned i;

	make_foreign_tree(pool, 0x7);
	root = pool->pt.root;
	for (i = 0; i < 3; i++) {
		pt_pool_entries(pool, mm_pa(root.v + 3 * MM_PAGE_BYTES))[7] = bad[i];
		assert_status(mm_hal_pagetable_adopt(&config, root, &pool->pt), MM_E_CORRUPT);
	}
	pt_pool_entries(pool, mm_pa(root.v + 3 * MM_PAGE_BYTES))[7] = 0;
	pt_pool_entries(pool, root)[1] = 0x81; /* a 512 GiB leaf */
	assert_status(mm_hal_pagetable_adopt(&config, root, &pool->pt), MM_E_CORRUPT);
	pt_pool_entries(pool, root)[1] = 0x1; /* a table at 0 */
	assert_status(mm_hal_pagetable_adopt(&config, root, &pool->pt), MM_E_CORRUPT);
	pt_pool_entries(pool, root)[1] = 0;
	assert_status(mm_hal_pagetable_adopt(&config, mm_pa(root.v + 8), &pool->pt), MM_E_MISALIGNED);
	assert_status(mm_hal_pagetable_adopt(&config, root, &pool->pt), MM_OK);
}

struct runs {
	struct mm_hal_pagetable_run run[8];
	size_t count;
	size_t stop_after;
};

static enum mm_status note_run(void *context, const struct mm_hal_pagetable_run *run)
{
	struct runs *runs = context;

	assert_true(runs->count < 8);
	runs->run[runs->count++] = *run;
	return runs->stop_after != 0 && runs->count == runs->stop_after ? MM_E_ABORTED : MM_OK;
}

static void walks_runs_across_leaf_sizes(void **state)
{
	struct pt_pool *pool = *state;
	struct runs runs = { .count = 0 };

	map(pool, 0x1000, 2 * GIB, 0x1000, RW);
	map(pool, 3 * GIB, 4 * KIB, 0x5000, RX);
	protect(pool, GIB, 0x1000, RX);
	assert_status(mm_hal_pagetable_walk(&pool->pt, mm_region_create(0, UINT64_MAX), note_run, &runs), MM_OK);
	assert_int_equal(runs.count, 4);
	assert_int_equal(runs.run[0].va, 0x1000);
	assert_int_equal(runs.run[0].bytes, GIB - 0x1000);
	assert_int_equal(runs.run[1].attributes, RX);
	assert_int_equal(runs.run[2].va, GIB + 0x1000);
	assert_int_equal(runs.run[2].bytes, GIB);
	assert_int_equal(runs.run[3].pa.v, 0x5000);
}

static void walks_only_the_range_asked_for(void **state)
{
	struct pt_pool *pool = *state;
	struct runs runs = { .count = 0 };

	map(pool, 0, 4 * GIB, 0, RW);
	assert_status(mm_hal_pagetable_walk(&pool->pt, mm_region_create(GIB + 0x3000, 0x2000), note_run, &runs), MM_OK);
	assert_int_equal(runs.count, 1);
	assert_int_equal(runs.run[0].va, GIB + 0x3000);
	assert_int_equal(runs.run[0].pa.v, GIB + 0x3000);
	assert_int_equal(runs.run[0].bytes, 0x2000);
	assert_status(mm_hal_pagetable_walk(&pool->pt, mm_region_create(5 * GIB, GIB), note_run, &runs), MM_OK);
	assert_status(mm_hal_pagetable_walk(&pool->pt, mm_region_create(GIB, 0), note_run, &runs), MM_OK);
	assert_int_equal(runs.count, 1);
}

static void a_walk_ends_when_the_visitor_says_so(void **state)
{
	struct pt_pool *pool = *state;
	struct runs runs = { .stop_after = 1 };

	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	map(pool, 0x3000, 4 * KIB, 0x3000, RW);
	assert_status(mm_hal_pagetable_walk(&pool->pt, mm_region_create(0, UINT64_MAX), note_run, &runs), MM_E_ABORTED);
	assert_int_equal(runs.count, 1);
}

static void range_has_looks_at_every_page(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable *pt = &pool->pt;

	map(pool, 2 * MIB, 4 * MIB, 0, RW | U);
	assert_true(mm_hal_pagetable_range_has(pt, mm_region_create(2 * MIB, 4 * MIB), RW | U, 0));
	assert_true(mm_hal_pagetable_range_has(pt, mm_region_create(3 * MIB + 5, 7), U, MM_HAL_PAGE_EXECUTE));
	assert_false(mm_hal_pagetable_range_has(pt, mm_region_create(2 * MIB, 4 * MIB + 1), U, 0));
	assert_false(mm_hal_pagetable_range_has(pt, mm_region_create(2 * MIB, 0), U, 0));
	assert_false(mm_hal_pagetable_range_has(pt, mm_region_create(2 * MIB, 1), U, MM_HAL_PAGE_WRITE));
	protect(pool, 3 * MIB, 0x1000, RW);
	assert_false(mm_hal_pagetable_range_has(pt, mm_region_create(2 * MIB, 4 * MIB), U, 0));
	assert_false(mm_hal_pagetable_range_has(pt, (struct mm_region){ UINT64_MAX - 0xfff, 0x2000 }, U, 0));
	assert_false(mm_hal_pagetable_range_has(pt, mm_region_create(1ull << 47, 0x1000), R, 0));
}

static enum mm_status count_table(void *context, struct mm_pa page)
{
	unsigned *left = context;

	assert_true(page.v >= PT_POOL_BASE);
	--*left;
	return *left != 0 ? MM_OK : MM_E_ABORTED;
}

static void names_every_page_it_owns(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_change change = { .action = MM_HAL_PAGETABLE_MAP,
						  .range = mm_region_create(8 * GIB, 0x1000),
						  .attributes = R };
	struct mm_hal_pagetable_plan plan;
	unsigned left;

	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	map(pool, GIB, 4 * KIB, 0x1000, RW);
	unmap(pool, GIB, 4 * KIB);
	assert_status(mm_hal_pagetable_prepare(&pool->pt, &change, &plan), MM_OK);
	left = pool->in_use + 1u;
	assert_status(mm_hal_pagetable_walk_tables(&pool->pt, count_table, &left), MM_OK);
	assert_int_equal(left, 1);
	left = pool->in_use;
	assert_status(mm_hal_pagetable_walk_tables(&pool->pt, count_table, &left), MM_E_ABORTED);
	left = 1;
	assert_status(mm_hal_pagetable_walk_tables(&pool->pt, count_table, &left), MM_E_ABORTED);
	mm_hal_pagetable_abandon(&pool->pt, &plan);
}

static void the_invariant_walker_sees_damage(void **state)
{
	struct pt_pool *pool = *state;

	map(pool, 0x1000, 4 * KIB, 0x1000, RW);
	pool->pt.table_count++;
	assert_status(mm_hal_pagetable_check(&pool->pt), MM_E_CORRUPT);
	pool->pt.table_count--;
	pool->pt.reserved = 1;
	assert_status(mm_hal_pagetable_check(&pool->pt), MM_E_CORRUPT);
	pool->pt.reserved = 0;
	pool->pt.spare.count = 1;
	assert_status(mm_hal_pagetable_check(&pool->pt), MM_E_CORRUPT);
	pool->pt.spare.count = 0;
	assert_status(mm_hal_pagetable_check(&pool->pt), MM_OK);
}

static void refuses_a_pool_page_that_cannot_be_a_table(void **state)
{
	struct pt_pool *pool = *state;
	struct mm_hal_pagetable_config config = pt_config();

	config.pa_bits = 32;
	assert_status(mm_hal_pagetable_init(&config, &pool->pt), MM_OK);
	pool->pt.config.pa_bits = 20;
	assert_status(mm_hal_pagetable_unmap(&pool->pt, mm_region_create(0x1000, 0x1000)), MM_E_INVALID);
	assert_int_equal(pool->in_use, 1);
	pool->pt.config.pa_bits = 32;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_POOL(effective_rights_are_the_weakest_of_all_levels),
		WITH_POOL(granting_below_a_strict_directory_grants_no_sibling),
		WITH_POOL(refuses_to_adopt_what_it_cannot_edit),
		WITH_EDITOR(walks_runs_across_leaf_sizes),
		WITH_EDITOR(walks_only_the_range_asked_for),
		WITH_EDITOR(a_walk_ends_when_the_visitor_says_so),
		WITH_EDITOR(range_has_looks_at_every_page),
		WITH_EDITOR(names_every_page_it_owns),
		WITH_EDITOR(the_invariant_walker_sees_damage),
		WITH_POOL(refuses_a_pool_page_that_cannot_be_a_table),
	};

	return cmocka_run_group_tests_name("hal/pagetable_tree", tests, NULL, NULL);
}
