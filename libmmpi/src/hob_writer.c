/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/hob_writer.h"

#include "mm/abi/efi.h"
#include "mm/base/addr.h"
#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#define END_BYTES sizeof(struct mm_hob_header)

static size_t round_up(size_t bytes)
{
	return (bytes + (MM_HOB_ALIGN - 1u)) & ~(size_t)(MM_HOB_ALIGN - 1u);
}

static void store_header(uint8_t *hob, uint16_t type, size_t bytes)
{
	mm_store_u16(hob, type);
	mm_store_u16(hob + offsetof(struct mm_hob_header, bytes), (uint16_t)bytes);
	mm_store_u32(hob + offsetof(struct mm_hob_header, reserved), 0);
}

static void store_region(uint8_t *place, struct mm_region region)
{
	mm_store_u64(place, region.base);
	mm_store_u64(place + 8, region.bytes);
}

/* Room for a HOB of `bytes`, rounded up, zeroed and with its header; the END HOB always still fits behind it. */
static enum mm_status append(struct mm_pi_hob_writer *self, uint16_t type, size_t bytes, uint8_t **ret_hob)
{
	uint8_t *hob = self->data + self->used;
	size_t rounded;

	if (self->is_finished)
		return MM_E_INVALID;
	if (bytes > MM_HOB_BYTES_MAX)
		return MM_E_LIMIT;
	rounded = round_up(bytes);
	if (rounded > self->capacity - END_BYTES - self->used)
		return MM_E_BUFFER_TOO_SMALL;
	mm_bytes_fill(hob, 0, rounded);
	store_header(hob, type, rounded);
	self->used += rounded;
	*ret_hob = hob;
	return MM_OK;
}

enum mm_status mm_pi_hob_writer_init(struct mm_pi_hob_writer *self, void *buffer, size_t capacity, uint64_t address,
				     uint32_t boot_mode)
{
	struct mm_pi_hob_writer writer = { (uint8_t *)buffer, capacity, 0, address, false };
	uint8_t *hob;
	enum mm_status status;

	if ((uintptr_t)buffer % MM_HOB_ALIGN != 0 || address % MM_HOB_ALIGN != 0)
		return MM_E_MISALIGNED;
	if (capacity < sizeof(struct mm_hob_handoff) + END_BYTES)
		return MM_E_BUFFER_TOO_SMALL;
	status = append(&writer, MM_HOB_TYPE_HANDOFF, sizeof(struct mm_hob_handoff), &hob);
	if (status != MM_OK)
		return status;
	mm_store_u32(hob + offsetof(struct mm_hob_handoff, version), MM_HOB_HANDOFF_VERSION);
	mm_store_u32(hob + offsetof(struct mm_hob_handoff, boot_mode), boot_mode);
	*self = writer;
	return MM_OK;
}

enum mm_status mm_pi_hob_writer_finish(struct mm_pi_hob_writer *self, size_t *ret_bytes)
{
	if (self->is_finished)
		return MM_E_INVALID;
	store_header(self->data + self->used, MM_HOB_TYPE_END, END_BYTES);
	mm_store_u64(self->data + offsetof(struct mm_hob_handoff, end_of_hob_list), self->address + self->used);
	self->used += END_BYTES;
	self->is_finished = true;
	*ret_bytes = self->used;
	return MM_OK;
}

enum mm_status mm_pi_hob_add_copy(struct mm_pi_hob_writer *self, const struct mm_pi_hob *hob)
{
	uint8_t *place;
	enum mm_status status;

	if (hob->type == MM_HOB_TYPE_HANDOFF)
		return MM_E_INVALID;
	status = append(self, hob->type, hob->bytes.count, &place);
	if (status == MM_OK)
		mm_bytes_copy(place, hob->bytes.data, hob->bytes.count);
	return status;
}

static void store_memory(uint8_t *hob, const struct mm_guid *name, struct mm_region region, uint32_t memory_type)
{
	mm_guid_store(hob + offsetof(struct mm_hob_memory_allocation, name), name);
	store_region(hob + offsetof(struct mm_hob_memory_allocation, base), region);
	mm_store_u32(hob + offsetof(struct mm_hob_memory_allocation, memory_type), memory_type);
}

