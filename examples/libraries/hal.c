/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmhal alone: the page-table editor over an array, without a machine. */
#include <stdio.h>
#include <stdlib.h>

#include "mm/base/compiler.h"
#include "mm/hal/pagetable.h"

#define TABLES 16u

struct tree {
	struct mm_hal_pagetable pt;
	uint64_t tables[TABLES][512];
	uint64_t used;
};

static enum mm_status get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct tree *tree = MM_CONTAINER_OF(self, struct tree, pt);

	if (tree->used == TABLES)
		return MM_E_NO_MEMORY;
	*ret_page = mm_pa(++tree->used << MM_PAGE_SHIFT);
	return MM_OK;
}

static void put_page(struct mm_hal_pagetable *self, struct mm_pa page)
{
	(void)self;
	(void)page;
}

static const uint64_t *map_table(struct mm_hal_pagetable *self, struct mm_pa page)
{
	uint64_t index = page.v >> MM_PAGE_SHIFT;

	return index != 0 && index <= TABLES ? MM_CONTAINER_OF(self, struct tree, pt)->tables[index - 1] : NULL;
}

static void write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	uint64_t *tables = MM_CONTAINER_OF(self, struct tree, pt)->tables[0];

	tables[entry - tables] = value;
}

static const struct mm_hal_pagetable_ops table_ops = { get_page, put_page, map_table, write_entry };

/* [example] */
static bool code_is_sealed(struct mm_hal_pagetable *pt)
{
	static const struct mm_hal_pagetable_config config = {
		.ops = &table_ops, .levels = 4, .pa_bits = 40, .can_execute_disable = true, /* table_ops: yours */
	};
	const struct mm_region image = mm_region_create(0x200000, 0x200000), code = mm_region_create(0x201000, 0x3000);

	if (mm_hal_pagetable_init(&config, pt) != MM_OK ||
	    mm_hal_pagetable_map(pt, image, mm_pa(image.base), MM_HAL_PAGE_RW) != MM_OK ||
	    mm_hal_pagetable_protect(pt, code, MM_HAL_PAGE_RX) != MM_OK) /* splits the 2 MiB leaf */
		return false;
	return mm_hal_pagetable_range_has(pt, code, MM_HAL_PAGE_EXECUTE, MM_HAL_PAGE_WRITE);
}
/* [end] */

int main(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	bool is_sealed = tree != NULL && code_is_sealed(&tree->pt);

	printf("code is %s\n", is_sealed ? "sealed" : "writable");
	free(tree);
	return is_sealed ? 0 : 1;
}
