/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "facts.h"

#include "mm/abi/hob.h"
#include "mm/abi/init_facts.h"
#include "mm/base/bytes.h"
#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

/* A list longer than this is no list. */
#define HOB_LIST_BYTES_MAX 0x100000u

bool mm_supv_facts_is_mmram(const struct mm_supv_facts *facts, struct mm_region region)
{
	size_t i;

	for (i = 0; i < facts->mmram_count; i++) {
		if (mm_region_contains(facts->mmram[i], region))
			return true;
	}
	return false;
}

bool mm_supv_facts_is_in_use(const struct mm_supv_facts *facts, struct mm_region region)
{
	size_t i;

	for (i = 0; i < facts->free_count; i++) {
		if (mm_region_overlaps(facts->free[i], region))
			return false;
	}
	return mm_supv_facts_is_mmram(facts, region);
}

bool mm_supv_facts_touches_mmram(const struct mm_supv_facts *facts, struct mm_region region)
{
	size_t i;

	for (i = 0; i < facts->mmram_count; i++) {
		if (mm_region_overlaps(facts->mmram[i], region))
			return true;
	}
	return false;
}

/* Refuses a range that is not wholly in MMRAM, or that the allocator would give away. */
static enum mm_status require_in_use(const struct mm_supv_facts *facts, const char *field, uint64_t base,
				     uint64_t bytes, struct mm_refusal *reterr)
{
	struct mm_region region;

	if (mm_region_create_untrusted(base, bytes, &region) != MM_OK || !mm_supv_facts_is_in_use(facts, region))
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, field, 0, base);
	return MM_OK;
}

/*
 * The list's length is known only from its own hand-off HOB. Reading up to there is safe: these are init's page
 * tables, and the trap handler is in place.
 */
static enum mm_status read_list(struct mm_hal_mem *mem, struct mm_pa hobs, struct mm_supv_facts *facts,
				struct mm_refusal *reterr)
{
	const uint8_t *handoff = mm_hal_mem_map(mem, hobs, sizeof(struct mm_hob_handoff));
	const uint8_t *bytes;
	uint64_t count;
	enum mm_status status;

	if (handoff == NULL || (hobs.v & (MM_HOB_ALIGN - 1u)) != 0)
		return mm_refuse(reterr, MM_E_INVALID, "HOB list address", 0, hobs.v);
	if (!mm_sub_u64(mm_load_u64(handoff + offsetof(struct mm_hob_handoff, end_of_hob_list)), hobs.v, &count) ||
	    count > HOB_LIST_BYTES_MAX)
		return mm_refuse(reterr, MM_E_HOB_LENGTH, "EfiEndOfHobList", 0, hobs.v);
	count += sizeof(struct mm_hob_header);
	bytes = mm_hal_mem_map(mem, hobs, count);
	if (bytes == NULL)
		return mm_refuse(reterr, MM_E_INVALID, "HOB list", 0, count);
	status = mm_pi_hob_list_check_untrusted(mm_bytes(bytes, (size_t)count), MM_PI_HOB_EXACT, &facts->hobs, reterr);
	facts->hob_region = mm_region_create(hobs.v, count);
	return status;
}

/* Inserts in ascending order and joins neighbours. */
static enum mm_status insert_region(struct mm_region *regions, size_t *count, struct mm_region region)
{
	size_t at = *count;

	if (*count == MM_SUPV_MMRAM_MAX)
		return MM_E_LIMIT;
	for (; at > 0 && regions[at - 1].base > region.base; at--)
		regions[at] = regions[at - 1];
	regions[at] = region;
	(*count)++;
	for (at = 0; at + 1 < *count;) {
		if (mm_region_end(regions[at]) != regions[at + 1].base) {
			at++;
			continue;
		}
		regions[at].bytes += regions[at + 1].bytes;
		__builtin_memmove(&regions[at + 1], &regions[at + 2], (*count - at - 2) * sizeof(regions[0]));
		(*count)--;
	}
	return MM_OK;
}

