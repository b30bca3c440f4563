/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_alloc.h"

#include <stdlib.h>
#include <string.h>

#include "mm/base/addr.h"

/* Counts down to the planned failure; true when this call is the one. */
static bool is_due(uint32_t *fail_after)
{
	if (*fail_after == UINT32_MAX)
		return false;
	return (*fail_after)-- == 0;
}

static struct fake_pages *pages_of(struct mm_pages *pages)
{
	return MM_CONTAINER_OF(pages, struct fake_pages, pages);
}

static bool pages_fit(const struct fake_pages *fake, const struct mm_pages_request *request, uint64_t first)
{
	uint64_t address = (uint64_t)(uintptr_t)fake->arena + first * MM_PAGE_BYTES;

	if (request->align != 0 && (address & (request->align - 1u)) != 0)
		return false;
	if (request->kind == MM_PAGES_AT && address != request->address)
		return false;
	if (request->kind == MM_PAGES_BELOW && address + request->pages * MM_PAGE_BYTES > request->address)
		return false;
	for (uint64_t i = first; i < first + request->pages; i++) {
		if (fake->owners[i] != 0)
			return false;
	}
	return true;
}

static void pages_mark(struct fake_pages *fake, uint64_t first, uint64_t count, uint32_t mark)
{
	for (uint64_t i = first; i < first + count; i++)
		fake->owners[i] = mark;
}

static enum mm_status pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
				  struct mm_region *ret_region)
{
	struct fake_pages *fake = pages_of(self);

	fake->alloc_count++;
	if (is_due(&fake->fail_after))
		return fake->fail_status;
	if (request->owner.v > mm_owner_supervisor().v)
		return MM_E_INVALID;
	for (uint64_t first = 0; first + request->pages <= fake->page_count; first++) {
		if (!pages_fit(fake, request, first))
			continue;
		pages_mark(fake, first, request->pages, 1u + request->owner.v);
		fake->live_pages += (uint32_t)request->pages;
		memset(fake->arena + first * MM_PAGE_BYTES, 0, request->pages * MM_PAGE_BYTES);
		ret_region->base = (uint64_t)(uintptr_t)fake->arena + first * MM_PAGE_BYTES;
		ret_region->bytes = request->pages * MM_PAGE_BYTES;
		return MM_OK;
	}
	return MM_E_NO_MEMORY;
}

/* The page index range of a region; false if it is outside the arena. */
static bool pages_index(const struct fake_pages *fake, struct mm_region region, uint64_t *ret_first,
			uint64_t *ret_count)
{
	struct mm_region arena = { (uint64_t)(uintptr_t)fake->arena, fake->page_count * MM_PAGE_BYTES };

	if (!mm_region_contains(arena, region))
		return false;
	*ret_first = (region.base - arena.base) / MM_PAGE_BYTES;
	*ret_count = region.bytes / MM_PAGE_BYTES;
	return true;
}

static enum mm_status pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	struct fake_pages *fake = pages_of(self);
	uint64_t first;
	uint64_t count;

	fake->free_count++;
	if (!pages_index(fake, region, &first, &count))
		return MM_E_ALLOC_OUTSIDE;
	for (uint64_t i = first; i < first + count; i++) {
		if (fake->owners[i] != 1u + owner.v)
			return fake->owners[i] == 0 ? MM_E_ALLOC_DOUBLE_FREE : MM_E_ALLOC_FOREIGN;
	}
	pages_mark(fake, first, count, 0);
	fake->live_pages -= (uint32_t)count;
	return MM_OK;
}

static enum mm_status pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner)
{
	struct fake_pages *fake = pages_of(self);
	uint64_t first;
	uint64_t count;

	if (!pages_index(fake, region, &first, &count))
		return MM_E_ALLOC_OUTSIDE;
	for (uint64_t i = first; i < first + count; i++) {
		if (fake->owners[i] == 0)
			return MM_E_NOT_FOUND;
		if (fake->owners[i] != fake->owners[first])
			return MM_E_ALLOC_FOREIGN;
	}
	ret_owner->v = fake->owners[first] - 1u;
	return MM_OK;
}

static const struct mm_pages_ops fake_pages_ops = {
	.alloc = pages_alloc,
	.free = pages_free,
	.owner_of = pages_owner_of,
};

bool fake_pages_init(struct fake_pages *fake, uint32_t page_count)
{
	memset(fake, 0, sizeof(*fake));
	fake->arena = aligned_alloc(MM_PAGE_BYTES, page_count * MM_PAGE_BYTES);
	fake->owners = calloc(page_count, sizeof(*fake->owners));
	fake->page_count = page_count;
	fake->fail_after = UINT32_MAX;
	fake->pages.ops = &fake_pages_ops;
	return fake->arena != NULL && fake->owners != NULL;
}

void fake_pages_finish(struct fake_pages *fake)
{
	free(fake->arena);
	free(fake->owners);
	memset(fake, 0, sizeof(*fake));
}

void fake_pages_fail_next(struct fake_pages *fake, uint32_t skip, enum mm_status status)
{
	fake->fail_after = skip;
	fake->fail_status = status;
}

/* Before each block of the bump arena, right below the address given out. */
struct bump {
	size_t bytes;
	uint32_t type;
	uint32_t state;
};

#define BUMP_LIVE 0x4556494cu /* "LIVE" */
#define BUMP_DEAD 0x44414544u /* "DEAD" */

static struct fake_pool *pool_of(struct mm_pool *pool)
{
	return MM_CONTAINER_OF(pool, struct fake_pool, pool);
}

