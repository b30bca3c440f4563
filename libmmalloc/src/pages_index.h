/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The free runs of one colour. Inline, because every allocation and release is two or more of these, and almost always
 * nothing but a list operation.
 */
#include "mm/base/compiler.h"
#include "pages_internal.h"

/* The class of a length: the length itself below 16, then four classes for each power of two. Below 128. */
HOT uint8_t class_of_run(uint32_t run)
{
	uint32_t top;

	if (run < 16u)
		return (uint8_t)run;
	top = top_bit(run);
	return (uint8_t)(4u * top + (run >> (top - 2u) & 3u));
}

/* The eight nodes around a node, the lowest in the lowest byte. */
HOT uint64_t group_of(const uint8_t *nodes, uint32_t node)
{
	uint64_t group;

	__builtin_memcpy(&group, &nodes[node & ~LEVEL_MASK], sizeof(group));
	return group;
}

/* The top bit of each byte of the group that is `least` or more; all bytes are below 128. */
HOT uint64_t at_least(uint64_t group, uint8_t least)
{
	const uint64_t tops = 0x8080808080808080u;

	return ((group | tops) - least * (uint64_t)0x0101010101010101u) & tops;
}

HOT void levels_add(struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t page, uint32_t run)
{
	uint8_t class = class_of_run(run);

	self->classes[page] = class;
	if (MM_UNLIKELY(index->levels[0][page >> LEVEL_SHIFT] < class))
		mm_pages_levels_raise(self, index, page, class);
}

/* The levels above learn of it when a search finds them wrong. */
HOT void levels_drop(struct mm_pages_mmram *self, uint32_t page)
{
	self->classes[page] = 0;
}

HOT void bin_push(struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start, uint32_t run)
{
	uint32_t head = index->bins[run];

	self->records[start].next = head;
	self->records[start].prev = 0;
	index->bins[run] = start;
	if (head != 0)
		self->records[head].prev = start;
	else
		index->bin_map |= (uint64_t)1 << run;
}

HOT void bin_drop(struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start, uint32_t run)
{
	uint32_t next = self->records[start].next;
	uint32_t prev = self->records[start].prev;

	self->records[next].prev = prev;
	if (prev != 0) {
		self->records[prev].next = next;
		return;
	}
	index->bins[run] = next;
	if (next == 0)
		index->bin_map &= ~((uint64_t)1 << run);
}

/* Makes [start, start + run) a free run as it stands; the pages' tags say free already. */
HOT void insert_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	struct mm_pages_index *index = &self->index[colour];
	struct mm_pages_record *first = &self->records[start];

	first->run = run;
	first[run - 1u].next = start;
	if (MM_LIKELY(run < MM_PAGES_BIN_COUNT))
		bin_push(self, index, start, run);
	else
		mm_pages_tree_insert(self, index, start, run);
	levels_add(self, index, start, run);
}

/* Takes the run at `start` out and returns its length. */
HOT uint32_t remove_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start)
{
	struct mm_pages_index *index = &self->index[colour];
	uint32_t run = self->records[start].run;

	if (MM_LIKELY(run < MM_PAGES_BIN_COUNT))
		bin_drop(self, index, start, run);
	else
		mm_pages_tree_remove(self, index, start, run);
	self->records[start].run = 0;
	levels_drop(self, start);
	return run;
}

/* As insert_run(), but joins the run with its free neighbours of the same colour. */
HOT void give_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t tag = TAG_FREE | colour;

	if (self->records[start + run].tag == tag)
		run += remove_run(self, colour, start + run);
	if (self->records[start - 1].tag == tag) {
		uint32_t left = run_of_last(self, start - 1);

		run += remove_run(self, colour, left);
		start = left;
	}
	insert_run(self, colour, start, run);
}

/* A shortest run of the colour with at least `least` pages, or 0. */
HOT uint32_t best_run(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least)
{
	const struct mm_pages_index *index = &self->index[colour];

	if (least < MM_PAGES_BIN_COUNT) {
		uint64_t map = index->bin_map >> least;

		if (map != 0)
			return index->bins[least + (uint32_t)__builtin_ctzll(map)];
	}
	return mm_pages_tree_best(self, index, least);
}

/* The run that holds the free page `page`, whose window has `colour`. */
HOT uint32_t run_at(struct mm_pages_mmram *self, uint8_t colour, uint32_t page)
{
	uint64_t starts;

	if (self->records[page].run != 0)
		return page;
	starts = at_least(group_of(self->classes, page), 1) & (~(uint64_t)0 >> 8u * (LEVEL_MASK - (page & LEVEL_MASK)));
	if (starts != 0)
		return (page & ~LEVEL_MASK) + highest_byte(starts);
	return mm_pages_levels_previous(self, &self->index[colour], page);
}
