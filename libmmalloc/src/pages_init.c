/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/checked.h"
#include "pages_index.h"

#define DOMAIN_MAX     65536u
#define METADATA_ALIGN 16u

/* How much there is of everything. */
struct plan {
	uint64_t pages;
	uint64_t records;
	uint64_t windows;
	uint64_t spans;
	uint64_t accounts;
	uint64_t level_nodes[MM_PAGES_LEVEL_MAX];
	uint32_t level_count;
};

static enum mm_status check_region(struct mm_region region, const struct mm_region *before)
{
	uint64_t end;

	if (region.bytes == 0)
		return MM_E_INVALID;
	if (!mm_add_u64(region.base, region.bytes, &end))
		return MM_E_OVERFLOW;
	if (!mm_is_page_aligned(region.base | region.bytes))
		return MM_E_MISALIGNED;
	if (before != NULL && mm_region_overlaps(region, *before))
		return MM_E_OVERLAP;
	return before != NULL && region.base < before->base ? MM_E_INVALID : MM_OK;
}

/* True if the region begins where the span ends, or at least in the same window. */
static bool continues(const struct mm_pages_span *span, struct mm_region region)
{
	uint64_t end = span->page + span->pages;
	uint64_t page = region.base >> MM_PAGE_SHIFT;

	return page == end || page / MM_PAGES_WINDOW_PAGES == (end - 1) / MM_PAGES_WINDOW_PAGES;
}

/*
 * Opens a span at the region. Its first record agrees with its page number modulo eight, so that a group of eight
 * records lies in one window, and leaves at least one absent page before it.
 */
static struct mm_pages_span open_span(const struct plan *plan, struct mm_region region)
{
	uint64_t page = region.base >> MM_PAGE_SHIFT;
	struct mm_pages_span span = {
		.page = page,
		.first = (uint32_t)(plan->records + ((page - plan->records) & LEVEL_MASK)),
		.window = (uint32_t)plan->windows,
	};

	span.shift = span.window * MM_PAGES_WINDOW_PAGES + (uint32_t)(page % MM_PAGES_WINDOW_PAGES) - span.first;
	return span;
}

/* Counts the span, and keeps it if there is where. */
static void close_span(struct plan *plan, const struct mm_pages_span *span, struct mm_pages_span *ret_spans)
{
	if (ret_spans != NULL)
		ret_spans[plan->spans] = *span;
	plan->spans++;
	plan->records = (uint64_t)span->first + span->pages + 1u;
	plan->windows = (uint64_t)window_of(span, span->first + span->pages - 1u) + 1u;
}

static void plan_levels(struct plan *plan)
{
	uint64_t nodes = plan->records;

	do {
		/* Whole groups, so that a group can be read without asking where the level ends. */
		nodes = ((nodes >> LEVEL_SHIFT) + LEVEL_MASK) & ~(uint64_t)LEVEL_MASK;
		plan->level_nodes[plan->level_count++] = nodes;
	} while (nodes > LEVEL_MASK + 1u);
}

/* Checks the regions and counts; the spans go to `ret_spans` unless that is NULL. */
static enum mm_status make_plan(const struct mm_region *regions, size_t region_count, uint32_t domain_count,
				struct mm_pages_span *ret_spans, struct plan *ret_plan)
{
	struct plan plan = { .records = HEAD_COUNT + 1u, .accounts = (uint64_t)domain_count + 1u };
	struct mm_pages_span span = { 0 };
	enum mm_status status;

	if (regions == NULL || region_count == 0 || domain_count > DOMAIN_MAX)
		return MM_E_INVALID;
	if (region_count > MM_PAGES_MMRAM_REGIONS_MAX)
		return MM_E_LIMIT;
	for (size_t i = 0; i < region_count; i++) {
		status = check_region(regions[i], i == 0 ? NULL : &regions[i - 1]);
		if (status != MM_OK)
			return status;
		plan.pages += regions[i].bytes >> MM_PAGE_SHIFT;
		if (plan.pages > MM_PAGES_MMRAM_PAGES_MAX)
			return MM_E_LIMIT;
		if (i != 0 && !continues(&span, regions[i]))
			close_span(&plan, &span, ret_spans);
		if (i == 0 || !continues(&span, regions[i]))
			span = open_span(&plan, regions[i]);
		span.pages = (uint32_t)((mm_region_end(regions[i]) >> MM_PAGE_SHIFT) - span.page);
	}
	close_span(&plan, &span, ret_spans);
	plan.records = (plan.records + LEVEL_MASK) & ~(uint64_t)LEVEL_MASK;
	plan_levels(&plan);
	*ret_plan = plan;
	return MM_OK;
}

static uint64_t plan_bytes(const struct plan *plan)
{
	uint64_t nodes = 0;

	for (uint32_t i = 0; i < plan->level_count; i++)
		nodes += plan->level_nodes[i];
	return plan->records * sizeof(struct mm_pages_record) + plan->windows +
	       plan->spans * sizeof(struct mm_pages_span) + plan->accounts * sizeof(struct mm_pages_account) +
	       nodes * MM_PAGES_COLOUR_COUNT;
}