static enum mm_status pool_alloc(struct mm_pool *self, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	struct fake_pool *fake = pool_of(self);
	uintptr_t base = (uintptr_t)fake->arena;
	uintptr_t block = (base + fake->cursor + sizeof(struct bump) + align - 1) & ~(uintptr_t)(align - 1);
	struct bump *bump;

	fake->alloc_count++;
	if (is_due(&fake->fail_after))
		return fake->fail_status;
	if (block - base > fake->arena_bytes || bytes > fake->arena_bytes - (block - base))
		return MM_E_NO_MEMORY;
	bump = (struct bump *)(void *)(fake->arena + (block - base) - sizeof(*bump));
	bump->bytes = bytes;
	bump->type = type;
	bump->state = BUMP_LIVE;
	fake->cursor = ((block - base) + bytes + MM_POOL_ALIGN_MIN - 1) & ~(size_t)(MM_POOL_ALIGN_MIN - 1);
	fake->live_count++;
	fake->live_bytes += bytes;
	*ret_block = fake->arena + (block - base);
	return MM_OK;
}

static enum mm_status find_bump(struct fake_pool *fake, const void *block, struct bump **ret_bump)
{
	uintptr_t offset = (uintptr_t)block - (uintptr_t)fake->arena;
	struct bump *bump;

	if ((uintptr_t)block % MM_POOL_ALIGN_MIN != 0 || offset < sizeof(*bump) || offset > fake->arena_bytes)
		return MM_E_ALLOC_FOREIGN;
	bump = (struct bump *)(void *)(fake->arena + offset - sizeof(*bump));
	if (bump->state != BUMP_LIVE)
		return bump->state == BUMP_DEAD ? MM_E_ALLOC_DOUBLE_FREE : MM_E_ALLOC_FOREIGN;
	*ret_bump = bump;
	return MM_OK;
}

static enum mm_status pool_free(struct mm_pool *self, void *block)
{
	struct fake_pool *fake = pool_of(self);
	struct bump *bump;
	enum mm_status status = find_bump(fake, block, &bump);

	fake->free_count++;
	if (status != MM_OK)
		return status;
	bump->state = BUMP_DEAD;
	memset(block, 0xdd, bump->bytes);
	fake->live_count--;
	fake->live_bytes -= bump->bytes;
	return MM_OK;
}

static enum mm_status pool_info(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info)
{
	struct bump *bump;
	enum mm_status status = find_bump(pool_of(self), block, &bump);

	if (status != MM_OK)
		return status;
	ret_info->bytes = bump->bytes;
	ret_info->type = bump->type;
	return MM_OK;
}

static const struct mm_pool_ops fake_pool_ops = {
	.alloc = pool_alloc,
	.free = pool_free,
	.info = pool_info,
};

bool fake_pool_init(struct fake_pool *fake, size_t arena_bytes)
{
	memset(fake, 0, sizeof(*fake));
	fake->arena_bytes = (arena_bytes + MM_PAGE_MASK) & ~(size_t)MM_PAGE_MASK;
	fake->arena = aligned_alloc(MM_PAGE_BYTES, fake->arena_bytes);
	fake->fail_after = UINT32_MAX;
	fake->pool.ops = &fake_pool_ops;
	if (fake->arena == NULL)
		return false;
	memset(fake->arena, 0xcd, fake->arena_bytes);
	return true;
}

void fake_pool_finish(struct fake_pool *fake)
{
	free(fake->arena);
	memset(fake, 0, sizeof(*fake));
}

void fake_pool_fail_next(struct fake_pool *fake, uint32_t skip, enum mm_status status)
{
	fake->fail_after = skip;
	fake->fail_status = status;
}

static void cleaner_zero(struct mm_page_cleaner *self, struct mm_region region)
{
	struct fake_cleaner *fake = MM_CONTAINER_OF(self, struct fake_cleaner, cleaner);

	fake->call_count++;
	fake->page_count += region.bytes / MM_PAGE_BYTES;
	fake->last = region;
	if (fake->is_writing)
		memset((void *)(uintptr_t)region.base, 0, region.bytes);
	if (fake->hook != NULL)
		fake->hook(fake->context, region);
}

static const struct mm_page_cleaner_ops fake_cleaner_ops = { .zero = cleaner_zero };

void fake_cleaner_init(struct fake_cleaner *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->cleaner.ops = &fake_cleaner_ops;
}

static enum mm_status guard_on(struct fake_guard *fake, struct mm_region region)
{
	if (fake->region_count == MM_ARRAY_COUNT(fake->regions))
		return MM_E_LIMIT;
	fake->regions[fake->region_count++] = region;
	return MM_OK;
}

static enum mm_status guard_off(struct fake_guard *fake, struct mm_region region)
{
	for (uint32_t i = 0; i < fake->region_count; i++) {
		if (fake->regions[i].base != region.base || fake->regions[i].bytes != region.bytes)
			continue;
		fake->regions[i] = fake->regions[--fake->region_count];
		return MM_OK;
	}
	return MM_E_NOT_FOUND;
}

static enum mm_status guard_set(struct mm_page_guard *self, struct mm_region region, bool is_guard)
{
	struct fake_guard *fake = MM_CONTAINER_OF(self, struct fake_guard, guard);
	enum mm_status planned = fake->fail_status;

	fake->call_count++;
	fake->fail_status = MM_OK;
	if (planned != MM_OK)
		return planned;
	return is_guard ? guard_on(fake, region) : guard_off(fake, region);
}

static const struct mm_page_guard_ops fake_guard_ops = { .set = guard_set };

void fake_guard_init(struct fake_guard *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->guard.ops = &fake_guard_ops;
}

bool fake_guard_covers(const struct fake_guard *fake, uint64_t address)
{
	for (uint32_t i = 0; i < fake->region_count; i++) {
		if (mm_region_contains_addr(fake->regions[i], address))
			return true;
	}
	return false;
}
