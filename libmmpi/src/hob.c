/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/hob.h"

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

/* A HOB under examination: its bytes, header included, and where they lie in the list. */
struct raw {
	struct mm_bytes bytes;
	uint64_t offset;
	uint16_t type;
};

static enum mm_status refuse(const struct raw *raw, enum mm_status status, const char *field, size_t at, uint64_t value,
			     struct mm_refusal *reterr)
{
	return mm_refuse(reterr, status, field, raw->offset + at, value);
}

static uint64_t field64(const struct raw *raw, size_t at)
{
	return mm_load_u64(raw->bytes.data + at);
}

static uint32_t field32(const struct raw *raw, size_t at)
{
	return mm_load_u32(raw->bytes.data + at);
}

static struct mm_guid field_guid(const struct raw *raw, size_t at)
{
	return mm_guid_load(raw->bytes.data + at);
}

/* The region whose base lies at `at` and whose length right behind it. */
static enum mm_status decode_region(const struct raw *raw, size_t at, const char *field, struct mm_region *ret_region,
				    struct mm_refusal *reterr)
{
	uint64_t bytes = field64(raw, at + 8);

	if (bytes == 0)
		return refuse(raw, MM_E_HOB_RANGE, field, at + 8, bytes, reterr);
	if (mm_region_create_untrusted(field64(raw, at), bytes, ret_region) != MM_OK)
		return refuse(raw, MM_E_HOB_RANGE, field, at, field64(raw, at), reterr);
	return MM_OK;
}

static enum mm_status decode_handoff(const struct raw *raw, struct mm_pi_hob_handoff *ret, struct mm_refusal *reterr)
{
	uint32_t version = field32(raw, offsetof(struct mm_hob_handoff, version));

	if (version != MM_HOB_HANDOFF_VERSION)
		return refuse(raw, MM_E_HOB_VERSION, "handoff.version", offsetof(struct mm_hob_handoff, version),
			      version, reterr);
	ret->boot_mode = field32(raw, offsetof(struct mm_hob_handoff, boot_mode));
	ret->memory_top = field64(raw, offsetof(struct mm_hob_handoff, memory_top));
	ret->memory_bottom = field64(raw, offsetof(struct mm_hob_handoff, memory_bottom));
	ret->free_memory_top = field64(raw, offsetof(struct mm_hob_handoff, free_memory_top));
	ret->free_memory_bottom = field64(raw, offsetof(struct mm_hob_handoff, free_memory_bottom));
	ret->end_of_hob_list = field64(raw, offsetof(struct mm_hob_handoff, end_of_hob_list));
	return MM_OK;
}

static bool names_module(const struct mm_guid *name)
{
	return mm_guid_equal(name, &mm_guid_hob_alloc_module) || mm_guid_equal(name, &mm_guid_supv_module_hob);
}

static enum mm_status decode_module(const struct raw *raw, struct mm_pi_hob_memory *ret, struct mm_refusal *reterr)
{
	if (raw->bytes.count != sizeof(struct mm_hob_module))
		return refuse(raw, MM_E_HOB_LENGTH, "module.header.bytes", 2, raw->bytes.count, reterr);
	ret->module_name = field_guid(raw, offsetof(struct mm_hob_module, module_name));
	ret->entry = field64(raw, offsetof(struct mm_hob_module, entry));
	if (!mm_region_contains_addr(ret->region, ret->entry))
		return refuse(raw, MM_E_HOB_ENTRY, "module.entry", offsetof(struct mm_hob_module, entry), ret->entry,
			      reterr);
	return MM_OK;
}

static enum mm_status decode_memory(const struct raw *raw, struct mm_pi_hob_memory *ret, struct mm_refusal *reterr)
{
	enum mm_status status;

