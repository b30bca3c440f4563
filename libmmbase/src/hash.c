/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/hash.h"

#define BUCKETS_MAX 0x80000000u

static struct mm_hash_node **bucket_of(const struct mm_hash *self, uint32_t hash)
{
	return &self->buckets[hash & (self->bucket_count - 1u)];
}

static void push(struct mm_hash *self, struct mm_hash_node *node)
{
	struct mm_hash_node **bucket = bucket_of(self, node->hash);

	node->next = *bucket;
	*bucket = node;
}

void mm_hash_init(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count)
{
	uint32_t i;

	for (i = 0; i < bucket_count; i++)
		buckets[i] = NULL;
	self->buckets = buckets;
	self->bucket_count = bucket_count;
	self->count = 0;
}

void mm_hash_insert(struct mm_hash *self, struct mm_hash_node *node, uint32_t hash)
{
	node->hash = hash;
	push(self, node);
	self->count++;
}

void mm_hash_remove(struct mm_hash *self, struct mm_hash_node *node)
{
	struct mm_hash_node **place = bucket_of(self, node->hash);

	while (*place != node)
		place = &(*place)->next;
	*place = node->next;
	node->next = NULL;
	self->count--;
}

uint32_t mm_hash_wanted_buckets(const struct mm_hash *self)
{
	uint32_t wanted = self->bucket_count;

	if (self->count <= self->bucket_count || self->bucket_count >= BUCKETS_MAX)
		return 0;
	while (wanted < self->count && wanted < BUCKETS_MAX)
		wanted *= 2;
	return wanted;
}

struct mm_hash_node **mm_hash_rehash(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count)
{
	struct mm_hash_node **old_buckets = self->buckets;
	uint32_t old_count = self->bucket_count;
	uint32_t nodes = self->count;
	uint32_t i;

	mm_hash_init(self, buckets, bucket_count);
	self->count = nodes;
	for (i = 0; i < old_count; i++) {
		/* Turned round first, so that equal hashes keep their order under push(). */
		struct mm_hash_node *turned = NULL;
		struct mm_hash_node *node = old_buckets[i];
		struct mm_hash_node *next;

		for (; node != NULL; node = next) {
			next = node->next;
			node->next = turned;
			turned = node;
		}
		for (node = turned; node != NULL; node = next) {
			next = node->next;
			push(self, node);
		}
	}
	return old_buckets;
}

bool mm_hash_check(const struct mm_hash *self)
{
	const struct mm_hash_node *node;
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < self->bucket_count; i++) {
		for (node = self->buckets[i]; node != NULL; node = node->next) {
			if ((node->hash & (self->bucket_count - 1u)) != i || ++count > self->count)
				return false;
		}
	}
	return count == self->count;
}
