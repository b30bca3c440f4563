/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_writer.h"
#include "tests/mm_test.h"

#define ADDRESS 0x7F000000u

/* A small list and its checked form. */
struct fixture {
	_Alignas(8) uint8_t bytes[512];
	size_t count;
	struct mm_pi_hob_list list;
};

static int build(void **state)
{
	static struct fixture fixture;
	struct mm_pi_hob_writer writer;
	const struct mm_pi_hob_resource mmio = {
		{ 0 }, MM_HOB_RESOURCE_MMIO, MM_HOB_RESOURCE_ATTR_PRESENT, { 0xFEE00000, 0x1000 }, 0
	};

	memset(&fixture, 0xCC, sizeof(fixture));
	assert_status(mm_pi_hob_writer_init(&writer, fixture.bytes, sizeof(fixture.bytes), ADDRESS, 5), MM_OK);
	assert_status(mm_pi_hob_add_resource(&writer, &mmio), MM_OK);
	assert_status(mm_pi_hob_add_module(&writer, &mm_guid_supv_module_hob, mm_region_create(0x10000, 0x2000),
					   &mm_guid_supv_core, 0x11000),
		      MM_OK);
	assert_status(mm_pi_hob_add_flag(&writer, &mm_guid_acpi_s3_enable_hob, true), MM_OK);
	assert_status(mm_pi_hob_add_flag(&writer, &mm_guid_acpi_s3_enable_hob, false), MM_OK);
	assert_status(mm_pi_hob_writer_finish(&writer, &fixture.count), MM_OK);
	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(fixture.bytes, fixture.count), MM_PI_HOB_EXACT,
						     &fixture.list, NULL),
		      MM_OK);
	*state = &fixture;
	return 0;
}

static void finds_a_list_in_place_inside_its_window(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_list list;

	assert_status(
		mm_pi_hob_list_check_untrusted(mm_bytes(f->bytes, sizeof(f->bytes)), MM_PI_HOB_WITHIN, &list, NULL),
		MM_OK);
	assert_int_equal(list.bytes.count, f->count);
	assert_int_equal(list.hob_count, 5);
	assert_true(mm_pi_hob_list_is_at(&list, ADDRESS));
}

static void refuses_bytes_behind_the_end_only_when_exact(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_list list = f->list;
	struct mm_refusal refusal;

	assert_status(
		mm_pi_hob_list_check_untrusted(mm_bytes(f->bytes, f->count + 3), MM_PI_HOB_EXACT, &list, &refusal),
		MM_E_HOB_TRAILING);
	assert_int_equal(refusal.offset, f->count);
	assert_int_equal(refusal.value, 3);
}

static void refuses_every_shortened_list(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_list list = { { NULL, 0 }, 99 };
	size_t count;

	for (count = 0; count < f->count; count++) {
		enum mm_status status =
			mm_pi_hob_list_check_untrusted(mm_bytes(f->bytes, count), MM_PI_HOB_WITHIN, &list, NULL);

		assert_true(status == MM_E_TRUNCATED || status == MM_E_HOB_NO_END);
	}
	assert_int_equal(list.hob_count, 99);
}

static void names_field_offset_and_value_of_a_refusal(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_list list;
	struct mm_refusal refusal;

	f->bytes[0x38 + 24] = 9; /* the resource's type */
	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(f->bytes, f->count), MM_PI_HOB_EXACT, &list, &refusal),
		      MM_E_HOB_RESOURCE_TYPE);
	assert_string_equal(refusal.field, "resource.type");
	assert_int_equal(refusal.offset, 0x38 + 24);
	assert_int_equal(refusal.value, 9);
}

static void gives_typed_facts_of_a_module(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&f->list);
	struct mm_pi_hob hob;
	int i;

	for (i = 0; i < 3; i++)
		assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.type, MM_HOB_TYPE_MEMORY_ALLOCATION);
	assert_true(mm_pi_hob_is_mm_module(&hob));
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_core));
	assert_int_equal(hob.u.memory.entry, 0x11000);
	assert_int_equal(hob.u.memory.region.bytes, 0x2000);
}

static void finds_guid_hobs_one_after_the_other(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&f->list);
	struct mm_bytes payload;

	assert_true(mm_pi_hob_next_guid(&iter, &mm_guid_acpi_s3_enable_hob, &payload));
	assert_int_equal(payload.data[0], 1);
	assert_true(mm_pi_hob_next_guid(&iter, &mm_guid_acpi_s3_enable_hob, &payload));
	assert_int_equal(payload.data[0], 0);
	assert_false(mm_pi_hob_next_guid(&iter, &mm_guid_acpi_s3_enable_hob, &payload));
}

static void does_not_find_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct mm_bytes payload = { NULL, 7 };

	assert_false(mm_pi_hob_find_guid(&f->list, &mm_guid_mseg_hob, &payload));
	assert_int_equal(payload.count, 7);
}

static void stops_when_the_bytes_changed_behind_its_back(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&f->list);
	struct mm_pi_hob hob;

	assert_true(mm_pi_hob_next(&iter, &hob));
	f->bytes[0x38 + 2] = 0xF8; /* a length that leaves the list */
	f->bytes[0x38 + 3] = 0xFF;
	assert_false(mm_pi_hob_next(&iter, &hob));
	f->bytes[0x38 + 2] = 0x30;
	f->bytes[0x38 + 3] = 0;
	f->bytes[0x38 + 24] = 0xFF; /* a type that means nothing */
	assert_false(mm_pi_hob_next(&iter, &hob));
}

static void a_stale_end_pointer_is_seen(void **state)
{
	struct fixture *f = *state;

	assert_true(mm_pi_hob_list_is_at(&f->list, ADDRESS));
	assert_false(mm_pi_hob_list_is_at(&f->list, ADDRESS + 8));
	assert_false(mm_pi_hob_list_is_at(&f->list, UINT64_MAX - 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_a_list_in_place_inside_its_window, build),
		cmocka_unit_test_setup(refuses_bytes_behind_the_end_only_when_exact, build),
		cmocka_unit_test_setup(refuses_every_shortened_list, build),
		cmocka_unit_test_setup(names_field_offset_and_value_of_a_refusal, build),
		cmocka_unit_test_setup(gives_typed_facts_of_a_module, build),
		cmocka_unit_test_setup(finds_guid_hobs_one_after_the_other, build),
		cmocka_unit_test_setup(does_not_find_what_is_not_there, build),
		cmocka_unit_test_setup(stops_when_the_bytes_changed_behind_its_back, build),
		cmocka_unit_test_setup(a_stale_end_pointer_is_seen, build),
	};

	return cmocka_run_group_tests_name("pi/hob_list", tests, NULL, NULL);
}
