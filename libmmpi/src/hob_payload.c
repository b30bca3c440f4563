/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/hob_payload.h"

#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"
#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "payload.h"

/* Whole pages from `base`, not empty. The base lies at `at` and the page count right behind it. */
static enum mm_status decode_pages(struct mm_bytes payload, size_t at, const char *field, struct mm_region *ret_region,
				   struct mm_refusal *reterr)
{
	uint64_t base = mm_load_u64(payload.data + at);
	uint64_t page_count = mm_load_u64(payload.data + at + 8);
	uint64_t bytes;

	if (page_count == 0 || !mm_mul_u64(page_count, MM_PAGE_BYTES, &bytes))
		return mm_refuse(reterr, MM_E_HOB_RANGE, field, at + 8, page_count);
	if (!mm_is_page_aligned(base) || mm_region_create_untrusted(base, bytes, ret_region) != MM_OK)
		return mm_refuse(reterr, MM_E_HOB_RANGE, field, at, base);
	return MM_OK;
}

#define CHANNEL_STATUS_BYTES 24u

/* Buffer, page count and status address from `at` on. */
static enum mm_status decode_channel(struct mm_bytes payload, size_t at, struct mm_pi_channel *ret_channel,
				     struct mm_refusal *reterr)
{
	uint64_t address = mm_load_u64(payload.data + at + 16);
	enum mm_status status = decode_pages(payload, at, "channel.buffer", &ret_channel->buffer, reterr);

	if (status != MM_OK)
		return status;
	if (address % 8 != 0)
		return mm_refuse(reterr, MM_E_MISALIGNED, "channel.status", at + 16, address);
	if (address == 0 || mm_region_create_untrusted(address, CHANNEL_STATUS_BYTES, &ret_channel->status) != MM_OK)
		return mm_refuse(reterr, MM_E_HOB_RANGE, "channel.status", at + 16, address);
	if (mm_region_overlaps(ret_channel->buffer, ret_channel->status))
		return mm_refuse(reterr, MM_E_OVERLAP, "channel.status", at + 16, address);
	return MM_OK;
}

enum mm_status mm_pi_comm_buffer_decode_untrusted(struct mm_bytes payload, struct mm_pi_channel *ret_channel,
						  struct mm_refusal *reterr)
{
	struct mm_pi_channel channel = { MM_HOB_REGION_USER, { 0, 0 }, { 0, 0 } };
	enum mm_status status = mm_pi_payload_is(payload, sizeof(struct mm_hob_comm_buffer), reterr);

	if (status == MM_OK)
		status = decode_channel(payload, 0, &channel, reterr);
	if (status == MM_OK)
		*ret_channel = channel;
	return status;
}

enum mm_status mm_pi_common_region_decode_untrusted(struct mm_bytes payload, struct mm_pi_channel *ret_channel,
						    struct mm_refusal *reterr)
{
	struct mm_pi_channel channel = { MM_HOB_REGION_SUPERVISOR, { 0, 0 }, { 0, 0 } };
	enum mm_status status = mm_pi_payload_is(payload, sizeof(struct mm_hob_common_region), reterr);
	uint64_t type;

	if (status != MM_OK)
		return status;
	type = mm_load_u64(payload.data);
	if (type > MM_HOB_REGION_USER)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "channel.type", 0, type);
	channel.type = (uint32_t)type;
	status = decode_channel(payload, offsetof(struct mm_hob_common_region, base), &channel, reterr);
	if (status == MM_OK)
		*ret_channel = channel;
	return status;
}

enum mm_status mm_pi_protected_region_decode_untrusted(struct mm_bytes payload, struct mm_region *ret_region,
						       struct mm_refusal *reterr)
{
	struct mm_region region;
	enum mm_status status = mm_pi_payload_is(payload, sizeof(struct mm_hob_protected_region), reterr);

	if (status != MM_OK)
		return status;
	if (mm_load_u64(payload.data) > MM_HOB_REGION_USER)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "protected.type", 0, mm_load_u64(payload.data));
	status = decode_pages(payload, offsetof(struct mm_hob_protected_region, base), "protected.range", &region,
			      reterr);
	if (status == MM_OK)
		*ret_region = region;
	return status;
}

