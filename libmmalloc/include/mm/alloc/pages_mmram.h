/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor: the page allocator over MMRAM. Only images and tests include this header; everyone else has
 * mm/alloc/pages.h.
 *
 * Placement. MMRAM is looked at in windows of 2 MiB (by absolute address). A window is neutral while nothing in it
 * was ever allocated, then it takes the colour of its first user: supervisor or user (all domains are one colour).
 * A request is served from, in this order:
 *   1. free runs in windows of its own colour,
 *   2. neutral windows, which thereby change to its colour (supervisor from their low end, user from their high end),
 *   3. the same once more, after coloured windows without a single page in use have become neutral again,
 *   4. a run that crosses from windows of its own colour into neutral ones,
 *   5. unless `is_strict`: windows of the other colour, then a run across windows of any colour. This is the rule for
 *      small MMRAM: two kinds of page share a window before a request fails. Statistics count such windows.
 * Within each of 1, 2, 5 the choice is best fit: the smallest free run that holds the request; among equals the one
 * freed last. An aligned (or BELOW) request first asks whether the best fit holds an aligned (low enough) part, then
 * takes the best fit for pages + alignment - 1, then the lowest run that serves. A request fails only if nothing fits.
 *
 * Cost, with N pages managed: any, free: O(log N) plus one store for each page. At: the same, amortised. BELOW a limit
 * that the best fit does not keep: the same, plus, for 16 pages or more, the number of free runs whose length is within
 * a quarter of the request. Aligned: the same unless both best fits failed, then plus the number of runs that are large
 * enough. Rules 3 and 4 cost O(windows) and run only when 1 and 2 failed.
 *
 * Zeroing. Free pages are zero: a page is handed to the cleaner once each time it becomes free, never at allocation.
 *
 * Limbo. Pages of a domain that are freed rest in limbo, tagged with the current epoch, still charged to their owner,
 * and become free when that epoch has been passed: mm_pages_mmram_set_epoch(), mm_pages_mmram_release(). The caller
 * defines epochs; one that ends only when every CPU has left the SMI keeps the promise that a page of ring 3 never
 * becomes a supervisor page within the same SMI. Pages of the supervisor become free at once.
 *
 * All bookkeeping lies in memory the caller gives, outside the managed pages, which are never read or written.
 * No locks, one caller at a time; bounded stack.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/alloc/cleaner.h"
#include "mm/alloc/pages.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* Bytes of a window, the reach of one large page-table leaf. */
#define MM_PAGES_WINDOW_BYTES ((uint64_t)1 << 21)
#define MM_PAGES_WINDOW_PAGES 512u

/* Most pages one allocator manages (512 GiB). */
#define MM_PAGES_MMRAM_PAGES_MAX ((uint64_t)1 << 27)

/* Most regions one allocator manages. */
#define MM_PAGES_MMRAM_REGIONS_MAX 4096u

#define MM_PAGES_QUOTA_UNLIMITED UINT32_MAX

/* private: free runs below this many pages have a list for each length, longer ones a digital tree. */
#define MM_PAGES_BIN_COUNT  32u
#define MM_PAGES_TREE_COUNT 32u
#define MM_PAGES_LEVEL_MAX  10u

/* private: epochs told apart in limbo; with more outstanding, the newest pages wait together for the last of them. */
#define MM_PAGES_BATCH_COUNT 4u

enum mm_pages_colour { /* private */
		       MM_PAGES_NEUTRAL,
		       MM_PAGES_SUPERVISOR,
		       MM_PAGES_USER,
		       MM_PAGES_COLOUR_COUNT,
};

/* private: what the allocator knows of one page. A free run uses the records of its pages for its own links. */
struct mm_pages_record {
	uint32_t tag;
	uint32_t run; /* pages of the free run that starts here, else 0 */
	uint32_t next;
	uint32_t prev;
};

