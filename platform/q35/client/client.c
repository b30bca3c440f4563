/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "client.h"

#include <stdarg.h>

#include "log.h"
#include "machine.h"
#include "mm/base/format.h"
#include "text.h"

#define ROUND_TRIPS   10000u
#define LIST_CAPACITY 512u

static const struct mm_q35_check_list *const lists[] = {
	&mm_q35_checks_lock,  &mm_q35_checks_message,	 &mm_q35_checks_malformed,
	&mm_q35_checks_crash, &mm_q35_checks_processors, &mm_q35_checks_state,
};

bool mm_q35_client_fail(struct mm_q35_client *client, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)mm_format_va(client->reason, sizeof(client->reason), format, args);
	va_end(args);
	return false;
}

static bool run_check(struct mm_q35_client *client, const struct mm_q35_check *check)
{
	if (check->run(client, check->argument)) {
		mm_q35_print("check: ok %s", check->name);
		return true;
	}
	mm_q35_print("check: FAIL %s: %s", check->name, client->reason);
	return false;
}

bool mm_q35_client_run(struct mm_q35_machine *machine)
{
	struct mm_q35_client client = { .machine = machine };
	char selected[LIST_CAPACITY];
	uint32_t ok = 0;
	uint32_t failed = 0;

	client.count = mm_q35_option_number(&machine->fwcfg, "count", ROUND_TRIPS);
	mm_q35_option_text(&machine->fwcfg, "checks", selected, sizeof(selected));
	for (size_t i = 0; i < MM_ARRAY_COUNT(lists); i++) {
		for (size_t j = 0; j < lists[i]->count; j++) {
			const struct mm_q35_check *check = &lists[i]->check[j];

			if (selected[0] != '\0' && !mm_q35_text_has_word(selected, check->name))
				continue;
			if (run_check(&client, check))
				ok++;
			else
				failed++;
		}
	}
	mm_q35_print("client: %u ok, %u failed", ok, failed);
	return ok != 0 && failed == 0;
}
