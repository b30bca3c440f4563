/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Memory-mapped device registers, by physical address, one access of exactly the width asked for, in program order.
 * Any CPU, no locking.
 */
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/status.h"
#include "mm/hal/width.h"

struct mm_hal_mmio;

struct mm_hal_mmio_ops {
	enum mm_status (*read)(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t *ret_value);
	enum mm_status (*write)(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t value);
};

struct mm_hal_mmio {
	const struct mm_hal_mmio_ops *ops;
};

/*
 * MM_OK; MM_E_INVALID for a width outside the enum; MM_E_MISALIGNED if `pa` is not a multiple of the width;
 * MM_E_FAULT if nothing is mapped there. The value is zero-extended.
 */
enum mm_status mm_hal_mmio_read(struct mm_hal_mmio *mmio, struct mm_pa pa, enum mm_hal_width width,
				uint64_t *ret_value);

/* Statuses as mm_hal_mmio_read(). Bits of `value` above the width are ignored. */
enum mm_status mm_hal_mmio_write(struct mm_hal_mmio *mmio, struct mm_pa pa, enum mm_hal_width width, uint64_t value);
