/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the IPL hands over, decoded once and completely: mm_init_handoff_decode() answers MM_OK only when everything
 * in `struct mm_init_handoff` holds, so that no later phase checks again.
 *
 * Numbers that hold for every accepted hand-off: all of MMRAM lies below 4 GiB, in whole pages, sorted and disjoint;
 * CPUs are numbered 0..cpu_count-1 without gaps, each with its own APIC id and an SMBASE whose entry page and
 * save-state page lie in allocated MMRAM and belong to no other CPU; exactly one CPU is the BSP; channels, status
 * blocks and unblocked ranges lie outside MMRAM and the local APIC and share no page with each other; volumes are
 * outside MMRAM.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "mm/base/region.h"
#include "mm/base/status.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"

struct mm_hal_mem;

struct mm_init_channel {
	bool exists;
	struct mm_region buffer; /* whole pages */
	struct mm_region status; /* the page that holds the status block */
};

/* Memory outside MMRAM that ring 3 (or, if `is_supervisor`, only ring 0) may touch; whole pages. */
struct mm_init_unblocked {
	struct mm_region region;
	bool is_supervisor;
};

struct mm_init_handoff {
	struct mm_pi_hob_list list; /* the copy in `list_bytes` */
	struct mm_region image;	    /* init itself */
	uint32_t mmram_count;
	uint32_t cpu_count;
	uint32_t bsp; /* index in `cpus` */
	uint32_t volume_count;
	uint32_t unblocked_count;
	uint32_t mmio_count;
	bool offers_s3;
	struct mm_init_channel user;	   /* EDK2's comm buffer; may be absent */
	struct mm_init_channel supervisor; /* may be absent */
	struct mm_pi_mmram mmram[MM_INIT_MMRAM_MAX];
	struct mm_pi_cpu cpus[MM_INIT_CPU_MAX];
	uint64_t smbase[MM_INIT_CPU_MAX];
	struct mm_region volumes[MM_INIT_VOLUME_MAX];
	struct mm_init_unblocked unblocked[MM_INIT_UNBLOCK_MAX];
	struct mm_region mmio[MM_INIT_RESOURCE_MAX]; /* as listed, any alignment */
	uint8_t list_bytes[MM_INIT_HOB_LIST_BYTES_MAX] MM_ALIGNED(8);
};

/*
 * Copies the list at `start` into `ret_handoff` and decodes the copy; nothing outside is read twice. `ret_handoff` is
 * the decoder's workspace, refers to itself (place it once) and means nothing after a refusal.
 *
 * MM_OK; MM_E_MISALIGNED (the list); MM_E_FAULT (it is not in memory); MM_E_LIMIT; MM_E_OVERLAP; MM_E_OVERFLOW;
 * MM_E_EXISTS (something stands twice); MM_E_UNSUPPORTED (MMRAM above 4 GiB or not mapped one to one, wide APIC ids
 * beyond 32 bits); MM_E_INIT_MISSING; and what mm/pi/hob.h and mm/pi/hob_payload.h answer. `reterr` names the field.
 */
enum mm_status mm_init_handoff_decode(struct mm_hal_mem *mem, struct mm_pa start, struct mm_init_handoff *ret_handoff,
				      struct mm_refusal *reterr);

/* True if the region lies wholly in one MMRAM descriptor that is marked allocated. */
bool mm_init_handoff_is_allocated(const struct mm_init_handoff *handoff, struct mm_region region);

/* True if the region shares a byte with any MMRAM descriptor. */
bool mm_init_handoff_touches_mmram(const struct mm_init_handoff *handoff, struct mm_region region);

/* The page of a CPU's MMI entry, and the page of its save state. */
struct mm_region mm_init_handoff_entry_page(const struct mm_init_handoff *handoff, uint32_t cpu);
struct mm_region mm_init_handoff_save_state_page(const struct mm_init_handoff *handoff, uint32_t cpu);
