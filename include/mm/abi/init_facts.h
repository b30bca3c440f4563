/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The HOB that our init adds to its hand-off (GUID symbol `init_facts_hob`): what it measured and the supervisor
 * would otherwise have to measure again. A supervisor works without it (under another init); ours then calibrates its
 * clock itself and erases nothing.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/hob.h"
#include "mm/abi/policy.h"
#include "mm/base/compiler.h"

#define MM_INIT_FACTS_REVISION 1u

struct mm_init_facts {
	uint32_t revision;
	uint32_t cpu_count;
	uint64_t tsc_hz;	      /* ticks of the time-stamp counter per second, never 0 */
	uint64_t init_image_base;     /* init itself, to be erased after the first SMI of the last CPU */
	uint64_t init_image_bytes;    /* whole pages; the MMRAM HOB shows them as in use */
	uint64_t missing_protections; /* MM_POLICY_PROTECT_NX, _WP, _SMEP, _SMAP, _UMIP: what this CPU lacks */
};
MM_STATIC_ASSERT(sizeof(struct mm_init_facts) == 40, init_facts_size);
MM_STATIC_ASSERT(offsetof(struct mm_init_facts, missing_protections) == 32, init_facts_missing);
