/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Hand-off blocks as they lie in memory: PI 1.8 volume 3, chapter 5, and the payloads of the GUID extension HOBs
 * that MM consumes or produces. All fields are little-endian; every HOB starts on 8 bytes and its length is a
 * multiple of 8. Field comments give units only where the name does not. Decode with mm/pi/hob.h.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/compiler.h"

#define MM_HOB_TYPE_HANDOFF		 0x0001u
#define MM_HOB_TYPE_MEMORY_ALLOCATION	 0x0002u
#define MM_HOB_TYPE_RESOURCE_DESCRIPTOR	 0x0003u
#define MM_HOB_TYPE_GUID_EXTENSION	 0x0004u
#define MM_HOB_TYPE_FV			 0x0005u
#define MM_HOB_TYPE_CPU			 0x0006u
#define MM_HOB_TYPE_MEMORY_POOL		 0x0007u
#define MM_HOB_TYPE_FV2			 0x0009u
#define MM_HOB_TYPE_LOAD_PEIM_UNUSED	 0x000Au
#define MM_HOB_TYPE_UEFI_CAPSULE	 0x000Bu
#define MM_HOB_TYPE_FV3			 0x000Cu
#define MM_HOB_TYPE_RESOURCE_DESCRIPTOR2 0x000Du
#define MM_HOB_TYPE_UNUSED		 0xFFFEu
#define MM_HOB_TYPE_END			 0xFFFFu

#define MM_HOB_ALIGN	       8u
#define MM_HOB_BYTES_MAX       0xFFF8u /* the greatest multiple of 8 that the length field holds */
#define MM_HOB_HANDOFF_VERSION 9u

struct mm_hob_header {
	uint16_t type;
	uint16_t bytes; /* the whole HOB, this header included */
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_header) == 8, hob_header_size);

/* The end pointer is the address of the END HOB. */
struct mm_hob_handoff {
	struct mm_hob_header header;
	uint32_t version;
	uint32_t boot_mode;
	uint64_t memory_top;
	uint64_t memory_bottom;
	uint64_t free_memory_top;
	uint64_t free_memory_bottom;
	uint64_t end_of_hob_list;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_handoff) == 0x38, hob_handoff_size);
MM_STATIC_ASSERT(offsetof(struct mm_hob_handoff, end_of_hob_list) == 0x30, hob_handoff_end);

struct mm_hob_memory_allocation {
	struct mm_hob_header header;
	struct mm_guid name;
	uint64_t base;
	uint64_t bytes;
	uint32_t memory_type; /* enum mm_efi_memory_type */
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_memory_allocation) == 0x30, hob_memory_allocation_size);
MM_STATIC_ASSERT(offsetof(struct mm_hob_memory_allocation, base) == 0x18, hob_memory_allocation_base);

/* A memory allocation HOB whose name says that a module lies there. */
struct mm_hob_module {
	struct mm_hob_memory_allocation allocation;
	struct mm_guid module_name; /* the file's name */
	uint64_t entry;		    /* address */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_module) == 0x48, hob_module_size);
MM_STATIC_ASSERT(offsetof(struct mm_hob_module, module_name) == 0x30, hob_module_name);

#define MM_HOB_RESOURCE_SYSTEM_MEMORY	  0u
#define MM_HOB_RESOURCE_MMIO		  1u
#define MM_HOB_RESOURCE_IO		  2u
#define MM_HOB_RESOURCE_FIRMWARE_DEVICE	  3u
#define MM_HOB_RESOURCE_MMIO_PORT	  4u
#define MM_HOB_RESOURCE_MEMORY_RESERVED	  5u
#define MM_HOB_RESOURCE_IO_RESERVED	  6u
#define MM_HOB_RESOURCE_MEMORY_UNACCEPTED 7u
#define MM_HOB_RESOURCE_TYPE_COUNT	  8u

