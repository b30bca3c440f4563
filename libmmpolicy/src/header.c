/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "internal.h"

#define AT(field) ((uint32_t)offsetof(struct mm_policy_wire_header, field))

static enum mm_status check_version(struct mm_bytes section, struct mm_refusal *reterr)
{
	uint16_t minor = mm_load_u16(section.data + AT(version_minor));
	uint16_t major = mm_load_u16(section.data + AT(version_major));

	if (minor != MM_POLICY_VERSION_MINOR)
		return mm_refuse(reterr, MM_E_POLICY_VERSION, "header VersionMinor", AT(version_minor), minor);
	if (major != MM_POLICY_VERSION_MAJOR)
		return mm_refuse(reterr, MM_E_POLICY_VERSION, "header VersionMajor", AT(version_major), major);
	return MM_OK;
}

/* Each reserved field by itself; the legacy offset means nothing while its count is 0. */
static enum mm_status check_reserved(struct mm_bytes section, struct mm_refusal *reterr)
{
	uint32_t count = mm_load_u32(section.data + AT(memory_policy_count));
	uint32_t flags = mm_load_u32(section.data + AT(flags));
	uint32_t capabilities = mm_load_u32(section.data + AT(capabilities));
	uint64_t reserved = mm_load_u64(section.data + AT(reserved));

	if (count != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "header MemoryPolicyCount", AT(memory_policy_count),
				 count);
	if (flags != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "header Flags", AT(flags), flags);
	if (capabilities != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "header Capabilities", AT(capabilities), capabilities);
	if (reserved != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "header Reserved", AT(reserved), reserved);
	return MM_OK;
}

static enum mm_status check_roots(const struct mm_policy_header *header, struct mm_refusal *reterr)
{
	if (header->root_count == 0)
		return mm_refuse(reterr, MM_E_POLICY_EMPTY, "header PolicyRootCount", AT(root_count), 0);
	if (header->root_count > MM_POLICY_TYPE_COUNT)
		return mm_refuse(reterr, MM_E_LIMIT, "header PolicyRootCount", AT(root_count), header->root_count);
	if (header->root_offset % 8u != 0)
		return mm_refuse(reterr, MM_E_POLICY_ALIGNMENT, "header PolicyRootOffset", AT(root_offset),
				 header->root_offset);
	if (header->root_offset < HEADER_BYTES || header->root_offset > header->bytes ||
	    header->root_count * ROOT_BYTES > header->bytes - header->root_offset)
		return mm_refuse(reterr, MM_E_POLICY_OFFSET, "header PolicyRootOffset", AT(root_offset),
				 header->root_offset);
	return MM_OK;
}

static enum mm_status check_zero(struct mm_bytes section, size_t from, struct mm_refusal *reterr)
{
	size_t i;

	for (i = from; i < section.count; i++) {
		if (section.data[i] != 0)
			return mm_refuse(reterr, MM_E_POLICY_TRAILER, "byte after the policy", i, section.data[i]);
	}
	return MM_OK;
}

/* The v1.0 part ends at a multiple of 8, because everything in it has such a size. */
static enum mm_status find_extension(struct mm_bytes section, struct mm_policy_header *header,
				     struct mm_refusal *reterr)
{
	const uint8_t *at = section.data + header->bytes;
	size_t left = section.count - header->bytes;
	uint32_t bytes;

	if (left < 4u || mm_load_u32(at) != MM_POLICY_EXT_MAGIC)
		return check_zero(section, header->bytes, reterr);
	if (left < sizeof(struct mm_policy_wire_extension))
		return mm_refuse(reterr, MM_E_TRUNCATED, "extension header", header->bytes, left);
	bytes = mm_load_u32(at + offsetof(struct mm_policy_wire_extension, bytes));
	if (bytes < sizeof(struct mm_policy_wire_extension) || bytes % 8u != 0 || bytes > left)
		return mm_refuse(reterr, MM_E_TRUNCATED, "extension Size",
				 header->bytes + offsetof(struct mm_policy_wire_extension, bytes), bytes);
	header->extension_offset = header->bytes;
	header->extension_bytes = bytes;
	return check_zero(section, (size_t)header->bytes + bytes, reterr);
}

enum mm_status mm_policy_decode_header_untrusted(struct mm_bytes section, struct mm_policy_header *ret_header,
						 struct mm_refusal *reterr)
{
	struct mm_policy_header header = { 0, 0, 0, 0, 0 };
	enum mm_status status;

	if (section.count < HEADER_BYTES)
		return mm_refuse(reterr, MM_E_TRUNCATED, "policy header", 0, section.count);
	if (section.count > MM_POLICY_BYTES_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "policy section", 0, section.count);
	status = check_version(section, reterr);
	if (status != MM_OK)
		return status;
	status = check_reserved(section, reterr);
	if (status != MM_OK)
		return status;
	header.bytes = mm_load_u32(section.data + AT(bytes));
	header.root_offset = mm_load_u32(section.data + AT(root_offset));
	header.root_count = mm_load_u32(section.data + AT(root_count));
	if (header.bytes > section.count)
		return mm_refuse(reterr, MM_E_TRUNCATED, "header Size", AT(bytes), header.bytes);
	if (header.bytes < HEADER_BYTES || header.bytes % 8u != 0)
		return mm_refuse(reterr, MM_E_POLICY_SIZE, "header Size", AT(bytes), header.bytes);
	status = check_roots(&header, reterr);
	if (status == MM_OK)
		status = find_extension(section, &header, reterr);
	if (status == MM_OK)
		*ret_header = header;
	return status;
}
