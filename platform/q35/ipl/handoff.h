/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The HOB list that the IPL hands to init, as EDK2's IPL for Standalone MM would: docs/abi.md. Pure.
 */
#include <stddef.h>
#include <stdint.h>

#include "memory.h"
#include "mm/abi/guid.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* How APIC ids tell packages, cores and threads apart (CPUID leaf 0xB): bits, from the lowest. */
struct mm_q35_topology {
	uint8_t thread_bits;
	uint8_t package_shift; /* thread and core bits together */
};

struct mm_q35_handoff {
	const struct mm_q35_memory *memory;
	struct mm_region rom;	     /* the volume */
	struct mm_region init_image; /* whole pages that end where TSEG ends */
	uint64_t init_entry;
	struct mm_guid init_name;
	const struct mm_q35_topology *topology;
	const uint32_t *apic_ids; /* of the CPUs 0..cpu_count - 1, CPU 0 the BSP */
	uint32_t cpu_count;	  /* 1..MM_Q35_CPU_MAX */
};

/*
 * Writes the list into `buffer[0..capacity)`, where init will find it at `address`. MM_OK; MM_E_INVALID if the image
 * does not lie at the top of TSEG above the tiles or there are too many CPUs; what mm_pi_hob_*() answer.
 */
enum mm_status mm_q35_handoff_write(const struct mm_q35_handoff *facts, void *buffer, size_t capacity, uint64_t address,
				    size_t *ret_bytes);
