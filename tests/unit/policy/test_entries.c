/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The descriptors of each root: one defect per test. */
#include "policy_test.h"

static void assert_bad(struct fake_policy *fake, enum mm_status expected, const char *field)
{
	assert_refused(fake, fake_policy_blob(fake), expected, field);
}

static void ports(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
}

static void refuses_a_port_range_of_no_ports(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0x70, 0, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "IO LengthOrWidth");
}

static void refuses_a_port_range_beyond_the_last_port(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xffff, 2, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "IO LengthOrWidth");
}

static void accepts_the_last_port(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xffff, 1, R);
	fake_policy_port(*state, 0x0, 0xffff, W);
	assert_int_equal(decoded(*state)->ports.span_count, 2);
}

static void refuses_a_strict_width_of_three(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0x70, 3, R | STRICT);
	assert_bad(*state, MM_E_POLICY_WIDTH, "IO LengthOrWidth");
}

static void refuses_a_strict_access_beyond_the_last_port(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xfffe, 4, R | STRICT);
	assert_bad(*state, MM_E_POLICY_RANGE, "IO LengthOrWidth");
}

static void refuses_a_port_entry_about_no_access(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0x70, 1, X);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "IO Attributes");
}

static void refuses_conditions_on_ports(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0x70, 1, R | MM_POLICY_COND_READ);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "IO Attributes");
}

static void refuses_unknown_port_attributes(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0x70, 1, R | 0x40);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "IO Attributes");
}

static void refuses_the_reserved_field_of_a_port_entry(void **state)
{
	struct fake_policy *fake = *state;

	ports(fake);
	fake_policy_port(fake, 0x70, 1, R);
	fake->roots[0].data[6] = 1;
	assert_bad(fake, MM_E_POLICY_RESERVED, "IO Reserved");
}

static void refuses_overlapping_port_ranges_in_either_order(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_refusal refusal;

	ports(fake);
	fake_policy_port(fake, 0x80, 8, R);
	fake_policy_port(fake, 0x70, 2, R);
	fake_policy_port(fake, 0x7f, 2, W);
	assert_status(fake_policy_decode(fake, &refusal), MM_E_POLICY_OVERLAP);
	assert_int_equal(refusal.value, 2);
	assert_int_equal(refusal.offset, 0x40 + 2 * 8);
}

static void refuses_a_range_that_holds_a_strict_entry(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xcf8, 4, W | STRICT);
	fake_policy_port(*state, 0xcf0, 0x10, R);
	assert_bad(*state, MM_E_POLICY_OVERLAP, "IO entry");
}

static void refuses_a_strict_entry_that_reaches_into_a_range(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xcfb, 1, R);
	fake_policy_port(*state, 0xcf8, 4, W | STRICT);
	assert_bad(*state, MM_E_POLICY_OVERLAP, "IO entry");
}

static void accepts_strict_entries_of_different_widths_at_one_port(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xcf8, 4, W | STRICT);
	fake_policy_port(*state, 0xcf8, 1, W | STRICT);
	fake_policy_port(*state, 0xcfa, 2, W | STRICT);
	assert_int_equal(decoded(*state)->ports.strict_count, 3);
}

static void refuses_the_same_strict_entry_twice(void **state)
{
	ports(*state);
	fake_policy_port(*state, 0xcf8, 4, W | STRICT);
	fake_policy_port(*state, 0xcf8, 1, W | STRICT);
	fake_policy_port(*state, 0xcf8, 4, R | STRICT);
	assert_bad(*state, MM_E_POLICY_DUPLICATE, "IO entry");
}

static void refuses_an_msr_range_of_no_msrs(void **state)
{
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0x10, 0, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "MSR Length");
}

static void refuses_an_msr_range_that_wraps(void **state)
{
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0xffffffff, 2, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "MSR Length");
}

static void accepts_the_last_msr(void **state)
{
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0xffffffff, 1, R);
	assert_int_equal(decoded(*state)->msrs.spans[0].last, 0xffffffff);
}

