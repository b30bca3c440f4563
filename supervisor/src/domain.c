/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "domain.h"

#include "mm/abi/hob.h"
#include "mm/base/bytes.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#include "memory.h"

#define STACK_PAGES (MM_SUPV_USER_STACK_BYTES / MM_PAGE_BYTES)

/* Cuts the next pages off the front of `*rest`. */
static struct mm_region take(struct mm_region *rest, uint64_t pages)
{
	struct mm_region part = mm_region_create(rest->base, pages * MM_PAGE_BYTES);

	*rest = mm_region_create(mm_region_end(part), rest->bytes - part.bytes);
	return part;
}

/* HOBs that speak of ring 0's own memory: ring 3 has no use for them. */
static bool is_for_ring0(const struct mm_guid *name)
{
	return mm_guid_equal(name, &mm_guid_supv_pass_down_hob) || mm_guid_equal(name, &mm_guid_init_facts_hob) ||
	       mm_guid_equal(name, &mm_guid_smbase_hob) || mm_guid_equal(name, &mm_guid_supv_common_region_hob);
}

/* Edits the copy of one HOB; `hob` describes the original. */
static void edit_hob(uint8_t *copy, const struct mm_pi_hob *hob, struct mm_region shadow)
{
	uint8_t *payload = copy + hob->offset + sizeof(struct mm_hob_guid);

	if (hob->type != MM_HOB_TYPE_GUID_EXTENSION)
		return;
	if (is_for_ring0(&hob->u.guid.name)) {
		mm_store_u16(copy + hob->offset, MM_HOB_TYPE_UNUSED);
		__builtin_memset(copy + hob->offset + sizeof(struct mm_hob_header), 0,
				 hob->bytes.count - sizeof(struct mm_hob_header));
	} else if (mm_guid_equal(&hob->u.guid.name, &mm_guid_comm_buffer_hob) &&
		   hob->u.guid.payload.count >= sizeof(struct mm_hob_comm_buffer)) {
		mm_store_u64(payload + offsetof(struct mm_hob_comm_buffer, base), shadow.base);
	}
}

static void write_hobs(struct mm_supv_state *supv, const struct mm_supv_facts *facts, struct mm_region pages,
		       struct mm_region shadow)
{
	uint8_t *copy = mm_hal_mem_map(supv->wiring->mem, mm_pa(pages.base), pages.bytes);
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&facts->hobs);
	struct mm_pi_hob hob;

	__builtin_memcpy(copy, facts->hobs.bytes.data, facts->hobs.bytes.count);
	mm_store_u64(copy + offsetof(struct mm_hob_handoff, end_of_hob_list),
		     pages.base + facts->hobs.bytes.count - sizeof(struct mm_hob_header));
	while (mm_pi_hob_next(&iter, &hob))
		edit_hob(copy, &hob, shadow);
}

/* A guard page below each stack. */
static enum mm_status make_stacks(struct mm_supv_state *supv, struct mm_region *rest)
{
	enum mm_status status = MM_OK;
	uint32_t depth;

	for (depth = 0; status == MM_OK && depth < MM_SUPV_DEPTH_MAX; depth++) {
		struct mm_region guard = take(rest, 1);
		struct mm_region stack = take(rest, STACK_PAGES);

		status = mm_supv_pages_protect(supv, guard, 0);
		supv->domain.stack_top[depth] = mm_user_va(mm_region_end(stack));
	}
	return status;
}

enum mm_status mm_supv_domain_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts, struct mm_pa root)
{
	struct mm_domain *domain = &supv->domain;
	uint64_t hob_pages = mm_pages_for(facts->hob_region.bytes);
	uint64_t shadow_pages = facts->has_user_channel ? facts->user_channel.buffer.bytes / MM_PAGE_BYTES : 0;
	uint64_t pages = hob_pages + 1 + shadow_pages + MM_SUPV_DEPTH_MAX * (1 + STACK_PAGES);
	struct mm_region hobs;
	struct mm_region rest;
	enum mm_status status;

	domain->root = root;
	domain->generation = 1;
	domain->page_quota = MM_SUPV_DOMAIN_QUOTA_PAGES;
	domain->entry = mm_user_va(supv->modules[MM_SUPV_MODULE_USER_CORE].entry);
	status = mm_pages_alloc_any(supv->wiring->pages, pages, mm_owner_domain(domain->owner), &rest);
	if (status != MM_OK)
		return status;
	domain->fixed = rest;
	hobs = mm_region_create(rest.base, hob_pages * MM_PAGE_BYTES);
	write_hobs(supv, facts, hobs,
		   mm_region_create(rest.base + (hob_pages + 1) * MM_PAGE_BYTES, shadow_pages * MM_PAGE_BYTES));
	status = mm_supv_pages_protect(supv, rest, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	if (status == MM_OK)
		status = mm_supv_pages_protect(supv, take(&rest, hob_pages), MM_HAL_PAGE_R | MM_HAL_PAGE_USER);
	domain->hobs = mm_user_va(hobs.base);
	domain->shared = mm_user_va(take(&rest, 1).base);
	domain->shadow = take(&rest, shadow_pages);
	if (status == MM_OK)
		status = make_stacks(supv, &rest);
	return status;
}
