/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The firmware volume in the ROM: finding init in it and putting init where it runs.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_q35_machine;

struct mm_q35_init_image {
	struct mm_region region; /* whole pages at the end of TSEG */
	uint64_t entry;
	struct mm_guid name;
};

/* Checks the header of the volume at machine->rom. What mm_pi_fv_check_untrusted() answers, explained on the log. */
enum mm_status mm_q35_volume_open(struct mm_q35_machine *machine);

/*
 * Loads the first file of type MM_CORE_STANDALONE to the end of TSEG, which is open. MM_OK; MM_E_NO_MEMORY if TSEG is
 * too small for it; what mm_pi_*() answer, explained on the log.
 */
enum mm_status mm_q35_volume_load_init(struct mm_q35_machine *machine, struct mm_q35_init_image *ret_image);

/* True if the volume holds a module's file of that name with that UI name. */
bool mm_q35_volume_has_module(const struct mm_q35_machine *machine, const struct mm_guid *name, const char *ui_name);
