/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff.h"

#include "mm/abi/comm.h"
#include "mm/abi/hob.h"
#include "mm/base/addr.h"
#include "mm/base/guid_table.h"
#include "mm/hal/lapic.h"
#include "mm/pi/hob_writer.h"

#define LAPIC_BYTES 0x100000ull /* the block that Q35 decodes for local APICs and MSIs */
#define MMIO_ATTRIBUTES                                                                                  \
	(MM_HOB_RESOURCE_ATTR_PRESENT | MM_HOB_RESOURCE_ATTR_INITIALIZED | MM_HOB_RESOURCE_ATTR_TESTED | \
	 MM_HOB_RESOURCE_ATTR_UNCACHEABLE)
#define MMRAM_STATE	    (MM_HOB_MMRAM_CLOSED | MM_HOB_MMRAM_CACHEABLE)
#define RENDEZVOUS_LIMIT_US 1000000u
#define CPU_STATUS	    (MM_HOB_CPU_ENABLED | MM_HOB_CPU_HEALTHY)

static enum mm_status add_resource(struct mm_pi_hob_writer *writer, const struct mm_guid *owner, uint32_t type,
				   uint32_t attributes, struct mm_region region)
{
	struct mm_pi_hob_resource resource = {
		.owner = *owner, .type = type, .attributes = attributes, .region = region
	};

	return mm_pi_hob_add_resource(writer, &resource);
}

static enum mm_status add_devices(struct mm_pi_hob_writer *writer, const struct mm_q35_handoff *facts)
{
	static const struct mm_guid nobody;
	enum mm_status status = add_resource(writer, &nobody, MM_HOB_RESOURCE_MMIO, MMIO_ATTRIBUTES,
					     mm_region_create(MM_HAL_LAPIC_BASE, LAPIC_BYTES));

	if (status != MM_OK)
		return status;
	return add_resource(writer, &nobody, MM_HOB_RESOURCE_MMIO, MMIO_ATTRIBUTES, facts->rom);
}

/* A channel, and the two resource HOBs that let MM touch its memory. */
static enum mm_status add_channel(struct mm_pi_hob_writer *writer, uint32_t type, struct mm_region buffer,
				  struct mm_region status_page)
{
	struct mm_pi_channel channel = { type, buffer,
					 mm_region_create(status_page.base, sizeof(struct mm_comm_status)) };
	enum mm_status status = mm_pi_hob_add_channel(writer, &channel);

	if (status == MM_OK)
		status = add_resource(writer, &mm_guid_ipl_owner, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, buffer);
	if (status == MM_OK)
		status = add_resource(writer, &mm_guid_ipl_owner, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, status_page);
	return status;
}

static enum mm_status add_channels(struct mm_pi_hob_writer *writer, const struct mm_q35_memory *memory)
{
	enum mm_status status = add_channel(writer, MM_HOB_REGION_USER, memory->user_buffer, memory->user_status);

	if (status != MM_OK)
		return status;
	return add_channel(writer, MM_HOB_REGION_SUPERVISOR, memory->supervisor_buffer, memory->supervisor_status);
}

/* Below the tiles, the tiles, the free rest, init's image: all of TSEG. */
static enum mm_status add_mmram(struct mm_pi_hob_writer *writer, const struct mm_q35_handoff *facts)
{
	struct mm_region tseg = facts->memory->tseg;
	struct mm_region tiles = mm_q35_memory_tiles(facts->memory, facts->cpu_count);
	uint64_t free_base = mm_region_end(tiles);
	const struct mm_region parts[] = {
		mm_region_create(tseg.base, tiles.base - tseg.base),
		tiles,
		mm_region_create(free_base, facts->init_image.base - free_base),
		facts->init_image,
	};
	struct mm_pi_mmram ranges[MM_ARRAY_COUNT(parts)];

