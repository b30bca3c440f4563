/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Each service has three parts: copy what the caller points at (a bad pointer ends the caller here, before anything has
 * changed), change the rooms inside a mark, write results.
 */
#include "table.h"

#include "mm/abi/efi.h"
#include "mm/base/addr.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/crc32.h"

#include "invoke.h"

/* "Ringfence" in UCS-2. */
static const uint16_t vendor[] = { 'R', 'i', 'n', 'g', 'f', 'e', 'n', 'c', 'e', 0 };

#define FIRMWARE_REVISION 1u
#define NATIVE_INTERFACE  0u /* EFI_INTERFACE_TYPE */

uint64_t mm_core_efi_status(enum mm_status status)
{
	switch (status) {
	case MM_OK:
		return MM_EFI_SUCCESS;
	case MM_E_NOT_FOUND:
		return MM_EFI_NOT_FOUND;
	case MM_E_UNSUPPORTED:
		return MM_EFI_UNSUPPORTED;
	case MM_E_NO_MEMORY:
	case MM_E_QUOTA:
	case MM_E_LIMIT:
		return MM_EFI_OUT_OF_RESOURCES;
	case MM_E_BUFFER_TOO_SMALL:
		return MM_EFI_BUFFER_TOO_SMALL;
	default:
		return MM_EFI_INVALID_PARAMETER;
	}
}

/* In whose name a service acts: the module that holds the caller, which it cannot choose. */
static uint16_t caller_of(struct mm_core *core, const void *return_address)
{
	const struct mm_core_module *module = mm_core_module_at(core, (uint64_t)(uintptr_t)return_address);

	return module == NULL ? 0 : mm_core_module_index(core, module);
}
#define CALLER(core) caller_of(core, __builtin_return_address(0))

