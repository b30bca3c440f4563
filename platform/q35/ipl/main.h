/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The initial program loader: brings the machine up, hands MMRAM to init, locks it, checks it and boots an OS.
 */
#include <stdint.h>

/* Called by entry.nasm on the BSP with the address of the volume, which ends at 4 GiB. Does not return. */
void mm_q35_main(uint64_t volume);
