/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/mem.h"

#include <stddef.h>

#include "mm/base/checked.h"

void *mm_hal_mem_map(struct mm_hal_mem *mem, struct mm_pa pa, uint64_t bytes)
{
	uint64_t end;

	if (bytes == 0 || !mm_add_u64(pa.v, bytes, &end))
		return NULL;
	return mem->ops->map(mem, pa, bytes);
}

enum mm_status mm_hal_mem_read(struct mm_hal_mem *mem, void *ret_bytes, struct mm_pa pa, uint64_t bytes)
{
	uint64_t end;

	if (!mm_add_u64(pa.v, bytes, &end))
		return MM_E_OVERFLOW;
	if (bytes == 0)
		return MM_OK;
	return mem->ops->read(mem, ret_bytes, pa, bytes);
}

enum mm_status mm_hal_mem_write(struct mm_hal_mem *mem, struct mm_pa pa, const void *data, uint64_t bytes)
{
	uint64_t end;

	if (!mm_add_u64(pa.v, bytes, &end))
		return MM_E_OVERFLOW;
	if (bytes == 0)
		return MM_OK;
	return mem->ops->write(mem, pa, data, bytes);
}