/* private: managed memory without a gap of a window or more. */
struct mm_pages_span {
	uint64_t page;	 /* first page number */
	uint32_t pages;	 /* with the gaps */
	uint32_t first;	 /* record of the first page */
	uint32_t window; /* first window */
	uint32_t shift;	 /* a record plus this is its place in the windows, in pages; wraps */
};

/* private: the pages freed in one epoch, a part of the limbo queue that ends at `tail`. */
struct mm_pages_batch {
	uint64_t epoch;
	uint32_t tail;
};

/* private */
struct mm_pages_account {
	uint32_t quota;
	uint32_t used;
	uint32_t limbo;
};

/* Where to put the allocator and what it manages. */
struct mm_pages_mmram_config {
	const struct mm_region *regions; /* page-aligned, ascending, disjoint; not needed after init */
	size_t region_count;		 /* 1 or more */
	uint32_t domain_count;		 /* domain ids 0..domain_count-1 are known; at most 65,536 */
	uint32_t domain_quota;		 /* pages each domain may have until mm_pages_mmram_set_quota() */
	bool is_zeroed;			 /* the free memory is zero already; else it goes to the cleaner at once */
	bool is_strict;			 /* without rule 5; pages AT an address and adopted ones may still mix */
	struct mm_page_cleaner *cleaner; /* borrowed until finish */
	void *metadata;			 /* 16-byte aligned, outside the regions, borrowed until finish */
	uint64_t metadata_bytes;	 /* at least mm_pages_mmram_metadata_bytes() */
};

/* Place it in the caller's memory; all fields are private but `pages`. */
struct mm_pages_mmram {
	struct mm_pages pages; /* the interface; first */
	struct mm_pages_record *records;
	struct mm_pages_span *spans;
	const struct mm_pages_span *last_span;
	uint8_t *colours;		   /* per window */
	struct mm_pages_account *accounts; /* [0] the supervisor, [1 + id] the domains */
	struct mm_page_cleaner *cleaner;
	uint32_t record_count;
	uint32_t window_count;
	uint32_t span_count;
	uint32_t account_count;
	uint32_t level_count;
	uint32_t total_pages;
	uint32_t free_pages;
	uint32_t limbo_pages;
	uint32_t limbo_head;
	uint32_t batch_count;
	struct mm_pages_batch batches[MM_PAGES_BATCH_COUNT]; /* oldest first */
	uint64_t epoch;
	bool is_strict;
	/* The free runs of each colour by length: which lists of short runs have some; long ones in trees. */
	uint32_t bin_map[MM_PAGES_COLOUR_COUNT];
	uint32_t tree_map[MM_PAGES_COLOUR_COUNT];
	uint32_t trees[MM_PAGES_COLOUR_COUNT][MM_PAGES_TREE_COUNT];
	/* The same by place: no less than the class of the longest run under each node, eight children each. */
	uint8_t *levels[MM_PAGES_LEVEL_MAX][MM_PAGES_COLOUR_COUNT];
};

/* A snapshot of the whole allocator; pages unless said otherwise. total = free + limbo + used. */
struct mm_pages_stats {
	uint64_t total_pages;
	uint64_t free_pages;
	uint64_t limbo_pages;
	uint64_t used_pages;
	uint64_t largest_run;	/* longest free run; crossing colours is not counted */
	uint32_t mixed_windows; /* windows that hold supervisor and user pages */
	uint32_t window_count;
};

/* A snapshot of one owner; pages. `used` + `limbo` <= `quota` unless the quota was lowered later. */
struct mm_pages_owner_stats {
	uint32_t quota_pages;
	uint32_t used_pages;
	uint32_t limbo_pages;
};

/*
 * Bytes of metadata for these regions: about 16.5 for each page, 12 for each domain, 1.5 KiB.
 *
 * MM_OK; MM_E_INVALID: no region, an empty one, not ascending, or more than 65,536 domains; MM_E_MISALIGNED: a region
 * is not in pages; MM_E_OVERFLOW: a region wraps; MM_E_OVERLAP: two share a page; MM_E_LIMIT: more than
 * MM_PAGES_MMRAM_PAGES_MAX pages or MM_PAGES_MMRAM_REGIONS_MAX regions.
 */
