/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

static struct mm_region region_of(const struct mm_pages_span *span, uint32_t page, uint32_t pages)
{
	return mm_region_create(page_number(span, page) << MM_PAGE_SHIFT, (uint64_t)pages << MM_PAGE_SHIFT);
}

/* Joins the pages with the free runs, piece by piece where the windows' colour changes. */
static void give_by_colour(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t end)
{
	uint32_t last = window_of(span, end - 1);
	uint32_t window = window_of(span, page);

	while (page < end) {
		uint8_t colour = self->windows[window].colour;
		uint32_t to;

		while (window < last && self->windows[window + 1].colour == colour)
			window++;
		to = window == last ? end : window_first(span, window + 1);
		mm_pages_index_give(self, colour, page, to - page);
		page = to;
		window++;
	}
}

void mm_pages_release_run(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			  uint8_t colour)
{
	self->cleaner->ops->zero(self->cleaner, region_of(span, page, pages));
	mm_pages_window_leave(self, span, page, pages, colour);
	self->free_pages += pages;
	/*
	 * The state of a free page is exact, its colour need not be, but no stale one may look like the end of a run
	 * to a neighbour that is given back first: hence a colour that no window has.
	 */
	for (uint32_t i = 0; i < pages; i++)
		self->records[page + i].tag = TAG_FREE | MM_PAGES_COLOUR_COUNT;
	give_by_colour(self, span, page, page + pages);
}

void mm_pages_limbo_push(struct mm_pages_mmram *self, uint32_t page, uint32_t pages)
{
	struct mm_pages_batch *newest;

	self->records[page].next = 0;
	self->records[page].prev = pages;
	self->limbo_pages += pages;
	if (self->batch_count == 0) {
		self->limbo_head = page;
	} else {
		self->records[self->batches[self->batch_count - 1].tail].next = page;
	}
	/* Out of batches, the newest one waits longer than it must. */
	if (self->batch_count == 0 ||
	    (self->batches[self->batch_count - 1].epoch != self->epoch && self->batch_count < MM_PAGES_BATCH_COUNT))
		self->batch_count++;
	newest = &self->batches[self->batch_count - 1];
	newest->epoch = self->epoch;
	newest->tail = page;
}

/* Ends the rest of one queue entry; returns its pages. */
static uint32_t release_entry(struct mm_pages_mmram *self, uint32_t page)
{
	const struct mm_pages_span *span = span_of(self, page);
	uint32_t pages = self->records[page].prev;
	struct mm_owner owner = { self->records[page].tag & TAG_VALUE };

	account_of(self, owner)->limbo -= pages;
	self->limbo_pages -= pages;
	mm_pages_release_run(self, span, page, pages, colour_of(owner));
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
