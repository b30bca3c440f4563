/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The MM system table as drivers see it (PI specification 1.8, volume 4, chapters 3 and 4): layouts and calling
 * convention are those of EFI_MM_SYSTEM_TABLE, so a driver built elsewhere finds what it expects. Ring 3 only.
 *
 * Status values are EFI_STATUS (mm/abi/efi.h). Handles are opaque: they are not addresses.
 *
 * Where PI leaves room, or the supervisor takes some:
 *
 *   pool, pages    types EfiRuntimeServicesCode and EfiRuntimeServicesData, which differ in name only: no memory that a
 *                  driver is given can be executed. Pages are zero when they are given.
 *   AllocatePages  The supervisor chooses addresses. AllocateMaxAddress answers EFI_NOT_FOUND if its choice ends above
 *                  the limit, which below 4 GiB it never does; AllocateAddress always does.
 *   FreePages      any part of what was allocated; EFI_NOT_FOUND for pages that are not this domain's or that hold its
 *                  pool.
 *   registering    handlers and notifications must lie in some driver's image, else EFI_INVALID_PARAMETER.
 *   attribution    a protocol, handler or notification is the driver's whose code called the service; it goes when that
 *                  driver fails to start.
 *   MmiManage      EFI_OUT_OF_RESOURCES when nested more than eight deep. It also serves the core's own events.
 *   MmStartupThisAp  EFI_INVALID_PARAMETER: no CPU is offered.
 *   MmIo           an address that is not aligned, or a range that leaves its space, is EFI_UNSUPPORTED; a width or a
 *                  missing buffer EFI_INVALID_PARAMETER. What policy denies ends the driver's activation.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/compiler.h"

#define MM_MMST_SIGNATURE 0x54534D53u	     /* 'SMST' */
#define MM_MMST_REVISION  ((1u << 16) | 80u) /* PI 1.8 */

typedef void *mm_driver_handle;

struct mm_table_header {
	uint64_t signature;
	uint32_t revision;
	uint32_t header_bytes;
	uint32_t crc32; /* over the whole table, this field taken as 0 */
	uint32_t reserved;
};

struct mm_configuration_entry {
	struct mm_guid guid;
	const void *table;
};

/* EFI_MM_IO_WIDTH. */
enum mm_io_width {
	MM_IO_UINT8 = 0,
	MM_IO_UINT16 = 1,
	MM_IO_UINT32 = 2,
	MM_IO_UINT64 = 3,
};

struct mm_cpu_io;

typedef uint64_t(MM_EFIAPI *mm_cpu_io_fn)(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address,
					  size_t count, void *buffer);

/* EFI_MM_CPU_IO_PROTOCOL. */
struct mm_cpu_io {
	mm_cpu_io_fn mem_read;
	mm_cpu_io_fn mem_write;
	mm_cpu_io_fn io_read;
	mm_cpu_io_fn io_write;
};

typedef void(MM_EFIAPI *mm_ap_procedure_fn)(void *argument);
typedef uint64_t(MM_EFIAPI *mm_notify_fn)(const struct mm_guid *protocol, void *interface, mm_driver_handle handle);
typedef uint64_t(MM_EFIAPI *mm_handler_fn)(mm_driver_handle dispatch_handle, const void *context, void *buffer,
					   size_t *inout_bytes);

/* EFI_MM_SYSTEM_TABLE. */
struct mm_mmst {
	struct mm_table_header header;
	const uint16_t *firmware_vendor;
	uint32_t firmware_revision;
	uint64_t(MM_EFIAPI *install_configuration_table)(const struct mm_mmst *self, const struct mm_guid *guid,
							 void *table, size_t bytes);
	struct mm_cpu_io io;
	uint64_t(MM_EFIAPI *allocate_pool)(uint32_t type, size_t bytes, void **ret_block);
	uint64_t(MM_EFIAPI *free_pool)(void *block);
	uint64_t(MM_EFIAPI *allocate_pages)(uint32_t kind, uint32_t type, size_t pages, uint64_t *inout_address);
	uint64_t(MM_EFIAPI *free_pages)(uint64_t address, size_t pages);
	uint64_t(MM_EFIAPI *startup_this_ap)(mm_ap_procedure_fn procedure, size_t cpu, void *argument);
	size_t currently_executing_cpu;
	size_t number_of_cpus;
	size_t *cpu_save_state_size;
	void **cpu_save_state;
	size_t configuration_count;
	struct mm_configuration_entry *configuration;
	uint64_t(MM_EFIAPI *install_protocol_interface)(mm_driver_handle *inout_handle, const struct mm_guid *protocol,
							uint32_t interface_type, void *interface);
	uint64_t(MM_EFIAPI *uninstall_protocol_interface)(mm_driver_handle handle, const struct mm_guid *protocol,
							  void *interface);
	uint64_t(MM_EFIAPI *handle_protocol)(mm_driver_handle handle, const struct mm_guid *protocol,
					     void **ret_interface);
	uint64_t(MM_EFIAPI *register_protocol_notify)(const struct mm_guid *protocol, mm_notify_fn function,
						      void **ret_registration);
	uint64_t(MM_EFIAPI *locate_handle)(uint32_t search, const struct mm_guid *protocol, void *key,
					   size_t *inout_bytes, mm_driver_handle *ret_handles);
	uint64_t(MM_EFIAPI *locate_protocol)(const struct mm_guid *protocol, void *registration, void **ret_interface);
	uint64_t(MM_EFIAPI *mmi_manage)(const struct mm_guid *guid, const void *context, void *buffer,
					size_t *inout_bytes);
	uint64_t(MM_EFIAPI *mmi_handler_register)(mm_handler_fn handler, const struct mm_guid *guid,
						  mm_driver_handle *ret_handle);
	uint64_t(MM_EFIAPI *mmi_handler_unregister)(mm_driver_handle handle);
};

MM_STATIC_ASSERT(offsetof(struct mm_mmst, install_configuration_table) == 40, mmst_install_configuration_table);
MM_STATIC_ASSERT(offsetof(struct mm_mmst, allocate_pool) == 80, mmst_allocate_pool);
MM_STATIC_ASSERT(offsetof(struct mm_mmst, currently_executing_cpu) == 120, mmst_currently_executing_cpu);
MM_STATIC_ASSERT(offsetof(struct mm_mmst, install_protocol_interface) == 168, mmst_install_protocol_interface);
MM_STATIC_ASSERT(sizeof(struct mm_mmst) == 240, mmst_bytes);

/* What a driver's PE entry point is (EFI_IMAGE_ENTRY_POINT for MM_STANDALONE). Returns EFI_STATUS. */
typedef uint64_t(MM_EFIAPI *mm_driver_entry_fn)(mm_driver_handle image, struct mm_mmst *mmst);
