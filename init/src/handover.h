/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The HOB list that the supervisor is entered with: what the IPL passed, MMRAM as it is now, the modules (supervisor,
 * user core, drivers, each driver followed by its depex), PassDown revision 2, and what init measured.
 */
#include <stdint.h>

#include "handoff.h"
#include "memory.h"
#include "modules.h"
#include "policy.h"
#include "processors.h"

struct mm_init_handover {
	const struct mm_init_handoff *handoff;
	const struct mm_init_processors *processors;
	const struct mm_init_modules *modules;
	const struct mm_init_policy *policy;
	uint64_t mmi_entry_bytes;
	uint64_t tsc_hz;
	uint32_t missing_protections;
	uint64_t list_bytes;				 /* out: size of the list */
	uint32_t mmram_count;				 /* out: pieces of MMRAM in it */
	struct mm_pi_mmram mmram[MM_PI_MMRAM_COUNT_MAX]; /* out */
};

/* Takes whole pages that hold the list in the worst case. MM_OK or MM_E_NO_MEMORY. */
enum mm_status mm_init_handover_reserve(const struct mm_init_handoff *handoff, const struct mm_init_modules *modules,
					struct mm_init_memory *memory, struct mm_region *ret_pages);

/*
 * Writes the list to `pages`; everything is allocated by now. The first seven members of `self` are given.
 * MM_OK; MM_E_LIMIT (more pieces of MMRAM than a HOB is read with); MM_E_FAULT; the statuses of mm/pi/hob_writer.h.
 */
enum mm_status mm_init_handover_write(struct mm_init_handover *self, struct mm_init_memory *memory,
				      struct mm_hal_mem *mem, struct mm_region pages);
