/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What each CPU needs to enter MM: a ring-0 stack with its number on top and a guard page below, a descriptor page, an
 * MMI entry; and the arrays indexed by CPU that the supervisor is told about.
 */
#include <stdint.h>

#include "handoff.h"
#include "memory.h"
#include "mmi_entry.h"

#define MM_INIT_STACK_PAGES	 4u /* ring 0, each CPU */
#define MM_INIT_USER_STACK_PAGES 2u /* ring 3, each CPU, for procedures on other CPUs */

struct mm_init_processors {
	uint32_t count;
	struct mm_region blocks[MM_INIT_CPU_MAX]; /* guard page, stack, descriptor page */
	struct mm_region user_stacks;		  /* of domain 0, adjoining, CPU 0 first */
	struct mm_region smbase_pages;		  /* u64[count] */
	struct mm_region initialized_pages;	  /* u8[count], set by the supervisor */
	volatile const uint8_t *initialized;	  /* the same bytes, for init to wait on */
};

/*
 * Allocates and fills all of it but the MMI entries. MM_OK or MM_E_NO_MEMORY.
 */
enum mm_status mm_init_processors_prepare(struct mm_init_processors *self, const struct mm_init_handoff *handoff,
					  struct mm_init_memory *memory);

/* Parts of a CPU's block. */
struct mm_region mm_init_processors_guard(const struct mm_init_processors *self, uint32_t cpu);
struct mm_region mm_init_processors_descriptors(const struct mm_init_processors *self, uint32_t cpu);

/* The slot at the top of the ring-0 stack that holds the CPU's number. */
uint64_t mm_init_processors_stack(const struct mm_init_processors *self, uint32_t cpu);

/*
 * Writes the MMI entry of every CPU to SMBASE + 0x8000, the rest of its page zero. Of `common`, the fields that
 * differ between CPUs (gdtr, idtr, stack, smbase) are ignored. MM_OK or MM_E_FAULT.
 */
enum mm_status mm_init_processors_install(const struct mm_init_processors *self, const struct mm_init_handoff *handoff,
					  const struct mm_init_mmi_template *entry,
					  const struct mm_init_mmi_values *common, struct mm_hal_mem *mem);

/* Leaves at each SMBASE + 0x8000 an RSM and nothing else; CPUs whose page `mem` does not reach are passed over. */
void mm_init_processors_disarm(const struct mm_init_handoff *handoff, struct mm_hal_mem *mem);
