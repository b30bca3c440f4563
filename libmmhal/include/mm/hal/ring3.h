/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor (ring-3 images only): the interfaces of this room by system call, and the calls themselves. What ring 3
 * has no call for answers MM_E_UNSUPPORTED or does nothing. No state: one instance serves every activation of the
 * image. Numbers and meanings are those of mm/abi/syscall_list.h.
 */
#include <stdint.h>

#include "mm/base/compiler.h"
#include "mm/base/status.h"
#include "mm/hal/console.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/time.h"

struct mm_hal_ring3 {
	struct mm_hal_cpu cpu;
	struct mm_hal_io io;
	struct mm_hal_time time;
	struct mm_hal_console console; /* each write is one LOG call */
};

/*
 * Fills all interfaces; asks the supervisor once for the clock's rate. MM_OK; MM_E_HAL_NO_CLOCK if the supervisor
 * reports a rate outside 1..MM_HAL_TIME_RATE_MAX.
 */
enum mm_status mm_hal_ring3_init(struct mm_hal_ring3 *self);

/* One system call with up to three arguments. */
uint64_t MM_EFIAPI mm_hal_ring3_syscall(uint64_t number, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/* A call without arguments and with a second result (TIME, CPU_COUNT). */
uint64_t MM_EFIAPI mm_hal_ring3_syscall_pair(uint64_t *ret_second, uint64_t number);

/*
 * INVOKE: runs `entry` of `module` with four arguments in an activation of its own. Returns an EFI_STATUS: success
 * and `*ret_value` is what the code returned, or how it ended; `*ret_value` is then not meaningful.
 */
uint64_t MM_EFIAPI mm_hal_ring3_invoke(uint64_t module, uint64_t entry, const uint64_t arguments[4],
				       uint64_t *ret_value);

/* RETURN: ends this activation. */
MM_NORETURN void MM_EFIAPI mm_hal_ring3_return(uint64_t value);
