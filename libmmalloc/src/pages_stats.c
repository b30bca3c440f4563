/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

enum mm_status mm_pages_mmram_set_quota(struct mm_pages_mmram *self, struct mm_owner owner, uint32_t pages)
{
	struct mm_pages_account *account;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, owner);
	if (account == NULL)
		return MM_E_INVALID;
	account->quota = pages;
	return MM_OK;
}

enum mm_status mm_pages_mmram_get_owner_stats(const struct mm_pages_mmram *self, struct mm_owner owner,
					      struct mm_pages_owner_stats *ret_stats)
{
	const struct mm_pages_account *account;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	account = account_of(self, owner);
	if (account == NULL)
		return MM_E_INVALID;
	ret_stats->quota_pages = account->quota;
	ret_stats->used_pages = account->used;
	ret_stats->limbo_pages = account->limbo;
	return MM_OK;
}

/* True if supervisor and user pages share the window. */
static bool is_mixed(const struct mm_pages_mmram *self, const struct mm_pages_span *span, uint32_t number)
{
	bool has_supervisor = false;
	bool has_user = false;

	for (uint32_t page = window_first(span, number); page < window_first(span, number + 1); page++) {
		struct mm_owner owner = { self->records[page].tag & TAG_VALUE };

		if (is_free(self, page) || self->records[page].tag == TAG_ABSENT)
			continue;
		has_supervisor |= mm_owner_is_supervisor(owner);
		has_user |= !mm_owner_is_supervisor(owner);
	}
	return has_supervisor && has_user;
}

static uint32_t count_mixed(const struct mm_pages_mmram *self)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < self->span_count; i++) {
		const struct mm_pages_span *span = &self->spans[i];
		uint32_t last = window_of(span, span->first + span->pages - 1);

		for (uint32_t number = span->window; number <= last; number++)
			count += is_mixed(self, span, number);
	}
	return count;
}

static uint32_t longest_of(const struct mm_pages_mmram *self, uint8_t colour)
{
	if (self->tree_map[colour] != 0)
		return mm_pages_tree_longest(self, colour);
	return self->bin_map[colour] == 0 ? 0 : top_bit(self->bin_map[colour]);
}

enum mm_status mm_pages_mmram_get_stats(const struct mm_pages_mmram *self, struct mm_pages_stats *ret_stats)
{
	uint32_t longest = 0;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	for (uint8_t colour = 0; colour < MM_PAGES_COLOUR_COUNT; colour++) {
		uint32_t run = longest_of(self, colour);

		longest = run > longest ? run : longest;
	}
	ret_stats->total_pages = self->total_pages;
	ret_stats->free_pages = self->free_pages;
	ret_stats->limbo_pages = self->limbo_pages;
	ret_stats->used_pages = (uint64_t)self->total_pages - self->free_pages - self->limbo_pages;
	ret_stats->largest_run = longest;
	ret_stats->mixed_windows = count_mixed(self);
	ret_stats->window_count = self->window_count;
	return MM_OK;
}
