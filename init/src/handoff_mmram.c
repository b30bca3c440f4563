/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff_parts.h"

#include "mm/abi/hob.h"
#include "mm/base/guid_table.h"

/* The MMI entry reaches everything through 32-bit addresses. */
#define MMRAM_LIMIT 0x100000000ull

/* The one HOB that lists MMRAM: by its present name or by its older one. */
static enum mm_status find_mmram(struct mm_init_handoff *handoff, struct mm_bytes *ret_payload,
				 struct mm_refusal *reterr)
{
	const struct mm_guid *name = &mm_guid_mmram_hob;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&handoff->list);
	struct mm_bytes payload;
	struct mm_bytes second;

	if (!mm_pi_hob_next_guid(&iter, name, &payload)) {
		name = &mm_guid_mmram_reserve_hob;
		iter = mm_pi_hob_iter(&handoff->list);
		if (!mm_pi_hob_next_guid(&iter, name, &payload))
			return mm_refuse(reterr, MM_E_INIT_MISSING, "MMRAM HOB", 0, 0);
	}
	if (mm_pi_hob_next_guid(&iter, name, &second))
		return mm_refuse(reterr, MM_E_EXISTS, "MMRAM HOB", (uint64_t)(second.data - handoff->list_bytes), 0);
	*ret_payload = payload;
	return MM_OK;
}

static enum mm_status check_mmram(const struct mm_pi_mmram *mmram, uint32_t index, struct mm_refusal *reterr)
{
	if (mm_region_end(mmram->region) > MMRAM_LIMIT)
		return mm_refuse(reterr, MM_E_UNSUPPORTED, "end of an MMRAM descriptor", index,
				 mm_region_end(mmram->region));
	if (mmram->region.base == 0)
		return mm_refuse(reterr, MM_E_UNSUPPORTED, "start of an MMRAM descriptor", index, 0);
	if (mmram->cpu_start != mmram->region.base)
		return mm_refuse(reterr, MM_E_UNSUPPORTED, "CPU address of an MMRAM descriptor", index,
				 mmram->cpu_start);
	return MM_OK;
}

static void insert_sorted(struct mm_init_handoff *handoff, struct mm_pi_mmram mmram)
{
	uint32_t place = handoff->mmram_count++;

	for (; place > 0 && handoff->mmram[place - 1u].region.base > mmram.region.base; place--)
		handoff->mmram[place] = handoff->mmram[place - 1u];
	handoff->mmram[place] = mmram;
}

enum mm_status mm_init_handoff_decode_mmram(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	struct mm_pi_mmram_list list;
	struct mm_bytes payload = { NULL, 0 };
	enum mm_status status = find_mmram(handoff, &payload, reterr);

	if (status == MM_OK)
		status = mm_pi_mmram_decode_untrusted(payload, &list, reterr);
	if (status != MM_OK)
		return status;
	if (list.count > MM_INIT_MMRAM_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of MMRAM descriptors", 0, list.count);
	handoff->mmram_count = 0;
	for (uint32_t i = 0; i < list.count && status == MM_OK; i++) {
		struct mm_pi_mmram mmram = mm_pi_mmram_at(&list, i);

		status = check_mmram(&mmram, i, reterr);
		if (status == MM_OK)
			insert_sorted(handoff, mmram);
	}
	return status;
}

enum mm_status mm_init_handoff_decode_image(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&handoff->list);
	struct mm_pi_hob hob;
	bool is_found = false;

	while (mm_pi_hob_next(&iter, &hob)) {
		/* Modules named as ours to the supervisor are init's to write, not the IPL's. */
		if (hob.type != MM_HOB_TYPE_MEMORY_ALLOCATION || !hob.u.memory.is_module ||
		    mm_pi_hob_is_mm_module(&hob))
			continue;
		if (is_found)
			return mm_refuse(reterr, MM_E_EXISTS, "module HOB of init", hob.offset, 0);
		is_found = true;
		handoff->image = hob.u.memory.region;
		if (mm_region_page_hull(handoff->image, &handoff->image) != MM_OK ||
		    !mm_init_handoff_is_allocated(handoff, handoff->image))
			return mm_refuse(reterr, MM_E_INVALID, "module HOB of init: not in allocated MMRAM", hob.offset,
					 hob.u.memory.region.base);
	}
	if (!is_found)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "module HOB of init", 0, 0);
	return MM_OK;
}
