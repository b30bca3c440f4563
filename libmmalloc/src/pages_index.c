/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

static void bin_push(struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start, uint32_t run)
{
	uint32_t head = index->bins[run];

	self->records[start].next = head;
	self->records[start].prev = 0;
	/* Without a head this writes record 0, which nobody reads: cheaper than asking. */
	self->records[head].prev = start;
	index->bins[run] = start;
	index->bin_map |= (uint64_t)1 << run;
}

static void bin_drop(struct mm_pages_mmram *self, struct mm_pages_index *index, uint32_t start, uint32_t run)
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

void mm_pages_index_insert(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	struct mm_pages_index *index = &self->index[colour];
	struct mm_pages_record *last = &self->records[start + run - 1];

	last->next = start;
	last->tag = TAG_FREE | colour;
	self->records[start].tag = TAG_FREE | colour;
	self->records[start].run = run;
	if (run < MM_PAGES_BIN_COUNT)
		bin_push(self, index, start, run);
	else
		mm_pages_tree_insert(self, index, start, run);
	mm_pages_levels_raise(self, index, start, run);
}

uint32_t mm_pages_index_remove(struct mm_pages_mmram *self, uint8_t colour, uint32_t start)
{
	struct mm_pages_index *index = &self->index[colour];
	uint32_t run = self->records[start].run;

	if (run < MM_PAGES_BIN_COUNT)
		bin_drop(self, index, start, run);
	else
		mm_pages_tree_remove(self, index, start, run);
	self->records[start].run = 0;
	mm_pages_levels_lower(self, index, start, run);
	return run;
}

void mm_pages_index_give(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t tag = TAG_FREE | colour;

	if (run == 0)
		return;
	/* A free neighbour of a run is the end of another one, so its colour is exact. */
	if (self->records[start + run].tag == tag)
		run += mm_pages_index_remove(self, colour, start + run);
	if (self->records[start - 1].tag == tag) {
		uint32_t left = run_of_last(self, start - 1);

		run += mm_pages_index_remove(self, colour, left);
		start = left;
	}
	mm_pages_index_insert(self, colour, start, run);
}

uint32_t mm_pages_index_best(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least)
{
	const struct mm_pages_index *index = &self->index[colour];

	if (least < MM_PAGES_BIN_COUNT) {
		uint64_t map = index->bin_map >> least;

		if (map != 0)
			return index->bins[least + (uint32_t)__builtin_ctzll(map)];
	}
	return mm_pages_tree_best(self, index, least);
}

uint32_t mm_pages_index_run_at(const struct mm_pages_mmram *self, uint8_t colour, uint32_t page)
{
	if (self->records[page].run != 0)
		return page;
	return mm_pages_levels_previous(self, &self->index[colour], page);
}
