/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fault.h"
#include "mm/hal/x86_64_hal.h"

bool mm_hal_x86_extable_find(uint64_t rip, uint64_t *ret_fixup)
{
	uint64_t low = 0;
	uint64_t high = mm_hal_x86_extable_count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const struct mm_hal_x86_extable_entry *entry = &mm_hal_x86_extable[middle];

		if (rip < entry->start) {
			high = middle;
		} else if (rip >= entry->end) {
			low = middle + 1;
		} else {
			*ret_fixup = entry->fixup;
			return true;
		}
	}
	return false;
}
