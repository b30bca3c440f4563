/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

#define MASK(colour) (1u << (colour))
#define MASK_ALL     (MASK(MM_PAGES_NEUTRAL) | MASK(MM_PAGES_SUPERVISOR) | MASK(MM_PAGES_USER))

/* Where in the free pages [start, start + run) the request fits, at the low or the high end; 0 if it does not. */
static uint32_t place_in(const struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint32_t start,
			 uint32_t run, bool is_high)
{
	const struct mm_pages_span *span = span_of(self, start);
	uint64_t base = page_number(span, start);
	uint64_t end = base + run < fit->limit ? base + run : fit->limit;
	uint64_t page;

	if (end < base + fit->pages)
		return 0;
	page = is_high ? (end - fit->pages) & ~(fit->align - 1u) : (base + fit->align - 1u) & ~(fit->align - 1u);
	if (page < base || page > end - fit->pages)
		return 0;
	return start + (uint32_t)(page - base);
}

/* The lowest run of the colour in which the request fits. */
static uint32_t sweep(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour, bool is_high)
{
	uint32_t start = mm_pages_levels_next(self, colour, 1, fit->pages);
	uint32_t page;

	while (start != 0) {
		page = place_in(self, fit, start, self->records[start].run, is_high);
		if (page != 0 || page_number(span_of(self, start), start) + fit->pages > fit->limit)
			return page;
		start = mm_pages_levels_next(self, colour, start + 1, fit->pages);
	}
	return 0;
}

/* Best fit, best fit with room for the alignment, then the sweep. */
static uint32_t find_in(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour, bool is_high)
{
	uint32_t start = best_run(self, colour, fit->pages);
	uint32_t page;

	if (start == 0)
		return 0;
	page = place_in(self, fit, start, self->records[start].run, is_high);
	if (page != 0)
		return page;
	if (fit->align > 1 && fit->align < self->total_pages) {
		start = best_run(self, colour, fit->pages + (uint32_t)fit->align - 1u);
		page = start == 0 ? 0 : place_in(self, fit, start, self->records[start].run, is_high);
		if (page != 0)
			return page;
	}
	return sweep(self, fit, colour, is_high);
}

/* True if the page is free, in a window of a colour of the mask. */
static bool is_free_in(const struct mm_pages_mmram *self, uint32_t page, uint32_t mask)
{
	return is_free(self, page) && (MASK(self->records[page].tag) & mask) != 0;
}

/* Tries the free pages around `border`, where the colour of the windows changes. */
static uint32_t find_across(const struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint32_t mask,
			    uint32_t border)
{
	uint32_t start;
	uint32_t end = border;

	if (!is_free_in(self, border - 1, mask) || !is_free_in(self, border, mask))
		return 0;
	start = run_of_last(self, border - 1);
	while (is_free_in(self, end, mask))
		end += self->records[end].run;
	return place_in(self, fit, start, end - start, /* is_high= */ false);
}

/* The lowest run across windows of different colours that serves. */
static uint32_t find_joined(const struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint32_t mask)
{
	for (uint32_t i = 0; i < self->span_count; i++) {
		const struct mm_pages_span *span = &self->spans[i];
		uint32_t last = window_of(span, span->first + span->pages - 1);

		for (uint32_t window = span->window + 1; window <= last; window++) {
			uint32_t page = 0;

			if (self->colours[window] != self->colours[window - 1])
				page = find_across(self, fit, mask, window_first(span, window));
			if (page != 0)
				return page;
		}
	}
	return 0;
}

/* Rules 2 to 5 of the header; rare. */
MM_NOINLINE static uint32_t find_elsewhere(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour)
{
	bool is_high = colour == MM_PAGES_USER;
	uint8_t other = is_high ? MM_PAGES_SUPERVISOR : MM_PAGES_USER;
	uint32_t page = find_in(self, fit, MM_PAGES_NEUTRAL, is_high);

	if (page == 0 && mm_pages_window_reclaim(self))
		page = find_in(self, fit, MM_PAGES_NEUTRAL, is_high);
	if (page == 0)
		page = find_joined(self, fit, MASK(colour) | MASK(MM_PAGES_NEUTRAL));
	if (page == 0 && !self->is_strict)
		page = find_in(self, fit, other, /* is_high= */ false);
	if (page == 0 && !self->is_strict)
		page = find_joined(self, fit, MASK_ALL);
	return page;
}

uint32_t mm_pages_place_find(struct mm_pages_mmram *self, const struct mm_pages_fit *fit, uint8_t colour)
{
	uint32_t page = find_in(self, fit, colour, /* is_high= */ false);

	return page != 0 ? page : find_elsewhere(self, fit, colour);
}
