/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmdispatch, with the workloads and the peer's figures of EDK2's StandaloneMmPkg: evaluating a dependency
 * expression against n protocols, and the whole way of n drivers (added, decoded, scheduled, started by a stub; each
 * installs one protocol on a handle of its own), for three graphs. And managing an MMI, which has no peer's figure.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "mm/abi/depex.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/dispatch/dispatch.h"
#include "mm/dispatch/mmi.h"
#include "mm/pi/depex.h"
#include "mm/protodb/protodb.h"
#include "protodb_pool.h"

#define OPS	    20000u
#define DEPEX_BYTES 96u

/* Who depends on whom. */
enum graph {
	GRAPH_NONE,    /* TRUE END */
	GRAPH_FORWARD, /* each on the one added before it */
	GRAPH_REVERSE, /* each on the one added after it */
};

struct depex {
	uint8_t bytes[DEPEX_BYTES];
	size_t count;
};

struct dispatch_bench {
	struct bench_pool pool;
	struct mm_protodb_listener listener;
	struct mm_dispatch_host host;
	struct mm_mmi_host mmi_host;
	struct mm_protodb db;
	struct mm_dispatch dispatch;
	struct mm_mmi mmi;
	struct mm_guid *protocols;   /* n */
	struct mm_guid *files;	     /* n */
	struct depex *depexes;	     /* n */
	struct mm_pi_depex *checked; /* n */
	uint64_t random;
	uint64_t call_count;
};

static void ignore_notice(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	(void)self;
	(void)notice;
}

static const struct mm_protodb_ops listener_ops = { .notify = ignore_notice };

/* The stub of a driver: installs its protocol. */
static enum mm_status start_driver(struct mm_dispatch_host *self, uint64_t id)
{
	struct dispatch_bench *bench = MM_CONTAINER_OF(self, struct dispatch_bench, host);
	uint64_t handle = 0;

	return mm_protodb_install(&bench->db, 1, &bench->protocols[id], id, &handle);
}

static const struct mm_dispatch_ops host_ops = { .start = start_driver };

static uint64_t call_handler(struct mm_mmi_host *self, const struct mm_mmi_call *call)
{
	MM_CONTAINER_OF(self, struct dispatch_bench, mmi_host)->call_count += call->entry_point;
	return MM_EFI_SUCCESS;
}

static const struct mm_mmi_ops mmi_ops = { .call = call_handler };

static struct mm_guid random_guid(uint64_t *random)
{
	uint64_t halves[2] = { mm_bench_random(random), mm_bench_random(random) };
	struct mm_guid guid;

	memcpy(&guid, halves, sizeof(guid));
	return guid;
}

static bool alloc_tables(struct dispatch_bench *bench, uint64_t n)
{
	bench->random = 0x1234567;
	bench->protocols = calloc(n, sizeof(*bench->protocols));
	bench->files = calloc(n, sizeof(*bench->files));
	bench->depexes = calloc(n, sizeof(*bench->depexes));
	bench->checked = calloc(n, sizeof(*bench->checked));
	if (bench->protocols == NULL || bench->files == NULL || bench->depexes == NULL || bench->checked == NULL)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		bench->protocols[i] = random_guid(&bench->random);
		bench->files[i] = random_guid(&bench->random);
	}
	return true;
}

static bool init_rooms(struct dispatch_bench *bench)
{
	struct mm_pool *pool = &bench->pool.tlsf.pool;
	struct mm_protodb_config db = { .pool = pool, .listener = &bench->listener, .seed = 1 };
	struct mm_dispatch_config dispatch = {
		.pool = pool,
		.protodb = &bench->db,
		.host = &bench->host,
		.seed = 2,
	};
	struct mm_mmi_config mmi = { .pool = pool, .host = &bench->mmi_host, .seed = 3 };

	bench->listener.ops = &listener_ops;
	bench->host.ops = &host_ops;
	bench->mmi_host.ops = &mmi_ops;
	return bench_pool_init(&bench->pool) && mm_protodb_init(&bench->db, &db) == MM_OK &&
	       mm_dispatch_init(&bench->dispatch, &dispatch) == MM_OK && mm_mmi_init(&bench->mmi, &mmi) == MM_OK;
}

