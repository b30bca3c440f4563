/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Builds small PE32+ images for tests: sections on 4 KiB, data on 512 bytes, relocations and a CodeView name if wanted.
 * Headers lie at fixed offsets, so that a test can break one field by hand.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/pe.h"

/* Offsets in every image built here. */
#define PE_BUILDER_FILE_HEADER	   0x84u
#define PE_BUILDER_OPTIONAL_HEADER 0x98u
#define PE_BUILDER_DIRECTORIES	   (PE_BUILDER_OPTIONAL_HEADER + 112u)
#define PE_BUILDER_SECTION_TABLE   (PE_BUILDER_DIRECTORIES + 128u)
#define PE_BUILDER_HEADER_BYTES	   0x400u /* SizeOfHeaders: the first section's data starts here */
#define PE_BUILDER_IMAGE_BASE	   0x180000000u

#define PE_BUILDER_TEXT	 (MM_PE_SECTION_CODE | MM_PE_SECTION_EXECUTE | MM_PE_SECTION_READ)
#define PE_BUILDER_RDATA (MM_PE_SECTION_INITIALIZED | MM_PE_SECTION_READ)
#define PE_BUILDER_DATA	 (MM_PE_SECTION_INITIALIZED | MM_PE_SECTION_READ | MM_PE_SECTION_WRITE)
#define PE_BUILDER_RELOC (PE_BUILDER_RDATA | MM_PE_SECTION_DISCARDABLE)

/* Offset of a field of section `index`'s header, and of data directory `index`. */
#define PE_BUILDER_SECTION(index, field) \
	(PE_BUILDER_SECTION_TABLE + (index) * 40u + offsetof(struct mm_pe_section_header, field))
#define PE_BUILDER_OPTIONAL(field)  (PE_BUILDER_OPTIONAL_HEADER + offsetof(struct mm_pe_optional_header, field))
#define PE_BUILDER_DIRECTORY(index) (PE_BUILDER_DIRECTORIES + (index) * 8u)

struct pe_builder_section {
	const char *name;
	const void *data; /* NULL with data_bytes 0 */
	uint32_t data_bytes;
	uint32_t virtual_bytes; /* 0: as data_bytes */
	uint32_t characteristics;
};

struct pe_builder {
	const struct pe_builder_section *sections; /* in order, from RVA 0x1000 on, each on the next free page */
	uint32_t section_count;
	uint32_t entry_rva;
	const uint32_t
		*relocations; /* RVAs of DIR64 fixups, ascending; a .reloc section is appended when there are any */
	uint32_t relocation_count;
	const char *codeview_path; /* NULL: none; else a .debug section is appended */
};

/* Writes the image into `ret_file[0..capacity)`; returns its length, or 0 when it does not fit. */
size_t pe_builder_write(const struct pe_builder *plan, uint8_t *ret_file, size_t capacity);

/*
 * A good driver image of four sections: .text at 0x1000 (entry 0x1010), .rdata at 0x2000, .data at 0x3000 (0x2800
 * bytes virtual, 0x200 in the file), .reloc at 0x6000 with fixups at 0x2000 and 0x3008; CodeView name "sample" in
 * .debug at 0x7000. Returns its length; `capacity` of PE_BUILDER_SAMPLE_BYTES suffices.
 */
#define PE_BUILDER_SAMPLE_BYTES 0x1000u
size_t pe_builder_sample(uint8_t *ret_file, size_t capacity);