enum mm_status mm_pi_unblock_decode_untrusted(struct mm_bytes payload, struct mm_pi_unblock *ret_unblock,
					      struct mm_refusal *reterr)
{
	struct mm_pi_unblock unblock;
	enum mm_status status = mm_pi_payload_is(payload, MM_HOB_UNBLOCK_REGION_BYTES, reterr);
	size_t pages = offsetof(struct mm_efi_memory_descriptor, page_count);
	uint64_t base;
	uint64_t bytes;

	if (status != MM_OK)
		return status;
	base = mm_load_u64(payload.data + offsetof(struct mm_efi_memory_descriptor, physical_start));
	unblock.memory_type = mm_load_u32(payload.data);
	unblock.attributes = mm_load_u64(payload.data + offsetof(struct mm_efi_memory_descriptor, attribute));
	unblock.who = mm_guid_load(payload.data + sizeof(struct mm_efi_memory_descriptor));
	bytes = mm_load_u64(payload.data + pages);
	if (bytes == 0 || !mm_mul_u64(bytes, MM_PAGE_BYTES, &bytes))
		return mm_refuse(reterr, MM_E_HOB_RANGE, "unblock.page_count", pages,
				 mm_load_u64(payload.data + pages));
	if (!mm_is_page_aligned(base) || mm_region_create_untrusted(base, bytes, &unblock.region) != MM_OK)
		return mm_refuse(reterr, MM_E_HOB_RANGE, "unblock.base",
				 offsetof(struct mm_efi_memory_descriptor, physical_start), base);
	if (mm_guid_is_zero(&unblock.who))
		return mm_refuse(reterr, MM_E_HOB_VALUE, "unblock.who", sizeof(struct mm_efi_memory_descriptor), 0);
	*ret_unblock = unblock;
	return MM_OK;
}

enum mm_status mm_pi_cpu_sync_config_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_sync_config *ret_config,
						      struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_payload_is(payload, sizeof(struct mm_hob_cpu_sync_config), reterr);
	uint32_t mode;

	if (status != MM_OK)
		return status;
	mode = mm_load_u32(payload.data);
	if (mode > 1)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "sync.relaxed_ap_mode", 0, mode);
	ret_config->relaxed = mode == 1;
	ret_config->timeout_us = mm_load_u64(payload.data + offsetof(struct mm_hob_cpu_sync_config, timeout_us));
	ret_config->timeout2_us = mm_load_u64(payload.data + offsetof(struct mm_hob_cpu_sync_config, timeout2_us));
	return MM_OK;
}

enum mm_status mm_pi_flag_decode_untrusted(struct mm_bytes payload, bool *ret_flag, struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_payload_is(payload, 1, reterr);

	if (status != MM_OK)
		return status;
	if (payload.data[0] > 1)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "flag", 0, payload.data[0]);
	*ret_flag = payload.data[0] == 1;
	return MM_OK;
}

static uint64_t pass_down_field(struct mm_bytes payload, size_t at)
{
	return mm_load_u64(payload.data + at);
}

static enum mm_status check_pass_down(struct mm_bytes payload, const struct mm_pi_pass_down *facts,
				      struct mm_refusal *reterr)
{
	const uint64_t entry_max = MM_MMI_SAVE_STATE_OFFSET - MM_MMI_ENTRY_OFFSET;
	uint64_t end;

	if (facts->user_stack_base == 0 || !mm_is_page_aligned(facts->user_stack_base))
		return mm_refuse(reterr, MM_E_HOB_RANGE, "pass_down.user_stack_base",
				 offsetof(struct mm_hob_pass_down, user_stack_base), facts->user_stack_base);
	if (facts->user_stack_bytes_per_cpu == 0 || !mm_is_page_aligned(facts->user_stack_bytes_per_cpu) ||
	    !mm_add_u64(facts->user_stack_base, facts->user_stack_bytes_per_cpu, &end))
		return mm_refuse(reterr, MM_E_HOB_RANGE, "pass_down.user_stack_bytes_per_cpu",
				 offsetof(struct mm_hob_pass_down, user_stack_bytes_per_cpu),
				 facts->user_stack_bytes_per_cpu);
	if (facts->smbase_array == 0 || facts->smbase_array % 8 != 0)
		return mm_refuse(reterr, MM_E_MISALIGNED, "pass_down.smbase_array",
				 offsetof(struct mm_hob_pass_down, smbase_array), facts->smbase_array);
	if (facts->initialized_array == 0)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "pass_down.initialized_array",
				 offsetof(struct mm_hob_pass_down, initialized_array), 0);
	if (facts->mmi_entry_bytes > entry_max)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "pass_down.mmi_entry_bytes",
				 offsetof(struct mm_hob_pass_down, mmi_entry_bytes), facts->mmi_entry_bytes);
	return MM_OK;
}

