/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Exceptions of the IPL: every one ends the run with a report, but for those that an access through the HAL expects.
 * Between exceptions one interrupt exists, which wakes a parked CPU.
 */
#include <stdint.h>

#define MM_Q35_WAKE_VECTOR 0x40u

/* Builds the table. Once, BSP. */
void mm_q35_traps_init(void);

/* Makes the calling CPU use it. */
void mm_q35_traps_load(void);

/* Gives the BSP a stack of its own for double faults, so that an overflow of its stack can be told. Once. */
void mm_q35_traps_load_stack(void);
