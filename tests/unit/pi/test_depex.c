/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/pi/crc32.h"
#include "mm/pi/depex.h"
#include "tests/mm_test.h"

/* GUIDs A, B, ... differ in their first byte. */
#define GUID(letter) (letter), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define PUSH(letter) MM_DEPEX_PUSH, GUID(letter)

static struct mm_pi_depex checked(const uint8_t *bytes, size_t count)
{
	struct mm_pi_depex depex;
	struct mm_refusal refusal = { "", 0, 0 };

	assert_status(mm_pi_depex_check_untrusted(mm_bytes(bytes, count), &depex, &refusal), MM_OK);
	return depex;
}
#define CHECKED(bytes) checked(bytes, sizeof(bytes))

/* The context is the string of installed letters. */
static bool is_installed(void *context, const struct mm_guid *guid)
{
	return strchr((const char *)context, (int)guid->data1) != NULL;
}

static bool value(const struct mm_pi_depex *depex, const char *installed)
{
	char letters[16];

	assert_true(strlen(installed) < sizeof(letters));
	strcpy(letters, installed);
	return mm_pi_depex_evaluate(depex, is_installed, letters);
}

static void constants_have_their_value(void **state)
{
	static const uint8_t yes[] = { MM_DEPEX_TRUE, MM_DEPEX_END };
	static const uint8_t no[] = { MM_DEPEX_FALSE, MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(yes);

	(void)state;
	assert_true(value(&depex, ""));
	assert_int_equal(depex.push_count, 0);
	assert_int_equal(depex.stack_depth, 1);
	depex = CHECKED(no);
	assert_false(value(&depex, ""));
}

static void push_asks_for_its_guid(void **state)
{
	static const uint8_t bytes[] = { PUSH('A'), MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(bytes);

	(void)state;
	assert_true(value(&depex, "A"));
	assert_false(value(&depex, "B"));
	assert_int_equal(depex.kind, MM_PI_DEPEX_EXPRESSION);
	assert_false(depex.is_sor);
}

/* Every expression over two operands against C's own operators. */
static void operators_agree_with_their_truth_tables(void **state)
{
	static const uint8_t and_bytes[] = { PUSH('A'), PUSH('B'), MM_DEPEX_AND, MM_DEPEX_END };
	static const uint8_t or_bytes[] = { PUSH('A'), PUSH('B'), MM_DEPEX_OR, MM_DEPEX_END };
	static const uint8_t not_bytes[] = { PUSH('A'), MM_DEPEX_NOT, MM_DEPEX_END };
	static const char *const installed[] = { "", "A", "B", "AB" };
	struct mm_pi_depex and_depex = CHECKED(and_bytes);
	struct mm_pi_depex or_depex = CHECKED(or_bytes);
	struct mm_pi_depex not_depex = CHECKED(not_bytes);
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(value(&and_depex, installed[i]), (i & 1) && (i & 2));
		assert_int_equal(value(&or_depex, installed[i]), (i & 1) || (i & 2));
		assert_int_equal(value(&not_depex, installed[i]), !(i & 1));
	}
}

static void operators_leave_the_rest_of_the_stack_alone(void **state)
{
	/* A (B (C NOT) AND) OR */
	static const uint8_t bytes[] = { PUSH('A'),    PUSH('B'),   PUSH('C'),	 MM_DEPEX_NOT,
					 MM_DEPEX_AND, MM_DEPEX_OR, MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(bytes);

	(void)state;
	assert_int_equal(depex.stack_depth, 3);
	assert_int_equal(depex.push_count, 3);
	assert_true(value(&depex, "A"));
	assert_true(value(&depex, "B"));
	assert_false(value(&depex, "BC"));
	assert_true(value(&depex, "ABC"));
	assert_false(value(&depex, ""));
}

/* A random expression in postfix and its value, computed on an array. */
static size_t random_expression(uint32_t *seed, uint8_t *bytes, const char *installed, bool *ret_value)
{
	bool stack[MM_PI_DEPEX_STACK_MAX];
	size_t count = 0;
	size_t depth = 0;
	int step;

	for (step = 0; step < 60 || depth > 1; step++) {
		uint32_t dice = (*seed = *seed * 1664525u + 1013904223u) >> 24;

		if (depth >= 2 && (step >= 60 || dice < 80)) {
			bool is_and = dice % 2 == 0;

			stack[depth - 2] =
				is_and ? stack[depth - 2] && stack[depth - 1] : stack[depth - 2] || stack[depth - 1];
			depth--;
			bytes[count++] = is_and ? MM_DEPEX_AND : MM_DEPEX_OR;
		} else if (depth >= 1 && dice < 110) {
			stack[depth - 1] = !stack[depth - 1];
			bytes[count++] = MM_DEPEX_NOT;
		} else if (depth < MM_PI_DEPEX_STACK_MAX) {
			uint8_t letter = (uint8_t)('A' + dice % 8);

			memset(bytes + count, 0, 17);
			bytes[count] = MM_DEPEX_PUSH;
			bytes[count + 1] = letter;
			count += 17;
			stack[depth++] = strchr(installed, letter) != NULL;
		}
	}
	bytes[count++] = MM_DEPEX_END;
	*ret_value = stack[0];
	return count;
}

static void agrees_with_a_naive_model_on_random_expressions(void **state)
{
	static uint8_t bytes[4096];
	uint32_t seed = 20261122;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		bool expected;
		size_t count = random_expression(&seed, bytes, "ACEG", &expected);
		struct mm_pi_depex depex = checked(bytes, count);

		assert_int_equal(value(&depex, "ACEG"), expected);
	}
}

static void uses_all_sixty_four_places(void **state)
{
	uint8_t bytes[2 * MM_PI_DEPEX_STACK_MAX];
	struct mm_pi_depex depex;

	(void)state;
	memset(bytes, MM_DEPEX_TRUE, MM_PI_DEPEX_STACK_MAX);
	memset(bytes + MM_PI_DEPEX_STACK_MAX, MM_DEPEX_AND, MM_PI_DEPEX_STACK_MAX - 1);
	bytes[sizeof(bytes) - 1] = MM_DEPEX_END;
	depex = CHECKED(bytes);
	assert_int_equal(depex.stack_depth, MM_PI_DEPEX_STACK_MAX);
	assert_true(value(&depex, ""));
	bytes[0] = MM_DEPEX_FALSE;
	depex = CHECKED(bytes);
	assert_false(value(&depex, ""));
}

static void sor_is_reported_and_not_evaluated(void **state)
{
	static const uint8_t bytes[] = { MM_DEPEX_SOR, PUSH('A'), MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(bytes);

	(void)state;
	assert_true(depex.is_sor);
	assert_int_equal(depex.bytes.count, sizeof(bytes) - 1);
	assert_true(value(&depex, "A"));
	assert_false(value(&depex, ""));
}

static void before_and_after_name_their_target(void **state)
{
	static const uint8_t before[] = { MM_DEPEX_BEFORE, GUID('A'), MM_DEPEX_END };
	static const uint8_t after[] = { MM_DEPEX_AFTER, GUID('B'), MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(before);
	struct mm_guid guid;
	size_t cursor = 0;

	(void)state;
	assert_int_equal(depex.kind, MM_PI_DEPEX_BEFORE);
	assert_int_equal(depex.target.data1, 'A');
	assert_false(value(&depex, "A"));
	assert_false(mm_pi_depex_next_guid(&depex, &cursor, &guid));
	depex = CHECKED(after);
	assert_int_equal(depex.kind, MM_PI_DEPEX_AFTER);
	assert_int_equal(depex.target.data1, 'B');
}

static void lists_the_guids_in_order_with_repetitions(void **state)
{
	static const uint8_t bytes[] = { MM_DEPEX_TRUE, PUSH('A'), MM_DEPEX_AND, PUSH('B'),
					 MM_DEPEX_AND,	PUSH('A'), MM_DEPEX_OR,	 MM_DEPEX_END };
	struct mm_pi_depex depex = CHECKED(bytes);
	const char expected[] = "ABA";
	struct mm_guid guid;
	size_t cursor = 0;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(mm_pi_depex_next_guid(&depex, &cursor, &guid));
		assert_int_equal(guid.data1, expected[i]);
	}
	assert_false(mm_pi_depex_next_guid(&depex, &cursor, &guid));
	assert_false(mm_pi_depex_next_guid(&depex, &cursor, &guid));
}

static void keeps_its_result_untouched_on_refusal(void **state)
{
	static const uint8_t bytes[] = { MM_DEPEX_TRUE, 0x33 };
	struct mm_pi_depex depex = { MM_PI_DEPEX_AFTER, true, { 0 }, { NULL, 5 }, 6, 7 };
	struct mm_refusal refusal;

	(void)state;
	assert_status(mm_pi_depex_check_untrusted(mm_bytes(bytes, 2), &depex, &refusal), MM_E_DEPEX_OPCODE);
	assert_int_equal(depex.push_count, 6);
	assert_int_equal(refusal.offset, 1);
	assert_int_equal(refusal.value, 0x33);
	assert_string_equal(refusal.field, "opcode");
}

static void crc_of_the_check_string_is_the_published_one(void **state)
{
	(void)state;
	assert_int_equal(mm_pi_crc32(mm_bytes("123456789", 9)), 0xCBF43926);
	assert_int_equal(mm_pi_crc32(mm_bytes("", 0)), 0);
	assert_int_equal(mm_pi_crc32(mm_bytes("\0\0\0\0", 4)), 0x2144DF1C);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constants_have_their_value),
		cmocka_unit_test(push_asks_for_its_guid),
		cmocka_unit_test(operators_agree_with_their_truth_tables),
		cmocka_unit_test(operators_leave_the_rest_of_the_stack_alone),
		cmocka_unit_test(agrees_with_a_naive_model_on_random_expressions),
		cmocka_unit_test(uses_all_sixty_four_places),
		cmocka_unit_test(sor_is_reported_and_not_evaluated),
		cmocka_unit_test(before_and_after_name_their_target),
		cmocka_unit_test(lists_the_guids_in_order_with_repetitions),
		cmocka_unit_test(keeps_its_result_untouched_on_refusal),
		cmocka_unit_test(crc_of_the_check_string_is_the_published_one),
	};

	return cmocka_run_group_tests_name("pi/depex", tests, NULL, NULL);
}
