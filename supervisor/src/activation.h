/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Activations: the one way into ring 3, and out of it. A CPU's frames form a stack; the deepest one runs. None of
 * the functions that enter or end one returns in the image: ring 0 keeps no C frame alive while ring 3 runs, and
 * what comes after depth 0 is mm_supv_monarch_continue().
 *
 * Context: the monarch of the current run.
 */
#include "supv.h"

/*
 * Runs the domain's user core with a command. Loads the MSRs of ring 3 if this SMI has not done so yet.
 * Depth must be 0.
 */
void mm_supv_activation_command(struct mm_supv_cpu *cpu, struct mm_domain *domain, enum mm_supv_activation_kind kind,
				uint64_t command, uint64_t arg1, uint64_t arg2);

struct mm_supv_invoke {
	uint16_t module;
	uint64_t entry;
	uint64_t args[4];
};

/*
 * Suspends the caller of `call` and runs a driver's function one level deeper. `invoke` has been checked. The caller
 * goes on with RAX = EFI_STATUS and RDX = value once the activation has ended.
 */
void mm_supv_activation_invoke(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
			       const struct mm_supv_invoke *invoke);

/* Ends the running activation: its parent, or at depth 0 the monarch, goes on with `status` (EFI_STATUS) and `value`.
 */
void mm_supv_activation_end(struct mm_supv_cpu *cpu, uint64_t status, uint64_t value);

/* The running one, or NULL when ring 3 is not active on this CPU. */
static inline struct mm_supv_activation *mm_supv_activation_current(struct mm_supv_cpu *cpu)
{
	return cpu->depth == 0 ? NULL : &cpu->activations[cpu->depth - 1];
}
