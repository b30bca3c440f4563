/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* START: from the HOB list to a core that can serve. Drivers are started later, by the dispatch event. */
#include "core.h"

#include <stdarg.h>

#include "mm/abi/hob.h"
#include "mm/base/format.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"

#include "events.h"
#include "invoke.h"
#include "pages.h"
#include "table.h"

#define POOL_GROW_PAGES 8u

void mm_core_log(struct mm_core *core, const char *format, ...)
{
	static const char prefix[] = "user: ";
	char line[120];
	size_t used = sizeof(prefix) - 1;
	va_list args;

	if (core->console == NULL)
		return;
	__builtin_memcpy(line, prefix, used);
	va_start(args, format);
	used += mm_format_va(line + used, sizeof(line) - used, format, args);
	va_end(args);
	mm_hal_console_write(core->console, line, used);
}

/* Each room over those above it; the order is that of house.md, section 2. */
static enum mm_status init_rooms(struct mm_core *core)
{
	const struct mm_pool_tlsf_config pool = { .pages = &core->pages.pool,
						  .owner = mm_owner_domain(0),
						  .seed = (uint64_t)(uintptr_t)core,
						  .grow_pages = POOL_GROW_PAGES };
	const struct mm_protodb_config protodb = { .pool = &core->pool.pool,
						   .listener = &core->listener,
						   .instance = 1 };
	const struct mm_mmi_config mmi = { .pool = &core->pool.pool, .host = &core->mmi_host, .instance = 2 };
	const struct mm_dispatch_config dispatch = { .pool = &core->pool.pool,
						     .protodb = &core->protodb,
						     .host = &core->dispatch_host };
	enum mm_status status;

	mm_core_pages_init(&core->pages);
	core->listener.ops = &mm_core_listener_ops;
	core->mmi_host.ops = &mm_core_mmi_ops;
	core->dispatch_host.ops = &mm_core_dispatch_ops;
	status = mm_pool_tlsf_init(&core->pool, &pool);
	if (status == MM_OK)
		status = mm_protodb_init(&core->protodb, &protodb);
	if (status == MM_OK)
		status = mm_mmi_init(&core->mmi, &mmi);
	if (status == MM_OK)
		status = mm_dispatch_init(&core->dispatch, &dispatch);
	if (status == MM_OK)
		status = mm_core_init_events(core);
	return status;
}

/* The shadow is where the user channel lies in this copy of the list. */
static enum mm_status find_shadow(struct mm_core *core, const struct mm_pi_hob_list *list, struct mm_refusal *reterr)
{
	struct mm_pi_channel channel;
	struct mm_bytes payload;
	enum mm_status status;

	if (!mm_pi_hob_find_guid(list, &mm_guid_comm_buffer_hob, &payload))
		return MM_OK; /* a platform without messages: root handlers only */
	status = mm_pi_comm_buffer_decode_untrusted(payload, &channel, reterr);
	if (status == MM_OK)
		core->shadow = channel.buffer;
	return status;
}

/*
 * The depex of a module is the HOB right behind the module's: none, which is always true, or one that says so of the
 * same file. What is there and is something else says nothing of when the driver may run. MM_OK; MM_E_HOB_SEQUENCE;
 * the statuses of mm_pi_depex_hob_decode_untrusted().
 */
static enum mm_status depex_behind(struct mm_pi_hob_iter iter, const struct mm_guid *guid, struct mm_bytes *ret_depex,
				   struct mm_refusal *reterr)
{
	struct mm_pi_depex_hob depex = { .depex = mm_bytes(NULL, 0) };
	struct mm_pi_hob hob;
	enum mm_status status;

	if (mm_pi_hob_next(&iter, &hob) && hob.type == MM_HOB_TYPE_GUID_EXTENSION &&
	    mm_guid_equal(&hob.u.guid.name, &mm_guid_supv_depex_hob)) {
		status = mm_pi_depex_hob_decode_untrusted(hob.u.guid.payload, &depex, reterr);
		if (status != MM_OK)
			return status;
		if (!mm_guid_equal(&depex.file_name, guid))
			return mm_refuse(reterr, MM_E_HOB_SEQUENCE, "depex file", hob.offset, 0);
	}
	*ret_depex = depex.depex;
	return MM_OK;
}

/* A driver that cannot be added is left out, and the others go on without it. */
static void add_driver(struct mm_core *core, uint16_t index, struct mm_pi_hob_iter behind)
{
	struct mm_dispatch_module module = { .id = index, .guid = core->modules[index].guid };
	struct mm_refusal refusal = { "driver", 0, 0 };
	enum mm_status status = depex_behind(behind, &module.guid, &module.depex, &refusal);

	if (status == MM_OK)
		status = mm_dispatch_add(&core->dispatch, &module, &refusal);
	if (status != MM_OK)
		mm_core_log(core, "driver %pG is left out: %s at %llu: %s", (const void *)&module.guid, refusal.field,
			    (unsigned long long)refusal.offset, mm_status_text(status));
}

/* Slot 0 is this core; drivers follow in the order of their HOBs, as the supervisor counts them too. */
static enum mm_status read_modules(struct mm_core *core, const struct mm_pi_hob_list *list, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);
	struct mm_pi_hob hob;

	core->module_count = 1;
	while (mm_pi_hob_next(&iter, &hob)) {
		uint16_t slot = MM_CORE_SELF;

		if (!mm_pi_hob_is_mm_module(&hob) || mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_core))
			continue;
		if (!mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_user)) {
			if (core->module_count == MM_CORE_MODULE_MAX)
				return mm_refuse(reterr, MM_E_LIMIT, "modules", hob.offset, MM_CORE_MODULE_MAX);
			slot = core->module_count++;
		}
		core->modules[slot].guid = hob.u.memory.module_name;
		core->modules[slot].image = hob.u.memory.region;
		core->modules[slot].entry = hob.u.memory.entry;
		if (slot != MM_CORE_SELF)
			add_driver(core, slot, iter);
	}
	return MM_OK;
}

/* The list's own end pointer bounds it: the supervisor made this copy and set the pointer. */
static enum mm_status check_list(const void *hobs, struct mm_pi_hob_list *ret_list, struct mm_refusal *reterr)
{
	const struct mm_hob_handoff *handoff = hobs;
	uint64_t start = (uint64_t)(uintptr_t)hobs;

	if (handoff->end_of_hob_list < start)
		return mm_refuse(reterr, MM_E_HOB_LENGTH, "EfiEndOfHobList", 0, handoff->end_of_hob_list);
	return mm_pi_hob_list_check_untrusted(
		mm_bytes(hobs, (size_t)(handoff->end_of_hob_list - start + sizeof(struct mm_hob_header))),
		MM_PI_HOB_EXACT, ret_list, reterr);
}

enum mm_status mm_core_start(struct mm_core *core, const void *hobs, struct mm_user_shared *shared,
			     struct mm_refusal *reterr)
{
	struct mm_pi_hob_list list;
	enum mm_status status = check_list(hobs, &list, reterr);

	if (status != MM_OK)
		return status;
	core->shared = shared;
	status = init_rooms(core);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "rooms", 0, 0);
	status = find_shadow(core, &list, reterr);
	if (status == MM_OK)
		status = read_modules(core, &list, reterr);
	if (status != MM_OK)
		return status;
	mm_core_table_init(core, hobs);
	mm_core_log(core, "%u drivers wait for dispatch", mm_dispatch_driver_count(&core->dispatch));
	return MM_OK;
}
