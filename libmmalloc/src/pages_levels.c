/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

/*
 * A tree of fan-out eight without pointers: node i of a level stands for nodes 8i..8i+7 of the level below, the lowest
 * level being the records. A node is at least the greatest class of a run below it, and may be greater: a run that goes
 * leaves the nodes above as they are, and a search that was led astray by one mends it. Each mending undoes one node's
 * raising, so searches cost O(log N) amortised, and runs that come and go nearly nothing.
 *
 * Eight neighbouring records never span two windows, hence never two colours; but a node that was left behind may lead
 * to runs of another colour.
 */

/* The length of the run that starts at `page`, if it is of the colour. */
static uint32_t run_of(const struct mm_pages_mmram *self, uint8_t colour, uint32_t page)
{
	return self->records[page].tag == (TAG_FREE | colour) ? self->records[page].run : 0;
}

static uint8_t class_at(const struct mm_pages_mmram *self, uint8_t colour, uint32_t level, uint32_t node)
{
	return level == 0 ? class_of_run(run_of(self, colour, node)) : self->levels[level - 1][colour][node];
}

void mm_pages_levels_raise(const struct mm_pages_mmram *self, uint8_t colour, uint32_t page, uint8_t class)
{
	for (uint32_t level = 0; level < self->level_count; level++) {
		page >>= LEVEL_SHIFT;
		if (self->levels[level][colour][page] >= class)
			return;
		self->levels[level][colour][page] = class;
	}
}

/* True if a child of the node has the class or a greater one. Mends the node. */
static bool leads_down(struct mm_pages_mmram *self, uint8_t colour, uint32_t level, uint32_t node, uint8_t least)
{
	uint8_t greatest = 0;

	for (uint32_t child = node << LEVEL_SHIFT; child <= ((node << LEVEL_SHIFT) | LEVEL_MASK); child++) {
		uint8_t class = class_at(self, colour, level - 1, child);

		greatest = class > greatest ? class : greatest;
	}
	self->levels[level - 1][colour][node] = greatest;
	return greatest >= least;
}

/* On to the node on the right, or to the one above it when that begins a group; false at the end. */
static bool step_right(const struct mm_pages_mmram *self, uint32_t *level, uint32_t *node)
{
	++*node;
	while ((*node & LEVEL_MASK) == 0) {
		if (*level == self->level_count)
			return false;
		*node >>= LEVEL_SHIFT;
		++*level;
	}
	return true;
}

/* On to the node on the left, or to the one above it when that ends a group; false at the end. */
static bool step_left(const struct mm_pages_mmram *self, uint32_t *level, uint32_t *node)
{
	while ((*node & LEVEL_MASK) == 0) {
		if (*level == self->level_count)
			return false;
		*node >>= LEVEL_SHIFT;
		++*level;
	}
	--*node;
	return true;
}

uint32_t mm_pages_levels_next(struct mm_pages_mmram *self, uint8_t colour, uint32_t page, uint32_t least)
{
	uint8_t class = class_of_run(least);
	uint32_t level = 0;
	uint32_t node = page;

	for (;;) {
		if (level == 0 && run_of(self, colour, node) >= least)
			return node;
		if (level != 0 && self->levels[level - 1][colour][node] >= class &&
		    leads_down(self, colour, level, node, class)) {
			level--;
			node <<= LEVEL_SHIFT;
		} else if (!step_right(self, &level, &node)) {
			return 0;
		}
	}
}

uint32_t mm_pages_levels_previous(struct mm_pages_mmram *self, uint8_t colour, uint32_t page)
{
	uint32_t level = 0;
	uint32_t node = page;

	for (;;) {
		if (level == 0 && run_of(self, colour, node) != 0)
			return node;
		if (level != 0 && self->levels[level - 1][colour][node] != 0 &&
		    leads_down(self, colour, level, node, 1)) {
			level--;
			node = (node << LEVEL_SHIFT) | LEVEL_MASK;
		} else if (!step_left(self, &level, &node)) {
			return 0;
		}
	}
}
