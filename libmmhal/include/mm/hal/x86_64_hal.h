/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor (ring-0 images only): the interfaces of this room on the bare CPU. Instances hold configuration and
 * no state, so one serves all CPUs. Memory is the identity: images run on page tables that map one to one.
 *
 * An access that may fault goes through the exception table below; the image's trap handler must consult it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/status.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/mem.h"
#include "mm/hal/mmio.h"
#include "mm/hal/time.h"
#include "mm/hal/user.h"

struct mm_hal_x86_config {
	bool has_smap;		   /* CR4.SMAP is set: STAC and CLAC exist and are needed */
	uint8_t pa_bits;	   /* 32..52; the memory window ends there */
	uint64_t user_limit;	   /* first address that is never ring 3's, at most 2^47 (2^56 with 5 levels) */
	uint64_t ticks_per_second; /* of the time-stamp counter; 0: not known yet, see mm_hal_time_set_rate() */
};

struct mm_hal_x86 {
	struct mm_hal_cpu cpu;
	struct mm_hal_io io;
	struct mm_hal_mem mem;
	struct mm_hal_mmio mmio;
	struct mm_hal_time time;
	struct mm_hal_user user;
	/* private: */
	uint64_t mem_limit;
	bool has_smap;
};

/* Fills all interfaces. MM_OK; MM_E_INVALID for a number outside its range. */
enum mm_status mm_hal_x86_init(struct mm_hal_x86 *self, const struct mm_hal_x86_config *config);

/*
 * True if the instruction at `rip` is one of this room's that may fault; `ret_fixup` is where to go on. The trap
 * handler resumes there with RFLAGS.AC and .DF cleared and all general registers as they were at the fault. Only for
 * #PF, #GP and #AC taken in ring 0. A few comparisons; any context.
 */
bool mm_hal_x86_extable_find(uint64_t rip, uint64_t *ret_fixup);