enum mm_status mm_pages_mmram_metadata_bytes(const struct mm_region *regions, size_t region_count,
					     uint32_t domain_count, uint64_t *ret_bytes);

/*
 * Makes all of `config->regions` free. The supervisor's quota is unlimited until set.
 *
 * MM_OK; the statuses of mm_pages_mmram_metadata_bytes(); MM_E_INVALID: NULL cleaner or metadata, or an empty zero
 * slot; MM_E_MISALIGNED: metadata not 16-byte aligned; MM_E_BUFFER_TOO_SMALL: metadata; MM_E_OVERLAP: metadata inside
 * a region. On a refusal `self` is as before.
 */
enum mm_status mm_pages_mmram_init(struct mm_pages_mmram *self, const struct mm_pages_mmram_config *config);

/* Ends the use of `self` and its metadata; pages stay as they are. Accepts a zeroed object. */
void mm_pages_mmram_finish(struct mm_pages_mmram *self);

/*
 * Records that `region` is in use by `owner` already, contents untouched: for what an earlier phase placed in MMRAM.
 * Charged to the owner, whatever its quota. Later it may be freed like any other pages.
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: empty or unknown owner; MM_E_MISALIGNED; MM_E_OVERFLOW; MM_E_ALLOC_OUTSIDE;
 * MM_E_ALLOC_OCCUPIED: a page is not free.
 */
enum mm_status mm_pages_mmram_adopt(struct mm_pages_mmram *self, struct mm_region region, struct mm_owner owner);

/*
 * How many pages, used and in limbo together, `owner` may have; MM_PAGES_QUOTA_UNLIMITED is no limit. Lowering it
 * below what the owner has takes nothing away, it only refuses more.
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: unknown owner.
 */
enum mm_status mm_pages_mmram_set_quota(struct mm_pages_mmram *self, struct mm_owner owner, uint32_t pages);

/*
 * Frees every page of `owner` (a domain that ends or restarts); a domain's go to limbo. O(all pages).
 * `ret_pages` is how many there were.
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: unknown owner.
 */
enum mm_status mm_pages_mmram_free_owner(struct mm_pages_mmram *self, struct mm_owner owner, uint64_t *ret_pages);

/*
 * The epoch that pages freed from now on are tagged with. It starts at 0 and never goes back.
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: it would go back.
 */
enum mm_status mm_pages_mmram_set_epoch(struct mm_pages_mmram *self, uint64_t epoch);

/*
 * Every CPU has passed all epochs up to and including `passed`: zeroes the pages freed in them and makes them
 * free. `passed` must not be the current epoch if ring 3 can still hold translations of it: that is the caller's to
 * know. `ret_pages` is how many became free. O(1) when there are none.
 *
 * MM_OK; MM_E_NOT_READY.
 */
enum mm_status mm_pages_mmram_release(struct mm_pages_mmram *self, uint64_t passed, uint64_t *ret_pages);

/* MM_OK; MM_E_NOT_READY. O(all pages). */
enum mm_status mm_pages_mmram_get_stats(const struct mm_pages_mmram *self, struct mm_pages_stats *ret_stats);

/* MM_OK; MM_E_NOT_READY; MM_E_INVALID: unknown owner. */
enum mm_status mm_pages_mmram_get_owner_stats(const struct mm_pages_mmram *self, struct mm_owner owner,
					      struct mm_pages_owner_stats *ret_stats);

/*
 * Walks every invariant: each record, run, list, tree, level, window and account against each other. O(all pages).
 * For tests, and for a supervisor that has seen a fault. MM_OK; MM_E_NOT_READY; MM_E_CORRUPT.
 */
enum mm_status mm_pages_mmram_check(const struct mm_pages_mmram *self);
