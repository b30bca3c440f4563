/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The formatter: every conversion, every way of not fitting. */
#include "mm/base/format.h"
#include "mm/base/guid.h"
#include "tests/mm_test.h"

#define assert_formats(expected, ...)                                                             \
	do {                                                                                      \
		char text_[128];                                                                  \
		assert_int_equal(mm_format(text_, sizeof(text_), __VA_ARGS__), strlen(expected)); \
		assert_string_equal(text_, expected);                                             \
	} while (0)

static void writes_texts_and_characters(void **state)
{
	(void)state;
	assert_formats("", "%s", "");
	assert_formats("a b (null) c%", "a %s %s %c%%", "b", (const char *)NULL, 'c');
}

static void writes_signed_numbers_to_both_ends(void **state)
{
	(void)state;
	assert_formats("0 -1 2147483647", "%d %i %d", 0, -1, INT32_MAX);
	assert_formats("-2147483648", "%d", INT32_MIN);
	assert_formats("-9223372036854775808 9223372036854775807", "%lld %lld", (long long)INT64_MIN,
		       (long long)INT64_MAX);
}

static void writes_unsigned_numbers_in_three_radixes(void **state)
{
	(void)state;
	assert_formats("4294967295 deadbeef DEADBEEF", "%u %x %X", UINT32_MAX, 0xdeadbeefu, 0xdeadbeefu);
	assert_formats("18446744073709551615", "%llu", (unsigned long long)UINT64_MAX);
	assert_formats("ffffffffffffffff 5", "%zx %zu", SIZE_MAX, (size_t)5);
}

static void pads_with_zeros_or_blanks(void **state)
{
	(void)state;
	assert_formats("0007|  2a|12345", "%04x|%4x|%2u", 7u, 0x2au, 12345u);
	/* A width beyond the longest number is cut there, however many digits it has. */
	assert_formats("000000000000000000000001", "%099999u", 1u);
}

static void writes_pointers_and_guids(void **state)
{
	static const struct mm_guid guid = { 0x12345678, 0x9abc, 0xdef0, { 1, 2, 3, 4, 5, 6, 7, 8 } };

	(void)state;
	assert_formats("0x1f00", "%p", (void *)(uintptr_t)0x1f00);
	assert_formats("<12345678-9ABC-DEF0-0102-030405060708>", "<%pG>", (const void *)&guid);
	assert_formats("(null)", "%pG", (const void *)NULL);
}

static void copies_what_it_does_not_know(void **state)
{
	(void)state;
	assert_formats("%q %5q %", "%q %5q %");
	assert_formats("%ld", "%ld");
}

static void cuts_what_does_not_fit(void **state)
{
	char text[6] = "?????";

	(void)state;
	assert_int_equal(mm_format(text, 4, "%s", "abcdef"), 3);
	assert_memory_equal(text, "abc\0?", 6);
	assert_int_equal(mm_format(text, 1, "%d", 12), 0);
	assert_string_equal(text, "");
}

static void no_room_at_all_is_left_alone(void **state)
{
	char text[2] = "?";

	(void)state;
	assert_int_equal(mm_format(text, 0, "abc"), 0);
	assert_string_equal(text, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_texts_and_characters),
		cmocka_unit_test(writes_signed_numbers_to_both_ends),
		cmocka_unit_test(writes_unsigned_numbers_in_three_radixes),
		cmocka_unit_test(pads_with_zeros_or_blanks),
		cmocka_unit_test(writes_pointers_and_guids),
		cmocka_unit_test(copies_what_it_does_not_know),
		cmocka_unit_test(cuts_what_does_not_fit),
		cmocka_unit_test(no_room_at_all_is_left_alone),
	};

	return cmocka_run_group_tests_name("base/format", tests, NULL, NULL);
}
