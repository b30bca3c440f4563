/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The page tables of MM, one to one, four levels:
 *
 *   MMRAM                        4 KiB leaves, supervisor, writable, not executable, but for what follows
 *   MMI entries                  supervisor, executable
 *   images                       by the permissions of their sections, user for user core and drivers;
 *                                what no section covers is absent
 *   guard pages of ring-0 stacks absent (and page 0, as all else that is not listed)
 *   descriptor pages, SMBASE array, policy, HOB list, the tables themselves
 *                                supervisor, read-only
 *   ring-3 stacks                user, writable
 *   channels, status pages       supervisor, writable
 *   unblocked ranges             user (or supervisor), writable
 *   local APIC                   supervisor, writable, uncached
 *   granted MMIO                 user, writable or read-only, uncached (policy.h says what is granted)
 */
#include <stdint.h>

#include "handoff.h"
#include "memory.h"
#include "mm/hal/pagetable.h"
#include "modules.h"
#include "policy.h"
#include "processors.h"

/* Holds addresses of its surroundings: place it once, do not copy it. */
struct mm_init_tables {
	struct mm_hal_pagetable pagetable;
	struct mm_init_memory *memory;
	struct mm_hal_mem *mem;
};

/* Everything that has a place in the tables. */
struct mm_init_layout {
	const struct mm_init_handoff *handoff;
	const struct mm_init_processors *processors;
	const struct mm_init_modules *modules;
	const struct mm_init_policy *policy;
	struct mm_region hob_list; /* whole pages */
	uint8_t pa_bits;
};

/*
 * Builds them. Nothing may be allocated from `memory` between this and the hand-over but what this takes.
 * MM_OK; MM_E_NO_MEMORY; MM_E_OVERFLOW for a range beyond the CPU's physical addresses.
 */
enum mm_status mm_init_tables_build(struct mm_init_tables *self, const struct mm_init_layout *layout,
				    struct mm_init_memory *memory, struct mm_hal_mem *mem);
