/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "pool_internal.h"

#define GROW_PAGES_DEFAULT 16u
/* Grow by at least this part of what the pool has, so that the number of chunks grows with the logarithm only. */
#define GROW_PART 8u
/* A block as long as all of this, less the last header, still has a class and room in a header's word. */
#define POOL_PAGES_MAX (MM_POOL_BYTES_MAX >> MM_PAGE_SHIFT)

/* Tells the search by address what the chunks are now. */
static void update_parts(struct mm_pool_tlsf *self)
{
	uint32_t count = self->chunk_count;
	uint32_t chunk = 0;

	self->chunks[count].base = UINTPTR_MAX;
	self->low = count == 0 ? 0 : self->chunks[0].base;
	self->reach = count == 0 ? 0 : self->chunks[count - 1].end - self->low;
	self->part_shift = MM_PAGE_SHIFT;
	while (self->reach >> self->part_shift >= MM_POOL_PART_COUNT)
		self->part_shift++;
	for (uint32_t part = 0; part < MM_POOL_PART_COUNT; part++) {
		uintptr_t start = self->low + ((uintptr_t)part << self->part_shift);

		while (chunk + 1 < count && self->chunks[chunk + 1].base <= start)
			chunk++;
		self->parts[part] = (uint8_t)chunk;
	}
}

static void remove_chunk(struct mm_pool_tlsf *self, uint32_t at)
{
	self->chunk_count--;
	for (uint32_t i = at; i < self->chunk_count; i++)
		self->chunks[i] = self->chunks[i + 1];
}

static void insert_chunk(struct mm_pool_tlsf *self, uint32_t at, uintptr_t base, uintptr_t end)
{
	for (uint32_t i = self->chunk_count; i > at; i--)
		self->chunks[i] = self->chunks[i - 1];
	self->chunks[at].base = base;
	self->chunks[at].end = end;
	self->chunk_count++;
}

/* Where new memory goes: which chunk is the first above it, and which of its neighbours it adjoins. */
struct joint {
	uint32_t at;
	bool is_after;	/* begins where chunk at - 1 ends */
	bool is_before; /* ends where chunk `at` begins */
};

static struct joint joint_of(const struct mm_pool_tlsf *self, uintptr_t base, uintptr_t end)
{
	struct joint joint = { 0, false, false };

	while (joint.at < self->chunk_count && self->chunks[joint.at].base < base)
		joint.at++;
	joint.is_after = joint.at > 0 && self->chunks[joint.at - 1].end == base;
	joint.is_before = joint.at < self->chunk_count && self->chunks[joint.at].base == end;
	return joint;
}

static void record_chunk(struct mm_pool_tlsf *self, struct joint joint, uintptr_t base, uintptr_t end)
{
	if (joint.is_after && joint.is_before) {
		self->chunks[joint.at - 1].end = self->chunks[joint.at].end;
		remove_chunk(self, joint.at);
	} else if (joint.is_after) {
		self->chunks[joint.at - 1].end = end;
	} else if (joint.is_before) {
		self->chunks[joint.at].base = base;
	} else {
		insert_chunk(self, joint.at, base, end);
	}
	update_parts(self);
}

/* MM_OK if the blocks that new memory adjoins can be joined with it: the last of one chunk, the first of another. */
static enum mm_status verify_joint(const struct mm_pool_tlsf *self, struct joint joint)
{
	if (joint.is_after) {
		uintptr_t base = self->chunks[joint.at - 1].base;
		const struct mm_pool_header *end = header_at(self->chunks[joint.at - 1].end - HEADER_BYTES);
		const struct mm_pool_header *last = header_before(end);

		if (!is_sound(self, end) || (uintptr_t)end->before * UNIT > (uintptr_t)end - base ||
		    units_of(last) != end->before || (!is_used(last) && mm_pool_block_verify(self, last) != MM_OK))
			return MM_E_CORRUPT;
	}
	if (joint.is_before) {
		const struct mm_pool_header *first = header_at(self->chunks[joint.at].base);

		if (!is_sound(self, first) || (!is_used(first) && mm_pool_block_verify(self, first) != MM_OK))
			return MM_E_CORRUPT;
	}
	return MM_OK;
}

