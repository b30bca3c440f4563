/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The registers of Q35's memory controller (0:0.0) and ICH9's bridge (0:1F.0) that decide over MMRAM and SMIs: Intel
 * 3 Series Express Chipset datasheet 5.1, ICH9 datasheet 13.1 and 13.8; for what QEMU adds, docs/caveats.md.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_hal_io;
struct mm_q35_fwcfg;

#define MM_Q35_PMBASE	  0x600u
#define MM_Q35_SMI_EN	  (MM_Q35_PMBASE + 0x30u)
#define MM_Q35_TCO_DAT_IN (MM_Q35_PMBASE + 0x62u) /* a write raises an SMI on CPU 0 alone */

/* MM_OK; MM_E_UNSUPPORTED if the host bridge is not Q35's. */
enum mm_status mm_q35_chipset_check(struct mm_hal_io *io);

/* Gives the ECAM window and the power-management block their places. */
void mm_q35_chipset_place_windows(struct mm_hal_io *io);

/* What TSEG the machine offers: the extended size if there is one, else 8 MiB. Bytes. */
uint64_t mm_q35_chipset_tseg_bytes(struct mm_hal_io *io);

/* Hides TSEG (of the size above, at the top of low RAM) from everything but MM. Not yet for good. */
void mm_q35_chipset_close_tseg(struct mm_hal_io *io);

/* Hides the default SMBASE for good. False if the machine has no such switch. */
bool mm_q35_chipset_close_default_smbase(struct mm_hal_io *io);

/* Lets writes to port 0xB2 raise an SMI. */
void mm_q35_chipset_enable_smi(struct mm_hal_io *io);

/*
 * Agrees with QEMU that an SMI of port 0xB2 reaches every CPU. MM_OK; MM_E_UNSUPPORTED if it does not offer that;
 * what mm_q35_fwcfg_*() answer. Without it the first CPU to arrive in MM calls the others.
 */
enum mm_status mm_q35_chipset_negotiate_broadcast(struct mm_q35_fwcfg *fwcfg);

/* Until reset TSEG stays as it is and SMIs stay enabled. */
void mm_q35_chipset_lock(struct mm_hal_io *io);

/*
 * What an attacker would write to undo all of the above, and whether it stayed without effect; the default SMBASE
 * counts where it could be closed.
 */
bool mm_q35_chipset_resists_unlock(struct mm_hal_io *io, bool default_smbase_closed);