#define MM_HOB_RESOURCE_ATTR_PRESENT	     0x00000001u
#define MM_HOB_RESOURCE_ATTR_INITIALIZED     0x00000002u
#define MM_HOB_RESOURCE_ATTR_TESTED	     0x00000004u
#define MM_HOB_RESOURCE_ATTR_READ_PROTECTED  0x00000080u
#define MM_HOB_RESOURCE_ATTR_WRITE_PROTECTED 0x00000100u
#define MM_HOB_RESOURCE_ATTR_EXEC_PROTECTED  0x00000200u
#define MM_HOB_RESOURCE_ATTR_UNCACHEABLE     0x00000400u
#define MM_HOB_RESOURCE_ATTR_WRITE_COMBINE   0x00000800u
#define MM_HOB_RESOURCE_ATTR_WRITE_THROUGH   0x00001000u
#define MM_HOB_RESOURCE_ATTR_WRITE_BACK	     0x00002000u
#define MM_HOB_RESOURCE_ATTR_READ_ONLY	     0x00040000u

struct mm_hob_resource {
	struct mm_hob_header header;
	struct mm_guid owner;
	uint32_t type;
	uint32_t attributes;
	uint64_t base;
	uint64_t bytes;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_resource) == 0x30, hob_resource_size);
MM_STATIC_ASSERT(offsetof(struct mm_hob_resource, base) == 0x20, hob_resource_base);

/* Version 2 adds the memory attributes as a memory descriptor has them. */
struct mm_hob_resource2 {
	struct mm_hob_resource v1;
	uint64_t memory_attributes; /* MM_EFI_MEMORY_... */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_resource2) == 0x38, hob_resource2_size);

/* The payload follows, rounded up to 8 bytes. */
struct mm_hob_guid {
	struct mm_hob_header header;
	struct mm_guid name;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_guid) == 24, hob_guid_size);
#define MM_HOB_GUID_PAYLOAD_MAX (MM_HOB_BYTES_MAX - 24u)

struct mm_hob_fv {
	struct mm_hob_header header;
	uint64_t base;
	uint64_t bytes;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_fv) == 0x18, hob_fv_size);

struct mm_hob_fv2 {
	struct mm_hob_fv fv;
	struct mm_guid fv_name;
	struct mm_guid file_name;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_fv2) == 0x38, hob_fv2_size);

struct mm_hob_fv3 {
	struct mm_hob_fv fv;
	uint32_t authentication_status;
	uint8_t extracted_fv;
	uint8_t pad[3];
	struct mm_guid fv_name;
	struct mm_guid file_name;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_fv3) == 0x40, hob_fv3_size);

struct mm_hob_cpu {
	struct mm_hob_header header;
	uint8_t memory_space_bits;
	uint8_t io_space_bits;
	uint8_t reserved[6];
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_cpu) == 0x10, hob_cpu_size);

struct mm_hob_capsule {
	struct mm_hob_header header;
	uint64_t base;
	uint64_t bytes;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_capsule) == 0x18, hob_capsule_size);

/*
 * Payloads of GUID extension HOBs; the GUID's symbol in mm/abi/guid_list.h heads each.
 */

/* mmram_hob, mmram_reserve_hob: the count, then descriptors. mseg_hob, acpi_variable_hob: one descriptor alone. */
#define MM_HOB_MMRAM_OPEN	   0x01u
#define MM_HOB_MMRAM_CLOSED	   0x02u
#define MM_HOB_MMRAM_LOCKED	   0x04u
#define MM_HOB_MMRAM_CACHEABLE	   0x08u
#define MM_HOB_MMRAM_ALLOCATED	   0x10u
#define MM_HOB_MMRAM_NEEDS_TESTING 0x20u
#define MM_HOB_MMRAM_NEEDS_ECC	   0x40u

struct mm_hob_mmram_descriptor {
	uint64_t physical_start;
	uint64_t cpu_start;
	uint64_t bytes;
	uint64_t state; /* MM_HOB_MMRAM_... */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_mmram_descriptor) == 32, hob_mmram_descriptor_size);

struct mm_hob_mmram {
	uint32_t count;
	uint32_t pad;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_mmram) == 8, hob_mmram_size);

/* smbase_hob: the header, then `count` SMBASE values for CPUs first_cpu, first_cpu + 1, ... */
struct mm_hob_smbase {
	uint32_t first_cpu;
	uint32_t count;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_smbase) == 8, hob_smbase_size);

