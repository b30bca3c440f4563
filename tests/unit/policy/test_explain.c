/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy_test.h"

#include "mm/policy/floor.h"
#include "mm/policy/gate.h"

static void ports(struct fake_policy *fake, enum mm_policy_list_kind kind)
{
	fake_policy_root(fake, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_root(fake, MM_POLICY_PORT, kind);
	fake_policy_port(fake, 0x110, 8, W);
	fake_policy_port(fake, 0x100, 0x10, RW);
	fake_policy_port(fake, 0x200, 2, W | STRICT);
}

static void names_the_entry_that_grants(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_ALLOW_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0x10e, 4, W, &why), MM_OK);
	assert_int_equal(why.rule, MM_POLICY_RULE_ALLOWED_ENTRY);
	assert_int_equal(why.root, 1);
	assert_int_equal(why.entry, 1);
	assert_string_equal(why.reason, "");
	assert_null(why.floor);
}

static void names_the_first_port_that_is_not_granted(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_ALLOW_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0x10e, 4, R, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.rule, MM_POLICY_RULE_NOT_COVERED);
	assert_int_equal(why.address, 0x110);
	assert_int_equal(why.entry, 0); /* it speaks about that port, without granting reads */
	assert_status(mm_policy_explain_port(decoded(*state), 0x116, 4, W, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.address, 0x118);
	assert_int_equal(why.entry, MM_POLICY_NO_ENTRY);
}

static void names_the_strict_entry(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_ALLOW_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0x200, 2, W, &why), MM_OK);
	assert_int_equal(why.entry, 2);
	assert_status(mm_policy_explain_port(decoded(*state), 0x200, 2, R, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.entry, 2);
}

static void names_the_entry_that_denies(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0xfe, 4, R, &why), MM_E_POLICY_REFUSED);
	assert_int_equal(why.rule, MM_POLICY_RULE_DENIED_ENTRY);
	assert_int_equal(why.entry, 1);
	assert_int_equal(why.address, 0x100);
	assert_status(mm_policy_explain_port(decoded(*state), 0x200, 2, W, &why), MM_E_POLICY_REFUSED);
	assert_int_equal(why.entry, 2);
	assert_status(mm_policy_explain_port(decoded(*state), 0x112, 1, R, &why), MM_OK);
	assert_int_equal(why.rule, MM_POLICY_RULE_NOT_DENIED);
	assert_int_equal(why.entry, MM_POLICY_NO_ENTRY);
}

static void says_floor_with_its_reason(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0xb0, 4, W, &why), MM_E_POLICY_FLOOR);
	assert_int_equal(why.rule, MM_POLICY_RULE_FLOOR);
	assert_int_equal(why.address, 0xb2);
	assert_non_null(why.floor);
	assert_string_equal(why.reason, why.floor->reason);
	assert_status(mm_policy_explain_msr(decoded(*state), 0x1f2, W, &why), MM_E_POLICY_FLOOR);
	assert_string_equal(mm_policy_rule_name(why.rule), "floor");
}

static void says_when_the_policy_is_silent(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_explain_memory(decoded(*state), 0x1000, 4, R, &why), MM_E_POLICY_NO_ROOT);
	assert_int_equal(why.rule, MM_POLICY_RULE_NO_ROOT);
	assert_int_equal(why.root, MM_POLICY_NO_ENTRY);
	assert_status(mm_policy_explain_instruction(decoded(*state), 0, &why), MM_E_POLICY_NO_ROOT);
	assert_int_equal(why.rule, MM_POLICY_RULE_NO_ROOT);
}

static void says_when_the_question_is_malformed(void **state)
{
	struct mm_policy_explanation why;

	ports(*state, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_explain_port(decoded(*state), 0x100, 3, R, &why), MM_E_INVALID);
	assert_int_equal(why.rule, MM_POLICY_RULE_INVALID);
	assert_status(mm_policy_explain_msr(decoded(*state), 0x100, 0, &why), MM_E_INVALID);
	assert_status(mm_policy_explain_memory(decoded(*state), 0x100, 0, R, &why), MM_E_INVALID);
	assert_status(mm_policy_explain_instruction(decoded(*state), 7, &why), MM_E_INVALID);
	assert_int_equal(why.rule, MM_POLICY_RULE_INVALID);
}

static void explains_instructions(void **state)
{
	struct mm_policy_explanation why;
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(*state, MM_POLICY_HLT, X);
	fake_policy_instruction(*state, MM_POLICY_CLI, X);
	policy = decoded(*state);
	assert_status(mm_policy_explain_instruction(policy, MM_POLICY_CLI, &why), MM_OK);
	assert_int_equal(why.entry, 1);
	assert_status(mm_policy_explain_instruction(policy, MM_POLICY_WBINVD, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.rule, MM_POLICY_RULE_NOT_COVERED);
	assert_int_equal(why.entry, MM_POLICY_NO_ENTRY);
}

static void explains_memory_and_msrs(void **state)
{
	struct mm_policy_explanation why;
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_memory(*state, 0x80000000, 0x1000, RW);
	fake_policy_msr(*state, 0x20, 4, RW);
	policy = decoded(*state);
	assert_status(mm_policy_explain_memory(policy, 0x80000ffe, 4, R, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.address, 0x80001000);
	assert_status(mm_policy_explain_memory(policy, 0xfedffffe, 4, R, &why), MM_E_POLICY_FLOOR);
	assert_int_equal(why.address, 0xfee00000);
	assert_status(mm_policy_explain_msr(policy, 0x23, R, &why), MM_E_POLICY_REFUSED);
	assert_int_equal(why.entry, 0);
	assert_status(mm_policy_explain_msr(policy, 0x24, R, &why), MM_OK);
}

static void every_rule_has_a_name(void **state)
{
	uint32_t rule;

	(void)state;
	for (rule = 0; rule <= MM_POLICY_RULE_DRIVER; rule++)
		assert_true(strlen(mm_policy_rule_name((enum mm_policy_rule)rule)) > 1);
	assert_string_equal(mm_policy_rule_name((enum mm_policy_rule)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(names_the_entry_that_grants),
		policy_test(names_the_first_port_that_is_not_granted),
		policy_test(names_the_strict_entry),
		policy_test(names_the_entry_that_denies),
		policy_test(says_floor_with_its_reason),
		policy_test(says_when_the_policy_is_silent),
		policy_test(says_when_the_question_is_malformed),
		policy_test(explains_instructions),
		policy_test(explains_memory_and_msrs),
		cmocka_unit_test(every_rule_has_a_name),
	};

	return cmocka_run_group_tests_name("policy/explain", tests, NULL, NULL);
}
