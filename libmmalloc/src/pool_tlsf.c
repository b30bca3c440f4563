/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "pool_internal.h"

static struct mm_pool_header *list_link(const struct mm_pool_tlsf *self, uint64_t link)
{
	return header_at((uintptr_t)(link ^ self->seed));
}

static uint64_t link_to(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return (uint64_t)(uintptr_t)header ^ self->seed;
}

/* True if `address` may be followed as a header. A link that was overwritten decodes to an address far away. */
static bool is_inside(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return (uintptr_t)header - self->low < self->high - self->low && (uintptr_t)header % UNIT == 0;
}

enum mm_status mm_pool_block_verify(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	const struct mm_pool_header *next = list_link(self, header->next);
	const struct mm_pool_header *prev = list_link(self, header->prev);

	if (!is_sound(self, header))
		return MM_E_CORRUPT;
	if (next != NULL && (!is_inside(self, next) || list_link(self, next->prev) != header))
		return MM_E_CORRUPT;
	if (prev != NULL && (!is_inside(self, prev) || list_link(self, prev->next) != header))
		return MM_E_CORRUPT;
	return MM_OK;
}

void mm_pool_block_link(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	struct mm_pool_class class = class_of(units_of(header));
	struct mm_pool_header **head = &self->lists[class.first][class.second];

	header->next = link_to(self, *head);
	header->prev = link_to(self, NULL);
	if (*head != NULL)
		(*head)->prev = link_to(self, header);
	*head = header;
	self->first_map |= 1u << class.first;
	self->second_map[class.first] |= 1u << class.second;
}

void mm_pool_block_unlink(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	struct mm_pool_header *next = list_link(self, header->next);
	struct mm_pool_header *prev = list_link(self, header->prev);
	struct mm_pool_class class;

	if (next != NULL)
		next->prev = header->prev;
	if (prev != NULL) {
		prev->next = header->next;
		return;
	}
	class = class_of(units_of(header));
	self->lists[class.first][class.second] = next;
	if (next != NULL)
		return;
	self->second_map[class.first] &= ~(1u << class.second);
	if (self->second_map[class.first] == 0)
		self->first_map &= ~(1u << class.first);
}

/* A free block of `units` or more from the first class in which every block has that many; NULL if there is none. */
static struct mm_pool_header *find_block(const struct mm_pool_tlsf *self, uint32_t units)
{
	uint32_t rounded = units;
	struct mm_pool_class class;
	uint32_t map;

	if (units >= 2u * MM_POOL_SECOND_COUNT)
		rounded += (1u << (31u - (uint32_t)__builtin_clz(units) - SECOND_BITS)) - 1u;
	class = class_of(rounded);
	map = self->second_map[class.first] & (~0u << class.second);
	if (map == 0) {
		map = self->first_map & (~1u << class.first);
		if (map == 0)
			return NULL;
		class.first = (uint32_t)__builtin_ctz(map);
		map = self->second_map[class.first];
	}
	return self->lists[class.first][(uint32_t)__builtin_ctz(map)];
}

/* Cuts the block after `units`; the rest, if it can be a block, becomes a free one. Returns the units that stay. */
static uint32_t cut_tail(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t total, uint32_t units)
{
	struct mm_pool_header *rest = header_at((uintptr_t)header + (uintptr_t)units * UNIT);

	if (total - units < UNITS_MIN)
		return total;
	rest->before = units;
	seal(self, rest, (total - units) << 1, 0);
	header_after(rest)->before = total - units;
	mm_pool_block_link(self, rest);
	return units;
}

/*
 * Units to cut off the front of a block so that what follows has an aligned payload; they are none, or enough
 * for a block.
 */
static uint32_t lead_of(const struct mm_pool_header *header, size_t align)
{
	uintptr_t payload = (uintptr_t)header + HEADER_BYTES;
	uintptr_t lead = ((payload + align - 1u) & ~(uintptr_t)(align - 1u)) - payload;

	if (lead == UNIT)
		lead += align;
	return (uint32_t)(lead / UNIT);
}

/* Makes the first `lead` units of an unlinked block a free block; returns the header behind them. */
static struct mm_pool_header *cut_lead(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t lead)
{
	struct mm_pool_header *behind = header_at((uintptr_t)header + (uintptr_t)lead * UNIT);

	seal(self, header, lead << 1, 0);
	mm_pool_block_link(self, header);
	behind->before = lead;
	return behind;
}

/* A verified free block of `units` or more; the pool grows if it has none. */
static enum mm_status obtain(struct mm_pool_tlsf *self, uint32_t units, struct mm_pool_header **ret_header)
{
	struct mm_pool_header *header = find_block(self, units);
	enum mm_status status;

	if (MM_UNLIKELY(header == NULL)) {
		status = mm_pool_grow(self, units);
		if (status != MM_OK)
			return status;
		header = find_block(self, units);
	}
	*ret_header = header;
	return mm_pool_block_verify(self, header);
}

