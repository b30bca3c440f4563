/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every floor row against policies that try to grant it; one test per row, made from the tables. */
#include "policy_test.h"

#include "mm/policy/extension.h"
#include "mm/policy/floor.h"

enum space { SPACE_MSR, SPACE_PORT, SPACE_PHYSICAL, SPACES };

struct row_case {
	enum space space;
	const struct mm_policy_floor_row *row;
	char name[64];
};

static struct mm_policy_floor floor_of(enum space space)
{
	if (space == SPACE_MSR)
		return mm_policy_floor_msrs();
	return space == SPACE_PORT ? mm_policy_floor_ports() : mm_policy_floor_physical();
}

static enum mm_status ask(const struct mm_policy *policy, enum space space, uint64_t at, uint32_t access)
{
	if (space == SPACE_MSR)
		return mm_policy_gate_msr(policy, (uint32_t)at, access);
	if (space == SPACE_PORT)
		return mm_policy_gate_port(policy, (uint32_t)at, 1, access);
	return mm_policy_gate_memory(policy, at, 1, access);
}

/* Once by an allow-list that grants exactly the row, once by a deny-list that denies nothing. */
static void try_to_grant(struct fake_policy *fake, const struct row_case *c, bool by_silence)
{
	static const enum mm_policy_type types[SPACES] = { MM_POLICY_MSR, MM_POLICY_PORT, MM_POLICY_MEMORY };
	uint64_t count = c->row->last - c->row->first + 1;

	fake_policy_root(fake, types[c->space], by_silence ? MM_POLICY_DENY_LIST : MM_POLICY_ALLOW_LIST);
	if (by_silence)
		return;
	if (c->space == SPACE_MSR)
		fake_policy_msr(fake, (uint32_t)c->row->first, (uint32_t)count, RW);
	else if (c->space == SPACE_PORT)
		fake_policy_port(fake, (uint32_t)c->row->first, (uint32_t)count, RW);
	else
		fake_policy_memory(fake, c->row->first, count, RW);
}

static void no_policy_grants_the_row(void **state)
{
	const struct row_case *c = *state;
	int by_silence;

	assert_true(strlen(c->row->reason) >= 10);
	for (by_silence = 0; by_silence < 2; by_silence++) {
		struct fake_policy fake;
		const struct mm_policy *policy;
		uint64_t at;

		fake_policy_init(&fake);
		try_to_grant(&fake, c, by_silence != 0);
		policy = decoded(&fake);
		for (at = c->row->first; at <= c->row->last; at += c->space == SPACE_PHYSICAL ? 0x1000 : 1) {
			assert_status(ask(policy, c->space, at, c->row->access), MM_E_POLICY_FLOOR);
			assert_status(ask(policy, c->space, at, RW), MM_E_POLICY_FLOOR);
			if ((c->row->access & R) == 0)
				assert_status(ask(policy, c->space, at, R), MM_OK);
		}
		assert_status(ask(policy, c->space, c->row->last, c->row->access), MM_E_POLICY_FLOOR);
		fake_policy_finish(&fake);
	}
}

static void rows_are_sorted_and_disjoint(void **state)
{
	enum space space;

	(void)state;
	for (space = SPACE_MSR; space < SPACES; space++) {
		struct mm_policy_floor floor = floor_of(space);
		size_t i;

		for (i = 0; i < floor.count; i++) {
			assert_true(floor.rows[i].first <= floor.rows[i].last);
			assert_true(floor.rows[i].access == W || floor.rows[i].access == RW);
			if (i > 0)
				assert_true(floor.rows[i - 1].last < floor.rows[i].first);
		}
	}
}

static void physical_rows_are_whole_pages(void **state)
{
	struct mm_policy_floor floor = mm_policy_floor_physical();
	size_t i;

	(void)state;
	for (i = 0; i < floor.count; i++) {
		assert_int_equal(floor.rows[i].first % 0x1000, 0);
		assert_int_equal(floor.rows[i].last % 0x1000, 0xfff);
	}
}

