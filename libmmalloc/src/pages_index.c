/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

void mm_pages_index_give(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	if (run != 0)
		give_run(self, colour, start, run);
}
