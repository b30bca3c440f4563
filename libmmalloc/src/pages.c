/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/alloc/pages.h"

#include "mm/base/addr.h"
#include "mm/base/checked.h"

#define OWNER_MAX 0x10000u

/* As mm_pages_alloc(), for an alignment of less than a page. */
MM_COLD static enum mm_status alloc_barely_aligned(struct mm_pages *self, const struct mm_pages_request *request,
						   struct mm_region *ret_region)
{
	struct mm_pages_request checked = *request;

	checked.align = 0;
	return mm_pages_alloc(self, &checked, ret_region);
}

static enum mm_status check_at(const struct mm_pages_request *request)
{
	uint64_t mask = request->align == 0 ? MM_PAGE_MASK : request->align - 1u;

	if (request->pages << MM_PAGE_SHIFT > UINT64_MAX - request->address)
		return MM_E_OVERFLOW;
	return (request->address & mask) == 0 ? MM_OK : MM_E_MISALIGNED;
}

enum mm_status mm_pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
			      struct mm_region *ret_region)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (request->pages == 0 || request->kind > MM_PAGES_BELOW || (request->align & (request->align - 1u)) != 0 ||
	    request->owner.v > OWNER_MAX)
		return MM_E_INVALID;
	if (request->pages > UINT64_MAX / MM_PAGE_BYTES)
		return MM_E_OVERFLOW;
	if (MM_UNLIKELY(request->align - 1u < MM_PAGE_BYTES - 1u))
		return alloc_barely_aligned(self, request, ret_region);
	if (request->kind == MM_PAGES_AT) {
		enum mm_status status = check_at(request);

		if (status != MM_OK)
			return status;
	}
	return self->ops->alloc(self, request, ret_region);
}

enum mm_status mm_pages_alloc_any(struct mm_pages *self, uint64_t pages, struct mm_owner owner,
				  struct mm_region *ret_region)
{
	struct mm_pages_request request = { MM_PAGES_ANY, 0, pages, 0, owner };

	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (pages == 0 || owner.v > OWNER_MAX)
		return MM_E_INVALID;
	if (pages > UINT64_MAX / MM_PAGE_BYTES)
		return MM_E_OVERFLOW;
	return self->ops->alloc(self, &request, ret_region);
}

enum mm_status mm_pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner)
{
	uint64_t end;

	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (region.bytes == 0 || owner.v > OWNER_MAX)
		return MM_E_INVALID;
	if (!mm_add_u64(region.base, region.bytes, &end))
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
