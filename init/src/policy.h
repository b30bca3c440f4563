/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The policy of the volume: copied to MMRAM first, turned into its binary form if it is a device tree, then decoded
 * from there, completely, extension included. A platform without a policy, or with one that does not decode, does not
 * start.
 */
#include <stdbool.h>
#include <stdint.h>

#include "memory.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_init_policy {
	struct mm_region pages;	    /* whole pages of the supervisor that hold the copy */
	uint64_t bytes;		    /* of the policy, its extension included */
	uint32_t protections;	    /* MM_POLICY_PROTECT_* without which MM may not start */
	bool waives_forbidden_code; /* ring-3 images may hold RSM and SYSENTER bytes */
};

/*
 * Copies `section`, the content of the policy's RAW section, and decodes the copy.
 * MM_OK; MM_E_NO_MEMORY; MM_E_LIMIT; those of policy_tree.h; the statuses of mm_policy_decode_untrusted().
 * `self` changes only on MM_OK.
 */
enum mm_status mm_init_policy_accept(struct mm_init_policy *self, struct mm_bytes section,
				     struct mm_init_memory *memory, struct mm_refusal *reterr);
