/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "space.h"

#include <stdlib.h>
#include <string.h>

#include "mm/policy/floor.h"

struct edges {
	uint64_t *at;
	size_t count;
};

static uint64_t last_of(enum mm_policy_type type)
{
	if (type == MM_POLICY_PORT)
		return 0xffff;
	return type == MM_POLICY_MSR ? UINT32_MAX : UINT64_MAX;
}

static const struct mm_policy_space *spans_of(const struct mm_policy *policy, enum mm_policy_type type)
{
	if (type == MM_POLICY_PORT)
		return &policy->ports;
	return type == MM_POLICY_MSR ? &policy->msrs : &policy->memory;
}

static struct mm_policy_floor floor_of(enum mm_policy_type type)
{
	if (type == MM_POLICY_PORT)
		return mm_policy_floor_ports();
	return type == MM_POLICY_MSR ? mm_policy_floor_msrs() : mm_policy_floor_physical();
}

static void add_edge(struct edges *edges, uint64_t first, uint64_t last)
{
	edges->at[edges->count++] = first;
	if (last != UINT64_MAX)
		edges->at[edges->count++] = last + 1;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Every place where some answer may change, sorted, each once. */
static bool find_edges(const struct mm_policy *policy, enum mm_policy_type type, struct edges *edges)
{
	const struct mm_policy_space *spans = spans_of(policy, type);
	struct mm_policy_floor floor = floor_of(type);
	struct mm_policy_grant grant;
	size_t unique = 0;
	size_t i;

	edges->count = 0;
	edges->at = malloc(sizeof(uint64_t) * (2 * ((size_t)spans->span_count + 2 * (size_t)spans->strict_count +
						    floor.count + policy->tables.grants.count) +
					       1));
	if (edges->at == NULL)
		return false;
	edges->at[edges->count++] = 0;
	for (i = 0; i < spans->span_count; i++)
		add_edge(edges, spans->spans[i].first, spans->spans[i].last);
	for (i = 0; i < spans->strict_count; i++)
		add_edge(edges, spans->strict[i].first, spans->strict[i].first);
	for (i = 0; i < floor.count; i++)
		add_edge(edges, floor.rows[i].first, floor.rows[i].last);
	for (i = 0; mm_policy_grant_at(policy, (uint32_t)i, &grant) == MM_OK; i++) {
		if (grant.type == type)
			add_edge(edges, grant.base, grant.base + grant.length - 1);
	}
	qsort(edges->at, edges->count, sizeof(uint64_t), compare);
	for (i = 1; i < edges->count; i++) {
		if (edges->at[i] != edges->at[unique])
			edges->at[++unique] = edges->at[i];
	}
	edges->count = unique + 1;
	return true;
}

static uint32_t root_rights(const struct mm_policy *policy, enum mm_policy_type type, uint64_t at)
{
	const struct mm_policy_space *space = spans_of(policy, type);
	const struct mm_policy_list *list = &policy->lists[type];
	uint32_t i;

	if (!list->present)
		return 0;
	for (i = 0; i < space->span_count; i++) {
		if (at >= space->spans[i].first && at <= space->spans[i].last)
			return (list->kind == MM_POLICY_ALLOW_LIST ? space->spans[i].attr : ~space->spans[i].attr) & 3u;
	}
	return list->kind == MM_POLICY_ALLOW_LIST ? 0 : 3u;
}

static bool strict_begins(const struct mm_policy *policy, enum mm_policy_type type, uint64_t at)
{
	const struct mm_policy_space *space = spans_of(policy, type);
	uint32_t i;

	for (i = 0; i < space->strict_count; i++) {
		if (space->strict[i].first == at)
			return true;
	}
	return false;
}

static uint32_t domain_of(const struct mm_policy *policy, uint32_t owner)
{
	struct mm_policy_driver driver = { .domain = 0 };

	if ((owner & MM_POLICY_OWNER_DRIVER) == 0)
		return owner;
	(void)mm_policy_driver_at(policy, owner & ~MM_POLICY_OWNER_DRIVER, &driver); /* the decoder checked it */
	return driver.domain;
}

/* What the grants within one domain give together at one place; all rights where the roots suffice. */
static uint32_t union_rights(const struct mm_policy *policy, uint32_t domain, enum mm_policy_type type, uint64_t at)
{
	struct mm_policy_domain facts = { .flags = MM_POLICY_DOMAIN_ROOTS_SUFFICE };
	struct mm_policy_grant grant;
	uint32_t rights = 0;
	uint32_t i;

	(void)mm_policy_domain_at(policy, domain, &facts); /* without domains the roots suffice */
	if ((facts.flags & MM_POLICY_DOMAIN_ROOTS_SUFFICE) != 0)
		return 3u;
	for (i = 0; mm_policy_grant_at(policy, i, &grant) == MM_OK; i++) {
		if (grant.type == type && domain_of(policy, grant.owner) == domain && at >= grant.base &&
		    at - grant.base < grant.length)
			rights |= grant.attr & 3u;
	}
	return rights;
}

static void fill(struct interval *interval, const struct mm_policy *policy, enum mm_policy_type type, uint32_t domains)
{
	const struct mm_policy_floor_row *row =
		mm_policy_floor_find(floor_of(type), interval->first, interval->first, 3u);
	uint32_t i;

	interval->root = root_rights(policy, type, interval->first);
	interval->floor = row != NULL ? row->access : 0;
	interval->floor_reason = row != NULL ? row->reason : "";
	interval->strict = strict_begins(policy, type, interval->first);
	for (i = 0; i < domains; i++)
		interval->domains[i] =
			union_rights(policy, i, type, interval->first) & interval->root & ~interval->floor;
}

static bool same(const struct interval *a, const struct interval *b)
{
	return a->root == b->root && a->floor == b->floor && a->floor_reason == b->floor_reason && !a->strict &&
	       !b->strict && memcmp(a->domains, b->domains, sizeof(a->domains)) == 0;
}

bool space_init(struct space *space, const struct mm_policy *policy, enum mm_policy_type type)
{
	struct edges edges;
	size_t i;

	space->type = type;
	space->count = 0;
	space->domain_count = policy->tables.domains.count != 0 ? policy->tables.domains.count : 1;
	space->intervals = NULL;
	if (!find_edges(policy, type, &edges))
		return false;
	space->intervals = calloc(edges.count, sizeof(*space->intervals));
	for (i = 0; space->intervals != NULL && i < edges.count && edges.at[i] <= last_of(type); i++) {
		struct interval *interval = &space->intervals[space->count];

		memset(interval, 0, sizeof(*interval));
		interval->first = edges.at[i];
		interval->last = i + 1 < edges.count ? edges.at[i + 1] - 1 : last_of(type);
		fill(interval, policy, type, space->domain_count);
		if (space->count > 0 && same(&interval[-1], interval))
			interval[-1].last = interval->last;
		else
			space->count++;
	}
	free(edges.at);
	return space->intervals != NULL;
}

void space_finish(struct space *space)
{
	free(space->intervals);
}

bool space_is_dull(const struct interval *interval)
{
	return interval->root == 0 && interval->floor == 0 && !interval->strict;
}

const char *space_domain_name(const struct mm_policy *policy, uint32_t domain)
{
	struct mm_policy_domain facts = { .name = "all" };

	(void)mm_policy_domain_at(policy, domain, &facts); /* a policy without domains has one for all */
	return facts.name;
}
