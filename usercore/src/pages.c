/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages.h"

#include "mm/abi/efi.h"
#include "mm/base/addr.h"

static struct mm_core *core_of_drivers(struct mm_pages *self)
{
	return MM_CONTAINER_OF(self, struct mm_core, pages.drivers);
}

static struct mm_core *core_of_pool(struct mm_pages *self)
{
	return MM_CONTAINER_OF(self, struct mm_core, pages.pool);
}

/* ALOC_PAGE has no argument for an address, and aligns to pages only. */
static enum mm_status get_pages(struct mm_core *core, const struct mm_pages_request *request,
				struct mm_region *ret_region)
{
	uint64_t address;

	if (request->kind != MM_PAGES_ANY || request->align > MM_PAGE_BYTES)
		return MM_E_UNSUPPORTED;
	address = core->ring0->allocate_pages(request->pages);
	if (MM_EFI_IS_ERROR(address))
		return MM_E_NO_MEMORY;
	*ret_region = mm_region_create(address, request->pages * MM_PAGE_BYTES);
	return MM_OK;
}

static enum mm_status put_pages(struct mm_core *core, struct mm_region region)
{
	if (core->ring0->free_pages(region.base, region.bytes / MM_PAGE_BYTES) != MM_EFI_SUCCESS)
		return MM_E_ALLOC_FOREIGN;
	return MM_OK;
}

static enum mm_status drivers_alloc(struct mm_pages *self, const struct mm_pages_request *request,
				    struct mm_region *ret_region)
{
	return get_pages(core_of_drivers(self), request, ret_region);
}

static enum mm_status drivers_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	struct mm_core *core = core_of_drivers(self);
	uint32_t i;

	for (i = 0; i < core->pages.pool_region_count; i++) {
		if (mm_region_overlaps(core->pages.pool_regions[i], region))
			return MM_E_ALLOC_FOREIGN;
	}
	return put_pages(core, region);
}

static enum mm_status pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner)
{
	return MM_E_UNSUPPORTED; /* ring 3 knows of no owner but itself */
}

/* The region that ends where `region` begins, or begins where it ends, NULL if none does. */
static struct mm_region *find_adjoining(struct mm_core_pages *pages, struct mm_region region)
{
	uint32_t i;

	for (i = 0; i < pages->pool_region_count; i++) {
		if (mm_region_end(pages->pool_regions[i]) == region.base ||
		    pages->pool_regions[i].base == mm_region_end(region))
			return &pages->pool_regions[i];
	}
	return NULL;
}

static enum mm_status note_pool_region(struct mm_core_pages *pages, struct mm_region region)
{
	struct mm_region *adjoining = find_adjoining(pages, region);

	if (adjoining != NULL) {
		adjoining->base = adjoining->base < region.base ? adjoining->base : region.base;
		adjoining->bytes += region.bytes;
		return MM_OK;
	}
	if (pages->pool_region_count == MM_ARRAY_COUNT(pages->pool_regions))
		return MM_E_LIMIT;
	pages->pool_regions[pages->pool_region_count++] = region;
	return MM_OK;
}

static enum mm_status pool_alloc(struct mm_pages *self, const struct mm_pages_request *request,
				 struct mm_region *ret_region)
{
	struct mm_core *core = core_of_pool(self);
	struct mm_region region;
	enum mm_status status = get_pages(core, request, &region);

	if (status != MM_OK)
		return status;
	status = note_pool_region(&core->pages, region);
	if (status != MM_OK)
		(void)put_pages(core, region); /* they are ours */
	else
		*ret_region = region;
	return status;
}

/* The pool never gives back what it has taken in, and its limit of pieces is not below ours. */
static enum mm_status pool_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	return MM_E_UNSUPPORTED;
}

static const struct mm_pages_ops drivers_ops = {
	.alloc = drivers_alloc,
	.free = drivers_free,
	.owner_of = pages_owner_of,
};

static const struct mm_pages_ops pool_ops = {
	.alloc = pool_alloc,
	.free = pool_free,
	.owner_of = pages_owner_of,
};

void mm_core_pages_init(struct mm_core_pages *self)
{
	self->drivers.ops = &drivers_ops;
	self->pool.ops = &pool_ops;
	self->pool_region_count = 0;
}
