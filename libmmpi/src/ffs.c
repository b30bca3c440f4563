/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Files of a volume. */
#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/fv.h"
#include "mm/pi/section.h"

#define HEADER_BYTES	   sizeof(struct mm_ffs_header)
#define HEADER_LARGE_BYTES sizeof(struct mm_ffs_header_large)

/* Alignments that the three attribute bits name, and with the fourth bit set (PI 1.8 volume 3, 3.2.3). */
static const uint32_t alignments[2][8] = {
	{ 1u, 16u, 128u, 512u, 1024u, 4096u, 32768u, 65536u },
	{ 0x20000u, 0x40000u, 0x80000u, 0x100000u, 0x200000u, 0x400000u, 0x800000u, 0x1000000u },
};

static uint8_t sum8(struct mm_bytes bytes)
{
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < bytes.count; i++)
		sum = (uint8_t)(sum + bytes.data[i]);
	return sum;
}

static bool is_filled_with(struct mm_bytes bytes, uint8_t value, uint64_t *ret_offset)
{
	size_t i;

	for (i = 0; i < bytes.count; i++) {
		if (bytes.data[i] != value) {
			*ret_offset = i;
			return false;
		}
	}
	return true;
}

static bool is_known_type(uint8_t type)
{
	return (type >= MM_FFS_TYPE_RAW && type <= MM_FFS_TYPE_MM_CORE_STANDALONE) || type >= MM_FFS_TYPE_OEM_FIRST;
}

/* The one state bit that tells: the highest one set. 0 when none is. */
static uint8_t highest_state(const struct mm_pi_fv *fv, const uint8_t *header)
{
	uint8_t bits = header[offsetof(struct mm_ffs_header, state)];
	uint8_t bit;

	if (fv->erased_byte != 0)
		bits = (uint8_t)~bits;
	for (bit = MM_FFS_STATE_HEADER_INVALID; bit != 0; bit >>= 1) {
		if ((bits & bit) != 0)
			return bit;
	}
	return 0;
}

/* The sum of the header with its state and file checksum taken as 0. */
static uint8_t header_sum(const uint8_t *header, size_t header_bytes)
{
	uint8_t sum = sum8(mm_bytes(header, header_bytes));

	sum = (uint8_t)(sum - header[offsetof(struct mm_ffs_header, state)]);
	return (uint8_t)(sum - header[offsetof(struct mm_ffs_header, file_checksum)]);
}

static uint32_t load_u24(const uint8_t *p)
{
	return mm_load_u16(p) | ((uint32_t)p[2] << 16);
}

/* Header length and file length of the file at `offset`; `header` has HEADER_BYTES. */
static enum mm_status decode_length(const struct mm_pi_fv *fv, uint64_t offset, uint32_t *ret_header_bytes,
				    uint64_t *ret_bytes, struct mm_refusal *reterr)
{
	const uint8_t *header = fv->bytes.data + offset;
	bool is_large = (header[offsetof(struct mm_ffs_header, attributes)] & MM_FFS_ATTR_LARGE_FILE) != 0;
	uint32_t short_bytes = load_u24(header + offsetof(struct mm_ffs_header, bytes));
	uint32_t header_bytes = is_large ? HEADER_LARGE_BYTES : HEADER_BYTES;
	uint64_t bytes = short_bytes;

	if (is_large && (!fv->is_ffs3 || short_bytes != 0))
		return mm_refuse(reterr, MM_E_FFS_LARGE, "file.attributes",
				 offset + offsetof(struct mm_ffs_header, attributes), short_bytes);
	if (!mm_bytes_has(fv->bytes, offset, header_bytes))
		return mm_refuse(reterr, MM_E_TRUNCATED, "file.header", offset, header_bytes);
	if (is_large)
		bytes = mm_load_u64(header + offsetof(struct mm_ffs_header_large, extended_bytes));
	if (bytes < header_bytes)
		return mm_refuse(reterr, MM_E_FFS_LENGTH, "file.bytes", offset + offsetof(struct mm_ffs_header, bytes),
				 bytes);
	if (!mm_bytes_has(fv->bytes, offset, bytes))
		return mm_refuse(reterr, MM_E_TRUNCATED, "file.bytes", offset + offsetof(struct mm_ffs_header, bytes),
				 bytes);
	*ret_header_bytes = header_bytes;
	*ret_bytes = bytes;
	return MM_OK;
}

static enum mm_status check_header_sum(const struct mm_pi_fv *fv, uint64_t offset, uint32_t header_bytes,
				       struct mm_refusal *reterr)
{
	uint8_t sum = header_sum(fv->bytes.data + offset, header_bytes);

	if (sum != 0)
		return mm_refuse(reterr, MM_E_FFS_HEADER_CHECKSUM, "file.header_checksum",
				 offset + offsetof(struct mm_ffs_header, header_checksum), sum);
	return MM_OK;
}

