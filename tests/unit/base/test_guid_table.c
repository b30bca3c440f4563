/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/abi/drivers.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "tests/mm_test.h"

static void objects_hold_the_published_values(void **state)
{
	char text[MM_GUID_TEXT_BYTES];

	(void)state;
	mm_guid_print(&mm_guid_mmram_hob, text);
	assert_string_equal(text, "6DADF1D1-D4CC-4910-BB6E-82B1FD80FF3D");
	mm_guid_print(&mm_guid_ffs_volume_top, text);
	assert_string_equal(text, "1BA0062E-C779-4582-8566-336AE8F78F09");
	mm_guid_print(&mm_guid_supv_pass_down_hob, text);
	assert_string_equal(text, "3F2D2D1A-7C6A-4E2E-912E-5C4F5B8C2A9D");
}

static void names_what_is_in_the_list_and_nothing_else(void **state)
{
	const struct mm_guid nobody = { 1, 2, 3, { 4 } };

	(void)state;
	assert_string_equal(mm_guid_known_name(&mm_guid_comm_buffer_hob), "gMmCommBufferHobGuid");
	assert_string_equal(mm_guid_known_name(&mm_guid_mm_cpu_io), "gEfiMmCpuIoProtocolGuid");
	assert_null(mm_guid_known_name(&nobody));
}

static void no_guid_symbol_or_name_stands_twice(void **state)
{
	const struct mm_guid_known *row;
	const struct mm_guid_known *other;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; (row = mm_guid_known_at(i)) != NULL; i++) {
		assert_false(mm_guid_is_zero(row->guid));
		assert_true(strlen(row->purpose) > 0);
		for (j = 0; j < i; j++) {
			other = mm_guid_known_at(j);
			if (mm_guid_equal(row->guid, other->guid) || strcmp(row->symbol, other->symbol) == 0 ||
			    strcmp(row->name, other->name) == 0)
				fail_msg("%s and %s", row->symbol, other->symbol);
		}
	}
	assert_true(i > 90);
	assert_null(mm_guid_known_at(i + 1));
}

static void agrees_with_the_drivers_header(void **state)
{
	const struct mm_guid echo = MM_GUID_ECHO_DRIVER;
	const struct mm_guid clock = MM_GUID_CLOCK_DRIVER;
	const struct mm_guid crash = MM_GUID_CRASH_DRIVER;
	const struct mm_guid protocol = MM_GUID_ECHO_PROTOCOL;

	(void)state;
	assert_true(mm_guid_equal(&echo, &mm_guid_echo_driver));
	assert_true(mm_guid_equal(&clock, &mm_guid_clock_driver));
	assert_true(mm_guid_equal(&crash, &mm_guid_crash_driver));
	assert_true(mm_guid_equal(&protocol, &mm_guid_echo_protocol));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_hold_the_published_values),
		cmocka_unit_test(names_what_is_in_the_list_and_nothing_else),
		cmocka_unit_test(no_guid_symbol_or_name_stands_twice),
		cmocka_unit_test(agrees_with_the_drivers_header),
	};

	return cmocka_run_group_tests_name("base/guid_table", tests, NULL, NULL);
}
