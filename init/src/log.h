/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The log of init: whole lines on one console, each with init's name in front. One CPU, no locking.
 */
#include "mm/base/compiler.h"
#include "mm/base/status.h"

struct mm_hal_console;

/* One line, at most 200 characters, formatted as mm_format() does. A NULL console swallows it. */
void mm_init_log(struct mm_hal_console *console, const char *format, ...);

/*
 * "init: <what>: refused: <text of status> (<field> at 0x<offset> is 0x<value>)", without the parenthesis where the
 * decoder named no field. `refusal` must not be NULL.
 */
void mm_init_log_refusal(struct mm_hal_console *console, const char *what, enum mm_status status,
			 const struct mm_refusal *refusal);
