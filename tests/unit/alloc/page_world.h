/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A page allocator over made-up MMRAM addresses, with a counting cleaner: nothing in it touches the pages. */
#include "fake_alloc.h"
#include "mm/alloc/pages_mmram.h"

#define MIB ((uint64_t)1 << 20)

struct page_world {
	struct mm_pages_mmram mmram;
	struct fake_cleaner cleaner;
	void *metadata;
	uint64_t metadata_bytes;
};

/* What a test may vary; everything else is as page_world_config() makes it. */
struct page_world_setup {
	const struct mm_region *regions;
	size_t region_count;
	uint32_t domain_count;
	uint32_t domain_quota;
	bool is_dirty;
	bool is_strict;
};

/* Fails the running test if the allocator cannot be made. */
struct page_world *page_world_create(const struct page_world_setup *setup);

/* One region [base, base + bytes), eight domains with unlimited quota. */
struct page_world *page_world_create_simple(uint64_t base, uint64_t bytes);

/* Checks all invariants, then ends the world. */
void page_world_destroy(struct page_world *world);

/* Allocates or fails the test; returns the base address. */
uint64_t page_world_alloc(struct page_world *world, uint64_t pages, struct mm_owner owner);
uint64_t page_world_alloc_at(struct page_world *world, uint64_t address, uint64_t pages, struct mm_owner owner);

/* Frees or fails the test. */
void page_world_free(struct page_world *world, uint64_t base, uint64_t pages, struct mm_owner owner);

struct mm_pages_stats page_world_stats(const struct page_world *world);
