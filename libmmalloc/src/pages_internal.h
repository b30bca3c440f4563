/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the files of the page allocator share. Pages are named by their record number; 0 is no page, because record
 * 0 is never one. Callers inside the room have checked their arguments: nothing below can fail.
 */
#include "mm/alloc/pages_mmram.h"
#include "mm/base/addr.h"

/*
 * A record's tag: the state in the top bits, below it the owner (used, limbo) or the colour (free). The colour is
 * exact in the first and last page of a free run only; the state always is.
 */
#define TAG_STATE  0xc0000000u
#define TAG_FREE   0x00000000u
#define TAG_USED   0x40000000u
#define TAG_LIMBO  0x80000000u
#define TAG_ABSENT 0xc0000000u
#define TAG_VALUE  0x3fffffffu

/* Siblings of a level; the records count as the lowest level. */
#define LEVEL_SHIFT 3u
#define LEVEL_MASK  7u

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
static inline uint32_t run_of_last(const struct mm_pages_mmram *self, uint32_t last)
{
	return self->records[last].run != 0 ? last : self->records[last].next;
}

static inline uint64_t page_number(const struct mm_pages_span *span, uint32_t page)
{
	return span->page + (page - span->first);
}

static inline uint32_t window_of(const struct mm_pages_span *span, uint32_t page)
{
	return span->window + ((page - span->first + span->phase) / MM_PAGES_WINDOW_PAGES);
}

/* The first page of a window of the span; for the window after the last, the page after the last. */
static inline uint32_t window_first(const struct mm_pages_span *span, uint32_t window)
{
	uint32_t offset = (window - span->window) * MM_PAGES_WINDOW_PAGES;
	uint32_t start = offset > span->phase ? offset - span->phase : 0;

	return span->first + (start < span->pages ? start : span->pages);
}

/* The span of a record; almost always there is one. */
static inline const struct mm_pages_span *span_of(const struct mm_pages_mmram *self, uint32_t page)
{
	const struct mm_pages_span *span = &self->spans[self->span_count - 1];

	while (span->first > page)
		span--;
	return span;
}

static inline uint8_t colour_of(struct mm_owner owner)
{
	return mm_owner_is_supervisor(owner) ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;
}

/* NULL for an owner the allocator does not know. */
static inline struct mm_pages_account *account_of(const struct mm_pages_mmram *self, struct mm_owner owner)
{
	uint32_t slot = mm_owner_is_supervisor(owner) ? 0 : owner.v + 1u;

	return slot < self->account_count ? &self->accounts[slot] : NULL;
}

/* pages_mmram.c */
extern const struct mm_pages_ops mm_pages_mmram_ops;

/* pages_levels.c: where the runs of a colour start, by address. */

/* The run at `page` has grown from nothing to `run`. */
void mm_pages_levels_raise(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page,
			   uint32_t run);
/* The run of `run` pages at `page` is gone; its record says so already. */
void mm_pages_levels_lower(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page,
			   uint32_t run);
/* The first run at or after `page` with at least `least` pages (1 or more), or 0. */
uint32_t mm_pages_levels_next(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t page,
			      uint32_t least);
/* The last run that starts at or before `page`, or 0. */
uint32_t mm_pages_levels_previous(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t page);
/* The longest run of the index, in pages. */
uint32_t mm_pages_levels_longest(const struct mm_pages_mmram *self, const struct mm_pages_index *index);

/* pages_tree.c: runs of MM_PAGES_BIN_COUNT pages and more, by length. */
void mm_pages_tree_insert(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start,
			  uint32_t run);
void mm_pages_tree_remove(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start,
			  uint32_t run);
/* A shortest run with at least `least` pages, or 0. */
uint32_t mm_pages_tree_best(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t least);
/* True if the run is where its length says it must be. */
bool mm_pages_tree_holds(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t start);
/* How many runs all trees and rings hold; UINT32_MAX if a link is wrong. */
uint32_t mm_pages_tree_count(const struct mm_pages_mmram *self, const struct mm_pages_index *index);

/* pages_index.c: the free runs of each colour. */

/* Makes [start, start + run) a free run as it stands; the pages' states are free already. */
void mm_pages_index_insert(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run);
/* Takes the run at `start` out and returns its length. */
uint32_t mm_pages_index_remove(struct mm_pages_mmram *self, uint8_t colour, uint32_t start);
/* As insert, but joins the run with its free neighbours of the same colour. Nothing happens if `run` is 0. */
void mm_pages_index_give(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run);
/* A shortest run of the colour with at least `least` pages, or 0. */
uint32_t mm_pages_index_best(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least);
/* The free run that holds the free page `page`, whose window has `colour`. */
uint32_t mm_pages_index_run_at(const struct mm_pages_mmram *self, uint8_t colour, uint32_t page);

/* pages_place.c: which pages a request gets. */

/* A request in pages. `limit` is a page number, exclusive. */
struct mm_pages_fit {
	uint32_t pages;
	uint64_t align;
	uint64_t limit;
};

/* The first page for `fit` in the order of the header, or 0. */
uint32_t mm_pages_place_find(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour);

/* pages_window.c: colours and use of windows. */

/* Adds `pages` pages from `page` on to the use of their windows by `colour`, or takes them off. */
void mm_pages_window_enter(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour);
void mm_pages_window_leave(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour);
/* Gives the neutral windows that [page, page + pages) touches a colour. */
void mm_pages_window_claim(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour);
/* Makes every coloured window without a page in use neutral again. */
void mm_pages_window_reclaim(struct mm_pages_mmram *self);

/* pages_limbo.c */

/* Queues [page, page + pages), whose tags say limbo already, under the current epoch. */
void mm_pages_limbo_push(struct mm_pages_mmram *self, uint32_t page, uint32_t pages);

/* pages_free.c */

/* Zeroes pages whose use has ended, and makes them free runs of their windows' colours. */
void mm_pages_release_run(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			  uint8_t colour);
