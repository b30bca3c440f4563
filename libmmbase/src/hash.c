/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/hash.h"

#define BUCKETS_MAX 0x80000000u

void mm_hash_init(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count)
{
	uint32_t i;

	for (i = 0; i < bucket_count; i++)
		buckets[i] = NULL;
	self->buckets = buckets;
	self->bucket_count = bucket_count;
	self->count = 0;
}

uint32_t mm_hash_wanted_buckets(const struct mm_hash *self)
{
	uint32_t wanted = self->bucket_count;

	if (!mm_hash_is_crowded(self) || self->bucket_count >= BUCKETS_MAX)
		return 0;
	while (wanted < self->count && wanted < BUCKETS_MAX)
		wanted *= 2;
	return wanted;
}

struct mm_hash_node **mm_hash_rehash(struct mm_hash *self, struct mm_hash_node **buckets, uint32_t bucket_count)
{
	struct mm_hash_node **old_buckets = self->buckets;
	uint32_t old_count = self->bucket_count;
	uint32_t i;

	mm_hash_init(self, buckets, bucket_count);
	for (i = 0; i < old_count; i++) {
		/* Turned round first, so that equal hashes keep their order. */
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
			mm_hash_insert(self, node, node->hash);
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
