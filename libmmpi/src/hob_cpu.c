/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Payloads that list MMRAM ranges and CPUs. */
#include "mm/base/addr.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob_payload.h"
#include "payload.h"

#define MMRAM_BYTES sizeof(struct mm_hob_mmram_descriptor)

/* SMBASE + 64 KiB must be reachable by 32-bit code, and RSM takes 32 bits. */
#define SMBASE_MAX (0x100000000u - 0x10000u)

static struct mm_pi_mmram load_mmram(const uint8_t *p)
{
	struct mm_pi_mmram mmram;

	mmram.region = mm_region_create(mm_load_u64(p), mm_load_u64(p + 16));
	mmram.cpu_start = mm_load_u64(p + 8);
	mmram.state = mm_load_u64(p + 24);
	return mmram;
}

static enum mm_status check_mmram(struct mm_bytes payload, uint64_t at, struct mm_refusal *reterr)
{
	const uint8_t *p = payload.data + at;
	struct mm_region cpu_side;
	uint64_t bytes = mm_load_u64(p + 16);
	struct mm_pi_mmram mmram = load_mmram(p);

	if (bytes == 0 || !mm_is_page_aligned(bytes))
		return mm_refuse(reterr, MM_E_HOB_RANGE, "mmram.bytes", at + 16, bytes);
	if (mmram.region.bytes != bytes || !mm_is_page_aligned(mmram.region.base))
		return mm_refuse(reterr, MM_E_HOB_RANGE, "mmram.physical_start", at, mmram.region.base);
	if (mm_region_create_untrusted(mmram.cpu_start, bytes, &cpu_side) != MM_OK)
		return mm_refuse(reterr, MM_E_HOB_RANGE, "mmram.cpu_start", at + 8, mmram.cpu_start);
	return MM_OK;
}

struct mm_pi_mmram mm_pi_mmram_at(const struct mm_pi_mmram_list *list, uint32_t index)
{
	return load_mmram(list->entries.data + (size_t)index * MMRAM_BYTES);
}

static enum mm_status check_disjoint(const struct mm_pi_mmram_list *list, struct mm_refusal *reterr)
{
	uint32_t i;
	uint32_t j;

	for (i = 1; i < list->count; i++) {
		struct mm_region region = mm_pi_mmram_at(list, i).region;

		for (j = 0; j < i; j++) {
			if (mm_region_overlaps(region, mm_pi_mmram_at(list, j).region))
				return mm_refuse(reterr, MM_E_OVERLAP, "mmram.physical_start",
						 sizeof(struct mm_hob_mmram) + i * MMRAM_BYTES, region.base);
		}
	}
	return MM_OK;
}

enum mm_status mm_pi_mmram_decode_untrusted(struct mm_bytes payload, struct mm_pi_mmram_list *ret_list,
					    struct mm_refusal *reterr)
{
	struct mm_pi_mmram_list list;
	enum mm_status status;
	uint32_t i;

	if (payload.count < sizeof(struct mm_hob_mmram))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	list.count = mm_load_u32(payload.data);
	if (list.count == 0 || list.count > MM_PI_MMRAM_COUNT_MAX)
		return mm_refuse(reterr, MM_E_HOB_COUNT, "mmram.count", 0, list.count);
	status = mm_pi_payload_is(payload, sizeof(struct mm_hob_mmram) + list.count * MMRAM_BYTES, reterr);
	if (status != MM_OK)
		return status;
	list.entries = mm_bytes_slice(payload, sizeof(struct mm_hob_mmram), list.count * MMRAM_BYTES);
	for (i = 0; i < list.count; i++) {
		status = check_mmram(payload, sizeof(struct mm_hob_mmram) + i * MMRAM_BYTES, reterr);
		if (status != MM_OK)
			return status;
	}
	status = check_disjoint(&list, reterr);
	if (status == MM_OK)
		*ret_list = list;
	return status;
}

enum mm_status mm_pi_mmram_one_decode_untrusted(struct mm_bytes payload, struct mm_pi_mmram *ret_mmram,
						struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_payload_is(payload, MMRAM_BYTES, reterr);

	if (status == MM_OK)
		status = check_mmram(payload, 0, reterr);
	if (status == MM_OK)
		*ret_mmram = load_mmram(payload.data);
	return status;
}

/* An array of `count` CPUs from `first` on stays within what this room counts. */
static bool is_cpu_range(uint64_t first, uint64_t count)
{
	return first <= MM_PI_CPU_COUNT_MAX && count <= MM_PI_CPU_COUNT_MAX - first;
}

enum mm_status mm_pi_smbase_decode_untrusted(struct mm_bytes payload, struct mm_pi_smbase_list *ret_list,
					     struct mm_refusal *reterr)
{
	struct mm_pi_smbase_list list;
	enum mm_status status;
	uint32_t i;

