/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "user_access.h"

#include "memory.h"

enum mm_status mm_supv_user_read_untrusted(struct mm_supv_cpu *cpu, void *ret_bytes, struct mm_user_va va,
					   uint64_t bytes)
{
	struct mm_region range;

	if (mm_region_create_untrusted(va.v, bytes, &range) != MM_OK ||
	    !mm_supv_user_range_has(cpu->supv, range, MM_HAL_PAGE_USER | MM_HAL_PAGE_PRESENT))
		return MM_E_FAULT;
	return mm_hal_user_copy_in(mm_supv_wiring_of(cpu)->user, ret_bytes, va, bytes);
}
