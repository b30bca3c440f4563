/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/slots.h"

#define NO_SLOT	   UINT32_MAX
#define INDEX_BITS 20u
#define INDEX_MASK ((1u << INDEX_BITS) - 1u)
#define TAG_SHIFT  52u

MM_STATIC_ASSERT(MM_SLOTS_RECORDS_MAX <= INDEX_MASK, slots_index_fits_its_bits);

/* The position of the highest one bit; `v` is not 0. */
static uint32_t log2_floor(uint32_t v)
{
#if defined(__FRAMAC__)
	uint32_t log = 0;

	while (v >>= 1)
		log++;
	return log;
#else
	return 31u - (uint32_t)__builtin_clz(v);
#endif
}

/* Chunk k holds MM_SLOTS_FIRST_CHUNK << k records, so index / first + 1 has its top bit at k. */
static struct mm_slot *slot_at(const struct mm_slots *self, uint32_t index)
{
	uint32_t chunk = log2_floor(index / MM_SLOTS_FIRST_CHUNK + 1u);
	uint32_t start = MM_SLOTS_FIRST_CHUNK * ((1u << chunk) - 1u);

	return (struct mm_slot *)(void *)(self->chunks[chunk] + (size_t)(index - start) * self->record_bytes);
}

static uint32_t chunk_records(uint32_t chunk)
{
	return MM_SLOTS_FIRST_CHUNK << chunk;
}

void mm_slots_init(struct mm_slots *self, size_t record_bytes, uint32_t tag)
{
	uint32_t i;

	for (i = 0; i < MM_SLOTS_CHUNKS_MAX; i++)
		self->chunks[i] = NULL;
	self->record_bytes = (uint32_t)record_bytes;
	self->chunk_count = 0;
	self->capacity = 0;
	self->fresh = 0;
	self->live_count = 0;
	self->retired_count = 0;
	self->first_free = NULL;
	self->tag = tag & MM_SLOTS_TAG_MAX;
}

size_t mm_slots_next_chunk_bytes(const struct mm_slots *self)
{
	if (self->chunk_count >= MM_SLOTS_CHUNKS_MAX)
		return 0;
	return (size_t)chunk_records(self->chunk_count) * self->record_bytes;
}

void mm_slots_add_chunk(struct mm_slots *self, void *memory)
{
	self->chunks[self->chunk_count] = memory;
	self->capacity += chunk_records(self->chunk_count);
	self->chunk_count++;
}

void *mm_slots_drop_chunk(struct mm_slots *self)
{
	if (self->chunk_count == 0)
		return NULL;
	self->chunk_count--;
	self->capacity -= chunk_records(self->chunk_count);
	return self->chunks[self->chunk_count];
}

struct mm_slot *mm_slots_take_fresh(struct mm_slots *self)
{
	struct mm_slot *slot;

	if (self->fresh >= self->capacity)
		return NULL;
	slot = slot_at(self, self->fresh);
	slot->index = self->fresh++;
	slot->generation = 1;
	slot->next_free = slot;
	self->live_count++;
	return slot;
}

enum mm_status mm_slots_find(const struct mm_slots *self, uint64_t token, struct mm_slot **ret_slot)
{
	uint32_t index = (uint32_t)token & INDEX_MASK;
	uint32_t generation = (uint32_t)(token >> INDEX_BITS);
	struct mm_slot *slot;

	if (token >> TAG_SHIFT != self->tag || index >= self->fresh)
		return MM_E_INVALID;
	slot = slot_at(self, index);
	if (generation == slot->generation && mm_slot_is_live(slot)) {
		*ret_slot = slot;
		return MM_OK;
	}
	/* A free record's generation is its next one, unless it is retired. */
	if (generation == 0 || generation > slot->generation)
		return MM_E_INVALID;
	if (generation == slot->generation && generation != UINT32_MAX)
		return MM_E_INVALID;
	return MM_E_STALE;
}

struct mm_slot *mm_slots_next(const struct mm_slots *self, const struct mm_slot *slot)
{
	uint32_t index = slot == NULL ? 0 : slot->index + 1u;

	for (; index < self->fresh; index++) {
		struct mm_slot *candidate = slot_at(self, index);

		if (mm_slot_is_live(candidate))
			return candidate;
	}
	return NULL;
}

/* True if the free list holds exactly `wanted` records, each of this table and none of them live. */
static bool free_list_holds(const struct mm_slots *self, uint32_t wanted)
{
	const struct mm_slot *slot;
	uint32_t count = 0;

	for (slot = self->first_free; slot != NULL; slot = slot->next_free) {
		if (count++ >= wanted || mm_slot_is_live(slot) || slot->index >= self->fresh ||
		    slot_at(self, slot->index) != slot)
			return false;
	}
	return count == wanted;
}

bool mm_slots_check(const struct mm_slots *self)
{
	uint32_t live = 0;
	uint32_t index;

	if (self->fresh > self->capacity || self->chunk_count > MM_SLOTS_CHUNKS_MAX)
		return false;
	for (index = 0; index < self->fresh; index++) {
		const struct mm_slot *slot = slot_at(self, index);

		if (slot->index != index || slot->generation == 0)
			return false;
		live += mm_slot_is_live(slot);
	}
	if (live != self->live_count || live + self->retired_count > self->fresh)
		return false;
	return free_list_holds(self, self->fresh - live - self->retired_count);
}