	if (payload.count < sizeof(struct mm_hob_smbase))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	list.first_cpu = mm_load_u32(payload.data);
	list.count = mm_load_u32(payload.data + 4);
	if (list.count == 0 || !is_cpu_range(list.first_cpu, list.count))
		return mm_refuse(reterr, MM_E_HOB_COUNT, "smbase.count", 4, list.count);
	status = mm_pi_payload_is(payload, sizeof(struct mm_hob_smbase) + (uint64_t)list.count * 8, reterr);
	if (status != MM_OK)
		return status;
	list.entries = mm_bytes_slice(payload, sizeof(struct mm_hob_smbase), (uint64_t)list.count * 8);
	for (i = 0; i < list.count; i++) {
		if (mm_pi_smbase_at(&list, i) > SMBASE_MAX)
			return mm_refuse(reterr, MM_E_HOB_VALUE, "smbase",
					 sizeof(struct mm_hob_smbase) + (uint64_t)i * 8, mm_pi_smbase_at(&list, i));
	}
	*ret_list = list;
	return MM_OK;
}

uint64_t mm_pi_smbase_at(const struct mm_pi_smbase_list *list, uint32_t index)
{
	return mm_load_u64(list->entries.data + (size_t)index * 8);
}

/* No SMBASE: all of them are at most SMBASE_MAX. */
#define SMBASE_UNSET UINT64_MAX

static enum mm_status place_smbase(const struct mm_pi_smbase_list *part, uint32_t cpu_count, uint64_t *ret_smbase,
				   struct mm_refusal *reterr)
{
	uint32_t i;

	for (i = 0; i < part->count; i++) {
		uint32_t cpu = part->first_cpu + i;

		if (cpu >= cpu_count || ret_smbase[cpu] != SMBASE_UNSET)
			return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "smbase.first_cpu", 0, cpu);
		ret_smbase[cpu] = mm_pi_smbase_at(part, i);
	}
	return MM_OK;
}

enum mm_status mm_pi_smbase_collect_untrusted(const struct mm_pi_hob_list *list, uint32_t cpu_count,
					      uint64_t *ret_smbase, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);
	struct mm_pi_smbase_list part;
	struct mm_bytes payload;
	enum mm_status status = MM_E_NOT_FOUND;
	uint32_t placed = 0;
	uint32_t i;

	for (i = 0; i < cpu_count; i++)
		ret_smbase[i] = SMBASE_UNSET;
	while (mm_pi_hob_next_guid(&iter, &mm_guid_smbase_hob, &payload)) {
		status = mm_pi_smbase_decode_untrusted(payload, &part, reterr);
		if (status == MM_OK)
			status = place_smbase(&part, cpu_count, ret_smbase, reterr);
		if (status != MM_OK)
			return status;
		placed += part.count;
	}
	if (status == MM_E_NOT_FOUND)
		return mm_refuse(reterr, status, "smbase_hob", 0, cpu_count);
	if (placed != cpu_count)
		return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "smbase.count", 4, placed);
	return MM_OK;
}

enum mm_status mm_pi_mp2_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_list *ret_list,
					  struct mm_refusal *reterr)
{
	struct mm_pi_cpu_list list;
	enum mm_status status;
	uint64_t first;
	uint8_t version;

	if (payload.count < sizeof(struct mm_hob_mp2))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	list.count = mm_load_u16(payload.data);
	list.entry_bytes = mm_load_u16(payload.data + offsetof(struct mm_hob_mp2, entry_bytes));
	version = payload.data[offsetof(struct mm_hob_mp2, version)];
	first = mm_load_u64(payload.data + offsetof(struct mm_hob_mp2, first_cpu));
	/* Later versions only lengthen the entries. */
	if (version < MM_HOB_MP2_VERSION)
		return mm_refuse(reterr, MM_E_HOB_VERSION, "mp2.version", offsetof(struct mm_hob_mp2, version),
				 version);
	if (list.entry_bytes < sizeof(struct mm_hob_mp2_entry) || list.entry_bytes % 8 != 0)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "mp2.entry_bytes", offsetof(struct mm_hob_mp2, entry_bytes),
				 list.entry_bytes);
	if (!is_cpu_range(first, list.count))
		return mm_refuse(reterr, MM_E_HOB_COUNT, "mp2.first_cpu", offsetof(struct mm_hob_mp2, first_cpu),
				 first);
	status = mm_pi_payload_is(payload, sizeof(struct mm_hob_mp2) + (uint64_t)list.count * list.entry_bytes, reterr);
	if (status != MM_OK)
		return status;
	list.first_cpu = (uint32_t)first;
	list.entries = mm_bytes_slice(payload, sizeof(struct mm_hob_mp2), (uint64_t)list.count * list.entry_bytes);
	*ret_list = list;
	return MM_OK;
}

enum mm_status mm_pi_mp_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_list *ret_list,
					 struct mm_refusal *reterr)
{
	struct mm_pi_cpu_list list = { { NULL, 0 }, sizeof(struct mm_hob_cpu_information), 0, 0 };
	enum mm_status status;
	uint64_t count;
	uint64_t enabled;