static uint64_t MM_EFIAPI allocate_pool(uint32_t type, size_t bytes, void **ret_block)
{
	struct mm_core *core = &mm_core_object;
	const struct mm_pool_request request = { .bytes = bytes, .type = type };
	void *block = NULL;
	enum mm_status status;

	if (ret_block == NULL || (type != MM_EFI_RUNTIME_SERVICES_CODE && type != MM_EFI_RUNTIME_SERVICES_DATA))
		return MM_EFI_INVALID_PARAMETER;
	mm_core_begin_change(core);
	status = mm_pool_alloc(&core->pool.pool, &request, &block);
	mm_core_end_change(core);
	if (status == MM_OK)
		*ret_block = block;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI free_pool(void *block)
{
	struct mm_core *core = &mm_core_object;
	enum mm_status status;

	mm_core_begin_change(core);
	status = mm_pool_free(&core->pool.pool, block);
	mm_core_end_change(core);
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI allocate_pages(uint32_t kind, uint32_t type, size_t pages, uint64_t *inout_address)
{
	struct mm_core *core = &mm_core_object;
	struct mm_region region;
	enum mm_status status;

	if (inout_address == NULL || kind > MM_EFI_ALLOCATE_ADDRESS)
		return MM_EFI_INVALID_PARAMETER;
	if (type != MM_EFI_RUNTIME_SERVICES_CODE && type != MM_EFI_RUNTIME_SERVICES_DATA)
		return MM_EFI_INVALID_PARAMETER;
	/* The supervisor chooses addresses, and MMRAM is the driver's only memory: no other kind can be served. */
	if (kind != MM_EFI_ALLOCATE_ANY_PAGES)
		return MM_EFI_NOT_FOUND;
	status = mm_pages_alloc_any(&core->pages, pages, mm_owner_domain(0), &region);
	if (status == MM_OK)
		*inout_address = region.base;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI free_pages(uint64_t address, size_t pages)
{
	struct mm_core *core = &mm_core_object;
	enum mm_status status;

	if (pages > UINT64_MAX / MM_PAGE_BYTES)
		return MM_EFI_INVALID_PARAMETER;
	status = mm_pages_free(&core->pages, mm_region_create(address, pages * MM_PAGE_BYTES), mm_owner_domain(0));
	return status == MM_E_ALLOC_FOREIGN ? MM_EFI_NOT_FOUND : mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI startup_this_ap(mm_ap_procedure_fn procedure, size_t cpu, void *argument)
{
	/* Procedures on other CPUs are not offered yet (docs/caveats.md): PI's answer for a CPU that cannot be used. */
	return MM_EFI_INVALID_PARAMETER;
}

static uint64_t MM_EFIAPI install_protocol(mm_driver_handle *inout_handle, const struct mm_guid *protocol,
					   uint32_t interface_type, void *interface)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid guid;
	uint64_t handle;
	enum mm_status status;

	if (inout_handle == NULL || protocol == NULL || interface_type != NATIVE_INTERFACE)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	handle = (uint64_t)(uintptr_t)*inout_handle;
	mm_core_begin_change(core);
	status = mm_protodb_install(&core->protodb, CALLER(core), &guid, (uint64_t)(uintptr_t)interface, &handle);
	mm_core_end_change(core);
	if (status == MM_OK)
		*inout_handle = (mm_driver_handle)(uintptr_t)handle;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI uninstall_protocol(mm_driver_handle handle, const struct mm_guid *protocol, void *interface)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid guid;
	enum mm_status status;

	if (protocol == NULL)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	mm_core_begin_change(core);
	status = mm_protodb_uninstall(&core->protodb, (uint64_t)(uintptr_t)handle, &guid,
				      (uint64_t)(uintptr_t)interface);
	mm_core_end_change(core);
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI handle_protocol(mm_driver_handle handle, const struct mm_guid *protocol, void **ret_interface)
{
	struct mm_guid guid;
	uint64_t interface = 0;
	enum mm_status status;

	if (protocol == NULL || ret_interface == NULL)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	status = mm_protodb_open(&mm_core_object.protodb, (uint64_t)(uintptr_t)handle, &guid, &interface);
	*ret_interface = (void *)(uintptr_t)interface; /* PI: NULL where there is none */
	return mm_core_efi_status(status);
}

/* A NULL function ends the registration whose token `ret_registration` holds (PI volume 4, 3.3.4). */
static uint64_t MM_EFIAPI register_protocol_notify(const struct mm_guid *protocol, mm_notify_fn function,
						   void **ret_registration)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid guid;
	uint64_t registration;
	enum mm_status status;

	if (protocol == NULL || ret_registration == NULL)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	registration = (uint64_t)(uintptr_t)*ret_registration;
	mm_core_begin_change(core);
	if (function == NULL)
		status = mm_protodb_unregister_notify(&core->protodb, &guid, registration);
	else
		status = mm_protodb_register_notify(&core->protodb, CALLER(core), &guid, (uint64_t)(uintptr_t)function,
						    &registration);
	mm_core_end_change(core);
	if (function == NULL)
		return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_NOT_FOUND;
	if (status == MM_OK)
		*ret_registration = (void *)(uintptr_t)registration;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI locate_handle(uint32_t search, const struct mm_guid *protocol, void *key, size_t *inout_bytes,
					mm_driver_handle *ret_handles)
{
	struct mm_core *core = &mm_core_object;
	uint64_t *handles = (uint64_t *)(void *)ret_handles;
	struct mm_guid guid = { 0 };
	enum mm_status status;
	size_t count;

	if (inout_bytes == NULL || (protocol == NULL && search == MM_EFI_LOCATE_BY_PROTOCOL))
		return MM_EFI_INVALID_PARAMETER;
	count = *inout_bytes / sizeof(uint64_t);
	if (ret_handles == NULL && count != 0)
		return MM_EFI_INVALID_PARAMETER;
	if (protocol != NULL)
		guid = *protocol;
	switch (search) {
	case MM_EFI_LOCATE_ALL_HANDLES:
		status = mm_protodb_list_handles(&core->protodb, handles, &count);
		break;
	case MM_EFI_LOCATE_BY_PROTOCOL:
		status = mm_protodb_list_handles_by_protocol(&core->protodb, &guid, handles, &count);
		break;
	case MM_EFI_LOCATE_BY_REGISTER_NOTIFY:
		status = mm_protodb_list_handles_new(&core->protodb, (uint64_t)(uintptr_t)key, handles, &count);
		break;
	default:
		return MM_EFI_INVALID_PARAMETER;
	}
	if (status == MM_OK || status == MM_E_BUFFER_TOO_SMALL)
		*inout_bytes = count * sizeof(uint64_t);
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI locate_protocol(const struct mm_guid *protocol, void *registration, void **ret_interface)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid guid;
	uint64_t interface = 0;
	enum mm_status status;

	if (ret_interface == NULL || (protocol == NULL && registration == NULL))
		return MM_EFI_INVALID_PARAMETER;
	if (registration != NULL) {
		status = mm_protodb_locate_new(&core->protodb, (uint64_t)(uintptr_t)registration, &interface, NULL);
	} else {
		guid = *protocol;
		status = mm_protodb_locate(&core->protodb, &guid, &interface);
	}
	*ret_interface = (void *)(uintptr_t)interface;
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_NOT_FOUND;
}

static uint64_t MM_EFIAPI mmi_manage(const struct mm_guid *guid, const void *context, void *buffer, size_t *inout_bytes)
{
	struct mm_core *core = &mm_core_object;
	struct mm_mmi_outcome outcome;
	struct mm_guid copy;

	if (guid != NULL)
		copy = *guid;
	if (mm_mmi_manage(&core->mmi, guid == NULL ? NULL : &copy, (uint64_t)(uintptr_t)context, buffer,
			  (uint64_t *)(void *)inout_bytes, &outcome) != MM_OK)
		return MM_EFI_OUT_OF_RESOURCES;
	return outcome.efi_status;
}

static uint64_t MM_EFIAPI mmi_handler_register(mm_handler_fn handler, const struct mm_guid *guid,
					       mm_driver_handle *ret_handle)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid copy;
	uint64_t handle = 0;
	enum mm_status status;

	if (handler == NULL || ret_handle == NULL)
		return MM_EFI_INVALID_PARAMETER;
	if (guid != NULL)
		copy = *guid;
	mm_core_begin_change(core);
	status = mm_mmi_register(&core->mmi, CALLER(core), guid == NULL ? NULL : &copy, (uint64_t)(uintptr_t)handler,
				 &handle);
	mm_core_end_change(core);
	if (status == MM_OK)
		*ret_handle = (mm_driver_handle)(uintptr_t)handle;
	return mm_core_efi_status(status);
}

static uint64_t MM_EFIAPI mmi_handler_unregister(mm_driver_handle handle)
{
	struct mm_core *core = &mm_core_object;
	enum mm_status status;

	mm_core_begin_change(core);
	status = mm_mmi_unregister(&core->mmi, (uint64_t)(uintptr_t)handle);
	mm_core_end_change(core);
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_INVALID_PARAMETER;
}

/* The table's checksum covers what drivers may rely on; it is renewed whenever the table changes. */
static void seal_table(struct mm_core *core)
{
	core->mmst.header.crc32 = 0;
	core->mmst.header.crc32 = mm_pi_crc32(mm_bytes(&core->mmst, sizeof(core->mmst)));
}

static struct mm_configuration_entry *find_configuration(struct mm_core *core, const struct mm_guid *guid)
{
	size_t i;

	for (i = 0; i < core->mmst.configuration_count; i++) {
		if (mm_guid_equal(&core->configuration[i].guid, guid))
			return &core->configuration[i];
	}
	return NULL;
}

static uint64_t set_configuration(struct mm_core *core, const struct mm_guid *guid, const void *table)
{
	struct mm_configuration_entry *entry = find_configuration(core, guid);

	if (table == NULL) {
		if (entry == NULL)
			return MM_EFI_NOT_FOUND;
		*entry = core->configuration[--core->mmst.configuration_count];
		return MM_EFI_SUCCESS;
	}
	if (entry == NULL) {
		if (core->mmst.configuration_count == MM_CORE_CONFIGURATION_MAX)
			return MM_EFI_OUT_OF_RESOURCES;
		entry = &core->configuration[core->mmst.configuration_count++];
		entry->guid = *guid;
	}
	entry->table = table;
	return MM_EFI_SUCCESS;
}

static uint64_t MM_EFIAPI install_configuration_table(const struct mm_mmst *self, const struct mm_guid *guid,
						      void *table, size_t bytes)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid copy;
	uint64_t status;

	if (guid == NULL)
		return MM_EFI_INVALID_PARAMETER;
	copy = *guid;
	mm_core_begin_change(core);
	status = set_configuration(core, &copy, table);
	seal_table(core);
	mm_core_end_change(core);
	return status;
}

/* The largest count that stays inside the port space; PI refuses what leaves it. */
static uint64_t check_ports(enum mm_io_width width, uint64_t address, size_t count, const void *buffer)
{
	uint64_t bytes;

	if (buffer == NULL || (uint32_t)width > MM_IO_UINT32)
		return MM_EFI_INVALID_PARAMETER;
	bytes = (uint64_t)1 << width;
	if ((address & (bytes - 1u)) != 0 || count > (0x10000u >> width) || address > 0x10000u - bytes * count)
		return MM_EFI_INVALID_PARAMETER;
	return MM_EFI_SUCCESS;
}

static uint64_t MM_EFIAPI io_read(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				  void *buffer)
{
	uint64_t status = check_ports(width, address, count, buffer);
	uint8_t *out = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint16_t port = (uint16_t)(address + (i << width));
		uint32_t value = mm_hal_io_read(mm_core_object.io, port, (enum mm_hal_width)width);

		__builtin_memcpy(out + (i << width), &value, (size_t)1 << width);
	}
	return status;
}

static uint64_t MM_EFIAPI io_write(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				   void *buffer)
{
	uint64_t status = check_ports(width, address, count, buffer);
	const uint8_t *in = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint16_t port = (uint16_t)(address + (i << width));
		uint32_t value = 0;

		__builtin_memcpy(&value, in + (i << width), (size_t)1 << width);
		mm_hal_io_write(mm_core_object.io, port, (enum mm_hal_width)width, value);
	}
	return status;
}

