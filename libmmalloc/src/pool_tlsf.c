/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pool_internal.h"

HOT enum mm_status verify_free(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	const struct mm_pool_header *next = linked(self, header->next);
	const struct mm_pool_header *prev = linked(self, header->prev);

	if (!is_sound(self, header))
		return MM_E_CORRUPT;
	if (next != NULL && (!is_inside(self, next) || linked(self, next->prev) != header))
		return MM_E_CORRUPT;
	if (prev != NULL && (!is_inside(self, prev) || linked(self, prev->next) != header))
		return MM_E_CORRUPT;
	return MM_OK;
}

enum mm_status mm_pool_block_verify(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return verify_free(self, header);
}

HOT void link_free(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units)
{
	struct mm_pool_class class = class_of(units);
	struct mm_pool_header **head = &self->lists[class.first][class.second];
	struct mm_pool_header *next = *head;

	*head = header;
	header->next = link_to(self, next);
	header->prev = link_to(self, NULL);
	if (next != NULL) {
		next->prev = link_to(self, header);
		return;
	}
	self->first_map |= 1u << class.first;
	self->second_map[class.first] |= 1u << class.second;
}

void mm_pool_block_link(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	link_free(self, header, units_of(header));
}

HOT void drop_head(struct mm_pool_tlsf *self, struct mm_pool_class class, struct mm_pool_header *next)
{
	self->lists[class.first][class.second] = next;
	if (next != NULL)
		return;
	self->second_map[class.first] &= ~(1u << class.second);
	if (self->second_map[class.first] == 0)
		self->first_map &= ~(1u << class.first);
}

HOT void unlink_free(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	struct mm_pool_header *next = linked(self, header->next);
	struct mm_pool_header *prev = linked(self, header->prev);

	if (next != NULL)
		next->prev = header->prev;
	if (prev != NULL)
		prev->next = header->next;
	else
		drop_head(self, class_of(units_of(header)), next);
}

void mm_pool_block_unlink(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	unlink_free(self, header);
}

/* Takes the first block out of a list that has one. MM_OK; MM_E_CORRUPT: the block or the next one was overwritten. */
HOT enum mm_status pop_free(struct mm_pool_tlsf *self, struct mm_pool_class class, struct mm_pool_header **ret_header)
{
	struct mm_pool_header *header = self->lists[class.first][class.second];
	struct mm_pool_header *next = linked(self, header->next);

	if (!is_sound(self, header))
		return MM_E_CORRUPT;
	if (next != NULL) {
		if (!is_inside(self, next) || linked(self, next->prev) != header)
			return MM_E_CORRUPT;
		next->prev = link_to(self, NULL);
	}
	drop_head(self, class, next);
	*ret_header = header;
	return MM_OK;
}

/* The first class with a block in which every block has `units` or more; false if there is none. */
HOT bool find_class(const struct mm_pool_tlsf *self, uint32_t units, struct mm_pool_class *ret_class)
{
	struct mm_pool_class class;
	uint32_t map;

	if (units >= 2u * MM_POOL_SECOND_COUNT)
		units += (1u << (top_bit(units) - SECOND_BITS)) - 1u;
	class = class_of(units);
	map = self->second_map[class.first] & ~0u << class.second;
	if (map == 0) {
		map = self->first_map & ~1u << class.first;
		if (map == 0)
			return false;
		class.first = (uint32_t)__builtin_ctz(map);
		map = self->second_map[class.first];
	}
	ret_class->first = class.first;
	ret_class->second = (uint32_t)__builtin_ctz(map);
	return true;
}

/* When no class has a block: the spare may help, else the pool grows. */
MM_NOINLINE static enum mm_status make_room(struct mm_pool_tlsf *self, uint32_t units)
{
	struct mm_pool_class class;
	enum mm_status status = mm_pool_flush(self);

	if (status != MM_OK || find_class(self, units, &class))
		return status;
	return mm_pool_grow(self, units);
}

/* A free block of `units` or more, out of its list. */
HOT enum mm_status obtain(struct mm_pool_tlsf *self, uint32_t units, struct mm_pool_header **ret_header)
{
	struct mm_pool_class class;

	if (MM_UNLIKELY(!find_class(self, units, &class))) {
		enum mm_status status = make_room(self, units);

		if (status != MM_OK)
			return status;
		if (!find_class(self, units, &class))
			return MM_E_CORRUPT;
	}
	return pop_free(self, class, ret_header);
}

/* A rest of less than this part of a block stays with it: it would be joined again before anybody could use it. */
#define SLACK_PART 8u

/* True if what is behind `units` of a block of `total` is worth to be a block. */
HOT bool is_worth_cutting(uint32_t total, uint32_t units)
{
	return total - units >= UNITS_MIN + units / SLACK_PART;
}

