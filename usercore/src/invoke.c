/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "invoke.h"

#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"

struct mm_core_module *mm_core_module_at(struct mm_core *core, uint64_t address)
{
	uint16_t i;

	for (i = 0; i < core->module_count; i++) {
		if (mm_region_contains_addr(core->modules[i].image, address))
			return &core->modules[i];
	}
	return NULL;
}

/* After damage in the middle of a change: whole, or never served again. */
static void judge(struct mm_core *core)
{
	if (mm_pool_tlsf_check(&core->pool) == MM_OK && mm_protodb_check(&core->protodb) == MM_OK &&
	    mm_mmi_check(&core->mmi) == MM_OK && mm_dispatch_check(&core->dispatch) == MM_OK)
		return;
	core->broken = true;
	mm_core_log(core, "a driver died inside a service and left the core damaged: nothing is served any more");
}

/* How deep the rooms were in their own loops when an activation began. */
struct marks {
	uint32_t changing;
	uint32_t protodb;
	uint32_t mmi;
};

static void unwind(struct mm_core *core, const struct marks *marks)
{
	bool was_changing = core->changing > marks->changing;

	core->was_aborted = true;
	core->changing = marks->changing;
	mm_protodb_abandon(&core->protodb, marks->protodb);
	mm_mmi_abandon(&core->mmi, marks->mmi);
	if (was_changing)
		judge(core);
}

void mm_core_recover(struct mm_core *core)
{
	if (core->changing == 0)
		return;
	core->changing = 0;
	mm_protodb_abandon(&core->protodb, 0);
	mm_mmi_abandon(&core->mmi, 0);
	mm_dispatch_abandon(&core->dispatch);
	judge(core);
}

uint64_t mm_core_invoke(struct mm_core *core, uint64_t entry, const uint64_t args[4])
{
	const struct mm_core_module *module = mm_core_module_at(core, entry);
	const struct marks marks = { core->changing, mm_protodb_depth(&core->protodb), mm_mmi_depth(&core->mmi) };
	uint64_t value = 0;
	uint64_t status;

	if (module == NULL || core->broken)
		return MM_EFI_NOT_FOUND;
	status = core->ring0->invoke(mm_core_module_index(core, module), entry, args, &value);
	if (status == MM_EFI_SUCCESS)
		return value;
	unwind(core, &marks);
	return status;
}

static void listener_notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, listener);
	struct mm_guid protocol = notice->protocol;
	const uint64_t args[4] = { (uint64_t)(uintptr_t)&protocol, notice->interface, notice->handle, 0 };

	(void)mm_core_invoke(core, notice->function, args); /* PI: nobody asks what a notification returns */
}

const struct mm_protodb_ops mm_core_listener_ops = { .notify = listener_notify };

static uint64_t mmi_call(struct mm_mmi_host *self, const struct mm_mmi_call *call)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, mmi_host);
	const uint64_t args[4] = { call->handle, call->context, (uint64_t)(uintptr_t)call->buffer,
				   (uint64_t)(uintptr_t)call->inout_bytes };

	return mm_core_invoke(core, call->entry_point, args);
}

const struct mm_mmi_ops mm_core_mmi_ops = { .call = mmi_call };

static void start_loaded_image(struct mm_core *core, struct mm_core_module *module)
{
	(void)core;
	module->loaded = (struct mm_core_loaded_image){
		.revision = 0x1000,
		.system_table = &core->mmst,
		.image_base = (const void *)(uintptr_t)module->image.base,
		.image_bytes = module->image.bytes,
		.image_code_type = MM_EFI_RUNTIME_SERVICES_CODE,
		.image_data_type = MM_EFI_RUNTIME_SERVICES_DATA,
	};
}

/* Everything a driver that failed has registered goes with it. */
static void withdraw(struct mm_core *core, uint16_t owner)
{
	mm_core_begin_change(core);
	(void)mm_mmi_withdraw_owner(&core->mmi, owner);
	(void)mm_protodb_withdraw_owner(&core->protodb, owner);
	mm_core_end_change(core);
}

static enum mm_status dispatch_start(struct mm_dispatch_host *self, uint64_t id)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, dispatch_host);
	struct mm_core_module *module = &core->modules[id];
	uint64_t args[4] = { 0, (uint64_t)(uintptr_t)&core->mmst, 0, 0 };
	enum mm_status status;
	uint64_t efi_status;

	start_loaded_image(core, module);
	status = mm_protodb_install(&core->protodb, (uint16_t)id, &mm_guid_loaded_image,
				    (uint64_t)(uintptr_t)&module->loaded, &module->handle);
	if (status != MM_OK)
		return status;
	args[0] = module->handle;
	efi_status = mm_core_invoke(core, module->entry, args);
	if (!MM_EFI_IS_ERROR(efi_status))
		return MM_OK;
	mm_core_log(core, "driver %pG failed to start: 0x%llx", (const void *)&module->guid,
		    (unsigned long long)efi_status);
	withdraw(core, (uint16_t)id);
	return efi_status == MM_EFI_ABORTED ? MM_E_ABORTED : MM_E_INVALID;
}

const struct mm_dispatch_ops mm_core_dispatch_ops = { .start = dispatch_start };
