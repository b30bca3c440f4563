/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "memory.h"

#include "fault.h"

static struct mm_supv_memory *memory_of_cleaner(struct mm_page_cleaner *cleaner)
{
	return MM_CONTAINER_OF(cleaner, struct mm_supv_memory, cleaner);
}

static struct mm_supv_state *state_of_memory(struct mm_supv_memory *memory)
{
	return memory->tables.supv;
}

/* Pages reach the cleaner mapped for the supervisor: putting user pages back has changed them before. */
static void cleaner_zero(struct mm_page_cleaner *self, struct mm_region region)
{
	struct mm_supv_wiring *wiring = state_of_memory(memory_of_cleaner(self))->wiring;
	void *bytes = mm_hal_mem_map(wiring->mem, mm_pa(region.base), region.bytes);

	if (bytes == NULL)
		mm_supv_panic(wiring, "free MMRAM is outside the memory window");
	__builtin_memset(bytes, 0, (size_t)region.bytes);
}

static const struct mm_page_cleaner_ops cleaner_ops = { .zero = cleaner_zero };

static struct mm_supv_tables *tables_of(struct mm_hal_pagetable *editor)
{
	return MM_CONTAINER_OF(editor, struct mm_supv_tables, editor);
}

static enum mm_status tables_get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct mm_region region;
	enum mm_status status = mm_supv_pages_get(tables_of(self)->supv, 1, &region);

	if (status == MM_OK)
		*ret_page = mm_pa(region.base);
	return status;
}

/* A table found in init's tree belongs to init's allocation, which nobody reuses; others go back. */
static void tables_put_page(struct mm_hal_pagetable *self, struct mm_pa page)
{
	struct mm_region region = mm_region_create(page.v, MM_PAGE_BYTES);

	(void)mm_pages_free(tables_of(self)->supv->wiring->pages, region, mm_owner_supervisor());
}

static const uint64_t *tables_map(struct mm_hal_pagetable *self, struct mm_pa page)
{
	return mm_hal_mem_map(tables_of(self)->supv->wiring->mem, page, MM_PAGE_BYTES);
}

static void tables_write(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	tables_of(self)->supv->wiring->ring3->write_protected((void *)(uintptr_t)entry, &value, sizeof(value));
}

static const struct mm_hal_pagetable_ops tables_ops = {
	.get_page = tables_get_page,
	.put_page = tables_put_page,
	.map_table = tables_map,
	.write_entry = tables_write,
};

/*
 * The allocator's bookkeeping comes out of the end of the largest free range, which shrinks by it. Sized for the memory
 * before the cut, so it suffices for the rest.
 */
static enum mm_status carve_metadata(const struct mm_supv_facts *facts, struct mm_region *regions,
				     struct mm_region *ret_metadata)
{
	size_t largest = 0;
	uint64_t bytes;
	enum mm_status status;
	size_t i;

	for (i = 0; i < facts->free_count; i++) {
		regions[i] = facts->free[i];
		if (regions[i].bytes > regions[largest].bytes)
			largest = i;
	}
	status = mm_pages_mmram_metadata_bytes(regions, facts->free_count, 1, &bytes);
	if (status != MM_OK)
		return status;
	bytes = mm_pages_for(bytes) * MM_PAGE_BYTES;
	if (bytes >= regions[largest].bytes)
		return MM_E_NO_MEMORY;
	regions[largest].bytes -= bytes;
	*ret_metadata = mm_region_create(mm_region_end(regions[largest]), bytes);
	return MM_OK;
}

static enum mm_status init_allocator(struct mm_supv_state *supv, const struct mm_supv_facts *facts)
{
	struct mm_supv_memory *memory = supv->memory;
	struct mm_region regions[MM_SUPV_MMRAM_MAX];
	struct mm_region metadata;
	enum mm_status status;

	if (facts->free_count == 0)
		return MM_E_NO_MEMORY;
	status = carve_metadata(facts, regions, &metadata);
	if (status != MM_OK)
		return status;
	memory->cleaner.ops = &cleaner_ops;
	return mm_pages_mmram_init(
		&memory->allocator,
		&(struct mm_pages_mmram_config){
			.regions = regions,
			.region_count = facts->free_count,
			.domain_count = 1,
			.domain_quota = MM_SUPV_DOMAIN_QUOTA_PAGES,
			.cleaner = &memory->cleaner,
			.metadata = mm_hal_mem_map(supv->wiring->mem, mm_pa(metadata.base), metadata.bytes),
			.metadata_bytes = metadata.bytes,
		});
}

/* A table that others can write, or that would be given away, is a door to everything. */
static enum mm_status require_table_in_use(void *context, struct mm_pa page)
{
	return mm_supv_facts_is_in_use(context, mm_region_create(page.v, MM_PAGE_BYTES)) ? MM_OK : MM_E_SUPV_OUTSIDE;
}

