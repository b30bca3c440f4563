/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/region.h"
#include "tests/mm_test.h"

static void refuses_a_range_that_wraps(void **state)
{
	struct mm_region region = { 7, 7 };

	(void)state;
	assert_status(mm_region_create_untrusted(UINT64_MAX, 1, &region), MM_E_OVERFLOW);
	assert_int_equal(region.base, 7);
	assert_status(mm_region_create_untrusted(UINT64_MAX - 1, 1, &region), MM_OK);
	assert_int_equal(mm_region_end(region), UINT64_MAX);
}

static void neighbours_do_not_overlap(void **state)
{
	struct mm_region left = mm_region_create(0x1000, 0x1000);
	struct mm_region right = mm_region_create(0x2000, 0x1000);

	(void)state;
	assert_false(mm_region_overlaps(left, right));
	assert_true(mm_region_overlaps(left, mm_region_create(0x1fff, 1)));
	assert_false(mm_region_overlaps(left, mm_region_create(0x1800, 0)));
}

static void subtracting_the_middle_leaves_two_pieces(void **state)
{
	struct mm_region pieces[2];

	(void)state;
	assert_int_equal(mm_region_subtract(mm_region_create(0, 0x3000), mm_region_create(0x1000, 0x1000), pieces), 2);
	assert_int_equal(pieces[0].bytes, 0x1000);
	assert_int_equal(pieces[1].base, 0x2000);
	assert_int_equal(pieces[1].bytes, 0x1000);
	assert_int_equal(mm_region_subtract(mm_region_create(5, 5), mm_region_create(0, 100), pieces), 0);
}

static void hull_rounds_outwards_and_refuses_the_top(void **state)
{
	struct mm_region hull;

	(void)state;
	assert_status(mm_region_page_hull(mm_region_create(0x1fff, 2), &hull), MM_OK);
	assert_int_equal(hull.base, 0x1000);
	assert_int_equal(hull.bytes, 0x2000);
	assert_status(mm_region_page_hull(mm_region_create(UINT64_MAX - 8, 4), &hull), MM_E_OVERFLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_range_that_wraps),
		cmocka_unit_test(neighbours_do_not_overlap),
		cmocka_unit_test(subtracting_the_middle_leaves_two_pieces),
		cmocka_unit_test(hull_rounds_outwards_and_refuses_the_top),
	};

	return cmocka_run_group_tests_name("base/region", tests, NULL, NULL);
}
