/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory snapshot and the policy that carries it. */
#include "policy_test.h"

#include "mm/policy/memory.h"

#define RUNS 4

struct fixture {
	struct fake_policy fake;
	struct mm_policy_memory_run runs[RUNS];
	struct mm_policy_snapshot snapshot;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	fake_policy_init(&f->fake);
	mm_policy_snapshot_init(&f->snapshot, f->runs, RUNS);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fake_policy_finish(&f->fake);
	free(f);
	return 0;
}

static struct mm_policy_memory_run run(uint64_t base, uint64_t pages, uint32_t attr)
{
	struct mm_policy_memory_run r = { base, pages, attr, 0 };

	return r;
}

static void merges_neighbours_with_the_same_rights(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 2, R)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x3000, 1, R)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x4000, 1, RW)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x6000, 1, RW)), MM_OK);
	assert_int_equal(f->snapshot.count, 3);
	assert_int_equal(f->runs[0].pages, 3);
}

static void tells_ring_3_pages_from_ring_0_pages(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 1, R)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x2000, 1, R | MM_POLICY_RUN_USER)), MM_OK);
	assert_int_equal(f->snapshot.count, 2);
}

static void refuses_runs_out_of_order(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x2000, 2, R)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x3000, 1, W)), MM_E_OVERLAP);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 1, R)), MM_E_OVERLAP);
	assert_int_equal(f->snapshot.count, 1);
}

static void refuses_malformed_runs(void **state)
{
	struct fixture *f = *state;
	struct mm_policy_memory_run reserved = run(0x1000, 1, R);

	reserved.reserved = 1;
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 0, R)), MM_E_INVALID);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 1, 0x200)), MM_E_INVALID);
	assert_status(mm_policy_snapshot_add(&f->snapshot, reserved), MM_E_INVALID);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1001, 1, R)), MM_E_MISALIGNED);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(UINT64_MAX & ~0xfffull, 1, R)), MM_E_OVERFLOW);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, UINT64_MAX / 2, R)), MM_E_OVERFLOW);
}

static void refuses_more_runs_than_there_is_room_for(void **state)
{
	struct fixture *f = *state;
	uint64_t i;

	for (i = 0; i < RUNS; i++)
		assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000 + i * 0x2000, 1, R)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x100000, 1, R)), MM_E_LIMIT);
	/* Merging needs no room. */
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x8000, 1, R)), MM_OK);
}

static void leaves_out_the_hole_by_whole_pages(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_policy_snapshot_add_except(&f->snapshot, run(0x1000, 8, RW), mm_region_create(0x3800, 0x1000)),
		      MM_OK);
	assert_int_equal(f->snapshot.count, 2);
	assert_int_equal(f->runs[0].pages, 2);
	assert_int_equal(f->runs[1].base, 0x5000);
	assert_int_equal(f->runs[1].pages, 4);
	assert_status(
		mm_policy_snapshot_add_except(&f->snapshot, run(0x10000, 1, RW), mm_region_create(0x10000, 0x1000)),
		MM_OK);
	assert_int_equal(f->snapshot.count, 2);
}

static void compares_every_field(void **state)
{
	struct fixture *f = *state;
	struct mm_policy_memory_run others[RUNS];
	struct mm_policy_snapshot other;
	size_t index = 99;

	mm_policy_snapshot_init(&other, others, RUNS);
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, &index), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 1, R)), MM_OK);
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, &index), MM_E_POLICY_SNAPSHOT);
	assert_int_equal(index, 0);
	assert_status(mm_policy_snapshot_add(&other, run(0x1000, 1, R)), MM_OK);
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, NULL), MM_OK);
	others[0].attr = RW;
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, NULL), MM_E_POLICY_SNAPSHOT);
	others[0] = run(0x1000, 2, R);
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, NULL), MM_E_POLICY_SNAPSHOT);
	others[0] = run(0x2000, 1, R);
	assert_status(mm_policy_snapshot_compare(&f->snapshot, &other, NULL), MM_E_POLICY_SNAPSHOT);
}

static const struct mm_policy *policy_with_memory_root(struct fake_policy *fake)
{
	fake_policy_root(fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_root(fake, MM_POLICY_MEMORY, MM_POLICY_DENY_LIST);
	fake_policy_port(fake, 0x70, 1, R);
	return decoded(fake);
}

static void the_fetched_policy_decodes_to_the_snapshot(void **state)
{
	struct fixture *f = *state;
	const struct mm_policy *policy = policy_with_memory_root(&f->fake);
	uint8_t fetched[0x200];
	struct fake_policy reader;
	size_t bytes = 0;

	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x1000, 2, R | X | MM_POLICY_RUN_USER)), MM_OK);
	assert_status(mm_policy_snapshot_add(&f->snapshot, run(0x8000, 1, RW)), MM_OK);
	assert_status(mm_policy_append_memory(policy, &f->snapshot, fetched, sizeof(fetched), &bytes), MM_OK);
	assert_int_equal(bytes, mm_policy_append_bytes(policy, 2));
	fake_policy_init(&reader);
	assert_status(fake_policy_decode_bytes(&reader, mm_bytes(fetched, bytes), NULL), MM_OK);
	assert_int_equal(reader.policy.lists[MM_POLICY_MEMORY].kind, MM_POLICY_ALLOW_LIST);
	assert_int_equal(reader.policy.memory.span_count, 2);
	assert_int_equal(reader.policy.memory.spans[0].last, 0x2fff);
	assert_int_equal(reader.policy.memory.spans[0].attr, R | X);
	assert_int_equal(reader.policy.ports.span_count, 1);
	fake_policy_finish(&reader);
}

static void fetching_says_how_much_room_it_needs(void **state)
{
	struct fixture *f = *state;
	const struct mm_policy *policy = policy_with_memory_root(&f->fake);
	uint8_t fetched[0x200];
	size_t bytes = 0;

	assert_status(mm_policy_append_memory(policy, &f->snapshot, fetched, 8, &bytes), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(bytes, policy->blob.count);
	assert_status(mm_policy_append_memory(policy, &f->snapshot, fetched, bytes, &bytes), MM_OK);
}

static void fetching_needs_an_empty_memory_root(void **state)
{
	struct fixture *f = *state;
	uint8_t fetched[0x200];
	size_t bytes = 77;

	fake_policy_root(&f->fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	assert_status(mm_policy_append_memory(decoded(&f->fake), &f->snapshot, fetched, sizeof(fetched), &bytes),
		      MM_E_NOT_FOUND);
	fake_policy_root(&f->fake, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_memory(&f->fake, 0x1000, 0x1000, R);
	assert_status(mm_policy_append_memory(decoded(&f->fake), &f->snapshot, fetched, sizeof(fetched), &bytes),
		      MM_E_UNSUPPORTED);
	assert_int_equal(bytes, 77);
}

#define memory_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		memory_test(merges_neighbours_with_the_same_rights),
		memory_test(tells_ring_3_pages_from_ring_0_pages),
		memory_test(refuses_runs_out_of_order),
		memory_test(refuses_malformed_runs),
		memory_test(refuses_more_runs_than_there_is_room_for),
		memory_test(leaves_out_the_hole_by_whole_pages),
		memory_test(compares_every_field),
		memory_test(the_fetched_policy_decodes_to_the_snapshot),
		memory_test(fetching_says_how_much_room_it_needs),
		memory_test(fetching_needs_an_empty_memory_root),
	};

	return cmocka_run_group_tests_name("policy/memory", tests, NULL, NULL);
}
