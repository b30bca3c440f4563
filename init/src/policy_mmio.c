/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy_mmio.h"

#include <stddef.h>

#include "mm/abi/policy.h"
#include "mm/base/addr.h"
#include "mm/policy/floor.h"
#include "mm/policy/policy.h"

#define FLOOR_PIECES_MAX 16u

/* The whole pages inside the region; empty when there is none. */
static struct mm_region page_core(struct mm_region region)
{
	uint64_t end = mm_page_floor(mm_region_end(region));
	uint64_t base = mm_page_floor(region.base);

	if (base != region.base)
		base += MM_PAGE_BYTES;
	return mm_region_create(base, end > base ? end - base : 0);
}

static enum mm_status add_piece(struct mm_init_policy *policy, struct mm_region piece, bool is_writable,
				struct mm_refusal *reterr)
{
	struct mm_region pages = page_core(piece);

	if (mm_region_is_empty(pages))
		return MM_OK;
	if (policy->mmio_count == MM_INIT_MMIO_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "pieces of granted MMIO", 0, pages.base);
	policy->mmio[policy->mmio_count++] = (struct mm_init_mmio){ pages, is_writable };
	return MM_OK;
}

/* One entry of the allow-list against one range of the platform. */
static enum mm_status grant(const struct mm_policy_entry *entry, struct mm_region mmio, struct mm_init_policy *policy,
			    struct mm_refusal *reterr)
{
	struct mm_region common = mm_region_intersect(mm_region_create(entry->base, entry->length), mmio);
	struct mm_region pieces[FLOOR_PIECES_MAX];
	size_t count = 0;
	enum mm_status status;

	if (mm_region_is_empty(common) || (entry->attr & MM_POLICY_READ) == 0)
		return MM_OK;
	status = mm_policy_floor_subtract(common, pieces, FLOOR_PIECES_MAX, &count);
	if (status != MM_OK)
		return mm_refuse(reterr, MM_E_LIMIT, "pieces of granted MMIO", 0, common.base);
	for (size_t i = 0; i < count && status == MM_OK; i++)
		status = add_piece(policy, pieces[i], (entry->attr & MM_POLICY_WRITE) != 0, reterr);
	return status;
}

enum mm_status mm_init_policy_collect_mmio(const struct mm_policy *policy, const struct mm_init_handoff *handoff,
					   struct mm_init_policy *ret_policy, struct mm_refusal *reterr)
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_MEMORY];
	struct mm_policy_entry entry;
	enum mm_status status = MM_OK;

	ret_policy->mmio_count = 0;
	if (!list->present || list->kind != MM_POLICY_ALLOW_LIST)
		return MM_OK;
	for (uint32_t i = 0; mm_policy_entry_at(policy, MM_POLICY_MEMORY, i, &entry) == MM_OK; i++) {
		for (uint32_t j = 0; j < handoff->mmio_count && status == MM_OK; j++)
			status = grant(&entry, handoff->mmio[j], ret_policy, reterr);
	}
	return status;
}
