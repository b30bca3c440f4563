/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/protodb/store.h"

static MM_COLD enum mm_status grow(struct mm_pool *pool, struct mm_slots *slots)
{
	size_t bytes = mm_slots_next_chunk_bytes(slots);
	enum mm_status status;
	void *memory;

	if (bytes == 0)
		return MM_E_LIMIT;
	status = mm_pool_alloc_bytes(pool, bytes, &memory);
	if (status != MM_OK)
		return status;
	mm_slots_add_chunk(slots, memory);
	return MM_OK;
}

enum mm_status mm_protodb_store_take_fresh(struct mm_pool *pool, struct mm_slots *slots, struct mm_slot **ret_slot)
{
	struct mm_slot *slot = mm_slots_take_fresh(slots);
	enum mm_status status;

	if (slot == NULL) {
		status = grow(pool, slots);
		if (status != MM_OK)
			return status;
		slot = mm_slots_take_fresh(slots);
	}
	*ret_slot = slot;
	return MM_OK;
}

/* Nothing can be done about a pool that does not take its own memory back; its own walker reports it. */
static void give_back(struct mm_pool *pool, void *memory)
{
	(void)mm_pool_free(pool, memory);
}

void mm_protodb_store_drop_slots(struct mm_pool *pool, struct mm_slots *slots)
{
	void *chunk;

	while ((chunk = mm_slots_drop_chunk(slots)) != NULL)
		give_back(pool, chunk);
}

void mm_protodb_store_widen_crowded(struct mm_pool *pool, struct mm_hash *hash, struct mm_hash_node **own_buckets)
{
	uint32_t wanted = mm_hash_wanted_buckets(hash);
	struct mm_hash_node **old_buckets;
	void *memory;

	if (wanted == 0)
		return;
	if (mm_pool_alloc_bytes(pool, (size_t)wanted * sizeof(*old_buckets), &memory) != MM_OK)
		return;
	old_buckets = mm_hash_rehash(hash, memory, wanted);
	if (old_buckets != own_buckets)
		give_back(pool, old_buckets);
}

void mm_protodb_store_drop_hash(struct mm_pool *pool, struct mm_hash *hash, struct mm_hash_node **own_buckets)
{
	if (hash->buckets != NULL && hash->buckets != own_buckets)
		give_back(pool, hash->buckets);
}
