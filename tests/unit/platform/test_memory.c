/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "memory.h"
#include "mm/abi/mmi_entry.h"
#include "tests/mm_test.h"

#define MIB 0x100000ull

static struct mm_q35_e820 ram_map(uint64_t bytes)
{
	struct mm_q35_e820 map = { 1, { { 0, bytes, MM_Q35_E820_RAM } } };

	return map;
}

static void tseg_ends_where_low_ram_ends(void **state)
{
	struct mm_q35_e820 map = ram_map(512 * MIB);
	struct mm_q35_memory plan;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 16 * MIB, &plan), MM_OK);
	assert_int_equal(plan.tseg.base, 496 * MIB);
	assert_int_equal(mm_region_end(plan.tseg), 512 * MIB);
	assert_int_equal(mm_region_end(plan.reserved), plan.tseg.base);
}

static void parts_of_the_reserved_memory_are_disjoint(void **state)
{
	struct mm_q35_e820 map = ram_map(64 * MIB);
	struct mm_q35_memory plan;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 48 * MIB, &plan), MM_OK);
	const struct mm_region parts[] = { plan.user_buffer,	   plan.user_status, plan.supervisor_buffer,
					   plan.supervisor_status, plan.hobs,	     plan.acpi };
	for (size_t i = 0; i < 6; i++) {
		assert_true(mm_region_contains(plan.reserved, parts[i]));
		assert_false(mm_region_is_empty(parts[i]));
		for (size_t j = 0; j < i; j++)
			assert_false(mm_region_overlaps(parts[i], parts[j]));
	}
}

static void refuses_ram_that_is_too_small(void **state)
{
	struct mm_q35_e820 map = ram_map(16 * MIB);
	struct mm_q35_memory plan = { .tseg = { 1, 2 } };

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 16 * MIB, &plan), MM_E_NO_MEMORY);
	assert_status(mm_q35_memory_plan(&map, 13 * MIB, &plan), MM_E_NO_MEMORY);
	assert_status(mm_q35_memory_plan(&map, 0, &plan), MM_E_INVALID);
	assert_status(mm_q35_memory_plan(&map, MIB + 1, &plan), MM_E_INVALID);
	assert_int_equal(plan.tseg.base, 1);
	assert_status(mm_q35_memory_plan(&map, 12 * MIB, &plan), MM_OK);
}

static void refuses_ram_with_a_hole(void **state)
{
	struct mm_q35_e820 map = ram_map(512 * MIB);
	struct mm_q35_memory plan;

	(void)state;
	assert_status(mm_q35_e820_carve(&map, mm_region_create(500 * MIB, 0x1000), MM_Q35_E820_RESERVED), MM_OK);
	assert_status(mm_q35_memory_plan(&map, 16 * MIB, &plan), MM_E_NO_MEMORY);
}

static void sixty_four_cpus_fit_a_small_tseg(void **state)
{
	struct mm_q35_e820 map = ram_map(64 * MIB);
	struct mm_q35_memory plan;
	struct mm_region tiles;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, MIB, &plan), MM_OK);
	tiles = mm_q35_memory_tiles(&plan, MM_Q35_CPU_MAX);
	assert_true(mm_region_contains(plan.tseg, tiles));
	assert_int_equal(tiles.bytes, 0x8000 + 63 * 0x2000);
}

static void entries_and_save_states_share_no_page(void **state)
{
	struct mm_q35_e820 map = ram_map(64 * MIB);
	struct mm_q35_memory plan;
	struct mm_region tiles;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 8 * MIB, &plan), MM_OK);
	tiles = mm_q35_memory_tiles(&plan, MM_Q35_CPU_MAX);
	for (uint32_t i = 0; i < MM_Q35_CPU_MAX; i++) {
		uint64_t entry = mm_q35_memory_smbase(&plan, i) + MM_MMI_ENTRY_OFFSET;
		uint64_t save = mm_q35_memory_smbase(&plan, i) + MM_MMI_SAVE_STATE_OFFSET;

		assert_int_equal((entry - tiles.base) >> 12 & 1, 0);
		assert_int_equal((save - tiles.base) >> 12 & 1, 1);
		assert_true(mm_region_contains(tiles, mm_region_create(entry, 0x1000)));
		assert_true(mm_region_contains(tiles, mm_region_create(save, MM_MMI_SAVE_STATE_BYTES)));
	}
}

/* True if the map calls all of `region` by `type`. */
static bool is_all(const struct mm_q35_e820 *map, struct mm_region region, uint32_t type)
{
	for (size_t i = 0; i < map->count; i++) {
		struct mm_region entry = mm_region_create(map->entry[i].base, map->entry[i].bytes);

		if (mm_region_overlaps(entry, region) && map->entry[i].type != type)
			return false;
		if (mm_region_contains(entry, region))
			return true;
	}
	return false;
}

static void the_os_gets_neither_mmram_nor_channels(void **state)
{
	struct mm_q35_e820 map = ram_map(512 * MIB);
	struct mm_region rom = mm_region_create(0xfff00000, MIB);
	struct mm_q35_memory plan;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 16 * MIB, &plan), MM_OK);
	assert_status(mm_q35_memory_os_map(&plan, rom, true, &map), MM_OK);
	assert_true(is_all(&map, plan.tseg, MM_Q35_E820_RESERVED));
	assert_true(is_all(&map, plan.reserved, MM_Q35_E820_RESERVED));
	assert_true(is_all(&map, mm_region_create(MM_Q35_DEFAULT_SMBASE, MM_Q35_DEFAULT_SMRAM), MM_Q35_E820_RESERVED));
	assert_true(is_all(&map, rom, MM_Q35_E820_RESERVED));
	assert_true(is_all(&map, mm_region_create(MIB, plan.reserved.base - MIB), MM_Q35_E820_RAM));
	assert_false(is_all(&map, mm_region_create(0xa0000, 0x1000), MM_Q35_E820_RAM));
	for (size_t i = 1; i < map.count; i++)
		assert_true(map.entry[i - 1].base + map.entry[i - 1].bytes <= map.entry[i].base);
}

static void an_open_default_smbase_stays_ram(void **state)
{
	struct mm_q35_e820 map = ram_map(512 * MIB);
	struct mm_q35_memory plan;

	(void)state;
	assert_status(mm_q35_memory_plan(&map, 16 * MIB, &plan), MM_OK);
	assert_status(mm_q35_memory_os_map(&plan, mm_region_create(0xfff00000, MIB), false, &map), MM_OK);
	assert_true(is_all(&map, mm_region_create(0, 0x9f000), MM_Q35_E820_RAM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tseg_ends_where_low_ram_ends),
		cmocka_unit_test(parts_of_the_reserved_memory_are_disjoint),
		cmocka_unit_test(refuses_ram_that_is_too_small),
		cmocka_unit_test(refuses_ram_with_a_hole),
		cmocka_unit_test(sixty_four_cpus_fit_a_small_tseg),
		cmocka_unit_test(entries_and_save_states_share_no_page),
		cmocka_unit_test(the_os_gets_neither_mmram_nor_channels),
		cmocka_unit_test(an_open_default_smbase_stays_ram),
	};

	return cmocka_run_group_tests_name("platform/memory", tests, NULL, NULL);
}
