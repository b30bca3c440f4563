/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Packages, cores and threads as CPUID tells them.
 */
#include "handoff.h"

/* From leaf 0xB; without it every CPU is a package of its own. */
struct mm_q35_topology mm_q35_topology_read(void);
