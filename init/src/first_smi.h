/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The first SMI of every CPU: one CPU at a time, the BSP first, each told by an SMI IPI and awaited until the
 * supervisor has marked it in the initialised array.
 */
#include "handoff.h"
#include "processors.h"

struct mm_hal_cpu;
struct mm_hal_lapic;
struct mm_hal_time;

/* How long one CPU may take, in microseconds. The BSP's first SMI builds the whole supervisor. */
#define MM_INIT_FIRST_SMI_BSP_US 20000000u
#define MM_INIT_FIRST_SMI_AP_US	 5000000u

/*
 * MM_OK when every CPU has answered; MM_E_TIMEOUT with the CPU as the refusal's value; MM_E_NOT_READY without a
 * clock rate; what mm_hal_lapic_send() answers.
 */
enum mm_status mm_init_first_smi(const struct mm_init_handoff *handoff, const struct mm_init_processors *processors,
				 struct mm_hal_lapic *lapic, struct mm_hal_cpu *cpu, struct mm_hal_time *time,
				 struct mm_refusal *reterr);