enum mm_status mm_pages_mmram_metadata_bytes(const struct mm_region *regions, size_t region_count,
					     uint32_t domain_count, uint64_t *ret_bytes)
{
	struct plan plan;
	enum mm_status status = make_plan(regions, region_count, domain_count, NULL, &plan);

	if (status == MM_OK)
		*ret_bytes = plan_bytes(&plan);
	return status;
}

static enum mm_status check_config(const struct mm_pages_mmram_config *config, const struct plan *plan)
{
	uint64_t base = (uint64_t)(uintptr_t)config->metadata;

	if (config->cleaner == NULL || config->cleaner->ops == NULL || config->cleaner->ops->zero == NULL ||
	    config->metadata == NULL)
		return MM_E_INVALID;
	if (base % METADATA_ALIGN != 0)
		return MM_E_MISALIGNED;
	if (config->metadata_bytes < plan_bytes(plan))
		return MM_E_BUFFER_TOO_SMALL;
	for (size_t i = 0; i < config->region_count; i++) {
		if (mm_region_overlaps(config->regions[i], mm_region_create(base, plan_bytes(plan))))
			return MM_E_OVERLAP;
	}
	return MM_OK;
}

/* The next piece of the metadata; the pieces follow each other by falling alignment. */
static void *carve(uint8_t **cursor, uint64_t count, size_t bytes)
{
	void *piece = *cursor;

	*cursor += count * bytes;
	return piece;
}

static void lay_out(struct mm_pages_mmram *self, const struct plan *plan, void *metadata)
{
	uint8_t *cursor = metadata;

	self->records = carve(&cursor, plan->records, sizeof(*self->records));
	self->spans = carve(&cursor, plan->spans, sizeof(*self->spans));
	self->accounts = carve(&cursor, plan->accounts, sizeof(*self->accounts));
	self->colours = carve(&cursor, plan->windows, 1);
	for (uint32_t colour = 0; colour < MM_PAGES_COLOUR_COUNT; colour++) {
		for (uint32_t level = 0; level < plan->level_count; level++)
			self->levels[level][colour] = carve(&cursor, plan->level_nodes[level], 1);
	}
	self->record_count = (uint32_t)plan->records;
	self->span_count = (uint32_t)plan->spans;
	self->last_span = &self->spans[plan->spans - 1];
	self->window_count = (uint32_t)plan->windows;
	self->account_count = (uint32_t)plan->accounts;
	self->level_count = plan->level_count;
	self->total_pages = (uint32_t)plan->pages;
	self->free_pages = (uint32_t)plan->pages;
}

/* The first page of a region, which is inside a span. */
static uint32_t page_of(const struct mm_pages_mmram *self, struct mm_region region)
{
	const struct mm_pages_span *span = self->last_span;

	while (span->page > region.base >> MM_PAGE_SHIFT)
		span--;
	return span->first + (uint32_t)((region.base >> MM_PAGE_SHIFT) - span->page);
}

static void free_regions(struct mm_pages_mmram *self, const struct mm_pages_mmram_config *config)
{
	for (uint32_t i = 0; i < self->record_count; i++)
		self->records[i].tag = TAG_ABSENT;
	for (uint32_t i = 0; i < HEAD_COUNT; i++) {
		self->records[i].next = link_to(i);
		self->records[i].prev = link_to(i);
	}
	for (size_t i = 0; i < config->region_count; i++) {
		uint32_t page = page_of(self, config->regions[i]);
		uint32_t pages = (uint32_t)(config->regions[i].bytes >> MM_PAGE_SHIFT);

		for (uint32_t k = 0; k < pages; k++)
			self->records[page + k].tag = TAG_FREE | MM_PAGES_NEUTRAL;
		mm_pages_index_give(self, MM_PAGES_NEUTRAL, page, pages);
		if (!config->is_zeroed)
			self->cleaner->ops->zero(self->cleaner, config->regions[i]);
	}
}

enum mm_status mm_pages_mmram_init(struct mm_pages_mmram *self, const struct mm_pages_mmram_config *config)
{
	struct plan plan;
	enum mm_status status = make_plan(config->regions, config->region_count, config->domain_count, NULL, &plan);

	if (status == MM_OK)
		status = check_config(config, &plan);
	if (status != MM_OK)
		return status;
	__builtin_memset(self, 0, sizeof(*self));
	__builtin_memset(config->metadata, 0, (size_t)plan_bytes(&plan));
	lay_out(self, &plan, config->metadata);
	/* The same plan as before, this time with a place for the spans. */
	(void)make_plan(config->regions, config->region_count, config->domain_count, self->spans, &plan);
	self->cleaner = config->cleaner;
	self->is_strict = config->is_strict;
	self->accounts[0].quota = MM_PAGES_QUOTA_UNLIMITED;
	for (uint32_t i = 1; i < self->account_count; i++)
		self->accounts[i].quota = config->domain_quota;
	free_regions(self, config);
	self->pages.ops = &mm_pages_mmram_ops;
	return MM_OK;
}

void mm_pages_mmram_finish(struct mm_pages_mmram *self)
{
	__builtin_memset(self, 0, sizeof(*self));
}
