/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/section.h"

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/crc32.h"

/* A section under examination: its bytes from its header on, and where the body may begin. */
struct raw {
	struct mm_bytes bytes;
	uint64_t offset; /* in the stream */
	size_t header_bytes;
	uint8_t type;
};

static enum mm_status refuse(const struct raw *raw, enum mm_status status, const char *field, size_t at, uint64_t value,
			     struct mm_refusal *reterr)
{
	return mm_refuse(reterr, status, field, raw->offset + at, value);
}

static uint32_t load_u24(const uint8_t *p)
{
	return mm_load_u16(p) | ((uint32_t)p[2] << 16);
}

static bool is_known_type(uint8_t type)
{
	return (type >= MM_SECTION_COMPRESSION && type <= MM_SECTION_DISPOSABLE) ||
	       (type >= MM_SECTION_PE32 && type <= MM_SECTION_RAW) || type == MM_SECTION_PEI_DEPEX ||
	       type == MM_SECTION_MM_DEPEX;
}

/* Cuts the section at `offset` out of the stream. */
static enum mm_status cut(struct mm_bytes stream, uint64_t offset, struct raw *ret_raw, struct mm_refusal *reterr)
{
	struct raw raw = { { NULL, 0 }, offset, sizeof(struct mm_section_header), 0 };
	uint64_t bytes;

	if (!mm_bytes_has(stream, offset, raw.header_bytes))
		return mm_refuse(reterr, MM_E_TRUNCATED, "section.header", offset, stream.count);
	raw.type = stream.data[offset + offsetof(struct mm_section_header, type)];
	bytes = load_u24(stream.data + offset);
	if (bytes == MM_SECTION_BYTES_LARGE) {
		raw.header_bytes = sizeof(struct mm_section_header_large);
		if (!mm_bytes_has(stream, offset, raw.header_bytes))
			return mm_refuse(reterr, MM_E_TRUNCATED, "section.header", offset, stream.count);
		bytes = mm_load_u32(stream.data + offset + offsetof(struct mm_section_header_large, extended_bytes));
	}
	if (bytes < raw.header_bytes)
		return refuse(&raw, MM_E_SECTION_LENGTH, "section.bytes", 0, bytes, reterr);
	if (!mm_bytes_has(stream, offset, bytes))
		return refuse(&raw, MM_E_TRUNCATED, "section.bytes", 0, bytes, reterr);
	if (!is_known_type(raw.type))
		return refuse(&raw, MM_E_SECTION_TYPE, "section.type", 3, raw.type, reterr);
	raw.bytes = mm_bytes_slice(stream, offset, bytes);
	*ret_raw = raw;
	return MM_OK;
}

static struct mm_bytes body_from(const struct raw *raw, size_t start)
{
	return mm_bytes_slice(raw->bytes, start, raw->bytes.count - start);
}

/* A CRC-32 section carries the CRC of its body right behind its header. */
static enum mm_status check_crc(const struct raw *raw, size_t fixed_end, struct mm_bytes body,
				struct mm_refusal *reterr)
{
	uint32_t stored;
	uint32_t computed;

	if ((size_t)(body.data - raw->bytes.data) < fixed_end + 4)
		return refuse(raw, MM_E_SECTION_GUIDED, "section.data_offset", raw->header_bytes + MM_GUID_BYTES,
			      (uint64_t)(body.data - raw->bytes.data), reterr);
	stored = mm_load_u32(raw->bytes.data + fixed_end);
	computed = mm_pi_crc32(body);
	if (stored != computed)
		return refuse(raw, MM_E_SECTION_CRC, "section.crc32", fixed_end, stored, reterr);
	return MM_OK;
}

static enum mm_status decode_guided(const struct raw *raw, struct mm_pi_section *ret, struct mm_refusal *reterr)
{
	size_t fixed_end = raw->header_bytes + sizeof(struct mm_section_guid_defined);
	const uint8_t *fixed = raw->bytes.data + raw->header_bytes;
	uint16_t data_offset;
	uint16_t attributes;

