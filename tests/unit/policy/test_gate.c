/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The seven cases of the ancestor's own test, the gaps it left, and the semantics we chose. */
#include "policy_test.h"

#include "mm/policy/gate.h"

static void one_port(struct fake_policy *fake, enum mm_policy_list_kind kind)
{
	fake_policy_root(fake, MM_POLICY_PORT, kind);
	fake_policy_port(fake, 0x72, 1, R);
}

static void allow_io(void **state)
{
	const struct mm_policy *policy;

	one_port(*state, MM_POLICY_ALLOW_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x72, 1, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x72, 1, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0x71, 1, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0x71, 1, W), MM_E_POLICY_NOT_GRANTED);
}

static void deny_io(void **state)
{
	const struct mm_policy *policy;

	one_port(*state, MM_POLICY_DENY_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x72, 1, R), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0x72, 1, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x71, 1, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x71, 1, W), MM_OK);
}

static void overflow_io(void **state)
{
	const struct mm_policy *policy;

	one_port(*state, MM_POLICY_ALLOW_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xfffd, 4, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0xffff, 2, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0xffff, 1, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xfffc, 4, R), MM_E_POLICY_NOT_GRANTED);
}

static void allow_msr(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	fake_policy_msr(*state, 0xc0000080, 2, R);
	policy = decoded(*state);
	assert_status(mm_policy_gate_msr(policy, 0xc0000080, R), MM_OK);
	assert_status(mm_policy_gate_msr(policy, 0xc0000081, R), MM_OK);
	/* Refused by the ancestor's list as well; the floor is asked first. */
	assert_status(mm_policy_gate_msr(policy, 0xc0000080, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_msr(policy, 0xc0000081, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_msr(policy, 0x71, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_msr(policy, 0x71, W), MM_E_POLICY_NOT_GRANTED);
}

static void deny_msr(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_msr(*state, 0xc0000080, 2, R);
	policy = decoded(*state);
	assert_status(mm_policy_gate_msr(policy, 0xc0000080, R), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_msr(policy, 0xc0000081, R), MM_E_POLICY_REFUSED);
	/* The ancestor grants these, because no entry denies them: writing EFER from ring 3. The floor does not. */
	assert_status(mm_policy_gate_msr(policy, 0xc0000080, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_msr(policy, 0xc0000081, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_msr(policy, 0x71, RW), MM_OK);
}

static void allow_instruction(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_instruction(*state, MM_POLICY_CLI, X);
	policy = decoded(*state);
	assert_status(mm_policy_gate_instruction(policy, MM_POLICY_CLI), MM_OK);
	assert_status(mm_policy_gate_instruction(policy, MM_POLICY_HLT), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_instruction(policy, 3), MM_E_INVALID);
}

static void deny_instruction(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_DENY_LIST);
	fake_policy_instruction(*state, MM_POLICY_CLI, X);
	policy = decoded(*state);
	assert_status(mm_policy_gate_instruction(policy, MM_POLICY_CLI), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_instruction(policy, MM_POLICY_HLT), MM_OK);
}

static void refuses_malformed_questions(void **state)
{
	const struct mm_policy *policy;

	one_port(*state, MM_POLICY_DENY_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x60, 1, 0), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0x60, 1, X), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0x60, 3, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0x60, 8, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0x60, 0, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0x10000, 1, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port(policy, 0xffffffff, 1, R), MM_E_INVALID);
	assert_status(mm_policy_gate_msr(policy, 0x10, 0), MM_E_INVALID);
	assert_status(mm_policy_gate_msr(policy, 0x10, X | R), MM_E_INVALID);
	assert_status(mm_policy_gate_port_range(policy, 0x60, 0, R), MM_E_INVALID);
	assert_status(mm_policy_gate_port_range(policy, 1, 0x10000, R), MM_E_INVALID);
	assert_status(mm_policy_gate_memory(policy, 0, 0, R), MM_E_INVALID);
	assert_status(mm_policy_gate_memory(policy, UINT64_MAX, 2, R), MM_E_INVALID);
}

static void a_missing_root_denies(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_INSTRUCTION, MM_POLICY_DENY_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x60, 1, R), MM_E_POLICY_NO_ROOT);
	assert_status(mm_policy_gate_msr(policy, 0x10, R), MM_E_POLICY_NO_ROOT);
	assert_status(mm_policy_gate_memory(policy, 0x1000, 1, R), MM_E_POLICY_NO_ROOT);
	fake_policy_finish(*state);
	fake_policy_init(*state);
	one_port(*state, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_gate_instruction(decoded(*state), 0), MM_E_POLICY_NO_ROOT);
}

