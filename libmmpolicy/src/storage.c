/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "internal.h"

void *mm_policy_storage_take(struct storage *storage, size_t count, size_t bytes)
{
	size_t need;
	void *taken = storage->next;

	if (bytes != 0 && count > SIZE_MAX / 2 / bytes)
		return NULL;
	need = (count * bytes + 7u) & ~(size_t)7u;
	if (need > storage->left)
		return NULL;
	storage->next += need;
	storage->left -= need;
	return taken;
}

/*
 * The smallest descriptor has 8 bytes and makes a span and at most two runs, and filling up to a power of two
 * doubles the runs at most; everything else of a blob is larger than what is made of it.
 */
size_t mm_policy_storage_bytes(size_t blob_bytes)
{
	size_t entries = (blob_bytes < MM_POLICY_BYTES_MAX ? blob_bytes : MM_POLICY_BYTES_MAX) / 8u;
	size_t runs = mm_policy_runs_bound(entries, mm_policy_floor_ports()) +
		      mm_policy_runs_bound(0, mm_policy_floor_msrs());

	return entries * sizeof(struct mm_policy_span) + 2u * runs * sizeof(struct mm_policy_run) + 64u;
}

/* Moves the item at `root` down until no child is greater. */
static void sift_down(struct mm_policy_span *spans, uint32_t root, uint32_t count)
{
	struct mm_policy_span item = spans[root];

	while (2u * root + 1u < count) {
		uint32_t child = 2u * root + 1u;

		if (child + 1u < count &&
		    (spans[child].first < spans[child + 1u].first ||
		     (spans[child].first == spans[child + 1u].first && spans[child].last < spans[child + 1u].last)))
			child++;
		if (spans[child].first < item.first ||
		    (spans[child].first == item.first && spans[child].last <= item.last))
			break;
		spans[root] = spans[child];
		root = child;
	}
	spans[root] = item;
}

/* Heap sort: no recursion, no scratch memory, no bad case that a hostile policy could pick. */
void mm_policy_sort_spans(struct mm_policy_span *spans, uint32_t count)
{
	uint32_t i;

	for (i = count / 2u; i > 0; i--)
		sift_down(spans, i - 1u, count);
	for (i = count; i > 1u; i--) {
		struct mm_policy_span greatest = spans[0];

		spans[0] = spans[i - 1u];
		spans[i - 1u] = greatest;
		sift_down(spans, 0, i - 1u);
	}
}

enum mm_status mm_policy_check_disjoint(const struct mm_policy_span *spans, uint32_t count, uint32_t *ret_entry)
{
	uint32_t i;

	for (i = 1; i < count; i++) {
		if (spans[i].first <= spans[i - 1u].last) {
			*ret_entry = spans[i].entry > spans[i - 1u].entry ? spans[i].entry : spans[i - 1u].entry;
			return MM_E_POLICY_OVERLAP;
		}
	}
	return MM_OK;
}

enum mm_status mm_policy_check_apart(const struct mm_policy_span *spans, uint32_t count,
				     const struct mm_policy_span *strict, uint32_t strict_count, uint32_t *ret_entry)
{
	uint32_t at = 0;
	uint32_t i;

	for (i = 0; i < strict_count; i++) {
		while (at < count && spans[at].last < strict[i].first)
			at++;
		if (at < count && spans[at].first <= strict[i].last) {
			*ret_entry = strict[i].entry > spans[at].entry ? strict[i].entry : spans[at].entry;
			return MM_E_POLICY_OVERLAP;
		}
	}
	return MM_OK;
}

uint32_t mm_policy_find_span(const struct mm_policy_span *spans, uint32_t count, uint64_t first)
{
	uint32_t low = 0;

	while (count > 0) {
		uint32_t half = count / 2u;

		if (spans[low + half].last < first) {
			low += half + 1u;
			count -= half + 1u;
		} else {
			count = half;
		}
	}
	return low;
}
