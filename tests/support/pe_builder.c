/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pe_builder.h"

#include <string.h>

#include "mm/base/bytes.h"
#include "mm/base/compiler.h"

#define PAGE	   0x1000u
#define FILE_ALIGN 0x200u

/* The image under construction. */
struct image {
	uint8_t *data;
	size_t capacity;
	uint32_t used; /* of the file */
	uint32_t rva;  /* of the next section */
	uint32_t section_count;
};

static uint32_t round_up(uint32_t value, uint32_t align)
{
	return (value + align - 1u) & ~(align - 1u);
}

/* Room for a section's data and its header; returns where the data goes, or NULL. */
static uint8_t *add_section(struct image *image, const char *name, uint32_t data_bytes, uint32_t virtual_bytes,
			    uint32_t characteristics)
{
	uint8_t *header = image->data + PE_BUILDER_SECTION(image->section_count, name);
	uint32_t stored = round_up(data_bytes, FILE_ALIGN);
	uint8_t *place = image->data + image->used;

	if (stored > image->capacity - image->used ||
	    PE_BUILDER_SECTION(image->section_count + 1, name) > PE_BUILDER_HEADER_BYTES)
		return NULL;
	memcpy(header, name, strlen(name));
	mm_store_u32(header + offsetof(struct mm_pe_section_header, virtual_bytes), virtual_bytes);
	mm_store_u32(header + offsetof(struct mm_pe_section_header, rva), image->rva);
	mm_store_u32(header + offsetof(struct mm_pe_section_header, file_bytes), stored);
	mm_store_u32(header + offsetof(struct mm_pe_section_header, file_offset), stored != 0 ? image->used : 0);
	mm_store_u32(header + offsetof(struct mm_pe_section_header, characteristics), characteristics);
	image->used += stored;
	image->rva += round_up(virtual_bytes, PAGE);
	image->section_count++;
	return place;
}

static void store_directory(struct image *image, uint32_t index, uint32_t rva, uint32_t bytes)
{
	mm_store_u32(image->data + PE_BUILDER_DIRECTORY(index), rva);
	mm_store_u32(image->data + PE_BUILDER_DIRECTORY(index) + 4, bytes);
}

/* One block for each page that has fixups. */
static void store_relocations(uint8_t *place, const uint32_t *rvas, uint32_t count)
{
	uint32_t at = 0;
	uint32_t i = 0;

	while (i < count) {
		uint32_t page = rvas[i] & ~(PAGE - 1u);
		uint32_t start = at;

		at += 8;
		for (; i < count && (rvas[i] & ~(PAGE - 1u)) == page; i++, at += 2)
			mm_store_u16(place + at, (uint16_t)(MM_PE_RELOCATION_DIR64 << 12 | (rvas[i] & (PAGE - 1u))));
		if (at % 4 != 0) {
			mm_store_u16(place + at, MM_PE_RELOCATION_ABSOLUTE << 12);
			at += 2;
		}
		mm_store_u32(place + start, page);
		mm_store_u32(place + start + 4, at - start);
	}
}

/* Bytes of the blocks that store_relocations() writes. */
static uint32_t relocation_bytes(const uint32_t *rvas, uint32_t count)
{
	uint32_t bytes = 0;
	uint32_t i = 0;

	while (i < count) {
		uint32_t page = rvas[i] & ~(PAGE - 1u);

		for (bytes += 8; i < count && (rvas[i] & ~(PAGE - 1u)) == page; i++)
			bytes += 2;
		bytes = (bytes + 3u) & ~3u;
	}
	return bytes;
}

static int add_relocations(struct image *image, const struct pe_builder *plan)
{
	uint32_t rva = image->rva;
	uint32_t bytes = relocation_bytes(plan->relocations, plan->relocation_count);
	uint8_t *place = add_section(image, ".reloc", bytes, bytes, PE_BUILDER_RELOC);

	if (place == NULL)
		return 0;
	store_relocations(place, plan->relocations, plan->relocation_count);
	store_directory(image, MM_PE_DIRECTORY_RELOCATION, rva, bytes);
	return 1;
}

