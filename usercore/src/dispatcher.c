/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "dispatcher.h"

#define LACKS_SHOWN 32u

void mm_core_dispatch_drivers(struct mm_core *core)
{
	uint32_t started = 0;

	/* The run's own loop is a change of the core, which the drivers' ends do not touch. */
	mm_core_begin_change(core);
	if (mm_dispatch_run(&core->dispatch, &started) == MM_OK && started != 0)
		mm_core_log(core, "%u drivers started, %u failed", started, mm_dispatch_failed_count(&core->dispatch));
	mm_core_end_change(core);
}

static const char *text_of(enum mm_dispatch_lack_kind kind)
{
	switch (kind) {
	case MM_DISPATCH_LACKS_PROTOCOL:
		return "waits for";
	case MM_DISPATCH_LACKS_ABSENCE:
		return "waits for the end of";
	case MM_DISPATCH_LACKS_BEFORE:
		return "is to start before";
	case MM_DISPATCH_LACKS_AFTER:
		return "is to start after";
	}
	return "waits for";
}

static void report_lacks(struct mm_core *core, const struct mm_guid *driver)
{
	struct mm_dispatch_lack lacks[LACKS_SHOWN];
	size_t count = LACKS_SHOWN;
	size_t i;

	if (mm_dispatch_list_lacks(&core->dispatch, driver, lacks, &count) != MM_OK) {
		mm_core_log(core, "driver %pG waits for %u things", (const void *)driver, (unsigned int)count);
		return;
	}
	if (count == 0)
		mm_core_log(core, "driver %pG is never to start", (const void *)driver);
	for (i = 0; i < count; i++)
		mm_core_log(core, "driver %pG %s %pG", (const void *)driver, text_of(lacks[i].kind),
			    (const void *)&lacks[i].guid);
}

void mm_core_report_undispatched(struct mm_core *core)
{
	struct mm_dispatch_report report;
	uint32_t cursor = 0;

	while (mm_dispatch_next_report(&core->dispatch, &cursor, &report) == MM_OK) {
		if (report.state == MM_DISPATCH_WAITING)
			report_lacks(core, &report.guid);
		else if (report.state == MM_DISPATCH_UNREQUESTED)
			mm_core_log(core, "driver %pG waits to be requested", (const void *)&report.guid);
	}
}