/* A device's registers: plain accesses of the width asked for. What ring 3 may not reach ends the caller. */
static uint64_t check_memory(enum mm_io_width width, uint64_t address, const void *buffer)
{
	if (buffer == NULL || (uint32_t)width > MM_IO_UINT64 || (address & (((uint64_t)1 << width) - 1u)) != 0)
		return MM_EFI_INVALID_PARAMETER;
	return MM_EFI_SUCCESS;
}

static void copy_register(volatile void *to, const volatile void *from, enum mm_io_width width)
{
	switch (width) {
	case MM_IO_UINT8:
		*(volatile uint8_t *)to = *(const volatile uint8_t *)from;
		break;
	case MM_IO_UINT16:
		*(volatile uint16_t *)to = *(const volatile uint16_t *)from;
		break;
	case MM_IO_UINT32:
		*(volatile uint32_t *)to = *(const volatile uint32_t *)from;
		break;
	case MM_IO_UINT64:
		*(volatile uint64_t *)to = *(const volatile uint64_t *)from;
		break;
	}
}

static uint64_t MM_EFIAPI mem_read(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				   void *buffer)
{
	uint64_t status = check_memory(width, address, buffer);
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++)
		copy_register((uint8_t *)buffer + (i << width), (const void *)(uintptr_t)(address + (i << width)),
			      width);
	return status;
}

