/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * PE32+ images for x64 as they lie in a file (Microsoft PE and COFF specification; UEFI specification 2.1.1).
 * Decode with mm/pi/pe.h.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/compiler.h"

#define MM_PE_DOS_MAGIC	     0x5A4Du /* 'MZ' */
#define MM_PE_DOS_BYTES	     64u
#define MM_PE_DOS_NEW_OFFSET 60u	 /* where the DOS header holds the PE header's offset */
#define MM_PE_SIGNATURE	     0x00004550u /* "PE\0\0" */
#define MM_TE_MAGIC	     0x5A56u	 /* 'VZ': a terse image, which is refused */
#define MM_PE_MACHINE_X64    0x8664u
#define MM_PE_MAGIC_PLUS     0x020Bu

#define MM_PE_FILE_RELOCS_STRIPPED 0x0001u
#define MM_PE_FILE_EXECUTABLE	   0x0002u

#define MM_PE_SUBSYSTEM_NATIVE		   1u
#define MM_PE_SUBSYSTEM_EFI_BOOT_DRIVER	   11u
#define MM_PE_SUBSYSTEM_EFI_RUNTIME_DRIVER 12u

struct mm_pe_file_header {
	uint16_t machine;
	uint16_t section_count;
	uint32_t time_stamp;
	uint32_t symbol_table_offset;
	uint32_t symbol_count;
	uint16_t optional_header_bytes;
	uint16_t characteristics;
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_file_header) == 20, pe_file_header_size);

struct mm_pe_data_directory {
	uint32_t rva;
	uint32_t bytes;
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_data_directory) == 8, pe_data_directory_size);

#define MM_PE_DIRECTORY_EXPORT	     0u
#define MM_PE_DIRECTORY_IMPORT	     1u
#define MM_PE_DIRECTORY_RELOCATION   5u
#define MM_PE_DIRECTORY_DEBUG	     6u
#define MM_PE_DIRECTORY_TLS	     9u
#define MM_PE_DIRECTORY_BOUND_IMPORT 11u
#define MM_PE_DIRECTORY_DELAY_IMPORT 13u
#define MM_PE_DIRECTORY_CLR	     14u
#define MM_PE_DIRECTORY_MAX	     16u

/* Without the data directories that follow it. */
struct mm_pe_optional_header {
	uint16_t magic;
	uint8_t linker_major;
	uint8_t linker_minor;
	uint32_t code_bytes;
	uint32_t initialized_bytes;
	uint32_t uninitialized_bytes;
	uint32_t entry_rva;
	uint32_t code_rva;
	uint64_t image_base;
	uint32_t section_alignment;
	uint32_t file_alignment;
	uint16_t os_major;
	uint16_t os_minor;
	uint16_t image_major;
	uint16_t image_minor;
	uint16_t subsystem_major;
	uint16_t subsystem_minor;
	uint32_t win32_version;
	uint32_t image_bytes;
	uint32_t header_bytes;
	uint32_t checksum;
	uint16_t subsystem;
	uint16_t dll_characteristics;
	uint64_t stack_reserve_bytes;
	uint64_t stack_commit_bytes;
	uint64_t heap_reserve_bytes;
	uint64_t heap_commit_bytes;
	uint32_t loader_flags;
	uint32_t directory_count;
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_optional_header) == 112, pe_optional_header_size);
MM_STATIC_ASSERT(offsetof(struct mm_pe_optional_header, image_base) == 24, pe_optional_header_base);
MM_STATIC_ASSERT(offsetof(struct mm_pe_optional_header, image_bytes) == 56, pe_optional_header_image);
MM_STATIC_ASSERT(offsetof(struct mm_pe_optional_header, directory_count) == 108, pe_optional_header_directories);

#define MM_PE_SECTION_NAME_BYTES 8u

#define MM_PE_SECTION_CODE	    0x00000020u
#define MM_PE_SECTION_INITIALIZED   0x00000040u
#define MM_PE_SECTION_UNINITIALIZED 0x00000080u
#define MM_PE_SECTION_DISCARDABLE   0x02000000u
#define MM_PE_SECTION_EXECUTE	    0x20000000u
#define MM_PE_SECTION_READ	    0x40000000u
#define MM_PE_SECTION_WRITE	    0x80000000u

struct mm_pe_section_header {
	uint8_t name[MM_PE_SECTION_NAME_BYTES]; /* no terminator when all eight are used */
	uint32_t virtual_bytes;
	uint32_t rva;
	uint32_t file_bytes;
	uint32_t file_offset;
	uint32_t relocation_offset;
	uint32_t line_number_offset;
	uint16_t relocation_count;
	uint16_t line_number_count;
	uint32_t characteristics;
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_section_header) == 40, pe_section_header_size);

/* A block of base relocations: this header, then 16-bit entries {type:4, offset in the page:12}. */
struct mm_pe_relocation_block {
	uint32_t page_rva;
	uint32_t bytes; /* with this header */
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_relocation_block) == 8, pe_relocation_block_size);

#define MM_PE_RELOCATION_ABSOLUTE 0u
#define MM_PE_RELOCATION_DIR64	  10u

struct mm_pe_debug_entry {
	uint32_t characteristics;
	uint32_t time_stamp;
	uint16_t major;
	uint16_t minor;
	uint32_t type;
	uint32_t bytes;
	uint32_t rva;
	uint32_t file_offset;
};
MM_STATIC_ASSERT(sizeof(struct mm_pe_debug_entry) == 28, pe_debug_entry_size);

#define MM_PE_DEBUG_CODEVIEW	  2u
#define MM_PE_CODEVIEW_RSDS	  0x53445352u /* 'RSDS': GUID, age, path */
#define MM_PE_CODEVIEW_NB10	  0x3031424Eu /* 'NB10': offset, time stamp, age, path */
#define MM_PE_CODEVIEW_RSDS_BYTES 24u
#define MM_PE_CODEVIEW_NB10_BYTES 16u
