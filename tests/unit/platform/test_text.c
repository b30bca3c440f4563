/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/mm_test.h"
#include "text.h"

static void words_are_found_whole(void **state)
{
	(void)state;
	assert_true(mm_q35_text_has_word("echo,clock", "clock"));
	assert_true(mm_q35_text_has_word("echo,clock", "echo"));
	assert_false(mm_q35_text_has_word("echo,clock", "ech"));
	assert_false(mm_q35_text_has_word("echo,clock", "echo,clock,more"));
	assert_false(mm_q35_text_has_word("echoes", "echo"));
	assert_false(mm_q35_text_has_word("", "echo"));
	assert_true(mm_q35_text_has_word(",,echo,", "echo"));
}

static void numbers_are_digits_only(void **state)
{
	uint64_t value = 5;

	(void)state;
	assert_status(mm_q35_text_number("", &value), MM_E_INVALID);
	assert_status(mm_q35_text_number("12x", &value), MM_E_INVALID);
	assert_status(mm_q35_text_number("-1", &value), MM_E_INVALID);
	assert_status(mm_q35_text_number("18446744073709551616", &value), MM_E_OVERFLOW);
	assert_int_equal(value, 5);
	assert_status(mm_q35_text_number("18446744073709551615", &value), MM_OK);
	assert_true(value == UINT64_MAX);
}

static void texts_compare_to_their_ends(void **state)
{
	(void)state;
	assert_true(mm_q35_text_equal("a", "a"));
	assert_false(mm_q35_text_equal("a", "ab"));
	assert_false(mm_q35_text_equal("ab", "a"));
	assert_int_equal(mm_q35_text_count("abc"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_whole),
		cmocka_unit_test(numbers_are_digits_only),
		cmocka_unit_test(texts_compare_to_their_ends),
	};

	return cmocka_run_group_tests_name("platform/text", tests, NULL, NULL);
}
