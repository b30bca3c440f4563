/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stddef.h>

#include "pagetable_private.h"

struct mm_hal_pagetable_run mm_hal_pagetable_query(struct mm_hal_pagetable *self, uint64_t va)
{
	struct mm_hal_pagetable_run run = { mm_page_floor(va), { 0 }, MM_PAGE_BYTES, 0 };
	uint32_t above = MM_HAL_PAGE_ALL;
	struct mm_pa table = self->root;
	uint64_t flat;
	unsigned level;

	if (!mm_hal_pt_flatten(self, va, &flat))
		return run;
	for (level = self->config.levels; level > 0; level--) {
		uint64_t entry = pt_table(self, table)[pt_index(flat, level)];

		if (!pt_is_present(entry))
			return run;
		if (pt_is_leaf(entry, level)) {
			run.bytes = pt_span(level);
			run.va = va & ~(run.bytes - 1u);
			run.pa = mm_pa(pt_address(entry).v & ~(run.bytes - 1u));
			run.attributes = mm_hal_pt_effective(above, entry);
			return run;
		}
		above &= mm_hal_pt_attributes(entry);
		table = pt_address(entry);
	}
	return run;
}

bool mm_hal_pagetable_range_has(struct mm_hal_pagetable *self, struct mm_region range, uint32_t required,
				uint32_t forbidden)
{
	uint64_t va = range.base;
	uint64_t left = range.bytes;
	uint64_t first;
	uint64_t last;

	if (left == 0 || left - 1u > UINT64_MAX - va || !mm_hal_pt_flatten(self, va, &first) ||
	    !mm_hal_pt_flatten(self, va + (left - 1u), &last) || last - first != left - 1u)
		return false;
	required |= MM_HAL_PAGE_PRESENT;
	for (;;) {
		struct mm_hal_pagetable_run run = mm_hal_pagetable_query(self, va);
		uint64_t part = run.bytes - (va - run.va);

		if ((run.attributes & required) != required || (run.attributes & forbidden) != 0)
			return false;
		if (left <= part)
			return true;
		left -= part;
		va += part;
	}
}

/* A walk: the bounds it keeps to (inclusive, canonical), its visitor and the run not yet told. */
struct walk {
	uint64_t first;
	uint64_t last;
	mm_hal_pagetable_visit *visit;
	void *context;
	struct mm_hal_pagetable_run pending;
};

static enum mm_status tell_pending(struct walk *walk)
{
	enum mm_status status = MM_OK;

	if (walk->pending.attributes != 0)
		status = walk->visit(walk->context, &walk->pending);
	walk->pending.attributes = 0;
	return status;
}

/* One leaf, cut to the bounds it is known to touch. */
static enum mm_status add_leaf(struct walk *walk, uint64_t va, uint64_t pa, uint64_t bytes, uint32_t attributes)
{
	struct mm_hal_pagetable_run *pending = &walk->pending;
	uint64_t first = va < walk->first ? walk->first : va;
	uint64_t last = bytes - 1u > walk->last - va ? walk->last : va + (bytes - 1u);
	struct mm_hal_pagetable_run run = { first, mm_pa(pa + (first - va)), last - first + 1u, attributes };
	enum mm_status status;

	if (pending->attributes == attributes && pending->va + pending->bytes == run.va &&
	    pending->pa.v + pending->bytes == run.pa.v) {
		pending->bytes += run.bytes;
		return MM_OK;
	}
	status = tell_pending(walk);
	*pending = run;
	return status;
}

static enum mm_status walk_table(struct mm_hal_pagetable *self, struct walk *walk, struct mm_pa table, unsigned level,
				 uint64_t flat, uint32_t above)
{
	const uint64_t *entries = pt_table(self, table);
	uint64_t span = pt_span(level);
	enum mm_status status = MM_OK;
	unsigned i;

	for (i = 0; i < PT_ENTRY_COUNT && status == MM_OK; i++) {
		uint64_t va = mm_hal_pt_canonical(self, flat + i * span);
		uint64_t pa = pt_address(entries[i]).v;

		if (!pt_is_present(entries[i]) || va > walk->last || va + (span - 1u) < walk->first)
			continue;
		if (pt_is_leaf(entries[i], level))
			status = add_leaf(walk, va, pa & ~(span - 1u), span, mm_hal_pt_effective(above, entries[i]));
		else
			status = walk_table(self, walk, mm_pa(pa), level - 1u, flat + i * span,
					    above & mm_hal_pt_attributes(entries[i]));
	}
	return status;
}

