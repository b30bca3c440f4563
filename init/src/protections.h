/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the CPU offers to protect MM with, read once from CPUID, and the CR4 that follows from it. Nothing is switched
 * on that CPUID does not offer: some processors and emulators hang on such a bit.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/status.h"

struct mm_hal_cpu;

struct mm_init_protections {
	uint32_t cr4;		      /* for every entry into MM */
	uint32_t missing;	      /* MM_POLICY_PROTECT_SMEP, _SMAP, _UMIP: what this CPU does not have */
	bool has_misc_enable;	      /* Intel: the OS can switch NX off through IA32_MISC_ENABLE */
	bool has_speculation_control; /* it enumerates controls of branch prediction, so its return stack is to be
					 refilled */
	uint8_t pa_bits;	      /* width of a physical address, 32..52 */
};

/*
 * MM_OK; MM_E_INIT_NO_PROTECTION, with the feature's name as field, if the CPU lacks what MM cannot do without: NX,
 * SYSCALL, PAE, FXSAVE, SSE. Missing SMEP, SMAP and UMIP are reported; whether to go on is the policy's decision.
 */
enum mm_status mm_init_protections_detect(struct mm_hal_cpu *cpu, struct mm_init_protections *ret_protections,
					  struct mm_refusal *reterr);

/*
 * The first protection that `demanded` (MM_POLICY_PROTECT_*) names and `missing` has, by name; NULL when there is
 * none. Protections that this version neither establishes nor verifies (SMRAM range
 * registers, code-access check, ...) lack whenever they are demanded.
 */
const char *mm_init_protections_find_lacking(uint32_t demanded, uint32_t missing);
