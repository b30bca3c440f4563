/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The policy of the volume: copied to MMRAM first, turned into its binary form if it is a device tree, then decoded
 * from there, completely, extension included. A platform without a policy, or with one that does not decode, does not
 * start.
 */
#include <stdbool.h>
#include <stdint.h>

#include "handoff.h"
#include "limits.h"
#include "memory.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* Device registers that ring 3 may touch; whole pages. */
struct mm_init_mmio {
	struct mm_region region;
	bool is_writable;
};

struct mm_init_policy {
	struct mm_region pages;	    /* whole pages of the supervisor that hold the copy */
	uint64_t bytes;		    /* of the policy, its extension included */
	uint32_t protections;	    /* MM_POLICY_PROTECT_* without which MM may not start */
	bool waives_forbidden_code; /* ring-3 images may hold RSM and SYSENTER bytes */
	uint32_t mmio_count;
	struct mm_init_mmio mmio[MM_INIT_MMIO_MAX]; /* what the policy grants of the platform's MMIO; disjoint */
};

/*
 * Copies `section`, the content of the policy's RAW section, and decodes the copy.
 *
 * Of the MMIO that the hand-off lists, granted is what an allow-list of the policy's memory root names, the floor left
 * out, in whole pages. A deny-list or no root grants nothing here: who lists what is forbidden has not asked for the
 * rest to be mapped.
 *
 * MM_OK; MM_E_NO_MEMORY; MM_E_LIMIT; those of policy_tree.h; the statuses of mm_policy_decode_untrusted().
 * `self` changes only on MM_OK.
 */
enum mm_status mm_init_policy_accept(struct mm_init_policy *self, struct mm_bytes section,
				     const struct mm_init_handoff *handoff, struct mm_init_memory *memory,
				     struct mm_refusal *reterr);
