/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * CPU state that the OS can set and that is live in MM (docs/threat-model.md has the whole table): what ring 3 needs
 * is loaded once per SMI, before the first entry into ring 3, and put back before the CPU leaves. A CPU that never
 * runs ring 3 in an SMI touches none of it.
 */
#include "supv.h"

/* Sets what this CPU loads; once, when its object is made. */
void mm_supv_demotion_init(struct mm_supv_cpu *cpu);

/*
 * Saves the OS's SYSCALL, SYSENTER and GS MSRs and CR2 and loads ours; nothing if it is done already. SYSENTER_CS is 0
 * before ring 3 runs: from 64-bit ring 3, SYSENTER is a second door to ring 0 that no FMASK guards.
 */
void mm_supv_demote(struct mm_supv_cpu *cpu);

/* Puts them back; nothing if mm_supv_demote() was not called in this SMI. */
void mm_supv_restore_os_state(struct mm_supv_cpu *cpu);
