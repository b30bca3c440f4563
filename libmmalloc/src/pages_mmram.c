/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/checked.h"
#include "pages_index.h"

/* Takes `pages` pages from `page` on out of the free run at `start`, which holds them all. */
HOT void take_from_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t page, uint32_t pages)
{
	uint32_t end = start + remove_run(self, colour, start);

	if (start < page)
		insert_run(self, colour, start, page - start);
	if (page + pages < end)
		insert_run(self, colour, page + pages, end - (page + pages));
}

/* Takes a range that is free, but may touch neutral windows, several windows and several runs. */
MM_NOINLINE static void take_wide(struct mm_pages_mmram *self, const struct page_range *range, uint8_t owner_colour)
{
	uint32_t page = range->page;
	uint32_t end = page + range->pages;

	mm_pages_window_claim(self, range->span, page, range->pages, owner_colour);
	while (page < end) {
		uint8_t colour = self->colours[window_of(range->span, page)];
		uint32_t start = run_at(self, colour, page);
		uint32_t run_end = start + self->records[start].run;
		uint32_t to = run_end < end ? run_end : end;

		take_from_run(self, colour, start, page, to - page);
		page = to;
	}
}

/* Gives the range, all of it free, to `owner`. */
HOT void take(struct mm_pages_mmram *self, const struct page_range *range, struct mm_owner owner,
	      struct mm_pages_account *account)
{
	uint8_t colour = self->colours[window_of(range->span, range->page)];

	if (MM_LIKELY(colour != MM_PAGES_NEUTRAL && is_one_window(range->span, range->page, range->pages))) {
		/* Free pages that adjoin in one window are one run. */
		take_from_run(self, colour, run_at(self, colour, range->page), range->page, range->pages);
	} else {
		take_wide(self, range, colour_of(owner));
	}
	mark(self, range->page, range->pages, TAG_USED | owner.v);
	account->used += range->pages;
	self->free_pages -= range->pages;
}

/* MM_OK if every page of the range is free. */
static enum mm_status all_free(const struct mm_pages_mmram *self, const struct page_range *range)
{
	for (uint32_t i = 0; i < range->pages; i++) {
		uint32_t state = self->records[range->page + i].tag & TAG_STATE;

		if (state != TAG_FREE)
			return state == TAG_ABSENT ? MM_E_ALLOC_OUTSIDE : MM_E_ALLOC_OCCUPIED;
	}
	return MM_OK;
}

static enum mm_status find_at(const struct mm_pages_mmram *self, const struct mm_pages_request *request,
			      struct page_range *ret_range)
{
	/* The wrapper has proved that the region does not wrap. */
	struct mm_region region = { request->address, request->pages << MM_PAGE_SHIFT };

	if (!range_of(self, region, ret_range))
		return MM_E_ALLOC_OUTSIDE;
	return all_free(self, ret_range);
}

/* Any other than the best fit among the runs of the owner's colour. */
MM_NOINLINE static uint32_t find_fit(struct mm_pages_mmram *self, const struct mm_pages_request *request)
{
	struct mm_pages_fit fit = {
		.pages = (uint32_t)request->pages,
		.align = request->align == 0 ? 1 : request->align >> MM_PAGE_SHIFT,
		.limit = request->kind == MM_PAGES_BELOW ? request->address >> MM_PAGE_SHIFT : UINT64_MAX,
	};

	return mm_pages_place_find(self, &fit, colour_of(request->owner));
}

static enum mm_status find_any(struct mm_pages_mmram *self, const struct mm_pages_request *request,
			       struct page_range *ret_range)
{
	uint32_t page = 0;

	if (request->pages > self->free_pages)
		return MM_E_NO_MEMORY;
	if (MM_LIKELY(request->kind == MM_PAGES_ANY && request->align <= MM_PAGE_BYTES))
		page = best_run(self, colour_of(request->owner), (uint32_t)request->pages);
	if (page == 0)
		page = find_fit(self, request);
	if (page == 0)
		return MM_E_NO_MEMORY;
	ret_range->span = span_of(self, page);
	ret_range->page = page;
	ret_range->pages = (uint32_t)request->pages;
	return MM_OK;
}

HOT enum mm_status check_quota(const struct mm_pages_account *account, uint64_t pages)
{
	uint64_t held = (uint64_t)account->used + account->limbo;

	if (account->quota == MM_PAGES_QUOTA_UNLIMITED || (pages <= account->quota && held <= account->quota - pages))
		return MM_OK;
	return MM_E_QUOTA;
}

static enum mm_status mmram_alloc(struct mm_pages *pages, const struct mm_pages_request *request,
				  struct mm_region *ret_region)
{
	struct mm_pages_mmram *self = mmram_of(pages);
	struct mm_pages_account *account;
	struct page_range range;
	enum mm_status status;

	if (self == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, request->owner);
	if (account == NULL)
		return MM_E_INVALID;
	status = check_quota(account, request->pages);
	if (status != MM_OK)
		return status;
	status = request->kind == MM_PAGES_AT ? find_at(self, request, &range) : find_any(self, request, &range);
	if (status != MM_OK)
		return status;
	take(self, &range, request->owner, account);
	ret_region->base = page_number(range.span, range.page) << MM_PAGE_SHIFT;
	ret_region->bytes = request->pages << MM_PAGE_SHIFT;
	return MM_OK;
}

const struct mm_pages_ops mm_pages_mmram_ops = {
	.alloc = mmram_alloc,
	.free = mm_pages_mmram_free,
	.owner_of = mm_pages_mmram_owner_of,
};

enum mm_status mm_pages_mmram_adopt(struct mm_pages_mmram *self, struct mm_region region, struct mm_owner owner)
{
	struct mm_pages_account *account;
	struct page_range range;
	enum mm_status status;
	uint64_t end;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, owner);
	if (account == NULL || region.bytes == 0)
		return MM_E_INVALID;
	if (!mm_add_u64(region.base, region.bytes, &end))
		return MM_E_OVERFLOW;
	if (!mm_is_page_aligned(region.base | region.bytes))
		return MM_E_MISALIGNED;
	if (!range_of(self, region, &range))
		return MM_E_ALLOC_OUTSIDE;
	status = all_free(self, &range);
	if (status == MM_OK)
		take(self, &range, owner, account);
	return status;
}
