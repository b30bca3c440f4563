/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

/* Makes the pages free in windows of any colour, piece by piece where the colour changes. */
MM_NOINLINE static void give_wide(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page,
				  uint32_t pages)
{
	uint32_t end = page + pages;
	uint32_t window = window_of(span, page);
	uint32_t last = window_of(span, end - 1);

	while (page < end) {
		uint8_t colour = self->colours[window];
		uint32_t to;

		while (window < last && self->colours[window + 1] == colour)
			window++;
		to = window == last ? end : window_first(span, window + 1);
		mark(self, page, to - page, TAG_FREE | colour);
		mm_pages_index_give(self, colour, page, to - page);
		page = to;
		window++;
	}
}

/* Zeroes pages whose use has ended, and makes them free. */
HOT void release(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages)
{
	struct mm_region region = { page_number(span, page) << MM_PAGE_SHIFT, (uint64_t)pages << MM_PAGE_SHIFT };
	uint8_t colour;

	self->cleaner->ops->zero(self->cleaner, region);
	self->free_pages += pages;
	colour = self->colours[window_of(span, page)];
	if (MM_LIKELY(is_one_window(span, page, pages))) {
		mark(self, page, pages, TAG_FREE | colour);
		give_run(self, colour, page, pages);
	} else {
		give_wide(self, span, page, pages);
	}
}

/* Queues pages, whose tags say limbo already, under the current epoch. */
MM_NOINLINE static void push_limbo(struct mm_pages_mmram *self, uint32_t page, uint32_t pages)
{
	struct mm_pages_batch *newest;

	self->records[page].next = 0;
	self->records[page].prev = pages;
	self->limbo_pages += pages;
	if (self->batch_count == 0)
		self->limbo_head = page;
	else
		self->records[self->batches[self->batch_count - 1].tail].next = page;
	/* Out of batches, the newest one waits longer than it must. */
	if (self->batch_count == 0 ||
	    (self->batches[self->batch_count - 1].epoch != self->epoch && self->batch_count < MM_PAGES_BATCH_COUNT))
		self->batch_count++;
	newest = &self->batches[self->batch_count - 1];
	newest->epoch = self->epoch;
	newest->tail = page;
}

/* Ends the use of pages that `owner` has: to limbo, or free at once. */
HOT void put(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
	     struct mm_owner owner, struct mm_pages_account *account)
{
	account->used -= pages;
	if (mm_owner_is_supervisor(owner)) {
		release(self, span, page, pages);
		return;
	}
	account->limbo += pages;
	mark(self, page, pages, TAG_LIMBO | owner.v);
	push_limbo(self, page, pages);
}

/* Why a page is not in use by the owner asked for: a refusal. */
static enum mm_status why_not_owned(uint32_t tag)
{
	switch (tag & TAG_STATE) {
	case TAG_ABSENT:
		return MM_E_ALLOC_OUTSIDE;
	case TAG_USED:
		return MM_E_ALLOC_FOREIGN;
	default:
		return MM_E_ALLOC_DOUBLE_FREE;
	}
}

/* Frees `pages` pages at an address. */
HOT enum mm_status free_checked(struct mm_pages_mmram *self, uint64_t address, uint64_t pages, struct mm_owner owner,
				struct mm_pages_account *account)
{
	const struct mm_pages_record *record;
	struct page_range range;

	if (!range_of(self, address, pages, &range))
		return MM_E_ALLOC_OUTSIDE;
	record = &self->records[range.page];
	for (uint32_t left = range.pages; left != 0; left--) {
		if (record->tag != (TAG_USED | owner.v))
			return why_not_owned(record->tag);
		record++;
	}
	put(self, range.span, range.page, (uint32_t)pages, owner, account);
	return MM_OK;
}

MM_NOINLINE static enum mm_status free_many(struct mm_pages_mmram *self, struct mm_region region, struct mm_owner owner,
					    struct mm_pages_account *account)
{
	return free_checked(self, region.base, region.bytes >> MM_PAGE_SHIFT, owner, account);
}

enum mm_status mm_pages_mmram_free(struct mm_pages *pages, struct mm_region region, struct mm_owner owner)
{
	struct mm_pages_mmram *self = mmram_of(pages);
	struct mm_pages_account *account;