static enum mm_status check_data_sum(const uint8_t *header, const struct mm_pi_file *file, struct mm_refusal *reterr)
{
	uint8_t stored = header[offsetof(struct mm_ffs_header, file_checksum)];
	bool holds = stored == MM_FFS_FIXED_CHECKSUM;

	if ((file->attributes & MM_FFS_ATTR_CHECKSUM) != 0)
		holds = (uint8_t)(sum8(file->body) + stored) == 0;
	if (!holds)
		return mm_refuse(reterr, MM_E_FFS_DATA_CHECKSUM, "file.file_checksum",
				 file->offset + offsetof(struct mm_ffs_header, file_checksum), stored);
	return MM_OK;
}

static enum mm_status check_place(const struct mm_pi_fv *fv, const struct mm_pi_file *file, struct mm_refusal *reterr)
{
	uint64_t start = file->offset + file->header_bytes;

	if (start % file->alignment != 0)
		return mm_refuse(reterr, MM_E_FFS_ALIGNMENT, "file.alignment", start, file->alignment);
	if (mm_guid_equal(&file->name, &mm_guid_ffs_volume_top) && start + file->body.count != fv->bytes.count)
		return mm_refuse(reterr, MM_E_FFS_VOLUME_TOP, "file.name", file->offset, start + file->body.count);
	return MM_OK;
}

/* A file whose header checksum holds, as facts. */
static enum mm_status decode_file(const struct mm_pi_fv *fv, uint64_t offset, uint32_t header_bytes, uint64_t bytes,
				  struct mm_pi_file *ret_file, struct mm_refusal *reterr)
{
	const uint8_t *header = fv->bytes.data + offset;
	struct mm_pi_file file;
	enum mm_status status;

	file.name = mm_guid_load(header);
	file.type = header[offsetof(struct mm_ffs_header, type)];
	file.attributes = header[offsetof(struct mm_ffs_header, attributes)];
	file.is_being_updated = highest_state(fv, header) == MM_FFS_STATE_MARKED_FOR_UPDATE;
	file.offset = offset;
	file.header_bytes = header_bytes;
	file.alignment = alignments[(file.attributes & MM_FFS_ATTR_DATA_ALIGNMENT_2) != 0]
				   [(file.attributes & MM_FFS_ATTR_ALIGNMENT_MASK) >> MM_FFS_ATTR_ALIGNMENT_SHIFT];
	file.body = mm_bytes_slice(fv->bytes, offset + header_bytes, bytes - header_bytes);
	if (!is_known_type(file.type))
		return mm_refuse(reterr, MM_E_FFS_TYPE, "file.type", offset + offsetof(struct mm_ffs_header, type),
				 file.type);
	if ((file.attributes & 0x80u) != 0)
		return mm_refuse(reterr, MM_E_FFS_ATTRIBUTES, "file.attributes",
				 offset + offsetof(struct mm_ffs_header, attributes), file.attributes);
	status = check_data_sum(header, &file, reterr);
	if (status == MM_OK)
		status = check_place(fv, &file, reterr);
	if (status == MM_OK)
		*ret_file = file;
	return status;
}

struct mm_pi_file_iter mm_pi_file_iter(const struct mm_pi_fv *fv)
{
	struct mm_pi_file_iter iter = { fv, fv->first_file };

	return iter;
}

/* True at the end of the volume or where free space begins; free space must then be erased to the end. */
static enum mm_status check_free_space(const struct mm_pi_fv *fv, uint64_t offset, bool *ret_is_end,
				       struct mm_refusal *reterr)
{
	uint64_t left = fv->bytes.count - offset;
	struct mm_bytes rest = mm_bytes_slice(fv->bytes, offset, left);
	struct mm_bytes header = mm_bytes_slice(rest, 0, left < HEADER_BYTES ? left : HEADER_BYTES);
	uint64_t at = 0;

	*ret_is_end = is_filled_with(header, fv->erased_byte, &at);
	if (!*ret_is_end && left < HEADER_BYTES)
		return mm_refuse(reterr, MM_E_FV_FREE_SPACE, "fv.free_space", offset + at, rest.data[at]);
	if (*ret_is_end && !is_filled_with(rest, fv->erased_byte, &at))
		return mm_refuse(reterr, MM_E_FV_FREE_SPACE, "fv.free_space", offset + at, rest.data[at]);
	return MM_OK;
}

/* Where the file behind one of `bytes` at `offset` starts; the volume's end at most. */
static uint64_t behind(const struct mm_pi_fv *fv, uint64_t offset, uint64_t bytes)
{
	uint64_t next = (offset + bytes + (MM_FFS_ALIGN - 1u)) & ~(uint64_t)(MM_FFS_ALIGN - 1u);

	return next < fv->bytes.count ? next : fv->bytes.count;
}

