/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/io.h"

#include <stdbool.h>

#define PORT_COUNT 0x10000u

static bool is_port_access(uint16_t port, enum mm_hal_width width)
{
	return (unsigned)width <= MM_HAL_WIDTH_32 && port + mm_hal_width_bytes(width) <= PORT_COUNT;
}

uint32_t mm_hal_io_read(struct mm_hal_io *io, uint16_t port, enum mm_hal_width width)
{
	if (!is_port_access(port, width))
		return UINT32_MAX;
	return io->ops->read(io, port, width) & (uint32_t)mm_hal_width_mask(width);
}

void mm_hal_io_write(struct mm_hal_io *io, uint16_t port, enum mm_hal_width width, uint32_t value)
{
	if (is_port_access(port, width))
		io->ops->write(io, port, width, value & (uint32_t)mm_hal_width_mask(width));
}
