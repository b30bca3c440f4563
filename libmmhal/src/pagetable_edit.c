/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pagetable_private.h"

/* A change while it is carried out; addresses are flat. */
struct edit {
	enum mm_hal_pagetable_action action;
	uint64_t start;
	uint64_t end;
	uint64_t pa; /* of start; MAP */
	uint32_t attributes;
	unsigned leaf_level;
};

static uint64_t flags_of(const struct mm_hal_pagetable *self, uint32_t attributes)
{
	uint64_t flags = PT_PRESENT | PT_ACCESSED | PT_DIRTY;

	if ((attributes & MM_HAL_PAGE_WRITE) != 0)
		flags |= PT_WRITE;
	if ((attributes & MM_HAL_PAGE_USER) != 0)
		flags |= PT_USER;
	if ((attributes & MM_HAL_PAGE_UNCACHED) != 0)
		flags |= PT_PCD | PT_PWT;
	if ((attributes & MM_HAL_PAGE_EXECUTE) == 0 && self->config.can_execute_disable)
		flags |= PT_NX;
	return flags;
}

static uint64_t leaf_entry(const struct mm_hal_pagetable *self, uint64_t pa, uint32_t attributes, unsigned level)
{
	return pa | flags_of(self, attributes) | (level > 1 ? PT_LARGE : 0);
}

static uint64_t table_entry(struct mm_pa table, bool user)
{
	return table.v | PT_PRESENT | PT_WRITE | PT_ACCESSED | (user ? PT_USER : 0);
}

/* Puts `value` in the place of whatever the entry held, and retires what hung below it. */
static void replace(struct mm_hal_pagetable *self, const uint64_t *entry, unsigned level, uint64_t value)
{
	uint64_t old = *entry;

	mm_hal_pt_set(self, entry, value);
	if (level > 1 && pt_is_table(old, level))
		mm_hal_pt_retire(self, pt_address(old), level - 1u);
}

/*
 * A new table below an entry that is absent or a large leaf, filled so that it translates as before, then linked with
 * one store.
 */
static void link_table(struct mm_hal_pagetable *self, const uint64_t *entry, unsigned level, bool user)
{
	uint64_t old = *entry;
	struct mm_pa table = mm_hal_pt_pop(self, &self->spare);
	const uint64_t *entries = pt_table(self, table);
	uint64_t child = 0;
	unsigned i;

	if (pt_is_present(old)) {
		child = level > 2 ? old : old & ~PT_LARGE;
		user = user || (old & PT_USER) != 0;
	}
	for (i = 0; i < PT_ENTRY_COUNT; i++)
		mm_hal_pt_set(self, &entries[i], child != 0 ? child + i * pt_span(level - 1u) : 0);
	mm_hal_pt_set(self, entry, table_entry(table, user));
	self->table_count++;
}

/* What `entry` may at most be below a directory with those rights. */
static uint64_t restrict_entry(uint64_t entry, uint64_t directory)
{
	if ((directory & PT_WRITE) == 0)
		entry &= ~PT_WRITE;
	if ((directory & PT_USER) == 0)
		entry &= ~PT_USER;
	return entry | (directory & PT_NX);
}

/* The directory entry that forbids nothing of what a leaf with these attributes grants. */
static uint64_t widen_entry(uint64_t directory, uint32_t attributes)
{
	if ((attributes & MM_HAL_PAGE_WRITE) != 0)
		directory |= PT_WRITE;
	if ((attributes & MM_HAL_PAGE_USER) != 0)
		directory |= PT_USER;
	if ((attributes & MM_HAL_PAGE_EXECUTE) != 0)
		directory &= ~PT_NX;
	return directory;
}

/*
 * Makes the directory entry wide enough for the attributes. The siblings keep their effective rights: what the
 * directory withheld from them until now, each of them is denied first.
 */
static void widen_directory(struct mm_hal_pagetable *self, const uint64_t *entry, uint32_t attributes)
{
	uint64_t old = *entry;
	uint64_t wide = widen_entry(old, attributes);
	const uint64_t *entries = pt_table(self, pt_address(old));
	unsigned i;

	if (wide == old)
		return;
	for (i = 0; i < PT_ENTRY_COUNT; i++) {
		if (pt_is_present(entries[i]))
			mm_hal_pt_set(self, &entries[i], restrict_entry(entries[i], old));
	}
	mm_hal_pt_set(self, entry, wide);
}

static bool is_empty(const uint64_t *entries)
{
	unsigned i;

	for (i = 0; i < PT_ENTRY_COUNT; i++) {
		if (pt_is_present(entries[i]))
			return false;
	}
	return true;
}

/* True if the table of `level` is 512 equal, contiguous leaves that one leaf above could stand for. */
static bool is_mergeable(const uint64_t *entries, unsigned level)
{
	unsigned i;

	if (!pt_is_leaf(entries[0], level) || (pt_address(entries[0]).v & (pt_span(level + 1u) - 1u)) != 0)
		return false;
	for (i = 1; i < PT_ENTRY_COUNT; i++) {
		if (entries[i] != entries[0] + i * pt_span(level))
			return false;
	}
	return true;
}

