/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A table of equal records that hands out opaque 64-bit tokens in place of pointers. A token names a record
 * and the generation in which it was taken; once the record is put back, the token is stale for ever. A
 * token is checked, never followed, so it may come from anyone. Take, put and find are O(1).
 *
 * Token: bits 63..52 the table's tag, 51..20 the generation, 19..0 the index. The tag is not zero, so no
 * token is. Two tables of different tags refuse each other's tokens.
 *
 * Records live in chunks of memory that the caller adds, each twice as large as the one before; they never
 * move and never leave the table before it ends, so a pointer to a record always points at a record.
 * Pure; no locks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/status.h"

#define MM_SLOTS_CHUNKS_MAX  16u
#define MM_SLOTS_FIRST_CHUNK 16u /* records in the first chunk */
#define MM_SLOTS_RECORDS_MAX (MM_SLOTS_FIRST_CHUNK * ((1u << MM_SLOTS_CHUNKS_MAX) - 1u))
#define MM_SLOTS_TAG_MAX     0xfffu

/* Must be the first member of every record. */
struct mm_slot {
	/* private: */
	uint32_t index;
	uint32_t generation;	   /* from 1; a record whose generation is used up is retired */
	struct mm_slot *next_free; /* of a live record: itself */
};

struct mm_slots {
	/* private: */
	uint8_t *chunks[MM_SLOTS_CHUNKS_MAX];
	uint32_t record_bytes;
	uint32_t chunk_count;
	uint32_t capacity;
	uint32_t fresh; /* records from here to the capacity were never taken */
	uint32_t live_count;
	uint32_t retired_count;
	uint32_t tag;
	struct mm_slot *first_free;
};

/*
 * Makes an empty table of records of `record_bytes` (at least sizeof(struct mm_slot), a multiple of 8, less
 * than 64 KiB) with a tag of 1..MM_SLOTS_TAG_MAX.
 */
void mm_slots_init(struct mm_slots *self, size_t record_bytes, uint32_t tag);

/* Bytes of the chunk that mm_slots_add_chunk() expects next; 0 when the table may not grow any more. */
size_t mm_slots_next_chunk_bytes(const struct mm_slots *self);

/* Adds memory of exactly that size, aligned to 8 and the caller's until the table ends. */
void mm_slots_add_chunk(struct mm_slots *self, void *memory);

/* Takes back one chunk of a table that is not used any more, the newest first; NULL when none is left. */
void *mm_slots_drop_chunk(struct mm_slots *self);

/* Takes a record that was never taken; NULL if there is none. What mm_slots_take() does when no other is free. */
struct mm_slot *mm_slots_take_fresh(struct mm_slots *self);

/* Takes a record, its contents behind the slot undefined; NULL when a chunk has to be added first. */
static inline struct mm_slot *mm_slots_take(struct mm_slots *self)
{
	struct mm_slot *slot = self->first_free;

	if (slot == NULL)
		return mm_slots_take_fresh(self);
	self->first_free = slot->next_free;
	slot->next_free = slot;
	self->live_count++;
	return slot;
}

/* True if mm_slots_take() has a record that was put back. */
static inline bool mm_slots_has_free(const struct mm_slots *self)
{
	return self->first_free != NULL;
}

/* Puts a live record back; all its tokens become stale. */
static inline void mm_slots_put(struct mm_slots *self, struct mm_slot *slot)
{
	self->live_count--;
	if (slot->generation == UINT32_MAX) {
		slot->next_free = NULL;
		self->retired_count++;
		return;
	}
	slot->generation++;
	slot->next_free = self->first_free;
	self->first_free = slot;
}

static inline bool mm_slot_is_live(const struct mm_slot *slot)
{
	return slot->next_free == slot;
}

/*
 * The live record a token names. MM_OK; MM_E_STALE if it was given out once and put back; MM_E_INVALID if
 * this table never gave it out.
 */
enum mm_status mm_slots_find(const struct mm_slots *self, uint64_t token, struct mm_slot **ret_slot);

/* Walks the live records by index: the first for NULL, then the one after `slot`; NULL at the end. */
struct mm_slot *mm_slots_next(const struct mm_slots *self, const struct mm_slot *slot);

/* True if the free list, the counts and every record's index hold. O(capacity). */
bool mm_slots_check(const struct mm_slots *self);

/* The token of a live record. */
static inline uint64_t mm_slots_token(const struct mm_slots *self, const struct mm_slot *slot)
{
	return ((uint64_t)self->tag << 52) | ((uint64_t)slot->generation << 20) | slot->index;
}

static inline uint32_t mm_slots_live_count(const struct mm_slots *self)
{
	return self->live_count;
}