static enum mm_status read_mmram(struct mm_supv_facts *facts, uint64_t anchor, struct mm_refusal *reterr)
{
	struct mm_pi_mmram_list list;
	struct mm_bytes payload;
	enum mm_status status;
	uint32_t i;

	if (!mm_pi_hob_find_guid(&facts->hobs, &mm_guid_mmram_hob, &payload))
		return mm_refuse(reterr, MM_E_NOT_FOUND, "MMRAM HOB", 0, 0);
	status = mm_pi_mmram_decode_untrusted(payload, &list, reterr);
	if (status != MM_OK)
		return status;
	for (i = 0; i < list.count; i++) {
		struct mm_pi_mmram part = mm_pi_mmram_at(&list, i);

		status = insert_region(facts->mmram, &facts->mmram_count, part.region);
		if (status == MM_OK && (part.state & MM_HOB_MMRAM_ALLOCATED) == 0)
			status = insert_region(facts->free, &facts->free_count, part.region);
		if (status != MM_OK)
			return mm_refuse(reterr, status, "MMRAM ranges", 0, list.count);
	}
	if (!mm_supv_facts_is_mmram(facts, mm_region_create(anchor, 1)))
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, "supervisor image", 0, anchor);
	return require_in_use(facts, "HOB list", facts->hob_region.base, facts->hob_region.bytes, reterr);
}

static enum mm_status read_pass_down(struct mm_supv_facts *facts, struct mm_refusal *reterr)
{
	struct mm_pi_pass_down *pass = &facts->pass_down;
	struct mm_bytes payload;
	uint64_t stacks;
	enum mm_status status;

	if (!mm_pi_hob_find_guid(&facts->hobs, &mm_guid_supv_pass_down_hob, &payload))
		return mm_refuse(reterr, MM_E_NOT_FOUND, "PassDown HOB", 0, 0);
	status = mm_pi_pass_down_decode_untrusted(payload, pass, reterr);
	if (status != MM_OK)
		return status;
	if (!mm_mul_u64(pass->user_stack_bytes_per_cpu, facts->cpu_count, &stacks))
		return mm_refuse(reterr, MM_E_OVERFLOW, "Cpl3PerCoreStackSize", 0, pass->user_stack_bytes_per_cpu);
	status = require_in_use(facts, "Cpl3StackBase", pass->user_stack_base, stacks, reterr);
	if (status == MM_OK)
		status = require_in_use(facts, "SmBase", pass->smbase_array, facts->cpu_count * sizeof(uint64_t),
					reterr);
	if (status == MM_OK)
		status =
			require_in_use(facts, "MmInitializedBuffer", pass->initialized_array, facts->cpu_count, reterr);
	if (status == MM_OK)
		status = require_in_use(facts, "FirmwarePolicyBuffer", pass->policy.base, pass->policy.bytes, reterr);
	return status;
}

static enum mm_status read_cpus(struct mm_supv_facts *facts, struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_cpus_collect_untrusted(&facts->hobs, NULL, 0, &facts->cpu_count, reterr);

	if (status == MM_OK && facts->cpu_count > MM_SUPV_CPU_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "NumberOfProcessors", 0, facts->cpu_count);
	return status;
}

/* A channel lies outside MMRAM, both of its parts, and not on page 0, which stays absent whatever a channel needs. */
static enum mm_status check_channel(const struct mm_supv_facts *facts, const struct mm_pi_channel *channel,
				    struct mm_refusal *reterr)
{
	if (mm_supv_facts_touches_mmram(facts, channel->buffer) || channel->buffer.base == 0)
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, "channel buffer", 0, channel->buffer.base);
	if (mm_supv_facts_touches_mmram(facts, channel->status) || channel->status.base < MM_PAGE_BYTES)
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, "channel status", 0, channel->status.base);
	return MM_OK;
}