static void an_empty_root_says_its_default(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x60, 1, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_msr(policy, 0x10, RW), MM_OK);
}

static void an_access_that_encloses_a_denied_port_is_denied(void **state)
{
	const struct mm_policy *policy;
	uint32_t port;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0x72, 1, R);
	policy = decoded(*state);
	for (port = 0x6f; port <= 0x72; port++)
		assert_status(mm_policy_gate_port(policy, port, 4, R), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0x6e, 4, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x73, 4, R), MM_OK);
}

static void an_access_that_is_granted_only_in_part_is_denied(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0x71, 2, R);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x71, 2, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x70, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0x72, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0x70, 4, R), MM_E_POLICY_NOT_GRANTED);
}

static void neighbouring_grants_add_up(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0x72, 2, RW);
	fake_policy_port(*state, 0x70, 2, R);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0x70, 4, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0x70, 4, RW), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0x72, 2, RW), MM_OK);
}

static void both_rights_must_be_granted(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	fake_policy_msr(*state, 0x10, 1, R);
	fake_policy_msr(*state, 0x11, 1, W);
	policy = decoded(*state);
	assert_status(mm_policy_gate_msr(policy, 0x10, RW), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_msr(policy, 0x11, RW), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_msr(policy, 0x11, W), MM_OK);
}

static void an_entry_with_another_right_hides_no_later_entry(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0x70, 1, W);
	fake_policy_port(*state, 0x71, 1, R);
	policy = decoded(*state);
	/* The ancestor stops at the first entry that covers a byte and never sees the second. */
	assert_status(mm_policy_gate_port(policy, 0x70, 2, R), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0x70, 1, R), MM_OK);
}

static void a_strict_denial_is_about_one_port_and_width(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0xd00, 4, W | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xd00, 4, W), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 4, RW), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 4, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xd00, 2, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xcff, 4, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xd01, 4, W), MM_OK);
}

static void a_strict_grant_is_about_one_port_and_width(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0xd00, 2, W | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xd00, 2, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xd00, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 1, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xd01, 1, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 4, W), MM_E_POLICY_NOT_GRANTED);
}

static void three_widths_at_one_port_are_told_apart(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0xd00, 1, R | STRICT);
	fake_policy_port(*state, 0xd00, 2, W | STRICT);
	fake_policy_port(*state, 0xd00, 4, RW | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xd00, 1, R), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xd00, 1, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 2, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xd00, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port(policy, 0xd00, 4, RW), MM_OK);
}

static void a_range_is_granted_when_every_access_in_it_is(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0x100, 0x10, RW);
	fake_policy_port(*state, 0x110, 0x10, R);
	fake_policy_port(*state, 0x120, 4, RW | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port_range(policy, 0x100, 0x20, R), MM_OK);
	assert_status(mm_policy_gate_port_range(policy, 0x100, 0x11, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port_range(policy, 0x11f, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_port_range(policy, 0x120, 4, R), MM_E_POLICY_NOT_GRANTED);
}

static void a_range_is_denied_when_a_strict_denial_touches_it(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0x120, 4, W | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port_range(policy, 0x11e, 3, W), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port_range(policy, 0x123, 1, W), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port_range(policy, 0x124, 1, W), MM_OK);
	assert_status(mm_policy_gate_port_range(policy, 0x11e, 8, R), MM_OK);
	assert_status(mm_policy_gate_port_range(policy, 0xb0, 4, R), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_port_range(policy, 0, 0x10000, W), MM_E_POLICY_FLOOR);
}

