/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Init as one object: what it drives, and the facts each phase has established for the next. mm_init_run() is the
 * whole of init, on bare metal and on a host alike.
 */
#include <stdbool.h>
#include <stdint.h>

#include "handoff.h"
#include "handover.h"
#include "memory.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"
#include "mm/hal/lapic.h"
#include "mmi_entry.h"
#include "modules.h"
#include "policy.h"
#include "processors.h"
#include "protections.h"
#include "tables.h"
#include "volume.h"

struct mm_hal_console;
struct mm_hal_cpu;
struct mm_hal_io;
struct mm_hal_mem;
struct mm_hal_mmio;
struct mm_hal_time;

/* Interfaces, all but the console mandatory, all outliving init. */
struct mm_init_machine {
	struct mm_hal_cpu *cpu;
	struct mm_hal_io *io;
	struct mm_hal_mem *mem;
	struct mm_hal_mmio *mmio;
	struct mm_hal_time *time;
	struct mm_hal_console *console; /* NULL: silent */
};

/* About 200 KiB; place it once, zeroed, and do not copy it. */
struct mm_init {
	struct mm_init_machine machine;
	struct mm_bytes mmi_entry; /* the template */
	struct mm_pa hob_start;
	bool knows_cpus; /* the hand-off was accepted */
	bool is_entered; /* a CPU may have entered MM */

	/* In the order in which the phases fill them. */
	struct mm_init_handoff handoff;
	struct mm_init_protections protections;
	uint64_t tsc_hz;
	struct mm_init_memory memory;
	struct mm_init_volume volume;
	struct mm_init_policy policy;
	struct mm_init_modules modules;
	struct mm_init_processors processors;
	struct mm_region hob_pages;
	struct mm_init_tables tables;
	struct mm_init_handover handover;
};

/*
 * Runs all phases. `self` is zeroed but for `machine`, `mmi_entry` and `hob_start`. Every refusal is logged in one
 * line that names phase and field, and ends the run with its status; the machine is then one without MM: as long as
 * no CPU has entered it, each MMI entry is left as a plain RSM. MM_OK: every CPU has had its first SMI and the
 * supervisor owns MMRAM.
 */
enum mm_status mm_init_run(struct mm_init *self);