	if (raw->bytes.count < fixed_end)
		return refuse(raw, MM_E_SECTION_LENGTH, "section.bytes", 0, raw->bytes.count, reterr);
	data_offset = mm_load_u16(fixed + offsetof(struct mm_section_guid_defined, data_offset));
	attributes = mm_load_u16(fixed + offsetof(struct mm_section_guid_defined, attributes));
	if (data_offset < fixed_end || data_offset > raw->bytes.count)
		return refuse(raw, MM_E_SECTION_GUIDED, "section.data_offset", raw->header_bytes + MM_GUID_BYTES,
			      data_offset, reterr);
	ret->guid = mm_guid_load(fixed);
	ret->body = body_from(raw, data_offset);
	if (mm_guid_equal(&ret->guid, &mm_guid_section_crc32)) {
		ret->shape = MM_PI_SECTION_NESTED;
		return check_crc(raw, fixed_end, ret->body, reterr);
	}
	/* Without the attribute the body is readable as it stands; what else the section promises is not judged. */
	ret->shape = (attributes & MM_SECTION_GUIDED_PROCESSING_REQUIRED) != 0 ? MM_PI_SECTION_ENCODED
									       : MM_PI_SECTION_NESTED;
	return MM_OK;
}

static enum mm_status decode_compression(const struct raw *raw, struct mm_pi_section *ret, struct mm_refusal *reterr)
{
	size_t fixed_end = raw->header_bytes + MM_SECTION_COMPRESSION_BYTES;
	const uint8_t *fixed = raw->bytes.data + raw->header_bytes;

	if (raw->bytes.count < fixed_end)
		return refuse(raw, MM_E_SECTION_LENGTH, "section.bytes", 0, raw->bytes.count, reterr);
	if (fixed[4] > 1)
		return refuse(raw, MM_E_SECTION_COMPRESSION, "section.compression", raw->header_bytes + 4, fixed[4],
			      reterr);
	ret->body = body_from(raw, fixed_end);
	ret->shape = fixed[4] == 0 ? MM_PI_SECTION_NESTED : MM_PI_SECTION_ENCODED;
	if (fixed[4] == 0 && mm_load_u32(fixed) != ret->body.count)
		return refuse(raw, MM_E_SECTION_COMPRESSION, "section.uncompressed_bytes", raw->header_bytes,
			      mm_load_u32(fixed), reterr);
	return MM_OK;
}

static enum mm_status decode(const struct raw *raw, struct mm_pi_section *ret, struct mm_refusal *reterr)
{
	ret->type = raw->type;
	ret->offset = raw->offset;
	ret->shape = MM_PI_SECTION_LEAF;
	ret->body = body_from(raw, raw->header_bytes);
	switch (raw->type) {
	case MM_SECTION_GUID_DEFINED:
		return decode_guided(raw, ret, reterr);
	case MM_SECTION_COMPRESSION:
		return decode_compression(raw, ret, reterr);
	case MM_SECTION_DISPOSABLE:
		ret->shape = MM_PI_SECTION_NESTED;
		return MM_OK;
	case MM_SECTION_FREEFORM_SUBTYPE_GUID:
		if (ret->body.count < MM_GUID_BYTES)
			return refuse(raw, MM_E_SECTION_LENGTH, "section.bytes", 0, raw->bytes.count, reterr);
		ret->guid = mm_guid_load(ret->body.data);
		ret->body = body_from(raw, raw->header_bytes + MM_GUID_BYTES);
		return MM_OK;
	default:
		return MM_OK;
	}
}

struct mm_pi_section_iter mm_pi_section_iter(struct mm_bytes bytes)
{
	struct mm_pi_section_iter iter = { bytes, 0 };

	return iter;
}

