/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * PE32+ images for x64: decode and check a file once, then load it from the facts. Pure: reads the file, writes only
 * the buffer it is given. The file's bytes must not change between the two. O(bytes). Any context.
 *
 * Refused: anything that is not a relocatable PE32+ x64 executable with sections on 4 KiB, sections that are writable
 * and executable, overlap, wrap or leave the image or the file, an entry that is not in an executable section, imports,
 * thread-local storage, relocation types other than ABSOLUTE and DIR64, relocations that do not lie in one section.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/abi/pe.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* Limits of this implementation. */
#define MM_PI_PE_SECTION_MAX	 32u
#define MM_PI_PE_IMAGE_BYTES_MAX 0x10000000u /* 256 MiB */
#define MM_PI_PE_NAME_BYTES	 64u

/* What the pages of a section allow. */
#define MM_PI_PE_READ	 0x1u
#define MM_PI_PE_WRITE	 0x2u
#define MM_PI_PE_EXECUTE 0x4u

struct mm_pi_pe_section {
	char name[MM_PE_SECTION_NAME_BYTES + 1u];
	uint32_t rva;		/* page-aligned */
	uint32_t virtual_bytes; /* not 0; the rest of its last page reads as zero */
	uint32_t file_offset;
	uint32_t file_bytes; /* what is copied, at most virtual_bytes; the rest is zero */
	uint32_t access;     /* MM_PI_PE_... */
	bool is_discardable; /* not loaded: relocations, debug information */
};

/* A checked image. Sections ascend, do not share a page and lie inside the image. */
struct mm_pi_pe_facts {
	uint64_t image_base;   /* where it was linked */
	uint32_t image_bytes;  /* SizeOfImage, whole pages */
	uint32_t load_bytes;   /* whole pages up to the end of the last section that is loaded */
	uint32_t header_bytes; /* loaded read-only at RVA 0 */
	uint32_t entry_rva;
	uint16_t subsystem;	    /* MM_PE_SUBSYSTEM_... */
	uint32_t subsystem_version; /* major << 16 | minor */
	uint32_t image_version;	    /* major << 16 | minor */
	uint32_t section_count;
	struct mm_pi_pe_section sections[MM_PI_PE_SECTION_MAX];
	uint32_t relocation_offset; /* of the blocks, in the file */
	uint32_t relocation_bytes;
	uint32_t relocation_count;	      /* DIR64 ones in sections that are loaded */
	char debug_name[MM_PI_PE_NAME_BYTES]; /* CodeView path without folder and extension, "" when there is none */
};

/*
 * Decodes a whole image file. `file` is exactly the PE32 section's body or the .efi file; bytes behind the image's
 * data are allowed (padding). Offsets in refusals are file offsets.
 *
 * MM_OK; MM_E_TRUNCATED; MM_E_PE_MAGIC, MM_E_PE_TERSE, MM_E_PE_MACHINE, MM_E_PE_KIND, MM_E_PE_STRIPPED,
 * MM_E_PE_ALIGNMENT, MM_E_PE_HEADER, MM_E_PE_SIZE, MM_E_PE_SECTION_COUNT, MM_E_PE_SECTION_RANGE,
 * MM_E_PE_SECTION_OVERLAP, MM_E_PE_SECTION_FILE, MM_E_PE_WRITE_EXECUTE, MM_E_PE_ENTRY, MM_E_PE_DIRECTORY,
 * MM_E_PE_IMPORTS, MM_E_PE_RELOCATION_BLOCK, MM_E_PE_RELOCATION_TYPE, MM_E_PE_RELOCATION_TARGET, MM_E_PE_DEBUG.
 */
enum mm_status mm_pi_pe_decode_untrusted(struct mm_bytes file, struct mm_pi_pe_facts *ret_facts,
					 struct mm_refusal *reterr);

/*
 * Loads the image that `facts` was decoded from into `destination[0..destination_bytes)`, which will be executed at
 * `address`: zeroes load_bytes, copies header and sections, relocates. Discardable sections stay zero. Bytes beyond
 * load_bytes are not touched.
 *
 * MM_OK; MM_E_BUFFER_TOO_SMALL if destination_bytes < load_bytes; MM_E_MISALIGNED if address is not page-aligned;
 * MM_E_OVERFLOW if address + image_bytes wraps; MM_E_CORRUPT if the file is not the one the facts came from (shorter,
 * or its relocations changed). On a refusal after the checks of the arguments the destination is undefined.
 */
enum mm_status mm_pi_pe_load(const struct mm_pi_pe_facts *facts, struct mm_bytes file, uint8_t *destination,
			     size_t destination_bytes, uint64_t address);

/* Pages of one access in a loaded image. */
struct mm_pi_pe_run {
	uint32_t rva;	 /* page-aligned */
	uint32_t bytes;	 /* whole pages */
	uint32_t access; /* MM_PI_PE_... */
};

/*
 * Run `index` of the loaded image: first the header (read-only), then each section that is loaded, ascending. What
 * no run covers is not to be mapped. True and `ret_run`, or false past the last.
 */
bool mm_pi_pe_run_at(const struct mm_pi_pe_facts *facts, uint32_t index, struct mm_pi_pe_run *ret_run);

/* Instructions that a ring-3 image may not hold. */
enum mm_pi_pe_forbidden {
	MM_PI_PE_RSM,	   /* 0F AA */
	MM_PI_PE_SYSENTER, /* 0F 34 */
};

/*
 * Searches the executable pages of a loaded image, at any alignment and across adjoining runs, from `from_rva` on.
 * `loaded` is the image as mm_pi_pe_load() left it, at least load_bytes long: relocations can make or unmake such
 * bytes, so the file is not what counts. True with the place and kind of the first find, or false.
 */
bool mm_pi_pe_find_forbidden_code(const struct mm_pi_pe_facts *facts, struct mm_bytes loaded, uint32_t from_rva,
				  uint32_t *ret_rva, enum mm_pi_pe_forbidden *ret_kind);

/* "RSM" or "SYSENTER". */
const char *mm_pi_pe_forbidden_name(enum mm_pi_pe_forbidden kind);
