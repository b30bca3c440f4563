/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A space (ports, MSRs, physical memory) cut into intervals on which every domain has the same rights. */
#include "mmpolicy.h"

#define SPACE_DOMAINS_MAX 64u

struct interval {
	uint64_t first;
	uint64_t last;
	uint32_t root;			     /* rights that the root grants by range */
	uint32_t floor;			     /* rights that the floor takes */
	const char *floor_reason;	     /* "" where it takes nothing */
	bool strict;			     /* strict entries begin here */
	uint32_t domains[SPACE_DOMAINS_MAX]; /* union of the grants within each domain, roots and floor applied */
};

struct space {
	enum mm_policy_type type;
	struct interval *intervals;
	size_t count;
	uint32_t domain_count; /* at least 1: a policy without domains has one */
};

/* False without memory. space_finish() frees. */
bool space_init(struct space *space, const struct mm_policy *policy, enum mm_policy_type type);
void space_finish(struct space *space);

/* True if nothing is granted, denied by the floor or said there: not worth a row. */
bool space_is_dull(const struct interval *interval);

/* The name of a domain; "all" for the only one of a policy without domains. */
const char *space_domain_name(const struct mm_policy *policy, uint32_t domain);