enum mm_status mm_pi_pass_down_decode_untrusted(struct mm_bytes payload, struct mm_pi_pass_down *ret_pass_down,
						struct mm_refusal *reterr)
{
	struct mm_pi_pass_down facts;
	enum mm_status status = mm_pi_payload_is(payload, sizeof(struct mm_hob_pass_down), reterr);
	uint64_t policy;
	uint64_t policy_bytes;

	if (status != MM_OK)
		return status;
	if (mm_load_u32(payload.data) != MM_HOB_PASS_DOWN_REVISION)
		return mm_refuse(reterr, MM_E_HOB_REVISION, "pass_down.revision", 0, mm_load_u32(payload.data));
	if (mm_load_u32(payload.data + 4) != 0)
		return mm_refuse(reterr, MM_E_HOB_RESERVED, "pass_down.reserved", 4, mm_load_u32(payload.data + 4));
	facts.user_stack_base = pass_down_field(payload, offsetof(struct mm_hob_pass_down, user_stack_base));
	facts.user_stack_bytes_per_cpu =
		pass_down_field(payload, offsetof(struct mm_hob_pass_down, user_stack_bytes_per_cpu));
	facts.smbase_array = pass_down_field(payload, offsetof(struct mm_hob_pass_down, smbase_array));
	facts.initialized_array = pass_down_field(payload, offsetof(struct mm_hob_pass_down, initialized_array));
	facts.mmi_entry_bytes = pass_down_field(payload, offsetof(struct mm_hob_pass_down, mmi_entry_bytes));
	policy = pass_down_field(payload, offsetof(struct mm_hob_pass_down, policy));
	policy_bytes = pass_down_field(payload, offsetof(struct mm_hob_pass_down, policy_bytes));
	if (policy == 0 || policy_bytes == 0 ||
	    mm_region_create_untrusted(policy, policy_bytes, &facts.policy) != MM_OK)
		return mm_refuse(reterr, MM_E_HOB_RANGE, "pass_down.policy", offsetof(struct mm_hob_pass_down, policy),
				 policy);
	status = check_pass_down(payload, &facts, reterr);
	if (status == MM_OK)
		*ret_pass_down = facts;
	return status;
}

enum mm_status mm_pi_depex_hob_decode_untrusted(struct mm_bytes payload, struct mm_pi_depex_hob *ret_depex,
						struct mm_refusal *reterr)
{
	struct mm_pi_depex_hob depex;
	enum mm_status status;
	uint64_t bytes;

	if (payload.count < sizeof(struct mm_hob_depex))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	bytes = mm_load_u64(payload.data + offsetof(struct mm_hob_depex, bytes));
	if (!mm_bytes_has(payload, sizeof(struct mm_hob_depex), bytes))
		return mm_refuse(reterr, MM_E_TRUNCATED, "depex.bytes", offsetof(struct mm_hob_depex, bytes), bytes);
	status = mm_pi_payload_is(payload, sizeof(struct mm_hob_depex) + bytes, reterr);
	if (status != MM_OK)
		return status;
	depex.file_name = mm_guid_load(payload.data);
	depex.depex = mm_bytes_slice(payload, sizeof(struct mm_hob_depex), bytes);
	*ret_depex = depex;
	return MM_OK;
}

bool mm_pi_hob_is_mm_module(const struct mm_pi_hob *hob)
{
	return hob->type == MM_HOB_TYPE_MEMORY_ALLOCATION && hob->u.memory.is_module &&
	       mm_guid_equal(&hob->u.memory.name, &mm_guid_supv_module_hob);
}
