/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fv_writer.h"

#include <string.h>

#include "mm/base/checked.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/crc32.h"

#define ERASED		    0xFFu
#define FILE_HEADER_BYTES   sizeof(struct mm_ffs_header)
#define BLOCK_BYTES_DEFAULT 4096u
/* A CRC-32 section's headers: common, GUID-defined, and the CRC itself. */
#define CRC_FIXED_BYTES (sizeof(struct mm_section_guid_defined) + 4u)
#define SHORT_BYTES_MAX (MM_SECTION_BYTES_LARGE - 1u)

/* What every capability of a plain, memory-mapped volume amounts to. */
#define VOLUME_ATTRIBUTES                                                                                       \
	(MM_FV_ATTR_READ_DISABLED_CAP | MM_FV_ATTR_READ_ENABLED_CAP | MM_FV_ATTR_READ_STATUS |                  \
	 MM_FV_ATTR_WRITE_DISABLED_CAP | MM_FV_ATTR_WRITE_ENABLED_CAP | MM_FV_ATTR_WRITE_STATUS |               \
	 MM_FV_ATTR_LOCK_CAP | MM_FV_ATTR_STICKY_WRITE | MM_FV_ATTR_MEMORY_MAPPED | MM_FV_ATTR_ERASE_POLARITY | \
	 MM_FV_ATTR_READ_LOCK_CAP | MM_FV_ATTR_WRITE_LOCK_CAP)

static size_t round_up(size_t value, size_t align)
{
	return (value + align - 1u) & ~(align - 1u);
}

static void store_u24(uint8_t *p, uint64_t value)
{
	mm_store_u16(p, (uint16_t)value);
	p[2] = (uint8_t)(value >> 16);
}

static uint8_t sum8(const uint8_t *p, size_t count)
{
	uint8_t sum = 0;

	while (count-- > 0)
		sum = (uint8_t)(sum + *p++);
	return sum;
}

/* Extended header with a name and no entries; returns where files begin. */
static size_t store_ext_header(uint8_t *data, size_t at, const struct mm_guid *name)
{
	mm_store_u16(data + offsetof(struct mm_fv_header, ext_header_offset), (uint16_t)at);
	mm_guid_store(data + at, name);
	mm_store_u32(data + at + offsetof(struct mm_fv_ext_header, bytes), sizeof(struct mm_fv_ext_header));
	return round_up(at + sizeof(struct mm_fv_ext_header), MM_FFS_ALIGN);
}

static void store_sum16(uint8_t *data)
{
	size_t bytes = mm_load_u16(data + offsetof(struct mm_fv_header, header_bytes));
	uint16_t sum = 0;
	size_t i;

	mm_store_u16(data + offsetof(struct mm_fv_header, checksum), 0);
	for (i = 0; i < bytes; i += 2)
		sum = (uint16_t)(sum + mm_load_u16(data + i));
	mm_store_u16(data + offsetof(struct mm_fv_header, checksum), (uint16_t)(0u - sum));
}

/* A volume is at least as aligned as each of its files. */
static void raise_alignment(uint8_t *data, uint32_t alignment)
{
	uint8_t *place = data + offsetof(struct mm_fv_header, attributes);
	uint32_t attributes = mm_load_u32(place);
	uint32_t log2 = attributes >> MM_FV_ATTR_ALIGNMENT_SHIFT & MM_FV_ATTR_ALIGNMENT_MASK;

	while ((uint64_t)1 << log2 < alignment)
		log2++;
	attributes &= ~(MM_FV_ATTR_ALIGNMENT_MASK << MM_FV_ATTR_ALIGNMENT_SHIFT);
	mm_store_u32(place, attributes | log2 << MM_FV_ATTR_ALIGNMENT_SHIFT);
	store_sum16(data);
}

