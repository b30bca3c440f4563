/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The user core of one domain: the MM system table over the shared rooms. One object, one thread of control: the
 * monarch enters it, and drivers that it enters by INVOKE call back into it through the table.
 *
 * A driver may die in the middle of any call it makes here. Services therefore copy a driver's arguments and touch its
 * outputs before they change anything (a bad pointer faults there, harmlessly), and mark the time in which they change
 * something (mm_core_begin_change()). When an activation was ended inside such a mark, the invariant walkers decide
 * whether the core can go on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/abi/user.h"
#include "mm/alloc/pages.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/dispatch/dispatch.h"
#include "mm/dispatch/mmi.h"
#include "mm/driver/mmst.h"
#include "mm/hal/console.h"
#include "mm/hal/io.h"
#include "mm/protodb/protodb.h"

#define MM_CORE_MODULE_MAX	  64u
#define MM_CORE_CONFIGURATION_MAX 16u
#define MM_CORE_EVENT_COUNT	  6u

/* The module number of the core itself; drivers count from 1. Owner of what the core registers in its own rooms. */
#define MM_CORE_SELF 0u

/* What the core asks of the supervisor; system calls in the image, a script in tests. */
struct mm_core_ring0_ops {
	/* INVOKE: EFI_STATUS of the activation; `ret_value` what the function returned. */
	uint64_t (*invoke)(uint64_t module, uint64_t entry, const uint64_t args[4], uint64_t *ret_value);
	uint64_t (*allocate_pages)(uint64_t pages); /* address, or EFI_STATUS error */
	uint64_t (*free_pages)(uint64_t address, uint64_t pages);
};

/* EFI_LOADED_IMAGE_PROTOCOL as far as MM fills it (UEFI specification 9.1). */
struct mm_core_loaded_image {
	uint32_t revision;
	uint64_t parent_handle;
	const void *system_table;
	uint64_t device_handle;
	const void *file_path;
	const void *reserved;
	uint32_t load_options_bytes;
	const void *load_options;
	const void *image_base;
	uint64_t image_bytes;
	uint32_t image_code_type;
	uint32_t image_data_type;
	const void *unload;
};

/* A driver's image; number 0 is the core itself, which is never started. */
struct mm_core_module {
	struct mm_guid guid;
	struct mm_region image;
	uint64_t entry;
	uint64_t handle; /* of its loaded image */
	struct mm_core_loaded_image loaded;
};

/* Whole pages by system call (pages.h). */
struct mm_core_pages {
	struct mm_pages drivers; /* for the table's page services */
	struct mm_pages pool;	 /* for the pool, which no driver may free from under it */
	struct mm_region pool_regions[MM_POOL_CHUNK_MAX];
	uint32_t pool_region_count;
};

struct mm_core {
	const struct mm_core_ring0_ops *ring0;
	struct mm_hal_console *console; /* NULL: silent */
	struct mm_hal_io *io;
	struct mm_core_pages pages;
	struct mm_pool_tlsf pool;
	struct mm_protodb_listener listener;
	struct mm_protodb protodb;
	struct mm_mmi_host mmi_host;
	struct mm_mmi mmi;
	struct mm_dispatch_host dispatch_host;
	struct mm_dispatch dispatch;
	struct mm_user_shared *shared;
	struct mm_region shadow;
	uint32_t changing;     /* marks open */
	uint16_t running;      /* the driver whose activation is the innermost, MM_CORE_SELF if none is */
	uint16_t starting;     /* the driver that the dispatcher is starting, MM_CORE_SELF if none */
	bool broken;	       /* a walker found damage: nothing is served any more */
	bool was_aborted;      /* a handler of the message under way did not live to answer */
	bool may_dispatch;     /* from the dispatch event to the lock */
	bool is_report_wanted; /* the dispatch event asks for one */
	uint64_t event_handles[MM_CORE_EVENT_COUNT];
	uint16_t module_count;
	struct mm_core_module modules[MM_CORE_MODULE_MAX];
	struct mm_configuration_entry configuration[MM_CORE_CONFIGURATION_MAX];
	struct mm_mmst mmst;
};

/* The image's only one; the table's functions, whose signatures PI fixes, have no other way to it. */
extern struct mm_core mm_core_object;

/* A change begins, resp. ends; they nest. */
static inline void mm_core_begin_change(struct mm_core *core)
{
	core->changing++;
}

static inline void mm_core_end_change(struct mm_core *core)
{
	core->changing--;
}

/* START: everything from the HOB list on. MM_OK or what refused. */
enum mm_status mm_core_start(struct mm_core *core, const void *hobs, struct mm_user_shared *shared,
			     struct mm_refusal *reterr);

/* REQUEST: serves the message in the shadow, if any, and the root handlers. */
void mm_core_serve(struct mm_core *core);

/* One log line, "user: " in front. */
void mm_core_log(struct mm_core *core, const char *format, ...) MM_PRINTF(2, 3);
