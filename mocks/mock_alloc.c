/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mock_alloc.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static enum mm_status mock_pages_alloc(struct mm_pages *self, const struct mm_pages_request *request,
				       struct mm_region *ret_region)
{
	uint64_t kind = request->kind;
	uint64_t address = request->address;
	uint64_t pages = request->pages;
	uint64_t align = request->align;
	uint64_t owner = request->owner.v;
	enum mm_status status;

	check_expected(kind);
	check_expected(address);
	check_expected(pages);
	check_expected(align);
	check_expected(owner);
	status = mock_type(enum mm_status);
	if (status != MM_OK)
		return status;
	ret_region->base = mock_type(uint64_t);
	ret_region->bytes = pages << 12;
	return MM_OK;
}

static enum mm_status mock_pages_free(struct mm_pages *self, struct mm_region region, struct mm_owner mm_owner)
{
	uint64_t base = region.base;
	uint64_t bytes = region.bytes;
	uint64_t owner = mm_owner.v;

	check_expected(base);
	check_expected(bytes);
	check_expected(owner);
	return mock_type(enum mm_status);
}

static enum mm_status mock_pages_owner_of(struct mm_pages *self, struct mm_region region, struct mm_owner *ret_owner)
{
	uint64_t base = region.base;
	uint64_t bytes = region.bytes;
	enum mm_status status;

	check_expected(base);
	check_expected(bytes);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		ret_owner->v = mock_type(uint32_t);
	return status;
}

struct mm_pages mock_pages(void)
{
	static const struct mm_pages_ops ops = {
		.alloc = mock_pages_alloc,
		.free = mock_pages_free,
		.owner_of = mock_pages_owner_of,
	};
	struct mm_pages pages = { &ops };

	return pages;
}

static enum mm_status mock_pool_alloc(struct mm_pool *self, size_t bytes, size_t align, uint32_t type, void **ret_block)
{
	enum mm_status status;

	check_expected(bytes);
	check_expected(align);
	check_expected(type);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		*ret_block = mock_ptr_type(void *);
	return status;
}

static enum mm_status mock_pool_free(struct mm_pool *self, void *block)
{
	check_expected_ptr(block);
	return mock_type(enum mm_status);
}

static enum mm_status mock_pool_info(struct mm_pool *self, const void *block, struct mm_pool_block_info *ret_info)
{
	enum mm_status status;

	check_expected_ptr(block);
	status = mock_type(enum mm_status);
	if (status != MM_OK)
		return status;
	ret_info->bytes = mock_type(size_t);
	ret_info->type = mock_type(uint32_t);
	return MM_OK;
}

struct mm_pool mock_pool(void)
{
	static const struct mm_pool_ops ops = {
		.alloc = mock_pool_alloc,
		.free = mock_pool_free,
		.info = mock_pool_info,
	};
	struct mm_pool pool = { &ops };

	return pool;
}

static void mock_cleaner_zero(struct mm_page_cleaner *self, struct mm_region region)
{
	uint64_t base = region.base;
	uint64_t bytes = region.bytes;

	check_expected(base);
	check_expected(bytes);
}

struct mm_page_cleaner mock_cleaner(void)
{
	static const struct mm_page_cleaner_ops ops = { .zero = mock_cleaner_zero };
	struct mm_page_cleaner cleaner = { &ops };

	return cleaner;
}

static enum mm_status mock_guard_set(struct mm_page_guard *self, struct mm_region region, bool is_guard)
{
	uint64_t base = region.base;
	uint64_t bytes = region.bytes;

	check_expected(base);
	check_expected(bytes);
	check_expected(is_guard);
	return mock_type(enum mm_status);
}

struct mm_page_guard mock_guard(void)
{
	static const struct mm_page_guard_ops ops = { .set = mock_guard_set };
	struct mm_page_guard guard = { &ops };

	return guard;
}
