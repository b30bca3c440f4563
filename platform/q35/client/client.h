/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The test client: named checks of MM from outside, run after lock-down, one line each:
 * "check: ok <name>" or "check: FAIL <name>: <why>", at the end "client: <n> ok, <m> failed".
 *
 * Options: opt/mm/checks names the checks to run (comma-separated, default all); opt/mm/count the echo round trips.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/compiler.h"

struct mm_q35_machine;

/* Runs the checks; true if none failed. */
bool mm_q35_client_run(struct mm_q35_machine *machine);

/* What a check works with. */
struct mm_q35_client {
	struct mm_q35_machine *machine;
	uint64_t count;	  /* echo round trips */
	char reason[200]; /* of the last mm_q35_client_fail() */
};

struct mm_q35_check {
	const char *name;
	bool (*run)(struct mm_q35_client *client, uint64_t argument);
	uint64_t argument;
};

struct mm_q35_check_list {
	const struct mm_q35_check *check;
	size_t count;
	bool (*applies)(const struct mm_q35_machine *machine); /* NULL: to every ROM */
};

extern const struct mm_q35_check_list mm_q35_checks_lock;
extern const struct mm_q35_check_list mm_q35_checks_message;
extern const struct mm_q35_check_list mm_q35_checks_malformed;
extern const struct mm_q35_check_list mm_q35_checks_crash;
extern const struct mm_q35_check_list mm_q35_checks_gate;
extern const struct mm_q35_check_list mm_q35_checks_processors;
extern const struct mm_q35_check_list mm_q35_checks_state;
extern const struct mm_q35_check_list mm_q35_checks_forbidden;
extern const struct mm_q35_check_list mm_q35_checks_sysenter;

/* Keeps the reason; always false, so that a check fails in one statement. */
bool mm_q35_client_fail(struct mm_q35_client *client, const char *format, ...) MM_PRINTF(2, 3);
