/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Turns a root and the floor into runs: one sweep over the space, from boundary to boundary. After it, every
 * question about a port or an MSR is one search.
 */
#include "internal.h"

struct sweep {
	const struct mm_policy_list *list;
	const struct mm_policy_space *space;
	struct mm_policy_floor floor;
	uint32_t span;
	uint32_t strict;
	size_t row;
	uint64_t at;
	uint64_t next; /* the nearest boundary beyond `at` */
};

size_t mm_policy_runs_bound(size_t entries, struct mm_policy_floor floor)
{
	return 2u * entries + 4u * floor.count + 2u;
}

static void note_boundary(struct sweep *s, uint64_t boundary)
{
	if (boundary < s->next)
		s->next = boundary;
}

static uint32_t root_rights(struct sweep *s)
{
	const struct mm_policy_span *span;

	if (!s->list->present)
		return 0;
	while (s->span < s->space->span_count && s->space->spans[s->span].last < s->at)
		s->span++;
	if (s->span < s->space->span_count) {
		span = &s->space->spans[s->span];
		if (span->first <= s->at) {
			note_boundary(s, span->last + 1u);
			return s->list->kind == MM_POLICY_ALLOW_LIST ? span->attr & ACCESS_MASK
								     : ~span->attr & ACCESS_MASK;
		}
		note_boundary(s, span->first);
	}
	return s->list->kind == MM_POLICY_ALLOW_LIST ? 0 : ACCESS_MASK;
}

/* A port with strict entries is a run of its own. */
static uint32_t strict_rights(struct sweep *s)
{
	uint32_t rights = 0;

	while (s->strict < s->space->strict_count && s->space->strict[s->strict].first == s->at) {
		const struct mm_policy_span *strict = &s->space->strict[s->strict++];
		uint32_t bytes = (uint32_t)(strict->last - strict->first) + 1u;

		rights |= (strict->attr & ACCESS_MASK) << (bytes & 6u);
		note_boundary(s, s->at + 1u);
	}
	if (s->strict < s->space->strict_count)
		note_boundary(s, s->space->strict[s->strict].first);
	return rights;
}

static uint32_t floor_rights(struct sweep *s)
{
	const struct mm_policy_floor_row *row;

	while (s->row < s->floor.count && s->floor.rows[s->row].last < s->at)
		s->row++;
	if (s->row == s->floor.count)
		return ACCESS_MASK;
	row = &s->floor.rows[s->row];
	if (row->first > s->at) {
		note_boundary(s, row->first);
		return ACCESS_MASK;
	}
	note_boundary(s, row->last + 1u);
	return ~row->access & ACCESS_MASK;
}

/* A port at which a floor row exempts some access is a run of its own as well. */
static bool is_exempt(struct sweep *s)
{
	bool exempt = false;
	size_t i;

	for (i = 0; i < s->floor.count; i++) {
		uint64_t port = s->floor.rows[i].exempt_port;

		if (s->floor.rows[i].exempt_bytes == 0 || port < s->at)
			continue;
		note_boundary(s, port == s->at ? port + 1u : port);
		exempt = exempt || port == s->at;
	}
	return exempt;
}

/* At least 2, and for ports room for one run behind every key. */
static size_t power_of_two(size_t count)
{
	size_t power = 2;

	while (power < count)
		power *= 2u;
	return power;
}

/*
 * Fills up to a power of two. Ports: behind every key, so that the filling is never found and ends every walk.
 * MSRs use up the keys; there the last run is repeated, and which of its copies is found makes no difference.
 */
static void fill_up(struct mm_policy_run *runs, uint32_t count, size_t power, uint64_t end)
{
	struct mm_policy_run filling = runs[count - 1u];

	if (end <= UINT32_MAX)
		filling.first = UINT32_MAX;
	for (; count < power; count++)
		runs[count] = filling;
}

enum mm_status mm_policy_build_runs(const struct mm_policy_list *list, struct mm_policy_floor floor, uint64_t end,
				    struct storage *storage, struct mm_policy_space *space)
{
	struct sweep s = { list, space, floor, 0, 0, 0, 0, 0 };
	size_t bound = mm_policy_runs_bound((size_t)space->span_count + space->strict_count, floor);
	struct mm_policy_run *runs = mm_policy_storage_take(storage, power_of_two(bound), sizeof(*runs));
	uint32_t count = 0;

	if (runs == NULL)
		return MM_E_BUFFER_TOO_SMALL;
	while (s.at < end) {
		struct mm_policy_run run = { (uint32_t)s.at, 0, 0, 0, 0 };

		s.next = end;
		run.strict = (uint8_t)strict_rights(&s);
		run.special = run.strict != 0 || is_exempt(&s);
		run.rights = (uint8_t)(root_rights(&s) | floor_rights(&s) << FLOOR_SHIFT);
		if (count == 0 || run.special != 0 || runs[count - 1u].special != 0 ||
		    runs[count - 1u].rights != run.rights)
			runs[count++] = run;
		s.at = s.next;
	}
	fill_up(runs, count, power_of_two(count + 1u), end);
	space->runs = runs;
	space->run_count = (uint32_t)power_of_two(count + 1u);
	space->run_steps = 1;
	while (1u << space->run_steps < space->run_count)
		space->run_steps++;
	return MM_OK;
}
