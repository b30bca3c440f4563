/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "internal.h"

#define AT(field) ((uint32_t)offsetof(struct mm_policy_wire_root, field))

static const uint32_t descriptor_bytes[MM_POLICY_TYPE_COUNT + 1u] = {
	0,
	sizeof(struct mm_policy_wire_memory),
	sizeof(struct mm_policy_wire_port),
	sizeof(struct mm_policy_wire_msr),
	sizeof(struct mm_policy_wire_instruction),
	sizeof(struct mm_policy_wire_save_state),
};

uint32_t mm_policy_descriptor_bytes(enum mm_policy_type type)
{
	return descriptor_bytes[type];
}

static enum mm_status check_root_shape(const uint8_t *wire, uint32_t at, struct mm_refusal *reterr)
{
	uint32_t version = mm_load_u32(wire + AT(version));
	uint32_t bytes = mm_load_u32(wire + AT(bytes));
	uint32_t type = mm_load_u32(wire + AT(type));
	uint32_t i;

	if (version != MM_POLICY_ROOT_VERSION)
		return mm_refuse(reterr, MM_E_POLICY_ROOT_VERSION, "root Version", at + AT(version), version);
	if (bytes != ROOT_BYTES)
		return mm_refuse(reterr, MM_E_POLICY_ROOT_SIZE, "root PolicyRootSize", at + AT(bytes), bytes);
	if (type < MM_POLICY_MEMORY || type > MM_POLICY_SAVE_STATE)
		return mm_refuse(reterr, MM_E_POLICY_ROOT_TYPE, "root Type", at + AT(type), type);
	if (wire[AT(list_kind)] > MM_POLICY_DENY_LIST)
		return mm_refuse(reterr, MM_E_POLICY_LIST_KIND, "root AccessAttr", at + AT(list_kind),
				 wire[AT(list_kind)]);
	for (i = 0; i < 3u; i++) {
		if (wire[AT(reserved) + i] != 0)
			return mm_refuse(reterr, MM_E_POLICY_RESERVED, "root Reserved", at + AT(reserved) + i,
					 wire[AT(reserved) + i]);
	}
	return MM_OK;
}

static enum mm_status check_root_bounds(const struct mm_policy_list *list, uint32_t width, uint32_t blob_bytes,
					uint32_t at, struct mm_refusal *reterr)
{
	if (list->offset % 8u != 0)
		return mm_refuse(reterr, MM_E_POLICY_ALIGNMENT, "root Offset", at + AT(offset), list->offset);
	if (list->offset < HEADER_BYTES || list->offset > blob_bytes)
		return mm_refuse(reterr, MM_E_POLICY_OFFSET, "root Offset", at + AT(offset), list->offset);
	if (list->count > (blob_bytes - list->offset) / width)
		return mm_refuse(reterr, MM_E_POLICY_OFFSET, "root Count", at + AT(count), list->count);
	if (list->count > MM_POLICY_ENTRIES_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "root Count", at + AT(count), list->count);
	return MM_OK;
}

static enum mm_status decode_root(struct mm_policy *policy, uint32_t index, uint32_t at, struct mm_refusal *reterr)
{
	const uint8_t *wire = policy->blob.data + at;
	enum mm_status status = check_root_shape(wire, at, reterr);
	struct mm_policy_list list;
	uint32_t type;

	if (status != MM_OK)
		return status;
	type = mm_load_u32(wire + AT(type));
	if (policy->lists[type].present)
		return mm_refuse(reterr, MM_E_POLICY_ROOT_DUPLICATE, "root Type", at + AT(type), type);
	list.present = true;
	list.kind = wire[AT(list_kind)] == MM_POLICY_ALLOW_LIST ? MM_POLICY_ALLOW_LIST : MM_POLICY_DENY_LIST;
	list.root = index;
	list.offset = mm_load_u32(wire + AT(offset));
	list.count = mm_load_u32(wire + AT(count));
	status = check_root_bounds(&list, descriptor_bytes[type], (uint32_t)policy->blob.count, at, reterr);
	if (status == MM_OK)
		policy->lists[type] = list;
	return status;
}

/* One part of the policy's bytes: the header, the root table or a root's descriptors. */
struct part {
	uint32_t first;
	uint32_t end;
	uint32_t at; /* where the field lies that says so */
};

static enum mm_status check_parts(const struct part *parts, uint32_t count, uint32_t blob_bytes,
				  struct mm_refusal *reterr)
{
	uint32_t sum = 0;
	uint32_t i;
	uint32_t j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < i; j++) {
			if (parts[i].first < parts[j].end && parts[j].first < parts[i].end)
				return mm_refuse(reterr, MM_E_POLICY_ARRAY_OVERLAP, "root Offset", parts[i].at,
						 parts[i].first);
		}
		sum += parts[i].end - parts[i].first;
	}
	if (sum != blob_bytes)
		return mm_refuse(reterr, MM_E_POLICY_SIZE, "header Size", offsetof(struct mm_policy_wire_header, bytes),
				 blob_bytes);
	return MM_OK;
}

