/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constants and records of the UEFI specification (status codes: appendix D; memory map: 7.2) and of PI volume 4
 * that cross the borders of MM. They are the only form in which an EFI_STATUS exists here; see mm/base/status.h
 * for what rooms answer among themselves.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/base/compiler.h"

#define MM_EFI_ERROR_BIT 0x8000000000000000u

#define MM_EFI_SUCCESS		    ((uint64_t)0)
#define MM_EFI_LOAD_ERROR	    (MM_EFI_ERROR_BIT | 1u)
#define MM_EFI_INVALID_PARAMETER    (MM_EFI_ERROR_BIT | 2u)
#define MM_EFI_UNSUPPORTED	    (MM_EFI_ERROR_BIT | 3u)
#define MM_EFI_BAD_BUFFER_SIZE	    (MM_EFI_ERROR_BIT | 4u)
#define MM_EFI_BUFFER_TOO_SMALL	    (MM_EFI_ERROR_BIT | 5u)
#define MM_EFI_NOT_READY	    (MM_EFI_ERROR_BIT | 6u)
#define MM_EFI_DEVICE_ERROR	    (MM_EFI_ERROR_BIT | 7u)
#define MM_EFI_WRITE_PROTECTED	    (MM_EFI_ERROR_BIT | 8u)
#define MM_EFI_OUT_OF_RESOURCES	    (MM_EFI_ERROR_BIT | 9u)
#define MM_EFI_VOLUME_CORRUPTED	    (MM_EFI_ERROR_BIT | 10u)
#define MM_EFI_VOLUME_FULL	    (MM_EFI_ERROR_BIT | 11u)
#define MM_EFI_NO_MEDIA		    (MM_EFI_ERROR_BIT | 12u)
#define MM_EFI_MEDIA_CHANGED	    (MM_EFI_ERROR_BIT | 13u)
#define MM_EFI_NOT_FOUND	    (MM_EFI_ERROR_BIT | 14u)
#define MM_EFI_ACCESS_DENIED	    (MM_EFI_ERROR_BIT | 15u)
#define MM_EFI_NO_RESPONSE	    (MM_EFI_ERROR_BIT | 16u)
#define MM_EFI_NO_MAPPING	    (MM_EFI_ERROR_BIT | 17u)
#define MM_EFI_TIMEOUT		    (MM_EFI_ERROR_BIT | 18u)
#define MM_EFI_NOT_STARTED	    (MM_EFI_ERROR_BIT | 19u)
#define MM_EFI_ALREADY_STARTED	    (MM_EFI_ERROR_BIT | 20u)
#define MM_EFI_ABORTED		    (MM_EFI_ERROR_BIT | 21u)
#define MM_EFI_PROTOCOL_ERROR	    (MM_EFI_ERROR_BIT | 24u)
#define MM_EFI_INCOMPATIBLE_VERSION (MM_EFI_ERROR_BIT | 25u)
#define MM_EFI_SECURITY_VIOLATION   (MM_EFI_ERROR_BIT | 26u)
#define MM_EFI_CRC_ERROR	    (MM_EFI_ERROR_BIT | 27u)
#define MM_EFI_END_OF_MEDIA	    (MM_EFI_ERROR_BIT | 28u)
#define MM_EFI_END_OF_FILE	    (MM_EFI_ERROR_BIT | 31u)
#define MM_EFI_INVALID_LANGUAGE	    (MM_EFI_ERROR_BIT | 32u)
#define MM_EFI_COMPROMISED_DATA	    (MM_EFI_ERROR_BIT | 33u)

#define MM_EFI_WARN_UNKNOWN_GLYPH    ((uint64_t)1)
#define MM_EFI_WARN_DELETE_FAILURE   ((uint64_t)2)
#define MM_EFI_WARN_WRITE_FAILURE    ((uint64_t)3)
#define MM_EFI_WARN_BUFFER_TOO_SMALL ((uint64_t)4)
#define MM_EFI_WARN_STALE_DATA	     ((uint64_t)5)

/* What an MMI handler may answer besides success (PI 1.8, volume 4, 2.4 and 3.2): bit 61 marks PI's own codes. */
#define MM_EFI_PI_BIT 0x2000000000000000u

