/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/checked.h"
#include "pages_internal.h"

/* NULL if `pages` is another implementation. */
static struct mm_pages_mmram *mmram_of(struct mm_pages *pages)
{
	return pages->ops == &mm_pages_mmram_ops ? MM_CONTAINER_OF(pages, struct mm_pages_mmram, pages) : NULL;
}

/* A range of pages inside one span. */
struct range {
	const struct mm_pages_span *span;
	uint32_t page;
	uint32_t pages;
};

/* The range of a page-aligned region; false if it is not inside one span. */
static bool range_of(const struct mm_pages_mmram *self, struct mm_region region, struct range *ret_range)
{
	uint64_t page = region.base >> MM_PAGE_SHIFT;
	uint64_t pages = region.bytes >> MM_PAGE_SHIFT;
	const struct mm_pages_span *span = &self->spans[self->span_count - 1];

	while (page < span->page) {
		if (span == self->spans)
			return false;
		span--;
	}
	page -= span->page;
	if (page >= span->pages || pages > span->pages - page)
		return false;
	ret_range->span = span;
	ret_range->page = span->first + (uint32_t)page;
	ret_range->pages = (uint32_t)pages;
	return true;
}

/* Takes `pages` pages from `page` on out of the free run at `start`, which holds them all. */
static void take_from_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t page, uint32_t pages)
{
	uint32_t end = start + mm_pages_index_remove(self, colour, start);

	if (start < page)
		mm_pages_index_insert(self, colour, start, page - start);
	if (page + pages < end)
		mm_pages_index_insert(self, colour, page + pages, end - (page + pages));
}

static void mark(const struct mm_pages_mmram *self, uint32_t page, uint32_t pages, uint32_t tag)
{
	for (uint32_t i = 0; i < pages; i++)
		self->records[page + i].tag = tag;
}

/* Gives the range, all of it free, to `owner`. It may lie across several free runs. */
static void take(struct mm_pages_mmram *self, const struct range *range, struct mm_owner owner)
{
	uint32_t page = range->page;
	uint32_t end = page + range->pages;

	mm_pages_window_claim(self, range->span, page, range->pages, colour_of(owner));
	while (page < end) {
		uint8_t colour = self->windows[window_of(range->span, page)].colour;
		uint32_t start = mm_pages_index_run_at(self, colour, page);
		uint32_t run_end = start + self->records[start].run;
		uint32_t to = run_end < end ? run_end : end;

		take_from_run(self, colour, start, page, to - page);
		page = to;
	}
	mark(self, range->page, range->pages, TAG_USED | owner.v);
	mm_pages_window_enter(self, range->span, range->page, range->pages, colour_of(owner));
	account_of(self, owner)->used += range->pages;
	self->free_pages -= range->pages;
}

/* Why `page` is not free: a refusal. */
static enum mm_status why_not_free(const struct mm_pages_mmram *self, uint32_t page)
{
	return (self->records[page].tag & TAG_STATE) == TAG_ABSENT ? MM_E_ALLOC_OUTSIDE : MM_E_ALLOC_OCCUPIED;
}

/* MM_OK if every page of the range is free. */
static enum mm_status all_free(const struct mm_pages_mmram *self, const struct range *range)
{
	for (uint32_t i = 0; i < range->pages; i++) {
		if (!is_free(self, range->page + i))
			return why_not_free(self, range->page + i);
	}
	return MM_OK;
}

static enum mm_status find_at(const struct mm_pages_mmram *self, const struct mm_pages_request *request,
			      struct range *ret_range)
{
	/* The wrapper has proved that the region does not wrap. */
	struct mm_region region = { request->address, request->pages << MM_PAGE_SHIFT };

	if (!range_of(self, region, ret_range))
		return MM_E_ALLOC_OUTSIDE;
	return all_free(self, ret_range);
}

static enum mm_status find_fit(struct mm_pages_mmram *self, const struct mm_pages_request *request,
			       struct range *ret_range)
{
	struct mm_pages_fit fit = {
		.pages = (uint32_t)request->pages,
		.align = request->align >> MM_PAGE_SHIFT,
		.limit = request->kind == MM_PAGES_BELOW ? request->address >> MM_PAGE_SHIFT : UINT64_MAX,
	};
	uint32_t page;

	if (request->pages > self->free_pages)
		return MM_E_NO_MEMORY;
	page = mm_pages_place_find(self, &fit, colour_of(request->owner));
	if (page == 0)
		return MM_E_NO_MEMORY;
	ret_range->span = span_of(self, page);
	ret_range->page = page;
	ret_range->pages = fit.pages;
	return MM_OK;
}