enum mm_status mm_supv_memory_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts, struct mm_pa root,
				   uint8_t levels, uint8_t pa_bits)
{
	struct mm_supv_memory *memory = supv->memory;
	const struct mm_hal_pagetable_config config = {
		.ops = &tables_ops,
		.levels = levels,
		.pa_bits = pa_bits,
		.can_1gib = false,
		.can_execute_disable = true,
	};
	enum mm_status status;

	memory->tables.supv = supv;
	memory->mmram_count = facts->mmram_count;
	__builtin_memcpy(memory->mmram, facts->mmram, sizeof(memory->mmram));
	status = mm_hal_pagetable_adopt(&config, root, &memory->tables.editor);
	if (status == MM_OK)
		status = mm_hal_pagetable_walk_tables(&memory->tables.editor, require_table_in_use,
						      (void *)(uintptr_t)facts); /* only read */
	if (status == MM_OK)
		status = init_allocator(supv, facts); /* zeroes what is free */
	if (status == MM_OK)
		supv->wiring->pages = &memory->allocator.pages;
	return status;
}

enum mm_status mm_supv_pages_get(struct mm_supv_state *supv, uint64_t pages, struct mm_region *ret_region)
{
	return mm_pages_alloc_any(supv->wiring->pages, pages, mm_owner_supervisor(), ret_region);
}

enum mm_status mm_supv_pages_protect(struct mm_supv_state *supv, struct mm_region region, uint32_t attributes)
{
	struct mm_hal_pagetable *editor = &supv->memory->tables.editor;
	enum mm_status status;
	uint64_t va;

	if (attributes == 0)
		status = mm_hal_pagetable_unmap(editor, region);
	else
		status = mm_hal_pagetable_map(editor, region, mm_pa(region.base), attributes);
	if (status != MM_OK)
		return status;
	for (va = region.base; va < mm_region_end(region); va += MM_PAGE_BYTES)
		mm_hal_cpu_flush_page(supv->wiring->cpu, mm_va(va));
	return MM_OK;
}

enum mm_status mm_supv_user_pages_get(struct mm_supv_state *supv, struct mm_domain *domain, uint64_t pages,
				      struct mm_region *ret_region)
{
	struct mm_owner owner = mm_owner_domain(domain->owner);
	struct mm_region region;
	enum mm_status status = mm_pages_alloc_any(supv->wiring->pages, pages, owner, &region);

	if (status != MM_OK)
		return status;
	status = mm_supv_pages_protect(supv, region, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	if (status != MM_OK) {
		supv->memory->in_limbo = true;
		(void)mm_pages_free(supv->wiring->pages, region, owner); /* ours a moment ago: cannot be refused */
		return status;
	}
	*ret_region = region;
	return MM_OK;
}

enum mm_status mm_supv_user_pages_put(struct mm_supv_state *supv, struct mm_domain *domain, struct mm_region region)
{
	enum mm_status status = mm_supv_pages_protect(supv, region, MM_HAL_PAGE_RW);

	if (status != MM_OK)
		return status;
	supv->memory->in_limbo = true;
	return mm_pages_free(supv->wiring->pages, region, mm_owner_domain(domain->owner));
}

bool mm_supv_user_pages_are_heap(struct mm_supv_state *supv, const struct mm_domain *domain, struct mm_region region)
{
	return mm_pages_is_owned_by(supv->wiring->pages, region, mm_owner_domain(domain->owner)) &&
	       !mm_region_overlaps(region, domain->fixed);
}

bool mm_supv_user_range_has(struct mm_supv_state *supv, struct mm_region region, uint32_t attributes)
{
	return mm_hal_pagetable_range_has(&supv->memory->tables.editor, region, attributes | MM_HAL_PAGE_USER, 0);
}

bool mm_supv_user_range_is_outside(struct mm_supv_state *supv, struct mm_region region)
{
	const struct mm_supv_memory *memory = supv->memory;
	size_t i;

	for (i = 0; i < memory->mmram_count; i++) {
		if (mm_region_overlaps(memory->mmram[i], region))
			return false;
	}
	return mm_supv_user_range_has(supv, region, MM_HAL_PAGE_RW);
}

void mm_supv_memory_new_epoch(struct mm_supv_state *supv)
{
	struct mm_supv_memory *memory = supv->memory;
	uint64_t released;

	if (!memory->in_limbo)
		return;
	memory->in_limbo = false;
	/* Neither can fail on an initialised allocator and a growing epoch. */
	(void)mm_pages_mmram_release(&memory->allocator, memory->epoch, &released);
	(void)mm_pages_mmram_set_epoch(&memory->allocator, ++memory->epoch);
}

static enum mm_status seal_table(void *context, struct mm_pa page)
{
	return mm_supv_pages_protect(context, mm_region_create(page.v, MM_PAGE_BYTES), MM_HAL_PAGE_R);
}

enum mm_status mm_supv_memory_seal(struct mm_supv_state *supv)
{
	return mm_hal_pagetable_walk_tables(&supv->memory->tables.editor, seal_table, supv);
}

enum mm_status mm_supv_memory_erase_init(struct mm_supv_state *supv)
{
	struct mm_region image = supv->init_image;
	enum mm_status status;

	if (mm_region_is_empty(image))
		return MM_OK;
	supv->init_image = mm_region_create(0, 0);
	status = mm_supv_pages_protect(supv, image, MM_HAL_PAGE_RW);
	if (status != MM_OK)
		return status;
	__builtin_memset(mm_hal_mem_map(supv->wiring->mem, mm_pa(image.base), image.bytes), 0, (size_t)image.bytes);
	return mm_supv_pages_protect(supv, image, 0);
}
