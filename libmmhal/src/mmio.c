/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/mmio.h"

static enum mm_status check_access(struct mm_pa pa, enum mm_hal_width width)
{
	if ((unsigned)width > MM_HAL_WIDTH_64)
		return MM_E_INVALID;
	return (pa.v & (mm_hal_width_bytes(width) - 1u)) == 0 ? MM_OK : MM_E_MISALIGNED;
}

enum mm_status mm_hal_mmio_read(struct mm_hal_mmio *mmio, struct mm_pa pa, enum mm_hal_width width, uint64_t *ret_value)
{
	enum mm_status status = check_access(pa, width);
	uint64_t value;

	if (status == MM_OK)
		status = mmio->ops->read(mmio, pa, width, &value);
	if (status == MM_OK)
		*ret_value = value & mm_hal_width_mask(width);
	return status;
}

enum mm_status mm_hal_mmio_write(struct mm_hal_mmio *mmio, struct mm_pa pa, enum mm_hal_width width, uint64_t value)
{
	enum mm_status status = check_access(pa, width);

	if (status == MM_OK)
		status = mmio->ops->write(mmio, pa, width, value & mm_hal_width_mask(width));
	return status;
}
