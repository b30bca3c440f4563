/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the files of the page allocator share. Pages are named by their record number. The first records are not pages
 * but the heads of lists, so 0 is no page. Callers inside the room have checked their arguments: nothing below can
 * fail.
 */
#include "mm/alloc/pages_mmram.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"

/*
 * A record's tag: the state in the top bits, below it the owner (used, limbo) or the colour of the window (free).
 */
#define TAG_STATE  0xc0000000u
#define TAG_FREE   0x00000000u
#define TAG_USED   0x40000000u
#define TAG_LIMBO  0x80000000u
#define TAG_ABSENT 0xc0000000u
#define TAG_VALUE  0x3fffffffu

/* For what every allocation and release goes through: a call costs more than the work. */
#define HOT static inline __attribute__((always_inline))

/* Siblings of a level; the records are the lowest level. */
#define LEVEL_SHIFT 3u
#define LEVEL_MASK  7u

/* The list heads: one record for each length of short run and each colour. */
#define HEAD_COUNT (MM_PAGES_COLOUR_COUNT * MM_PAGES_BIN_COUNT)

/* A tree node's parent when the run is not in the tree itself but in the ring of a node of equal length. */
#define NOT_A_NODE UINT32_MAX

static inline uint32_t top_bit(uint32_t v)
{
	return 31u - (uint32_t)__builtin_clz(v);
}

static inline bool is_free(const struct mm_pages_mmram *self, uint32_t page)
{
	return (self->records[page].tag & TAG_STATE) == TAG_FREE;
}

/* The first page of the free run that ends with `last`. */
HOT uint32_t run_of_last(const struct mm_pages_mmram *self, uint32_t last)
{
	return self->records[last].run != 0 ? last : self->records[last].next;
}

HOT uint64_t page_number(const struct mm_pages_span *span, uint32_t page)
{
	return span->page + (page - span->first);
}

HOT uint32_t window_of(const struct mm_pages_span *span, uint32_t page)
{
	return (page + span->shift) / MM_PAGES_WINDOW_PAGES;
}

/* The first page of a window of the span; for the window after the last, the page after the last. */
static inline uint32_t window_first(const struct mm_pages_span *span, uint32_t window)
{
	uint32_t end = span->first + span->pages;

	if (window <= window_of(span, span->first))
		return span->first;
	return window > window_of(span, end - 1u) ? end : window * MM_PAGES_WINDOW_PAGES - span->shift;
}

/* The span of a record; almost always there is one. */
HOT const struct mm_pages_span *span_of(const struct mm_pages_mmram *self, uint32_t page)
{
	const struct mm_pages_span *span = self->last_span;

	while (span->first > page)
		span--;
	return span;
}

HOT uint8_t colour_of(struct mm_owner owner)
{
	return mm_owner_is_supervisor(owner) ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;
}

/* NULL for an owner the allocator does not know. */
HOT struct mm_pages_account *account_of(const struct mm_pages_mmram *self, struct mm_owner owner)
{
	if (mm_owner_is_supervisor(owner))
		return self->accounts;
	return owner.v < self->account_count - 1u ? &self->accounts[owner.v + 1u] : NULL;
}

/* True if the pages lie in one window. */
HOT bool is_one_window(const struct mm_pages_span *span, uint32_t page, uint32_t pages)
{
	return (page + span->shift) % MM_PAGES_WINDOW_PAGES + pages <= MM_PAGES_WINDOW_PAGES;
}

/* pages_mmram.c */
extern const struct mm_pages_ops mm_pages_mmram_ops;

/* False if `pages` is another implementation. */
HOT bool is_mmram(const struct mm_pages *pages)
{
	return pages->ops == &mm_pages_mmram_ops;
}

HOT struct mm_pages_mmram *mmram_of(struct mm_pages *pages)
{
	return MM_CONTAINER_OF(pages, struct mm_pages_mmram, pages);
}

/* A range of pages inside one span. */
struct page_range {
	const struct mm_pages_span *span;
	uint32_t page;
	uint32_t pages;
};

/* The range of `pages` pages at a page-aligned address; false if it is not inside one span. */
HOT bool range_of(const struct mm_pages_mmram *self, uint64_t address, uint64_t pages, struct page_range *ret_range)
{
	const struct mm_pages_span *span = self->last_span;
	uint64_t page = address >> MM_PAGE_SHIFT;

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

/* pages_mmram.c */
void mm_pages_mark(const struct mm_pages_mmram *self, uint32_t page, uint32_t pages, uint32_t tag);

/* Sets the tags of one page or more. */
HOT void mark(const struct mm_pages_mmram *self, uint32_t page, uint32_t pages, uint32_t tag)
{
	self->records[page].tag = tag;
	if (pages > 1)
		mm_pages_mark(self, page, pages, tag);
}

/* pages_levels.c: where the runs of a colour start, by address. */

/* The rest of the way up, when the group of eight that holds `page` has got a run longer than any so far. */
void mm_pages_levels_raise(const struct mm_pages_mmram *self, uint8_t colour, uint32_t page, uint8_t class);
/* The first run that starts at or after `page` and has `least` pages (1 or more), or 0. */
uint32_t mm_pages_levels_next(struct mm_pages_mmram *self, uint8_t colour, uint32_t page, uint32_t least);
/* The last run that starts at or before `page`, or 0. */
uint32_t mm_pages_levels_previous(struct mm_pages_mmram *self, uint8_t colour, uint32_t page);

/* pages_tree.c: runs of MM_PAGES_BIN_COUNT pages and more, by length. */
void mm_pages_tree_insert(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run);
void mm_pages_tree_remove(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run);
/* A shortest run with at least `least` pages, or 0. */
uint32_t mm_pages_tree_best(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least);
/* The longest run in pages, or 0. */
uint32_t mm_pages_tree_longest(const struct mm_pages_mmram *self, uint8_t colour);
/* True if the run is where its length says it must be. */
bool mm_pages_tree_holds(const struct mm_pages_mmram *self, uint8_t colour, uint32_t start);
/* How many runs all trees and rings hold; UINT32_MAX if a link is wrong. */
uint32_t mm_pages_tree_count(const struct mm_pages_mmram *self, uint8_t colour);

/* pages_index.c */

/* As give_run() of pages_index.h, out of line. */
void mm_pages_index_give(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run);

/* pages_place.c: which pages a request gets. */

/* A request in pages. `limit` is a page number, exclusive. */
struct mm_pages_fit {
	uint32_t pages;
	uint64_t align;
	uint64_t limit;
};

/* The first page for `fit` in the order of the header, or 0. */
uint32_t mm_pages_place_find(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour);

/* pages_window.c: colours of windows. */

/* Gives the neutral windows that [page, page + pages) touches a colour. */
void mm_pages_window_claim(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour);
/* Makes every coloured window without a page in use neutral again; false if there was none. */
bool mm_pages_window_reclaim(struct mm_pages_mmram *self);

/* pages_free.c */
enum mm_status mm_pages_mmram_free(struct mm_pages *pages, struct mm_region region, struct mm_owner owner);
enum mm_status mm_pages_mmram_owner_of(struct mm_pages *pages, struct mm_region region, struct mm_owner *ret_owner);
