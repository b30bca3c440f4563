/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The real pool over a real arena, for the rows of the rooms that take their memory from one. */
#include <stdbool.h>

#include "mm/alloc/pages_mmram.h"
#include "mm/alloc/pool_tlsf.h"

struct bench_pool {
	struct mm_pool_tlsf tlsf;
	struct mm_pages_mmram mmram;
	struct mm_page_cleaner cleaner;
	void *metadata;
	void *arena;
};

bool bench_pool_init(struct bench_pool *self);

/* False if the pool does not hold or anything is still allocated. */
bool bench_pool_finish(struct bench_pool *self);