	for (size_t i = 0; i < MM_ARRAY_COUNT(parts); i++) {
		ranges[i].region = parts[i];
		ranges[i].cpu_start = parts[i].base;
		ranges[i].state = MMRAM_STATE | (i % 2 == 1 ? MM_HOB_MMRAM_ALLOCATED : 0);
	}
	return mm_pi_hob_add_mmram(writer, ranges, MM_ARRAY_COUNT(ranges));
}

static struct mm_pi_cpu describe_cpu(const struct mm_q35_handoff *facts, uint32_t index)
{
	uint32_t id = facts->apic_ids[index];
	uint32_t thread_mask = (1u << facts->topology->thread_bits) - 1u;
	uint32_t package_mask = (1u << facts->topology->package_shift) - 1u;
	struct mm_pi_cpu cpu = {
		.processor_id = id,
		.status = CPU_STATUS | (index == 0 ? MM_HOB_CPU_IS_BSP : 0),
		.package = id >> facts->topology->package_shift,
		.core = (id & package_mask) >> facts->topology->thread_bits,
		.thread = id & thread_mask,
	};

	return cpu;
}

static enum mm_status add_cpus(struct mm_pi_hob_writer *writer, const struct mm_q35_handoff *facts)
{
	const struct mm_pi_cpu_sync_config sync = { false, RENDEZVOUS_LIMIT_US, RENDEZVOUS_LIMIT_US };
	struct mm_pi_cpu cpus[MM_Q35_CPU_MAX];
	uint64_t smbase[MM_Q35_CPU_MAX];
	enum mm_status status = mm_pi_hob_add_cpu_sync_config(writer, &sync);

	for (uint32_t i = 0; i < facts->cpu_count; i++) {
		cpus[i] = describe_cpu(facts, i);
		smbase[i] = mm_q35_memory_smbase(facts->memory, i);
	}
	if (status == MM_OK)
		status = mm_pi_hob_add_smbase(writer, smbase, facts->cpu_count);
	if (status == MM_OK)
		status = mm_pi_hob_add_cpus(writer, cpus, facts->cpu_count);
	return status;
}

static enum mm_status add_all(struct mm_pi_hob_writer *writer, const struct mm_q35_handoff *facts)
{
	enum mm_status status = add_devices(writer, facts);

	if (status == MM_OK)
		status = add_channels(writer, facts->memory);
	if (status == MM_OK)
		status = mm_pi_hob_add_module(writer, &mm_guid_hob_alloc_module, facts->init_image, &facts->init_name,
					      facts->init_entry);
	if (status == MM_OK)
		status = mm_pi_hob_add_fv(writer, facts->rom);
	if (status == MM_OK)
		status = mm_pi_hob_add_flag(writer, &mm_guid_acpi_s3_enable_hob, false);
	if (status == MM_OK)
		status = add_cpus(writer, facts);
	if (status == MM_OK)
		status = add_mmram(writer, facts);
	return status;
}

enum mm_status mm_q35_handoff_write(const struct mm_q35_handoff *facts, void *buffer, size_t capacity, uint64_t address,
				    size_t *ret_bytes)
{
	struct mm_pi_hob_writer writer;
	struct mm_region tseg = facts->memory->tseg;
	enum mm_status status;

	if (facts->cpu_count == 0 || facts->cpu_count > MM_Q35_CPU_MAX)
		return MM_E_INVALID;
	if (mm_region_is_empty(facts->init_image) || mm_region_end(facts->init_image) != mm_region_end(tseg) ||
	    facts->init_image.base <= mm_region_end(mm_q35_memory_tiles(facts->memory, facts->cpu_count)))
		return MM_E_INVALID;
	status = mm_pi_hob_writer_init(&writer, buffer, capacity, address, 0);
	if (status == MM_OK)
		status = add_all(&writer, facts);
	if (status != MM_OK)
		return status;
	return mm_pi_hob_writer_finish(&writer, ret_bytes);
}
