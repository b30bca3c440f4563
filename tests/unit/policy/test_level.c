/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Isolation levels, starting from the table that is shipped. */
#include "policy_test.h"

#include "mm/policy/level.h"

static void shipped_ports(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(fake, 0xcf8, 4, W | STRICT);
	fake_policy_port(fake, 0xcfc, 4, W);
}

static void shipped_msrs(struct fake_policy *fake)
{
	static const uint32_t rows[][2] = { { 0xc0000080, 1 }, { 0xc0000081, 4 }, { 0xc0010010, 1 }, { 0xc0010111, 1 },
					    { 0x1d9, 1 },      { 0xda0, 1 },	  { 0x6a0, 1 },	     { 0x6a2, 1 },
					    { 0x6a4, 5 },      { 0xc0011010, 1 }, { 0xc0011024, 1 }, { 0xc0011018, 1 },
					    { 0xc0000101, 2 } };
	size_t i;

	fake_policy_root(fake, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fake_policy_msr(fake, rows[i][0], rows[i][1], RW | X);
}

static void shipped_save_state(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(fake, MM_POLICY_SAVE_RAX, MM_POLICY_COND_READ, MM_POLICY_IF_IO_WRITE);
	fake_policy_save_state(fake, MM_POLICY_SAVE_IO_TRAP, R, MM_POLICY_ALWAYS);
}

static void shipped_memory(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_MEMORY, MM_POLICY_DENY_LIST);
}

static struct mm_policy_level level_of(struct fake_policy *fake, enum mm_policy_vendor vendor,
				       const struct mm_policy_level_memory *memory)
{
	struct mm_policy_level level;

	mm_policy_evaluate_level(decoded(fake), vendor, memory, &level);
	return level;
}

static bool has_finding(const struct mm_policy_level *level, enum mm_policy_finding_kind kind, uint64_t value)
{
	uint32_t i;

	for (i = 0; i < level->finding_count; i++) {
		if (level->findings[i].kind == kind && level->findings[i].value == value)
			return true;
	}
	return false;
}

static void the_shipped_policy_is_level_30_on_amd(void **state)
{
	struct mm_policy_level level;

	shipped_ports(*state);
	shipped_msrs(*state);
	shipped_save_state(*state);
	shipped_memory(*state);
	level = level_of(*state, MM_POLICY_VENDOR_AMD, NULL);
	assert_int_equal(level.level, 30);
	assert_false(level.memory_judged);
	assert_int_equal(level.finding_count, 0);
}

static void the_shipped_policy_is_level_10_on_intel_and_says_why(void **state)
{
	struct mm_policy_level level;

	shipped_ports(*state);
	shipped_msrs(*state);
	shipped_save_state(*state);
	shipped_memory(*state);
	level = level_of(*state, MM_POLICY_VENDOR_INTEL, NULL);
	assert_int_equal(level.level, 10);
	assert_int_equal(level.ports, 30);
	assert_int_equal(level.finding_count, 7 + 16 + 1);
	assert_true(has_finding(&level, MM_POLICY_FINDING_MSR, 0xe4));
	assert_true(has_finding(&level, MM_POLICY_FINDING_MSR, 0x737));
	assert_true(has_finding(&level, MM_POLICY_FINDING_MSR, 0x570));
}

static void missing_roots_cap_the_level(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_policy_level level;

	shipped_ports(fake);
	level = level_of(fake, MM_POLICY_VENDOR_AMD, NULL);
	assert_int_equal(level.memory, 0);
	assert_int_equal(level.msrs, 10);
	assert_int_equal(level.save_state, 20);
	assert_int_equal(level.level, 0);
	shipped_memory(fake);
	assert_int_equal(level_of(fake, MM_POLICY_VENDOR_AMD, NULL).level, 10);
	shipped_msrs(fake);
	assert_int_equal(level_of(fake, MM_POLICY_VENDOR_AMD, NULL).level, 20);
	shipped_save_state(fake);
	assert_int_equal(level_of(fake, MM_POLICY_VENDOR_AMD, NULL).level, 30);
}

static void an_open_configuration_port_caps_the_level_at_10(void **state)
{
	struct mm_policy_level level;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0xcf8, 4, R);
	fake_policy_port(*state, 0xcfc, 2, W);
	level = level_of(*state, MM_POLICY_VENDOR_AMD, NULL);
	assert_int_equal(level.ports, 10);
	assert_true(has_finding(&level, MM_POLICY_FINDING_PORT, 0xcf8));
	assert_true(has_finding(&level, MM_POLICY_FINDING_PORT, 0xcfc)); /* denied only in part */
}

