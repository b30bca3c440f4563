/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "lifecycle.h"

#include "log.h"
#include "machine.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mm/base/guid_table.h"
#include "request.h"

static const struct {
	const char *name;
	const struct mm_guid *guid;
} events[] = {
	{ "dispatch", &mm_guid_mm_dispatch_event },	   { "end of PEI", &mm_guid_end_of_pei },
	{ "end of DXE", &mm_guid_end_of_dxe_event },	   { "ready to lock", &mm_guid_dxe_ready_to_lock },
	{ "ready to boot", &mm_guid_ready_to_boot_event }, { "exit boot services", &mm_guid_exit_boot_services_event },
};

enum mm_status mm_q35_lifecycle_ask_version(struct mm_q35_machine *machine)
{
	struct mm_supv_version_info version;
	uint64_t result;
	enum mm_status status = mm_q35_request_version(machine, &result, &version);

	if (status != MM_OK)
		return status;
	if (result != MM_EFI_SUCCESS) {
		mm_q35_log("the supervisor answers the version request with %llx", result);
		return MM_E_UNSUPPORTED;
	}
	mm_q35_log("supervisor %u.%u, patch level %u, request level %llu", version.version >> 16,
		   version.version & 0xffffu, version.patch_level, version.max_request_level);
	return MM_OK;
}

enum mm_status mm_q35_lifecycle_send_all(struct mm_q35_machine *machine, uint32_t *ret_refused_count)
{
	struct mm_q35_answer answer;
	uint32_t refused = 0;

	for (size_t i = 0; i < MM_ARRAY_COUNT(events); i++) {
		enum mm_status status;

		*mm_q35_channel_compose(&machine->user, events[i].guid, 1) = 0;
		status = mm_q35_channel_send(&machine->user, NULL, &answer);
		if (status != MM_OK) {
			mm_q35_log("no answer to %s", events[i].name);
			return status;
		}
		if (answer.status != MM_EFI_SUCCESS) {
			mm_q35_log("%s is answered with %llx", events[i].name, answer.status);
			refused++;
		}
	}
	*ret_refused_count = refused;
	return MM_OK;
}
