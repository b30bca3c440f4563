/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "client.h"

#include <stdarg.h>

#include "bench.h"
#include "log.h"
#include "machine.h"
#include "mm/base/format.h"
#include "text.h"

#define ROUND_TRIPS   10000u
#define LIST_CAPACITY 512u

static const struct mm_q35_check_list *const lists[] = {
	&mm_q35_checks_lock,  &mm_q35_checks_message,	&mm_q35_checks_malformed,
	&mm_q35_checks_crash, &mm_q35_checks_gate,	&mm_q35_checks_processors,
	&mm_q35_checks_state, &mm_q35_checks_forbidden, &mm_q35_checks_sysenter,
};

bool mm_q35_client_fail(struct mm_q35_client *client, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)mm_format_va(client->reason, sizeof(client->reason), format, args);
	va_end(args);
	return false;
}

struct tally {
	uint32_t ok;
	uint32_t failed;
};

static void run_check(struct mm_q35_client *client, const struct mm_q35_check *check, struct tally *tally)
{
	if (check->run(client, check->argument)) {
		mm_q35_print("check: ok %s", check->name);
		tally->ok++;
		return;
	}
	mm_q35_print("check: FAIL %s: %s", check->name, client->reason);
	tally->failed++;
}

static void run_list(struct mm_q35_client *client, const struct mm_q35_check_list *list, const char *selected,
		     struct tally *tally)
{
	if (list->applies != NULL && !list->applies(client->machine))
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (selected[0] == '\0' || mm_q35_text_has_word(selected, list->check[i].name))
			run_check(client, &list->check[i], tally);
	}
}

bool mm_q35_client_run(struct mm_q35_machine *machine)
{
	struct mm_q35_client client = { .machine = machine };
	struct tally tally = { 0, 0 };
	char selected[LIST_CAPACITY];

	if (mm_q35_option_number(&machine->fwcfg, "bench", 0) != 0)
		return mm_q35_client_bench(machine);
	client.count = mm_q35_option_number(&machine->fwcfg, "count", ROUND_TRIPS);
	mm_q35_option_text(&machine->fwcfg, "checks", selected, sizeof(selected));
	for (size_t i = 0; i < MM_ARRAY_COUNT(lists); i++)
		run_list(&client, lists[i], selected, &tally);
	mm_q35_print("client: %u ok, %u failed", tally.ok, tally.failed);
	return tally.ok != 0 && tally.failed == 0;
}