enum mm_status mm_hal_pagetable_walk(struct mm_hal_pagetable *self, struct mm_region range,
				     mm_hal_pagetable_visit *visit, void *context)
{
	struct walk walk = {
		.first = mm_page_floor(range.base),
		.last = (mm_region_end(range) - 1u) | MM_PAGE_MASK,
		.visit = visit,
		.context = context,
	};
	enum mm_status status;

	if (range.bytes == 0)
		return MM_OK;
	status = walk_table(self, &walk, self->root, self->config.levels, 0, MM_HAL_PAGE_ALL);
	return status == MM_OK ? tell_pending(&walk) : status;
}

static enum mm_status visit_tables(struct mm_hal_pagetable *self, struct mm_pa table, unsigned level,
				   mm_hal_pagetable_visit_table *visit, void *context)
{
	const uint64_t *entries = pt_table(self, table);
	enum mm_status status = visit(context, table);
	unsigned i;

	for (i = 0; level > 1 && i < PT_ENTRY_COUNT && status == MM_OK; i++) {
		if (pt_is_table(entries[i], level))
			status = visit_tables(self, pt_address(entries[i]), level - 1u, visit, context);
	}
	return status;
}

static enum mm_status visit_chain(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_chain *chain,
				  mm_hal_pagetable_visit_table *visit, void *context)
{
	struct mm_pa page = chain->head;
	enum mm_status status = MM_OK;
	uint64_t i;

	for (i = 0; i < chain->count && status == MM_OK; i++) {
		status = visit(context, page);
		page = mm_hal_pt_next(self, page);
	}
	return status;
}

enum mm_status mm_hal_pagetable_walk_tables(struct mm_hal_pagetable *self, mm_hal_pagetable_visit_table *visit,
					    void *context)
{
	enum mm_status status = visit_tables(self, self->root, self->config.levels, visit, context);

	if (status == MM_OK)
		status = visit_chain(self, &self->spare, visit, context);
	if (status == MM_OK)
		status = visit_chain(self, &self->retired, visit, context);
	return status;
}

/* An entry that this editor can rewrite without losing anything: no PAT bit, not global, no reserved bit. */
static bool is_editable(const struct mm_hal_pagetable *self, uint64_t entry, unsigned level)
{
	uint64_t pa = pt_address(entry).v;

	if (pa >= (uint64_t)1 << self->config.pa_bits)
		return false;
	if ((entry & PT_NX) != 0 && !self->config.can_execute_disable)
		return false;
	if (level == 1)
		return (entry & (PT_SMALL_PAT | PT_GLOBAL)) == 0;
	if ((entry & PT_LARGE) == 0)
		return true;
	return level <= pt_leaf_level_max(self) && (entry & PT_GLOBAL) == 0 && (pa & (pt_span(level) - 1u)) == 0;
}

static enum mm_status verify_table(struct mm_hal_pagetable *self, struct mm_pa table, unsigned level,
				   uint64_t *table_count)
{
	const uint64_t *entries = pt_table(self, table);
	enum mm_status status = MM_OK;
	unsigned i;

	if (table.v == 0 || entries == NULL)
		return MM_E_CORRUPT;
	++*table_count;
	for (i = 0; i < PT_ENTRY_COUNT && status == MM_OK; i++) {
		if (!pt_is_present(entries[i]))
			continue;
		if (!is_editable(self, entries[i], level))
			status = MM_E_CORRUPT;
		else if (pt_is_table(entries[i], level))
			status = verify_table(self, pt_address(entries[i]), level - 1u, table_count);
	}
	return status;
}

enum mm_status mm_hal_pt_verify(struct mm_hal_pagetable *self, struct mm_pa root, uint64_t *ret_table_count)
{
	*ret_table_count = 0;
	return verify_table(self, root, self->config.levels, ret_table_count);
}

static bool is_chain(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_chain *chain)
{
	struct mm_pa page = chain->head;
	uint64_t i;

	for (i = 0; i < chain->count; i++) {
		if (page.v == 0 || !mm_is_page_aligned(page.v) || pt_table(self, page) == NULL)
			return false;
		page = mm_hal_pt_next(self, page);
	}
	return page.v == 0;
}

enum mm_status mm_hal_pagetable_check(struct mm_hal_pagetable *self)
{
	uint64_t table_count;
	enum mm_status status = mm_hal_pt_verify(self, self->root, &table_count);

	if (status != MM_OK)
		return status;
	if (table_count != self->table_count || self->spare.count < self->reserved || !is_chain(self, &self->spare) ||
	    !is_chain(self, &self->retired))
		return MM_E_CORRUPT;
	return MM_OK;
}
