/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

/*
 * A tree of fan-out eight without pointers: node i of a level stands for nodes 8i..8i+7 of the level below. The lowest
 * level are the classes of the records. A node above them is at least the greatest class below it, and may be greater:
 * a run that goes leaves the nodes above as they are, and a search that was led astray by one mends it. Each mending
 * undoes one node's raising, so searches cost O(log N) amortised, and runs that come and go nearly nothing.
 *
 * Eight neighbouring records never span two windows, hence never two colours, so the lowest level can be shared by the
 * indexes of all colours. A group of eight is looked at in one word.
 */

static uint64_t group_at(const struct mm_pages_mmram *self, const struct mm_pages_index *index, uint32_t level,
			 uint32_t node)
{
	return group_of(level == 0 ? self->classes : index->levels[level - 1], node);
}

static uint8_t greatest(uint64_t group)
{
	uint8_t most = 0;

	for (; group != 0; group >>= 8)
		most = (uint8_t)group > most ? (uint8_t)group : most;
	return most;
}

void mm_pages_levels_raise(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page,
			   uint8_t class)
{
	for (uint32_t level = 0; level < self->level_count; level++) {
		page >>= LEVEL_SHIFT;
		if (index->levels[level][page] >= class)
			return;
		index->levels[level][page] = class;
	}
}

/* True if a child of the node is of the class; else the node is mended. */
static bool leads_down(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t level, uint32_t node,
		       uint8_t least)
{
	uint64_t children = group_at(self, index, level - 1, node << LEVEL_SHIFT);

	if (at_least(children, least) != 0)
		return true;
	index->levels[level - 1][node] = greatest(children);
	return false;
}

uint32_t mm_pages_levels_next(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page,
			      uint8_t least)
{
	uint32_t level = 0;
	uint32_t node = page;

	for (;;) {
		uint64_t found = at_least(group_at(self, index, level, node), least) &
				 (~(uint64_t)0 << 8u * (node & LEVEL_MASK));

		if (found == 0) {
			/* On with the node after the group, or with the group above that begins with that one's. */
			node |= LEVEL_MASK;
			do {
				if (level == self->level_count)
					return 0;
				node >>= LEVEL_SHIFT;
				level++;
			} while ((node & LEVEL_MASK) == LEVEL_MASK);
			node++;
			continue;
		}
		node = (node & ~LEVEL_MASK) + lowest_byte(found);
		if (level == 0)
			return node;
		if (leads_down(self, index, level, node, least)) {
			level--;
			node <<= LEVEL_SHIFT;
		}
	}
}

uint32_t mm_pages_levels_previous(const struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page)
{
	uint32_t level = 0;
	uint32_t node = page;

	for (;;) {
		uint64_t found = at_least(group_at(self, index, level, node), 1) &
				 (~(uint64_t)0 >> 8u * (LEVEL_MASK - (node & LEVEL_MASK)));

		if (found == 0) {
			node &= ~LEVEL_MASK;
			do {
				if (level == self->level_count)
					return 0;
				node >>= LEVEL_SHIFT;
				level++;
			} while ((node & LEVEL_MASK) == 0);
			node--;
			continue;
		}
		node = (node & ~LEVEL_MASK) + highest_byte(found);
		if (level == 0)
			return node;
		if (leads_down(self, index, level, node, 1)) {
			level--;
			node = (node << LEVEL_SHIFT) | LEVEL_MASK;
		}
	}
}
