/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/region.h"

#include "mm/base/addr.h"
#include "mm/base/checked.h"

enum mm_status mm_region_create_untrusted(uint64_t base, uint64_t bytes, struct mm_region *ret_region)
{
	uint64_t end;

	if (!mm_add_u64(base, bytes, &end))
		return MM_E_OVERFLOW;
	ret_region->base = base;
	ret_region->bytes = bytes;
	return MM_OK;
}

struct mm_region mm_region_create(uint64_t base, uint64_t bytes)
{
	struct mm_region r = { base, 0 };

	if (bytes <= UINT64_MAX - base)
		r.bytes = bytes;
	return r;
}

bool mm_region_contains(struct mm_region outer, struct mm_region inner)
{
	return inner.base >= outer.base && mm_region_end(inner) <= mm_region_end(outer);
}

bool mm_region_contains_addr(struct mm_region r, uint64_t addr)
{
	return addr >= r.base && addr < mm_region_end(r);
}

bool mm_region_overlaps(struct mm_region a, struct mm_region b)
{
	return !mm_region_is_empty(mm_region_intersect(a, b));
}

struct mm_region mm_region_intersect(struct mm_region a, struct mm_region b)
{
	uint64_t base = a.base > b.base ? a.base : b.base;
	uint64_t end = mm_region_end(a) < mm_region_end(b) ? mm_region_end(a) : mm_region_end(b);
	struct mm_region r = { base, end > base ? end - base : 0 };

	return r;
}

size_t mm_region_subtract(struct mm_region a, struct mm_region b, struct mm_region ret_pieces[2])
{
	struct mm_region cut = mm_region_intersect(a, b);
	size_t count = 0;

	if (mm_region_is_empty(a))
		return 0;
	if (mm_region_is_empty(cut)) {
		ret_pieces[0] = a;
		return 1;
	}
	if (cut.base > a.base)
		ret_pieces[count++] = mm_region_create(a.base, cut.base - a.base);
	if (mm_region_end(cut) < mm_region_end(a))
		ret_pieces[count++] = mm_region_create(mm_region_end(cut), mm_region_end(a) - mm_region_end(cut));
	return count;
}

enum mm_status mm_region_page_hull(struct mm_region r, struct mm_region *ret_region)
{
	uint64_t base = mm_page_floor(r.base);
	uint64_t end;

	if (!mm_align_up_u64(mm_region_end(r), MM_PAGE_BYTES, &end))
		return MM_E_OVERFLOW;
	ret_region->base = base;
	ret_region->bytes = end - base;
	return MM_OK;
}
