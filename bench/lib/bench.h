/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The library benchmark: what one row is. Each room adds a file of rows and one line to MM_BENCH_SUITES below.
 *
 * The program measures each row twice: in nanoseconds (the fastest of several runs, in this process) and in
 * instructions (the same program once more under callgrind, which counts only what happens inside run()). Whatever
 * run() needs for its choices, such as mm_bench_random(), is counted too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One workload at one size. Per-operation numbers are totals divided by `ops`. */
struct mm_bench_row {
	const char *name;
	uint64_t n;		  /* the size that grows */
	uint64_t ops;		  /* operations that one run() performs */
	double budget;		  /* instructions per operation that --check allows; 0 is no budget */
	double peer_instructions; /* EDK2's, per operation; 0 is not measured */
	double peer_ns;
	bool is_fresh; /* set up again before every run(), for work that can be done once only */

	/* Builds the state for size `n`, or returns NULL: the row then counts as failed. */
	void *(*setup)(const struct mm_bench_row *row);
	/* The measured region: `row->ops` operations. False if an operation gave a wrong answer. */
	bool (*run)(const struct mm_bench_row *row, void *state);
	/* Checks the state, frees it. False if it is not as it must be. */
	bool (*teardown)(const struct mm_bench_row *row, void *state);
};

struct mm_bench_suite {
	const struct mm_bench_row *rows;
	size_t row_count;
};

/* One line for each room: MM_BENCH_SUITE(stem), where bench/lib/<stem>*.c defines `mm_bench_<stem>`. */
/* clang-format off */
#define MM_BENCH_SUITES \
	MM_BENCH_SUITE(alloc) \
	MM_BENCH_SUITE(policy) \
	MM_BENCH_SUITE(protodb) \
	MM_BENCH_SUITE(dispatch) \
	MM_BENCH_SUITE(base) \
	MM_BENCH_SUITE(pi) \
	MM_BENCH_SUITE(hal)
/* clang-format on */

#define MM_BENCH_SUITE(stem) extern const struct mm_bench_suite mm_bench_##stem;
MM_BENCH_SUITES
#undef MM_BENCH_SUITE

/* xorshift64; about six instructions. The state is never 0. */
static inline uint64_t mm_bench_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

/* Two numbers below a bound each (at most 2^32) from one random one, without a division. */
static inline uint32_t mm_bench_high_below(uint64_t random, uint32_t bound)
{
	return (uint32_t)(((random >> 32) * bound) >> 32);
}

static inline uint32_t mm_bench_low_below(uint64_t random, uint32_t bound)
{
	return (uint32_t)(((uint64_t)(uint32_t)random * bound) >> 32);
}

/* A number below `bound` (at most 2^32) from the upper half of the next random one, without a division. */
static inline uint32_t mm_bench_below(uint64_t *state, uint32_t bound)
{
	return mm_bench_high_below(mm_bench_random(state), bound);
}
