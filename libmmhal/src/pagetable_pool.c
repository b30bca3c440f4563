/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stddef.h>

#include "pagetable_private.h"

/* Bits 52..58 of an entry are the software's in all of its forms; 40 bits of page number need six of them. */
#define LINK_SHIFT	 52u
#define LINK_BITS	 7u
#define LINK_PART_MASK	 0x7full
#define LINK_ENTRY_COUNT 6u

uint32_t mm_hal_pt_attributes(uint64_t entry)
{
	uint32_t attributes = MM_HAL_PAGE_PRESENT;

	if (!pt_is_present(entry))
		return 0;
	if ((entry & PT_WRITE) != 0)
		attributes |= MM_HAL_PAGE_WRITE;
	if ((entry & PT_NX) == 0)
		attributes |= MM_HAL_PAGE_EXECUTE;
	if ((entry & PT_USER) != 0)
		attributes |= MM_HAL_PAGE_USER;
	if ((entry & PT_PCD) != 0)
		attributes |= MM_HAL_PAGE_UNCACHED;
	return attributes;
}

/* A directory's PCD speaks of the table below it, not of the pages. */
uint32_t mm_hal_pt_effective(uint32_t above, uint64_t entry)
{
	return mm_hal_pt_attributes(entry) & (above | MM_HAL_PAGE_UNCACHED);
}

bool mm_hal_pt_flatten(const struct mm_hal_pagetable *self, uint64_t va, uint64_t *ret_flat)
{
	uint64_t space = pt_span(self->config.levels + 1u);
	uint64_t high = va & ~(space / 2u - 1u);

	if (high != 0 && high != ~(space / 2u - 1u))
		return false;
	*ret_flat = va & (space - 1u);
	return true;
}

uint64_t mm_hal_pt_canonical(const struct mm_hal_pagetable *self, uint64_t flat)
{
	uint64_t space = pt_span(self->config.levels + 1u);

	return flat < space / 2u ? flat : flat | ~(space - 1u);
}

void mm_hal_pt_set(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	if (*entry != value)
		self->ops->write_entry(self, entry, value);
}

/*
 * Another CPU's paging-structure cache may still walk a retired table and must find what it found before. So the
 * link of a chain lives in bits that the CPU ignores in every entry, present or not, and leaves the rest alone.
 */
static void write_link(struct mm_hal_pagetable *self, struct mm_pa page, struct mm_pa next)
{
	const uint64_t *entries = pt_table(self, page);
	uint64_t number = next.v >> MM_PAGE_SHIFT;
	unsigned i;

	for (i = 0; i < LINK_ENTRY_COUNT; i++) {
		uint64_t part = (number >> (i * LINK_BITS)) & LINK_PART_MASK;

		mm_hal_pt_set(self, &entries[i], (entries[i] & ~(LINK_PART_MASK << LINK_SHIFT)) | (part << LINK_SHIFT));
	}
}

struct mm_pa mm_hal_pt_next(struct mm_hal_pagetable *self, struct mm_pa page)
{
	const uint64_t *entries = pt_table(self, page);
	uint64_t number = 0;
	unsigned i;

	for (i = 0; i < LINK_ENTRY_COUNT; i++)
		number |= ((entries[i] >> LINK_SHIFT) & LINK_PART_MASK) << (i * LINK_BITS);
	return mm_pa(number << MM_PAGE_SHIFT);
}

void mm_hal_pt_push(struct mm_hal_pagetable *self, struct mm_hal_pagetable_chain *chain, struct mm_pa page)
{
	write_link(self, page, chain->head);
	chain->head = page;
	chain->count++;
}

struct mm_pa mm_hal_pt_pop(struct mm_hal_pagetable *self, struct mm_hal_pagetable_chain *chain)
{
	struct mm_pa page = chain->head;

	chain->head = mm_hal_pt_next(self, page);
	chain->count--;
	return page;
}

void mm_hal_pt_retire(struct mm_hal_pagetable *self, struct mm_pa table, unsigned level)
{
	const uint64_t *entries = pt_table(self, table);
	unsigned i;

	for (i = 0; i < PT_ENTRY_COUNT; i++) {
		if (level > 1 && pt_is_table(entries[i], level))
			mm_hal_pt_retire(self, pt_address(entries[i]), level - 1u);
	}
	mm_hal_pt_push(self, &self->retired, table);
	self->table_count--;
}

