/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Making a domain: its fixed memory and what its user core is told. Context: the first SMI. */
#include "facts.h"
#include "supv.h"

/*
 * Builds domain 0: a read-only copy of the HOB list, the shared page, the shadow of the user channel, and a guarded
 * stack for each depth. In the copy the user channel lies in MMRAM (at the shadow), and what only ring 0 needs is
 * blotted out. MM_OK or statuses of the page allocator and editor.
 */
enum mm_status mm_supv_domain_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts, struct mm_pa root);
