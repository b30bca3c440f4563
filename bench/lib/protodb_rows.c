/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmprotodb, with the workloads and the peer's figures of EDK2's StandaloneMmPkg: n protocols on n handles,
 * random keys inside the operation. Handles and registrations are checked here; there they are pointers.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "mm/base/compiler.h"
#include "mm/protodb/protodb.h"
#include "protodb_pool.h"

#define OPS 20000u

struct protodb_bench {
	struct bench_pool pool;
	struct mm_protodb_listener listener;
	struct mm_protodb db;
	struct mm_guid *guids; /* 2 n: installed ones, then absent ones */
	uint64_t *handles;     /* n */
	uint64_t random;
	uint64_t notice_count;
};

static void count_notice(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	(void)notice;
	MM_CONTAINER_OF(self, struct protodb_bench, listener)->notice_count++;
}

static const struct mm_protodb_ops counting_ops = { .notify = count_notice };

static struct mm_guid random_guid(uint64_t *random)
{
	uint64_t halves[2] = { mm_bench_random(random), mm_bench_random(random) };
	struct mm_guid guid;

	memcpy(&guid, halves, sizeof(guid));
	return guid;
}

static bool init_db(struct protodb_bench *bench, uint64_t n)
{
	struct mm_protodb_config config = {
		.pool = &bench->pool.tlsf.pool,
		.listener = &bench->listener,
		.seed = 0x2545f491,
	};

	bench->listener.ops = &counting_ops;
	bench->random = 0x1234567;
	bench->guids = calloc(2 * n, sizeof(*bench->guids));
	bench->handles = calloc(n, sizeof(*bench->handles));
	if (bench->guids == NULL || bench->handles == NULL || !bench_pool_init(&bench->pool))
		return false;
	for (uint64_t i = 0; i < 2 * n; i++)
		bench->guids[i] = random_guid(&bench->random);
	return mm_protodb_init(&bench->db, &config) == MM_OK;
}

/* `is_one_handle`: all protocols on the first handle. The interface of protocol i is i. */
static void *fill(uint64_t n, bool is_one_handle)
{
	struct protodb_bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL || !init_db(bench, n))
		return NULL;
	for (uint64_t i = 0; i < n; i++) {
		bench->handles[i] = is_one_handle ? bench->handles[0] : 0;
		if (mm_protodb_install(&bench->db, 1, &bench->guids[i], i, &bench->handles[i]) != MM_OK)
			return NULL;
	}
	return bench;
}

static void *setup_many_handles(const struct mm_bench_row *row)
{
	return fill(row->n, false);
}

static void *setup_one_handle(const struct mm_bench_row *row)
{
	return fill(row->n, true);
}

static bool run_locate(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint32_t pick = mm_bench_below(&bench->random, (uint32_t)row->n);
		uint64_t interface = UINT64_MAX;

		is_right &= mm_protodb_locate(&bench->db, &bench->guids[pick], &interface) == MM_OK;
		is_right &= interface == pick;
	}
	return is_right;
}

static bool run_absent(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint64_t pick = row->n + mm_bench_below(&bench->random, (uint32_t)row->n);
		uint64_t interface;

		is_right &= mm_protodb_locate(&bench->db, &bench->guids[pick], &interface) == MM_E_NOT_FOUND;
	}
	return is_right;
}

static bool run_handle(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint32_t pick = mm_bench_below(&bench->random, (uint32_t)row->n);
		uint64_t interface = UINT64_MAX;

		is_right &= mm_protodb_open(&bench->db, bench->handles[pick], &bench->guids[pick], &interface) == MM_OK;
		is_right &= interface == pick;
	}
	return is_right;
}

/* Uninstalls a random protocol, which ends its handle, and installs it on a new one. */
static bool run_reinstall(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint32_t pick = mm_bench_below(&bench->random, (uint32_t)row->n);
		const struct mm_guid *guid = &bench->guids[pick];

		is_right &= mm_protodb_uninstall(&bench->db, bench->handles[pick], guid, pick) == MM_OK;
		bench->handles[pick] = 0;
		is_right &= mm_protodb_install(&bench->db, 1, guid, pick, &bench->handles[pick]) == MM_OK;
	}
	return is_right;
}

/* What a core does around every MMI: installs a protocol on a new handle and removes it. */
static bool run_entry_exit(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	const struct mm_guid *guid = &bench->guids[row->n];
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint64_t handle = 0;

		is_right &= mm_protodb_install(&bench->db, 1, guid, 0, &handle) == MM_OK;
		is_right &= mm_protodb_uninstall(&bench->db, handle, guid, 0) == MM_OK;
	}
	return is_right;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct protodb_bench *bench = state;
	bool is_right = mm_protodb_check(&bench->db) == MM_OK && mm_protodb_binding_count(&bench->db) == row->n;

	mm_protodb_finish(&bench->db);
	is_right &= bench_pool_finish(&bench->pool);
	free(bench->guids);
	free(bench->handles);
	free(bench);
	return is_right;
}

#define ROW(name_, n_, setup_, run_, budget_, peer, peer_time) \
	{ .name = name_,                                       \
	  .n = n_,                                             \
	  .ops = OPS,                                          \
	  .budget = budget_,                                   \
	  .peer_instructions = peer,                           \
	  .peer_ns = peer_time,                                \
	  .setup = setup_,                                     \
	  .run = run_,                                         \
	  .teardown = teardown }

static const struct mm_bench_row rows[] = {
	ROW("protodb-locate", 100, setup_many_handles, run_locate, 150, 503.8, 99.9),
	ROW("protodb-locate", 1000, setup_many_handles, run_locate, 150, 4166, 2675),
	ROW("protodb-locate", 10000, setup_many_handles, run_locate, 200, 40573, 30916),
	ROW("protodb-absent", 100, setup_many_handles, run_absent, 150, 875, 144.5),
	ROW("protodb-absent", 1000, setup_many_handles, run_absent, 150, 8075, 5923),
	ROW("protodb-absent", 10000, setup_many_handles, run_absent, 200, 80079, 68118),
	ROW("protodb-handle", 100, setup_many_handles, run_handle, 80, 53, 4.3),
	ROW("protodb-handle", 1000, setup_many_handles, run_handle, 80, 53.4, 5.3),
	ROW("protodb-handle", 10000, setup_many_handles, run_handle, 80, 56.7, 48.1),
	ROW("protodb-handle-shared", 100, setup_one_handle, run_handle, 80, 495.7, 135.6),
	ROW("protodb-handle-shared", 1000, setup_one_handle, run_handle, 80, 4477, 1487),
	ROW("protodb-handle-shared", 10000, setup_one_handle, run_handle, 80, 44525, 20161),
	ROW("protodb-reinstall", 100, setup_many_handles, run_reinstall, 600, 2355, 315.1),
	ROW("protodb-reinstall", 1000, setup_many_handles, run_reinstall, 600, 13341, 8107),
	ROW("protodb-reinstall", 10000, setup_many_handles, run_reinstall, 600, 122557, 94215),
	ROW("protodb-entry-exit", 100, setup_many_handles, run_entry_exit, 600, 3549, 504.3),
	ROW("protodb-entry-exit", 1000, setup_many_handles, run_entry_exit, 600, 25149, 17875),
	ROW("protodb-entry-exit", 10000, setup_many_handles, run_entry_exit, 600, 241153, 191150),
};

const struct mm_bench_suite mm_bench_protodb = { rows, MM_ARRAY_COUNT(rows) };