enum mm_status mm_pi_section_next(struct mm_pi_section_iter *iter, struct mm_pi_section *ret_section,
				  struct mm_refusal *reterr)
{
	struct mm_pi_section section = { 0, MM_PI_SECTION_LEAF, 0, { 0, 0, 0, { 0 } }, { NULL, 0 } };
	uint64_t start = (iter->offset + (MM_SECTION_ALIGN - 1u)) & ~(uint64_t)(MM_SECTION_ALIGN - 1u);
	struct raw raw;
	enum mm_status status;

	if (start >= iter->bytes.count)
		return mm_refuse(reterr, MM_E_NOT_FOUND, "section", iter->offset, 0);
	status = cut(iter->bytes, start, &raw, reterr);
	if (status == MM_OK)
		status = decode(&raw, &section, reterr);
	if (status != MM_OK)
		return status;
	iter->offset = start + raw.bytes.count;
	*ret_section = section;
	return MM_OK;
}

/* A walk through nested sections in document order, with its own stack. */
struct walk {
	struct mm_bytes root;
	struct mm_pi_section_iter levels[MM_PI_SECTION_DEPTH_MAX];
	uint32_t depth; /* levels in use */
};

static void walk_start(struct walk *walk, struct mm_bytes bytes)
{
	walk->root = bytes;
	walk->levels[0] = mm_pi_section_iter(bytes);
	walk->depth = 1;
}

/* The next section at any depth, with its offset counted from the root; MM_E_NOT_FOUND at the end. */
static enum mm_status walk_next(struct walk *walk, struct mm_pi_section *ret_section, struct mm_refusal *reterr)
{
	enum mm_status status = MM_E_NOT_FOUND;
	uint64_t base = 0;

	while (walk->depth > 0) {
		struct mm_pi_section_iter *level = &walk->levels[walk->depth - 1];

		base = (uint64_t)(level->bytes.data - walk->root.data);
		status = mm_pi_section_next(level, ret_section, reterr);
		if (status != MM_E_NOT_FOUND)
			break;
		walk->depth--;
	}
	if (status != MM_OK) {
		if (reterr != NULL)
			reterr->offset += base;
		return status;
	}
	ret_section->offset += base;
	if (ret_section->shape != MM_PI_SECTION_NESTED)
		return MM_OK;
	if (walk->depth == MM_PI_SECTION_DEPTH_MAX)
		return mm_refuse(reterr, MM_E_SECTION_DEPTH, "section", ret_section->offset, walk->depth);
	walk->levels[walk->depth++] = mm_pi_section_iter(ret_section->body);
	return MM_OK;
}

enum mm_status mm_pi_section_find(struct mm_bytes bytes, uint8_t type, struct mm_pi_section *ret_section,
				  struct mm_refusal *reterr)
{
	struct mm_pi_section section;
	struct mm_refusal encoded = { NULL, 0, 0 };
	struct walk walk;
	enum mm_status status;

	walk_start(&walk, bytes);
	for (;;) {
		status = walk_next(&walk, &section, reterr);
		if (status != MM_OK)
			break;
		if (section.type == type) {
			*ret_section = section;
			return MM_OK;
		}
		if (section.shape == MM_PI_SECTION_ENCODED && encoded.field == NULL)
			(void)mm_refuse(&encoded, MM_E_SECTION_ENCODED, "section.definition", section.offset,
					section.guid.data1); /* kept for later */
	}
	if (status == MM_E_NOT_FOUND && encoded.field != NULL)
		return mm_refuse(reterr, MM_E_SECTION_ENCODED, encoded.field, encoded.offset, encoded.value);
	return status;
}

