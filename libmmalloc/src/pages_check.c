/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_index.h"

/* What the walk over all records has met so far. */
struct census {
	uint64_t free_pages;
	uint64_t used_pages;
	uint64_t limbo_pages;
	uint64_t used_print; /* sums over pages of a number that stands for the owner */
	uint64_t limbo_print;
	uint32_t runs[MM_PAGES_COLOUR_COUNT][2]; /* short ones, long ones */
};

/* Makes swapping pages between owners visible in a sum. */
static uint64_t print_of(uint32_t owner)
{
	uint64_t x = ((uint64_t)owner + 1u) * 0x9e3779b97f4a7c15u;

	return x ^ (x >> 29);
}

/* True if the record may be followed by a list link. */
static bool is_link(const struct mm_pages_mmram *self, uint32_t link)
{
	return link % sizeof(struct mm_pages_record) == 0 && page_linked(link) < self->record_count;
}

/* True if the neighbours in the list of a short run, or of a list's head, know of it. */
static bool is_in_ring(const struct mm_pages_mmram *self, uint32_t page)
{
	const struct mm_pages_record *record = &self->records[page];

	return is_link(self, record->next) && is_link(self, record->prev) &&
	       linked(self, record->next)->prev == link_to(page) && linked(self, record->prev)->next == link_to(page);
}

/* The free run at `start`: its pages, its ends, its place in the index, its neighbours. */
static bool check_run(const struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t start,
		      struct census *census)
{
	uint32_t run = self->records[start].run;
	uint32_t end = start + run;
	uint8_t colour = self->colours[window_of(span, start)];
	bool is_long = run >= MM_PAGES_BIN_COUNT;

	if (run == 0 || run > span->first + span->pages - start || colour >= MM_PAGES_COLOUR_COUNT)
		return false;
	for (uint32_t page = start; page < end; page++) {
		if (self->records[page].tag != (TAG_FREE | colour) || self->colours[window_of(span, page)] != colour ||
		    (page != start && self->records[page].run != 0))
			return false;
	}
	if (run_of_last(self, end - 1) != start || self->records[end].tag == (TAG_FREE | colour))
		return false;
	census->runs[colour][is_long]++;
	census->free_pages += run;
	return is_long ? mm_pages_tree_holds(self, colour, start) : is_in_ring(self, start);
}

/* A page that is not free; true if its record agrees with itself. */
static bool check_page(const struct mm_pages_mmram *self, uint32_t page, struct census *census)
{
	uint32_t tag = self->records[page].tag;
	struct mm_owner owner = { tag & TAG_VALUE };

	if (self->records[page].run != 0)
		return false;
	if (tag == TAG_ABSENT)
		return true;
	if ((tag & TAG_STATE) == TAG_ABSENT || account_of(self, owner) == NULL)
		return false;
	if ((tag & TAG_STATE) == TAG_USED) {
		census->used_pages++;
		census->used_print += print_of(owner.v);
	} else {
		census->limbo_pages++;
		census->limbo_print += print_of(owner.v);
	}
	return true;
}

static bool check_records(const struct mm_pages_mmram *self, const struct mm_pages_span *span, struct census *census)
{
	uint32_t page = span->first;
	uint32_t end = span->first + span->pages;

	while (page < end) {
		bool is_run = is_free(self, page);

		if (!(is_run ? check_run(self, span, page, census) : check_page(self, page, census)))
			return false;
		page += is_run ? self->records[page].run : 1;
	}
	return self->records[span->first - 1].tag == TAG_ABSENT && self->records[end].tag == TAG_ABSENT;
}

/* A page in use has given its window a colour. */
static bool check_windows(const struct mm_pages_mmram *self, const struct mm_pages_span *span)
{
	for (uint32_t page = span->first; page < span->first + span->pages; page++) {
		uint8_t colour = self->colours[window_of(span, page)];

		if (!is_free(self, page) && self->records[page].tag != TAG_ABSENT && colour == MM_PAGES_NEUTRAL)
			return false;
	}
	return true;
}

/* The runs in a list, UINT32_MAX if something else is in it. */
static uint32_t count_bin(const struct mm_pages_mmram *self, uint32_t head, uint32_t run)
{
	uint32_t count = 0;
	uint32_t page = head;

	for (;;) {
		if (!is_in_ring(self, page) || count > self->total_pages)
			return UINT32_MAX;
		page = page_linked(self->records[page].next);
		if (page == head)
			return count;
		if (self->records[page].run != run)
			return UINT32_MAX;
		count++;
	}
}