/* EFI_PROCESSOR_INFORMATION (PI volume 2, 13.4). */
#define MM_HOB_CPU_IS_BSP  0x1u
#define MM_HOB_CPU_ENABLED 0x2u
#define MM_HOB_CPU_HEALTHY 0x4u

struct mm_hob_cpu_information {
	uint64_t processor_id; /* the APIC id */
	uint32_t status;       /* MM_HOB_CPU_... */
	uint32_t package;
	uint32_t core;
	uint32_t thread;
	uint32_t extended[6]; /* package, module, tile, die, core, thread */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_cpu_information) == 48, hob_cpu_information_size);

/* mp_information_hob: the header, then `count` entries of 48 bytes. */
struct mm_hob_mp {
	uint64_t count;
	uint64_t enabled_count;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_mp) == 16, hob_mp_size);

/* mp_information2_hob: the header, then `count` entries of `entry_bytes`; a HOB with count 0 ends the chunks. */
#define MM_HOB_MP2_VERSION 1u

struct mm_hob_mp2 {
	uint16_t count;
	uint16_t entry_bytes;
	uint8_t version;
	uint8_t reserved[3];
	uint64_t first_cpu;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_mp2) == 16, hob_mp2_size);

struct mm_hob_mp2_entry {
	struct mm_hob_cpu_information information;
	uint8_t core_type;
	uint8_t reserved[7];
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_mp2_entry) == 56, hob_mp2_entry_size);

/* comm_buffer_hob: the user channel. */
struct mm_hob_comm_buffer {
	uint64_t base;
	uint64_t page_count;
	uint64_t status; /* address of a struct mm_comm_status */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_comm_buffer) == 24, hob_comm_buffer_size);

/* supv_common_region_hob: a channel by type. */
#define MM_HOB_REGION_SUPERVISOR 0u
#define MM_HOB_REGION_USER	 1u

struct mm_hob_common_region {
	uint64_t type;
	uint64_t base;
	uint64_t page_count;
	uint64_t status; /* address of a struct mm_comm_status */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_common_region) == 32, hob_common_region_size);

/* supv_protected_region_hob. */
struct mm_hob_protected_region {
	uint64_t type;
	uint64_t base;
	uint64_t page_count;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_protected_region) == 24, hob_protected_region_size);

/* cpu_sync_config_hob; times in microseconds. */
struct mm_hob_cpu_sync_config {
	uint32_t relaxed_ap_mode; /* 0: wait for every CPU before an MMI is handled */
	uint32_t pad;
	uint64_t timeout_us;
	uint64_t timeout2_us;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_cpu_sync_config) == 24, hob_cpu_sync_config_size);

/* supv_pass_down_hob. */
#define MM_HOB_PASS_DOWN_REVISION 2u

struct mm_hob_pass_down {
	uint32_t revision;
	uint32_t reserved;
	uint64_t user_stack_base; /* one stack for each CPU, adjoining */
	uint64_t user_stack_bytes_per_cpu;
	uint64_t smbase_array;	    /* address of u64[CPUs] */
	uint64_t initialized_array; /* address of u8[CPUs] */
	uint64_t policy;	    /* address of the policy blob */
	uint64_t policy_bytes;
	uint64_t mmi_entry_bytes; /* what lies at SMBASE + 0x8000 */
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_pass_down) == 64, hob_pass_down_size);
MM_STATIC_ASSERT(offsetof(struct mm_hob_pass_down, mmi_entry_bytes) == 0x38, hob_pass_down_mmi_entry);

/* supv_depex_hob: the header, then `bytes` bytes of depex. */
struct mm_hob_depex {
	struct mm_guid file_name;
	uint64_t bytes;
};
MM_STATIC_ASSERT(sizeof(struct mm_hob_depex) == 24, hob_depex_size);

/* supv_unblock_region_hob: an EFI_MEMORY_DESCRIPTOR (40 bytes), then the GUID of who asks. */
#define MM_HOB_UNBLOCK_REGION_BYTES 56u
