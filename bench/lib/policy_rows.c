/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmpolicy: one decision of the gate, for accesses that an entry grants and for accesses that no entry
 * speaks about. The peer is the ancestor's gate, which scans its entries in order.
 */
#include <stdlib.h>

#include "bench.h"
#include "fake_policy.h"
#include "mm/base/compiler.h"
#include "mm/policy/gate.h"

#define OPS    100000u
#define STRIDE 8u
#define FIRST  0x1000u

struct policy_bench {
	struct fake_policy fake;
	uint64_t random;
};

/* `n` port and `n` MSR entries of four each, with gaps of four between them. */
static void *setup(const struct mm_bench_row *row)
{
	struct policy_bench *bench = calloc(1, sizeof(*bench));
	uint32_t i;

	if (bench == NULL)
		return NULL;
	bench->random = 0x9e3779b97f4a7c15ull;
	fake_policy_init(&bench->fake);
	fake_policy_root(&bench->fake, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_root(&bench->fake, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	for (i = 0; i < row->n; i++) {
		fake_policy_port(&bench->fake, FIRST + i * STRIDE, 4, MM_POLICY_READ | MM_POLICY_WRITE);
		fake_policy_msr(&bench->fake, FIRST + i * STRIDE, 4, MM_POLICY_READ | MM_POLICY_WRITE);
	}
	if (fake_policy_decode(&bench->fake, NULL) == MM_OK)
		return bench;
	fake_policy_finish(&bench->fake);
	free(bench);
	return NULL;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct policy_bench *bench = state;

	(void)row;
	fake_policy_finish(&bench->fake);
	free(bench);
	return true;
}

/* The first port or MSR of a random entry. */
static inline uint32_t random_entry(const struct mm_bench_row *row, struct policy_bench *bench)
{
	return FIRST + mm_bench_below(&bench->random, (uint32_t)row->n) * STRIDE;
}

static bool run_io(const struct mm_bench_row *row, void *state)
{
	struct policy_bench *bench = state;
	bool right = true;
	uint64_t i;

	for (i = 0; i < row->ops; i++)
		right &= mm_policy_gate_port(&bench->fake.policy, random_entry(row, bench), 4, MM_POLICY_READ) == MM_OK;
	return right;
}

static bool run_io_miss(const struct mm_bench_row *row, void *state)
{
	struct policy_bench *bench = state;
	bool right = true;
	uint64_t i;

	for (i = 0; i < row->ops; i++)
		right &= mm_policy_gate_port(&bench->fake.policy, random_entry(row, bench) + 5u, 1, MM_POLICY_WRITE) ==
			 MM_E_POLICY_NOT_GRANTED;
	return right;
}

static bool run_msr(const struct mm_bench_row *row, void *state)
{
	struct policy_bench *bench = state;
	bool right = true;
	uint64_t i;

	for (i = 0; i < row->ops; i++)
		right &=
			mm_policy_gate_msr(&bench->fake.policy, random_entry(row, bench) + 1u, MM_POLICY_READ) == MM_OK;
	return right;
}

static bool run_msr_miss(const struct mm_bench_row *row, void *state)
{
	struct policy_bench *bench = state;
	bool right = true;
	uint64_t i;

	for (i = 0; i < row->ops; i++)
		right &= mm_policy_gate_msr(&bench->fake.policy, random_entry(row, bench) + 5u, MM_POLICY_WRITE) ==
			 MM_E_POLICY_NOT_GRANTED;
	return right;
}

#define ROW(row_name, count, limit, peer, function) \
	{ .name = (row_name),                       \
	  .n = (count),                             \
	  .ops = OPS,                               \
	  .budget = (limit),                        \
	  .peer_instructions = (peer),              \
	  .setup = setup,                           \
	  .run = (function),                        \
	  .teardown = teardown }

static const struct mm_bench_row rows[] = {
	ROW("policy-io", 10, 100, 202, run_io),		  ROW("policy-io", 1000, 180, 9769, run_io),
	ROW("policy-io-miss", 10, 100, 0, run_io_miss),	  ROW("policy-io-miss", 1000, 180, 15176, run_io_miss),
	ROW("policy-msr", 10, 100, 0, run_msr),		  ROW("policy-msr", 1000, 180, 0, run_msr),
	ROW("policy-msr-miss", 10, 100, 0, run_msr_miss), ROW("policy-msr-miss", 1000, 180, 0, run_msr_miss),
};

const struct mm_bench_suite mm_bench_policy = { rows, MM_ARRAY_COUNT(rows) };