static void refuses_strict_width_on_an_msr(void **state)
{
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0x10, 1, R | STRICT);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "MSR Attributes");
}

static void refuses_overlapping_msr_ranges(void **state)
{
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0xc0000080, 5, R);
	fake_policy_msr(*state, 0xc0000084, 1, W);
	assert_bad(*state, MM_E_POLICY_OVERLAP, "MSR entry");
}

static void refuses_memory_of_no_bytes(void **state)
{
	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, 0x1000, 0, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "MEM Size");
}

static void refuses_memory_that_wraps(void **state)
{
	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, UINT64_MAX - 0xfff, 0x1001, R);
	assert_bad(*state, MM_E_POLICY_RANGE, "MEM Size");
}

static void accepts_memory_up_to_the_last_byte(void **state)
{
	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, UINT64_MAX - 0xfff, 0x1000, R);
	assert_true(decoded(*state)->memory.spans[0].last == UINT64_MAX);
}

static void refuses_unknown_memory_attributes(void **state)
{
	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, 0x1000, 0x1000, R | 0x100);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "MEM Attributes");
}

static void refuses_the_reserved_field_of_memory(void **state)
{
	struct fake_policy *fake = *state;

	fake_policy_root(fake, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(fake, 0x1000, 0x1000, R);
	fake->roots[0].data[0x17] = 1;
	assert_bad(fake, MM_E_POLICY_RESERVED, "MEM Reserved");
}

static void refuses_overlapping_memory(void **state)
{
	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, 0x2000, 0x1000, R);
	fake_policy_memory(*state, 0x1000, 0x1001, R);
	assert_bad(*state, MM_E_POLICY_OVERLAP, "MEM entry");
}

static void refuses_an_unknown_instruction(void **state)
{
	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(*state, 3, X);
	assert_bad(*state, MM_E_POLICY_FIELD, "INSTRUCTION Index");
}

static void refuses_an_instruction_that_is_not_executed(void **state)
{
	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(*state, 0, R);
	assert_bad(*state, MM_E_POLICY_ATTRIBUTE, "INSTRUCTION Attributes");
}

static void refuses_an_instruction_twice(void **state)
{
	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(*state, 2, X);
	fake_policy_instruction(*state, 2, X);
	assert_bad(*state, MM_E_POLICY_DUPLICATE, "INSTRUCTION Index");
}

static void refuses_the_reserved_field_of_an_instruction(void **state)
{
	struct fake_policy *fake = *state;

	fake_policy_root(fake, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(fake, 0, X);
	fake->roots[0].data[7] = 1;
	assert_bad(fake, MM_E_POLICY_RESERVED, "INSTRUCTION Reserved");
}

static void assert_bad_save_state(void **state, uint32_t field, uint32_t attr, uint32_t condition,
				  enum mm_status expected, const char *name)
{
	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, field, attr, condition);
	assert_bad(*state, expected, name);
}

static void refuses_an_unknown_save_state_field(void **state)
{
	assert_bad_save_state(state, 2, R, 0, MM_E_POLICY_FIELD, "SAVE_STATE MapField");
}

static void refuses_writing_the_save_state(void **state)
{
	assert_bad_save_state(state, 0, RW, 0, MM_E_POLICY_ATTRIBUTE, "SAVE_STATE Attributes");
}

static void refuses_conditional_writing_of_the_save_state(void **state)
{
	assert_bad_save_state(state, 0, MM_POLICY_COND_WRITE, 1, MM_E_POLICY_ATTRIBUTE, "SAVE_STATE Attributes");
}

static void refuses_reading_both_always_and_under_a_condition(void **state)
{
	assert_bad_save_state(state, 0, R | MM_POLICY_COND_READ, 2, MM_E_POLICY_ATTRIBUTE, "SAVE_STATE Attributes");
}

static void refuses_a_condition_without_conditional_reading(void **state)
{
	assert_bad_save_state(state, 0, R, MM_POLICY_IF_IO_WRITE, MM_E_POLICY_CONDITION, "SAVE_STATE AccessCondition");
}

