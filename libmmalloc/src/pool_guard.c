/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "pool_internal.h"

/*
 * Guard mode. A block's pages: [ guard ][ record ... block, filler ][ guard ]. The block ends at the upper guard but
 * for the filler that its alignment costs, whose bytes are known and looked at when the block is freed.
 */
#define FILLER 0xe5u

struct mm_pool_guarded {
	uint64_t check;
	struct mm_pool_guarded *next;
	struct mm_pool_guarded *prev;
	uint8_t *block;
	uint64_t bytes; /* as asked for */
	uint64_t pages; /* guards included */
	uint64_t type;
};

static uint64_t guarded_check(const struct mm_pool_tlsf *self, const struct mm_pool_guarded *record)
{
	uint64_t x = self->seed + (uintptr_t)record;

	x = (x ^ (uintptr_t)record->block) * 0x9e3779b97f4a7c15u;
	x = (x ^ record->bytes) * 0x9e3779b97f4a7c15u;
	return x ^ record->pages ^ record->type << 32;
}

static struct mm_region guarded_region(const struct mm_pool_guarded *record)
{
	return mm_region_create((uintptr_t)record - MM_PAGE_BYTES, record->pages << MM_PAGE_SHIFT);
}

/* Both guard pages on, or both off; a half-made change is taken back. */
static enum mm_status set_guards(struct mm_pool_tlsf *self, struct mm_region region, bool is_guard)
{
	struct mm_region low = mm_region_create(region.base, MM_PAGE_BYTES);
	struct mm_region high = mm_region_create(mm_region_end(region) - MM_PAGE_BYTES, MM_PAGE_BYTES);
	enum mm_status status = self->guard->ops->set(self->guard, low, is_guard);

	if (status != MM_OK)
		return status;
	status = self->guard->ops->set(self->guard, high, is_guard);
	if (status != MM_OK)
		(void)self->guard->ops->set(self->guard, low, !is_guard); /* the first refusal is the one to tell */
	return status;
}

static uint64_t filler_bytes(const struct mm_pool_guarded *record)
{
	return mm_region_end(guarded_region(record)) - MM_PAGE_BYTES - (uintptr_t)record->block - record->bytes;
}

static void enlist(struct mm_pool_tlsf *self, struct mm_pool_guarded *record)
{
	record->prev = NULL;
	record->next = self->guarded;
	if (self->guarded != NULL)
		self->guarded->prev = record;
	self->guarded = record;
	self->chunk_pages += record->pages;
}

static void delist(struct mm_pool_tlsf *self, const struct mm_pool_guarded *record)
{
	if (record->next != NULL)
		record->next->prev = record->prev;
	if (record->prev != NULL)
		record->prev->next = record->next;
	else
		self->guarded = record->next;
	self->chunk_pages -= record->pages;
}

static enum mm_status guarded_alloc(struct mm_pool *pool, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	uint64_t padded = (bytes + align - 1u) & ~(uint64_t)(align - 1u);
	struct mm_pool_guarded *record;
	struct mm_region region;
	enum mm_status status;

	if (bytes > MM_POOL_BYTES_MAX)
		return MM_E_NO_MEMORY;
	status = mm_pages_alloc_any(self->pages, mm_pages_for(padded + sizeof(*record)) + 2u, self->owner, &region);
	if (status != MM_OK)
		return status;
	status = set_guards(self, region, true);
	if (status != MM_OK) {
		(void)mm_pages_free(self->pages, region, self->owner); /* the first refusal is the one to tell */
		return status;
	}
	record = (struct mm_pool_guarded *)(uintptr_t)(region.base + MM_PAGE_BYTES);
	record->block = (uint8_t *)(uintptr_t)(mm_region_end(region) - MM_PAGE_BYTES - padded);
	record->bytes = bytes;
	record->pages = region.bytes >> MM_PAGE_SHIFT;
	record->type = type;
	record->check = guarded_check(self, record);
	__builtin_memset(record->block + bytes, FILLER, (size_t)(padded - bytes));
	enlist(self, record);
	*ret_block = record->block;
	return MM_OK;
}

/* Looks the pointer up among the live blocks, so that a wrong one is never followed. */
static enum mm_status find_guarded(const struct mm_pool_tlsf *self, const void *block,
				   struct mm_pool_guarded **ret_record)
{
	for (struct mm_pool_guarded *at = self->guarded; at != NULL; at = at->next) {
		if (at->check != guarded_check(self, at))
			return MM_E_CORRUPT;
		if (at->block == block) {
			*ret_record = at;
			return MM_OK;
		}
	}
	return MM_E_ALLOC_FOREIGN;
}

static bool is_filler_intact(const struct mm_pool_guarded *record)
{
	for (uint64_t i = 0; i < filler_bytes(record); i++) {
		if (record->block[record->bytes + i] != FILLER)
			return false;
	}
	return true;
}

/* Takes the record's pages out of use and gives them back. */
static enum mm_status drop(struct mm_pool_tlsf *self, const struct mm_pool_guarded *record)
{
	struct mm_region region = guarded_region(record);
	enum mm_status status = set_guards(self, region, false);

	if (status != MM_OK)
		return status;
	delist(self, record);
	return mm_pages_free(self->pages, region, self->owner);
}

static enum mm_status guarded_free(struct mm_pool *pool, void *block)
{
	struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_guarded *record;
	enum mm_status status;

	status = find_guarded(self, block, &record);
	if (status != MM_OK)
		return status;
	return is_filler_intact(record) ? drop(self, record) : MM_E_CORRUPT;
}

static enum mm_status guarded_info(struct mm_pool *pool, const void *block, struct mm_pool_block_info *ret_info)
{
	const struct mm_pool_tlsf *self = pool_of(pool);
	struct mm_pool_guarded *record;
	enum mm_status status;

	status = find_guarded(self, block, &record);
	if (status != MM_OK)
		return status;
	ret_info->bytes = (size_t)record->bytes;
	ret_info->type = (uint32_t)record->type;
	return MM_OK;
}

const struct mm_pool_ops mm_pool_guarded_ops = {
	.alloc = guarded_alloc,
	.free = guarded_free,
	.info = guarded_info,
};

enum mm_status mm_pool_guarded_finish(struct mm_pool_tlsf *self)
{
	enum mm_status status = MM_OK;

	while (self->guarded != NULL) {
		struct mm_pool_guarded *record = self->guarded;
		enum mm_status next = drop(self, record);

		/* A block whose guards stay is lost, but the others are not. */
		if (next != MM_OK && self->guarded == record)
			delist(self, record);
		status = status == MM_OK ? next : status;
	}
	return status;
}

enum mm_status mm_pool_guarded_check(const struct mm_pool_tlsf *self, struct mm_pool_stats *ret_stats)
{
	const struct mm_pool_guarded *before = NULL;
	struct mm_pool_stats stats = { 0, 0, 0, 0 };

	for (const struct mm_pool_guarded *at = self->guarded; at != NULL; at = at->next) {
		if (at->check != guarded_check(self, at) || at->prev != before || !is_filler_intact(at))
			return MM_E_CORRUPT;
		stats.used_blocks++;
		stats.used_bytes += at->bytes;
		stats.chunk_pages += at->pages;
		stats.chunk_count++;
		before = at;
	}
	if (stats.chunk_pages != self->chunk_pages)
		return MM_E_CORRUPT;
	*ret_stats = stats;
	return MM_OK;
}
