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

static uint32_t count_mixed(const struct mm_pages_mmram *self)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < self->window_count; i++)
		count += self->windows[i].used[0] != 0 && self->windows[i].used[1] != 0;
	return count;
}

enum mm_status mm_pages_mmram_get_stats(const struct mm_pages_mmram *self, struct mm_pages_stats *ret_stats)
{
	uint32_t longest = 0;

	if (self->records == NULL)
		return MM_E_NOT_READY;
	for (uint32_t colour = 0; colour < MM_PAGES_COLOUR_COUNT; colour++) {
		uint32_t run = mm_pages_levels_longest(self, &self->index[colour]);

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
