/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

/*
 * A tree of fan-out eight without pointers: node i of a level stands for nodes 8i..8i+7 of the level below, and
 * holds their greatest value. The lowest level are the records, whose value is `run`. Eight neighbouring records
 * never span two windows, hence never two colours, so the records can be shared by the indexes of all colours.
 */

static uint32_t value_at(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t level,
			 uint32_t node)
{
	return level == 0 ? self->records[node].run : index->levels[level - 1][node];
}

static uint32_t greatest_record(const struct mm_pages_record *records)
{
	uint32_t greatest = 0;

	for (uint32_t i = 0; i <= LEVEL_MASK; i++)
		greatest = records[i].run > greatest ? records[i].run : greatest;
	return greatest;
}

static uint32_t greatest_node(const uint32_t *nodes)
{
	uint32_t greatest = 0;

	for (uint32_t i = 0; i <= LEVEL_MASK; i++)
		greatest = nodes[i] > greatest ? nodes[i] : greatest;
	return greatest;
}

void mm_pages_levels_raise(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page, uint32_t run)
{
	for (uint32_t level = 0; level < self->level_count; level++) {
		page >>= LEVEL_SHIFT;
		if (index->levels[level][page] >= run)
			return;
		index->levels[level][page] = run;
	}
}

void mm_pages_levels_lower(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page, uint32_t run)
{
	uint32_t first = page & ~LEVEL_MASK;
	uint32_t greatest;

	for (uint32_t level = 0; level < self->level_count; level++) {
		uint32_t *node = &index->levels[level][first >> LEVEL_SHIFT];

		if (*node > run)
			return;
		greatest = level == 0 ? greatest_record(&self->records[first])
				      : greatest_node(&index->levels[level - 1][first]);
		if (greatest == run)
			return;
		*node = greatest;
		first = (first >> LEVEL_SHIFT) & ~LEVEL_MASK;
	}
}

uint32_t mm_pages_levels_next(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t page,
			      uint32_t least)
{
	uint32_t level = 0;
	uint32_t node = page;

	while (value_at(self, index, level, node) < least) {
		/* The next node of this level, or of the level where that one's group begins. */
		node++;
		while ((node & LEVEL_MASK) == 0) {
			if (level == self->level_count)
				return 0;
			node >>= LEVEL_SHIFT;
			level++;
		}
	}
	while (level > 0) {
		level--;
		node <<= LEVEL_SHIFT;
		while (value_at(self, index, level, node) < least)
			node++;
	}
	return node;
}

uint32_t mm_pages_levels_previous(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t page)
{
	uint32_t level = 0;
	uint32_t node = page;

	while (value_at(self, index, level, node) == 0) {
		while ((node & LEVEL_MASK) == 0) {
			if (level == self->level_count)
				return 0;
			node >>= LEVEL_SHIFT;
			level++;
		}
		node--;
	}
	while (level > 0) {
		level--;
		node = (node << LEVEL_SHIFT) | LEVEL_MASK;
		while (value_at(self, index, level, node) == 0)
			node--;
	}
	return node;
}

uint32_t mm_pages_levels_longest(const struct mm_pages_mmram *self, const struct mm_pages_index *index)
{
	return greatest_node(index->levels[self->level_count - 1]);
}