	ret->name = field_guid(raw, offsetof(struct mm_hob_memory_allocation, name));
	ret->memory_type = field32(raw, offsetof(struct mm_hob_memory_allocation, memory_type));
	ret->is_module = names_module(&ret->name);
	ret->entry = 0;
	status = decode_region(raw, offsetof(struct mm_hob_memory_allocation, base), "memory.range", &ret->region,
			       reterr);
	if (status != MM_OK || !ret->is_module)
		return status;
	return decode_module(raw, ret, reterr);
}

static enum mm_status decode_resource(const struct raw *raw, struct mm_pi_hob_resource *ret, struct mm_refusal *reterr)
{
	ret->owner = field_guid(raw, offsetof(struct mm_hob_resource, owner));
	ret->type = field32(raw, offsetof(struct mm_hob_resource, type));
	ret->attributes = field32(raw, offsetof(struct mm_hob_resource, attributes));
	ret->memory_attributes = 0;
	if (raw->type == MM_HOB_TYPE_RESOURCE_DESCRIPTOR2)
		ret->memory_attributes = field64(raw, offsetof(struct mm_hob_resource2, memory_attributes));
	if (ret->type >= MM_HOB_RESOURCE_TYPE_COUNT)
		return refuse(raw, MM_E_HOB_RESOURCE_TYPE, "resource.type", offsetof(struct mm_hob_resource, type),
			      ret->type, reterr);
	return decode_region(raw, offsetof(struct mm_hob_resource, base), "resource.range", &ret->region, reterr);
}

static enum mm_status decode_fv(const struct raw *raw, struct mm_pi_hob_fv *ret, struct mm_refusal *reterr)
{
	size_t names = raw->type == MM_HOB_TYPE_FV2 ? offsetof(struct mm_hob_fv2, fv_name)
						    : offsetof(struct mm_hob_fv3, fv_name);

	ret->has_names = raw->type != MM_HOB_TYPE_FV;
	if (ret->has_names) {
		ret->fv_name = field_guid(raw, names);
		ret->file_name = field_guid(raw, names + MM_GUID_BYTES);
	}
	return decode_region(raw, offsetof(struct mm_hob_fv, base), "fv.range", &ret->region, reterr);
}

/* Lengths each type may have. */
struct shape {
	uint16_t type;
	uint16_t bytes_min;
	uint16_t bytes_max;
};

static const struct shape shapes[] = {
	{ MM_HOB_TYPE_HANDOFF, sizeof(struct mm_hob_handoff), sizeof(struct mm_hob_handoff) },
	{ MM_HOB_TYPE_MEMORY_ALLOCATION, sizeof(struct mm_hob_memory_allocation), MM_HOB_BYTES_MAX },
	{ MM_HOB_TYPE_RESOURCE_DESCRIPTOR, sizeof(struct mm_hob_resource), sizeof(struct mm_hob_resource) },
	{ MM_HOB_TYPE_GUID_EXTENSION, sizeof(struct mm_hob_guid), MM_HOB_BYTES_MAX },
	{ MM_HOB_TYPE_FV, sizeof(struct mm_hob_fv), sizeof(struct mm_hob_fv) },
	{ MM_HOB_TYPE_CPU, sizeof(struct mm_hob_cpu), sizeof(struct mm_hob_cpu) },
	{ MM_HOB_TYPE_MEMORY_POOL, sizeof(struct mm_hob_header), MM_HOB_BYTES_MAX },
	{ MM_HOB_TYPE_FV2, sizeof(struct mm_hob_fv2), sizeof(struct mm_hob_fv2) },
	{ MM_HOB_TYPE_LOAD_PEIM_UNUSED, sizeof(struct mm_hob_header), MM_HOB_BYTES_MAX },
	{ MM_HOB_TYPE_UEFI_CAPSULE, sizeof(struct mm_hob_capsule), sizeof(struct mm_hob_capsule) },
	{ MM_HOB_TYPE_FV3, sizeof(struct mm_hob_fv3), sizeof(struct mm_hob_fv3) },
	{ MM_HOB_TYPE_RESOURCE_DESCRIPTOR2, sizeof(struct mm_hob_resource2), sizeof(struct mm_hob_resource2) },
	{ MM_HOB_TYPE_UNUSED, sizeof(struct mm_hob_header), MM_HOB_BYTES_MAX },
	{ MM_HOB_TYPE_END, sizeof(struct mm_hob_header), sizeof(struct mm_hob_header) },
};

