/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The cost of an SMI in guest instructions. Under `-icount shift=0,sleep=off` the time-stamp counter counts the
 * instructions of all CPUs, so the differences printed are exact and repeat from run to run; elsewhere they are time.
 */
#include <stdbool.h>

struct mm_q35_machine;

/* Prints `bench: <row> <ticks>` for each row, the smallest of several rounds, and `bench: done`. False if MM fails one.
 */
bool mm_q35_client_bench(struct mm_q35_machine *machine);
