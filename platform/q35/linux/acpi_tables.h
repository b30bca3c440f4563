/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * QEMU's ACPI tables, in the memory that the plan keeps for them.
 */
#include <stdint.h>

#include "mm/base/status.h"

struct mm_q35_machine;

/*
 * The chipset's windows have their places, which the tables speak of. MM_OK with the address of the RSDP; MM_E_LIMIT
 * for a recipe that is too long; MM_E_NO_MEMORY; what mm_q35_acpi_run() and mm_q35_fwcfg_*() answer.
 */
enum mm_status mm_q35_acpi_tables_load(struct mm_q35_machine *machine, uint64_t *ret_rsdp);
