/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "e820.h"
#include "tests/mm_test.h"

static struct mm_q35_e820 one_gib_map(void)
{
	struct mm_q35_e820 map = { 1, { { 0, 0x40000000, MM_Q35_E820_RAM } } };

	return map;
}

static void decodes_what_the_machine_gives(void **state)
{
	const struct mm_q35_e820_entry entries[] = {
		{ 0, 0x80000000, MM_Q35_E820_RAM },
		{ 0x100000000, 0x180000000, MM_Q35_E820_RAM },
	};
	struct mm_q35_e820 map;

	(void)state;
	assert_status(mm_q35_e820_decode_untrusted(entries, sizeof(entries), &map), MM_OK);
	assert_int_equal(map.count, 2);
	assert_int_equal(map.entry[1].base, 0x100000000);
	assert_int_equal(map.entry[1].bytes, 0x180000000);
	assert_int_equal(mm_q35_e820_low_top(&map), 0x80000000);
}

static void refuses_a_part_of_an_entry(void **state)
{
	const uint8_t bytes[MM_Q35_E820_MAX * 20 + 20] = { 0 };
	struct mm_q35_e820 map;

	(void)state;
	assert_status(mm_q35_e820_decode_untrusted(bytes, 0, &map), MM_E_INVALID);
	assert_status(mm_q35_e820_decode_untrusted(bytes, 21, &map), MM_E_INVALID);
	assert_status(mm_q35_e820_decode_untrusted(bytes, sizeof(bytes), &map), MM_E_LIMIT);
	assert_status(mm_q35_e820_decode_untrusted(bytes, MM_Q35_E820_MAX * 20, &map), MM_OK);
}

static void refuses_an_entry_that_wraps(void **state)
{
	const struct mm_q35_e820_entry entry = { UINT64_MAX, 2, MM_Q35_E820_RAM };
	struct mm_q35_e820 map;

	(void)state;
	assert_status(mm_q35_e820_decode_untrusted(&entry, sizeof(entry), &map), MM_E_OVERFLOW);
	assert_int_equal(map.count, 0);
}

static void carving_the_middle_leaves_ram_on_both_sides(void **state)
{
	struct mm_q35_e820 map = one_gib_map();

	(void)state;
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0x10000000, 0x1000), MM_Q35_E820_RESERVED), MM_OK);
	mm_q35_e820_sort(&map);
	assert_int_equal(map.count, 3);
	assert_int_equal(map.entry[0].bytes, 0x10000000);
	assert_int_equal(map.entry[1].type, MM_Q35_E820_RESERVED);
	assert_int_equal(map.entry[1].base, 0x10000000);
	assert_int_equal(map.entry[2].base, 0x10001000);
	assert_int_equal(map.entry[2].bytes, 0x40000000 - 0x10001000);
}

static void carving_across_entries_keeps_nothing_of_what_is_inside(void **state)
{
	struct mm_q35_e820 map = { 3,
				   { { 0, 0x1000, MM_Q35_E820_RAM },
				     { 0x1000, 0x1000, MM_Q35_E820_RESERVED },
				     { 0x2000, 0x1000, MM_Q35_E820_RAM } } };

	(void)state;
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0x800, 0x2000), 7), MM_OK);
	mm_q35_e820_sort(&map);
	assert_int_equal(map.count, 3);
	assert_int_equal(map.entry[0].bytes, 0x800);
	assert_int_equal(map.entry[1].type, 7);
	assert_int_equal(map.entry[1].bytes, 0x2000);
	assert_int_equal(map.entry[2].base, 0x2800);
	assert_int_equal(map.entry[2].bytes, 0x800);
}

static void carving_what_is_nowhere_adds_it(void **state)
{
	struct mm_q35_e820 map = one_gib_map();

	(void)state;
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0xb0000000, 0x1000), MM_Q35_E820_RESERVED), MM_OK);
	assert_int_equal(map.count, 2);
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0x1000, 0), MM_Q35_E820_RESERVED), MM_OK);
	assert_int_equal(map.count, 2);
}

static void a_full_map_stays_as_it_is(void **state)
{
	struct mm_q35_e820 map = { .count = MM_Q35_E820_MAX };

	(void)state;
	for (size_t i = 0; i < MM_Q35_E820_MAX; i++) {
		map.entry[i].base = i * 0x2000;
		map.entry[i].bytes = 0x1000;
		map.entry[i].type = MM_Q35_E820_RAM;
	}
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0x400, 0x400), 2), MM_E_LIMIT);
	assert_int_equal(map.count, MM_Q35_E820_MAX);
	assert_int_equal(map.entry[0].bytes, 0x1000);
	assert_status(mm_q35_e820_carve(&map, mm_region_create(0, 0x1000), 2), MM_OK);
	assert_int_equal(map.count, MM_Q35_E820_MAX);
}

static void low_top_looks_below_four_gib_only(void **state)
{
	struct mm_q35_e820 map = {
		2, { { 0x100000000, 0x1000, MM_Q35_E820_RAM }, { 0xfeffc000, 0x4000, MM_Q35_E820_RESERVED } }
	};

	(void)state;
	assert_int_equal(mm_q35_e820_low_top(&map), 0);
	map.entry[1].type = MM_Q35_E820_RAM;
	assert_int_equal(mm_q35_e820_low_top(&map), 0xff000000);
	assert_true(mm_q35_e820_is_ram(&map, mm_region_create(0xfeffd000, 0x3000)));
	assert_false(mm_q35_e820_is_ram(&map, mm_region_create(0xfeffd000, 0x3001)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_the_machine_gives),
		cmocka_unit_test(refuses_a_part_of_an_entry),
		cmocka_unit_test(refuses_an_entry_that_wraps),
		cmocka_unit_test(carving_the_middle_leaves_ram_on_both_sides),
		cmocka_unit_test(carving_across_entries_keeps_nothing_of_what_is_inside),
		cmocka_unit_test(carving_what_is_nowhere_adds_it),
		cmocka_unit_test(a_full_map_stays_as_it_is),
		cmocka_unit_test(low_top_looks_below_four_gib_only),
	};

	return cmocka_run_group_tests_name("platform/e820", tests, NULL, NULL);
}
