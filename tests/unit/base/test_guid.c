/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* GUIDs: order, hash, bytes in memory, and their printed form. */
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "tests/mm_random.h"
#include "tests/mm_test.h"

static const struct mm_guid example = {
	0x12345678, 0x9abc, 0xdef0, { 0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a, 0x69, 0x78 }
};
static const char example_text[] = "12345678-9ABC-DEF0-0F1E-2D3C4B5A6978";
static const uint8_t example_bytes[] = { 0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde,
					 0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a, 0x69, 0x78 };

static void equality_looks_at_every_byte(void **state)
{
	size_t i;

	(void)state;
	assert_true(mm_guid_equal(&example, &example));
	for (i = 0; i < MM_GUID_BYTES; i++) {
		uint8_t bytes[MM_GUID_BYTES];
		struct mm_guid other;

		memcpy(bytes, example_bytes, sizeof(bytes));
		bytes[i] ^= 1;
		other = mm_guid_load(bytes);
		assert_false(mm_guid_equal(&example, &other));
		assert_int_not_equal(mm_guid_hash(&example, 1), mm_guid_hash(&other, 1));
	}
}

static void only_all_zeros_is_zero(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i <= MM_GUID_BYTES; i++) {
		uint8_t bytes[MM_GUID_BYTES] = { 0 };
		struct mm_guid guid;

		if (i < MM_GUID_BYTES)
			bytes[i] = 0x80;
		guid = mm_guid_load(bytes);
		assert_int_equal(mm_guid_is_zero(&guid), i == MM_GUID_BYTES);
	}
}

static void orders_by_the_bytes_in_memory(void **state)
{
	uint8_t bytes[MM_GUID_BYTES];
	struct mm_guid greater;

	(void)state;
	memcpy(bytes, example_bytes, sizeof(bytes));
	bytes[15]++;
	greater = mm_guid_load(bytes);
	assert_int_equal(mm_guid_compare(&example, &example), 0);
	assert_true(mm_guid_compare(&example, &greater) < 0);
	assert_true(mm_guid_compare(&greater, &example) > 0);
}

static void the_seed_keys_the_hash(void **state)
{
	(void)state;
	assert_int_not_equal(mm_guid_hash(&example, 1), mm_guid_hash(&example, 2));
}

static void loads_and_stores_memory_order(void **state)
{
	uint8_t bytes[MM_GUID_BYTES];
	struct mm_guid loaded = mm_guid_load(example_bytes);

	(void)state;
	assert_true(mm_guid_equal(&loaded, &example));
	mm_guid_store(bytes, &loaded);
	assert_memory_equal(bytes, example_bytes, sizeof(bytes));
}

static void prints_in_upper_case(void **state)
{
	char text[MM_GUID_TEXT_BYTES];

	(void)state;
	mm_guid_print(&example, text);
	assert_string_equal(text, example_text);
}

static void parses_either_case(void **state)
{
	struct mm_guid guid;

	(void)state;
	assert_status(mm_guid_parse("12345678-9abc-DEF0-0f1e-2d3C4b5A6978", 36, &guid), MM_OK);
	assert_true(mm_guid_equal(&guid, &example));
}

static void refuses_every_other_form(void **state)
{
	static const char *const texts[] = {
		"",
		"12345678-9ABC-DEF0-0F1E-2D3C4B5A697",	 /* short */
		"12345678-9ABC-DEF0-0F1E-2D3C4B5A69788", /* long */
		"1234567-89ABC-DEF0-0F1E-2D3C4B5A6978",	 /* a dash too early */
		"12345678-9ABC-DEF0-0F1E 2D3C4B5A6978",
		"12345678-9ABC-DEF0-0F1E-2D3C4B5A697G",
		"12345678-9ABC-DEF0-0F1E-2D3C4B5A69/8",
		"12345678-9ABC-DEF0-0F1E-2D3C4B5A69:8",
		"`2345678-9ABC-DEF0-0F1E-2D3C4B5A6978",
		"@2345678-9ABC-DEF0-0F1E-2D3C4B5A6978",
		"1234567g-9ABC-DEF0-0F1E-2D3C4B5A6978",
	};
	struct mm_guid guid = example;
	size_t i;

	(void)state;
	for (i = 0; i < MM_ARRAY_COUNT(texts); i++) {
		assert_status(mm_guid_parse(texts[i], strlen(texts[i]), &guid), MM_E_INVALID);
		assert_true(mm_guid_equal(&guid, &example));
	}
}

static void what_is_printed_is_parsed_back(void **state)
{
	struct mm_random random = { 0x67756964 };
	uint32_t round;

	(void)state;
	for (round = 0; round < 1000; round++) {
		uint64_t halves[2] = { mm_random_u64(&random), mm_random_u64(&random) };
		struct mm_guid guid = mm_guid_load((const uint8_t *)halves);
		char text[MM_GUID_TEXT_BYTES];
		struct mm_guid back;

		mm_guid_print(&guid, text);
		assert_status(mm_guid_parse(text, MM_GUID_TEXT_BYTES - 1, &back), MM_OK);
		assert_true(mm_guid_equal(&guid, &back));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality_looks_at_every_byte),
		cmocka_unit_test(only_all_zeros_is_zero),
		cmocka_unit_test(orders_by_the_bytes_in_memory),
		cmocka_unit_test(the_seed_keys_the_hash),
		cmocka_unit_test(loads_and_stores_memory_order),
		cmocka_unit_test(prints_in_upper_case),
		cmocka_unit_test(parses_either_case),
		cmocka_unit_test(refuses_every_other_form),
		cmocka_unit_test(what_is_printed_is_parsed_back),
	};

	return cmocka_run_group_tests_name("base/guid", tests, NULL, NULL);
}
