/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Access widths of ports and device registers. The numbers are those of the IO_READ and IO_WRITE system calls.
 */
#include <stdint.h>

enum mm_hal_width {
	MM_HAL_WIDTH_8 = 0,
	MM_HAL_WIDTH_16 = 1,
	MM_HAL_WIDTH_32 = 2,
	MM_HAL_WIDTH_64 = 3, /* memory-mapped registers only */
};

/* 1, 2, 4 or 8. */
static inline uint32_t mm_hal_width_bytes(enum mm_hal_width width)
{
	return 1u << (unsigned)width;
}

/* All bits of that width set: what a bus with nobody on it reads as. */
static inline uint64_t mm_hal_width_mask(enum mm_hal_width width)
{
	return UINT64_MAX >> (64u - 8u * mm_hal_width_bytes(width));
}
