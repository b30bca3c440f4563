/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The first SMI of each CPU. The CPU that comes first builds everything, for all CPUs, and starts the user core; the
 * others find it built. The contract with init: each CPU's byte in MmInitializedBuffer is set when it is done.
 */
#include "supv.h"

/*
 * Called by the entry assembly on a CPU whose object does not exist or is not ready yet. `exit_rsp` is where the
 * assembly unwinds from; exactly one CPU comes with `is_first`. Returns when this CPU has nothing to run in ring 3;
 * else ends in the ring3 op `leave`.
 */
void mm_supv_boot(uint64_t cpu_index, uint64_t hobs, uint64_t exit_rsp, uint64_t is_first);

/* The user core has answered START. */
void mm_supv_boot_end(struct mm_supv_cpu *cpu, uint64_t status, uint64_t value);
