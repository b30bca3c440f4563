/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The images of MM: supervisor, user core, drivers, loaded from their files to where they run. A file is copied to
 * MMRAM before it is decoded, so what was checked is what is loaded.
 */
#include <stdbool.h>
#include <stdint.h>

#include "limits.h"
#include "memory.h"
#include "mm/abi/guid.h"
#include "mm/base/region.h"
#include "mm/base/status.h"
#include "mm/pi/fv.h"
#include "mm/pi/pe.h"
#include "mm/pi/section.h"

enum mm_init_module_kind {
	MM_INIT_SUPERVISOR,
	MM_INIT_USER_CORE,
	MM_INIT_DRIVER,
};

struct mm_init_module {
	char name[MM_PI_UI_NAME_BYTES]; /* of the file's UI section, or its GUID */
	struct mm_guid guid;
	enum mm_init_module_kind kind;
	struct mm_region image; /* whole pages; linear = physical */
	uint64_t entry;
	uint32_t depex_offset; /* in `depex_bytes` of the set; drivers only */
	uint32_t depex_count;
	uint32_t run_count;
	struct mm_pi_pe_run runs[MM_INIT_RUN_MAX];
};

/* In the order of the hand-over: supervisor, user core, drivers as the volume has them. */
struct mm_init_modules {
	uint32_t count;
	struct mm_init_module modules[MM_INIT_MODULE_MAX];
	uint32_t depex_used;
	uint8_t depex_bytes[MM_INIT_DEPEX_BYTES_MAX];
};

/*
 * Loads one file as a module of `kind`. On a refusal nothing has changed but the module's name, which
 * `ret_name` (never NULL) holds in any case, for the log.
 *
 * MM_OK; MM_E_EXISTS when the set has a module of that GUID; MM_E_LIMIT; MM_E_NO_MEMORY; MM_E_INIT_FORBIDDEN_CODE,
 * unless `waives_forbidden_code`, for a ring-3 image; what mm/pi/section.h, mm/pi/pe.h and mm/pi/depex.h answer;
 * MM_E_INIT_NO_DEPEX for a driver that does not say what it depends on.
 */
enum mm_status mm_init_modules_load(struct mm_init_modules *self, const struct mm_pi_file *file,
				    enum mm_init_module_kind kind, bool waives_forbidden_code,
				    struct mm_init_memory *memory, char ret_name[MM_PI_UI_NAME_BYTES],
				    struct mm_refusal *reterr);

/* Ring 0 or ring 3. */
struct mm_owner mm_init_module_owner(enum mm_init_module_kind kind);
