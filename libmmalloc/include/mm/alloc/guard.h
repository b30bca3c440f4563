/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Interface: makes pages inaccessible and accessible again, for the pool's guard mode (a debugging aid).
 */
#include <stdbool.h>

#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_page_guard;

struct mm_page_guard_ops {
	/*
	 * Any access to the page-aligned `region` faults from now on (`is_guard`), or works again and reads as any
	 * bytes. The pool owns the pages. MM_OK, or any status, which the pool forwards.
	 */
	enum mm_status (*set)(struct mm_page_guard *self, struct mm_region region, bool is_guard);
};

struct mm_page_guard {
	const struct mm_page_guard_ops *ops;
};
