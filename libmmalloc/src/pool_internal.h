/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the files of the pool share: the layout of a chunk.
 *
 *   [ header | payload ][ header | payload ] ... [ header ]
 *
 * Blocks adjoin; the last header of a chunk stands alone and says WORD_END. Lengths are in units of
 * 16 bytes, header included. No two free blocks adjoin. A block is live, free, or the spare: freed, but still to be
 * joined and listed; to its neighbours it is as if it were live.
 */
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/compiler.h"

/* For what every allocation and release goes through: a call costs more than the work. */
#define HOT static inline __attribute__((always_inline))

#define UNIT	    16u
#define UNITS_MIN   2u
#define SECOND_BITS 5u

/* A header's word: units, type, state. */
#define IS_USED	    1u
#define IS_SPARE    2u
#define TYPE_SHIFT  2u
#define TYPE_MASK   (MM_POOL_TYPE_COUNT - 1u)
#define UNITS_SHIFT 6u
#define WORD_END    (IS_USED | IS_SPARE)

struct mm_pool_header {
	uint32_t check;	 /* over address, seed and word */
	uint32_t word;	 /* see above; the type is 0 while free */
	uint32_t before; /* units of the block before; 0 for the first. Compared with that block before it is used */
	uint32_t bytes;	 /* as asked for, while live */
	/* Only while free, in the payload: neighbours in the list, each exclusive-or the seed. */
	uint64_t next;
	uint64_t prev;
};

#define HEADER_BYTES offsetof(struct mm_pool_header, next)

extern const struct mm_pool_ops mm_pool_tlsf_ops;
extern const struct mm_pool_ops mm_pool_guarded_ops;

HOT struct mm_pool_tlsf *pool_of(struct mm_pool *pool)
{
	return MM_CONTAINER_OF(pool, struct mm_pool_tlsf, pool);
}

HOT uint32_t units_of(const struct mm_pool_header *header)
{
	return header->word >> UNITS_SHIFT;
}

HOT bool is_used(const struct mm_pool_header *header)
{
	return (header->word & IS_USED) != 0;
}

HOT struct mm_pool_header *header_at(uintptr_t address)
{
	return (struct mm_pool_header *)address;
}

/* The header `units` behind another one. */
HOT struct mm_pool_header *header_past(const struct mm_pool_header *header, uint32_t units)
{
	return header_at((uintptr_t)header + (uintptr_t)units * UNIT);
}

HOT struct mm_pool_header *header_after(const struct mm_pool_header *header)
{
	return header_past(header, units_of(header));
}

HOT struct mm_pool_header *header_before(const struct mm_pool_header *header)
{
	return header_at((uintptr_t)header - (uintptr_t)header->before * UNIT);
}

/*
 * Exclusive-or is enough: it shows every stray write that does not happen to change the word and its check by the
 * same bits, and a copied header, whose address is another one.
 */
HOT uint32_t check_of(const struct mm_pool_tlsf *self, const struct mm_pool_header *header, uint32_t word)
{
	return word ^ (uint32_t)(uintptr_t)header ^ (uint32_t)self->seed;
}

HOT bool is_sound(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return header->check == check_of(self, header, header->word);
}

HOT void seal(const struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t word)
{
	header->word = word;
	header->check = check_of(self, header, word);
}

/* The chunk that holds `address`, or NULL. */
HOT const struct mm_pool_chunk *chunk_of(const struct mm_pool_tlsf *self, uintptr_t address)
{
	const struct mm_pool_chunk *chunk = self->chunks;

	if (address - self->low >= self->reach)
		return NULL;
	chunk += self->parts[(address - self->low) >> self->part_shift];
	while (chunk[1].base <= address)
		chunk++;
	return address < chunk->end ? chunk : NULL;
}

/* True if `header` may be followed. A link that was overwritten decodes to an address far away. */
HOT bool is_inside(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return (uintptr_t)header - self->low < self->reach;
}

HOT struct mm_pool_header *linked(const struct mm_pool_tlsf *self, uint64_t link)
{
	return header_at((uintptr_t)(link ^ self->seed));
}

HOT uint64_t link_to(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return (uint64_t)(uintptr_t)header ^ self->seed;
}

/*
 * The number of the highest bit: what the processor's bit scan gives. The empty statement keeps clang from folding
 * the exclusive-or into its users, each of which would then undo it again.
 */
HOT uint32_t top_bit(uint32_t v)
{
	uint32_t top = 31u ^ (uint32_t)__builtin_clz(v);

	__asm__("" : "+r"(top));
	return top;
}

/* Where blocks of a length are kept. */
struct mm_pool_class {
	uint32_t first;
	uint32_t second;
};

/* One class for each length up to 63, then 32 for each power of two. */
HOT struct mm_pool_class class_of(uint32_t units)
{
	struct mm_pool_class class = { 0, units };
	uint32_t top;

	if (units < MM_POOL_SECOND_COUNT)
		return class;
	top = top_bit(units);
	class.first = top - SECOND_BITS + 1u;
	class.second = (units >> (top - SECOND_BITS)) & (MM_POOL_SECOND_COUNT - 1u);
	return class;
}

/* pool_tlsf.c */

/*
 * MM_OK if a free block can be taken out of its list: its check word holds, and it and its list neighbours agree; else
 * MM_E_CORRUPT.
 */
enum mm_status mm_pool_block_verify(const struct mm_pool_tlsf *self, const struct mm_pool_header *header);
/* Hangs a free block, whose header is made, into its list, or takes a verified one out. */
void mm_pool_block_link(struct mm_pool_tlsf *self, struct mm_pool_header *header);
void mm_pool_block_unlink(struct mm_pool_tlsf *self, struct mm_pool_header *header);
/*
 * Makes [header, header + units) a free block, joined with free neighbours; `header->before` is right already. MM_OK;
 * MM_E_CORRUPT: a neighbour cannot be trusted and is left alone.
 */
enum mm_status mm_pool_block_join(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units);
/* Joins and lists the spare, if there is one. MM_OK; MM_E_CORRUPT as above. */
enum mm_status mm_pool_flush(struct mm_pool_tlsf *self);

/* pool_chunk.c */

/* Fetches pages for a block of `units` and makes them free blocks. The statuses of mm_pool_alloc(). */
enum mm_status mm_pool_grow(struct mm_pool_tlsf *self, uint32_t units);

/* pool_guard.c */

/* Gives back all guarded blocks; MM_OK or the first refusal. */
enum mm_status mm_pool_guarded_finish(struct mm_pool_tlsf *self);
/* The live blocks and their bytes. MM_OK or MM_E_CORRUPT. */
enum mm_status mm_pool_guarded_check(const struct mm_pool_tlsf *self, struct mm_pool_stats *ret_stats);
