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

/*
 * Lists of short runs are rings through a head record. Their links are distances from the first record in bytes,
 * which saves a shift for each record on the way.
 */
HOT struct mm_pages_record *linked(const struct mm_pages_mmram *self, uint32_t link)
{
	return (struct mm_pages_record *)(void *)((uint8_t *)self->records + link);
}

HOT uint32_t link_to(uint32_t page)
{
	return page * (uint32_t)sizeof(struct mm_pages_record);
}

HOT uint32_t page_linked(uint32_t link)
{
	return link / (uint32_t)sizeof(struct mm_pages_record);
}

HOT uint32_t head_of(uint8_t colour, uint32_t run)
{
	return colour * MM_PAGES_BIN_COUNT + run;
}

HOT void bin_push(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	struct mm_pages_record *first = &self->records[start];
	uint32_t head = link_to(head_of(colour, run));
	uint32_t next = linked(self, head)->next;

	first->next = next;
	first->prev = head;
	linked(self, next)->prev = link_to(start);
	linked(self, head)->next = link_to(start);
	if (next == head)
		self->bin_map[colour] |= 1u << run;
}

HOT void bin_drop(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t next = self->records[start].next;
	uint32_t prev = self->records[start].prev;

	linked(self, next)->prev = prev;
	linked(self, prev)->next = next;
	/* Then both are the head. */
	if (next == prev)
		self->bin_map[colour] &= ~(1u << run);
}

/* Makes [start, start + run) a free run as it stands; the pages' tags say free already. */
HOT void insert_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	struct mm_pages_record *first = &self->records[start];
	uint8_t class = class_of_run(run);

	first->run = run;
	first[run - 1u].next = start;
	if (MM_LIKELY(run < MM_PAGES_BIN_COUNT))
		bin_push(self, colour, start, run);
	else
		mm_pages_tree_insert(self, colour, start, run);
	if (MM_UNLIKELY(self->levels[0][colour][start >> LEVEL_SHIFT] < class))
		mm_pages_levels_raise(self, colour, start, class);
}

/* Takes the run at `start` out and returns its length. The levels learn of it when a search finds them wrong. */
HOT uint32_t remove_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start)
{
	uint32_t run = self->records[start].run;

	if (MM_LIKELY(run < MM_PAGES_BIN_COUNT))
		bin_drop(self, colour, start, run);
	else
		mm_pages_tree_remove(self, colour, start, run);
	self->records[start].run = 0;
	return run;
}

/* As insert_run(), but joins the run with its free neighbours of the same colour. */
HOT void give_run(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t tag = TAG_FREE | colour;

	if (self->records[start + run].tag == tag)
		run += remove_run(self, colour, start + run);
	if (self->records[start - 1].tag == tag) {
		start = run_of_last(self, start - 1);
		run += remove_run(self, colour, start);
	}
	insert_run(self, colour, start, run);
}

/* A shortest run of the colour with at least `least` pages, or 0. */
HOT uint32_t best_run(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least)
{
	if (least < MM_PAGES_BIN_COUNT) {
		uint32_t map = self->bin_map[colour] & ~0u << least;

		if (map != 0)
			return page_linked(self->records[head_of(colour, (uint32_t)__builtin_ctz(map))].next);
	}
	return mm_pages_tree_best(self, colour, least);
}

/* The run that holds the free page `page`, whose window has `colour`. */
HOT uint32_t run_at(struct mm_pages_mmram *self, uint8_t colour, uint32_t page)
{
	const struct mm_pages_record *record = &self->records[page];

	if (record->run != 0)
		return page;
	if (record[-1].run != 0)
		return page - 1;
	return mm_pages_levels_previous(self, colour, page);
}