static void refuses_conditional_reading_without_a_condition(void **state)
{
	assert_bad_save_state(state, 0, MM_POLICY_COND_READ, 0, MM_E_POLICY_CONDITION, "SAVE_STATE AccessCondition");
}

static void refuses_an_unknown_condition(void **state)
{
	assert_bad_save_state(state, 0, MM_POLICY_COND_READ, 3, MM_E_POLICY_CONDITION, "SAVE_STATE AccessCondition");
}

static void refuses_a_save_state_field_twice(void **state)
{
	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, 1, R, 0);
	fake_policy_save_state(*state, 1, R, 0);
	assert_bad(*state, MM_E_POLICY_DUPLICATE, "SAVE_STATE MapField");
}

static void refuses_the_reserved_field_of_save_state(void **state)
{
	struct fake_policy *fake = *state;

	fake_policy_root(fake, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(fake, 1, R, 0);
	fake->roots[0].data[12] = 1;
	assert_bad(fake, MM_E_POLICY_RESERVED, "SAVE_STATE Reserved");
}

static void sorts_what_comes_in_any_order(void **state)
{
	struct fake_policy *fake = *state;
	const struct mm_policy *policy;
	uint32_t i;

	fake_policy_root(fake, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	for (i = 0; i < 997; i++)
		fake_policy_msr(fake, i * 331 % 997 * 2, 1, R);
	policy = decoded(fake);
	for (i = 0; i < 997; i++) {
		assert_int_equal(policy->msrs.spans[i].first, i * 2);
		assert_int_equal(policy->msrs.spans[i].entry * 331 % 997, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(refuses_a_port_range_of_no_ports),
		policy_test(refuses_a_port_range_beyond_the_last_port),
		policy_test(accepts_the_last_port),
		policy_test(refuses_a_strict_width_of_three),
		policy_test(refuses_a_strict_access_beyond_the_last_port),
		policy_test(refuses_a_port_entry_about_no_access),
		policy_test(refuses_conditions_on_ports),
		policy_test(refuses_unknown_port_attributes),
		policy_test(refuses_the_reserved_field_of_a_port_entry),
		policy_test(refuses_overlapping_port_ranges_in_either_order),
		policy_test(refuses_a_range_that_holds_a_strict_entry),
		policy_test(refuses_a_strict_entry_that_reaches_into_a_range),
		policy_test(accepts_strict_entries_of_different_widths_at_one_port),
		policy_test(refuses_the_same_strict_entry_twice),
		policy_test(refuses_an_msr_range_of_no_msrs),
		policy_test(refuses_an_msr_range_that_wraps),
		policy_test(accepts_the_last_msr),
		policy_test(refuses_strict_width_on_an_msr),
		policy_test(refuses_overlapping_msr_ranges),
		policy_test(refuses_memory_of_no_bytes),
		policy_test(refuses_memory_that_wraps),
		policy_test(accepts_memory_up_to_the_last_byte),
		policy_test(refuses_unknown_memory_attributes),
		policy_test(refuses_the_reserved_field_of_memory),
		policy_test(refuses_overlapping_memory),
		policy_test(refuses_an_unknown_instruction),
		policy_test(refuses_an_instruction_that_is_not_executed),
		policy_test(refuses_an_instruction_twice),
		policy_test(refuses_the_reserved_field_of_an_instruction),
		policy_test(refuses_an_unknown_save_state_field),
		policy_test(refuses_writing_the_save_state),
		policy_test(refuses_conditional_writing_of_the_save_state),
		policy_test(refuses_reading_both_always_and_under_a_condition),
		policy_test(refuses_a_condition_without_conditional_reading),
		policy_test(refuses_conditional_reading_without_a_condition),
		policy_test(refuses_an_unknown_condition),
		policy_test(refuses_a_save_state_field_twice),
		policy_test(refuses_the_reserved_field_of_save_state),
		policy_test(sorts_what_comes_in_any_order),
	};

	return cmocka_run_group_tests_name("policy/entries", tests, NULL, NULL);
}
