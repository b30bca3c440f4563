/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Port input and output. A port nobody answers reads as all ones and swallows writes; an access that would leave the
 * 64 KiB port space does the same. In ring 3 policy judges each access; a refusal ends the activation or, where
 * policy says so, behaves like a port nobody answers.
 */
#include <stdint.h>

#include "mm/hal/width.h"

struct mm_hal_io;

struct mm_hal_io_ops {
	uint32_t (*read)(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width);
	void (*write)(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value);
};

struct mm_hal_io {
	const struct mm_hal_io_ops *ops;
};

/* `width` is 8, 16 or 32 bits; 64 behaves like a port nobody answers. */
uint32_t mm_hal_io_read(struct mm_hal_io *io, uint16_t port, enum mm_hal_width width);
void mm_hal_io_write(struct mm_hal_io *io, uint16_t port, enum mm_hal_width width, uint32_t value);

static inline uint8_t mm_hal_io_read8(struct mm_hal_io *io, uint16_t port)
{
	return (uint8_t)mm_hal_io_read(io, port, MM_HAL_WIDTH_8);
}

static inline uint16_t mm_hal_io_read16(struct mm_hal_io *io, uint16_t port)
{
	return (uint16_t)mm_hal_io_read(io, port, MM_HAL_WIDTH_16);
}

static inline uint32_t mm_hal_io_read32(struct mm_hal_io *io, uint16_t port)
{
	return mm_hal_io_read(io, port, MM_HAL_WIDTH_32);
}

static inline void mm_hal_io_write8(struct mm_hal_io *io, uint16_t port, uint8_t value)
{
	mm_hal_io_write(io, port, MM_HAL_WIDTH_8, value);
}

static inline void mm_hal_io_write16(struct mm_hal_io *io, uint16_t port, uint16_t value)
{
	mm_hal_io_write(io, port, MM_HAL_WIDTH_16, value);
}

static inline void mm_hal_io_write32(struct mm_hal_io *io, uint16_t port, uint32_t value)
{
	mm_hal_io_write(io, port, MM_HAL_WIDTH_32, value);
}