/* One more page in the spare chain. */
static enum mm_status add_spare(struct mm_hal_pagetable *self)
{
	struct mm_pa page;
	enum mm_status status = self->ops->get_page(self, &page);

	if (status != MM_OK)
		return status;
	if (page.v == 0 || !mm_is_page_aligned(page.v) || page.v >= (uint64_t)1 << self->config.pa_bits ||
	    pt_table(self, page) == NULL) {
		self->ops->put_page(self, page);
		return MM_E_INVALID;
	}
	mm_hal_pt_push(self, &self->spare, page);
	return MM_OK;
}

/* Promises `count` spare pages, or changes nothing. */
static enum mm_status reserve(struct mm_hal_pagetable *self, uint64_t count)
{
	uint64_t before = self->spare.count;

	while (self->spare.count - self->reserved < count) {
		enum mm_status status = add_spare(self);

		if (status != MM_OK) {
			while (self->spare.count > before)
				self->ops->put_page(self, mm_hal_pt_pop(self, &self->spare));
			return status;
		}
	}
	self->reserved += count;
	return MM_OK;
}

static bool is_config(const struct mm_hal_pagetable_config *config)
{
	const struct mm_hal_pagetable_ops *ops = config->ops;

	return ops != NULL && ops->get_page != NULL && ops->put_page != NULL && ops->map_table != NULL &&
	       ops->write_entry != NULL && (config->levels == 4 || config->levels == 5) && config->pa_bits >= 32 &&
	       config->pa_bits <= 52;
}

static void fill(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_config *config)
{
	const struct mm_hal_pagetable_chain empty = { { 0 }, 0 };

	self->ops = config->ops;
	self->config = *config;
	self->root = mm_pa(0);
	self->spare = empty;
	self->retired = empty;
	self->reserved = 0;
	self->table_count = 0;
}

enum mm_status mm_hal_pagetable_init(const struct mm_hal_pagetable_config *config, struct mm_hal_pagetable *self)
{
	enum mm_status status;
	const uint64_t *entries;
	unsigned i;

	if (!is_config(config))
		return MM_E_INVALID;
	fill(self, config);
	status = add_spare(self);
	if (status != MM_OK)
		return status;
	self->root = mm_hal_pt_pop(self, &self->spare);
	self->table_count = 1;
	entries = pt_table(self, self->root);
	for (i = 0; i < PT_ENTRY_COUNT; i++)
		mm_hal_pt_set(self, &entries[i], 0);
	return MM_OK;
}

enum mm_status mm_hal_pagetable_adopt(const struct mm_hal_pagetable_config *config, struct mm_pa root,
				      struct mm_hal_pagetable *self)
{
	uint64_t table_count;
	enum mm_status status;

	if (!is_config(config))
		return MM_E_INVALID;
	if (!mm_is_page_aligned(root.v))
		return MM_E_MISALIGNED;
	fill(self, config);
	status = mm_hal_pt_verify(self, root, &table_count);
	if (status != MM_OK)
		return status;
	self->root = root;
	self->table_count = table_count;
	return MM_OK;
}

static void put_chain(struct mm_hal_pagetable *self, struct mm_hal_pagetable_chain *chain)
{
	while (chain->count != 0)
		self->ops->put_page(self, mm_hal_pt_pop(self, chain));
}

void mm_hal_pagetable_finish(struct mm_hal_pagetable *self)
{
	if (self->root.v == 0)
		return;
	mm_hal_pt_retire(self, self->root, self->config.levels);
	put_chain(self, &self->retired);
	put_chain(self, &self->spare);
	self->root = mm_pa(0);
	self->reserved = 0;
}

struct mm_pa mm_hal_pagetable_root(const struct mm_hal_pagetable *self)
{
	return self->root;
}

void mm_hal_pagetable_flushed(struct mm_hal_pagetable *self)
{
	while (self->retired.count != 0)
		mm_hal_pt_push(self, &self->spare, mm_hal_pt_pop(self, &self->retired));
	while (self->spare.count > self->reserved + self->config.spare_keep)
		self->ops->put_page(self, mm_hal_pt_pop(self, &self->spare));
}

