/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* MMI handler services, and procedures on other CPUs. */
#include "table.h"

#include "mm/abi/efi.h"

/* Not offered yet (docs/caveats.md): PI's answer for a CPU that cannot be used. */
static uint64_t MM_EFIAPI startup_this_ap(mm_ap_procedure_fn procedure, size_t cpu, void *argument)
{
	return MM_EFI_INVALID_PARAMETER;
}

/* The size is the driver's own: it is handed from handler to handler and never used here. */
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
	uint16_t owner = MM_CORE_CALLER(core);
	uint64_t entry = (uint64_t)(uintptr_t)handler;
	struct mm_guid copy;
	uint64_t handle = 0;
	enum mm_status status;

	if (ret_handle == NULL || !mm_core_is_driver_code(core, entry))
		return MM_EFI_INVALID_PARAMETER;
	if (guid != NULL)
		copy = *guid;
	mm_core_touch(ret_handle);
	mm_core_begin_change(core);
	status = mm_mmi_register(&core->mmi, owner, guid == NULL ? NULL : &copy, entry, &handle);
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

void mm_core_table_add_handlers(struct mm_mmst *mmst)
{
	mmst->startup_this_ap = startup_this_ap;
	mmst->mmi_manage = mmi_manage;
	mmst->mmi_handler_register = mmi_handler_register;
	mmst->mmi_handler_unregister = mmi_handler_unregister;
}