static enum mm_status check_shape(const struct raw *raw, struct mm_refusal *reterr)
{
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(shapes); i++) {
		if (shapes[i].type != raw->type)
			continue;
		if (raw->bytes.count < shapes[i].bytes_min || raw->bytes.count > shapes[i].bytes_max)
			return refuse(raw, MM_E_HOB_LENGTH, "header.bytes", 2, raw->bytes.count, reterr);
		return MM_OK;
	}
	return refuse(raw, MM_E_HOB_TYPE, "header.type", 0, raw->type, reterr);
}

/* Cuts the HOB at `offset` out of the list and checks its header. */
static enum mm_status cut(struct mm_bytes list, uint64_t offset, struct raw *ret_raw, struct mm_refusal *reterr)
{
	struct raw raw = { { NULL, 0 }, offset, 0 };
	uint16_t bytes;

	if (!mm_bytes_has(list, offset, sizeof(struct mm_hob_header)))
		return mm_refuse(reterr, MM_E_TRUNCATED, "header", offset, list.count);
	raw.bytes = mm_bytes_slice(list, offset, sizeof(struct mm_hob_header));
	raw.type = mm_load_u16(raw.bytes.data);
	bytes = mm_load_u16(raw.bytes.data + offsetof(struct mm_hob_header, bytes));
	if (bytes < sizeof(struct mm_hob_header) || bytes % MM_HOB_ALIGN != 0)
		return refuse(&raw, MM_E_HOB_LENGTH, "header.bytes", 2, bytes, reterr);
	if (!mm_bytes_has(list, offset, bytes))
		return refuse(&raw, MM_E_TRUNCATED, "header.bytes", 2, bytes, reterr);
	if (field32(&raw, offsetof(struct mm_hob_header, reserved)) != 0)
		return refuse(&raw, MM_E_HOB_RESERVED, "header.reserved", offsetof(struct mm_hob_header, reserved),
			      field32(&raw, offsetof(struct mm_hob_header, reserved)), reterr);
	raw.bytes = mm_bytes_slice(list, offset, bytes);
	*ret_raw = raw;
	return check_shape(&raw, reterr);
}

static enum mm_status decode(const struct raw *raw, struct mm_pi_hob *ret_hob, struct mm_refusal *reterr)
{
	ret_hob->type = raw->type;
	ret_hob->offset = (uint32_t)raw->offset;
	ret_hob->bytes = raw->bytes;
	switch (raw->type) {
	case MM_HOB_TYPE_HANDOFF:
		return decode_handoff(raw, &ret_hob->u.handoff, reterr);
	case MM_HOB_TYPE_MEMORY_ALLOCATION:
		return decode_memory(raw, &ret_hob->u.memory, reterr);
	case MM_HOB_TYPE_RESOURCE_DESCRIPTOR:
	case MM_HOB_TYPE_RESOURCE_DESCRIPTOR2:
		return decode_resource(raw, &ret_hob->u.resource, reterr);
	case MM_HOB_TYPE_GUID_EXTENSION:
		ret_hob->u.guid.name = field_guid(raw, offsetof(struct mm_hob_guid, name));
		ret_hob->u.guid.payload = mm_bytes_slice(raw->bytes, sizeof(struct mm_hob_guid),
							 raw->bytes.count - sizeof(struct mm_hob_guid));
		return MM_OK;
	case MM_HOB_TYPE_FV:
	case MM_HOB_TYPE_FV2:
	case MM_HOB_TYPE_FV3:
		return decode_fv(raw, &ret_hob->u.fv, reterr);
	case MM_HOB_TYPE_CPU:
		ret_hob->u.cpu.memory_space_bits = raw->bytes.data[offsetof(struct mm_hob_cpu, memory_space_bits)];
		ret_hob->u.cpu.io_space_bits = raw->bytes.data[offsetof(struct mm_hob_cpu, io_space_bits)];
		return MM_OK;
	default:
		return MM_OK; /* known by its shape, not consumed */
	}
}

