/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The supervisor built from what init handed over: everything of boot that tests run on the host. First SMI only. */
#include "facts.h"
#include "supv.h"

/* What only the CPU itself can tell. */
struct mm_supv_machine_facts {
	struct mm_pa root; /* CR3 */
	uint8_t levels;
	uint8_t pa_bits;
	uint64_t missing_protections; /* MM_POLICY_PROTECT_... */
};

/*
 * Memory, policy, CPUs, channels and domain 0, in this order; nothing but free MMRAM is written before all of `facts`
 * is judged. `supv->wiring` holds the interfaces. `reterr` names the step's field.
 */
enum mm_status mm_supv_build(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
			     const struct mm_supv_machine_facts *machine, struct mm_refusal *reterr);

/*
 * The user core has answered START: `status` is how the activation ended, `value` what the user core said. One that
 * failed is never entered again. Write-protects everything that no longer changes. Statuses of the editor.
 */
enum mm_status mm_supv_build_end(struct mm_supv_state *supv, uint64_t status, uint64_t value);
