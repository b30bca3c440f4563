/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What happens when something goes wrong. In ring 3: a record, a log line, and the activation ends with an error
 * status for whoever asked. In ring 0: the supervisor's own promise is broken, so the machine stops with a report.
 */
#include "supv.h"

/*
 * An exception taken in ring 3, on the running activation, which it ends. A machine check or a double fault is nobody's
 * fault there: it stops the machine. Does not return in the image.
 */
void mm_supv_trap_user(struct mm_supv_cpu *cpu, const struct mm_supv_trap *trap);

/* An exception taken in ring 0: the fix-up to go on at if the instruction is one that may fault, else a panic. */
uint64_t mm_supv_trap_kernel(const struct mm_supv_trap *trap);

/*
 * Ends the running activation because of what its code asked for. `subject` is the port or MSR, else 0; `reason` a
 * short text for the log.
 */
void mm_supv_refuse_activation(struct mm_supv_cpu *cpu, enum mm_supv_record_kind kind, uint32_t detail,
			       uint64_t subject, uint64_t rip, const char *reason);

/* The report of a ring-0 fault: what, where in this image, on which CPU. */
void mm_supv_report_ring0_fault(const struct mm_supv_wiring *wiring, const struct mm_supv_state *supv,
				const struct mm_supv_trap *trap);

/* Stops the machine: one line, then the platform's way to end (docs/caveats.md). Any CPU. */
MM_NORETURN void mm_supv_panic(const struct mm_supv_wiring *wiring, const char *what);