static int add_codeview(struct image *image, const char *path)
{
	uint32_t record = MM_PE_CODEVIEW_RSDS_BYTES + (uint32_t)strlen(path) + 1;
	uint32_t bytes = (uint32_t)sizeof(struct mm_pe_debug_entry) + record;
	uint32_t rva = image->rva;
	uint32_t offset = image->used + (uint32_t)sizeof(struct mm_pe_debug_entry);
	uint8_t *place = add_section(image, ".debug", bytes, bytes, PE_BUILDER_RELOC);

	if (place == NULL)
		return 0;
	mm_store_u32(place + offsetof(struct mm_pe_debug_entry, type), MM_PE_DEBUG_CODEVIEW);
	mm_store_u32(place + offsetof(struct mm_pe_debug_entry, bytes), record);
	mm_store_u32(place + offsetof(struct mm_pe_debug_entry, rva), rva + (uint32_t)sizeof(struct mm_pe_debug_entry));
	mm_store_u32(place + offsetof(struct mm_pe_debug_entry, file_offset), offset);
	place += sizeof(struct mm_pe_debug_entry);
	mm_store_u32(place, MM_PE_CODEVIEW_RSDS);
	memcpy(place + MM_PE_CODEVIEW_RSDS_BYTES, path, strlen(path));
	store_directory(image, MM_PE_DIRECTORY_DEBUG, rva, sizeof(struct mm_pe_debug_entry));
	return 1;
}

static void store_headers(const struct image *image, uint32_t entry_rva)
{
	uint8_t *p = image->data;
	uint8_t *file = p + PE_BUILDER_FILE_HEADER;

	mm_store_u16(p, MM_PE_DOS_MAGIC);
	mm_store_u32(p + MM_PE_DOS_NEW_OFFSET, PE_BUILDER_FILE_HEADER - 4);
	mm_store_u32(file - 4, MM_PE_SIGNATURE);
	mm_store_u16(file, MM_PE_MACHINE_X64);
	mm_store_u16(file + offsetof(struct mm_pe_file_header, section_count), (uint16_t)image->section_count);
	mm_store_u16(file + offsetof(struct mm_pe_file_header, optional_header_bytes), 112 + 128);
	mm_store_u16(file + offsetof(struct mm_pe_file_header, characteristics), MM_PE_FILE_EXECUTABLE | 0x2020);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(magic), MM_PE_MAGIC_PLUS);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(entry_rva), entry_rva);
	mm_store_u64(p + PE_BUILDER_OPTIONAL(image_base), PE_BUILDER_IMAGE_BASE);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(section_alignment), PAGE);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(file_alignment), FILE_ALIGN);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(image_major), 1);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(image_minor), 2);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(subsystem_major), 3);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(subsystem_minor), 4);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(image_bytes), image->rva);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(header_bytes), PE_BUILDER_HEADER_BYTES);
	mm_store_u16(p + PE_BUILDER_OPTIONAL(subsystem), MM_PE_SUBSYSTEM_EFI_BOOT_DRIVER);
	mm_store_u32(p + PE_BUILDER_OPTIONAL(directory_count), MM_PE_DIRECTORY_MAX);
}

size_t pe_builder_write(const struct pe_builder *plan, uint8_t *ret_file, size_t capacity)
{
	struct image image = { ret_file, capacity, PE_BUILDER_HEADER_BYTES, PAGE, 0 };
	uint32_t i;

	if (capacity < PE_BUILDER_HEADER_BYTES)
		return 0;
	memset(ret_file, 0, capacity);
	for (i = 0; i < plan->section_count; i++) {
		const struct pe_builder_section *from = &plan->sections[i];
		uint32_t virtual_bytes = from->virtual_bytes != 0 ? from->virtual_bytes : from->data_bytes;
		uint8_t *place =
			add_section(&image, from->name, from->data_bytes, virtual_bytes, from->characteristics);

		if (place == NULL)
			return 0;
		if (from->data_bytes != 0)
			memcpy(place, from->data, from->data_bytes);
	}
	if (plan->relocation_count != 0 && !add_relocations(&image, plan))
		return 0;
	if (plan->codeview_path != NULL && !add_codeview(&image, plan->codeview_path))
		return 0;
	store_headers(&image, plan->entry_rva);
	return image.used;
}

size_t pe_builder_sample(uint8_t *ret_file, size_t capacity)
{
	static const uint32_t fixups[] = { 0x2000, 0x3008 };
	uint8_t text[0x40];
	uint8_t rdata[0x10] = { 0 };
	uint8_t data[0x20] = { 0 };
	const struct pe_builder_section sections[] = {
		{ ".text", text, sizeof(text), 0, PE_BUILDER_TEXT },
		{ ".rdata", rdata, sizeof(rdata), 0, PE_BUILDER_RDATA },
		{ ".data", data, sizeof(data), 0x2800, PE_BUILDER_DATA },
	};
	const struct pe_builder plan = { sections, 3, 0x1010, fixups, 2, "C:\\build\\sample.x64\\sample.pdb" };

	memset(text, 0x90, sizeof(text));
	text[0x10] = 0xC3;
	mm_store_u64(rdata, PE_BUILDER_IMAGE_BASE + 0x1010);
	mm_store_u64(data + 8, PE_BUILDER_IMAGE_BASE + 0x2000);
	return pe_builder_write(&plan, ret_file, capacity);
}