static enum mm_status tlsf_alloc(struct mm_pool *pool, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_header *header;
	uint32_t units;
	uint32_t total;
	enum mm_status status;

	if (self == NULL)
		return MM_E_NOT_READY;
	if (bytes > MM_POOL_BYTES_MAX)
		return MM_E_NO_MEMORY;
	units = (uint32_t)((bytes + HEADER_BYTES + UNIT - 1u) / UNIT);
	status = obtain(self, align == UNIT ? units : units + (uint32_t)(align / UNIT) + 1u, &header);
	if (status != MM_OK)
		return status;
	total = units_of(header);
	mm_pool_block_unlink(self, header);
	if (align != UNIT) {
		uint32_t lead = lead_of(header, align);

		if (lead != 0)
			header = cut_lead(self, header, lead);
		total -= lead;
	}
	units = cut_tail(self, header, total, units);
	/* With a lead and no tail, the block behind has a new neighbour before it. */
	header_at((uintptr_t)header + (uintptr_t)units * UNIT)->before = units;
	seal(self, header, units << 1 | IS_USED, type);
	self->used_bytes += (uint64_t)units * UNIT;
	self->used_blocks++;
	*ret_block = (uint8_t *)header + HEADER_BYTES;
	return MM_OK;
}

const struct mm_pool_chunk *mm_pool_chunk_of(const struct mm_pool_tlsf *self, uintptr_t address)
{
	uint32_t from = 0;
	uint32_t count = self->chunk_count;

	while (count > 1) {
		uint32_t half = count / 2u;

		if (address >= self->chunks[from + half].base) {
			from += half;
			count -= half;
		} else {
			count = half;
		}
	}
	if (count == 0 || address < self->chunks[from].base || address >= self->chunks[from].end)
		return NULL;
	return &self->chunks[from];
}

/* What is wrong with the header of a pointer that was given to free: walks the chunk up to it. */
MM_COLD static enum mm_status why_unsound(const struct mm_pool_tlsf *self, const struct mm_pool_chunk *chunk,
					  const struct mm_pool_header *header)
{
	const struct mm_pool_header *at = header_at(chunk->base);
	const struct mm_pool_header *holder = at;

	while ((uintptr_t)at <= (uintptr_t)header) {
		if (!is_sound(self, at) || units_of(at) == 0)
			return MM_E_CORRUPT;
		holder = at;
		at = header_after(at);
	}
	return is_used(holder) ? MM_E_ALLOC_FOREIGN : MM_E_ALLOC_DOUBLE_FREE;
}

/* The live block whose payload is at `block`, proved to be one. */
static enum mm_status find_live(const struct mm_pool_tlsf *self, const void *block, uintptr_t *ret_base,
				struct mm_pool_header **ret_header)
{
	uintptr_t address = (uintptr_t)block - HEADER_BYTES;
	const struct mm_pool_chunk *chunk = mm_pool_chunk_of(self, address);
	struct mm_pool_header *header = header_at(address);

	if (chunk == NULL || address % UNIT != 0)
		return MM_E_ALLOC_FOREIGN;
	if (MM_UNLIKELY(!is_sound(self, header)))
		return why_unsound(self, chunk, header);
	if (!is_used(header))
		return MM_E_ALLOC_DOUBLE_FREE;
	if (units_of(header) == 0)
		return MM_E_ALLOC_FOREIGN;
	*ret_base = chunk->base;
	*ret_header = header;
	return MM_OK;
}

/* MM_OK if the blocks on both sides of a live one agree with it and, if free, with their lists. */
static enum mm_status verify_neighbours(const struct mm_pool_tlsf *self, const struct mm_pool_header *header,
					uintptr_t base)
{
	const struct mm_pool_header *after = header_after(header);
	const struct mm_pool_header *before = header_before(header);

	if (after->before != units_of(header) || (!is_used(after) && mm_pool_block_verify(self, after) != MM_OK))
		return MM_E_CORRUPT;
	if (before == header)
		return (uintptr_t)header == base ? MM_OK : MM_E_CORRUPT;
	if ((uintptr_t)header->before * UNIT > (uintptr_t)header - base || units_of(before) != header->before)
		return MM_E_CORRUPT;
	return is_used(before) ? MM_OK : mm_pool_block_verify(self, before);
}

void mm_pool_block_join(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units)
{
	struct mm_pool_header *after = header_at((uintptr_t)header + (uintptr_t)units * UNIT);
	struct mm_pool_header *before = header_before(header);

	if (!is_used(after)) {
		mm_pool_block_unlink(self, after);
		units += units_of(after);
	}
	if (before != header && !is_used(before)) {
		mm_pool_block_unlink(self, before);
		units += units_of(before);
		/* No longer a block: a second free must not find it. */
		header->size = 0;
		header = before;
	}
	seal(self, header, units << 1, 0);
	header_after(header)->before = units;
	mm_pool_block_link(self, header);
}

static enum mm_status tlsf_free(struct mm_pool *pool, void *block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_header *header;
	uintptr_t base;
	enum mm_status status;

	if (self == NULL)
		return MM_E_NOT_READY;
	status = find_live(self, block, &base, &header);
	if (status == MM_OK)
		status = verify_neighbours(self, header, base);
	if (status != MM_OK)
		return status;
	self->used_bytes -= (uint64_t)units_of(header) * UNIT;
	self->used_blocks--;
	mm_pool_block_join(self, header, units_of(header));
	return MM_OK;
}

static enum mm_status tlsf_info(struct mm_pool *pool, const void *block, struct mm_pool_block_info *ret_info)
{
	const struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_header *header;
	uintptr_t base;
	enum mm_status status;

	if (self == NULL)
		return MM_E_NOT_READY;
	status = find_live(self, block, &base, &header);
	if (status != MM_OK)
		return status;
	ret_info->bytes = (size_t)units_of(header) * UNIT - HEADER_BYTES;
	ret_info->type = header->type;
	return MM_OK;
}

const struct mm_pool_ops mm_pool_tlsf_ops = {
	.alloc = tlsf_alloc,
	.free = tlsf_free,
	.info = tlsf_info,
};
