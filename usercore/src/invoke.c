/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "invoke.h"

#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"

#include "events.h"

uint16_t mm_core_driver_at(const struct mm_core *core, uint64_t address)
{
	uint16_t i;

	for (i = MM_CORE_SELF + 1u; i < core->module_count; i++) {
		if (mm_core_module_holds(&core->modules[i], address))
			return i;
	}
	return MM_CORE_SELF;
}

/*
 * After an end in the middle of a change: whole, or never served again. Broken until proved whole, because the damage
 * may end the walk as well.
 */
static void judge(struct mm_core *core)
{
	if (core->broken)
		return;
	core->broken = true;
	if (mm_pool_tlsf_check(&core->pool) == MM_OK && mm_protodb_check(&core->protodb) == MM_OK &&
	    mm_mmi_check(&core->mmi) == MM_OK && mm_dispatch_check(&core->dispatch) == MM_OK)
		core->broken = false;
	else
		mm_core_log(core, "an end inside a service left the core damaged: nothing is served any more");
}

/* How deep the rooms were in their own loops, and who ran, when an activation began. */
struct marks {
	uint32_t changing;
	uint32_t protodb;
	uint32_t mmi;
	uint16_t running;
};

static void unwind(struct mm_core *core, const struct marks *marks)
{
	bool was_changing = core->changing > marks->changing;

	core->changing = marks->changing;
	core->running = marks->running;
	mm_protodb_abandon(&core->protodb, marks->protodb);
	mm_mmi_abandon(&core->mmi, marks->mmi);
	if (was_changing)
		judge(core);
}

/* Everything a driver that failed has registered goes with it. */
static void withdraw(struct mm_core *core, uint16_t owner)
{
	mm_core_begin_change(core);
	(void)mm_mmi_withdraw_owner(&core->mmi, owner);
	(void)mm_protodb_withdraw_owner(&core->protodb, owner);
	core->modules[owner].handle = 0;
	mm_core_end_change(core);
}

void mm_core_recover(struct mm_core *core)
{
	static const struct marks rest = { 0 };
	uint16_t starting = core->starting;

	core->starting = MM_CORE_SELF;
	unwind(core, &rest);
	if (core->broken)
		return;
	mm_dispatch_abandon(&core->dispatch);
	if (starting != MM_CORE_SELF)
		withdraw(core, starting);
}

bool mm_core_invoke(struct mm_core *core, uint16_t owner, uint64_t entry, const uint64_t args[4], uint64_t *ret_value)
{
	const struct marks marks = { core->changing, mm_protodb_depth(&core->protodb), mm_mmi_depth(&core->mmi),
				     core->running };
	uint64_t status;

	if (MM_UNLIKELY(!mm_core_module_holds(&core->modules[owner], entry)))
		owner = mm_core_driver_at(core, entry);
	core->running = owner;
	status = core->ring0->invoke(owner, entry, args, ret_value);
	core->running = marks.running;
	if (MM_LIKELY(status == MM_EFI_SUCCESS))
		return true;
	unwind(core, &marks);
	*ret_value = status;
	return false;
}

static void listener_notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, listener);
	struct mm_guid protocol = notice->protocol;
	const uint64_t args[4] = { (uint64_t)(uintptr_t)&protocol, notice->interface, notice->handle, 0 };
	uint64_t ignored;

	if (core->broken)
		return;
	/* PI: nobody asks what a notification returns. */
	(void)mm_core_invoke(core, notice->owner, notice->function, args, &ignored);
}

const struct mm_protodb_ops mm_core_listener_ops = { .notify = listener_notify };

static uint64_t mmi_call(struct mm_mmi_host *self, const struct mm_mmi_call *call)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, mmi_host);
	const uint64_t args[4] = { call->handle, call->context, (uint64_t)(uintptr_t)call->buffer,
				   (uint64_t)(uintptr_t)call->inout_bytes };
	uint64_t value;

	if (MM_UNLIKELY(call->owner == MM_CORE_SELF))
		return mm_core_serve_event(core, call->entry_point);
	if (MM_UNLIKELY(core->broken))
		return MM_EFI_DEVICE_ERROR;
	/* An inner handler's end is the affair of the handler that managed it, not of the message's sender. */
	if (MM_UNLIKELY(!mm_core_invoke(core, call->owner, call->entry_point, args, &value)) &&
	    mm_mmi_depth(&core->mmi) == 1)
		core->was_aborted = true;
	return value;
}

const struct mm_mmi_ops mm_core_mmi_ops = { .call = mmi_call };

static void describe_image(struct mm_core *core, struct mm_core_module *module)
{
	module->loaded = (struct mm_core_loaded_image){
		.revision = 0x1000,
		.system_table = &core->mmst,
		.image_base = (const void *)(uintptr_t)module->image.base,
		.image_bytes = module->image.bytes,
		.image_code_type = MM_EFI_RUNTIME_SERVICES_CODE,
		.image_data_type = MM_EFI_RUNTIME_SERVICES_DATA,
	};
}

/* Runs the driver's entry. MM_OK; MM_E_ABORTED: it was ended; MM_E_INVALID: it returned an error. */
static enum mm_status enter_driver(struct mm_core *core, uint16_t index)
{
	const struct mm_core_module *module = &core->modules[index];
	const uint64_t args[4] = { module->handle, (uint64_t)(uintptr_t)&core->mmst, 0, 0 };
	uint64_t value;
	bool returned = mm_core_invoke(core, index, module->entry, args, &value);

	if (returned && !MM_EFI_IS_ERROR(value))
		return MM_OK;
	mm_core_log(core, "driver %pG %s: 0x%llx", (const void *)&module->guid,
		    returned ? "failed to start" : "was ended while it started", (unsigned long long)value);
	return returned ? MM_E_INVALID : MM_E_ABORTED;
}

static enum mm_status dispatch_start(struct mm_dispatch_host *self, uint64_t id)
{
	struct mm_core *core = MM_CONTAINER_OF(self, struct mm_core, dispatch_host);
	struct mm_core_module *module = &core->modules[id];
	uint16_t index = (uint16_t)id;
	enum mm_status status;

	if (core->broken)
		return MM_E_CORRUPT;
	describe_image(core, module);
	core->starting = index;
	status = mm_protodb_install(&core->protodb, index, &mm_guid_loaded_image, (uint64_t)(uintptr_t)&module->loaded,
				    &module->handle);
	if (status == MM_OK)
		status = enter_driver(core, index);
	if (status != MM_OK && !core->broken)
		withdraw(core, index);
	core->starting = MM_CORE_SELF;
	return status;
}

const struct mm_dispatch_ops mm_core_dispatch_ops = { .start = dispatch_start };