/* What ring 3 answers on its channel must not reach the other one; the decoders keep the parts of one apart. */
static enum mm_status check_channels_apart(const struct mm_supv_facts *facts, struct mm_refusal *reterr)
{
	const struct mm_pi_channel *user = &facts->user_channel;
	const struct mm_pi_channel *supervisor = &facts->supervisor_channel;

	if (mm_region_overlaps(user->buffer, supervisor->buffer))
		return mm_refuse(reterr, MM_E_OVERLAP, "channel buffers", 0, user->buffer.base);
	if (mm_region_overlaps(user->buffer, supervisor->status) ||
	    mm_region_overlaps(user->status, supervisor->buffer) ||
	    mm_region_overlaps(user->status, supervisor->status))
		return mm_refuse(reterr, MM_E_OVERLAP, "channel status", 0, user->status.base);
	return MM_OK;
}

static enum mm_status read_channels(struct mm_supv_facts *facts, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&facts->hobs);
	struct mm_pi_channel channel;
	struct mm_bytes payload;
	enum mm_status status = MM_OK;

	if (mm_pi_hob_find_guid(&facts->hobs, &mm_guid_comm_buffer_hob, &payload)) {
		status = mm_pi_comm_buffer_decode_untrusted(payload, &facts->user_channel, reterr);
		facts->has_user_channel = status == MM_OK;
		if (status == MM_OK)
			status = check_channel(facts, &facts->user_channel, reterr);
	}
	while (status == MM_OK && mm_pi_hob_next_guid(&iter, &mm_guid_supv_common_region_hob, &payload)) {
		status = mm_pi_common_region_decode_untrusted(payload, &channel, reterr);
		if (status != MM_OK || channel.type != MM_HOB_REGION_SUPERVISOR)
			continue;
		facts->supervisor_channel = channel;
		facts->has_supervisor_channel = true;
		status = check_channel(facts, &channel, reterr);
	}
	if (status == MM_OK && facts->has_user_channel && facts->has_supervisor_channel)
		status = check_channels_apart(facts, reterr);
	return status;
}

/* No module shares a byte with another one or with the supervisor, whatever the order of their HOBs. */
static enum mm_status check_overlap(const struct mm_supv_facts *facts, struct mm_region image,
				    struct mm_refusal *reterr)
{
	uint16_t i;

	for (i = 0; i < facts->module_count; i++) {
		if (mm_region_overlaps(facts->modules[i].image, image))
			return mm_refuse(reterr, MM_E_SUPV_MODULES, "module overlap", 0, image.base);
	}
	if (mm_region_overlaps(facts->supervisor_image, image))
		return mm_refuse(reterr, MM_E_SUPV_MODULES, "module over supervisor", 0, image.base);
	return MM_OK;
}

/* `slot` is free. The image of the supervisor is no module of ring 3. */
static enum mm_status add_module(struct mm_supv_facts *facts, const struct mm_pi_hob *hob, uint16_t slot,
				 struct mm_refusal *reterr)
{
	const struct mm_pi_hob_memory *memory = &hob->u.memory;

	if (slot == MM_SUPV_MODULE_MAX)
		return mm_refuse(reterr, MM_E_SUPV_MODULES, "module count", hob->offset, MM_SUPV_MODULE_MAX);
	if (!mm_region_is_empty(facts->modules[slot].image))
		return mm_refuse(reterr, MM_E_SUPV_MODULES, "second user core", hob->offset, memory->region.base);
	facts->modules[slot] = (struct mm_supv_module){
		.guid = memory->module_name,
		.image = memory->region,
		.entry = memory->entry,
	};
	return require_in_use(facts, "module", memory->region.base, memory->region.bytes, reterr);
}

/* The user core goes to slot 0, drivers behind it in the order of their HOBs. */
static enum mm_status sort_module(struct mm_supv_facts *facts, const struct mm_pi_hob *hob, struct mm_refusal *reterr)
{
	const struct mm_pi_hob_memory *memory = &hob->u.memory;
	enum mm_status status = check_overlap(facts, memory->region, reterr);

