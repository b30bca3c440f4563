/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * How this room and those above it let the containers of libmmbase grow out of a pool: records in slot tables,
 * buckets of hash tables. What was taken stays until it is dropped; growing is amortised O(1) for each record.
 */
#include <stdint.h>

#include "mm/alloc/pool.h"
#include "mm/base/compiler.h"
#include "mm/base/hash.h"
#include "mm/base/slots.h"
#include "mm/base/status.h"

/* The long way of mm_protodb_store_take(): a record that was never taken, growing the table if it has to. */
enum mm_status mm_protodb_store_take_fresh(struct mm_pool *pool, struct mm_slots *slots, struct mm_slot **ret_slot);

/*
 * Takes a record, growing the table if it has to; the record's contents behind its slot are undefined.
 * MM_OK; MM_E_LIMIT (the table is at its greatest size); what mm_pool_alloc() answers.
 */
static inline enum mm_status mm_protodb_store_take(struct mm_pool *pool, struct mm_slots *slots,
						   struct mm_slot **ret_slot)
{
	if (MM_UNLIKELY(!mm_slots_has_free(slots)))
		return mm_protodb_store_take_fresh(pool, slots, ret_slot);
	*ret_slot = mm_slots_take(slots);
	return MM_OK;
}

/* Gives all memory of a slot table back. */
void mm_protodb_store_drop_slots(struct mm_pool *pool, struct mm_slots *slots);

/* The long way of mm_protodb_store_widen_hash(). */
void mm_protodb_store_widen_crowded(struct mm_pool *pool, struct mm_hash *hash, struct mm_hash_node **own_buckets);

/*
 * Gives a hash table more buckets if it wants them and the pool has them; to be called after an insertion. Without
 * them the table is slower, not wrong, so there is no status. `own_buckets` are the buckets the table began with,
 * which are not the pool's.
 */
static inline void mm_protodb_store_widen_hash(struct mm_pool *pool, struct mm_hash *hash,
					       struct mm_hash_node **own_buckets)
{
	if (MM_UNLIKELY(mm_hash_is_crowded(hash)))
		mm_protodb_store_widen_crowded(pool, hash, own_buckets);
}

/* Gives the buckets of a hash table back, unless they are its own. */
void mm_protodb_store_drop_hash(struct mm_pool *pool, struct mm_hash *hash, struct mm_hash_node **own_buckets);
