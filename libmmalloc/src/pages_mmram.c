/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/checked.h"
#include "pages_index.h"

void mm_pages_mark(const struct mm_pages_mmram *self, uint32_t page, uint32_t pages, uint32_t tag)
{
	for (uint32_t i = 0; i < pages; i++)
		self->records[page + i].tag = tag;
}

/* Takes `pages` pages from `page` on out of the free run at `start`, which holds them all. */
HOT void take_from_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t page, uint32_t pages)
{
	uint32_t end = start + remove_run(self, colour, start);

	if (start < page)
		insert_run(self, colour, start, page - start);
	if (page + pages < end)
		insert_run(self, colour, page + pages, end - (page + pages));
}

/* Takes pages that are free, but may be in neutral windows, several windows and several runs. */
MM_NOINLINE static void take_wide(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page,
				  uint32_t pages, uint8_t owner_colour)
{
	uint32_t end = page + pages;

	mm_pages_window_claim(self, span, page, pages, owner_colour);
	while (page < end) {
		uint8_t colour = self->colours[window_of(span, page)];
		uint32_t start = run_at(self, colour, page);
		uint32_t run_end = start + self->records[start].run;
		uint32_t to = run_end < end ? run_end : end;

		take_from_run(self, colour, start, page, to - page);
		page = to;
	}
}

/* Gives pages, all of them free, to `owner`. */
HOT void take(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
	      struct mm_owner owner, struct mm_pages_account *account)
{
	uint8_t colour = self->colours[window_of(span, page)];

	if (MM_LIKELY(colour != MM_PAGES_NEUTRAL && is_one_window(span, page, pages))) {
		/* Free pages that adjoin in one window are one run. */
		take_from_run(self, colour, run_at(self, colour, page), page, pages);
	} else {
		take_wide(self, span, page, pages, colour_of(owner));
	}
	mark(self, page, pages, TAG_USED | owner.v);
	account->used += pages;
	self->free_pages -= pages;
}

static enum mm_status why_not_free(uint32_t tag)
{
	return (tag & TAG_STATE) == TAG_ABSENT ? MM_E_ALLOC_OUTSIDE : MM_E_ALLOC_OCCUPIED;
}

/* MM_OK if every page of the range is free. */
HOT enum mm_status all_free(const struct mm_pages_mmram *self, const struct page_range *range)
{
	const struct mm_pages_record *record = &self->records[range->page];

	for (uint32_t left = range->pages; left != 0; left--) {
		if ((record->tag & TAG_STATE) != TAG_FREE)
			return why_not_free(record->tag);
		record++;
	}
	return MM_OK;
}

HOT enum mm_status find_at(const struct mm_pages_mmram *self, const struct mm_pages_request *request, uint32_t pages,
			   struct page_range *ret_range)
{
	if (!range_of(self, request->address, pages, ret_range))
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

HOT enum mm_status find_any(struct mm_pages_mmram *self, const struct mm_pages_request *request, uint32_t pages,
			    struct page_range *ret_range)
{
	uint32_t page = 0;

	if (MM_LIKELY(request->kind == MM_PAGES_ANY && request->align <= MM_PAGE_BYTES))
		page = best_run(self, colour_of(request->owner), pages);
	if (page == 0)
		page = find_fit(self, request);
	if (page == 0)
		return MM_E_NO_MEMORY;
	ret_range->span = span_of(self, page);
	ret_range->page = page;
	ret_range->pages = pages;
	return MM_OK;
}

HOT bool is_within_quota(const struct mm_pages_account *account, uint64_t pages)
{
	uint64_t held = (uint64_t)account->used + account->limbo;

	return account->quota == MM_PAGES_QUOTA_UNLIMITED ||
	       (pages <= account->quota && held <= account->quota - pages);
}

/* Allocates `pages` pages, as many as the request says. */
HOT enum mm_status alloc_checked(struct mm_pages_mmram *self, const struct mm_pages_request *request, uint32_t pages,
				 struct mm_pages_account *account, struct mm_region *ret_region)
{
	struct page_range range;
	enum mm_status status;

	if (request->kind == MM_PAGES_AT)
		status = find_at(self, request, pages, &range);
	else
		status = find_any(self, request, pages, &range);
	if (status != MM_OK)
		return status;
	take(self, range.span, range.page, pages, request->owner, account);
	ret_region->base = page_number(range.span, range.page) << MM_PAGE_SHIFT;
	ret_region->bytes = (uint64_t)pages << MM_PAGE_SHIFT;
	return MM_OK;
}

MM_NOINLINE static enum mm_status alloc_many(struct mm_pages_mmram *self, const struct mm_pages_request *request,
					     struct mm_pages_account *account, struct mm_region *ret_region)
{
	if (request->pages > self->total_pages)
		return request->kind == MM_PAGES_AT ? MM_E_ALLOC_OUTSIDE : MM_E_NO_MEMORY;
	return alloc_checked(self, request, (uint32_t)request->pages, account, ret_region);
}

static enum mm_status mmram_alloc(struct mm_pages *pages, const struct mm_pages_request *request,
				  struct mm_region *ret_region)
{
	struct mm_pages_mmram *self = mmram_of(pages);
	struct mm_pages_account *account;

	if (!is_mmram(pages))
		return MM_E_NOT_READY;
	account = account_of(self, request->owner);
	if (account == NULL)
		return MM_E_INVALID;
	if (!is_within_quota(account, request->pages))
		return MM_E_QUOTA;
	/* With a constant, most of the work folds away. */
	if (request->pages == 1)
		return alloc_checked(self, request, 1, account, ret_region);
	return alloc_many(self, request, account, ret_region);
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
	if (!range_of(self, region.base, region.bytes >> MM_PAGE_SHIFT, &range))
		return MM_E_ALLOC_OUTSIDE;
	status = all_free(self, &range);
	if (status == MM_OK)
		take(self, range.span, range.page, range.pages, owner, account);
	return status;
}
