/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What may be written and what may be executed while the IPL runs. The reset stub maps 4 GiB writable and executable
 * in pages of 2 MiB; this refines it: the IPL's own sections as their headers say, page 0 and the guard below the
 * stack absent, everything else data. Changes are seen by the BSP at once, by other CPUs at the latest after they
 * next flush, which the IPL never needs.
 */
#include <stdbool.h>

#include "mm/base/region.h"

/* Once, BSP, before anything else runs. */
void mm_q35_paging_init(void);

/* Makes the 2 MiB pages that `region` touches executable, or not any more. Above 2 MiB, below 4 GiB, not empty. */
void mm_q35_paging_set_executable(struct mm_region region, bool is_executable);

/* The page in which the other CPUs start: executable until they have arrived. */
void mm_q35_paging_open_start_page(void);
void mm_q35_paging_close_start_page(void);

/* Everything as the reset stub left it, for an OS that starts on these tables. */
void mm_q35_paging_release(void);
