/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What MMRAM looks like from outside, once it is locked. Each answers true when it is as it must be, and is the
 * attack that it looks like: what would succeed would do harm, which the next SMI then shows. BSP only.
 */
#include <stdbool.h>
#include <stdint.h>

struct mm_q35_machine;

/* Every page of TSEG reads as 0xff. `ret_page`: the first that does not. */
bool mm_q35_verify_tseg_reads_ff(const struct mm_q35_machine *machine, uint64_t *ret_page);

/* Writes to MMI entries, save states and images of MM stay without effect that can be seen. */
bool mm_q35_verify_tseg_ignores_writes(const struct mm_q35_machine *machine);

/* The default SMBASE reads as 0xff; true as well where the machine cannot close it. */
bool mm_q35_verify_default_smbase(const struct mm_q35_machine *machine);

/* A bus master reads nothing of TSEG. What it writes there gets lost. */
bool mm_q35_verify_refuses_dma(struct mm_q35_machine *machine);