/* Makes what is behind `units` of an unlinked block a free one, if that is worth it; returns the units that stay. */
HOT uint32_t cut_tail(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t total, uint32_t units)
{
	struct mm_pool_header *rest = header_past(header, units);

	if (!is_worth_cutting(total, units))
		return total;
	rest->before = units;
	seal(self, rest, (total - units) << UNITS_SHIFT);
	header_past(header, total)->before = total - units;
	link_free(self, rest, total - units);
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

/* As obtain(), with an aligned payload. What lies before that becomes a free block. `ret_total` is what is left. */
MM_NOINLINE static enum mm_status obtain_aligned(struct mm_pool_tlsf *self, uint32_t units, size_t align,
						 struct mm_pool_header **ret_header, uint32_t *ret_total)
{
	struct mm_pool_header *header;
	enum mm_status status = obtain(self, units + (uint32_t)(align / UNIT) + 1u, &header);
	uint32_t lead;

	if (status != MM_OK)
		return status;
	lead = lead_of(header, align);
	*ret_total = units_of(header) - lead;
	*ret_header = header_past(header, lead);
	if (lead != 0) {
		seal(self, header, lead << UNITS_SHIFT);
		link_free(self, header, lead);
		(*ret_header)->before = lead;
		header_past(*ret_header, *ret_total)->before = *ret_total;
	}
	return MM_OK;
}

/* Seals a block as live and hands it out. */
HOT enum mm_status hand_out(const struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units,
			    size_t bytes, uint32_t type, void **ret_block)
{
	header->bytes = (uint32_t)bytes;
	seal(self, header, units << UNITS_SHIFT | type << TYPE_SHIFT | IS_USED);
	*ret_block = (uint8_t *)header + HEADER_BYTES;
	return MM_OK;
}

MM_NOINLINE static enum mm_status alloc_aligned(struct mm_pool_tlsf *self, size_t bytes, size_t align, uint32_t type,
						void **ret_block)
{
	uint32_t units = (uint32_t)((bytes + HEADER_BYTES + UNIT - 1u) / UNIT);
	struct mm_pool_header *header;
	uint32_t total;
	enum mm_status status = obtain_aligned(self, units, align, &header, &total);

	if (status != MM_OK)
		return status;
	return hand_out(self, header, cut_tail(self, header, total, units), bytes, type, ret_block);
}

/* Apart from its caller, which then can do with fewer registers, as can those below that end in such a call. */
MM_NOINLINE static enum mm_status cut_and_hand_out(struct mm_pool_tlsf *self, struct mm_pool_header *header,
						   uint32_t units, size_t bytes, uint32_t type, void **ret_block)
{
	return hand_out(self, header, cut_tail(self, header, units_of(header), units), bytes, type, ret_block);
}

MM_NOINLINE static enum mm_status alloc_after_growing(struct mm_pool_tlsf *self, size_t bytes, uint32_t units,
						      uint32_t type, void **ret_block)
{
	struct mm_pool_header *header;
	enum mm_status status = make_room(self, units);

	if (status == MM_OK)
		status = obtain(self, units, &header);
	if (status != MM_OK)
		return status;
	return hand_out(self, header, cut_tail(self, header, units_of(header), units), bytes, type, ret_block);
}

MM_NOINLINE static enum mm_status alloc_listed(struct mm_pool_tlsf *self, size_t bytes, uint32_t units, uint32_t type,
					       void **ret_block)
{
	struct mm_pool_header *header;
	struct mm_pool_class class;

	if (MM_UNLIKELY(!find_class(self, units, &class)))
		return alloc_after_growing(self, bytes, units, type, ret_block);
	if (MM_UNLIKELY(pop_free(self, class, &header) != MM_OK))
		return MM_E_CORRUPT;
	if (is_worth_cutting(units_of(header), units))
		return cut_and_hand_out(self, header, units, bytes, type, ret_block);
	return hand_out(self, header, units_of(header), bytes, type, ret_block);
}

static enum mm_status tlsf_alloc(struct mm_pool *pool, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	uint32_t units = (uint32_t)((bytes + HEADER_BYTES + UNIT - 1u) / UNIT);

	if (MM_UNLIKELY(bytes > MM_POOL_BYTES_MAX / 2u))
		return MM_E_NO_MEMORY;
	if (MM_UNLIKELY(align != UNIT))
		return alloc_aligned(self, bytes, align, type, ret_block);
	if (self->spare_units != units)
		return alloc_listed(self, bytes, units, type, ret_block);
	self->spare_units = 0;
	return hand_out(self, self->spare, units, bytes, type, ret_block);
}

/* What is wrong with a header that a pointer led to: walks the chunk up to it. */
MM_COLD static enum mm_status why_not_live(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	const struct mm_pool_chunk *chunk = chunk_of(self, (uintptr_t)header);
	const struct mm_pool_header *at;
	const struct mm_pool_header *holder;

	if (chunk == NULL || (uintptr_t)header % UNIT != 0)
		return MM_E_ALLOC_FOREIGN;
	at = header_at(chunk->base);
	holder = at;
	while ((uintptr_t)at <= (uintptr_t)header) {
		if (!is_sound(self, at))
			return MM_E_CORRUPT;
		holder = at;
		if (at->word == WORD_END)
			return MM_E_ALLOC_FOREIGN;
		at = header_after(at);
	}
	return (holder->word & (IS_USED | IS_SPARE)) == IS_USED ? MM_E_ALLOC_FOREIGN : MM_E_ALLOC_DOUBLE_FREE;
}

/* The proof that a payload is that of a live block. */
HOT bool is_live(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	return chunk_of(self, (uintptr_t)header) != NULL && (uintptr_t)header % UNIT == 0 && is_sound(self, header) &&
	       (header->word & (IS_USED | IS_SPARE)) == IS_USED;
}

/* True if the block before, which there is, can be one of this chunk. */
HOT bool is_before_sane(const struct mm_pool_tlsf *self, const struct mm_pool_header *header,
			const struct mm_pool_header *before)
{
	return is_inside(self, before) && units_of(before) == header->before;
}

/* Takes a free block out of its list; false, and nothing done, if it or a neighbour in the list was overwritten. */
HOT bool extract(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	if (verify_free(self, header) != MM_OK)
		return false;
	unlink_free(self, header);
	return true;
}

/* The general case: neighbours that are free, or not to be trusted and then left alone. */
MM_NOINLINE static enum mm_status join_free(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units)
{
	struct mm_pool_header *after = header_past(header, units);
	struct mm_pool_header *before = header_before(header);
	bool is_corrupt = false;

	if (!is_used(after)) {
		if (extract(self, after))
			units += units_of(after);
		else
			is_corrupt = true;
	}
	if (before != header) {
		if (!is_before_sane(self, header, before)) {
			is_corrupt = true;
		} else if (!is_used(before) && !extract(self, before)) {
			is_corrupt = true;
		} else if (!is_used(before)) {
			units += units_of(before);
			/* No longer a block: a second free must not find it. */
			header->word = 0;
			header = before;
		}
	}
	seal(self, header, units << UNITS_SHIFT);
	header_past(header, units)->before = units;
	link_free(self, header, units);
	return is_corrupt ? MM_E_CORRUPT : MM_OK;
}

/* True if the block before, if there is one, is in use and of the length it should have. */
HOT bool is_bounded(const struct mm_pool_tlsf *self, const struct mm_pool_header *header)
{
	const struct mm_pool_header *before = header_before(header);

	return before == header || (is_inside(self, before) && units_of(before) == header->before && is_used(before));
}

HOT enum mm_status join(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units)
{
	struct mm_pool_header *after = header_past(header, units);

	if (!is_used(after) || !is_bounded(self, header))
		return join_free(self, header, units);
	after->before = units;
	seal(self, header, units << UNITS_SHIFT);
	link_free(self, header, units);
	return MM_OK;
}

enum mm_status mm_pool_block_join(struct mm_pool_tlsf *self, struct mm_pool_header *header, uint32_t units)
{
	return join(self, header, units);
}

enum mm_status mm_pool_flush(struct mm_pool_tlsf *self)
{
	uint32_t units = self->spare_units;

	self->spare_units = 0;
	return units == 0 ? MM_OK : join(self, self->spare, units);
}

HOT enum mm_status set_spare(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	/* One more bit in the word is one more in the check. */
	header->word |= IS_SPARE;
	header->check ^= IS_SPARE;
	self->spare = header;
	self->spare_units = units_of(header);
	return MM_OK;
}

/* The new spare is in place before the old one is joined, so that this can be the last thing to do. */
HOT enum mm_status replace_spare(struct mm_pool_tlsf *self, struct mm_pool_header *header)
{
	struct mm_pool_header *spare = self->spare;
	uint32_t units = self->spare_units;

	(void)set_spare(self, header); /* cannot refuse */
	return join(self, spare, units);
}

static enum mm_status tlsf_free(struct mm_pool *pool, void *block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_header *header = header_at((uintptr_t)block - HEADER_BYTES);
	const struct mm_pool_header *after;

	if (MM_UNLIKELY(!is_live(self, header)))
		return why_not_live(self, header);
	/* The header behind is the first to suffer when a block is written past its end. */
	after = header_after(header);
	if (!is_sound(self, after) || after->before != units_of(header))
		return MM_E_CORRUPT;
	return self->spare_units == 0 ? set_spare(self, header) : replace_spare(self, header);
}

static enum mm_status tlsf_info(struct mm_pool *pool, const void *block, struct mm_pool_block_info *ret_info)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	const struct mm_pool_header *header = header_at((uintptr_t)block - HEADER_BYTES);

	if (!is_live(self, header))
		return why_not_live(self, header);
	if (header->bytes > units_of(header) * UNIT - HEADER_BYTES)
		return MM_E_CORRUPT;
	ret_info->bytes = header->bytes;
	ret_info->type = header->word >> TYPE_SHIFT & TYPE_MASK;
	return MM_OK;
}

const struct mm_pool_ops mm_pool_tlsf_ops = {
	.alloc = tlsf_alloc,
	.free = tlsf_free,
	.info = tlsf_info,
};
