/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Bringing the CPUs together. One word holds the number of the run and its phase:
 *
 *     IDLE --first CPU in--> GATHER --all here, or time is up--> RUN --served--> EXIT --all have left--> IDLE
 *
 * Only the step out of IDLE is contended: the CPU whose compare-and-swap succeeds leads, and no CPU can lead the
 * same run a second time, however late it comes. A CPU that arrives in GATHER or RUN waits for EXIT; one that
 * arrives in EXIT belongs to the next run.
 */
#include "supv.h"

#define MM_SUPV_PHASE_IDLE   0u
#define MM_SUPV_PHASE_GATHER 1u
#define MM_SUPV_PHASE_RUN    2u
#define MM_SUPV_PHASE_EXIT   3u

/* Any CPU. Returns `cpu` if it leads a run; NULL after a run led by another is over and this CPU may leave MM. */
struct mm_supv_cpu *mm_supv_arrive(struct mm_supv_cpu *cpu);

/*
 * Monarch: waits for every CPU that is not known to be absent, calls the late by SMI IPI once nobody has arrived for
 * the grace time, goes on without them after the limit (a record each), and closes the run.
 */
void mm_supv_run_gather(struct mm_supv_cpu *cpu);

/* Monarch: lets the others go and waits, bounded, until they have. The next run can begin. */
void mm_supv_run_end(struct mm_supv_cpu *cpu);
