/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor (ring-3 images only): the interfaces of this room by system call. What ring 3 has no call for answers
 * MM_E_UNSUPPORTED or does nothing. No state: one instance serves every activation of the image.
 */
#include <stdint.h>

#include "mm/base/status.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/time.h"

struct mm_hal_ring3 {
	struct mm_hal_cpu cpu;
	struct mm_hal_io io;
	struct mm_hal_time time;
};

/* `ticks_per_second` as the supervisor reports it. MM_OK or MM_E_INVALID for 0. */
enum mm_status mm_hal_ring3_init(struct mm_hal_ring3 *self, uint64_t ticks_per_second);

/*
 * One system call: RAX = index, RDX, R8, R9 = arguments, result in RAX. RCX and R11 are lost, everything else is
 * preserved. Indices are those of mm/abi/syscall.h.
 */
uint64_t mm_hal_ring3_syscall(uint64_t index, uint64_t arg1, uint64_t arg2, uint64_t arg3);
