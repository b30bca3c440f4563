/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "dispatcher.h"

#define LACKS_SHOWN 4u

void mm_core_dispatch_drivers(struct mm_core *core)
{
	uint32_t started;

	mm_core_begin_change(core);
	/* MM_E_BUSY: a driver's start brought us here, and the run under way will see what changed. */
	if (mm_dispatch_run(&core->dispatch, &started) == MM_OK && started != 0)
		mm_core_log(core, "%u drivers started, %u failed", started, mm_dispatch_failed_count(&core->dispatch));
	mm_core_end_change(core);
}

static void report_lacks(struct mm_core *core, const struct mm_dispatch_report *report)
{
	struct mm_dispatch_lack lacks[LACKS_SHOWN];
	size_t count = LACKS_SHOWN;
	size_t i;

	if (mm_dispatch_list_lacks(&core->dispatch, &report->guid, lacks, &count) != MM_OK) {
		mm_core_log(core, "driver %pG waits for %u things", (const void *)&report->guid, (unsigned int)count);
		return;
	}
	for (i = 0; i < count; i++)
		mm_core_log(core, "driver %pG waits for %pG", (const void *)&report->guid,
			    (const void *)&lacks[i].guid);
}

void mm_core_report_undispatched(struct mm_core *core)
{
	struct mm_dispatch_report report;
	uint32_t cursor = 0;

	while (mm_dispatch_next_report(&core->dispatch, &cursor, &report) == MM_OK) {
		if (report.state == MM_DISPATCH_WAITING || report.state == MM_DISPATCH_UNREQUESTED)
			report_lacks(core, &report);
	}
}
