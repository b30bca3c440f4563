/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Which of the platform's MMIO the policy grants to ring 3; see policy.h. */
#include "policy.h"

struct mm_policy;

/* Fills `ret_policy->mmio`. MM_OK or MM_E_LIMIT for more than MM_INIT_MMIO_MAX pieces. */
enum mm_status mm_init_policy_collect_mmio(const struct mm_policy *policy, const struct mm_init_handoff *handoff,
					   struct mm_init_policy *ret_policy, struct mm_refusal *reterr);
