/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmalloc alone: pages over one range of memory, and a pool over the pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/alloc/pages_mmram.h"
#include "mm/alloc/pool_tlsf.h"

#define ARENA_BYTES ((uint64_t)4 << 20)

static void zero(struct mm_page_cleaner *self, struct mm_region region)
{
	(void)self;
	memset((void *)(uintptr_t)region.base, 0, (size_t)region.bytes);
}

static const struct mm_page_cleaner_ops cleaner_ops = { .zero = zero };

/* [example] */
static enum mm_status use_a_block(struct mm_pages *pages)
{
	const struct mm_pool_request request = { .bytes = 100, .align = 64, .type = MM_POOL_RUNTIME_DATA };
	struct mm_pool_tlsf tlsf;
	void *block;
	enum mm_status status = mm_pool_tlsf_init(
		&tlsf, &(struct mm_pool_tlsf_config){ .pages = pages, .owner = mm_owner_domain(0), .seed = 4711 });

	if (status == MM_OK)
		status = mm_pool_alloc(&tlsf.pool, &request, &block);
	if (status == MM_OK)
		status = mm_pool_free(&tlsf.pool, block); /* the pool knows the size; a second free is refused */
	return status == MM_OK ? mm_pool_tlsf_finish(&tlsf) : status;
}
/* [end] */

int main(void)
{
	void *arena = aligned_alloc(MM_PAGES_WINDOW_BYTES, ARENA_BYTES);
	const struct mm_region region = { (uint64_t)(uintptr_t)arena, ARENA_BYTES };
	struct mm_page_cleaner cleaner = { &cleaner_ops };
	struct mm_pages_mmram_config config = {
		.regions = &region, .region_count = 1, .domain_count = 1, .domain_quota = 64, .cleaner = &cleaner
	};
	struct mm_pages_mmram mmram;
	enum mm_status status = mm_pages_mmram_metadata_bytes(&region, 1, 1, &config.metadata_bytes);
	void *metadata = malloc((size_t)config.metadata_bytes);

	config.metadata = metadata;
	if (status == MM_OK && arena != NULL && metadata != NULL)
		status = mm_pages_mmram_init(&mmram, &config);
	if (status == MM_OK)
		status = use_a_block(&mmram.pages);
	printf("%s\n", mm_status_text(status));
	free(metadata);
	free(arena);
	return status == MM_OK ? 0 : 1;
}
