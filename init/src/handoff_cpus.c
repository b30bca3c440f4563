/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff_parts.h"

#include "mm/abi/hob.h"

static enum mm_status check_apic_ids(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	for (uint32_t i = 0; i < handoff->cpu_count; i++) {
		uint64_t id = handoff->cpus[i].processor_id;

		if (id >= UINT32_MAX)
			return mm_refuse(reterr, MM_E_UNSUPPORTED, "APIC id", i, id);
		for (uint32_t j = 0; j < i; j++) {
			if (handoff->cpus[j].processor_id == id)
				return mm_refuse(reterr, MM_E_EXISTS, "APIC id", i, id);
		}
		if ((handoff->cpus[i].status & MM_HOB_CPU_IS_BSP) != 0)
			handoff->bsp = i;
	}
	return MM_OK;
}

/* Both pages of each CPU: pages 2i and 2i + 1. */
static struct mm_region tile_page(const struct mm_init_handoff *handoff, uint32_t index)
{
	return (index & 1u) == 0 ? mm_init_handoff_entry_page(handoff, index / 2u)
				 : mm_init_handoff_save_state_page(handoff, index / 2u);
}

static enum mm_status check_tile_page(const struct mm_init_handoff *handoff, uint32_t index, struct mm_refusal *reterr)
{
	struct mm_region page = tile_page(handoff, index);

	if (!mm_init_handoff_is_allocated(handoff, page))
		return mm_refuse(reterr, MM_E_INVALID, "SMBASE: not in allocated MMRAM", index / 2u, page.base);
	if (mm_region_overlaps(page, handoff->image))
		return mm_refuse(reterr, MM_E_OVERLAP, "SMBASE: overlaps init", index / 2u, page.base);
	for (uint32_t other = 0; other < index; other++) {
		if (tile_page(handoff, other).base == page.base)
			return mm_refuse(reterr, MM_E_OVERLAP, "SMBASE: overlaps another CPU's", index / 2u, page.base);
	}
	return MM_OK;
}

static enum mm_status check_tiles(const struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	enum mm_status status = MM_OK;

	for (uint32_t i = 0; i < handoff->cpu_count; i++) {
		if (!mm_is_page_aligned(handoff->smbase[i]))
			return mm_refuse(reterr, MM_E_MISALIGNED, "SMBASE", i, handoff->smbase[i]);
	}
	for (uint32_t i = 0; i < 2u * handoff->cpu_count && status == MM_OK; i++)
		status = check_tile_page(handoff, i, reterr);
	return status;
}

enum mm_status mm_init_handoff_decode_cpus(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_cpus_collect_untrusted(&handoff->list, handoff->cpus, MM_INIT_CPU_MAX,
							     &handoff->cpu_count, reterr);

	if (status == MM_E_BUFFER_TOO_SMALL)
		return mm_refuse(reterr, MM_E_LIMIT, "number of CPUs", 0, MM_INIT_CPU_MAX);
	if (status == MM_E_NOT_FOUND)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "CPU list HOB", 0, 0);
	if (status == MM_OK)
		status = check_apic_ids(handoff, reterr);
	if (status != MM_OK)
		return status;
	status = mm_pi_smbase_collect_untrusted(&handoff->list, handoff->cpu_count, handoff->smbase, reterr);
	if (status == MM_E_NOT_FOUND)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "SMBASE HOB", 0, 0);
	if (status == MM_OK)
		status = check_tiles(handoff, reterr);
	return status;
}
