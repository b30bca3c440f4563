/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Appends of the payloads that mm/pi/hob_payload.h decodes. */
#include "mm/base/addr.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob_writer.h"

/* Most entries of a size that fit one HOB behind a payload header. */
#define FITTING(header_bytes, entry_bytes) ((uint32_t)((MM_HOB_GUID_PAYLOAD_MAX - (header_bytes)) / (entry_bytes)))
#define SMBASE_PER_HOB			   FITTING(sizeof(struct mm_hob_smbase), 8u)
#define CPUS_PER_HOB			   FITTING(sizeof(struct mm_hob_mp2), sizeof(struct mm_hob_mp2_entry))

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

enum mm_status mm_pi_hob_add_mmram(struct mm_pi_hob_writer *self, const struct mm_pi_mmram *ranges, uint32_t count)
{
	uint8_t *p;
	enum mm_status status;
	uint32_t i;

	if (count == 0 || count > MM_PI_MMRAM_COUNT_MAX)
		return MM_E_INVALID;
	status = mm_pi_hob_add_guid_space(self, &mm_guid_mmram_hob,
					  sizeof(struct mm_hob_mmram) + count * sizeof(struct mm_hob_mmram_descriptor),
					  &p);
	if (status != MM_OK)
		return status;
	mm_store_u32(p, count);
	p += sizeof(struct mm_hob_mmram);
	for (i = 0; i < count; i++, p += sizeof(struct mm_hob_mmram_descriptor)) {
		mm_store_u64(p, ranges[i].region.base);
		mm_store_u64(p + 8, ranges[i].cpu_start);
		mm_store_u64(p + 16, ranges[i].region.bytes);
		mm_store_u64(p + 24, ranges[i].state);
	}
	return MM_OK;
}

/* Undoes appends when a later one of the same call does not fit. */
static enum mm_status roll_back(struct mm_pi_hob_writer *self, size_t used, enum mm_status status)
{
	if (status != MM_OK)
		self->used = used;
	return status;
}

