/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* REQUEST: the message in the shadow, lifecycle events, root handlers. */
#include "core.h"

#include "mm/abi/comm.h"
#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#include "dispatcher.h"
#include "invoke.h"

/* An event of the platform's life, the protocol that tells drivers of it, and whether the lock ends it. */
struct event {
	const struct mm_guid *message;
	const struct mm_guid *protocol;
	bool until_lock;
};

static const struct event events[] = {
	{ &mm_guid_end_of_pei, &mm_guid_end_of_pei, true },
	{ &mm_guid_end_of_dxe_event, &mm_guid_mm_end_of_dxe, false },
	{ &mm_guid_dxe_ready_to_lock, &mm_guid_mm_ready_to_lock, true },
	{ &mm_guid_ready_to_boot_event, &mm_guid_mm_ready_to_boot, false },
	{ &mm_guid_exit_boot_services_event, &mm_guid_mm_exit_boot_services, false },
};

static const struct event *find_event(const struct mm_guid *guid)
{
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(events); i++) {
		if (mm_guid_equal(events[i].message, guid))
			return &events[i];
	}
	return NULL;
}

/* Installs the event's protocol, which runs the notifications that drivers asked for. */
static uint64_t serve_event(struct mm_core *core, const struct event *event)
{
	uint64_t handle = 0;
	enum mm_status status;

	if (event->until_lock && core->is_locked)
		return MM_EFI_NOT_FOUND;
	if (event->message == &mm_guid_dxe_ready_to_lock)
		core->is_locked = true;
	if (mm_protodb_is_present(&core->protodb, event->protocol))
		return MM_EFI_SUCCESS; /* told once, told for good */
	mm_core_begin_change(core);
	status = mm_protodb_install(&core->protodb, 0, event->protocol, 0, &handle);
	mm_core_end_change(core);
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_OUT_OF_RESOURCES;
}

static uint64_t serve_dispatch(struct mm_core *core)
{
	if (core->is_locked)
		return MM_EFI_NOT_FOUND;
	mm_core_dispatch_drivers(core);
	mm_core_report_undispatched(core);
	return MM_EFI_SUCCESS;
}

/* A message as its header describes it; the supervisor has judged the lengths. */
struct message {
	struct mm_guid guid;
	uint64_t header_bytes;
};

static struct message read_header(const struct mm_core *core)
{
	const uint8_t *shadow = (const uint8_t *)(uintptr_t)core->shadow.base;
	struct message message = { mm_guid_load(shadow), MM_COMM_HEADER_BYTES };

	if (mm_guid_equal(&message.guid, &mm_guid_comm_header_v3)) {
		message.guid = mm_guid_load(shadow + offsetof(struct mm_comm_header_v3, guid));
		message.header_bytes = MM_COMM_HEADER_V3_BYTES;
	}
	return message;
}

/* What the sender is told: PI's answer, unless the handler did not live to give one. */
static uint64_t answer_of(const struct mm_core *core, enum mm_status status, const struct mm_mmi_outcome *outcome)
{
	if (status != MM_OK)
		return MM_EFI_OUT_OF_RESOURCES;
	if (outcome->efi_status == MM_EFI_NOT_FOUND && core->was_aborted)
		return MM_EFI_ABORTED;
	return outcome->efi_status;
}

static uint64_t serve_driver_message(struct mm_core *core, const struct message *message, uint64_t *inout_bytes)
{
	void *data = (void *)(uintptr_t)(core->shadow.base + message->header_bytes);
	uint64_t capacity = core->shadow.bytes - message->header_bytes;
	struct mm_mmi_outcome outcome;
	enum mm_status status = mm_mmi_manage(&core->mmi, &message->guid, 0, data, inout_bytes, &outcome);

	if (*inout_bytes > capacity)
		return MM_EFI_BAD_BUFFER_SIZE;
	return answer_of(core, status, &outcome);
}

static void serve_message(struct mm_core *core, uint64_t message_bytes)
{
	struct message message = read_header(core);
	const struct event *event = find_event(&message.guid);
	uint64_t data_bytes = message_bytes - message.header_bytes;
	uint64_t status;

	if (mm_guid_equal(&message.guid, &mm_guid_mm_dispatch_event))
		status = serve_dispatch(core);
	else if (event != NULL)
		status = serve_event(core, event);
	else
		status = serve_driver_message(core, &message, &data_bytes);
	core->shared->status.return_status = status;
	core->shared->status.return_bytes = MM_EFI_IS_ERROR(status) ? 0 : message.header_bytes + data_bytes;
}

static void serve_root_handlers(struct mm_core *core)
{
	struct mm_mmi_outcome outcome;

	/* Too deep is the only refusal, and this is the outermost level. */
	(void)mm_mmi_manage(&core->mmi, NULL, 0, NULL, NULL, &outcome);
}

void mm_core_serve(struct mm_core *core)
{
	uint64_t message_bytes = core->shared->message_bytes;

	core->was_aborted = false;
	mm_core_recover(core);
	core->mmst.currently_executing_cpu = (size_t)core->shared->context.currently_executing_cpu;
	core->mmst.number_of_cpus = (size_t)core->shared->context.number_of_cpus;
	if (core->broken) {
		core->shared->status.return_status = MM_EFI_DEVICE_ERROR;
		core->shared->status.return_bytes = 0;
		return;
	}
	if (message_bytes != 0)
		serve_message(core, message_bytes);
	if (mm_mmi_root_count(&core->mmi) != 0)
		serve_root_handlers(core);
	if (mm_dispatch_has_work(&core->dispatch) && !core->is_locked)
		mm_core_dispatch_drivers(core);
	core->shared->root_handlers = mm_mmi_root_count(&core->mmi);
}
