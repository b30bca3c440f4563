/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Handle and protocol services. */
#include "table.h"

#include "mm/abi/efi.h"

#define NATIVE_INTERFACE 0u /* EFI_INTERFACE_TYPE */

static uint64_t MM_EFIAPI install_protocol(mm_driver_handle *inout_handle, const struct mm_guid *protocol,
					   uint32_t interface_type, void *interface)
{
	struct mm_core *core = &mm_core_object;
	uint16_t owner = MM_CORE_CALLER(core);
	struct mm_guid guid;
	uint64_t handle;
	enum mm_status status;

	if (inout_handle == NULL || protocol == NULL || interface_type != NATIVE_INTERFACE)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	handle = (uint64_t)(uintptr_t)*inout_handle;
	mm_core_touch(inout_handle);
	mm_core_begin_change(core);
	status = mm_protodb_install(&core->protodb, owner, &guid, (uint64_t)(uintptr_t)interface, &handle);
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

static uint64_t register_notify(struct mm_core *core, uint16_t owner, const struct mm_guid *protocol, uint64_t function,
				void **ret_registration)
{
	uint64_t registration;
	enum mm_status status;

	if (!mm_core_is_driver_code(core, function))
		return MM_EFI_INVALID_PARAMETER;
	mm_core_begin_change(core);
	status = mm_protodb_register_notify(&core->protodb, owner, protocol, function, &registration);
	mm_core_end_change(core);
	if (status == MM_OK)
		*ret_registration = (void *)(uintptr_t)registration;
	return mm_core_efi_status(status);
}

static uint64_t unregister_notify(struct mm_core *core, const struct mm_guid *protocol, uint64_t registration)
{
	enum mm_status status;

	mm_core_begin_change(core);
	status = mm_protodb_unregister_notify(&core->protodb, protocol, registration);
	mm_core_end_change(core);
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_NOT_FOUND;
}

/* A NULL function ends the registration whose token `inout_registration` holds (PI volume 4, 3.3.4). */
static uint64_t MM_EFIAPI register_protocol_notify(const struct mm_guid *protocol, mm_notify_fn function,
						   void **inout_registration)
{
	struct mm_core *core = &mm_core_object;
	uint16_t owner = MM_CORE_CALLER(core);
	struct mm_guid guid;

	if (protocol == NULL || inout_registration == NULL)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	if (function == NULL)
		return unregister_notify(core, &guid, (uint64_t)(uintptr_t)*inout_registration);
	mm_core_touch(inout_registration);
	return register_notify(core, owner, &guid, (uint64_t)(uintptr_t)function, inout_registration);
}

/* `ret_handles` is the driver's: the searches write it last, with nothing of their own half done. */
static enum mm_status list_handles(struct mm_core *core, uint32_t search, const struct mm_guid *protocol, uint64_t key,
				   uint64_t *ret_handles, size_t *inout_count)
{
	switch (search) {
	case MM_EFI_LOCATE_ALL_HANDLES:
		return mm_protodb_list_handles(&core->protodb, ret_handles, inout_count);
	case MM_EFI_LOCATE_BY_REGISTER_NOTIFY:
		if (*inout_count != 0)
			mm_core_touch(ret_handles);
		return mm_protodb_list_handles_new(&core->protodb, key, ret_handles, inout_count);
	case MM_EFI_LOCATE_BY_PROTOCOL:
		return mm_protodb_list_handles_by_protocol(&core->protodb, protocol, ret_handles, inout_count);
	default:
		return MM_E_INVALID;
	}
}

static uint64_t MM_EFIAPI locate_handle(uint32_t search, const struct mm_guid *protocol, void *key, size_t *inout_bytes,
					mm_driver_handle *ret_handles)
{
	struct mm_guid guid = { 0 };
	enum mm_status status;
	size_t count;

	if (inout_bytes == NULL || (protocol == NULL && search == MM_EFI_LOCATE_BY_PROTOCOL))
		return MM_EFI_INVALID_PARAMETER;
	mm_core_touch(inout_bytes);
	count = *inout_bytes / sizeof(uint64_t);
	if (ret_handles == NULL && count != 0)
		return MM_EFI_INVALID_PARAMETER;
	if (protocol != NULL)
		guid = *protocol;
	status = list_handles(&mm_core_object, search, &guid, (uint64_t)(uintptr_t)key, (uint64_t *)(void *)ret_handles,
			      &count);
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

	if (ret_interface == NULL || protocol == NULL)
		return MM_EFI_INVALID_PARAMETER;
	guid = *protocol;
	mm_core_touch(ret_interface);
	if (registration != NULL)
		status = mm_protodb_locate_new(&core->protodb, (uint64_t)(uintptr_t)registration, &interface, NULL);
	else
		status = mm_protodb_locate(&core->protodb, &guid, &interface);
	*ret_interface = (void *)(uintptr_t)interface; /* PI: NULL where there is none */
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_NOT_FOUND;
}

void mm_core_table_add_protocols(struct mm_mmst *mmst)
{
	mmst->install_protocol_interface = install_protocol;
	mmst->uninstall_protocol_interface = uninstall_protocol;
	mmst->handle_protocol = handle_protocol;
	mmst->register_protocol_notify = register_protocol_notify;
	mmst->locate_handle = locate_handle;
	mmst->locate_protocol = locate_protocol;
}