enum mm_status mm_pi_hob_add_memory(struct mm_pi_hob_writer *self, const struct mm_guid *name, struct mm_region region,
				    uint32_t memory_type)
{
	uint8_t *hob;
	enum mm_status status;

	status = append(self, MM_HOB_TYPE_MEMORY_ALLOCATION, sizeof(struct mm_hob_memory_allocation), &hob);
	if (status == MM_OK)
		store_memory(hob, name, region, memory_type);
	return status;
}

enum mm_status mm_pi_hob_add_module(struct mm_pi_hob_writer *self, const struct mm_guid *allocation_name,
				    struct mm_region region, const struct mm_guid *module_name, uint64_t entry)
{
	uint8_t *hob;
	enum mm_status status;

	if (!mm_region_contains_addr(region, entry))
		return MM_E_INVALID;
	status = append(self, MM_HOB_TYPE_MEMORY_ALLOCATION, sizeof(struct mm_hob_module), &hob);
	if (status != MM_OK)
		return status;
	store_memory(hob, allocation_name, region, MM_EFI_RESERVED_MEMORY);
	mm_guid_store(hob + offsetof(struct mm_hob_module, module_name), module_name);
	mm_store_u64(hob + offsetof(struct mm_hob_module, entry), entry);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_resource(struct mm_pi_hob_writer *self, const struct mm_pi_hob_resource *resource)
{
	bool is_v2 = resource->memory_attributes != 0;
	uint8_t *hob;
	enum mm_status status;

	status = append(self, is_v2 ? MM_HOB_TYPE_RESOURCE_DESCRIPTOR2 : MM_HOB_TYPE_RESOURCE_DESCRIPTOR,
			is_v2 ? sizeof(struct mm_hob_resource2) : sizeof(struct mm_hob_resource), &hob);
	if (status != MM_OK)
		return status;
	if (is_v2)
		mm_store_u64(hob + offsetof(struct mm_hob_resource2, memory_attributes), resource->memory_attributes);
	mm_guid_store(hob + offsetof(struct mm_hob_resource, owner), &resource->owner);
	mm_store_u32(hob + offsetof(struct mm_hob_resource, type), resource->type);
	mm_store_u32(hob + offsetof(struct mm_hob_resource, attributes), resource->attributes);
	store_region(hob + offsetof(struct mm_hob_resource, base), resource->region);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_fv(struct mm_pi_hob_writer *self, struct mm_region region)
{
	uint8_t *hob;
	enum mm_status status = append(self, MM_HOB_TYPE_FV, sizeof(struct mm_hob_fv), &hob);

	if (status == MM_OK)
		store_region(hob + offsetof(struct mm_hob_fv, base), region);
	return status;
}

enum mm_status mm_pi_hob_add_cpu(struct mm_pi_hob_writer *self, uint8_t memory_space_bits, uint8_t io_space_bits)
{
	uint8_t *hob;
	enum mm_status status = append(self, MM_HOB_TYPE_CPU, sizeof(struct mm_hob_cpu), &hob);

	if (status != MM_OK)
		return status;
	hob[offsetof(struct mm_hob_cpu, memory_space_bits)] = memory_space_bits;
	hob[offsetof(struct mm_hob_cpu, io_space_bits)] = io_space_bits;
	return MM_OK;
}

enum mm_status mm_pi_hob_add_guid_space(struct mm_pi_hob_writer *self, const struct mm_guid *name, size_t payload_bytes,
					uint8_t **ret_payload)
{
	uint8_t *hob;
	enum mm_status status;

	if (payload_bytes > MM_HOB_GUID_PAYLOAD_MAX)
		return MM_E_LIMIT;
	status = append(self, MM_HOB_TYPE_GUID_EXTENSION, sizeof(struct mm_hob_guid) + payload_bytes, &hob);
	if (status != MM_OK)
		return status;
	mm_guid_store(hob + offsetof(struct mm_hob_guid, name), name);
	*ret_payload = hob + sizeof(struct mm_hob_guid);
	return MM_OK;
}

enum mm_status mm_pi_hob_add_guid(struct mm_pi_hob_writer *self, const struct mm_guid *name, struct mm_bytes payload)
{
	uint8_t *place;
	enum mm_status status = mm_pi_hob_add_guid_space(self, name, payload.count, &place);

	if (status == MM_OK)
		mm_bytes_copy(place, payload.data, payload.count);
	return status;
}
