/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * An intrusive chained hash table over buckets that the caller supplies: insert, search and remove in O(1)
 * expected. The table never allocates: it says when it would like more buckets, and works on, more slowly,
 * if it gets none. Nodes of equal hash stand newest first. Pure; no locks.
 *
 * Searching is a loop of the caller, who alone knows the key:
 *
 *	for (node = mm_hash_first(table, hash); node != NULL; node = mm_hash_next(node))
 *		if (key of the object holding node is the one wanted) ...
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm_hash_node {
	/* private: */
	struct mm_hash_node *next;
	uint32_t hash;
};

struct mm_hash {
	/* private: */
	struct mm_hash_node **buckets;
	uint32_t bucket_count; /* a power of two */
	uint32_t count;
};

/*
 * Makes an empty table over `bucket_count` buckets, a power of two of at least 1. The buckets stay the
 * caller's and must live as long as the table or until mm_hash_rehash() replaces them.
 */
void mm_hash_init(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count);

/* Inserts a node that is in no table. */
static inline void mm_hash_insert(struct mm_hash *self, struct mm_hash_node *node, uint32_t hash)
{
	struct mm_hash_node **bucket = &self->buckets[hash & (self->bucket_count - 1u)];

	node->hash = hash;
	node->next = *bucket;
	*bucket = node;
	self->count++;
}

/* Removes a node that is in this table. */
static inline void mm_hash_remove(struct mm_hash *self, struct mm_hash_node *node)
{
	struct mm_hash_node **place = &self->buckets[node->hash & (self->bucket_count - 1u)];

	while (*place != node)
		place = &(*place)->next;
	*place = node->next;
	self->count--;
}

/* True if searches would be quicker with more buckets. */
static inline bool mm_hash_is_crowded(const struct mm_hash *self)
{
	return self->count > self->bucket_count;
}

/*
 * How many buckets the table would like to have: more than it has when there are more nodes than buckets,
 * else 0. Never more than 2^31.
 */
uint32_t mm_hash_wanted_buckets(const struct mm_hash *self);

/*
 * Moves all nodes to `bucket_count` new buckets, a power of two; returns the old ones, which the caller may
 * reuse at once. O(n).
 */
struct mm_hash_node **mm_hash_rehash(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count);

/* True if every node stands in the bucket of its hash and the count is right. O(n). */
bool mm_hash_check(const struct mm_hash *self);

/* The hash of a 64-bit number, keyed by `seed`. */
static inline uint32_t mm_hash_u64(uint64_t value, uint32_t seed)
{
	uint64_t mixed = (value ^ seed) * 0x9E3779B97F4A7C15u;

	return (uint32_t)(mixed >> 32);
}

/* The rest of a chain from `node` on, starting with the first node of exactly this hash; NULL at its end. */
static inline struct mm_hash_node *mm_hash_skip_to(struct mm_hash_node *node, uint32_t hash)
{
	while (node != NULL && node->hash != hash)
		node = node->next;
	return node;
}

/* The first node of this hash, or NULL. */
static inline struct mm_hash_node *mm_hash_first(const struct mm_hash *self, uint32_t hash)
{
	return mm_hash_skip_to(self->buckets[hash & (self->bucket_count - 1u)], hash);
}

/* The next node of the same hash, or NULL. */
static inline struct mm_hash_node *mm_hash_next(const struct mm_hash_node *node)
{
	return mm_hash_skip_to(node->next, node->hash);
}

static inline uint32_t mm_hash_count(const struct mm_hash *self)
{
	return self->count;
}
