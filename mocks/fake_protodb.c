/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_protodb.h"

#include <stdlib.h>
#include <string.h>

#include "mm/base/compiler.h"

static void remember(struct mm_protodb_listener *listener, const struct mm_protodb_notice *notice)
{
	struct fake_protodb_listener *self = MM_CONTAINER_OF(listener, struct fake_protodb_listener, listener);

	if (self->notice_count < FAKE_PROTODB_NOTICES)
		self->notices[self->notice_count] = *notice;
	self->notice_count++;
	if (self->react != NULL)
		self->react(self->context, notice);
}

static const struct mm_protodb_ops listener_ops = {
	.notify = remember,
};

void fake_protodb_listener_init(struct fake_protodb_listener *self)
{
	memset(self, 0, sizeof(*self));
	self->listener.ops = &listener_ops;
}

static struct fake_heap *heap_of(struct mm_pool *pool)
{
	return MM_CONTAINER_OF(pool, struct fake_heap, pool);
}

static enum mm_status heap_alloc(struct mm_pool *pool, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	struct fake_heap *self = heap_of(pool);
	void *block;

	if (self->failures_after == 0 || align > 16)
		return MM_E_NO_MEMORY;
	if (self->failures_after != SIZE_MAX)
		self->failures_after--;
	block = malloc(bytes);
	if (block == NULL)
		return MM_E_NO_MEMORY;
	memset(block, 0xa5, bytes);
	self->live_count++;
	self->alloc_count++;
	*ret_block = block;
	return MM_OK;
}

static enum mm_status heap_free(struct mm_pool *pool, void *block)
{
	heap_of(pool)->live_count--;
	free(block);
	return MM_OK;
}

static enum mm_status heap_info(struct mm_pool *pool, const void *block, struct mm_pool_block_info *ret_info)
{
	return MM_E_UNSUPPORTED;
}

static const struct mm_pool_ops heap_ops = {
	.alloc = heap_alloc,
	.free = heap_free,
	.info = heap_info,
};

void fake_heap_init(struct fake_heap *self)
{
	memset(self, 0, sizeof(*self));
	self->pool.ops = &heap_ops;
	self->failures_after = SIZE_MAX;
}

void fake_heap_fail_after(struct fake_heap *self, size_t count)
{
	self->failures_after = count;
}

void fake_heap_heal(struct fake_heap *self)
{
	self->failures_after = SIZE_MAX;
}
