/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pool and page services. The types are recorded; all memory of ring 3 is data to the page tables. */
#include "table.h"

#include "mm/abi/efi.h"
#include "mm/base/addr.h"

static bool is_known_type(uint32_t type)
{
	return type == MM_EFI_RUNTIME_SERVICES_CODE || type == MM_EFI_RUNTIME_SERVICES_DATA;
}

static uint64_t MM_EFIAPI allocate_pool(uint32_t type, size_t bytes, void **ret_block)
{
	struct mm_core *core = &mm_core_object;
	/* PI has no refusal for a size of 0. */
	const struct mm_pool_request request = { .bytes = bytes == 0 ? 1u : bytes, .type = type };
	void *block = NULL;
	enum mm_status status;

	if (ret_block == NULL || !is_known_type(type))
		return MM_EFI_INVALID_PARAMETER;
	mm_core_touch(ret_block);
	mm_core_begin_change(core);
	status = mm_pool_alloc(&core->pool.pool, &request, &block);
	mm_core_end_change(core);
	if (status == MM_OK)
		*ret_block = block;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI free_pool(void *block)
{
	struct mm_core *core = &mm_core_object;
	enum mm_status status;

	mm_core_begin_change(core);
	status = mm_pool_free(&core->pool.pool, block);
	mm_core_end_change(core);
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_INVALID_PARAMETER;
}

/* `limit` is the address of the last byte that may be used. */
static enum mm_status get_pages_upto(struct mm_core *core, size_t pages, uint64_t limit, uint64_t *ret_address)
{
	struct mm_region region;
	enum mm_status status = mm_pages_alloc_any(&core->pages.drivers, pages, mm_owner_domain(0), &region);

	if (status != MM_OK)
		return status;
	if (mm_region_end(region) - 1u > limit) {
		(void)mm_pages_free(&core->pages.drivers, region, mm_owner_domain(0)); /* they are ours */
		return MM_E_NOT_FOUND;
	}
	*ret_address = region.base;
	return MM_OK;
}

static uint64_t MM_EFIAPI allocate_pages(uint32_t kind, uint32_t type, size_t pages, uint64_t *inout_address)
{
	uint64_t limit = UINT64_MAX;
	enum mm_status status;

	if (inout_address == NULL || kind > MM_EFI_ALLOCATE_ADDRESS || !is_known_type(type))
		return MM_EFI_INVALID_PARAMETER;
	if (kind == MM_EFI_ALLOCATE_ADDRESS) /* the supervisor chooses addresses */
		return MM_EFI_NOT_FOUND;
	mm_core_touch(inout_address);
	if (kind == MM_EFI_ALLOCATE_MAX_ADDRESS)
		limit = *inout_address;
	status = get_pages_upto(&mm_core_object, pages, limit, inout_address);
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI free_pages(uint64_t address, size_t pages)
{
	struct mm_region region;
	enum mm_status status;

	if (pages > UINT64_MAX / MM_PAGE_BYTES ||
	    mm_region_create_untrusted(address, pages * MM_PAGE_BYTES, &region) != MM_OK)
		return MM_EFI_INVALID_PARAMETER;
	status = mm_pages_free(&mm_core_object.pages.drivers, region, mm_owner_domain(0));
	return status == MM_E_ALLOC_FOREIGN ? MM_EFI_NOT_FOUND : mm_core_efi_status(status);
}

void mm_core_table_add_memory(struct mm_mmst *mmst)
{
	mmst->allocate_pool = allocate_pool;
	mmst->free_pool = free_pool;
	mmst->allocate_pages = allocate_pages;
	mmst->free_pages = free_pages;
}
