/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The per-CPU objects, and taking over each CPU's MMI entry: the entry loads its descriptor tables through two
 * pointers in its fix-up block, and what those point at is replaced by ours.
 *
 * Context: the first SMI, one CPU, for all CPUs.
 */
#include "facts.h"
#include "supv.h"

/*
 * Makes the objects, descriptor blocks of all CPUs and redirects the MMI entries to them and to the
 * common IDT.
 * MM_OK; statuses of the page allocator; MM_E_SUPV_ENTRY, MM_E_SUPV_OUTSIDE for an entry that is not what the contract
 * says.
 */
enum mm_status mm_supv_cpus_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
				 struct mm_refusal *reterr);

/* Write-protects what the MMI entry and the CPUs only read: the descriptor pages. */
enum mm_status mm_supv_cpus_seal(struct mm_supv_state *supv);

/*
 * True if `exit_rsp`, where the CPU's entry into this image left its stack, lies on the ring-0 stack that the MMI entry
 * named and above the place from which C frames grow: then no frame of ours overwrites what the CPU returns through.
 */
bool mm_supv_cpu_fits_stack(const struct mm_supv_cpu *cpu, uint64_t exit_rsp);