static enum mm_status add_smbase_part(struct mm_pi_hob_writer *self, const uint64_t *smbase, uint32_t first,
				      uint32_t count)
{
	uint8_t *p;
	enum mm_status status;
	uint32_t i;

	status = mm_pi_hob_add_guid_space(self, &mm_guid_smbase_hob, sizeof(struct mm_hob_smbase) + (size_t)count * 8,
					  &p);
	if (status != MM_OK)
		return status;
	mm_store_u32(p, first);
	mm_store_u32(p + 4, count);
	for (i = 0; i < count; i++)
		mm_store_u64(p + sizeof(struct mm_hob_smbase) + (size_t)i * 8, smbase[first + i]);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_smbase(struct mm_pi_hob_writer *self, const uint64_t *smbase, uint32_t count)
{
	size_t used = self->used;
	enum mm_status status = count == 0 ? MM_E_INVALID : MM_OK;
	uint32_t first = 0;

	while (status == MM_OK && first < count) {
		uint32_t part = smaller(count - first, SMBASE_PER_HOB);

		status = add_smbase_part(self, smbase, first, part);
		first += part;
	}
	return roll_back(self, used, status);
}

static enum mm_status add_cpus_part(struct mm_pi_hob_writer *self, const struct mm_pi_cpu *cpus, uint32_t first,
				    uint32_t count)
{
	const size_t entry_bytes = sizeof(struct mm_hob_mp2_entry);
	uint8_t *p;
	enum mm_status status;
	uint32_t i;

	status = mm_pi_hob_add_guid_space(self, &mm_guid_mp_information2_hob,
					  sizeof(struct mm_hob_mp2) + count * entry_bytes, &p);
	if (status != MM_OK)
		return status;
	mm_store_u16(p, (uint16_t)count);
	mm_store_u16(p + offsetof(struct mm_hob_mp2, entry_bytes), (uint16_t)entry_bytes);
	p[offsetof(struct mm_hob_mp2, version)] = MM_HOB_MP2_VERSION;
	mm_store_u64(p + offsetof(struct mm_hob_mp2, first_cpu), first);
	p += sizeof(struct mm_hob_mp2);
	for (i = first; i < first + count; i++, p += entry_bytes) {
		mm_store_u64(p, cpus[i].processor_id);
		mm_store_u32(p + offsetof(struct mm_hob_cpu_information, status), cpus[i].status);
		mm_store_u32(p + offsetof(struct mm_hob_cpu_information, package), cpus[i].package);
		mm_store_u32(p + offsetof(struct mm_hob_cpu_information, core), cpus[i].core);
		mm_store_u32(p + offsetof(struct mm_hob_cpu_information, thread), cpus[i].thread);
	}
	return MM_OK;
}

enum mm_status mm_pi_hob_add_cpus(struct mm_pi_hob_writer *self, const struct mm_pi_cpu *cpus, uint32_t count)
{
	size_t used = self->used;
	enum mm_status status = count == 0 ? MM_E_INVALID : MM_OK;
	uint32_t first = 0;

	while (status == MM_OK && first < count) {
		uint32_t part = smaller(count - first, CPUS_PER_HOB);

		status = add_cpus_part(self, cpus, first, part);
		first += part;
	}
	if (status == MM_OK)
		status = add_cpus_part(self, cpus, count, 0);
	return roll_back(self, used, status);
}

enum mm_status mm_pi_hob_add_channel(struct mm_pi_hob_writer *self, const struct mm_pi_channel *channel)
{
	bool is_user = channel->type == MM_HOB_REGION_USER;
	size_t bytes = is_user ? sizeof(struct mm_hob_comm_buffer) : sizeof(struct mm_hob_common_region);
	uint8_t *p;
	enum mm_status status;

	if (!mm_is_page_aligned(channel->buffer.base) || !mm_is_page_aligned(channel->buffer.bytes))
		return MM_E_MISALIGNED;
	status = mm_pi_hob_add_guid_space(self, is_user ? &mm_guid_comm_buffer_hob : &mm_guid_supv_common_region_hob,
					  bytes, &p);
	if (status != MM_OK)
		return status;
	if (!is_user) {
		mm_store_u64(p, channel->type);
		p += offsetof(struct mm_hob_common_region, base);
	}
	mm_store_u64(p, channel->buffer.base);
	mm_store_u64(p + 8, channel->buffer.bytes >> MM_PAGE_SHIFT);
	mm_store_u64(p + 16, channel->status.base);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_unblock(struct mm_pi_hob_writer *self, const struct mm_pi_unblock *unblock)
{
	uint8_t *p;
	enum mm_status status;

	if (!mm_is_page_aligned(unblock->region.base) || !mm_is_page_aligned(unblock->region.bytes))
		return MM_E_MISALIGNED;
	status = mm_pi_hob_add_guid_space(self, &mm_guid_supv_unblock_region_hob, MM_HOB_UNBLOCK_REGION_BYTES, &p);
	if (status != MM_OK)
		return status;
	mm_store_u32(p, unblock->memory_type);
	mm_store_u64(p + offsetof(struct mm_efi_memory_descriptor, physical_start), unblock->region.base);
	mm_store_u64(p + offsetof(struct mm_efi_memory_descriptor, page_count), unblock->region.bytes >> MM_PAGE_SHIFT);
	mm_store_u64(p + offsetof(struct mm_efi_memory_descriptor, attribute), unblock->attributes);
	mm_guid_store(p + sizeof(struct mm_efi_memory_descriptor), &unblock->who);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_cpu_sync_config(struct mm_pi_hob_writer *self, const struct mm_pi_cpu_sync_config *config)
{
	uint8_t *p;
	enum mm_status status;

	status =
		mm_pi_hob_add_guid_space(self, &mm_guid_cpu_sync_config_hob, sizeof(struct mm_hob_cpu_sync_config), &p);
	if (status != MM_OK)
		return status;
	mm_store_u32(p, config->relaxed ? 1 : 0);
	mm_store_u64(p + offsetof(struct mm_hob_cpu_sync_config, timeout_us), config->timeout_us);
	mm_store_u64(p + offsetof(struct mm_hob_cpu_sync_config, timeout2_us), config->timeout2_us);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_flag(struct mm_pi_hob_writer *self, const struct mm_guid *name, bool flag)
{
	uint8_t byte = flag ? 1 : 0;

	return mm_pi_hob_add_guid(self, name, mm_bytes(&byte, 1));
}

enum mm_status mm_pi_hob_add_pass_down(struct mm_pi_hob_writer *self, const struct mm_pi_pass_down *pass_down)
{
	uint8_t *p;
	enum mm_status status;

	status = mm_pi_hob_add_guid_space(self, &mm_guid_supv_pass_down_hob, sizeof(struct mm_hob_pass_down), &p);
	if (status != MM_OK)
		return status;
	mm_store_u32(p, MM_HOB_PASS_DOWN_REVISION);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, user_stack_base), pass_down->user_stack_base);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, user_stack_bytes_per_cpu),
		     pass_down->user_stack_bytes_per_cpu);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, smbase_array), pass_down->smbase_array);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, initialized_array), pass_down->initialized_array);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, policy), pass_down->policy.base);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, policy_bytes), pass_down->policy.bytes);
	mm_store_u64(p + offsetof(struct mm_hob_pass_down, mmi_entry_bytes), pass_down->mmi_entry_bytes);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_depex(struct mm_pi_hob_writer *self, const struct mm_guid *file_name,
				   struct mm_bytes depex)
{
	uint8_t *p;
	enum mm_status status;

	if (depex.count > MM_HOB_GUID_PAYLOAD_MAX - sizeof(struct mm_hob_depex))
		return MM_E_LIMIT;
	status = mm_pi_hob_add_guid_space(self, &mm_guid_supv_depex_hob, sizeof(struct mm_hob_depex) + depex.count, &p);
	if (status != MM_OK)
		return status;
	mm_guid_store(p + offsetof(struct mm_hob_depex, file_name), file_name);
	mm_store_u64(p + offsetof(struct mm_hob_depex, bytes), depex.count);
	mm_bytes_copy(p + sizeof(struct mm_hob_depex), depex.data, depex.count);
	return MM_OK;
}
