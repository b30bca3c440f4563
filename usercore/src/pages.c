/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages.h"

#include "mm/abi/efi.h"
#include "mm/base/addr.h"

/* ALOC_PAGE has no argument for an address, and aligns to pages only. */
static enum mm_status pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
				  struct mm_region *ret_region)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, pages);
	uint64_t address;

	if (request->kind != MM_PAGES_ANY || request->align > MM_PAGE_BYTES)
		return MM_E_UNSUPPORTED;
	address = core->ring0->allocate_pages(request->pages);
	if (MM_EFI_IS_ERROR(address))
		return MM_E_NO_MEMORY;
	*ret_region = mm_region_create(address, request->pages * MM_PAGE_BYTES);
	return MM_OK;
}

static enum mm_status pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, pages);

	if (core->ring0->free_pages(region.base, region.bytes / MM_PAGE_BYTES) != MM_EFI_SUCCESS)
		return MM_E_ALLOC_FOREIGN;
	return MM_OK;
}

static enum mm_status pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner)
{
	return MM_E_UNSUPPORTED; /* ring 3 knows of no owner but itself */
}

const struct mm_pages_ops mm_core_pages_ops = {
	.alloc = pages_alloc,
	.free = pages_free,
	.owner_of = pages_owner_of,
};
