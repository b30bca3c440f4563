/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/alloc/pool.h"

#include "mm/base/checked.h"

/* Every implementation adds a header and alignment to a size; this leaves it room to do so without a check. */
#define BYTES_MAX (SIZE_MAX / 4u)

enum mm_status mm_pool_alloc(struct mm_pool *self, const struct mm_pool_request *request, void **ret_block)
{
	size_t align = request->align > MM_POOL_ALIGN_MIN ? request->align : MM_POOL_ALIGN_MIN;

	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (request->bytes == 0 || request->type >= MM_POOL_TYPE_COUNT || align > MM_POOL_ALIGN_MAX ||
	    (request->align & (request->align - 1u)) != 0)
		return MM_E_INVALID;
	if (request->bytes > BYTES_MAX)
		return MM_E_OVERFLOW;
	return self->ops->alloc(self, request->bytes, align, request->type, ret_block);
}

enum mm_status mm_pool_alloc_bytes(struct mm_pool *self, size_t bytes, void **ret_block)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (MM_UNLIKELY(bytes - 1u >= BYTES_MAX))
		return bytes == 0 ? MM_E_INVALID : MM_E_OVERFLOW;
	return self->ops->alloc(self, bytes, MM_POOL_ALIGN_MIN, MM_POOL_RUNTIME_DATA, ret_block);
}

enum mm_status mm_pool_alloc_zeroed(struct mm_pool *self, size_t bytes, void **ret_block)
{
	void *block;
	enum mm_status status = mm_pool_alloc_bytes(self, bytes, &block);

	if (status != MM_OK)
		return status;
	__builtin_memset(block, 0, bytes);
	*ret_block = block;
	return MM_OK;
}

enum mm_status mm_pool_free(struct mm_pool *self, void *block)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (block == NULL)
		return MM_E_INVALID;
	return self->ops->free(self, block);
}

enum mm_status mm_pool_info(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info)
{
	if (self->ops == NULL)
		return MM_E_NOT_READY;
	if (block == NULL)
		return MM_E_INVALID;
	return self->ops->info(self, block, ret_info);
}

bool mm_pool_is_complete(const struct mm_pool *self)
{
	return self->ops != NULL && self->ops->alloc != NULL && self->ops->free != NULL && self->ops->info != NULL;
}