	if (payload.count < sizeof(struct mm_hob_mp))
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	count = mm_load_u64(payload.data);
	enabled = mm_load_u64(payload.data + 8);
	if (count == 0 || count > MM_PI_CPU_COUNT_MAX)
		return mm_refuse(reterr, MM_E_HOB_COUNT, "mp.count", 0, count);
	if (enabled > count)
		return mm_refuse(reterr, MM_E_HOB_VALUE, "mp.enabled_count", 8, enabled);
	status = mm_pi_payload_is(payload, sizeof(struct mm_hob_mp) + count * list.entry_bytes, reterr);
	if (status != MM_OK)
		return status;
	list.count = (uint32_t)count;
	list.entries = mm_bytes_slice(payload, sizeof(struct mm_hob_mp), count * list.entry_bytes);
	*ret_list = list;
	return MM_OK;
}

struct mm_pi_cpu mm_pi_cpu_at(const struct mm_pi_cpu_list *list, uint32_t index)
{
	const uint8_t *p = list->entries.data + (size_t)index * list->entry_bytes;
	struct mm_pi_cpu cpu;

	cpu.processor_id = mm_load_u64(p);
	cpu.status = mm_load_u32(p + offsetof(struct mm_hob_cpu_information, status));
	cpu.package = mm_load_u32(p + offsetof(struct mm_hob_cpu_information, package));
	cpu.core = mm_load_u32(p + offsetof(struct mm_hob_cpu_information, core));
	cpu.thread = mm_load_u32(p + offsetof(struct mm_hob_cpu_information, thread));
	return cpu;
}

/* Where the CPUs of a list go, and what was seen of them. */
struct gathering {
	struct mm_pi_cpu *cpus;
	uint32_t capacity;
	uint32_t count;
	uint32_t bsp_count;
};

static enum mm_status gather(struct gathering *self, const struct mm_pi_cpu_list *part, struct mm_refusal *reterr)
{
	uint32_t i;

	if (part->first_cpu != self->count)
		return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "mp2.first_cpu", offsetof(struct mm_hob_mp2, first_cpu),
				 part->first_cpu);
	for (i = 0; i < part->count; i++, self->count++) {
		struct mm_pi_cpu cpu = mm_pi_cpu_at(part, i);

		self->bsp_count += (cpu.status & MM_HOB_CPU_IS_BSP) != 0;
		if (self->capacity == 0)
			continue;
		if (self->count >= self->capacity)
			return mm_refuse(reterr, MM_E_BUFFER_TOO_SMALL, "cpus", 0, self->count);
		self->cpus[self->count] = cpu;
	}
	return MM_OK;
}

/* Chunks until the one of count 0, behind which there is none. */
static enum mm_status gather_chunks(const struct mm_pi_hob_list *list, struct gathering *self,
				    struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);
	struct mm_pi_cpu_list part;
	struct mm_bytes payload;
	enum mm_status status;
	bool is_complete = false;

	while (mm_pi_hob_next_guid(&iter, &mm_guid_mp_information2_hob, &payload)) {
		status = mm_pi_mp2_decode_untrusted(payload, &part, reterr);
		if (status == MM_OK)
			status = gather(self, &part, reterr);
		if (status != MM_OK)
			return status;
		if (is_complete)
			return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "mp2.count", 0, part.count);
		is_complete = part.count == 0;
	}
	return is_complete ? MM_OK : mm_refuse(reterr, MM_E_HOB_SEQUENCE, "mp2.count", 0, self->count);
}

static enum mm_status gather_all(const struct mm_pi_hob_list *list, struct gathering *self, struct mm_refusal *reterr)
{
	struct mm_pi_cpu_list part;
	struct mm_bytes payload;
	enum mm_status status;

	if (mm_pi_hob_find_guid(list, &mm_guid_mp_information2_hob, &payload))
		return gather_chunks(list, self, reterr);
	if (!mm_pi_hob_find_guid(list, &mm_guid_mp_information_hob, &payload))
		return mm_refuse(reterr, MM_E_NOT_FOUND, "mp_information2_hob", 0, 0);
	status = mm_pi_mp_decode_untrusted(payload, &part, reterr);
	return status == MM_OK ? gather(self, &part, reterr) : status;
}

enum mm_status mm_pi_cpus_collect_untrusted(const struct mm_pi_hob_list *list, struct mm_pi_cpu *ret_cpus,
					    uint32_t capacity, uint32_t *ret_count, struct mm_refusal *reterr)
{
	struct gathering self = { ret_cpus, capacity, 0, 0 };
	enum mm_status status = gather_all(list, &self, reterr);

	if (status != MM_OK)
		return status;
	if (self.bsp_count != 1)
		return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "cpu.status", 0, self.bsp_count);
	*ret_count = self.count;
	return MM_OK;
}
