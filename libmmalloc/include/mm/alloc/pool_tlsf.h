/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor: the pool, a two-level segregated fit over any `struct mm_pages`. Only images and tests include this
 * header; everyone else has mm/alloc/pool.h.
 *
 * The block that was freed last waits, unjoined, for a request of its very length or for the next release; so a pair
 * of release and allocation costs next to nothing. Free blocks hang in lists by length: exact up to 992 bytes, then 32
 * classes for each power of two; a search finds the first list that surely fits with two bit scans. Neighbouring free
 * blocks are always joined. Memory comes in chunks of pages (at least `grow_pages`, or an eighth of what the pool has
 * if that is more) that are kept until mm_pool_tlsf_trim() or finish, so a steady state has no page traffic.
 *
 * Each block has a header with a check word over its address, the pool's seed and its contents. A stray write over a
 * header, a pointer that was never given out and a second free are refused with a status instead of being followed.
 * It is a check against accidents: code that shares the pool's memory can forge headers.
 *
 * Guard mode (a debugging aid): every block has pages of its own between two guard pages and ends at the upper one, up
 * to its alignment. It costs pages, page traffic and O(live blocks) for a free.
 *
 * The pages must be accessible at the addresses that `struct mm_pages` returns. No locks, one caller at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/alloc/guard.h"
#include "mm/alloc/pages.h"
#include "mm/alloc/pool.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* private: lists by length */
#define MM_POOL_FIRST_COUNT  22u
#define MM_POOL_SECOND_COUNT 32u

/* Separate pieces of memory the pool can hold; adjoining chunks are one piece. */
#define MM_POOL_CHUNK_MAX 64u

/* private: parts into which the span of all chunks is divided to find the one that holds an address. */
#define MM_POOL_PART_COUNT 128u

/* Most a pool can hold, in bytes; a single block may have half of it. */
#define MM_POOL_BYTES_MAX ((size_t)1 << 30)

struct mm_pool_header;	/* private */
struct mm_pool_guarded; /* private */

/* private: one piece of memory: pages [base, end). */
struct mm_pool_chunk {
	uintptr_t base;
	uintptr_t end;
};

struct mm_pool_tlsf_config {
	struct mm_pages *pages;	     /* borrowed until finish */
	struct mm_owner owner;	     /* for whom the pages are */
	uint64_t seed;		     /* of the check words; best unpredictable, any value works */
	uint32_t grow_pages;	     /* fetch at least this many pages at once; 0 means 16 */
	struct mm_page_guard *guard; /* NULL, or guard mode through this */
};

/* Place it in the caller's memory (about 7 KiB); all fields are private but `pool`. */
struct mm_pool_tlsf {
	struct mm_pool pool; /* the interface; first */
	uint64_t seed;
	uintptr_t low; /* all chunks lie in [low, low + reach) */
	uintptr_t reach;
	struct mm_pool_header *spare; /* freed last */
	uint32_t spare_units;	      /* its length, 0 if there is none */
	uint32_t part_shift;
	uint8_t parts[MM_POOL_PART_COUNT]; /* the last chunk that begins at or before each part */
	uint32_t first_map;
	uint32_t chunk_count;
	uint32_t second_map[MM_POOL_FIRST_COUNT];
	struct mm_pool_header *lists[MM_POOL_FIRST_COUNT][MM_POOL_SECOND_COUNT];
	struct mm_pool_chunk chunks[MM_POOL_CHUNK_MAX + 1u]; /* and one beyond all addresses */
	struct mm_pages *pages;
	struct mm_owner owner;
	uint32_t grow_pages;
	struct mm_page_guard *guard;
	struct mm_pool_guarded *guarded;
	uint64_t chunk_pages;
};

/* A snapshot. `used_bytes` counts blocks with their headers; chunk_pages is what the pool holds, guard pages included.
 */
struct mm_pool_stats {
	uint64_t used_bytes;
	uint64_t used_blocks;
	uint64_t chunk_pages;
	uint32_t chunk_count;
};

/*
 * Makes an empty pool; fetches no page yet.
 * MM_OK; MM_E_INVALID: NULL or incomplete pages, or an empty guard slot. On a refusal `self` is as before.
 */
enum mm_status mm_pool_tlsf_init(struct mm_pool_tlsf *self, const struct mm_pool_tlsf_config *config);

/*
 * Gives every page back, live blocks included, and ends the use of `self`. Accepts a zeroed object.
 * MM_OK, or the first refusal of the pages or the guard; it goes on with the rest all the same.
 */
enum mm_status mm_pool_tlsf_finish(struct mm_pool_tlsf *self);

/*
 * Gives back the pages that are free at the end of each chunk, which may be all of it. `ret_pages` is how many. MM_OK;
 * MM_E_NOT_READY; MM_E_CORRUPT; the statuses of mm_pages_free().
 */
enum mm_status mm_pool_tlsf_trim(struct mm_pool_tlsf *self, uint64_t *ret_pages);

/* O(blocks). MM_OK; MM_E_NOT_READY; MM_E_CORRUPT. */
enum mm_status mm_pool_tlsf_get_stats(const struct mm_pool_tlsf *self, struct mm_pool_stats *ret_stats);

/*
 * Walks every invariant: each block of each chunk, each list, each bit. O(blocks). MM_OK; MM_E_NOT_READY; MM_E_CORRUPT.
 */
enum mm_status mm_pool_tlsf_check(const struct mm_pool_tlsf *self);
