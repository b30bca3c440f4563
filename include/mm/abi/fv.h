/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Firmware volumes, firmware file system versions 2 and 3, and file sections as they lie in flash: PI 1.8 volume 3,
 * chapters 2 and 3. 24-bit sizes are little-endian byte triples. Decode with mm/pi/fv.h and mm/pi/section.h.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/compiler.h"

#define MM_FV_SIGNATURE 0x4856465Fu /* '_FVH' */
#define MM_FV_REVISION	2u

#define MM_FV_ATTR_READ_DISABLED_CAP  0x00000001u
#define MM_FV_ATTR_READ_ENABLED_CAP   0x00000002u
#define MM_FV_ATTR_READ_STATUS	      0x00000004u
#define MM_FV_ATTR_WRITE_DISABLED_CAP 0x00000008u
#define MM_FV_ATTR_WRITE_ENABLED_CAP  0x00000010u
#define MM_FV_ATTR_WRITE_STATUS	      0x00000020u
#define MM_FV_ATTR_LOCK_CAP	      0x00000040u
#define MM_FV_ATTR_LOCK_STATUS	      0x00000080u
#define MM_FV_ATTR_STICKY_WRITE	      0x00000200u
#define MM_FV_ATTR_MEMORY_MAPPED      0x00000400u
#define MM_FV_ATTR_ERASE_POLARITY     0x00000800u
#define MM_FV_ATTR_READ_LOCK_CAP      0x00001000u
#define MM_FV_ATTR_READ_LOCK_STATUS   0x00002000u
#define MM_FV_ATTR_WRITE_LOCK_CAP     0x00004000u
#define MM_FV_ATTR_WRITE_LOCK_STATUS  0x00008000u
#define MM_FV_ATTR_ALIGNMENT_SHIFT    16u
#define MM_FV_ATTR_ALIGNMENT_MASK     0x1Fu /* log2 of the volume's alignment in bytes */
#define MM_FV_ATTR_WEAK_ALIGNMENT     0x80000000u

struct mm_fv_block_map_entry {
	uint32_t count;
	uint32_t bytes; /* of each block; an entry of two zeroes ends the map */
};
MM_STATIC_ASSERT(sizeof(struct mm_fv_block_map_entry) == 8, fv_block_map_entry_size);

struct mm_fv_header {
	uint8_t zero_vector[16]; /* free for a reset vector */
	struct mm_guid file_system;
	uint64_t bytes; /* the whole volume */
	uint32_t signature;
	uint32_t attributes;
	uint16_t header_bytes;	    /* with the block map */
	uint16_t checksum;	    /* makes the 16-bit sum of the header 0 */
	uint16_t ext_header_offset; /* from the volume's start; 0: none */
	uint8_t reserved;
	uint8_t revision;
	/* struct mm_fv_block_map_entry block_map[]; */
};
MM_STATIC_ASSERT(sizeof(struct mm_fv_header) == 56, fv_header_size);
MM_STATIC_ASSERT(offsetof(struct mm_fv_header, bytes) == 32, fv_header_bytes);
MM_STATIC_ASSERT(offsetof(struct mm_fv_header, ext_header_offset) == 52, fv_header_ext);

struct mm_fv_ext_header {
	struct mm_guid fv_name;
	uint32_t bytes; /* with its entries */
};
MM_STATIC_ASSERT(sizeof(struct mm_fv_ext_header) == 20, fv_ext_header_size);

struct mm_fv_ext_entry {
	uint16_t bytes; /* with this header */
	uint16_t type;
};
MM_STATIC_ASSERT(sizeof(struct mm_fv_ext_entry) == 4, fv_ext_entry_size);

#define MM_FFS_ALIGN 8u /* of each file's header, from the volume's start */

#define MM_FFS_TYPE_RAW		       0x01u
#define MM_FFS_TYPE_FREEFORM	       0x02u
#define MM_FFS_TYPE_SECURITY_CORE      0x03u
#define MM_FFS_TYPE_PEI_CORE	       0x04u
#define MM_FFS_TYPE_DXE_CORE	       0x05u
#define MM_FFS_TYPE_PEIM	       0x06u
#define MM_FFS_TYPE_DRIVER	       0x07u
#define MM_FFS_TYPE_PEIM_DRIVER	       0x08u
#define MM_FFS_TYPE_APPLICATION	       0x09u
#define MM_FFS_TYPE_MM		       0x0Au
#define MM_FFS_TYPE_FV_IMAGE	       0x0Bu
#define MM_FFS_TYPE_MM_DXE	       0x0Cu
#define MM_FFS_TYPE_MM_CORE	       0x0Du
#define MM_FFS_TYPE_MM_STANDALONE      0x0Eu
#define MM_FFS_TYPE_MM_CORE_STANDALONE 0x0Fu
#define MM_FFS_TYPE_OEM_FIRST	       0xC0u
#define MM_FFS_TYPE_DEBUG_FIRST	       0xE0u
#define MM_FFS_TYPE_PAD		       0xF0u

