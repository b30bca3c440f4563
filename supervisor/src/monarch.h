/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * One SMI from the leading CPU's point of view: wait for the others, serve both channels, run ring 3 if someone
 * listens, let everyone go. A sequence of steps, not a function: ring 3 runs between two of them.
 */
#include "activation.h"
#include "supv.h"

/* First step, entered by assembly on an empty ring-0 stack. Does not return in the image. */
void mm_supv_monarch_begin(struct mm_supv_cpu *cpu);

/* The step after ring 3: what the activation at depth 0 was for, and how it ended. Does not return in the image. */
void mm_supv_monarch_continue(struct mm_supv_cpu *cpu, enum mm_supv_activation_kind kind, uint64_t status,
			      uint64_t value);
