/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The steps of mm_init_handoff_decode(), in their order; each relies on what the ones before it have established. */
#include "handoff.h"

/* MMRAM: one HOB, sorted, below 4 GiB, mapped one to one. */
enum mm_status mm_init_handoff_decode_mmram(struct mm_init_handoff *handoff, struct mm_refusal *reterr);

/* Init's own image: one module HOB, inside allocated MMRAM. */
enum mm_status mm_init_handoff_decode_image(struct mm_init_handoff *handoff, struct mm_refusal *reterr);

/* CPUs and their SMBASEs. */
enum mm_status mm_init_handoff_decode_cpus(struct mm_init_handoff *handoff, struct mm_refusal *reterr);

/* Channels, unblocked ranges, MMIO, volumes. */
enum mm_status mm_init_handoff_decode_outside(struct mm_init_handoff *handoff, struct mm_refusal *reterr);