/*
 * Tables of one level that a change of [start, end) may have to make: those it covers in part, and unless one
 * larger leaf can stand for a table, those it covers whole. It does not matter what the tree holds.
 */
static uint64_t tables_needed(unsigned level, uint64_t start, uint64_t end, bool replaceable)
{
	uint64_t span = pt_span(level + 1u);
	uint64_t touched = (end + span - 1u) / span - start / span;
	uint64_t first_whole = (start + span - 1u) / span;
	uint64_t whole = end / span > first_whole ? end / span - first_whole : 0;

	return replaceable ? touched - whole : touched;
}

/* The largest leaf that fits a mapping: both addresses agree below it. */
static unsigned leaf_level(const struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change)
{
	unsigned level = change->small_only ? 1u : pt_leaf_level_max(self);

	while (level > 1 && ((change->range.base ^ change->pa.v) & (pt_span(level) - 1u)) != 0)
		level--;
	return level;
}

static uint64_t pages_needed(const struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change,
			     uint64_t start)
{
	bool is_map = change->action == MM_HAL_PAGETABLE_MAP;
	unsigned leaf_max = is_map ? leaf_level(self, change) : pt_leaf_level_max(self);
	unsigned level_max = is_map ? self->config.levels - 1u : leaf_max - 1u;
	uint64_t count = 0;
	unsigned level;

	for (level = 1; level <= level_max; level++)
		count += tables_needed(level, start, start + change->range.bytes, level + 1u <= leaf_max);
	return count;
}

static enum mm_status check_range(const struct mm_hal_pagetable *self, struct mm_region range, uint64_t *ret_start)
{
	uint64_t start;
	uint64_t last;

	if (range.bytes == 0)
		return MM_E_INVALID;
	if (!mm_is_page_aligned(range.base) || !mm_is_page_aligned(range.bytes))
		return MM_E_MISALIGNED;
	if (range.bytes - 1u > UINT64_MAX - range.base || !mm_hal_pt_flatten(self, range.base, &start) ||
	    !mm_hal_pt_flatten(self, range.base + (range.bytes - 1u), &last) || last - start != range.bytes - 1u)
		return MM_E_OVERFLOW;
	*ret_start = start;
	return MM_OK;
}

static enum mm_status check_change(const struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change,
				   uint64_t *ret_start)
{
	uint64_t pa_space = (uint64_t)1 << self->config.pa_bits;
	enum mm_status status = check_range(self, change->range, ret_start);

	if (status != MM_OK)
		return status;
	if ((unsigned)change->action > MM_HAL_PAGETABLE_PROTECT)
		return MM_E_INVALID;
	if (change->action == MM_HAL_PAGETABLE_UNMAP)
		return MM_OK;
	if ((change->attributes & MM_HAL_PAGE_PRESENT) == 0 || (change->attributes & ~MM_HAL_PAGE_ALL) != 0)
		return MM_E_INVALID;
	if (change->action == MM_HAL_PAGETABLE_PROTECT)
		return MM_OK;
	if (!mm_is_page_aligned(change->pa.v))
		return MM_E_MISALIGNED;
	if (change->pa.v > pa_space || change->range.bytes > pa_space - change->pa.v)
		return MM_E_OVERFLOW;
	return MM_OK;
}

enum mm_status mm_hal_pagetable_prepare(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change,
					struct mm_hal_pagetable_plan *ret_plan)
{
	uint64_t start;
	uint64_t needed;
	enum mm_status status = check_change(self, change, &start);

	if (status != MM_OK)
		return status;
	needed = pages_needed(self, change, start);
	status = reserve(self, needed);
	if (status != MM_OK)
		return status;
	ret_plan->change = *change;
	ret_plan->start = start;
	ret_plan->leaf_level = leaf_level(self, change);
	ret_plan->reserved = needed;
	return MM_OK;
}

void mm_hal_pagetable_abandon(struct mm_hal_pagetable *self, struct mm_hal_pagetable_plan *plan)
{
	self->reserved -= plan->reserved;
	plan->reserved = 0;
}
