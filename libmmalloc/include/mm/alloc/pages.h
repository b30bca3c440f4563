/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Interface: whole pages, each with an owner. Ring 0 implements it over MMRAM (mm/alloc/pages_mmram.h), a user
 * core over its page syscalls, tests over host memory (mocks/fake_alloc.h). Any room may include this header.
 *
 * Addresses are those under which the users of an implementation name the memory: physical addresses in ring 0,
 * linear ones in ring 3 (the same numbers, MM maps MMRAM one to one). Nothing here touches the pages.
 * No locks: one caller at a time. Nothing is logged. Outputs are written only on MM_OK.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/region.h"
#include "mm/base/status.h"

/*
 * Whom a page belongs to: the supervisor, or one user domain by its 16-bit id. Compare with mm_owner_equal().
 */
struct mm_owner {
	uint32_t v; /* private: 0..0xffff a domain, 0x10000 the supervisor */
};

static inline struct mm_owner mm_owner_supervisor(void)
{
	struct mm_owner owner = { 0x10000u };
	return owner;
}

static inline struct mm_owner mm_owner_domain(uint16_t domain)
{
	struct mm_owner owner = { domain };
	return owner;
}

static inline bool mm_owner_is_supervisor(struct mm_owner owner)
{
	return owner.v == 0x10000u;
}

static inline bool mm_owner_equal(struct mm_owner a, struct mm_owner b)
{
	return a.v == b.v;
}

enum mm_pages_kind {
	MM_PAGES_ANY,	/* anywhere; `address` is ignored */
	MM_PAGES_AT,	/* exactly at `address`, page-aligned and a multiple of `align` */
	MM_PAGES_BELOW, /* the last byte lies below `address` (exclusive limit) */
};

/* What to allocate. A zeroed struct is not a valid request: `pages` is at least 1. */
struct mm_pages_request {
	enum mm_pages_kind kind;
	uint64_t address; /* bytes; see the kinds */
	uint64_t pages;	  /* 4 KiB pages, 1 or more */
	uint64_t align;	  /* bytes, a power of two; 0 or anything below 4 KiB means 4 KiB */
	struct mm_owner owner;
};

struct mm_pages;

/*
 * The border. All slots are mandatory; arguments were checked by the wrappers below, which alone call them. A request's
 * alignment arrives as 0 for a page, or as a power of two of at least a page. An owner that the implementation does not
 * know is its own to refuse.
 */
struct mm_pages_ops {
	enum mm_status (*alloc)(struct mm_pages *self, const struct mm_pages_request *request,
				struct mm_region *ret_region);
	enum mm_status (*free)(struct mm_pages *self, struct mm_region region, struct mm_owner owner);
	enum mm_status (*owner_of)(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner);
};

/* The first member of every implementation. */
struct mm_pages {
	const struct mm_pages_ops *ops;
};

/*
 * Allocates `request->pages` contiguous pages for `request->owner`. On MM_OK `ret_region` is theirs, page- and
 * align-aligned, every byte zero, until mm_pages_free().
 *
 * MM_OK; MM_E_NOT_READY: `self` was not initialised; MM_E_INVALID: pages 0, alignment no power of two, unknown
 * kind or unknown owner; MM_E_OVERFLOW: the size or the range does not fit 64 bits; MM_E_MISALIGNED: AT an
 * address that is not aligned; MM_E_QUOTA: the owner may not have that many; MM_E_NO_MEMORY: no free run is large
 * enough (or, BELOW, none that low); MM_E_ALLOC_OUTSIDE: AT pages that are not managed here;
 * MM_E_ALLOC_OCCUPIED: AT pages that are not all free. An implementation over syscalls also answers
 * MM_E_UNSUPPORTED for a kind its other side does not know.
 */
enum mm_status mm_pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
			      struct mm_region *ret_region);

/* The common case: `pages` anywhere, page-aligned, for `owner`. The statuses of mm_pages_alloc(). */
enum mm_status mm_pages_alloc_any(struct mm_pages *self, uint64_t pages, struct mm_owner owner,
				  struct mm_region *ret_region);

/*
 * Gives back any page-aligned range all of whose pages `owner` has: one allocation, a part of one, or several that
 * adjoin. All or nothing. Over MMRAM the pages of a domain rest in limbo before they are reused.
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: empty range or unknown owner; MM_E_OVERFLOW: the range wraps;
 * MM_E_MISALIGNED: base or size not in pages; MM_E_ALLOC_OUTSIDE: not managed here; MM_E_ALLOC_DOUBLE_FREE: a
 * page is free (or in limbo) already; MM_E_ALLOC_FOREIGN: a page has another owner.
 */
enum mm_status mm_pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner owner);

/*
 * The one owner of every page that `region` touches (any alignment, at least one byte). O(pages).
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: empty; MM_E_OVERFLOW: the range wraps; MM_E_ALLOC_OUTSIDE: a page is not
 * managed here; MM_E_NOT_FOUND: a page is free or in limbo; MM_E_ALLOC_FOREIGN: the pages have several owners;
 * MM_E_UNSUPPORTED: the implementation does not know owners (ring 3).
 */
enum mm_status mm_pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner);

/* True if `owner` has every page that `region` touches; false for every refusal of mm_pages_owner_of(). */
bool mm_pages_is_owned_by(struct mm_pages *self, struct mm_region region, struct mm_owner owner);

/* True if every slot is filled; for the wiring check of an image. */
bool mm_pages_is_complete(const struct mm_pages *self);
