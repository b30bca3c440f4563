/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the files of the page-table editor share. An entry of level n maps span(n) bytes: level 1 is a 4 KiB page.
 * Linear addresses are "flat" here: their sign extension is cut off, so that a range never wraps.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/hal/pagetable.h"

#define PT_ENTRY_COUNT 512u

#define PT_PRESENT   0x001ull
#define PT_WRITE     0x002ull
#define PT_USER	     0x004ull
#define PT_PWT	     0x008ull
#define PT_PCD	     0x010ull
#define PT_ACCESSED  0x020ull
#define PT_DIRTY     0x040ull
#define PT_LARGE     0x080ull /* levels 2 and 3 */
#define PT_SMALL_PAT 0x080ull /* level 1 */
#define PT_GLOBAL    0x100ull
#define PT_NX	     0x8000000000000000ull
#define PT_ADDRESS   0x000ffffffffff000ull

/* Bytes that one entry of a level maps; level 1..6 (the level above the root is the whole space). */
static inline uint64_t pt_span(unsigned level)
{
	return (uint64_t)1 << (12u + 9u * (level - 1u));
}

static inline bool pt_is_present(uint64_t entry)
{
	return (entry & PT_PRESENT) != 0;
}

static inline bool pt_is_leaf(uint64_t entry, unsigned level)
{
	return pt_is_present(entry) && (level == 1 || (entry & PT_LARGE) != 0);
}

static inline bool pt_is_table(uint64_t entry, unsigned level)
{
	return pt_is_present(entry) && !pt_is_leaf(entry, level);
}

static inline struct mm_pa pt_address(uint64_t entry)
{
	return mm_pa(entry & PT_ADDRESS);
}

static inline const uint64_t *pt_table(struct mm_hal_pagetable *self, struct mm_pa page)
{
	return self->ops->map_table(self, page);
}

static inline unsigned pt_index(uint64_t flat, unsigned level)
{
	return (unsigned)(flat >> (12u + 9u * (level - 1u))) & (PT_ENTRY_COUNT - 1u);
}

/* The largest leaf the CPU takes. */
static inline unsigned pt_leaf_level_max(const struct mm_hal_pagetable *self)
{
	return self->config.can_1gib ? 3u : 2u;
}

/* Attributes of one entry, leaf or directory; 0 if absent. */
uint32_t mm_hal_pt_attributes(uint64_t entry);

/* Attributes of a leaf below a directory that allows `above`. */
uint32_t mm_hal_pt_effective(uint32_t above, uint64_t entry);

/* Cuts the sign extension off, resp. puts it back; false if not canonical. */
bool mm_hal_pt_flatten(const struct mm_hal_pagetable *self, uint64_t va, uint64_t *ret_flat);
uint64_t mm_hal_pt_canonical(const struct mm_hal_pagetable *self, uint64_t flat);

/* Stores an entry unless it holds that value already. */
void mm_hal_pt_set(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value);

/* Chains of free pages. pop: the chain is not empty. */
void mm_hal_pt_push(struct mm_hal_pagetable *self, struct mm_hal_pagetable_chain *chain, struct mm_pa page);
struct mm_pa mm_hal_pt_pop(struct mm_hal_pagetable *self, struct mm_hal_pagetable_chain *chain);
struct mm_pa mm_hal_pt_next(struct mm_hal_pagetable *self, struct mm_pa page);

/* Retires a table and every table below it. */
void mm_hal_pt_retire(struct mm_hal_pagetable *self, struct mm_pa table, unsigned level);

/* Checks every entry of the tree at `root` and counts its tables. MM_OK or MM_E_CORRUPT. */
enum mm_status mm_hal_pt_verify(struct mm_hal_pagetable *self, struct mm_pa root, uint64_t *ret_table_count);
