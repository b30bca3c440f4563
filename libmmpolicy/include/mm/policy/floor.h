/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The floor: MSRs, ports and physical ranges that no policy can grant to ring 3, because with them ring 3
 * could undo its own confinement. Constant and reviewed; each row carries its reason. Rows of one space are
 * sorted and disjoint (a test proves it). Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_policy_floor_row {
	uint64_t first;
	uint64_t last;	       /* inclusive */
	uint32_t access;       /* MM_POLICY_READ, MM_POLICY_WRITE that are taken away */
	uint16_t exempt_bytes; /* ports: an access of this width at `exempt_port` does not reach this row; 0 none */
	uint16_t exempt_port;
	const char *reason;
};

struct mm_policy_floor {
	const struct mm_policy_floor_row *rows;
	size_t count;
};

struct mm_policy_floor mm_policy_floor_msrs(void);
struct mm_policy_floor mm_policy_floor_ports(void);
struct mm_policy_floor mm_policy_floor_physical(void);

/* The first row that takes away some of `access` from [first, last]; NULL when none does. */
const struct mm_policy_floor_row *mm_policy_floor_find(struct mm_policy_floor floor, uint64_t first, uint64_t last,
						       uint32_t access);

/* For one port access of 1, 2 or 4 bytes, exemptions considered; NULL when the floor is silent. */
const struct mm_policy_floor_row *mm_policy_floor_find_port(uint32_t port, uint32_t bytes, uint32_t access);

/* True if some of the region is never mapped for ring 3, for any access. */
bool mm_policy_floor_physical_overlaps(struct mm_region region);

/*
 * What is left of `region` after the physical floor, in ascending pieces: what a resource HOB's MMIO may
 * contribute to ring 3's map, at most. Pieces are page-aligned when the region is, because floor rows are.
 * MM_OK; MM_E_BUFFER_TOO_SMALL (more than `capacity` pieces; nothing is written).
 */
enum mm_status mm_policy_floor_subtract(struct mm_region region, struct mm_region *ret_pieces, size_t capacity,
					size_t *ret_count);