/* The hand-off HOB stands first and only there. */
static enum mm_status check_place(const struct raw *raw, struct mm_refusal *reterr)
{
	bool is_handoff = raw->type == MM_HOB_TYPE_HANDOFF;

	if (raw->offset == 0 && !is_handoff)
		return refuse(raw, MM_E_HOB_NO_HANDOFF, "header.type", 0, raw->type, reterr);
	if (raw->offset != 0 && is_handoff)
		return refuse(raw, MM_E_HOB_REPEATED, "header.type", 0, raw->type, reterr);
	return MM_OK;
}

enum mm_status mm_pi_hob_list_check_untrusted(struct mm_bytes bytes, enum mm_pi_hob_extent extent,
					      struct mm_pi_hob_list *ret_list, struct mm_refusal *reterr)
{
	struct mm_pi_hob_list list = { bytes, 0 };
	struct mm_pi_hob hob;
	struct raw raw;
	uint64_t offset = 0;
	enum mm_status status;

	for (;; list.hob_count++) {
		if (offset == bytes.count)
			return mm_refuse(reterr, MM_E_HOB_NO_END, "list", offset, list.hob_count);
		status = cut(bytes, offset, &raw, reterr);
		if (status == MM_OK)
			status = check_place(&raw, reterr);
		if (status != MM_OK)
			return status;
		offset += raw.bytes.count;
		if (raw.type == MM_HOB_TYPE_END)
			break;
		status = decode(&raw, &hob, reterr);
		if (status != MM_OK)
			return status;
	}
	if (extent == MM_PI_HOB_EXACT && offset != bytes.count)
		return mm_refuse(reterr, MM_E_HOB_TRAILING, "list", offset, bytes.count - offset);
	list.bytes = mm_bytes_slice(bytes, 0, offset);
	*ret_list = list;
	return MM_OK;
}

bool mm_pi_hob_list_is_at(const struct mm_pi_hob_list *list, uint64_t address)
{
	uint64_t end = mm_load_u64(list->bytes.data + offsetof(struct mm_hob_handoff, end_of_hob_list));

	return end - address == list->bytes.count - sizeof(struct mm_hob_header) && end >= address;
}

struct mm_pi_hob_iter mm_pi_hob_iter(const struct mm_pi_hob_list *list)
{
	struct mm_pi_hob_iter iter = { list->bytes, 0 };

	return iter;
}

bool mm_pi_hob_next(struct mm_pi_hob_iter *iter, struct mm_pi_hob *ret_hob)
{
	struct mm_pi_hob hob;
	struct raw raw;

	if (cut(iter->bytes, iter->offset, &raw, NULL) != MM_OK || raw.type == MM_HOB_TYPE_END)
		return false;
	if (decode(&raw, &hob, NULL) != MM_OK)
		return false;
	iter->offset += raw.bytes.count;
	*ret_hob = hob;
	return true;
}

bool mm_pi_hob_next_guid(struct mm_pi_hob_iter *iter, const struct mm_guid *name, struct mm_bytes *ret_payload)
{
	struct mm_pi_hob hob;

	while (mm_pi_hob_next(iter, &hob)) {
		if (hob.type != MM_HOB_TYPE_GUID_EXTENSION || !mm_guid_equal(&hob.u.guid.name, name))
			continue;
		*ret_payload = hob.u.guid.payload;
		return true;
	}
	return false;
}

bool mm_pi_hob_find_guid(const struct mm_pi_hob_list *list, const struct mm_guid *name, struct mm_bytes *ret_payload)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);

	return mm_pi_hob_next_guid(&iter, name, ret_payload);
}
