/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Interface: who zeroes pages on behalf of the page allocator, which itself never touches a page: free pages may
 * be unmapped, and a test may want to count them only.
 */
#include "mm/base/region.h"

struct mm_page_cleaner;

struct mm_page_cleaner_ops {
	/*
	 * Zeroes the page-aligned `region`, which belongs to nobody at this moment. It may not fail: an
	 * implementation that cannot zero a page has to stop the machine rather than let old bytes out.
	 */
	void (*zero)(struct mm_page_cleaner *self, struct mm_region region);
};

struct mm_page_cleaner {
	const struct mm_page_cleaner_ops *ops;
};