static struct dispatch_bench *create(uint64_t n)
{
	struct dispatch_bench *bench = calloc(1, sizeof(*bench));

	return bench != NULL && alloc_tables(bench, n) && init_rooms(bench) ? bench : NULL;
}

static void put_push(struct depex *depex, const struct mm_guid *guid)
{
	depex->bytes[depex->count++] = MM_DEPEX_PUSH;
	mm_guid_store(depex->bytes + depex->count, guid);
	depex->count += MM_GUID_BYTES;
}

static void put_opcode(struct depex *depex, uint8_t opcode)
{
	depex->bytes[depex->count++] = opcode;
}

static void *setup_graph(const struct mm_bench_row *row, enum graph graph)
{
	struct dispatch_bench *bench = create(row->n);

	for (uint64_t i = 0; bench != NULL && i < row->n; i++) {
		uint64_t needed = graph == GRAPH_FORWARD ? i - 1 : i + 1;

		if (graph != GRAPH_NONE && needed < row->n)
			put_push(&bench->depexes[i], &bench->protocols[needed]);
		else
			put_opcode(&bench->depexes[i], MM_DEPEX_TRUE);
		put_opcode(&bench->depexes[i], MM_DEPEX_END);
	}
	return bench;
}

static void *setup_none(const struct mm_bench_row *row)
{
	return setup_graph(row, GRAPH_NONE);
}

static void *setup_forward(const struct mm_bench_row *row)
{
	return setup_graph(row, GRAPH_FORWARD);
}

static void *setup_reverse(const struct mm_bench_row *row)
{
	return setup_graph(row, GRAPH_REVERSE);
}

static bool run_dispatch(const struct mm_bench_row *row, void *state)
{
	struct dispatch_bench *bench = state;
	uint32_t started = 0;

	for (uint64_t i = 0; i < row->n; i++) {
		struct mm_dispatch_module module = {
			.id = i,
			.guid = bench->files[i],
			.depex = mm_bytes(bench->depexes[i].bytes, bench->depexes[i].count),
		};

		if (mm_dispatch_add(&bench->dispatch, &module, NULL) != MM_OK)
			return false;
	}
	return mm_dispatch_run(&bench->dispatch, &started) == MM_OK && started == row->n;
}

/* n protocols installed, and one expression PUSH PUSH AND PUSH AND PUSH AND END over four of them for each. */
static void *setup_depex(const struct mm_bench_row *row)
{
	struct dispatch_bench *bench = create(row->n);

	for (uint64_t i = 0; bench != NULL && i < row->n; i++) {
		uint64_t handle = 0;

		for (uint64_t k = 0; k < 4; k++) {
			put_push(&bench->depexes[i],
				 &bench->protocols[mm_bench_below(&bench->random, (uint32_t)row->n)]);
			if (k > 0)
				put_opcode(&bench->depexes[i], MM_DEPEX_AND);
		}
		put_opcode(&bench->depexes[i], MM_DEPEX_END);
		if (mm_pi_depex_check_untrusted(mm_bytes(bench->depexes[i].bytes, bench->depexes[i].count),
						&bench->checked[i], NULL) != MM_OK)
			return NULL;
		if (mm_protodb_install(&bench->db, 1, &bench->protocols[i], i, &handle) != MM_OK)
			return NULL;
	}
	return bench;
}

/* Checks the bytes and evaluates them, each time: what untrusted bytes cost when they are used once. */
static bool run_depex_untrusted(const struct mm_bench_row *row, void *state)
{
	struct dispatch_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		const struct depex *depex = &bench->depexes[mm_bench_below(&bench->random, (uint32_t)row->n)];
		bool holds = false;

		is_right &= mm_dispatch_evaluate_untrusted(&bench->db, mm_bytes(depex->bytes, depex->count), &holds,
							   NULL) == MM_OK;
		is_right &= holds;
	}
	return is_right;
}