static uint64_t MM_EFIAPI mem_write(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address,
				    size_t count, void *buffer)
{
	uint64_t status = check_memory(width, address, buffer);
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++)
		copy_register((void *)(uintptr_t)(address + (i << width)), (const uint8_t *)buffer + (i << width),
			      width);
	return status;
}

void mm_core_table_init(struct mm_core *core, const void *hobs)
{
	core->mmst = (struct mm_mmst){
		.header = { .signature = MM_MMST_SIGNATURE,
			    .revision = MM_MMST_REVISION,
			    .header_bytes = sizeof(struct mm_mmst) },
		.firmware_vendor = vendor,
		.firmware_revision = FIRMWARE_REVISION,
		.install_configuration_table = install_configuration_table,
		.io = { .mem_read = mem_read, .mem_write = mem_write, .io_read = io_read, .io_write = io_write },
		.allocate_pool = allocate_pool,
		.free_pool = free_pool,
		.allocate_pages = allocate_pages,
		.free_pages = free_pages,
		.startup_this_ap = startup_this_ap,
		.configuration = core->configuration,
		.install_protocol_interface = install_protocol,
		.uninstall_protocol_interface = uninstall_protocol,
		.handle_protocol = handle_protocol,
		.register_protocol_notify = register_protocol_notify,
		.locate_handle = locate_handle,
		.locate_protocol = locate_protocol,
		.mmi_manage = mmi_manage,
		.mmi_handler_register = mmi_handler_register,
		.mmi_handler_unregister = mmi_handler_unregister,
	};
	(void)set_configuration(core, &mm_guid_hob_list_table, hobs); /* the first entry always fits */
	seal_table(core);
}
