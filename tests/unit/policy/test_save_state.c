/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What ring 3 may see of a CPU's save state. */
#include "policy_test.h"

#include "mm/policy/gate.h"

static const struct mm_policy_io_trap no_trap = { false, false, 0 };
static const struct mm_policy_io_trap out8 = { true, true, 1 };
static const struct mm_policy_io_trap out32 = { true, true, 4 };
static const struct mm_policy_io_trap in8 = { true, false, 1 };

static struct mm_policy_save_query query(enum mm_policy_save_register reg, uint32_t bytes,
					 struct mm_policy_io_trap trap)
{
	struct mm_policy_save_query q = { reg, bytes, false, trap };

	return q;
}

static enum mm_status rax(const struct mm_policy *policy, uint32_t bytes, struct mm_policy_io_trap trap)
{
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_RAX, bytes, trap);

	return mm_policy_gate_save_state(policy, &q);
}

static enum mm_status io(const struct mm_policy *policy, struct mm_policy_io_trap trap)
{
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_IO, 24, trap);

	return mm_policy_gate_save_state(policy, &q);
}

static enum mm_status other(const struct mm_policy *policy)
{
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_OTHER, 8, out8);

	return mm_policy_gate_save_state(policy, &q);
}

/* The shipped root: RAX under an OUT, the I/O information always. */
static const struct mm_policy *shipped(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(fake, MM_POLICY_SAVE_RAX, MM_POLICY_COND_READ, MM_POLICY_IF_IO_WRITE);
	fake_policy_save_state(fake, MM_POLICY_SAVE_IO_TRAP, R, MM_POLICY_ALWAYS);
	return decoded(fake);
}

static void one_byte_of_rax_after_an_8_bit_out_is_granted(void **state)
{
	assert_status(rax(shipped(*state), 1, out8), MM_OK);
}

static void more_of_rax_than_was_written_is_refused(void **state)
{
	const struct mm_policy *policy = shipped(*state);

	assert_status(rax(policy, 2, out8), MM_E_POLICY_WIDTH_EXCEEDED);
	assert_status(rax(policy, 4, out32), MM_OK);
	assert_status(rax(policy, 8, out32), MM_E_POLICY_WIDTH_EXCEEDED);
}

static void rax_after_an_in_is_refused(void **state)
{
	assert_status(rax(shipped(*state), 1, in8), MM_E_POLICY_CONDITION_FALSE);
}

static void a_cpu_that_did_not_trap_has_nothing_to_read(void **state)
{
	const struct mm_policy *policy = shipped(*state);

	assert_status(rax(policy, 1, no_trap), MM_E_NOT_FOUND);
	assert_status(io(policy, no_trap), MM_E_NOT_FOUND);
}

static void io_information_needs_what_its_data_needs(void **state)
{
	const struct mm_policy *policy = shipped(*state);

	assert_status(io(policy, out8), MM_OK);
	assert_status(io(policy, in8), MM_E_POLICY_CONDITION_FALSE);
}

static void io_information_without_rax_is_refused(void **state)
{
	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, MM_POLICY_SAVE_IO_TRAP, R, MM_POLICY_ALWAYS);
	assert_status(io(decoded(*state), out8), MM_E_POLICY_NOT_GRANTED);
}

static void rax_may_be_granted_without_a_condition(void **state)
{
	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, MM_POLICY_SAVE_RAX, R, MM_POLICY_ALWAYS);
	assert_status(rax(decoded(*state), 1, in8), MM_OK);
	assert_status(rax(&((struct fake_policy *)*state)->policy, 1, no_trap), MM_E_NOT_FOUND);
}

static void the_condition_on_reading_holds_for_an_in(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, MM_POLICY_SAVE_RAX, MM_POLICY_COND_READ, MM_POLICY_IF_IO_READ);
	policy = decoded(*state);
	assert_status(rax(policy, 1, in8), MM_OK);
	assert_status(rax(policy, 1, out8), MM_E_POLICY_CONDITION_FALSE);
}

static void other_registers_are_refused_under_an_allow_list(void **state)
{
	assert_status(other(shipped(*state)), MM_E_POLICY_NOT_GRANTED);
}

static void a_deny_list_refuses_what_it_names_and_no_more(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_DENY_LIST);
	fake_policy_save_state(*state, MM_POLICY_SAVE_RAX, MM_POLICY_COND_READ, MM_POLICY_IF_IO_READ);
	policy = decoded(*state);
	assert_status(rax(policy, 8, in8), MM_E_POLICY_REFUSED);
	assert_status(rax(policy, 8, out8), MM_OK);
	assert_status(other(policy), MM_OK);
	assert_status(io(policy, in8), MM_E_POLICY_REFUSED);
	assert_status(io(policy, no_trap), MM_E_NOT_FOUND);
}