enum mm_status mm_pi_section_check_untrusted(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	struct mm_pi_section section;
	struct walk walk;
	enum mm_status status;

	walk_start(&walk, bytes);
	do {
		status = walk_next(&walk, &section, reterr);
	} while (status == MM_OK);
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

enum mm_status mm_pi_ui_name_decode_untrusted(struct mm_bytes body, char ret_name[MM_PI_UI_NAME_BYTES],
					      struct mm_refusal *reterr)
{
	size_t length;
	size_t i;

	if (body.count < 2 || body.count % 2 != 0)
		return mm_refuse(reterr, MM_E_SECTION_NAME, "ui_name.bytes", 0, body.count);
	length = body.count / 2 - 1;
	for (i = 0; i <= length; i++) {
		uint16_t c = mm_load_u16(body.data + 2 * i);

		if ((c == 0) != (i == length))
			return mm_refuse(reterr, MM_E_SECTION_NAME, "ui_name", 2 * i, c);
	}
	if (length > MM_PI_UI_NAME_BYTES - 1u)
		length = MM_PI_UI_NAME_BYTES - 1u;
	for (i = 0; i < length; i++) {
		uint16_t c = mm_load_u16(body.data + 2 * i);

		ret_name[i] = c >= 0x20 && c < 0x7F ? (char)c : '?';
	}
	ret_name[length] = '\0';
	return MM_OK;
}

/* What has been gathered of a module so far. */
struct module_draft {
	struct mm_pi_module module;
	bool has_name;
	bool has_pe32;
	bool has_terse;
	uint64_t terse_offset;
	bool has_encoded;
	uint64_t encoded_offset;
};

static enum mm_status take_bytes(const struct mm_pi_section *section, bool *has, struct mm_bytes *ret_bytes,
				 struct mm_refusal *reterr)
{
	if (*has)
		return mm_refuse(reterr, MM_E_SECTION_REPEATED, "section.type", section->offset, section->type);
	*has = true;
	*ret_bytes = section->body;
	return MM_OK;
}

static enum mm_status take_section(struct module_draft *draft, const struct mm_pi_section *section,
				   struct mm_refusal *reterr)
{
	struct mm_bytes name;
	enum mm_status status;

	switch (section->type) {
	case MM_SECTION_PE32:
		return take_bytes(section, &draft->has_pe32, &draft->module.pe32, reterr);
	case MM_SECTION_MM_DEPEX:
		return take_bytes(section, &draft->module.has_depex, &draft->module.depex, reterr);
	case MM_SECTION_USER_INTERFACE:
		status = take_bytes(section, &draft->has_name, &name, reterr);
		return status == MM_OK ? mm_pi_ui_name_decode_untrusted(name, draft->module.ui_name, reterr) : status;
	case MM_SECTION_TE:
		draft->has_terse = true;
		draft->terse_offset = section->offset;
		return MM_OK;
	default:
		if (section->shape == MM_PI_SECTION_ENCODED) {
			draft->has_encoded = true;
			draft->encoded_offset = section->offset;
		}
		return MM_OK;
	}
}

enum mm_status mm_pi_module_decode_untrusted(const struct mm_pi_file *file, struct mm_pi_module *ret_module,
					     struct mm_refusal *reterr)
{
	struct module_draft draft = { { "", { NULL, 0 }, false, { NULL, 0 } }, false, false, false, 0, false, 0 };
	struct mm_pi_section section;
	struct walk walk;
	enum mm_status status;

	if (!mm_pi_file_type_has_sections(file->type))
		return mm_refuse(reterr, MM_E_NOT_FOUND, "section.pe32", 0, file->type);
	walk_start(&walk, file->body);
	for (;;) {
		status = walk_next(&walk, &section, reterr);
		if (status == MM_E_NOT_FOUND)
			break;
		if (status == MM_OK)
			status = take_section(&draft, &section, reterr);
		if (status != MM_OK)
			return status;
	}
	if (draft.has_terse)
		return mm_refuse(reterr, MM_E_SECTION_TERSE, "section.type", draft.terse_offset, MM_SECTION_TE);
	if (!draft.has_pe32 && draft.has_encoded)
		return mm_refuse(reterr, MM_E_SECTION_ENCODED, "section.type", draft.encoded_offset, 0);
	if (!draft.has_pe32)
		return mm_refuse(reterr, MM_E_NOT_FOUND, "section.pe32", 0, file->type);
	*ret_module = draft.module;
	return MM_OK;
}