/* The index holds exactly the runs that the walk has met; each of those was found in it before. */
static bool check_counts(const struct mm_pages_mmram *self, uint8_t colour, const uint32_t runs[2])
{
	uint32_t count = 0;

	for (uint32_t run = 0; run < MM_PAGES_BIN_COUNT; run++) {
		uint32_t bin = count_bin(self, head_of(colour, run), run);

		if (bin == UINT32_MAX || (bin != 0) != ((self->bin_map[colour] >> run & 1u) != 0))
			return false;
		count += bin;
	}
	for (uint32_t tree = 0; tree < MM_PAGES_TREE_COUNT; tree++) {
		if ((self->trees[colour][tree] != 0) != ((self->tree_map[colour] >> tree & 1u) != 0))
			return false;
	}
	return count == runs[0] && mm_pages_tree_count(self, colour) == runs[1];
}

/* What the node must be at least: the greatest of the eight below it that are of its colour. */
static uint8_t level_value(const struct mm_pages_mmram *self, uint8_t colour, uint32_t level, uint32_t node)
{
	uint8_t greatest = 0;

	for (uint32_t i = node << LEVEL_SHIFT; i <= ((node << LEVEL_SHIFT) | LEVEL_MASK); i++) {
		uint8_t value = level == 0 ? class_of_run(self->records[i].run) : self->levels[level - 1][colour][i];

		if (level == 0 && value != 0 && self->records[i].tag != (TAG_FREE | colour))
			continue;
		greatest = value > greatest ? value : greatest;
	}
	return greatest;
}

static bool check_levels(const struct mm_pages_mmram *self, uint8_t colour)
{
	uint32_t nodes = self->record_count;

	for (uint32_t level = 0; level < self->level_count; level++) {
		nodes = (nodes + LEVEL_MASK) >> LEVEL_SHIFT;
		for (uint32_t node = 0; node < nodes; node++) {
			if (self->levels[level][colour][node] < level_value(self, colour, level, node))
				return false;
		}
	}
	return true;
}

static bool check_accounts(const struct mm_pages_mmram *self, const struct census *census)
{
	uint64_t used_print = 0;
	uint64_t limbo_print = 0;

	for (uint32_t slot = 0; slot < self->account_count; slot++) {
		uint32_t owner = slot == 0 ? mm_owner_supervisor().v : slot - 1u;

		used_print += self->accounts[slot].used * print_of(owner);
		limbo_print += self->accounts[slot].limbo * print_of(owner);
	}
	return used_print == census->used_print && limbo_print == census->limbo_print &&
	       census->free_pages == self->free_pages && census->limbo_pages == self->limbo_pages &&
	       census->free_pages + census->used_pages + census->limbo_pages == self->total_pages;
}

/* One queue entry of limbo; returns its pages, 0 if it is wrong. */
static uint32_t check_entry(const struct mm_pages_mmram *self, uint32_t page)
{
	uint32_t pages = self->records[page].prev;

	if (pages == 0 || pages > self->record_count - page)
		return 0;
	for (uint32_t i = 0; i < pages; i++) {
		if ((self->records[page + i].tag & TAG_STATE) != TAG_LIMBO ||
		    self->records[page + i].tag != self->records[page].tag)
			return 0;
	}
	return pages;
}

static bool check_limbo(const struct mm_pages_mmram *self)
{
	uint32_t page = self->limbo_head;
	uint64_t total = 0;

	for (uint32_t batch = 0; batch < self->batch_count; batch++) {
		bool is_tail = false;

		if (batch != 0 && self->batches[batch].epoch <= self->batches[batch - 1].epoch)
			return false;
		while (!is_tail) {
			uint32_t pages = page != 0 && page < self->record_count ? check_entry(self, page) : 0;

			total += pages;
			if (pages == 0 || total > self->limbo_pages)
				return false;
			is_tail = page == self->batches[batch].tail;
			page = self->records[page].next;
		}
	}
	return total == self->limbo_pages && self->batch_count <= MM_PAGES_BATCH_COUNT;
}

enum mm_status mm_pages_mmram_check(const struct mm_pages_mmram *self)
{
	struct census census = { 0 };
	bool is_sound = true;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	for (uint32_t i = 0; i < self->span_count && is_sound; i++)
		is_sound = check_records(self, &self->spans[i], &census) && check_windows(self, &self->spans[i]);
	for (uint8_t colour = 0; colour < MM_PAGES_COLOUR_COUNT && is_sound; colour++)
		is_sound = check_counts(self, colour, census.runs[colour]) && check_levels(self, colour);
	is_sound = is_sound && check_accounts(self, &census) && check_limbo(self);
	return is_sound ? MM_OK : MM_E_CORRUPT;
}
