/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "events.h"

#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"

struct event {
	const struct mm_guid *message;
	const struct mm_guid *protocol; /* which tells drivers of it; NULL: start drivers */
	bool until_lock;		/* another event ends it */
	bool locks;			/* it ends those, and itself */
};

static const struct event events[] = {
	{ .message = &mm_guid_mm_dispatch_event, .until_lock = true },
	{ .message = &mm_guid_end_of_pei, .protocol = &mm_guid_end_of_pei, .until_lock = true },
	{ .message = &mm_guid_end_of_dxe_event, .protocol = &mm_guid_mm_end_of_dxe },
	{ .message = &mm_guid_dxe_ready_to_lock, .protocol = &mm_guid_mm_ready_to_lock, .locks = true },
	{ .message = &mm_guid_ready_to_boot_event, .protocol = &mm_guid_mm_ready_to_boot },
	{ .message = &mm_guid_exit_boot_services_event, .protocol = &mm_guid_mm_exit_boot_services },
};
MM_STATIC_ASSERT(MM_ARRAY_COUNT(events) == MM_CORE_EVENT_COUNT, core_event_count);

/* A handler's entry is a number from 1, because 0 is no entry. */
static uint64_t number_of(size_t index)
{
	return index + 1u;
}

enum mm_status mm_core_init_events(struct mm_core *core)
{
	enum mm_status status = MM_OK;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(events) && status == MM_OK; i++)
		status = mm_mmi_register(&core->mmi, MM_CORE_SELF, events[i].message, number_of(i),
					 &core->event_handles[i]);
	return status;
}

/* From here on the message is unknown, or another handler's. */
static void end_event(struct mm_core *core, const struct event *event)
{
	mm_core_begin_change(core);
	(void)mm_mmi_unregister(&core->mmi, core->event_handles[event - events]); /* stale is as good as gone */
	mm_core_end_change(core);
}

/* The lock holds before anybody is told of it. */
static void lock(struct mm_core *core)
{
	size_t i;

	core->may_dispatch = false;
	for (i = 0; i < MM_ARRAY_COUNT(events); i++) {
		if (events[i].until_lock)
			end_event(core, &events[i]);
	}
}

/* Installs the event's protocol, which runs the notifications that drivers asked for. */
static uint64_t announce(struct mm_core *core, const struct mm_guid *protocol)
{
	uint64_t handle = 0;
	enum mm_status status;

	if (mm_protodb_is_present(&core->protodb, protocol))
		return MM_EFI_SUCCESS; /* told once, told for good */
	mm_core_begin_change(core);
	status = mm_protodb_install(&core->protodb, MM_CORE_SELF, protocol, 0, &handle);
	mm_core_end_change(core);
	return status == MM_OK ? MM_EFI_SUCCESS : MM_EFI_OUT_OF_RESOURCES;
}

/* Drivers are started when the request ends: no driver's activation lies below theirs then. */
static uint64_t allow_dispatch(struct mm_core *core)
{
	core->may_dispatch = true;
	core->is_report_wanted = true;
	return MM_EFI_SUCCESS;
}

uint64_t mm_core_serve_event(struct mm_core *core, uint64_t number)
{
	const struct event *event = &events[number - 1u];
	uint64_t status;

	if (event->protocol == NULL)
		return allow_dispatch(core);
	if (event->locks)
		lock(core);
	status = announce(core, event->protocol);
	/* Drivers that could not be told lock nothing: the sender may try again. */
	if (event->locks && status == MM_EFI_SUCCESS)
		end_event(core, event);
	return status;
}
