/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the volumes of the hand-off hold for MM: one policy, one supervisor, one user core, drivers. A driver that is
 * refused is named in the log and passed over; without supervisor, user core or policy nothing starts. A volume whose
 * structure is broken is refused as a whole, because what follows the break is unknown.
 *
 * Volumes lie outside MMRAM. Their structure is read in place, before anything of the OS runs; the content of each
 * file is copied to MMRAM before it is decoded.
 */
#include <stdbool.h>

#include "handoff.h"
#include "memory.h"
#include "mm/pi/fv.h"
#include "modules.h"
#include "policy.h"

struct mm_hal_console;
struct mm_hal_mem;

/* A file that MM has a use for; its bytes are still in the volume. */
struct mm_init_file {
	struct mm_pi_file file;
	enum mm_init_module_kind kind;
};

struct mm_init_volume {
	struct mm_pi_file policy;
	bool has_policy;
	uint32_t file_count;
	struct mm_init_file files[MM_INIT_MODULE_MAX];
};

/*
 * Finds the files, in the order of the volumes. MM_OK; MM_E_FAULT (a volume is not in memory); MM_E_INIT_MISSING
 * naming what; MM_E_EXISTS (two policies); MM_E_LIMIT; what mm/pi/fv.h answers. `ret_volume` is undefined on refusal.
 */
enum mm_status mm_init_volume_index(const struct mm_init_handoff *handoff, struct mm_hal_mem *mem,
				    struct mm_init_volume *ret_volume, struct mm_refusal *reterr);

/* Accepts the policy. MM_E_INIT_MISSING without a RAW section; what mm/pi/section.h and policy.h answer. */
enum mm_status mm_init_volume_load_policy(const struct mm_init_volume *self, const struct mm_init_handoff *handoff,
					  struct mm_init_memory *memory, struct mm_init_policy *policy,
					  struct mm_refusal *reterr);

/*
 * Loads supervisor, user core and drivers, in that order, with a log line for each. MM_OK even when drivers were
 * refused; the refusal of supervisor or user core (modules.h).
 */
enum mm_status mm_init_volume_load_modules(const struct mm_init_volume *self, struct mm_init_memory *memory,
					   const struct mm_init_policy *policy, struct mm_hal_console *console,
					   struct mm_init_modules *modules, struct mm_refusal *reterr);
