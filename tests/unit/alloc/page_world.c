/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "page_world.h"

#include <stdlib.h>

#include "mm/base/addr.h"
#include "tests/mm_test.h"

struct page_world *page_world_create(const struct page_world_setup *setup)
{
	struct page_world *world = calloc(1, sizeof(*world));
	struct mm_pages_mmram_config config = {
		.regions = setup->regions,
		.region_count = setup->region_count,
		.domain_count = setup->domain_count,
		.domain_quota = setup->domain_quota,
		.is_zeroed = !setup->is_dirty,
		.is_strict = setup->is_strict,
	};

	assert_non_null(world);
	fake_cleaner_init(&world->cleaner);
	assert_status(mm_pages_mmram_metadata_bytes(config.regions, config.region_count, config.domain_count,
						    &world->metadata_bytes),
		      MM_OK);
	world->metadata = malloc(world->metadata_bytes);
	assert_non_null(world->metadata);
	memset(world->metadata, 0xa5, world->metadata_bytes);
	config.cleaner = &world->cleaner.cleaner;
	config.metadata = world->metadata;
	config.metadata_bytes = world->metadata_bytes;
	assert_status(mm_pages_mmram_init(&world->mmram, &config), MM_OK);
	assert_status(mm_pages_mmram_check(&world->mmram), MM_OK);
	return world;
}

struct page_world *page_world_create_simple(uint64_t base, uint64_t bytes)
{
	struct mm_region region = { base, bytes };
	struct page_world_setup setup = {
		.regions = &region,
		.region_count = 1,
		.domain_count = 8,
		.domain_quota = MM_PAGES_QUOTA_UNLIMITED,
	};

	return page_world_create(&setup);
}

void page_world_destroy(struct page_world *world)
{
	assert_status(mm_pages_mmram_check(&world->mmram), MM_OK);
	mm_pages_mmram_finish(&world->mmram);
	free(world->metadata);
	free(world);
}

uint64_t page_world_alloc(struct page_world *world, uint64_t pages, struct mm_owner owner)
{
	struct mm_region region = { 0, 0 };

	assert_status(mm_pages_alloc_any(&world->mmram.pages, pages, owner, &region), MM_OK);
	assert_int_equal(region.bytes, pages * MM_PAGE_BYTES);
	return region.base;
}

uint64_t page_world_alloc_at(struct page_world *world, uint64_t address, uint64_t pages, struct mm_owner owner)
{
	struct mm_pages_request request = { MM_PAGES_AT, address, pages, 0, owner };
	struct mm_region region = { 0, 0 };

	assert_status(mm_pages_alloc(&world->mmram.pages, &request, &region), MM_OK);
	assert_int_equal(region.base, address);
	return region.base;
}

void page_world_free(struct page_world *world, uint64_t base, uint64_t pages, struct mm_owner owner)
{
	assert_status(mm_pages_free(&world->mmram.pages, mm_region_create(base, pages * MM_PAGE_BYTES), owner), MM_OK);
}

struct mm_pages_stats page_world_stats(const struct page_world *world)
{
	struct mm_pages_stats stats;

	assert_status(mm_pages_mmram_get_stats(&world->mmram, &stats), MM_OK);
	return stats;
}
