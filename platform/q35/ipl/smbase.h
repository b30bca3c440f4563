/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Moves every CPU's SMBASE from the default into TSEG, then takes the default out of everybody's reach.
 */
#include "mm/base/status.h"

struct mm_q35_machine;

/*
 * TSEG is open. MM_OK; MM_E_UNSUPPORTED for a save state of an unknown layout; MM_E_TIMEOUT if a CPU took no SMI;
 * MM_E_CORRUPT if another one did; what mm_hal_lapic_send() answers.
 */
enum mm_status mm_q35_smbase_relocate(struct mm_q35_machine *machine);

/* Leaves nothing usable at the default SMBASE and closes it; sets machine->default_smram_closed. */
void mm_q35_smbase_close_default(struct mm_q35_machine *machine);