/*
 * Makes [base, end) free. After a chunk, it begins with that chunk's last header; before a chunk, it needs no last
 * header of its own.
 */
static enum mm_status add_memory(struct mm_pool_tlsf *self, uintptr_t base, uintptr_t end)
{
	struct joint joint = joint_of(self, base, end);
	uintptr_t from = joint.is_after ? base - HEADER_BYTES : base;
	uintptr_t to = joint.is_before ? end : end - HEADER_BYTES;

	if (!joint.is_after && !joint.is_before && self->chunk_count == MM_POOL_CHUNK_MAX)
		return MM_E_LIMIT;
	if (verify_joint(self, joint) != MM_OK)
		return MM_E_CORRUPT;
	if (!joint.is_after)
		header_at(from)->before = 0;
	if (!joint.is_before)
		seal(self, header_at(to), WORD_END);
	record_chunk(self, joint, base, end);
	/* It was verified already; this refuses nothing more. */
	return mm_pool_block_join(self, header_at(from), (uint32_t)((to - from) / UNIT));
}

/* Fetches `best` pages, or only the `least` if there are not that many. */
static enum mm_status fetch(struct mm_pool_tlsf *self, uint64_t best, uint64_t least, struct mm_region *ret_region)
{
	enum mm_status status = mm_pages_alloc_any(self->pages, best, self->owner, ret_region);

	if (status != MM_OK && best != least)
		status = mm_pages_alloc_any(self->pages, least, self->owner, ret_region);
	return status;
}

enum mm_status mm_pool_grow(struct mm_pool_tlsf *self, uint32_t units)
{
	/* The search looks in the next class above, a thirty-second longer at most; then there is the last header. */
	uint64_t bytes = ((uint64_t)units + units / MM_POOL_SECOND_COUNT + 1u) * UNIT + HEADER_BYTES;
	uint64_t least = mm_pages_for(bytes);
	uint64_t best = self->chunk_pages / GROW_PART;
	struct mm_region region;
	enum mm_status status;

	best = best > self->grow_pages ? best : self->grow_pages;
	best = best > least ? best : least;
	if (self->chunk_pages + least > POOL_PAGES_MAX)
		return MM_E_NO_MEMORY;
	if (self->chunk_pages + best > POOL_PAGES_MAX)
		best = least;
	status = fetch(self, best, least, &region);
	if (status != MM_OK)
		return status;
	status = add_memory(self, (uintptr_t)region.base, (uintptr_t)mm_region_end(region));
	if (status == MM_OK)
		self->chunk_pages += region.bytes >> MM_PAGE_SHIFT;
	else
		(void)mm_pages_free(self->pages, region, self->owner); /* the first refusal is the one to tell */
	return status;
}

/*
 * Where the last free block [start, end) of a chunk may be cut: at a page, leaving room for the chunk's last
 * header and before it nothing or a block.
 */
static uintptr_t cut_of(uintptr_t start)
{
	uintptr_t cut = (start + HEADER_BYTES + MM_PAGE_MASK) & ~(uintptr_t)MM_PAGE_MASK;

	if (cut - HEADER_BYTES - start == UNIT)
		cut += MM_PAGE_BYTES;
	return cut;
}