enum mm_status mm_fv_writer_init(struct mm_fv_writer *self, uint8_t *data, size_t bytes,
				 const struct mm_fv_writer_config *config)
{
	const size_t header_bytes = sizeof(struct mm_fv_header) + 2 * sizeof(struct mm_fv_block_map_entry);
	uint32_t block_bytes = config->block_bytes != 0 ? config->block_bytes : BLOCK_BYTES_DEFAULT;

	if (!mm_is_power_of_two(block_bytes) || bytes % block_bytes != 0 || bytes % MM_FFS_ALIGN != 0 ||
	    bytes / block_bytes > UINT32_MAX || config->alignment_log2 > MM_FV_ATTR_ALIGNMENT_MASK)
		return MM_E_INVALID;
	if (bytes < header_bytes + sizeof(struct mm_fv_ext_header) + MM_FFS_ALIGN)
		return MM_E_BUFFER_TOO_SMALL;
	memset(data, ERASED, bytes);
	memset(data, 0, header_bytes);
	mm_guid_store(data + offsetof(struct mm_fv_header, file_system),
		      config->is_ffs3 ? &mm_guid_ffs3 : &mm_guid_ffs2);
	mm_store_u64(data + offsetof(struct mm_fv_header, bytes), bytes);
	mm_store_u32(data + offsetof(struct mm_fv_header, signature), MM_FV_SIGNATURE);
	mm_store_u32(data + offsetof(struct mm_fv_header, attributes),
		     VOLUME_ATTRIBUTES | config->alignment_log2 << MM_FV_ATTR_ALIGNMENT_SHIFT);
	mm_store_u16(data + offsetof(struct mm_fv_header, header_bytes), (uint16_t)header_bytes);
	data[offsetof(struct mm_fv_header, revision)] = MM_FV_REVISION;
	mm_store_u32(data + sizeof(struct mm_fv_header), (uint32_t)(bytes / block_bytes));
	mm_store_u32(data + sizeof(struct mm_fv_header) + 4, block_bytes);
	self->data = data;
	self->bytes = bytes;
	self->used = header_bytes;
	self->is_ffs3 = config->is_ffs3;
	self->is_finished = false;
	if (config->volume_name != NULL)
		self->used = store_ext_header(data, header_bytes, config->volume_name);
	store_sum16(data);
	return MM_OK;
}

/* Length of a section's content as it will be stored. */
static size_t stored_bytes(const struct mm_fv_writer_section *section)
{
	return section->type == MM_SECTION_USER_INTERFACE ? 2 * (section->body.count + 1) : section->body.count;
}

static size_t section_header_bytes(size_t content_bytes)
{
	return sizeof(struct mm_section_header) + content_bytes > SHORT_BYTES_MAX
		       ? sizeof(struct mm_section_header_large)
		       : sizeof(struct mm_section_header);
}

/* Length of all sections, each on 4 bytes; the last one is not padded. */
static size_t stream_bytes(const struct mm_fv_writer_file *file)
{
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < file->section_count; i++) {
		size_t content = stored_bytes(&file->sections[i]);

		if (file->sections[i].type == 0)
			return content;
		bytes = round_up(bytes, MM_SECTION_ALIGN) + section_header_bytes(content) + content;
	}
	return bytes;
}

static size_t body_bytes(const struct mm_fv_writer_file *file)
{
	size_t bytes = stream_bytes(file);

	if (file->is_crc32)
		bytes += section_header_bytes(CRC_FIXED_BYTES + bytes) + CRC_FIXED_BYTES;
	return bytes;
}

/* Writes a section header; returns where the content goes. */
static uint8_t *store_section_header(uint8_t *p, uint8_t type, size_t content_bytes)
{
	size_t header_bytes = section_header_bytes(content_bytes);

	p[offsetof(struct mm_section_header, type)] = type;
	if (header_bytes == sizeof(struct mm_section_header)) {
		store_u24(p, header_bytes + content_bytes);
	} else {
		store_u24(p, MM_SECTION_BYTES_LARGE);
		mm_store_u32(p + offsetof(struct mm_section_header_large, extended_bytes),
			     (uint32_t)(header_bytes + content_bytes));
	}
	return p + header_bytes;
}

static void store_content(uint8_t *p, const struct mm_fv_writer_section *section)
{
	size_t i;

	if (section->type != MM_SECTION_USER_INTERFACE) {
		mm_bytes_copy(p, section->body.data, section->body.count);
		return;
	}
	for (i = 0; i < section->body.count; i++)
		mm_store_u16(p + 2 * i, section->body.data[i]);
	mm_store_u16(p + 2 * i, 0);
}

static void store_stream(uint8_t *start, const struct mm_fv_writer_file *file)
{
	uint8_t *p = start;
	size_t i;

	for (i = 0; i < file->section_count; i++) {
		const struct mm_fv_writer_section *section = &file->sections[i];
		size_t padded = round_up((size_t)(p - start), MM_SECTION_ALIGN);

		mm_bytes_fill(p, 0, padded - (size_t)(p - start));
		p = start + padded;
		if (section->type != 0)
			p = store_section_header(p, section->type, stored_bytes(section));
		store_content(p, section);
		p += stored_bytes(section);
	}
}