/* Evaluates what was checked when it was added, as the peer does with the bytes it keeps. */
static bool run_depex(const struct mm_bench_row *row, void *state)
{
	struct dispatch_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		const struct mm_pi_depex *checked = &bench->checked[mm_bench_below(&bench->random, (uint32_t)row->n)];

		is_right &= mm_dispatch_evaluate(&bench->db, checked);
	}
	return is_right;
}

/* n GUIDs with one handler each. */
static void *setup_mmi(const struct mm_bench_row *row)
{
	struct dispatch_bench *bench = create(row->n);
	uint64_t handle;

	for (uint64_t i = 0; bench != NULL && i < row->n; i++) {
		if (mm_mmi_register(&bench->mmi, 1, &bench->files[i], 1, &handle) != MM_OK)
			return NULL;
	}
	return bench;
}

static bool run_mmi(const struct mm_bench_row *row, void *state)
{
	struct dispatch_bench *bench = state;
	bool is_right = true;

	bench->call_count = 0;
	for (uint64_t i = 0; i < row->ops; i++) {
		const struct mm_guid *guid = &bench->files[mm_bench_below(&bench->random, (uint32_t)row->n)];
		struct mm_mmi_outcome outcome;

		is_right &= mm_mmi_manage(&bench->mmi, guid, 0, NULL, NULL, &outcome) == MM_OK;
		is_right &= outcome.efi_status == MM_EFI_SUCCESS;
	}
	return is_right && bench->call_count == row->ops;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct dispatch_bench *bench = state;
	bool is_right = mm_dispatch_check(&bench->dispatch) == MM_OK && mm_mmi_check(&bench->mmi) == MM_OK &&
			mm_protodb_check(&bench->db) == MM_OK;

	(void)row;
	mm_mmi_finish(&bench->mmi);
	mm_dispatch_finish(&bench->dispatch);
	mm_protodb_finish(&bench->db);
	is_right &= bench_pool_finish(&bench->pool);
	free(bench->protocols);
	free(bench->files);
	free(bench->depexes);
	free(bench->checked);
	free(bench);
	return is_right;
}

#define DISPATCH_ROW(stem, n_, peer, peer_time) \
	{ .name = "dispatch-" #stem,            \
	  .n = n_,                              \
	  .ops = n_,                            \
	  .budget = 4000,                       \
	  .peer_instructions = peer,            \
	  .peer_ns = peer_time,                 \
	  .is_fresh = true,                     \
	  .setup = setup_##stem,                \
	  .run = run_dispatch,                  \
	  .teardown = teardown }

#define OPS_ROW(name_, n_, stem, run_, budget_, peer, peer_time) \
	{ .name = name_,                                         \
	  .n = n_,                                               \
	  .ops = OPS,                                            \
	  .budget = budget_,                                     \
	  .peer_instructions = peer,                             \
	  .peer_ns = peer_time,                                  \
	  .setup = setup_##stem,                                 \
	  .run = run_,                                           \
	  .teardown = teardown }

static const struct mm_bench_row rows[] = {
	OPS_ROW("depex-4", 100, depex, run_depex, 800, 1439, 122.5),
	OPS_ROW("depex-4", 1000, depex, run_depex, 800, 18240, 11834),
	OPS_ROW("depex-4-untrusted", 1000, depex, run_depex_untrusted, 0, 0, 0),
	DISPATCH_ROW(none, 100, 4953, 1297),
	DISPATCH_ROW(none, 1000, 22042, 11344),
	DISPATCH_ROW(none, 5000, 98041, 104495),
	DISPATCH_ROW(forward, 100, 26950, 4486),
	DISPATCH_ROW(forward, 1000, 0, 788813),
	DISPATCH_ROW(forward, 5000, 0, 26953780),
	DISPATCH_ROW(reverse, 100, 26953, 4154),
	DISPATCH_ROW(reverse, 1000, 1441892, 795519),
	DISPATCH_ROW(reverse, 5000, 0, 27035348),
	OPS_ROW("mmi-manage", 10, mmi, run_mmi, 0, 0, 0),
	OPS_ROW("mmi-manage", 1000, mmi, run_mmi, 0, 0, 0),
};

const struct mm_bench_suite mm_bench_dispatch = { rows, MM_ARRAY_COUNT(rows) };