/* The parts must tile the policy: nothing shared, nothing that no root speaks of. */
static enum mm_status check_tiling(const struct mm_policy *policy, const struct mm_policy_header *header,
				   struct mm_refusal *reterr)
{
	struct part parts[MM_POLICY_TYPE_COUNT + 2u];
	uint32_t table_end = header->root_offset + header->root_count * ROOT_BYTES;
	uint32_t count = 2;
	uint32_t type;

	parts[0].first = 0;
	parts[0].end = HEADER_BYTES;
	parts[0].at = 0;
	parts[1].first = header->root_offset;
	parts[1].end = table_end;
	parts[1].at = offsetof(struct mm_policy_wire_header, root_offset);
	for (type = MM_POLICY_MEMORY; type <= MM_POLICY_SAVE_STATE; type++) {
		const struct mm_policy_list *list = &policy->lists[type];

		if (!list->present)
			continue;
		parts[count].first = list->offset;
		parts[count].end = list->offset + list->count * descriptor_bytes[type];
		parts[count].at = header->root_offset + list->root * ROOT_BYTES + AT(offset);
		count++;
	}
	return check_parts(parts, count, header->bytes, reterr);
}

static enum mm_status root_refusal(const struct mm_policy_list *list)
{
	if (!list->present)
		return MM_E_POLICY_NO_ROOT;
	return list->kind == MM_POLICY_ALLOW_LIST ? MM_E_POLICY_NOT_GRANTED : MM_E_POLICY_REFUSED;
}

static enum mm_status decode_lists(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr)
{
	enum mm_status status = mm_policy_decode_memory(policy, storage, reterr);

	if (status == MM_OK)
		status = mm_policy_decode_ports(policy, storage, reterr);
	if (status == MM_OK)
		status = mm_policy_decode_msrs(policy, storage, reterr);
	if (status == MM_OK)
		status = mm_policy_decode_instructions(policy, reterr);
	if (status == MM_OK)
		status = mm_policy_decode_save_state(policy, reterr);
	if (status == MM_OK)
		status = mm_policy_build_runs(&policy->lists[MM_POLICY_PORT], mm_policy_floor_ports(), PORT_COUNT,
					      storage, &policy->ports);
	if (status == MM_OK)
		status = mm_policy_build_runs(&policy->lists[MM_POLICY_MSR], mm_policy_floor_msrs(), MSR_COUNT, storage,
					      &policy->msrs);
	policy->ports.refusal = root_refusal(&policy->lists[MM_POLICY_PORT]);
	policy->msrs.refusal = root_refusal(&policy->lists[MM_POLICY_MSR]);
	policy->memory.refusal = root_refusal(&policy->lists[MM_POLICY_MEMORY]);
	return status;
}

static enum mm_status decode_parts(struct mm_policy *policy, const struct mm_policy_header *header,
				   struct storage *storage, struct mm_refusal *reterr)
{
	enum mm_status status = MM_OK;
	uint32_t i;

	for (i = 0; i < header->root_count && status == MM_OK; i++)
		status = decode_root(policy, i, header->root_offset + i * ROOT_BYTES, reterr);
	if (status == MM_OK)
		status = check_tiling(policy, header, reterr);
	if (status == MM_OK)
		status = decode_lists(policy, storage, reterr);
	return status;
}

static const struct mm_policy blank_policy = {
	.settings = { .violation = MM_POLICY_QUARANTINE, .unblock = MM_POLICY_UNBLOCK_HOB_ONLY, .quarantine_after = 1 },
};

enum mm_status mm_policy_decode_untrusted(struct mm_bytes section, void *storage, size_t storage_bytes,
					  struct mm_policy *ret_policy, struct mm_refusal *reterr)
{
	struct storage left = { storage, storage_bytes };
	struct mm_policy policy = blank_policy;
	struct mm_policy_header header;
	enum mm_status status;

	if ((uintptr_t)storage % 8u != 0)
		return mm_refuse(reterr, MM_E_INVALID, "storage", 0, (uintptr_t)storage % 8u);
	if (storage_bytes < mm_policy_storage_bytes(section.count))
		return mm_refuse(reterr, MM_E_BUFFER_TOO_SMALL, "storage", 0, storage_bytes);
	status = mm_policy_decode_header_untrusted(section, &header, reterr);
	if (status != MM_OK)
		return status;
	policy.blob = mm_bytes_slice(section, 0, header.bytes);
	status = decode_parts(&policy, &header, &left, reterr);
	if (status == MM_OK && header.extension_bytes != 0) {
		policy.extension = mm_bytes_slice(section, header.extension_offset, header.extension_bytes);
		status = mm_policy_decode_extension(&policy, header.extension_offset, reterr);
	}
	if (status == MM_OK)
		*ret_policy = policy;
	return status;
}
