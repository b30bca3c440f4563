/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/fv.h"

#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#define BLOCK_MAP_ENTRY_BYTES sizeof(struct mm_fv_block_map_entry)
#define HEADER_BYTES_MIN      (sizeof(struct mm_fv_header) + 2 * BLOCK_MAP_ENTRY_BYTES)

/* The header that is being judged, and the volume's length as far as it is known. */
struct draft {
	struct mm_bytes bytes;
	uint16_t header_bytes;
	uint64_t volume_bytes;
};

static enum mm_status check_identity(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	const uint8_t *p = bytes.data;
	struct mm_guid system;

	if (bytes.count < HEADER_BYTES_MIN)
		return mm_refuse(reterr, MM_E_TRUNCATED, "fv.header", 0, bytes.count);
	if (mm_load_u32(p + offsetof(struct mm_fv_header, signature)) != MM_FV_SIGNATURE)
		return mm_refuse(reterr, MM_E_FV_SIGNATURE, "fv.signature", offsetof(struct mm_fv_header, signature),
				 mm_load_u32(p + offsetof(struct mm_fv_header, signature)));
	if (p[offsetof(struct mm_fv_header, revision)] != MM_FV_REVISION)
		return mm_refuse(reterr, MM_E_FV_REVISION, "fv.revision", offsetof(struct mm_fv_header, revision),
				 p[offsetof(struct mm_fv_header, revision)]);
	if (p[offsetof(struct mm_fv_header, reserved)] != 0)
		return mm_refuse(reterr, MM_E_FV_RESERVED, "fv.reserved", offsetof(struct mm_fv_header, reserved),
				 p[offsetof(struct mm_fv_header, reserved)]);
	system = mm_guid_load(p + offsetof(struct mm_fv_header, file_system));
	if (!mm_guid_equal(&system, &mm_guid_ffs2) && !mm_guid_equal(&system, &mm_guid_ffs3))
		return mm_refuse(reterr, MM_E_FV_FILE_SYSTEM, "fv.file_system",
				 offsetof(struct mm_fv_header, file_system), system.data1);
	return MM_OK;
}

static enum mm_status check_lengths(struct draft *draft, struct mm_refusal *reterr)
{
	const uint8_t *p = draft->bytes.data;

	draft->header_bytes = mm_load_u16(p + offsetof(struct mm_fv_header, header_bytes));
	draft->volume_bytes = mm_load_u64(p + offsetof(struct mm_fv_header, bytes));
	if (draft->header_bytes < HEADER_BYTES_MIN || draft->header_bytes % 8 != 0)
		return mm_refuse(reterr, MM_E_FV_HEADER_LENGTH, "fv.header_bytes",
				 offsetof(struct mm_fv_header, header_bytes), draft->header_bytes);
	if (draft->volume_bytes < draft->header_bytes || draft->volume_bytes % MM_FFS_ALIGN != 0)
		return mm_refuse(reterr, MM_E_FV_LENGTH, "fv.bytes", offsetof(struct mm_fv_header, bytes),
				 draft->volume_bytes);
	if (draft->volume_bytes > draft->bytes.count)
		return mm_refuse(reterr, MM_E_TRUNCATED, "fv.bytes", offsetof(struct mm_fv_header, bytes),
				 draft->volume_bytes);
	return MM_OK;
}

static enum mm_status check_sum(const struct draft *draft, struct mm_refusal *reterr)
{
	uint16_t sum = 0;
	size_t i;

	for (i = 0; i < draft->header_bytes; i += 2)
		sum = (uint16_t)(sum + mm_load_u16(draft->bytes.data + i));
	if (sum != 0)
		return mm_refuse(reterr, MM_E_FV_CHECKSUM, "fv.checksum", offsetof(struct mm_fv_header, checksum), sum);
	return MM_OK;
}

/* The blocks add up to the volume, and the terminator ends the header. */
static enum mm_status check_block_map(const struct draft *draft, struct mm_refusal *reterr)
{
	size_t last = draft->header_bytes - BLOCK_MAP_ENTRY_BYTES;
	uint64_t sum = 0;
	size_t at;