/*
 * Looks at the one file at `*offset` and moves `*offset` behind it. `ret_is_valid` is false for a file that its
 * state tells to pass over.
 */
static enum mm_status visit(const struct mm_pi_fv *fv, uint64_t *offset, bool *ret_is_valid,
			    struct mm_pi_file *ret_file, struct mm_refusal *reterr)
{
	const uint8_t *header = fv->bytes.data + *offset;
	uint8_t state = highest_state(fv, header);
	uint32_t header_bytes;
	uint64_t bytes;
	enum mm_status status;

	*ret_is_valid = state == MM_FFS_STATE_DATA_VALID || state == MM_FFS_STATE_MARKED_FOR_UPDATE;
	if (state == 0)
		return mm_refuse(reterr, MM_E_FFS_STATE, "file.state", *offset + offsetof(struct mm_ffs_header, state),
				 header[offsetof(struct mm_ffs_header, state)]);
	if (state == MM_FFS_STATE_HEADER_CONSTRUCTION || state == MM_FFS_STATE_HEADER_INVALID) {
		*offset = behind(fv, *offset, HEADER_BYTES);
		return MM_OK;
	}
	status = decode_length(fv, *offset, &header_bytes, &bytes, reterr);
	if (status == MM_OK)
		status = check_header_sum(fv, *offset, header_bytes, reterr);
	if (status == MM_OK && *ret_is_valid)
		status = decode_file(fv, *offset, header_bytes, bytes, ret_file, reterr);
	if (status == MM_OK)
		*offset = behind(fv, *offset, bytes);
	return status;
}

enum mm_status mm_pi_file_next(struct mm_pi_file_iter *iter, struct mm_pi_file *ret_file, struct mm_refusal *reterr)
{
	const struct mm_pi_fv *fv = iter->fv;
	uint64_t offset = iter->offset;
	bool is_valid = false;
	enum mm_status status;

	while (!is_valid) {
		bool is_end;

		status = check_free_space(fv, offset, &is_end, reterr);
		if (status != MM_OK)
			return status;
		if (is_end)
			return mm_refuse(reterr, MM_E_NOT_FOUND, "file", offset, 0);
		status = visit(fv, &offset, &is_valid, ret_file, reterr);
		if (status != MM_OK)
			return status;
	}
	iter->offset = offset;
	return MM_OK;
}

enum mm_status mm_pi_file_next_type(struct mm_pi_file_iter *iter, uint8_t type, struct mm_pi_file *ret_file,
				    struct mm_refusal *reterr)
{
	struct mm_pi_file file;
	enum mm_status status;

	do {
		status = mm_pi_file_next(iter, &file, reterr);
	} while (status == MM_OK && file.type != type);
	if (status == MM_OK)
		*ret_file = file;
	return status;
}

enum mm_status mm_pi_fv_find_file(const struct mm_pi_fv *fv, const struct mm_guid *name, struct mm_pi_file *ret_file,
				  struct mm_refusal *reterr)
{
	struct mm_pi_file_iter iter = mm_pi_file_iter(fv);
	struct mm_pi_file file;
	enum mm_status status;

	do {
		status = mm_pi_file_next(&iter, &file, reterr);
	} while (status == MM_OK && (file.type == MM_FFS_TYPE_PAD || !mm_guid_equal(&file.name, name)));
	if (status == MM_OK)
		*ret_file = file;
	return status;
}

enum mm_status mm_pi_fv_check_files_untrusted(const struct mm_pi_fv *fv, uint32_t *ret_file_count,
					      struct mm_refusal *reterr)
{
	struct mm_pi_file_iter iter = mm_pi_file_iter(fv);
	struct mm_pi_file file;
	enum mm_status status;
	uint32_t count = 0;

	for (;;) {
		status = mm_pi_file_next(&iter, &file, reterr);
		if (status == MM_E_NOT_FOUND)
			break;
		if (status == MM_OK && mm_pi_file_type_has_sections(file.type))
			status = mm_pi_section_check_untrusted(file.body, reterr);
		if (status != MM_OK)
			return status;
		count += file.type != MM_FFS_TYPE_PAD;
	}
	*ret_file_count = count;
	return MM_OK;
}

bool mm_pi_file_type_has_sections(uint8_t type)
{
	return type > MM_FFS_TYPE_RAW && type <= MM_FFS_TYPE_MM_CORE_STANDALONE;
}

const char *mm_pi_file_type_name(uint8_t type)
{
	static const char *const names[] = {
		"?",	 "raw", "freeform", "sec",	"pei_core", "dxe_core", "peim",		 "driver",
		"combo", "app", "mm",	    "fv_image", "mm_dxe",   "mm_core",	"mm_standalone", "mm_core_standalone",
	};

	if (type == MM_FFS_TYPE_PAD)
		return "pad";
	return type < MM_ARRAY_COUNT(names) ? names[type] : "?";
}