/*
 * After a change below `entry`: an empty table goes, a uniform one becomes a leaf if the config says so. What was
 * changed is one of its entries, so the directory withholds nothing from them.
 */
static void tidy(struct mm_hal_pagetable *self, const uint64_t *entry, unsigned level,
		 enum mm_hal_pagetable_action action)
{
	const uint64_t *entries = pt_table(self, pt_address(*entry));

	if (action == MM_HAL_PAGETABLE_UNMAP) {
		if (is_empty(entries))
			replace(self, entry, level, 0);
		return;
	}
	if (self->config.merge && level <= pt_leaf_level_max(self) && is_mergeable(entries, level - 1u))
		replace(self, entry, level, entries[0] | PT_LARGE);
}

/* The leaf that the change wants in the place of an entry of that level, of which it covers the part from `start`. */
static uint64_t wanted_leaf(const struct mm_hal_pagetable *self, const struct edit *edit, uint64_t entry,
			    unsigned level, uint64_t start)
{
	uint64_t pa = pt_address(entry).v & ~(pt_span(level) - 1u);

	if (edit->action == MM_HAL_PAGETABLE_MAP)
		pa = edit->pa + (start - edit->start) - (start & (pt_span(level) - 1u));
	return leaf_entry(self, pa, edit->attributes, level);
}

/* True if the entry needs no change or was changed whole; false if the change is for the tables below it. */
static bool edit_whole(struct mm_hal_pagetable *self, const struct edit *edit, const uint64_t *entry, unsigned level,
		       uint64_t start, bool is_whole)
{
	uint64_t leaf;

	if (edit->action == MM_HAL_PAGETABLE_UNMAP) {
		if (is_whole)
			replace(self, entry, level, 0);
		return is_whole || !pt_is_present(*entry);
	}
	if (edit->action == MM_HAL_PAGETABLE_MAP) {
		if (level > edit->leaf_level)
			return false;
	} else if (!pt_is_leaf(*entry, level)) {
		return !pt_is_present(*entry);
	}
	leaf = wanted_leaf(self, edit, *entry, level, start);
	if (is_whole)
		replace(self, entry, level, leaf);
	return is_whole || *entry == leaf;
}

/* Carries the change out in the part [start, end) of one table; both flat and inside it, end exclusive. */
static void edit_table(struct mm_hal_pagetable *self, const struct edit *edit, struct mm_pa table, unsigned level,
		       uint64_t start, uint64_t end)
{
	const uint64_t *entries = pt_table(self, table);
	uint64_t span = pt_span(level);

	while (start < end) {
		const uint64_t *entry = &entries[pt_index(start, level)];
		uint64_t entry_end = (start | (span - 1u)) + 1u;
		uint64_t part_end = entry_end < end ? entry_end : end;

		if (!edit_whole(self, edit, entry, level, start, part_end - start == span)) {
			if (!pt_is_table(*entry, level))
				link_table(self, entry, level, (edit->attributes & MM_HAL_PAGE_USER) != 0);
			widen_directory(self, entry, edit->attributes);
			edit_table(self, edit, pt_address(*entry), level - 1u, start, part_end);
			tidy(self, entry, level, edit->action);
		}
		start = part_end;
	}
}

void mm_hal_pagetable_commit(struct mm_hal_pagetable *self, struct mm_hal_pagetable_plan *plan)
{
	const struct mm_hal_pagetable_change *change = &plan->change;
	struct edit edit = {
		.action = change->action,
		.start = plan->start,
		.end = plan->start + change->range.bytes,
		.pa = change->pa.v,
		.attributes = change->action == MM_HAL_PAGETABLE_UNMAP ? 0 : change->attributes,
		.leaf_level = plan->leaf_level,
	};

	edit_table(self, &edit, self->root, self->config.levels, edit.start, edit.end);
	mm_hal_pagetable_abandon(self, plan);
}

enum mm_status mm_hal_pagetable_apply(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change)
{
	struct mm_hal_pagetable_plan plan;
	enum mm_status status = mm_hal_pagetable_prepare(self, change, &plan);

	if (status == MM_OK)
		mm_hal_pagetable_commit(self, &plan);
	return status;
}

enum mm_status mm_hal_pagetable_map(struct mm_hal_pagetable *self, struct mm_region range, struct mm_pa pa,
				    uint32_t attributes)
{
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = range,
		.pa = pa,
		.attributes = attributes,
	};

	return mm_hal_pagetable_apply(self, &change);
}

enum mm_status mm_hal_pagetable_unmap(struct mm_hal_pagetable *self, struct mm_region range)
{
	struct mm_hal_pagetable_change change = { .action = MM_HAL_PAGETABLE_UNMAP, .range = range };

	return mm_hal_pagetable_apply(self, &change);
}

enum mm_status mm_hal_pagetable_protect(struct mm_hal_pagetable *self, struct mm_region range, uint32_t attributes)
{
	struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_PROTECT,
		.range = range,
		.attributes = attributes,
	};

	return mm_hal_pagetable_apply(self, &change);
}