	for (at = sizeof(struct mm_fv_header); at < last; at += BLOCK_MAP_ENTRY_BYTES) {
		uint64_t count = mm_load_u32(draft->bytes.data + at);
		uint64_t bytes = mm_load_u32(draft->bytes.data + at + 4);

		if (count == 0 || bytes == 0 || !mm_add_u64(sum, count * bytes, &sum))
			return mm_refuse(reterr, MM_E_FV_BLOCK_MAP, "fv.block_map", at, count);
	}
	if (mm_load_u64(draft->bytes.data + last) != 0)
		return mm_refuse(reterr, MM_E_FV_BLOCK_MAP, "fv.block_map.end", last,
				 mm_load_u64(draft->bytes.data + last));
	if (sum != draft->volume_bytes)
		return mm_refuse(reterr, MM_E_FV_BLOCK_MAP, "fv.block_map", sizeof(struct mm_fv_header), sum);
	return MM_OK;
}

/* Entries fill the extended header exactly. */
static enum mm_status check_ext_entries(struct mm_bytes header, uint64_t base, struct mm_refusal *reterr)
{
	uint64_t at = sizeof(struct mm_fv_ext_header);

	while (at != header.count) {
		uint16_t bytes;

		if (!mm_bytes_has(header, at, sizeof(struct mm_fv_ext_entry)))
			return mm_refuse(reterr, MM_E_FV_EXT_HEADER, "fv.ext_entry", base + at, header.count);
		bytes = mm_load_u16(header.data + at);
		if (bytes < sizeof(struct mm_fv_ext_entry) || !mm_bytes_has(header, at, bytes))
			return mm_refuse(reterr, MM_E_FV_EXT_HEADER, "fv.ext_entry.bytes", base + at, bytes);
		at += bytes;
	}
	return MM_OK;
}

static enum mm_status decode_ext_header(const struct draft *draft, struct mm_pi_fv *fv, struct mm_refusal *reterr)
{
	uint64_t at = mm_load_u16(draft->bytes.data + offsetof(struct mm_fv_header, ext_header_offset));
	struct mm_bytes header;
	uint32_t bytes;

	fv->has_name = at != 0;
	fv->first_file = draft->header_bytes;
	if (at == 0)
		return MM_OK;
	if (at < draft->header_bytes || at % 4 != 0 || !mm_bytes_has(fv->bytes, at, sizeof(struct mm_fv_ext_header)))
		return mm_refuse(reterr, MM_E_FV_EXT_HEADER, "fv.ext_header_offset",
				 offsetof(struct mm_fv_header, ext_header_offset), at);
	header = mm_bytes_slice(fv->bytes, at, sizeof(struct mm_fv_ext_header));
	bytes = mm_load_u32(header.data + offsetof(struct mm_fv_ext_header, bytes));
	if (bytes < sizeof(struct mm_fv_ext_header) || !mm_bytes_has(fv->bytes, at, bytes))
		return mm_refuse(reterr, MM_E_FV_EXT_HEADER, "fv.ext_header.bytes",
				 at + offsetof(struct mm_fv_ext_header, bytes), bytes);
	fv->name = mm_guid_load(header.data);
	/* The volume's length is a multiple of 8, so this stays within it. */
	fv->first_file = (at + bytes + (MM_FFS_ALIGN - 1u)) & ~(uint64_t)(MM_FFS_ALIGN - 1u);
	return check_ext_entries(mm_bytes_slice(fv->bytes, at, bytes), at, reterr);
}

enum mm_status mm_pi_fv_check_untrusted(struct mm_bytes bytes, struct mm_pi_fv *ret_fv, struct mm_refusal *reterr)
{
	struct draft draft = { bytes, 0, 0 };
	struct mm_pi_fv fv = { { NULL, 0 }, 0, 0, false, false, { 0, 0, 0, { 0 } }, 0 };
	struct mm_guid system;
	enum mm_status status = check_identity(bytes, reterr);

	if (status == MM_OK)
		status = check_lengths(&draft, reterr);
	if (status == MM_OK)
		status = check_sum(&draft, reterr);
	if (status == MM_OK)
		status = check_block_map(&draft, reterr);
	if (status != MM_OK)
		return status;
	system = mm_guid_load(bytes.data + offsetof(struct mm_fv_header, file_system));
	fv.bytes = mm_bytes_slice(bytes, 0, draft.volume_bytes);
	fv.attributes = mm_load_u32(bytes.data + offsetof(struct mm_fv_header, attributes));
	fv.erased_byte = (fv.attributes & MM_FV_ATTR_ERASE_POLARITY) != 0 ? 0xFFu : 0x00u;
	fv.is_ffs3 = mm_guid_equal(&system, &mm_guid_ffs3);
	status = decode_ext_header(&draft, &fv, reterr);
	if (status == MM_OK)
		*ret_fv = fv;
	return status;
}
