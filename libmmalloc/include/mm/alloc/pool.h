/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Interface: memory in bytes. Implemented by the pool over pages (mm/alloc/pool_tlsf.h) and by the bump arena of
 * mocks/fake_alloc.h. Any room may include this header.
 *
 * No locks: one caller at a time. Nothing is logged. Outputs are written only on MM_OK.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/status.h"

/* Every block is aligned to this much at least, and its size is counted in it. */
#define MM_POOL_ALIGN_MIN 16u
#define MM_POOL_ALIGN_MAX 4096u

/* Kinds of memory as PI and UEFI number them (UEFI specification 7.2, EFI_MEMORY_TYPE); the pool only records them. */
#define MM_POOL_RUNTIME_CODE 5u
#define MM_POOL_RUNTIME_DATA 6u
#define MM_POOL_TYPE_COUNT   16u

struct mm_pool;

struct mm_pool_request {
	size_t bytes;  /* 1 or more */
	size_t align;  /* a power of two up to MM_POOL_ALIGN_MAX; 0 or anything below 16 means 16 */
	uint32_t type; /* below MM_POOL_TYPE_COUNT */
};

/* What the pool recorded about a block. */
struct mm_pool_block_info {
	size_t bytes; /* as asked for */
	uint32_t type;
};

/* The border. All slots are mandatory; arguments were checked by the wrappers below, which alone call them. */
struct mm_pool_ops {
	enum mm_status (*alloc)(struct mm_pool *self, size_t bytes, size_t align, uint32_t type, void **ret_block);
	enum mm_status (*free)(struct mm_pool *self, void *block);
	enum mm_status (*info)(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info);
};

/* The first member of every implementation. */
struct mm_pool {
	const struct mm_pool_ops *ops;
};

/*
 * Allocates a block of `request->bytes`, contents undefined. It is the caller's until mm_pool_free(). O(1) while the
 * pool has room; else it fetches pages first.
 *
 * MM_OK; MM_E_NOT_READY: `self` was not initialised; MM_E_INVALID: 0 bytes, bad alignment or type; MM_E_OVERFLOW: more
 * than can exist; MM_E_NO_MEMORY; MM_E_QUOTA: the pages' owner has no more; MM_E_LIMIT: the pool's memory is in too
 * many pieces; MM_E_CORRUPT: a free block was overwritten, nothing was changed.
 */
enum mm_status mm_pool_alloc(struct mm_pool *self, const struct mm_pool_request *request, void **ret_block);

/* The common case: 16-byte aligned run-time data. The statuses of mm_pool_alloc(). */
enum mm_status mm_pool_alloc_bytes(struct mm_pool *self, size_t bytes, void **ret_block);

/* The same, zeroed. The statuses of mm_pool_alloc(). */
enum mm_status mm_pool_alloc_zeroed(struct mm_pool *self, size_t bytes, void **ret_block);

/*
 * Gives back a block. Its size is known to the pool. O(1); a refusal may cost O(blocks).
 *
 * MM_OK; MM_E_NOT_READY; MM_E_INVALID: NULL; MM_E_ALLOC_FOREIGN: not memory of this pool, or not the start of a block;
 * MM_E_ALLOC_DOUBLE_FREE: free already; MM_E_CORRUPT: the block's header, the one behind it, or a free neighbour of the
 * block that was freed before this one was overwritten. In the last case alone the block is freed all the same; after
 * any MM_E_CORRUPT it is best to stop using the pool. A pointer outside the pool's memory is never followed.
 */
enum mm_status mm_pool_free(struct mm_pool *self, void *block);

/* What was recorded about a live block. The statuses of mm_pool_free(). */
enum mm_status mm_pool_info(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info);

/* True if every slot is filled; for the wiring check of an image. */
bool mm_pool_is_complete(const struct mm_pool *self);
