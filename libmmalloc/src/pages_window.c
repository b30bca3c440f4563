/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

static uint32_t use_of(const struct mm_pages_window *window)
{
	return (uint32_t)window->used[0] + window->used[1];
}

/* How many of the pages from `page` to before `end` lie in the window of `page`. */
static uint32_t share_of_window(const struct mm_pages_span *span, uint32_t page, uint32_t end)
{
	uint32_t to_next = MM_PAGES_WINDOW_PAGES - ((page - span->first + span->phase) % MM_PAGES_WINDOW_PAGES);

	return to_next < end - page ? to_next : end - page;
}

void mm_pages_window_enter(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour)
{
	uint32_t end = page + pages;

	while (page < end) {
		struct mm_pages_window *window = &self->windows[window_of(span, page)];
		uint32_t share = share_of_window(span, page, end);

		if (use_of(window) == 0)
			self->vacant_windows--;
		window->used[colour - MM_PAGES_SUPERVISOR] += (uint16_t)share;
		page += share;
	}
}

void mm_pages_window_leave(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour)
{
	uint32_t end = page + pages;

	while (page < end) {
		struct mm_pages_window *window = &self->windows[window_of(span, page)];
		uint32_t share = share_of_window(span, page, end);

		window->used[colour - MM_PAGES_SUPERVISOR] -= (uint16_t)share;
		if (use_of(window) == 0)
			self->vacant_windows++;
		page += share;
	}
}

/* Takes the run at `start` out of the index, up to what lies outside [from, to); returns where it went on inside. */
static uint32_t cut_out(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t from, uint32_t to)
{
	uint32_t end = start + mm_pages_index_remove(self, colour, start);

	if (start < from)
		mm_pages_index_insert(self, colour, start, from - start);
	if (end > to)
		mm_pages_index_insert(self, colour, to, end - to);
	return end < to ? end : to;
}

/*
 * Changes the colour of a window without a page in use: what is not free in it is not managed. All its runs leave one
 * index before the first enters the other, since a group of eight records speaks for one colour at a time.
 */
static void recolour(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t number, uint8_t colour)
{
	uint8_t old = self->windows[number].colour;
	uint32_t from = window_first(span, number);
	uint32_t to = window_first(span, number + 1);
	uint32_t page = from;

	self->windows[number].colour = colour;
	while (page < to) {
		if (!is_free(self, page))
			page++;
		else
			page = cut_out(self, old, mm_pages_index_run_at(self, old, page), from, to);
	}
	for (page = from; page < to; page++) {
		uint32_t run = 0;

		while (page + run < to && is_free(self, page + run))
			run++;
		mm_pages_index_give(self, colour, page, run);
		page += run;
	}
}

void mm_pages_window_claim(struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t page, uint32_t pages,
			   uint8_t colour)
{
	uint32_t last = window_of(span, page + pages - 1);

	for (uint32_t number = window_of(span, page); number <= last; number++) {
		if (self->windows[number].colour != MM_PAGES_NEUTRAL)
			continue;
		recolour(self, span, number, colour);
		self->vacant_windows++;
	}
}

void mm_pages_window_reclaim(struct mm_pages_mmram *self)
{
	for (uint32_t i = 0; i < self->span_count && self->vacant_windows != 0; i++) {
		const struct mm_pages_span *span = &self->spans[i];
		uint32_t last = window_of(span, span->first + span->pages - 1);

		for (uint32_t number = span->window; number <= last; number++) {
			const struct mm_pages_window *window = &self->windows[number];

			if (window->colour == MM_PAGES_NEUTRAL || use_of(window) != 0)
				continue;
			recolour(self, span, number, MM_PAGES_NEUTRAL);
			self->vacant_windows--;
		}
	}
}