static void store_body(uint8_t *p, const struct mm_fv_writer_file *file)
{
	size_t bytes = stream_bytes(file);
	uint8_t *content;

	if (!file->is_crc32) {
		store_stream(p, file);
		return;
	}
	content = store_section_header(p, MM_SECTION_GUID_DEFINED, CRC_FIXED_BYTES + bytes);
	mm_guid_store(content, &mm_guid_section_crc32);
	mm_store_u16(content + offsetof(struct mm_section_guid_defined, data_offset),
		     (uint16_t)((size_t)(content - p) + CRC_FIXED_BYTES));
	mm_store_u16(content + offsetof(struct mm_section_guid_defined, attributes),
		     MM_SECTION_GUIDED_AUTH_STATUS_VALID);
	store_stream(content + CRC_FIXED_BYTES, file);
	mm_store_u32(content + sizeof(struct mm_section_guid_defined),
		     mm_pi_crc32(mm_bytes(content + CRC_FIXED_BYTES, bytes)));
}

/* The attribute bits of an alignment; false for one that FFS cannot say. */
static bool alignment_bits(uint32_t alignment, uint8_t *ret_bits)
{
	static const uint32_t known[16] = { 1u,	       16u,	  128u,	     512u,	1024u,	  4096u,
					    32768u,    65536u,	  0x20000u,  0x40000u,	0x80000u, 0x100000u,
					    0x200000u, 0x400000u, 0x800000u, 0x1000000u };
	uint8_t i;

	for (i = 0; i < 16; i++) {
		if (known[i] != (alignment == 0 ? 1u : alignment))
			continue;
		*ret_bits =
			(uint8_t)((i & 7u) << MM_FFS_ATTR_ALIGNMENT_SHIFT | (i > 7 ? MM_FFS_ATTR_DATA_ALIGNMENT_2 : 0));
		return true;
	}
	return false;
}

/* A file header, checksums and state; the content is already there. */
static void store_file_header(uint8_t *p, const struct mm_guid *name, uint8_t type, uint8_t attributes,
			      size_t header_bytes, size_t content_bytes)
{
	bool is_large = header_bytes != FILE_HEADER_BYTES;
	bool has_sum = (attributes & MM_FFS_ATTR_CHECKSUM) != 0;

	memset(p, 0, header_bytes);
	mm_guid_store(p, name);
	p[offsetof(struct mm_ffs_header, type)] = type;
	p[offsetof(struct mm_ffs_header, attributes)] = (uint8_t)(attributes | (is_large ? MM_FFS_ATTR_LARGE_FILE : 0));
	if (is_large)
		mm_store_u64(p + offsetof(struct mm_ffs_header_large, extended_bytes), header_bytes + content_bytes);
	else
		store_u24(p + offsetof(struct mm_ffs_header, bytes), header_bytes + content_bytes);
	p[offsetof(struct mm_ffs_header, header_checksum)] = (uint8_t)(0u - sum8(p, header_bytes));
	p[offsetof(struct mm_ffs_header, file_checksum)] =
		has_sum ? (uint8_t)(0u - sum8(p + header_bytes, content_bytes)) : MM_FFS_FIXED_CHECKSUM;
	p[offsetof(struct mm_ffs_header, state)] =
		(uint8_t)~(MM_FFS_STATE_HEADER_CONSTRUCTION | MM_FFS_STATE_HEADER_VALID | MM_FFS_STATE_DATA_VALID);
}

/* Fills [used, start) with a pad file; the gap is 0 or holds a header. */
static void store_pad(struct mm_fv_writer *self, size_t start)
{
	static const struct mm_guid pad_name = {
		0xFFFFFFFFu, 0xFFFFu, 0xFFFFu, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }
	};
	size_t gap = start - self->used;
	size_t header_bytes = gap > SHORT_BYTES_MAX ? sizeof(struct mm_ffs_header_large) : FILE_HEADER_BYTES;

	if (gap != 0)
		store_file_header(self->data + self->used, &pad_name, MM_FFS_TYPE_PAD, 0, header_bytes,
				  gap - header_bytes);
	self->used = start;
}

