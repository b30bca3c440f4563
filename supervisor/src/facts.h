/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What init hands over, believed only after it was checked: the HOB list becomes one struct of typed facts. Nothing in
 * MMRAM is written before that. Contract: docs/abi.md, "init to supervisor".
 *
 * Context: the first SMI, one CPU.
 */
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"

#include "supv.h"

#define MM_SUPV_MMRAM_MAX 32u

struct mm_supv_facts {
	struct mm_pi_hob_list hobs;
	struct mm_region hob_region;
	struct mm_region mmram[MM_SUPV_MMRAM_MAX]; /* all of it, ascending, joined where parts adjoin */
	size_t mmram_count;
	struct mm_region free[MM_SUPV_MMRAM_MAX]; /* what nobody uses, ascending */
	size_t free_count;
	uint32_t cpu_count;
	struct mm_pi_pass_down pass_down;
	struct mm_pi_channel user_channel;
	struct mm_pi_channel supervisor_channel;
	bool has_user_channel;
	bool has_supervisor_channel;
	uint64_t tsc_hz;	     /* 0: init did not say */
	struct mm_region init_image; /* empty: init did not say */
	struct mm_region supervisor_image;
	uint16_t module_count;
	struct mm_supv_module modules[MM_SUPV_MODULE_MAX]; /* user core first */
};

/*
 * Reads the list at `hobs`. `anchor` is an address inside this image: MMRAM and the supervisor's module HOB must
 * contain it, so a list that describes some other memory is refused whatever else it says.
 *
 * MM_OK, or a status of the decoders used, or MM_E_SUPV_OUTSIDE (something lies outside MMRAM or in its free part, or
 * inside where it must not), MM_E_SUPV_MODULES (no user core or two, not this supervisor, too many modules, or two that
 * overlap), MM_E_NOT_FOUND (a mandatory HOB), MM_E_LIMIT (more CPUs or MMRAM ranges than this build knows).
 * `reterr` names the field.
 */
enum mm_status mm_supv_facts_read_untrusted(struct mm_hal_mem *mem, struct mm_pa hobs, uint64_t anchor,
					    struct mm_supv_facts *ret_facts, struct mm_refusal *reterr);

/* True if all of the region lies in one range of MMRAM. */
bool mm_supv_facts_is_mmram(const struct mm_supv_facts *facts, struct mm_region region);

/* True if all of the region lies in one range of MMRAM and nobody will be given any of it. */
bool mm_supv_facts_is_in_use(const struct mm_supv_facts *facts, struct mm_region region);

/* True if any byte of the region lies in MMRAM. */
bool mm_supv_facts_touches_mmram(const struct mm_supv_facts *facts, struct mm_region region);
