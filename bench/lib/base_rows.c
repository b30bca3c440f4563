/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Rows of libmmbase's containers: n nodes or regions, a random one in each operation. The peer has no such rooms. */
#include <stdlib.h>

#include "bench.h"
#include "mm/base/compiler.h"
#include "mm/base/hash.h"
#include "mm/base/region_set.h"
#include "mm/base/slots.h"
#include "mm/base/tree.h"

#define OPS 20000u

struct record {
	struct mm_slot slot; /* first */
	struct mm_hash_node hashed;
	struct mm_tree_node ordered;
	uint64_t key;
};

struct base_bench {
	struct mm_slots slots;
	struct mm_hash hash;
	struct mm_tree tree;
	struct mm_region_set set;
	struct record **records; /* n */
	uint64_t *tokens;	 /* n */
	struct mm_hash_node **buckets;
	struct mm_region *places; /* n + 1 */
	uint64_t random;
};

static bool add_record(struct base_bench *bench, uint64_t i)
{
	struct mm_slot *slot = mm_slots_take(&bench->slots);
	struct record *record;

	if (slot == NULL) {
		mm_slots_add_chunk(&bench->slots, calloc(1, mm_slots_next_chunk_bytes(&bench->slots)));
		slot = mm_slots_take(&bench->slots);
	}
	record = MM_CONTAINER_OF(slot, struct record, slot);
	record->key = mm_bench_random(&bench->random);
	bench->records[i] = record;
	bench->tokens[i] = mm_slots_token(&bench->slots, slot);
	mm_hash_insert(&bench->hash, &record->hashed, mm_hash_u64(record->key, 1));
	mm_tree_insert(&bench->tree, &record->ordered, record->key);
	return mm_region_set_add(&bench->set, mm_region_create(i * 0x3000, 0x1000)) == MM_OK;
}

static void *setup(const struct mm_bench_row *row)
{
	struct base_bench *bench = calloc(1, sizeof(*bench));
	uint32_t buckets = 1;
	bool is_right = true;

	if (bench == NULL)
		return NULL;
	while (buckets < row->n)
		buckets *= 2;
	bench->random = 0x1234567;
	bench->records = calloc(row->n, sizeof(*bench->records));
	bench->tokens = calloc(row->n, sizeof(*bench->tokens));
	bench->buckets = calloc(buckets, sizeof(struct mm_hash_node *));
	bench->places = calloc(row->n + 1, sizeof(*bench->places));
	if (bench->records == NULL || bench->tokens == NULL || bench->buckets == NULL || bench->places == NULL)
		return NULL;
	mm_slots_init(&bench->slots, sizeof(struct record), 1);
	mm_hash_init(&bench->hash, bench->buckets, buckets);
	mm_tree_init(&bench->tree);
	mm_region_set_init(&bench->set, bench->places, row->n + 1);
	for (uint64_t i = 0; i < row->n; i++)
		is_right &= add_record(bench, i);
	return is_right ? bench : NULL;
}

static inline uint32_t any(const struct mm_bench_row *row, struct base_bench *bench)
{
	return mm_bench_below(&bench->random, (uint32_t)row->n);
}

static bool run_hash_find(const struct mm_bench_row *row, void *state)
{
	struct base_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		const struct record *wanted = bench->records[any(row, bench)];
		struct mm_hash_node *node = mm_hash_first(&bench->hash, mm_hash_u64(wanted->key, 1));

		while (node != NULL && MM_CONTAINER_OF(node, struct record, hashed)->key != wanted->key)
			node = mm_hash_next(node);
		is_right &= node == &wanted->hashed;
	}
	return is_right;
}

/* Removes a node and inserts it again under another key. */
static bool run_tree_move(const struct mm_bench_row *row, void *state)
{
	struct base_bench *bench = state;

	for (uint64_t i = 0; i < row->ops; i++) {
		struct record *record = bench->records[any(row, bench)];

		mm_tree_remove(&bench->tree, &record->ordered);
		mm_tree_insert(&bench->tree, &record->ordered, mm_bench_random(&bench->random));
	}
	return mm_tree_count(&bench->tree) == row->n;
}

static bool run_slots_find(const struct mm_bench_row *row, void *state)
{
	struct base_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint32_t index = any(row, bench);
		struct mm_slot *slot = NULL;

		is_right &= mm_slots_find(&bench->slots, bench->tokens[index], &slot) == MM_OK;
		is_right &= slot == &bench->records[index]->slot;
	}
	return is_right;
}

static bool run_set_contains(const struct mm_bench_row *row, void *state)
{
	struct base_bench *bench = state;
	bool is_right = true;

	for (uint64_t i = 0; i < row->ops; i++) {
		uint64_t base = any(row, bench) * (uint64_t)0x3000;

		is_right &= mm_region_set_contains(&bench->set, mm_region_create(base + 0x800, 0x800));
		is_right &= !mm_region_set_contains(&bench->set, mm_region_create(base + 0x800, 0x801));
	}
	return is_right;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct base_bench *bench = state;
	bool is_right = mm_hash_check(&bench->hash) && mm_tree_check(&bench->tree) && mm_slots_check(&bench->slots) &&
			mm_region_set_check(&bench->set);
	void *chunk;

	(void)row;
	while ((chunk = mm_slots_drop_chunk(&bench->slots)) != NULL)
		free(chunk);
	free(bench->records);
	free(bench->tokens);
	free(bench->buckets);
	free(bench->places);
	free(bench);
	return is_right;
}

#define ROW(name_, n_, run_) { .name = name_, .n = n_, .ops = OPS, .setup = setup, .run = run_, .teardown = teardown }

static const struct mm_bench_row rows[] = {
	ROW("base-hash-find", 100, run_hash_find),	 ROW("base-hash-find", 10000, run_hash_find),
	ROW("base-tree-move", 100, run_tree_move),	 ROW("base-tree-move", 10000, run_tree_move),
	ROW("base-slots-find", 100, run_slots_find),	 ROW("base-slots-find", 10000, run_slots_find),
	ROW("base-set-contains", 100, run_set_contains), ROW("base-set-contains", 10000, run_set_contains),
};

const struct mm_bench_suite mm_bench_base = { rows, MM_ARRAY_COUNT(rows) };