/* The list of house.md that a reviewer would look for first. */
static void the_named_dangers_are_on_the_floor(void **state)
{
	static const uint32_t msrs[] = { 0x1b,	     0x9e,	 0x174,	     0x175,	 0x176,
					 0x1f2,	     0x1f3,	 0x200,	     0x277,	 0x600,
					 0x79,	     0x3a,	 0xc0000080, 0xc0000081, 0xc0000082,
					 0xc0000084, 0xc0010111, 0xc0010112, 0xc0010113, 0xc0010117 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++)
		assert_non_null(mm_policy_floor_find(mm_policy_floor_msrs(), msrs[i], msrs[i], W));
	assert_non_null(mm_policy_floor_find_port(0xb2, 1, R));
	assert_non_null(mm_policy_floor_find_port(0xb2, 1, W));
	assert_non_null(mm_policy_floor_find_port(0xcf9, 1, W));
	assert_non_null(mm_policy_floor_find_port(0x630, 4, W));
	assert_true(mm_policy_floor_physical_overlaps(mm_region_create(0xfee00000, 4)));
	assert_true(mm_policy_floor_physical_overlaps(mm_region_create(0xfed90000, 0x1000)));
	assert_true(mm_policy_floor_physical_overlaps(mm_region_create(0xb0000000, 0x10000000)));
	assert_false(mm_policy_floor_physical_overlaps(mm_region_create(0xfed00000, 0x400)));
	assert_false(mm_policy_floor_physical_overlaps(mm_region_create(0xfee00000, 0)));
}

static void the_configuration_address_is_not_the_reset_port(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(*state, 0xcf8, 8, RW);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xcf8, 4, RW), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xcf8, 1, W), MM_OK);
	assert_status(mm_policy_gate_port(policy, 0xcf8, 2, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_port(policy, 0xcf9, 1, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_port(policy, 0xcf9, 1, R), MM_OK);
	assert_status(mm_policy_gate_port_range(policy, 0xcf8, 4, W), MM_E_POLICY_FLOOR);
}

static void the_exemption_grants_nothing_by_itself(void **state)
{
	const struct mm_policy *policy;

	fake_policy_root(*state, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_port(*state, 0xcf8, 4, W | STRICT);
	policy = decoded(*state);
	assert_status(mm_policy_gate_port(policy, 0xcf8, 4, W), MM_E_POLICY_REFUSED);
	assert_status(mm_policy_gate_port(policy, 0xcf7, 4, W), MM_E_POLICY_FLOOR);
}

static void subtracting_leaves_the_pieces_between_rows(void **state)
{
	struct mm_region pieces[4];
	size_t count = 9;

	(void)state;
	assert_status(mm_policy_floor_subtract(mm_region_create(0xfed00000, 0x100000), pieces, 4, &count), MM_OK);
	assert_int_equal(count, 4);
	assert_int_equal(pieces[0].base, 0xfed00000);
	assert_int_equal(mm_region_end(pieces[0]), 0xfed1c000);
	assert_int_equal(pieces[1].base, 0xfed40000);
	assert_int_equal(mm_region_end(pieces[3]), 0xfee00000);
	assert_status(mm_policy_floor_subtract(mm_region_create(0xfed00000, 0x100000), pieces, 3, &count),
		      MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_policy_floor_subtract(mm_region_create(0xfee00000, 0x1000), pieces, 4, &count), MM_OK);
	assert_int_equal(count, 0);
	assert_status(mm_policy_floor_subtract(mm_region_create(0x80000000, 0x1000), pieces, 4, &count), MM_OK);
	assert_int_equal(count, 1);
	assert_status(mm_policy_floor_subtract(mm_region_create(0x80000000, 0), pieces, 4, &count), MM_OK);
	assert_int_equal(count, 0);
}

#define FIXED 6

int main(void)
{
	static const struct CMUnitTest fixed[FIXED] = {
		cmocka_unit_test(rows_are_sorted_and_disjoint),
		cmocka_unit_test(physical_rows_are_whole_pages),
		cmocka_unit_test(the_named_dangers_are_on_the_floor),
		policy_test(the_configuration_address_is_not_the_reset_port),
		policy_test(the_exemption_grants_nothing_by_itself),
		cmocka_unit_test(subtracting_leaves_the_pieces_between_rows),
	};
	static const char *const names[SPACES] = { "msr", "port", "physical" };
	static struct row_case cases[128];
	static struct CMUnitTest tests[128 + FIXED];
	size_t count = 0;
	enum space space;

	for (space = SPACE_MSR; space < SPACES; space++) {
		struct mm_policy_floor floor = floor_of(space);
		size_t i;

		for (i = 0; i < floor.count && count < 128; i++, count++) {
			struct CMUnitTest test = cmocka_unit_test(no_policy_grants_the_row);

			cases[count].space = space;
			cases[count].row = &floor.rows[i];
			(void)snprintf(cases[count].name, sizeof(cases[count].name), "no_policy_grants_%s_%llx",
				       names[space], (unsigned long long)floor.rows[i].first);
			test.name = cases[count].name;
			test.initial_state = &cases[count];
			tests[count] = test;
		}
	}
	memcpy(tests + count, fixed, sizeof(fixed));
	return _cmocka_run_group_tests("policy/floor", tests, count + FIXED, NULL, NULL);
}
