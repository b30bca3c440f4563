/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "memory.h"

#include <stdbool.h>
#include <stddef.h>

#include "mm/abi/hob.h"
#include "mm/base/compiler.h"
#include "mm/hal/mem.h"

/* One domain from the start; more come with the policy's domain table. */
#define DOMAIN_COUNT 1u

static void zero_pages(struct mm_page_cleaner *base, struct mm_region region)
{
	struct mm_init_cleaner *self = MM_CONTAINER_OF(base, struct mm_init_cleaner, cleaner);
	void *bytes = mm_hal_mem_map(self->mem, mm_pa(region.base), region.bytes);

	/* start() has mapped all of it once, so this is never NULL. */
	if (bytes != NULL)
		__builtin_memset(bytes, 0, (size_t)region.bytes);
}

static const struct mm_page_cleaner_ops cleaner_ops = {
	.zero = zero_pages,
};

static bool is_free(const struct mm_pi_mmram *mmram)
{
	return (mmram->state & (MM_HOB_MMRAM_ALLOCATED | MM_HOB_MMRAM_NEEDS_TESTING | MM_HOB_MMRAM_NEEDS_ECC)) == 0;
}

/* The free pieces, ascending because the hand-off's descriptors are. */
static void collect_free(struct mm_init_memory *self, const struct mm_init_handoff *handoff)
{
	self->free_region_count = 0;
	for (uint32_t i = 0; i < handoff->mmram_count; i++) {
		if (is_free(&handoff->mmram[i]))
			self->free_regions[self->free_region_count++] = handoff->mmram[i].region;
	}
}

static struct mm_region *find_largest(struct mm_init_memory *self)
{
	struct mm_region *largest = NULL;

	for (uint32_t i = 0; i < self->free_region_count; i++) {
		if (largest == NULL || self->free_regions[i].bytes > largest->bytes)
			largest = &self->free_regions[i];
	}
	return largest;
}

/* Cuts the records' pages off the end of the largest piece, so that low windows stay whole. */
static enum mm_status carve_metadata(struct mm_init_memory *self)
{
	struct mm_region *largest = find_largest(self);
	uint64_t bytes = 0;
	enum mm_status status;

	if (largest == NULL)
		return MM_E_NO_MEMORY;
	status = mm_pages_mmram_metadata_bytes(self->free_regions, self->free_region_count, DOMAIN_COUNT, &bytes);
	if (status != MM_OK)
		return status;
	bytes = mm_pages_for(bytes) * MM_PAGE_BYTES;
	if (bytes >= largest->bytes)
		return MM_E_NO_MEMORY;
	largest->bytes -= bytes;
	self->metadata = mm_region_create(mm_region_end(*largest), bytes);
	return MM_OK;
}

static bool is_reachable(const struct mm_init_memory *self, struct mm_hal_mem *mem)
{
	for (uint32_t i = 0; i < self->free_region_count; i++) {
		const struct mm_region *region = &self->free_regions[i];

		if (mm_hal_mem_map(mem, mm_pa(region->base), region->bytes) == NULL)
			return false;
	}
	return true;
}

enum mm_status mm_init_memory_start(struct mm_init_memory *self, const struct mm_init_handoff *handoff,
				    struct mm_hal_mem *mem)
{
	struct mm_pages_mmram_config config = {
		.domain_count = DOMAIN_COUNT,
		.domain_quota = MM_PAGES_QUOTA_UNLIMITED,
		.cleaner = &self->cleaner.cleaner,
	};
	enum mm_status status;

	self->cleaner.cleaner.ops = &cleaner_ops;
	self->cleaner.mem = mem;
	collect_free(self, handoff);
	if (!is_reachable(self, mem))
		return MM_E_FAULT;
	status = carve_metadata(self);
	if (status != MM_OK)
		return status;
	config.regions = self->free_regions;
	config.region_count = self->free_region_count;
	config.metadata = mm_hal_mem_map(mem, mm_pa(self->metadata.base), self->metadata.bytes);
	config.metadata_bytes = self->metadata.bytes;
	return mm_pages_mmram_init(&self->allocator, &config);
}

enum mm_status mm_init_memory_take(struct mm_init_memory *self, uint64_t pages, struct mm_owner owner,
				   struct mm_region *ret_region, uint8_t **ret_bytes)
{
	struct mm_region region;
	enum mm_status status = mm_pages_alloc_any(&self->allocator.pages, pages, owner, &region);

	if (status != MM_OK)
		return status;
	*ret_region = region;
	if (ret_bytes != NULL)
		*ret_bytes = mm_hal_mem_map(self->cleaner.mem, mm_pa(region.base), region.bytes);
	return MM_OK;
}

void mm_init_memory_give_back(struct mm_init_memory *self, struct mm_region region, struct mm_owner owner)
{
	/* A refusal keeps the pages in use: memory is lost until the next boot, nothing else. */
	(void)mm_pages_free(&self->allocator.pages, region, owner);
}

struct range_list {
	struct mm_pi_mmram *ranges;
	uint32_t capacity;
	uint32_t count;
};

/* Appends a piece, joined to the one before it when that is the same kind of the same descriptor. */
static bool append_piece(struct range_list *list, uint64_t base, uint64_t bytes, uint64_t state, bool may_join)
{
	struct mm_pi_mmram *last = &list->ranges[list->count == 0 ? 0 : list->count - 1u];

	if (may_join && last->state == state) {
		last->region.bytes += bytes;
		return true;
	}
	if (list->count == list->capacity)
		return false;
	list->ranges[list->count++] = (struct mm_pi_mmram){ mm_region_create(base, bytes), base, state };
	return true;
}

static bool is_in_use(struct mm_init_memory *self, uint64_t page)
{
	struct mm_owner owner;

	/* The records' own pages are managed by nobody, hence free. */
	return mm_pages_owner_of(&self->allocator.pages, mm_region_create(page, MM_PAGE_BYTES), &owner) == MM_OK;
}

static bool append_cut(struct mm_init_memory *self, struct range_list *list, const struct mm_pi_mmram *mmram)
{
	uint64_t end = mm_region_end(mmram->region);

	for (uint64_t page = mmram->region.base; page < end; page += MM_PAGE_BYTES) {
		uint64_t state = mmram->state | (is_in_use(self, page) ? MM_HOB_MMRAM_ALLOCATED : 0u);

		if (!append_piece(list, page, MM_PAGE_BYTES, state, page != mmram->region.base))
			return false;
	}
	return true;
}

enum mm_status mm_init_memory_list(struct mm_init_memory *self, const struct mm_init_handoff *handoff,
				   struct mm_pi_mmram *ret_ranges, uint32_t capacity, uint32_t *ret_count)
{
	struct range_list list = { ret_ranges, capacity, 0 };

	for (uint32_t i = 0; i < handoff->mmram_count; i++) {
		const struct mm_pi_mmram *mmram = &handoff->mmram[i];
		bool fits = is_free(mmram)
				    ? append_cut(self, &list, mmram)
				    : append_piece(&list, mmram->region.base, mmram->region.bytes, mmram->state, false);

		if (!fits)
			return MM_E_LIMIT;
	}
	*ret_count = list.count;
	return MM_OK;
}

void mm_init_memory_finish(struct mm_init_memory *self)
{
	mm_pages_mmram_finish(&self->allocator);
	zero_pages(&self->cleaner.cleaner, self->metadata);
}
