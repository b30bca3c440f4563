/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

/* Takes the run at `start` out of the index, up to what lies outside [from, to); returns where it went on inside. */
static uint32_t cut_out(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t from, uint32_t to)
{
	uint32_t end = start + remove_run(self, colour, start);

	if (start < from)
		insert_run(self, colour, start, from - start);
	if (end > to)
		insert_run(self, colour, to, end - to);
	return end < to ? end : to;
}

/*
 * Changes the colour of a window without a page in use: what is not free in it is not managed. All its runs leave one
 * index before the first enters the other, since a group of eight records speaks for one colour at a time.
 */
static void recolour(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t number, uint8_t colour)
{
	uint8_t old = self->colours[number];
	uint32_t from = window_first(span, number);
	uint32_t to = window_first(span, number + 1);
	uint32_t page = from;

	self->colours[number] = colour;
	while (page < to) {
		if (!is_free(self, page))
			page++;
		else
			page = cut_out(self, old, run_at(self, old, page), from, to);
	}
	for (page = from; page < to; page++) {
		uint32_t run = 0;

		while (page + run < to && is_free(self, page + run))
			self->records[page + run++].tag = TAG_FREE | colour;
		mm_pages_index_give(self, colour, page, run);
		page += run;
	}
}

void mm_pages_window_claim(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour)
{
	uint32_t last = window_of(span, page + pages - 1);

	for (uint32_t number = window_of(span, page); number <= last; number++) {
		if (self->colours[number] == MM_PAGES_NEUTRAL)
			recolour(self, span, number, colour);
	}
}

/* True if no page of the window is in use or in limbo. */
static bool is_vacant(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t number)
{
	uint32_t page = window_first(span, number);
	uint32_t to = window_first(span, number + 1);

	while (page < to) {
		if (is_free(self, page)) {
			uint32_t start = run_at(self, self->colours[number], page);

			page = start + self->records[start].run;
		} else if (self->records[page].tag == TAG_ABSENT) {
			page++;
		} else {
			return false;
		}
	}
	return true;
}

bool mm_pages_window_reclaim(struct mm_pages_mmram *self)
{
	bool is_any = false;

	for (uint32_t i = 0; i < self->span_count; i++) {
		const struct mm_pages_span *span = &self->spans[i];
		uint32_t last = window_of(span, span->first + span->pages - 1);

		for (uint32_t number = span->window; number <= last; number++) {
			if (self->colours[number] == MM_PAGES_NEUTRAL || !is_vacant(self, span, number))
				continue;
			recolour(self, span, number, MM_PAGES_NEUTRAL);
			is_any = true;
		}
	}
	return is_any;
}
