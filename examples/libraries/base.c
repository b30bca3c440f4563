/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmbase alone: what is left of memory when two ranges are taken out of it. */
#include <stdio.h>

#include "mm/base/compiler.h"
#include "mm/base/format.h"
#include "mm/base/region_set.h"

/* [example] */
static enum mm_status print_usable_memory(void)
{
	struct mm_region places[4];
	struct mm_region_set usable;
	enum mm_status status;

	mm_region_set_init(&usable, places, MM_ARRAY_COUNT(places));
	status = mm_region_set_add(&usable, mm_region_create(0x100000, 0x700000));
	if (status == MM_OK)
		status = mm_region_set_remove(&usable, mm_region_create(0x200000, 0x1000));
	for (size_t i = 0; status == MM_OK && i < mm_region_set_count(&usable); i++)
		printf("0x%llx bytes\n", (unsigned long long)mm_region_set_at(&usable, i).bytes);
	return status; /* prints 0x100000 and 0x5ff000 */
}
/* [end] */

int main(void)
{
	return print_usable_memory() == MM_OK ? 0 : 1;
}