#define MM_FFS_ATTR_LARGE_FILE	     0x01u
#define MM_FFS_ATTR_DATA_ALIGNMENT_2 0x02u
#define MM_FFS_ATTR_FIXED	     0x04u
#define MM_FFS_ATTR_ALIGNMENT_SHIFT  3u
#define MM_FFS_ATTR_ALIGNMENT_MASK   0x38u
#define MM_FFS_ATTR_CHECKSUM	     0x40u

/* State bits; where the erase polarity is 1 they are stored inverted. The highest one set tells the state. */
#define MM_FFS_STATE_HEADER_CONSTRUCTION 0x01u
#define MM_FFS_STATE_HEADER_VALID	 0x02u
#define MM_FFS_STATE_DATA_VALID		 0x04u
#define MM_FFS_STATE_MARKED_FOR_UPDATE	 0x08u
#define MM_FFS_STATE_DELETED		 0x10u
#define MM_FFS_STATE_HEADER_INVALID	 0x20u
#define MM_FFS_STATE_ALL		 0x3Fu

#define MM_FFS_FIXED_CHECKSUM 0xAAu /* file checksum of a file without MM_FFS_ATTR_CHECKSUM */

struct mm_ffs_header {
	struct mm_guid name;
	uint8_t header_checksum; /* 8-bit sum of the header, file_checksum and state taken as 0, is 0 */
	uint8_t file_checksum;	 /* of what follows the header */
	uint8_t type;
	uint8_t attributes;
	uint8_t bytes[3]; /* with the header; 0 in a large file */
	uint8_t state;
};
MM_STATIC_ASSERT(sizeof(struct mm_ffs_header) == 24, ffs_header_size);
MM_STATIC_ASSERT(offsetof(struct mm_ffs_header, state) == 23, ffs_header_state);

/* A large file (FFS3 only): more than 16 MiB. */
struct mm_ffs_header_large {
	struct mm_ffs_header header;
	uint64_t extended_bytes; /* with this header */
};
MM_STATIC_ASSERT(sizeof(struct mm_ffs_header_large) == 32, ffs_header_large_size);

#define MM_SECTION_ALIGN 4u /* of each section's header, from the first one */

#define MM_SECTION_COMPRESSION		 0x01u
#define MM_SECTION_GUID_DEFINED		 0x02u
#define MM_SECTION_DISPOSABLE		 0x03u
#define MM_SECTION_PE32			 0x10u
#define MM_SECTION_PIC			 0x11u
#define MM_SECTION_TE			 0x12u
#define MM_SECTION_DXE_DEPEX		 0x13u
#define MM_SECTION_VERSION		 0x14u
#define MM_SECTION_USER_INTERFACE	 0x15u
#define MM_SECTION_COMPATIBILITY16	 0x16u
#define MM_SECTION_FV_IMAGE		 0x17u
#define MM_SECTION_FREEFORM_SUBTYPE_GUID 0x18u
#define MM_SECTION_RAW			 0x19u
#define MM_SECTION_PEI_DEPEX		 0x1Bu
#define MM_SECTION_MM_DEPEX		 0x1Cu

#define MM_SECTION_BYTES_LARGE 0xFFFFFFu /* the 32-bit size follows */

struct mm_section_header {
	uint8_t bytes[3]; /* with the header */
	uint8_t type;
};
MM_STATIC_ASSERT(sizeof(struct mm_section_header) == 4, section_header_size);

struct mm_section_header_large {
	struct mm_section_header header;
	uint32_t extended_bytes; /* with this header */
};
MM_STATIC_ASSERT(sizeof(struct mm_section_header_large) == 8, section_header_large_size);

/* Both follow the common header, plain or large. Compression: u32 uncompressed bytes, u8 kind (0: none). */
#define MM_SECTION_COMPRESSION_BYTES 5u

#define MM_SECTION_GUIDED_PROCESSING_REQUIRED 0x01u
#define MM_SECTION_GUIDED_AUTH_STATUS_VALID   0x02u

struct mm_section_guid_defined {
	struct mm_guid definition;
	uint16_t data_offset; /* from the section's start */
	uint16_t attributes;
};
MM_STATIC_ASSERT(sizeof(struct mm_section_guid_defined) == 20, section_guid_defined_size);
