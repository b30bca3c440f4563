/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* REQUEST: the message in the shadow, root handlers, drivers that can be started now. */
#include "core.h"

#include "mm/abi/comm.h"
#include "mm/abi/efi.h"
#include "mm/base/guid_key.h"
#include "mm/base/guid_table.h"

#include "dispatcher.h"
#include "invoke.h"
#include "table.h"

/* A message in the shadow, which nobody else writes while this core runs: it is read where it lies. */
struct message {
	const struct mm_guid *guid;
	uint64_t header_bytes;
};

static struct message read_header(const struct mm_core *core)
{
	const uint8_t *shadow = (const uint8_t *)(uintptr_t)core->shadow.base;
	struct message message = { (const void *)shadow, MM_COMM_HEADER_BYTES };

	if (MM_UNLIKELY(mm_guid_key_equal(mm_guid_key(message.guid), mm_guid_key(&mm_guid_comm_header_v3)))) {
		message.guid = (const void *)(shadow + offsetof(struct mm_comm_header_v3, guid));
		message.header_bytes = MM_COMM_HEADER_V3_BYTES;
	}
	return message;
}

static void reply(struct mm_core *core, uint64_t status, uint64_t bytes)
{
	core->shared->status.return_status = status;
	core->shared->status.return_bytes = bytes;
}

/* What the sender is told: PI's answer, unless a handler did not live to give one. */
static uint64_t answer_of(const struct mm_core *core, enum mm_status status, const struct mm_mmi_outcome *outcome)
{
	if (MM_UNLIKELY(status != MM_OK))
		return MM_EFI_OUT_OF_RESOURCES;
	if (MM_UNLIKELY(outcome->efi_status == MM_EFI_NOT_FOUND && core->was_aborted))
		return MM_EFI_ABORTED;
	return outcome->efi_status;
}

static void serve_message(struct mm_core *core, uint64_t message_bytes)
{
	struct message message = read_header(core);
	uint64_t bytes = message_bytes - message.header_bytes;
	uint64_t capacity = core->shadow.bytes - message.header_bytes;
	void *data = (void *)(uintptr_t)(core->shadow.base + message.header_bytes);
	struct mm_mmi_outcome outcome;
	enum mm_status status;
	uint64_t answer;

	if (MM_UNLIKELY(bytes > capacity)) { /* shorter than its header, or longer than the shadow */
		reply(core, MM_EFI_BAD_BUFFER_SIZE, 0);
		return;
	}
	status = mm_mmi_manage(&core->mmi, message.guid, 0, data, &bytes, &outcome);
	answer = answer_of(core, status, &outcome);
	if (MM_UNLIKELY(MM_EFI_IS_ERROR(answer)))
		reply(core, answer, 0);
	else if (MM_UNLIKELY(bytes > capacity))
		reply(core, MM_EFI_BAD_BUFFER_SIZE, 0);
	else
		reply(core, answer, message.header_bytes + bytes);
}

static void serve_root_handlers(struct mm_core *core)
{
	struct mm_mmi_outcome outcome;

	/* Too deep is the only refusal, and this is the outermost level. */
	(void)mm_mmi_manage(&core->mmi, NULL, 0, NULL, NULL, &outcome);
}

/* Between the dispatch event and the lock: whatever this request has made possible. */
static void serve_dispatcher(struct mm_core *core)
{
	if (mm_dispatch_has_work(&core->dispatch))
		mm_core_dispatch_drivers(core);
	if (!core->is_report_wanted)
		return;
	core->is_report_wanted = false;
	mm_core_report_undispatched(core);
}

/* False if nothing can be served, because the rooms are damaged. */
static bool prepare(struct mm_core *core)
{
	if (MM_UNLIKELY(!mm_core_is_at_rest(core)))
		mm_core_recover(core);
	core->was_aborted = false;
	mm_core_table_set_cpus(core, (size_t)core->shared->context.currently_executing_cpu,
			       (size_t)core->shared->context.number_of_cpus);
	return !core->broken;
}

void mm_core_serve(struct mm_core *core)
{
	struct mm_user_shared *shared = core->shared;
	uint64_t message_bytes = shared->message_bytes;

	shared->root_handlers = 0;
	if (MM_UNLIKELY(!prepare(core))) {
		reply(core, MM_EFI_DEVICE_ERROR, 0);
		return;
	}
	if (message_bytes != 0)
		serve_message(core, message_bytes);
	if (MM_UNLIKELY(mm_mmi_root_count(&core->mmi) != 0) && !core->broken)
		serve_root_handlers(core);
	if (MM_UNLIKELY(core->may_dispatch) && !core->broken)
		serve_dispatcher(core);
	if (!core->broken)
		shared->root_handlers = mm_mmi_root_count(&core->mmi);
}
