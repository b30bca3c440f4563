/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Typed addresses: a physical address, a supervisor linear address and a ring-3 linear address are three
 * types, so passing one for another does not compile. None can be dereferenced: physical memory is
 * reached through mm/hal/mem.h, ring-3 memory through the user window, and through nothing else.
 */
#include <stdbool.h>
#include <stdint.h>

#define MM_PAGE_SHIFT 12u
#define MM_PAGE_BYTES ((uint64_t)1 << MM_PAGE_SHIFT)
#define MM_PAGE_MASK  (MM_PAGE_BYTES - 1u)

struct mm_pa {
	uint64_t v;
};
struct mm_va {
	uint64_t v;
};
struct mm_user_va {
	uint64_t v;
};

static inline struct mm_pa mm_pa(uint64_t v)
{
	struct mm_pa a = { v };
	return a;
}

static inline struct mm_va mm_va(uint64_t v)
{
	struct mm_va a = { v };
	return a;
}

static inline struct mm_user_va mm_user_va(uint64_t v)
{
	struct mm_user_va a = { v };
	return a;
}

static inline bool mm_is_page_aligned(uint64_t v)
{
	return (v & MM_PAGE_MASK) == 0;
}

/* Rounds down to a page. */
static inline uint64_t mm_page_floor(uint64_t v)
{
	return v & ~MM_PAGE_MASK;
}

/* Pages that hold `bytes`; never wraps. */
static inline uint64_t mm_pages_for(uint64_t bytes)
{
	return (bytes >> MM_PAGE_SHIFT) + ((bytes & MM_PAGE_MASK) != 0);
}
