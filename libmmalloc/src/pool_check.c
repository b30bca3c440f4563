/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "pool_internal.h"

/* What the walk over all blocks has met. */
struct census {
	uint64_t used_bytes;
	uint64_t used_blocks;
	uint64_t free_blocks;
	uint64_t spare_blocks;
};

/* True if the free block is in the list of its class. */
static bool is_listed(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	struct mm_pool_class class = class_of(units_of(header));

	if (mm_pool_block_verify(self, header) != MM_OK || (header->word >> TYPE_SHIFT & TYPE_MASK) != 0)
		return false;
	/* A verified block is reachable from its list's head if it is that head or has one before it. */
	return (header->prev ^ self->seed) != 0 || self->lists[class.first][class.second] == header;
}

/* Counts a block; false if it is free and not in its list, or wrongly said to be the spare. */
static bool count_block(const struct mm_pool_tlsf *self, const struct mm_pool_header *at, struct census *census)
{
	switch (at->word & (IS_USED | IS_SPARE)) {
	case 0:
		census->free_blocks++;
		return is_listed(self, at);
	case IS_USED:
		census->used_blocks++;
		census->used_bytes += (uint64_t)units_of(at) * UNIT;
		return at->bytes <= units_of(at) * UNIT - HEADER_BYTES;
	case IS_USED | IS_SPARE:
		census->spare_blocks++;
		return at == self->spare && units_of(at) == self->spare_units;
	default:
		return false;
	}
}

static bool check_chunk(const struct mm_pool_tlsf *self, const struct mm_pool_chunk *chunk, struct census *census)
{
	const struct mm_pool_header *at = header_at(chunk->base);
	uint32_t before = 0;
	bool is_after_free = false;

	while ((uintptr_t)at < chunk->end - HEADER_BYTES) {
		uint32_t units = units_of(at);

		if (!is_sound(self, at) || at->before != before || units < UNITS_MIN ||
		    units > (chunk->end - HEADER_BYTES - (uintptr_t)at) / UNIT)
			return false;
		if ((!is_used(at) && is_after_free) || !count_block(self, at, census))
			return false;
		is_after_free = !is_used(at);
		before = units;
		at = header_after(at);
	}
	return (uintptr_t)at == chunk->end - HEADER_BYTES && is_sound(self, at) && at->word == WORD_END &&
	       at->before == before;
}

static bool check_chunks(const struct mm_pool_tlsf *self, struct census *census)
{
	uintptr_t last = 0;
	uint64_t bytes = 0;

	if (self->chunk_count > MM_POOL_CHUNK_MAX)
		return false;
	for (uint32_t i = 0; i < self->chunk_count; i++) {
		const struct mm_pool_chunk *chunk = &self->chunks[i];

		/* Adjoining chunks would have become one. */
		if (chunk->base <= last || chunk->end <= chunk->base || !check_chunk(self, chunk, census))
			return false;
		last = chunk->end;
		bytes += chunk->end - chunk->base;
	}
	return bytes == self->chunk_pages << 12;
}

/* The blocks of a list; UINT64_MAX if one is wrong. */
static uint64_t count_list(const struct mm_pool_tlsf *self, uint32_t first, uint32_t second, uint64_t most)
{
	const struct mm_pool_header *at = self->lists[first][second];
	uint64_t count = 0;

	while (at != NULL) {
		struct mm_pool_class class;

		if (chunk_of(self, (uintptr_t)at) == NULL || mm_pool_block_verify(self, at) != MM_OK || is_used(at) ||
		    count == most)
			return UINT64_MAX;
		class = class_of(units_of(at));
		if (class.first != first || class.second != second)
			return UINT64_MAX;
		count++;
		at = header_at((uintptr_t)(at->next ^ self->seed));
	}
	return count;
}

/* The lists hold exactly the free blocks that the walk has met, and the maps say which lists have some. */
static bool check_lists(const struct mm_pool_tlsf *self, uint64_t free_blocks)
{
	uint64_t left = free_blocks;

	for (uint32_t first = 0; first < MM_POOL_FIRST_COUNT; first++) {
		if ((self->second_map[first] != 0) != ((self->first_map >> first & 1u) != 0))
			return false;
		for (uint32_t second = 0; second < MM_POOL_SECOND_COUNT; second++) {
			uint64_t count = count_list(self, first, second, left);

			if (count == UINT64_MAX || (count != 0) != ((self->second_map[first] >> second & 1u) != 0))
				return false;
			left -= count;
		}
	}
	return left == 0;
}

/* Walks everything. */
static bool take_census(const struct mm_pool_tlsf *self, struct census *ret_census)
{
	struct census census = { 0, 0, 0, 0 };

	if (!check_chunks(self, &census) || !check_lists(self, census.free_blocks) ||
	    census.spare_blocks != (self->spare_units != 0))
		return false;
	*ret_census = census;
	return true;
}

enum mm_status mm_pool_tlsf_get_stats(const struct mm_pool_tlsf *self, struct mm_pool_stats *ret_stats)
{
	struct census census;

	if (self->pool.ops == NULL)
		return MM_E_NOT_READY;
	if (self->guard != NULL)
		return mm_pool_guarded_check(self, ret_stats);
	if (!take_census(self, &census))
		return MM_E_CORRUPT;
	ret_stats->used_bytes = census.used_bytes;
	ret_stats->used_blocks = census.used_blocks;
	ret_stats->chunk_pages = self->chunk_pages;
	ret_stats->chunk_count = self->chunk_count;
	return MM_OK;
}

enum mm_status mm_pool_tlsf_check(const struct mm_pool_tlsf *self)
{
	struct mm_pool_stats stats;

	return mm_pool_tlsf_get_stats(self, &stats);
}