#define MM_EFI_INTERRUPT_PENDING	      (MM_EFI_ERROR_BIT | MM_EFI_PI_BIT | 0u)
#define MM_EFI_REQUEST_UNLOAD_IMAGE	      (MM_EFI_ERROR_BIT | MM_EFI_PI_BIT | 1u)
#define MM_EFI_NOT_AVAILABLE_YET	      (MM_EFI_ERROR_BIT | MM_EFI_PI_BIT | 2u)
#define MM_EFI_WARN_INTERRUPT_SOURCE_PENDING  (MM_EFI_PI_BIT | 0u)
#define MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED (MM_EFI_PI_BIT | 1u)

/* Nonzero if the code has its error bit set; warnings do not. */
#define MM_EFI_IS_ERROR(status) (((status) & MM_EFI_ERROR_BIT) != 0)

/* EFI_MEMORY_TYPE. */
enum mm_efi_memory_type {
	MM_EFI_RESERVED_MEMORY = 0,
	MM_EFI_LOADER_CODE = 1,
	MM_EFI_LOADER_DATA = 2,
	MM_EFI_BOOT_SERVICES_CODE = 3,
	MM_EFI_BOOT_SERVICES_DATA = 4,
	MM_EFI_RUNTIME_SERVICES_CODE = 5,
	MM_EFI_RUNTIME_SERVICES_DATA = 6,
	MM_EFI_CONVENTIONAL_MEMORY = 7,
	MM_EFI_UNUSABLE_MEMORY = 8,
	MM_EFI_ACPI_RECLAIM_MEMORY = 9,
	MM_EFI_ACPI_MEMORY_NVS = 10,
	MM_EFI_MEMORY_MAPPED_IO = 11,
	MM_EFI_MEMORY_MAPPED_IO_PORT_SPACE = 12,
	MM_EFI_PAL_CODE = 13,
	MM_EFI_PERSISTENT_MEMORY = 14,
	MM_EFI_UNACCEPTED_MEMORY = 15,
	MM_EFI_MEMORY_TYPE_COUNT = 16,
};

/* From here up, types belong to platforms (0x70000000) and OS loaders (0x80000000). */
#define MM_EFI_MEMORY_TYPE_OEM 0x70000000u

/* EFI_ALLOCATE_TYPE. */
enum mm_efi_allocate_type {
	MM_EFI_ALLOCATE_ANY_PAGES = 0,
	MM_EFI_ALLOCATE_MAX_ADDRESS = 1,
	MM_EFI_ALLOCATE_ADDRESS = 2,
};

/* EFI_LOCATE_SEARCH_TYPE. */
enum mm_efi_locate_search_type {
	MM_EFI_LOCATE_ALL_HANDLES = 0,
	MM_EFI_LOCATE_BY_REGISTER_NOTIFY = 1,
	MM_EFI_LOCATE_BY_PROTOCOL = 2,
};

/* Attribute bits of a memory descriptor. */
#define MM_EFI_MEMORY_UC      0x0000000000000001u
#define MM_EFI_MEMORY_WC      0x0000000000000002u
#define MM_EFI_MEMORY_WT      0x0000000000000004u
#define MM_EFI_MEMORY_WB      0x0000000000000008u
#define MM_EFI_MEMORY_UCE     0x0000000000000010u
#define MM_EFI_MEMORY_WP      0x0000000000001000u
#define MM_EFI_MEMORY_RP      0x0000000000002000u
#define MM_EFI_MEMORY_XP      0x0000000000004000u
#define MM_EFI_MEMORY_NV      0x0000000000008000u
#define MM_EFI_MEMORY_RO      0x0000000000020000u
#define MM_EFI_MEMORY_SP      0x0000000000040000u
#define MM_EFI_MEMORY_RUNTIME 0x8000000000000000u

/* EFI_MEMORY_DESCRIPTOR. */
struct mm_efi_memory_descriptor {
	uint32_t type; /* enum mm_efi_memory_type, or a platform's own */
	uint32_t pad;
	uint64_t physical_start;
	uint64_t virtual_start;
	uint64_t page_count;
	uint64_t attribute;
};
MM_STATIC_ASSERT(sizeof(struct mm_efi_memory_descriptor) == 40, efi_memory_descriptor_size);
MM_STATIC_ASSERT(offsetof(struct mm_efi_memory_descriptor, physical_start) == 8, efi_memory_descriptor_start);
MM_STATIC_ASSERT(offsetof(struct mm_efi_memory_descriptor, attribute) == 32, efi_memory_descriptor_attribute);