static void memory_is_granted_when_entries_cover_it(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(*state, 0x80000000, 0x1000, RW);
	fake_policy_memory(*state, 0x80001000, 0x1000, R);
	policy = decoded(*state);
	assert_status(mm_policy_gate_memory(policy, 0x80000000, 0x2000, R), MM_OK);
	assert_status(mm_policy_gate_memory(policy, 0x80000000, 0x1001, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_memory(policy, 0x80001fff, 2, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_memory(policy, 0x7fffffff, 2, R), MM_E_POLICY_NOT_GRANTED);
}

static void memory_is_denied_when_an_entry_touches_it(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_MEMORY, MM_POLICY_DENY_LIST);
	fake_policy_memory(*state, 0x80000000, 0x1000, W);
	policy = decoded(*state);
	assert_status(mm_policy_gate_memory(policy, 0x7ffff000, 0x1001, W), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_memory(policy, 0x80000000, 0x1000, R), MM_OK);
	assert_status(mm_policy_gate_memory(policy, 0x80001000, 0x1000, RW), MM_OK);
	assert_status(mm_policy_gate_memory(policy, 0xfee00000, 4, R), MM_E_POLICY_FLOOR);
}

static void the_bitmap_opens_what_every_access_may_use(void **state)
{
	static uint8_t bitmap[MM_POLICY_PORT_BITMAP_BYTES];

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0x100, 8, RW);
	fake_policy_port(*state, 0x108, 8, R);
	fake_policy_port(*state, 0x110, 1, RW | STRICT);
	fake_policy_port(*state, 0xb0, 4, RW);
	assert_int_equal(mm_policy_build_port_bitmap(decoded(*state), bitmap), 8 + 2);
	assert_int_equal(bitmap[0x100 / 8], 0x00);
	assert_int_equal(bitmap[0x108 / 8], 0xff);
	assert_int_equal(bitmap[0x110 / 8], 0xff);
	assert_int_equal(bitmap[0xb0 / 8], 0xfc);
	assert_int_equal(bitmap[MM_POLICY_PORT_BITMAP_BYTES - 1], 0xff);
}

static void the_bitmap_closes_what_a_strict_denial_reaches(void **state)
{
	static uint8_t bitmap[MM_POLICY_PORT_BITMAP_BYTES];
	uint32_t opened;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0x100, 4, W | STRICT);
	fake_policy_port(*state, 0x102, 1, R | STRICT);
	opened = mm_policy_build_port_bitmap(decoded(*state), bitmap);
	assert_int_equal(bitmap[0x100 / 8], 0x0f);
	assert_true(opened < 0x10000 - 4);
	assert_true(opened > 0xff00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(allow_io),
		policy_test(deny_io),
		policy_test(overflow_io),
		policy_test(allow_msr),
		policy_test(deny_msr),
		policy_test(allow_instruction),
		policy_test(deny_instruction),
		policy_test(refuses_malformed_questions),
		policy_test(a_missing_root_denies),
		policy_test(an_empty_root_says_its_default),
		policy_test(an_access_that_encloses_a_denied_port_is_denied),
		policy_test(an_access_that_is_granted_only_in_part_is_denied),
		policy_test(neighbouring_grants_add_up),
		policy_test(both_rights_must_be_granted),
		policy_test(an_entry_with_another_right_hides_no_later_entry),
		policy_test(a_strict_denial_is_about_one_port_and_width),
		policy_test(a_strict_grant_is_about_one_port_and_width),
		policy_test(three_widths_at_one_port_are_told_apart),
		policy_test(a_range_is_granted_when_every_access_in_it_is),
		policy_test(a_range_is_denied_when_a_strict_denial_touches_it),
		policy_test(memory_is_granted_when_entries_cover_it),
		policy_test(memory_is_denied_when_an_entry_touches_it),
		policy_test(the_bitmap_opens_what_every_access_may_use),
		policy_test(the_bitmap_closes_what_a_strict_denial_reaches),
	};

	return cmocka_run_group_tests_name("policy/gate", tests, NULL, NULL);
}
