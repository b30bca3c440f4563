/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/alloc/pages.h"

#include "mm/base/addr.h"
#include "mm/base/checked.h"

/* Fewer pages than this have a size in bytes. */
#define PAGES_MAX (UINT64_MAX / MM_PAGE_BYTES)

/* As mm_pages_alloc() for a request that asks for an alignment. */
MM_COLD static enum mm_status alloc_aligned(struct mm_pages *self, const struct mm_pages_request *request,
					    struct mm_region *ret_region)
{
	struct mm_pages_request checked = *request;

	if (!mm_is_power_of_two(checked.align))
		return MM_E_INVALID;
	if (checked.kind == MM_PAGES_AT && (checked.address & (checked.align - 1u)) != 0)
		return MM_E_MISALIGNED;
	if (checked.align < MM_PAGE_BYTES)
		checked.align = 0;
	return self->ops->alloc(self, &checked, ret_region);
}

enum mm_status mm_pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
			      struct mm_region *ret_region)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (MM_UNLIKELY(request->pages - 1u >= PAGES_MAX))
		return request->pages == 0 ? MM_E_INVALID : MM_E_OVERFLOW;
	if (request->kind == MM_PAGES_AT) {
		if (request->pages << MM_PAGE_SHIFT > UINT64_MAX - request->address)
			return MM_E_OVERFLOW;
		if (!mm_is_page_aligned(request->address))
			return MM_E_MISALIGNED;
	} else if (request->kind > MM_PAGES_BELOW) {
		return MM_E_INVALID;
	}
	if (request->align != 0)
		return alloc_aligned(self, request, ret_region);
	return self->ops->alloc(self, request, ret_region);
}

enum mm_status mm_pages_alloc_any(struct mm_pages *self, uint64_t pages, struct mm_owner owner,
				  struct mm_region *ret_region)
{
	struct mm_pages_request request = { MM_PAGES_ANY, 0, pages, 0, owner };

	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (MM_UNLIKELY(pages - 1u >= PAGES_MAX))
		return pages == 0 ? MM_E_INVALID : MM_E_OVERFLOW;
	return self->ops->alloc(self, &request, ret_region);
}

enum mm_status mm_pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (region.bytes == 0)
		return MM_E_INVALID;
	if (region.bytes > UINT64_MAX - region.base)
		return MM_E_OVERFLOW;
	if (!mm_is_page_aligned(region.base | region.bytes))
		return MM_E_MISALIGNED;
	return self->ops->free(self, region, owner);
}

enum mm_status mm_pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner)
{
	struct mm_region hull;
	uint64_t end;

	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (region.bytes == 0)
		return MM_E_INVALID;
	if (!mm_add_u64(region.base, region.bytes, &end) || mm_region_page_hull(region, &hull) != MM_OK)
		return MM_E_OVERFLOW;
	return self->ops->owner_of(self, hull, ret_owner);
}

bool mm_pages_is_owned_by(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	struct mm_owner found;

	return mm_pages_owner_of(self, region, &found) == MM_OK && mm_owner_equal(found, owner);
}

bool mm_pages_is_complete(const struct mm_pages *self)
{
	return self->ops != NULL && self->ops->alloc != NULL && self->ops->free != NULL && self->ops->owner_of != NULL;
}