/* Gives [cut, chunk end) back and ends the chunk at `cut`, which lies in its last, free block. */
static enum mm_status shorten(struct mm_pool_tlsf *self, struct mm_pool_chunk *chunk, struct mm_pool_header *last,
			      uintptr_t cut)
{
	struct mm_region region = mm_region_create(cut, chunk->end - cut);
	struct mm_pool_header *end = header_at(cut - HEADER_BYTES);
	uint32_t units = (uint32_t)(((uintptr_t)end - (uintptr_t)last) / UNIT);

	mm_pool_block_unlink(self, last);
	if (units != 0) {
		seal(self, last, units << UNITS_SHIFT);
		end->before = units;
		mm_pool_block_link(self, last);
	}
	seal(self, end, WORD_END);
	chunk->end = cut;
	self->chunk_pages -= region.bytes >> MM_PAGE_SHIFT;
	update_parts(self);
	return mm_pages_free(self->pages, region, self->owner);
}

static enum mm_status drop_chunk(struct mm_pool_tlsf *self, uint32_t at, struct mm_pool_header *only)
{
	struct mm_pool_chunk chunk = self->chunks[at];

	mm_pool_block_unlink(self, only);
	remove_chunk(self, at);
	self->chunk_pages -= (chunk.end - chunk.base) >> MM_PAGE_SHIFT;
	update_parts(self);
	return mm_pages_free(self->pages, mm_region_create(chunk.base, chunk.end - chunk.base), self->owner);
}

static enum mm_status trim_chunk(struct mm_pool_tlsf *self, uint32_t at)
{
	struct mm_pool_chunk *chunk = &self->chunks[at];
	struct mm_pool_header *end = header_at(chunk->end - HEADER_BYTES);
	struct mm_pool_header *last = header_before(end);

	/* As if memory were to be added after the chunk. */
	if (verify_joint(self, (struct joint){ .at = at + 1, .is_after = true }) != MM_OK)
		return MM_E_CORRUPT;
	if (is_used(last))
		return MM_OK;
	if ((uintptr_t)last == chunk->base)
		return drop_chunk(self, at, last);
	return cut_of((uintptr_t)last) < chunk->end ? shorten(self, chunk, last, cut_of((uintptr_t)last)) : MM_OK;
}

enum mm_status mm_pool_tlsf_trim(struct mm_pool_tlsf *self, uint64_t *ret_pages)
{
	uint64_t before = self->chunk_pages;
	enum mm_status status;

	if (self->pool.ops == NULL)
		return MM_E_NOT_READY;
	status = mm_pool_flush(self);
	/* Downwards, since a chunk may vanish. */
	for (uint32_t at = self->chunk_count; at > 0 && status == MM_OK; at--)
		status = trim_chunk(self, at - 1);
	if (status == MM_OK)
		*ret_pages = before - self->chunk_pages;
	return status;
}

enum mm_status mm_pool_tlsf_init(struct mm_pool_tlsf *self, const struct mm_pool_tlsf_config *config)
{
	const struct mm_page_guard *guard = config->guard;

	if (config->pages == NULL || !mm_pages_is_complete(config->pages) ||
	    (guard != NULL && (guard->ops == NULL || guard->ops->set == NULL)))
		return MM_E_INVALID;
	__builtin_memset(self, 0, sizeof(*self));
	self->seed = config->seed;
	self->pages = config->pages;
	self->owner = config->owner;
	self->grow_pages = config->grow_pages == 0 ? GROW_PAGES_DEFAULT : config->grow_pages;
	self->guard = config->guard;
	self->pool.ops = config->guard != NULL ? &mm_pool_guarded_ops : &mm_pool_tlsf_ops;
	return MM_OK;
}

enum mm_status mm_pool_tlsf_finish(struct mm_pool_tlsf *self)
{
	enum mm_status status = self->guarded == NULL ? MM_OK : mm_pool_guarded_finish(self);

	for (uint32_t i = 0; i < self->chunk_count; i++) {
		struct mm_pool_chunk chunk = self->chunks[i];
		enum mm_status next =
			mm_pages_free(self->pages, mm_region_create(chunk.base, chunk.end - chunk.base), self->owner);

		status = status == MM_OK ? next : status;
	}
	__builtin_memset(self, 0, sizeof(*self));
	return status;
}
