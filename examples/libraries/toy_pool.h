/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A pool of another core: malloc() behind the interface of mm/alloc/pool.h, for the examples of what lies above it. */
#include <stdlib.h>

#include "mm/alloc/pool.h"

static enum mm_status toy_alloc(struct mm_pool *self, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	void *block = align <= 16 ? malloc(bytes) : NULL;

	(void)self;
	(void)type;
	if (block == NULL)
		return MM_E_NO_MEMORY;
	*ret_block = block;
	return MM_OK;
}

static enum mm_status toy_free(struct mm_pool *self, void *block)
{
	(void)self;
	free(block);
	return MM_OK;
}

static enum mm_status toy_info(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info)
{
	(void)self;
	(void)block;
	(void)ret_info;
	return MM_E_UNSUPPORTED;
}

static const struct mm_pool_ops toy_pool_ops = { toy_alloc, toy_free, toy_info };