	if (!is_mmram(pages))
		return MM_E_NOT_READY;
	account = account_of(self, owner);
	if (account == NULL)
		return MM_E_INVALID;
	/* With a constant, most of the work folds away. */
	if (region.bytes == MM_PAGE_BYTES)
		return free_checked(self, region.base, 1, owner, account);
	return free_many(self, region, owner, account);
}

enum mm_status mm_pages_mmram_owner_of(struct mm_pages *pages, struct mm_region region, struct mm_owner *ret_owner)
{
	const struct mm_pages_mmram *self = mmram_of(pages);
	struct page_range range;
	uint32_t tag;

	if (!is_mmram(pages))
		return MM_E_NOT_READY;
	if (!range_of(self, region.base, region.bytes >> MM_PAGE_SHIFT, &range))
		return MM_E_ALLOC_OUTSIDE;
	tag = self->records[range.page].tag;
	for (uint32_t i = 0; i < range.pages; i++) {
		enum mm_status status = why_not_owned(self->records[range.page + i].tag);

		if (status != MM_E_ALLOC_FOREIGN)
			return status == MM_E_ALLOC_OUTSIDE ? status : MM_E_NOT_FOUND;
		if (self->records[range.page + i].tag != tag)
			return MM_E_ALLOC_FOREIGN;
	}
	ret_owner->v = tag & TAG_VALUE;
	return MM_OK;
}

/* Frees what `owner` has in the span; returns how many pages. */
static uint64_t free_in_span(struct mm_pages_mmram *self, const struct mm_pages_span *span, struct mm_owner owner,
			     struct mm_pages_account *account)
{
	uint32_t page = span->first;
	uint64_t freed = 0;

	while (page < span->first + span->pages) {
		uint32_t pages = 0;

		while (self->records[page + pages].tag == (TAG_USED | owner.v))
			pages++;
		if (pages != 0)
			put(self, span, page, pages, owner, account);
		freed += pages;
		page += pages + 1;
	}
	return freed;
}

enum mm_status mm_pages_mmram_free_owner(struct mm_pages_mmram *self, struct mm_owner owner, uint64_t *ret_pages)
{
	struct mm_pages_account *account;
	uint64_t freed = 0;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, owner);
	if (account == NULL)
		return MM_E_INVALID;
	for (uint32_t i = 0; i < self->span_count; i++)
		freed += free_in_span(self, &self->spans[i], owner, account);
	*ret_pages = freed;
	return MM_OK;
}

/* Ends the rest of one queue entry; returns its pages. */
static uint32_t release_entry(struct mm_pages_mmram *self, uint32_t page)
{
	uint32_t pages = self->records[page].prev;
	struct mm_owner owner = { self->records[page].tag & TAG_VALUE };

	account_of(self, owner)->limbo -= pages;
	self->limbo_pages -= pages;
	release(self, span_of(self, page), page, pages);
	return pages;
}

/* Ends the oldest batch; returns its pages. */
static uint64_t release_batch(struct mm_pages_mmram *self)
{
	uint32_t tail = self->batches[0].tail;
	uint64_t released = 0;
	uint32_t page;

	do {
		page = self->limbo_head;
		self->limbo_head = self->records[page].next;
		released += release_entry(self, page);
	} while (page != tail);
	self->batch_count--;
	for (uint32_t i = 0; i < self->batch_count; i++)
		self->batches[i] = self->batches[i + 1];
	return released;
}

enum mm_status mm_pages_mmram_release(struct mm_pages_mmram *self, uint64_t passed, uint64_t *ret_pages)
{
	uint64_t released = 0;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	while (self->batch_count != 0 && self->batches[0].epoch <= passed)
		released += release_batch(self);
	*ret_pages = released;
	return MM_OK;
}

enum mm_status mm_pages_mmram_set_epoch(struct mm_pages_mmram *self, uint64_t epoch)
{
	if (self->records == NULL)
		return MM_E_NOT_READY;
	if (epoch < self->epoch)
		return MM_E_INVALID;
	self->epoch = epoch;
	return MM_OK;
}
