/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the IPL says and how it ends. Text goes to QEMU's debug console (port 0x402) where there is one, to the first
 * UART where not; never to both, so that a line counts once. BSP only, but for mm_q35_fatal().
 */
#include <stdint.h>

#include "mm/base/compiler.h"
#include "mm/base/status.h"

struct mm_hal_io;

/* Values for QEMU's debug-exit port. */
#define MM_Q35_EXIT_PASS	  0x05u
#define MM_Q35_EXIT_CLIENT_FAILED 0x11u
#define MM_Q35_EXIT_FATAL	  0x7fu

/* Finds the console. `io` outlives everything. */
void mm_q35_log_init(struct mm_hal_io *io);

/* Says "phase: <name>" and remembers it for the message of mm_q35_fatal(); `name` is a literal. */
void mm_q35_phase(const char *name);

/* One line "ipl: ..."; the format is that of mm/base/format.h, without the line end. */
void mm_q35_log(const char *format, ...) MM_PRINTF(1, 2);

/* One line as it stands. */
void mm_q35_print(const char *format, ...) MM_PRINTF(1, 2);

/* "ipl: fatal: ..." with the phase, then ends the run with MM_Q35_EXIT_FATAL. Any CPU. */
MM_NORETURN void mm_q35_fatal(const char *format, ...) MM_PRINTF(1, 2);

/* Goes on when `status` is MM_OK; else fatal with `what` and the status. */
void mm_q35_require(enum mm_status status, const char *what);

/* Ends the run; halts for ever where there is no debug-exit port. */
MM_NORETURN void mm_q35_exit(uint8_t value);
