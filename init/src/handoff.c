/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff.h"

#include "handoff_parts.h"
#include "mm/abi/hob.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/guid_table.h"
#include "mm/hal/mem.h"

#define HOB_ALIGN_MASK (MM_HOB_ALIGN - 1u)

/* The list's size by its own first HOB: the END HOB lies where the hand-off HOB says. */
static enum mm_status read_list_bytes(struct mm_hal_mem *mem, struct mm_pa start, uint64_t *ret_bytes,
				      struct mm_refusal *reterr)
{
	uint8_t first[sizeof(struct mm_hob_handoff)];
	uint64_t end;
	enum mm_status status = mm_hal_mem_read(mem, first, start, sizeof(first));

	if (status != MM_OK)
		return mm_refuse(reterr, status, "address of the HOB list", 0, start.v);
	end = mm_load_u64(first + offsetof(struct mm_hob_handoff, end_of_hob_list));
	if (end < start.v + sizeof(first))
		return mm_refuse(reterr, MM_E_TRUNCATED, "end of the HOB list",
				 offsetof(struct mm_hob_handoff, end_of_hob_list), end);
	if (end - start.v > MM_INIT_HOB_LIST_BYTES_MAX - sizeof(struct mm_hob_header))
		return mm_refuse(reterr, MM_E_LIMIT, "end of the HOB list",
				 offsetof(struct mm_hob_handoff, end_of_hob_list), end);
	*ret_bytes = end - start.v + sizeof(struct mm_hob_header);
	return MM_OK;
}

static enum mm_status copy_list(struct mm_hal_mem *mem, struct mm_pa start, struct mm_init_handoff *handoff,
				struct mm_refusal *reterr)
{
	uint64_t bytes = 0;
	enum mm_status status;

	if (start.v == 0 || (start.v & HOB_ALIGN_MASK) != 0)
		return mm_refuse(reterr, MM_E_MISALIGNED, "address of the HOB list", 0, start.v);
	status = read_list_bytes(mem, start, &bytes, reterr);
	if (status != MM_OK)
		return status;
	status = mm_hal_mem_read(mem, handoff->list_bytes, start, bytes);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "HOB list", 0, bytes);
	return mm_pi_hob_list_check_untrusted(mm_bytes(handoff->list_bytes, (size_t)bytes), MM_PI_HOB_EXACT,
					      &handoff->list, reterr);
}

/* Absent means no. */
static enum mm_status decode_s3(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	struct mm_bytes payload;

	handoff->offers_s3 = false;
	if (!mm_pi_hob_find_guid(&handoff->list, &mm_guid_acpi_s3_enable_hob, &payload))
		return MM_OK;
	return mm_pi_flag_decode_untrusted(payload, &handoff->offers_s3, reterr);
}

enum mm_status mm_init_handoff_decode(struct mm_hal_mem *mem, struct mm_pa start, struct mm_init_handoff *ret_handoff,
				      struct mm_refusal *reterr)
{
	enum mm_status status = copy_list(mem, start, ret_handoff, reterr);

	if (status == MM_OK)
		status = mm_init_handoff_decode_mmram(ret_handoff, reterr);
	if (status == MM_OK)
		status = mm_init_handoff_decode_image(ret_handoff, reterr);
	if (status == MM_OK)
		status = mm_init_handoff_decode_cpus(ret_handoff, reterr);
	if (status == MM_OK)
		status = mm_init_handoff_decode_outside(ret_handoff, reterr);
	if (status == MM_OK)
		status = decode_s3(ret_handoff, reterr);
	return status;
}

bool mm_init_handoff_is_allocated(const struct mm_init_handoff *handoff, struct mm_region region)
{
	for (uint32_t i = 0; i < handoff->mmram_count; i++) {
		const struct mm_pi_mmram *mmram = &handoff->mmram[i];

		if ((mmram->state & MM_HOB_MMRAM_ALLOCATED) != 0 && mm_region_contains(mmram->region, region))
			return true;
	}
	return false;
}

bool mm_init_handoff_touches_mmram(const struct mm_init_handoff *handoff, struct mm_region region)
{
	for (uint32_t i = 0; i < handoff->mmram_count; i++) {
		if (mm_region_overlaps(handoff->mmram[i].region, region))
			return true;
	}
	return false;
}

struct mm_region mm_init_handoff_entry_page(const struct mm_init_handoff *handoff, uint32_t cpu)
{
	return mm_region_create(handoff->smbase[cpu] + MM_MMI_ENTRY_OFFSET, MM_PAGE_BYTES);
}

struct mm_region mm_init_handoff_save_state_page(const struct mm_init_handoff *handoff, uint32_t cpu)
{
	return mm_region_create(mm_page_floor(handoff->smbase[cpu] + MM_MMI_SAVE_STATE_OFFSET), MM_PAGE_BYTES);
}