static void the_processor_id_is_always_granted(void **state)
{
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_PROCESSOR_ID, 8, no_trap);

	assert_status(mm_policy_gate_save_state(shipped(*state), &q), MM_OK);
}

static void writing_is_never_granted(void **state)
{
	const struct mm_policy *policy = shipped(*state);
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_PROCESSOR_ID, 8, out8);

	q.is_write = true;
	assert_status(mm_policy_gate_save_state(policy, &q), MM_E_POLICY_FLOOR);
	q.reg = MM_POLICY_REGISTER_RAX;
	assert_status(mm_policy_gate_save_state(policy, &q), MM_E_POLICY_FLOOR);
}

static void malformed_questions_are_refused(void **state)
{
	const struct mm_policy *policy = shipped(*state);
	struct mm_policy_io_trap odd = { true, true, 3 };

	assert_status(rax(policy, 0, out8), MM_E_INVALID);
	assert_status(rax(policy, 1, odd), MM_E_INVALID);
}

static void a_missing_root_denies_unless_a_low_level_is_declared(void **state)
{
	struct fake_policy *fake = *state;

	fake_policy_root(fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	assert_status(rax(decoded(fake), 1, out8), MM_E_POLICY_NO_ROOT);
	fake->policy.settings.isolation_level = 30;
	assert_status(rax(&fake->policy, 1, out8), MM_E_POLICY_NO_ROOT);
	fake->policy.settings.isolation_level = 20;
	assert_status(rax(&fake->policy, 8, no_trap), MM_OK);
	assert_status(other(&fake->policy), MM_OK);
}

static void explains_who_decided(void **state)
{
	const struct mm_policy *policy = shipped(*state);
	struct mm_policy_explanation why;
	struct mm_policy_save_query q = query(MM_POLICY_REGISTER_IO, 24, in8);

	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_E_POLICY_CONDITION_FALSE);
	assert_int_equal(why.rule, MM_POLICY_RULE_CONDITION);
	assert_int_equal(why.entry, 0); /* RAX's entry, though the I/O information was asked for */
	q.trap = no_trap;
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_E_NOT_FOUND);
	assert_int_equal(why.rule, MM_POLICY_RULE_NO_TRAP);
	q.trap = out8;
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_OK);
	assert_int_equal(why.rule, MM_POLICY_RULE_ALLOWED_ENTRY);
	assert_int_equal(why.entry, 1);
	q.reg = MM_POLICY_REGISTER_OTHER;
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_E_POLICY_NOT_GRANTED);
	assert_int_equal(why.rule, MM_POLICY_RULE_NOT_COVERED);
	q.is_write = true;
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_E_POLICY_FLOOR);
	assert_int_equal(why.rule, MM_POLICY_RULE_NEVER);
	q = query(MM_POLICY_REGISTER_PROCESSOR_ID, 8, out8);
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_OK);
	assert_int_equal(why.rule, MM_POLICY_RULE_ALWAYS);
	q = query(MM_POLICY_REGISTER_RAX, 4, out8);
	assert_status(mm_policy_explain_save_state(policy, &q, &why), MM_E_POLICY_WIDTH_EXCEEDED);
	assert_int_equal(why.rule, MM_POLICY_RULE_WIDTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(one_byte_of_rax_after_an_8_bit_out_is_granted),
		policy_test(more_of_rax_than_was_written_is_refused),
		policy_test(rax_after_an_in_is_refused),
		policy_test(a_cpu_that_did_not_trap_has_nothing_to_read),
		policy_test(io_information_needs_what_its_data_needs),
		policy_test(io_information_without_rax_is_refused),
		policy_test(rax_may_be_granted_without_a_condition),
		policy_test(the_condition_on_reading_holds_for_an_in),
		policy_test(other_registers_are_refused_under_an_allow_list),
		policy_test(a_deny_list_refuses_what_it_names_and_no_more),
		policy_test(the_processor_id_is_always_granted),
		policy_test(writing_is_never_granted),
		policy_test(malformed_questions_are_refused),
		policy_test(a_missing_root_denies_unless_a_low_level_is_declared),
		policy_test(explains_who_decided),
	};

	return cmocka_run_group_tests_name("policy/save-state", tests, NULL, NULL);
}
