/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the files of the pool share: the layout of a chunk.
 *
 *   [ header | payload ][ header | payload ] ... [ header ]
 *
 * Blocks adjoin; the last header of a chunk stands alone, counts as in use and has no length. Lengths are in units of
 * 16 bytes, header included. No two free blocks adjoin.
 */
#include "mm/alloc/pool_tlsf.h"

#define UNIT	    16u
#define UNITS_MIN   2u
#define IS_USED	    1u
#define SECOND_BITS 5u

struct mm_pool_header {
	uint32_t check;	 /* over address, seed, size and type */
	uint32_t size;	 /* units << 1 | IS_USED */
	uint32_t before; /* units of the block before; 0 for the first. Not in the check: it is compared with that block
			  */
	uint32_t type;	 /* 0 while free */
	/* Only while free, in the payload: neighbours in the list, each exclusive-or the seed. */
	uint64_t next;
	uint64_t prev;
};

#define HEADER_BYTES offsetof(struct mm_pool_header, next)

extern const struct mm_pool_ops mm_pool_tlsf_ops;
extern const struct mm_pool_ops mm_pool_guarded_ops;

/* NULL if `pool` is another implementation. */
static inline struct mm_pool_tlsf *pool_of(struct mm_pool *pool)
{
	if (pool->ops != &mm_pool_tlsf_ops && pool->ops != &mm_pool_guarded_ops)
		return NULL;
	return MM_CONTAINER_OF(pool, struct mm_pool_tlsf, pool);
}

static inline uint32_t units_of(const struct mm_pool_header *header)
{
	return header->size >> 1;
}

static inline bool is_used(const struct mm_pool_header *header)
{
	return (header->size & IS_USED) != 0;
}

static inline struct mm_pool_header *header_at(uintptr_t address)
{
	return (struct mm_pool_header *)address;
}

static inline struct mm_pool_header *header_after(const struct mm_pool_header *header)
{
	return header_at((uintptr_t)header + (uintptr_t)units_of(header) * UNIT);
}

static inline struct mm_pool_header *header_before(const struct mm_pool_header *header)
{
	return header_at((uintptr_t)header - (uintptr_t)header->before * UNIT);
}

static inline uint32_t check_of(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	uint64_t x = ((uint64_t)header->size << 32 | header->type) ^ self->seed;

	return (uint32_t)((x + (uintptr_t)header) * 0x9e3779b97f4a7c15u >> 32);
}

static inline bool is_sound(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return header->check == check_of(self, header);
}

static inline void seal(const struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t size, uint32_t type)
{
	header->size = size;
	header->type = type;
	header->check = check_of(self, header);
}

/* Where blocks of a length are kept. */
struct mm_pool_class {
	uint32_t first;
	uint32_t second;
};

/* One class for each length up to 63, then 32 for each power of two. */
static inline struct mm_pool_class class_of(uint32_t units)
{
	struct mm_pool_class class = { 0, units };
	uint32_t top;

	if (units < MM_POOL_SECOND_COUNT)
		return class;
	top = 31u - (uint32_t)__builtin_clz(units);
	class.first = top - SECOND_BITS + 1u;
	class.second = (units >> (top - SECOND_BITS)) & (MM_POOL_SECOND_COUNT - 1u);
	return class;
}

/* pool_tlsf.c */

/*
 * Makes [header, header + units) a free block, joined with free neighbours. They were verified before, and
 * `header->before` is right already.
 */
void mm_pool_block_join(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units);
/* MM_OK if a free block's check word holds, and it and its list neighbours agree; else MM_E_CORRUPT. */
enum mm_status mm_pool_block_verify(const struct mm_pool_tlsf *self, const struct mm_pool_header *header);
/* Hangs a free block, whose header is made, into its list, or takes a verified one out. */
void mm_pool_block_link(struct mm_pool_tlsf *self, struct mm_pool_header *header);
void mm_pool_block_unlink(struct mm_pool_tlsf *self, struct mm_pool_header *header);
/* The chunk that holds `address`, or NULL. */
const struct mm_pool_chunk *mm_pool_chunk_of(const struct mm_pool_tlsf *self, uintptr_t address);

/* pool_chunk.c */

/* Fetches pages for a block of `units` and makes them free blocks. The statuses of mm_pool_alloc(). */
enum mm_status mm_pool_grow(struct mm_pool_tlsf *self, uint32_t units);

/* pool_guard.c */

/* Gives back all guarded blocks; MM_OK or the first refusal. */
enum mm_status mm_pool_guarded_finish(struct mm_pool_tlsf *self);
/* MM_OK or MM_E_CORRUPT. */
enum mm_status mm_pool_guarded_check(const struct mm_pool_tlsf *self);
