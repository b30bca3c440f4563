/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The list of statuses: every one has a name and a text of its own, and numbers say which room answers. */
#include "mm/base/compiler.h"
#include "mm/base/status.h"
#include "tests/mm_test.h"

static const struct {
	enum mm_status status;
	const char *name;
	const char *text;
} list[] = {
#define MM_STATUS(name, number, text) { MM_##name, #name, text },
#include "mm/base/status_list.h"
#undef MM_STATUS
};

static void every_status_has_its_name_and_text(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MM_ARRAY_COUNT(list); i++) {
		assert_string_equal(mm_status_name(list[i].status), list[i].name);
		assert_string_equal(mm_status_text(list[i].status), list[i].text);
		assert_true(strlen(list[i].text) > 4);
	}
}

static void names_and_texts_are_not_shared(void **state)
{
	size_t i;
	size_t k;

	(void)state;
	for (i = 0; i < MM_ARRAY_COUNT(list); i++) {
		for (k = 0; k < i; k++) {
			assert_int_not_equal(list[i].status, list[k].status);
			assert_string_not_equal(list[i].name, list[k].name);
			assert_string_not_equal(list[i].text, list[k].text);
		}
	}
}

static void other_numbers_are_called_unknown(void **state)
{
	(void)state;
	assert_string_equal(mm_status_name((enum mm_status) - 99999), "E_?");
	assert_string_equal(mm_status_text((enum mm_status) - 99999), "unknown status");
}

static void success_is_zero_and_errors_are_negative(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(MM_OK, 0);
	for (i = 0; i < MM_ARRAY_COUNT(list); i++)
		assert_true(list[i].status < 0 || i == 0);
}

static void a_refusal_is_written_where_one_is_wanted(void **state)
{
	struct mm_refusal refusal = { NULL, 0, 0 };

	(void)state;
	assert_status(mm_refuse(&refusal, MM_E_LIMIT, "count", 8, 9), MM_E_LIMIT);
	assert_string_equal(refusal.field, "count");
	assert_int_equal(refusal.offset, 8);
	assert_int_equal(refusal.value, 9);
	assert_status(mm_refuse(NULL, MM_E_STALE, "count", 8, 9), MM_E_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_name_and_text),
		cmocka_unit_test(names_and_texts_are_not_shared),
		cmocka_unit_test(other_numbers_are_called_unknown),
		cmocka_unit_test(success_is_zero_and_errors_are_negative),
		cmocka_unit_test(a_refusal_is_written_where_one_is_wanted),
	};

	return cmocka_run_group_tests_name("base/status", tests, NULL, NULL);
}