static void an_allow_list_that_is_silent_denies(void **state)
{
	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_root(*state, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0xcf8, 8, R);
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_INTEL, NULL).ports, 30);
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_INTEL, NULL).msrs, 30);
}

static void an_allow_list_with_a_strict_grant_does_not_deny(void **state)
{
	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0xcfc, 4, W | STRICT);
	assert_true(level_of(*state, MM_POLICY_VENDOR_INTEL, NULL).ports == 10);
}

static void an_msr_denied_only_for_writing_counts_as_missing(void **state)
{
	struct mm_policy_level level;

	shipped_msrs(*state);
	((struct fake_policy *)*state)->roots[0].data[6] = W;
	level = level_of(*state, MM_POLICY_VENDOR_AMD, NULL);
	assert_int_equal(level.msrs, 10);
	assert_int_equal(level.finding_count, 1 + 1 + 1 + 1); /* the MSR and three missing roots */
	assert_true(has_finding(&level, MM_POLICY_FINDING_MSR, 0xc0000080));
}

static void disclosing_more_of_the_save_state_caps_at_20(void **state)
{
	struct mm_policy_level level;

	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_save_state(*state, MM_POLICY_SAVE_RAX, R, MM_POLICY_ALWAYS);
	level = level_of(*state, MM_POLICY_VENDOR_AMD, NULL);
	assert_int_equal(level.save_state, 20);
	assert_true(has_finding(&level, MM_POLICY_FINDING_SAVE_STATE, 0));
}

static void a_save_state_deny_list_caps_at_20(void **state)
{
	fake_policy_root(*state, MM_POLICY_SAVE_STATE, MM_POLICY_DENY_LIST);
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_AMD, NULL).save_state, 20);
}

static void the_memory_rules_are_judged_when_facts_are_given(void **state)
{
	struct mm_region os = mm_region_create(0x100000, 0x100000);
	struct mm_region iommu = mm_region_create(0xfed90000, 0x1000);
	struct mm_region txt = mm_region_create(0xfed20000, 0x1000);
	struct mm_policy_memory_run run = { 0xfed20000, 1, RW, 0 };
	struct mm_policy_level_memory memory = { &run, 1, &os, 1, &iommu, 1, &txt, 1 };
	struct mm_policy_level level;

	shipped_memory(*state);
	level = level_of(*state, MM_POLICY_VENDOR_INTEL, &memory);
	assert_true(level.memory_judged);
	assert_int_equal(level.memory, 20);
	run.base = 0xfed90000;
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_INTEL, &memory).memory, 10);
	run.attr = R;
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_INTEL, &memory).memory, 30);
	run.base = 0x1ff000;
	assert_int_equal(level_of(*state, MM_POLICY_VENDOR_INTEL, &memory).memory, 0);
	run.base = 0x200000;
	run.attr = RW | X;
	level = level_of(*state, MM_POLICY_VENDOR_INTEL, &memory);
	assert_int_equal(level.memory, 0);
	assert_true(has_finding(&level, MM_POLICY_FINDING_WX, 0x200000));
}

static void every_finding_has_a_text(void **state)
{
	uint32_t kind;

	(void)state;
	for (kind = 0; kind <= MM_POLICY_FINDING_TXT; kind++)
		assert_true(strlen(mm_policy_finding_text((enum mm_policy_finding_kind)kind)) > 10);
	assert_string_equal(mm_policy_finding_text((enum mm_policy_finding_kind)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(the_shipped_policy_is_level_30_on_amd),
		policy_test(the_shipped_policy_is_level_10_on_intel_and_says_why),
		policy_test(missing_roots_cap_the_level),
		policy_test(an_open_configuration_port_caps_the_level_at_10),
		policy_test(an_allow_list_that_is_silent_denies),
		policy_test(an_allow_list_with_a_strict_grant_does_not_deny),
		policy_test(an_msr_denied_only_for_writing_counts_as_missing),
		policy_test(disclosing_more_of_the_save_state_caps_at_20),
		policy_test(a_save_state_deny_list_caps_at_20),
		policy_test(the_memory_rules_are_judged_when_facts_are_given),
		cmocka_unit_test(every_finding_has_a_text),
	};

	return cmocka_run_group_tests_name("policy/level", tests, NULL, NULL);
}
