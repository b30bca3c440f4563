/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "protodb_pool.h"

#include <stdlib.h>

#include "mm/base/addr.h"

#define ARENA_BYTES ((size_t)64 << 20)

/* What zeroing costs is the page rows' affair. */
static void leave_pages(struct mm_page_cleaner *self, struct mm_region region)
{
	(void)self;
	(void)region;
}

static const struct mm_page_cleaner_ops leaving_ops = { .zero = leave_pages };

bool bench_pool_init(struct bench_pool *self)
{
	struct mm_region region = { 0, ARENA_BYTES };
	struct mm_pages_mmram_config pages = {
		.regions = &region,
		.region_count = 1,
		.domain_count = 1,
		.is_zeroed = true,
		.cleaner = &self->cleaner,
	};
	struct mm_pool_tlsf_config pool = {
		.pages = &self->mmram.pages,
		.owner = mm_owner_supervisor(),
		.seed = 0x5851f42d4c957f2d,
	};

	self->cleaner.ops = &leaving_ops;
	self->arena = aligned_alloc(MM_PAGE_BYTES, ARENA_BYTES);
	region.base = (uint64_t)(uintptr_t)self->arena;
	if (self->arena == NULL || mm_pages_mmram_metadata_bytes(&region, 1, 1, &pages.metadata_bytes) != MM_OK)
		return false;
	self->metadata = malloc(pages.metadata_bytes);
	pages.metadata = self->metadata;
	return self->metadata != NULL && mm_pages_mmram_init(&self->mmram, &pages) == MM_OK &&
	       mm_pool_tlsf_init(&self->tlsf, &pool) == MM_OK;
}

bool bench_pool_finish(struct bench_pool *self)
{
	bool is_right = mm_pool_tlsf_check(&self->tlsf) == MM_OK;
	struct mm_pool_stats stats;

	is_right &= mm_pool_tlsf_get_stats(&self->tlsf, &stats) == MM_OK && stats.used_blocks == 0;
	is_right &= mm_pool_tlsf_finish(&self->tlsf) == MM_OK;
	free(self->metadata);
	free(self->arena);
	return is_right;
}