static enum mm_status check_quota(const struct mm_pages_account *account, uint64_t pages)
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
	const struct mm_pages_account *account;
	struct range range;
	enum mm_status status;

	if (self == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, request->owner);
	if (account == NULL)
		return MM_E_INVALID;
	status = check_quota(account, request->pages);
	if (status != MM_OK)
		return status;
	status = request->kind == MM_PAGES_AT ? find_at(self, request, &range) : find_fit(self, request, &range);
	if (status != MM_OK)
		return status;
	take(self, &range, request->owner);
	ret_region->base = page_number(range.span, range.page) << MM_PAGE_SHIFT;
	ret_region->bytes = request->pages << MM_PAGE_SHIFT;
	return MM_OK;
}

/* Why `page` is not in use by the owner asked for: a refusal. */
static enum mm_status why_not_owned(const struct mm_pages_mmram *self, uint32_t page)
{
	switch (self->records[page].tag & TAG_STATE) {
	case TAG_ABSENT:
		return MM_E_ALLOC_OUTSIDE;
	case TAG_USED:
		return MM_E_ALLOC_FOREIGN;
	default:
		return MM_E_ALLOC_DOUBLE_FREE;
	}
}

/* Ends the use of pages that `owner` has: to limbo, or free at once. */
static void put(struct mm_pages_mmram *self, const struct range *range, struct mm_owner owner)
{
	struct mm_pages_account *account = account_of(self, owner);

	account->used -= range->pages;
	if (mm_owner_is_supervisor(owner)) {
		mm_pages_release_run(self, range->span, range->page, range->pages, MM_PAGES_SUPERVISOR);
		return;
	}
	account->limbo += range->pages;
	mark(self, range->page, range->pages, TAG_LIMBO | owner.v);
	mm_pages_limbo_push(self, range->page, range->pages);
}

static enum mm_status mmram_free(struct mm_pages *pages, struct mm_region region, struct mm_owner owner)
{
	struct mm_pages_mmram *self = mmram_of(pages);
	struct range range;

	if (self == NULL)
		return MM_E_NOT_READY;
	if (account_of(self, owner) == NULL)
		return MM_E_INVALID;
	if (!range_of(self, region, &range))
		return MM_E_ALLOC_OUTSIDE;
	for (uint32_t i = 0; i < range.pages; i++) {
		if (self->records[range.page + i].tag != (TAG_USED | owner.v))
			return why_not_owned(self, range.page + i);
	}
	put(self, &range, owner);
	return MM_OK;
}

static enum mm_status mmram_owner_of(struct mm_pages *pages, struct mm_region region, struct mm_owner *ret_owner)
{
	const struct mm_pages_mmram *self = mmram_of(pages);
	struct range range;
	uint32_t tag;

	if (self == NULL)
		return MM_E_NOT_READY;
	if (!range_of(self, region, &range))
		return MM_E_ALLOC_OUTSIDE;
	tag = self->records[range.page].tag;
	for (uint32_t i = 0; i < range.pages; i++) {
		enum mm_status status = why_not_owned(self, range.page + i);

		if (status != MM_E_ALLOC_FOREIGN)
			return status == MM_E_ALLOC_OUTSIDE ? status : MM_E_NOT_FOUND;
		if (self->records[range.page + i].tag != tag)
			return MM_E_ALLOC_FOREIGN;
	}
	ret_owner->v = tag & TAG_VALUE;
	return MM_OK;
}

const struct mm_pages_ops mm_pages_mmram_ops = {
	.alloc = mmram_alloc,
	.free = mmram_free,
	.owner_of = mmram_owner_of,
};

enum mm_status mm_pages_mmram_adopt(struct mm_pages_mmram *self, struct mm_region region, struct mm_owner owner)
{
	struct range range;
	enum mm_status status;
	uint64_t end;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	if (account_of(self, owner) == NULL || region.bytes == 0)
		return MM_E_INVALID;
	if (!mm_add_u64(region.base, region.bytes, &end))
		return MM_E_OVERFLOW;
	if (!mm_is_page_aligned(region.base | region.bytes))
		return MM_E_MISALIGNED;
	if (!range_of(self, region, &range))
		return MM_E_ALLOC_OUTSIDE;
	status = all_free(self, &range);
	if (status == MM_OK)
		take(self, &range, owner);
	return status;
}

enum mm_status mm_pages_mmram_free_owner(struct mm_pages_mmram *self, struct mm_owner owner, uint64_t *ret_pages)
{
	uint64_t freed = 0;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	if (account_of(self, owner) == NULL)
		return MM_E_INVALID;
	for (uint32_t i = 0; i < self->span_count; i++) {
		struct range range = { &self->spans[i], self->spans[i].first, 0 };
		uint32_t end = range.page + range.span->pages;

		for (; range.page < end; range.page += range.pages + 1) {
			range.pages = 0;
			while (self->records[range.page + range.pages].tag == (TAG_USED | owner.v))
				range.pages++;
			if (range.pages != 0)
				put(self, &range, owner);
			freed += range.pages;
		}
	}
	*ret_pages = freed;
	return MM_OK;
}