/* Where the file's header goes: content aligned, and room for a pad file before it or none needed. */
static size_t place_header(const struct mm_fv_writer *self, size_t header_bytes, uint32_t alignment)
{
	size_t start = self->used;

	if (alignment <= MM_FFS_ALIGN)
		return start;
	for (;;) {
		start = round_up(start + header_bytes, alignment) - header_bytes;
		if (start == self->used || start - self->used >= FILE_HEADER_BYTES)
			return start;
		start += MM_FFS_ALIGN;
	}
}

enum mm_status mm_fv_writer_add_file(struct mm_fv_writer *self, const struct mm_fv_writer_file *file)
{
	size_t content_bytes = body_bytes(file);
	size_t header_bytes = FILE_HEADER_BYTES;
	uint8_t attributes;
	size_t start;

	if (self->is_finished || (file->section_count > 1 && file->sections[0].type == 0))
		return MM_E_INVALID;
	if (!alignment_bits(file->alignment, &attributes))
		return MM_E_MISALIGNED;
	if (header_bytes + content_bytes > SHORT_BYTES_MAX) {
		if (!self->is_ffs3)
			return MM_E_LIMIT;
		header_bytes = sizeof(struct mm_ffs_header_large);
	}
	start = place_header(self, header_bytes, file->alignment);
	if (start > self->bytes || header_bytes + content_bytes > self->bytes - start)
		return MM_E_BUFFER_TOO_SMALL;
	if (start - self->used > SHORT_BYTES_MAX && !self->is_ffs3)
		return MM_E_LIMIT;
	store_pad(self, start);
	raise_alignment(self->data, file->alignment);
	store_body(self->data + start + header_bytes, file);
	store_file_header(self->data + start, &file->name, file->type,
			  (uint8_t)(attributes | (file->has_checksum ? MM_FFS_ATTR_CHECKSUM : 0)), header_bytes,
			  content_bytes);
	self->used = round_up(start + header_bytes + content_bytes, MM_FFS_ALIGN);
	return MM_OK;
}

enum mm_status mm_fv_writer_add_volume_top(struct mm_fv_writer *self, const char *ui_name, struct mm_bytes image)
{
	const struct mm_fv_writer_section ui = { MM_SECTION_USER_INTERFACE, mm_bytes(ui_name, strlen(ui_name)) };
	size_t fixed =
		FILE_HEADER_BYTES + round_up(sizeof(struct mm_section_header) + stored_bytes(&ui), MM_SECTION_ALIGN);
	size_t before = 0; /* erased bytes in front of the image that put the file's header on 8 bytes */
	size_t header = sizeof(struct mm_section_header);
	size_t total;
	uint8_t *p;

	if (self->is_finished || image.count == 0)
		return MM_E_INVALID;
	while ((fixed + header + before + image.count) % MM_FFS_ALIGN != 0)
		before++;
	total = fixed + header + before + image.count;
	if (total > SHORT_BYTES_MAX)
		return MM_E_LIMIT;
	if (total > mm_fv_writer_free_bytes(self) ||
	    (total != mm_fv_writer_free_bytes(self) && mm_fv_writer_free_bytes(self) - total < FILE_HEADER_BYTES))
		return MM_E_BUFFER_TOO_SMALL;
	if (self->bytes - total - self->used > SHORT_BYTES_MAX && !self->is_ffs3)
		return MM_E_LIMIT;
	store_pad(self, self->bytes - total);
	p = self->data + self->used;
	memset(p, 0, fixed);
	store_content(store_section_header(p + FILE_HEADER_BYTES, ui.type, stored_bytes(&ui)), &ui);
	(void)store_section_header(p + fixed, MM_SECTION_RAW, before + image.count); /* the content ends the volume */
	mm_bytes_copy(self->data + self->bytes - image.count, image.data, image.count);
	store_file_header(p, &mm_guid_ffs_volume_top, MM_FFS_TYPE_SECURITY_CORE, MM_FFS_ATTR_CHECKSUM,
			  FILE_HEADER_BYTES, total - FILE_HEADER_BYTES);
	self->used = self->bytes;
	return MM_OK;
}

enum mm_status mm_fv_writer_finish(struct mm_fv_writer *self)
{
	if (self->is_finished)
		return MM_E_INVALID;
	self->is_finished = true;
	return MM_OK;
}

size_t mm_fv_writer_free_bytes(const struct mm_fv_writer *self)
{
	return self->bytes - self->used;
}