	if (status != MM_OK)
		return status;
	if (mm_guid_equal(&memory->module_name, &mm_guid_supv_core)) {
		if (!mm_region_is_empty(facts->supervisor_image))
			return mm_refuse(reterr, MM_E_SUPV_MODULES, "second supervisor", hob->offset,
					 memory->region.base);
		facts->supervisor_image = memory->region;
		return require_in_use(facts, "supervisor image", memory->region.base, memory->region.bytes, reterr);
	}
	if (mm_guid_equal(&memory->module_name, &mm_guid_supv_user))
		return add_module(facts, hob, MM_SUPV_MODULE_USER_CORE, reterr);
	status = add_module(facts, hob, facts->module_count, reterr);
	if (status == MM_OK)
		facts->module_count++;
	return status;
}

static enum mm_status read_modules(struct mm_supv_facts *facts, uint64_t anchor, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&facts->hobs);
	enum mm_status status = MM_OK;
	struct mm_pi_hob hob;

	facts->module_count = 1; /* slot 0 waits for the user core */
	while (status == MM_OK && mm_pi_hob_next(&iter, &hob)) {
		if (mm_pi_hob_is_mm_module(&hob))
			status = sort_module(facts, &hob, reterr);
	}
	if (status != MM_OK)
		return status;
	if (mm_region_is_empty(facts->modules[MM_SUPV_MODULE_USER_CORE].image))
		return mm_refuse(reterr, MM_E_SUPV_MODULES, "user core", 0, 0);
	if (!mm_region_contains_addr(facts->supervisor_image, anchor))
		return mm_refuse(reterr, MM_E_SUPV_MODULES, "supervisor", 0, anchor);
	return MM_OK;
}

/* Our own init says more than the contract asks; another init says nothing and that is fine. */
static enum mm_status read_init_facts(struct mm_supv_facts *facts, struct mm_refusal *reterr)
{
	struct mm_bytes payload;
	enum mm_status status;
	uint64_t base;
	uint64_t bytes;

	if (!mm_pi_hob_find_guid(&facts->hobs, &mm_guid_init_facts_hob, &payload))
		return MM_OK;
	if (payload.count != sizeof(struct mm_init_facts))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "init facts", 0, payload.count);
	if (mm_load_u32(payload.data) != MM_INIT_FACTS_REVISION)
		return mm_refuse(reterr, MM_E_HOB_REVISION, "init facts revision", 0, mm_load_u32(payload.data));
	facts->tsc_hz = mm_load_u64(payload.data + offsetof(struct mm_init_facts, tsc_hz));
	base = mm_load_u64(payload.data + offsetof(struct mm_init_facts, init_image_base));
	bytes = mm_load_u64(payload.data + offsetof(struct mm_init_facts, init_image_bytes));
	if (!mm_is_page_aligned(base) || !mm_is_page_aligned(bytes))
		return mm_refuse(reterr, MM_E_MISALIGNED, "init image", 0, base);
	facts->init_image = mm_region_create(base, bytes);
	status = require_in_use(facts, "init image", base, bytes, reterr);
	return status == MM_OK ? check_overlap(facts, facts->init_image, reterr) : status;
}

enum mm_status mm_supv_facts_read_untrusted(struct mm_hal_mem *mem, struct mm_pa hobs, uint64_t anchor,
					    struct mm_supv_facts *ret_facts, struct mm_refusal *reterr)
{
	enum mm_status status;

	__builtin_memset(ret_facts, 0, sizeof(*ret_facts));
	status = read_list(mem, hobs, ret_facts, reterr);
	if (status == MM_OK)
		status = read_mmram(ret_facts, anchor, reterr);
	if (status == MM_OK)
		status = read_cpus(ret_facts, reterr);
	if (status == MM_OK)
		status = read_pass_down(ret_facts, reterr);
	if (status == MM_OK)
		status = read_channels(ret_facts, reterr);
	if (status == MM_OK)
		status = read_modules(ret_facts, anchor, reterr);
	if (status == MM_OK)
		status = read_init_facts(ret_facts, reterr);
	return status;
}
