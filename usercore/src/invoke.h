/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Entering a driver's code: always through the supervisor, never by a call. */
#include "core.h"

/*
 * Runs `entry` of the module that holds it, with four arguments. Returns what the function returned, or an EFI_STATUS
 * error when its activation was ended or could not begin; then the rooms are brought back to where they were before.
 */
uint64_t mm_core_invoke(struct mm_core *core, uint64_t entry, const uint64_t args[4]);

/*
 * An earlier request died in this core itself, outside any driver: close its marks and judge what it left. Nothing if
 * no mark is open.
 */
void mm_core_recover(struct mm_core *core);

/* The module whose image holds `address`, or NULL. */
struct mm_core_module *mm_core_module_at(struct mm_core *core, uint64_t address);

/* Index of a module. */
static inline uint16_t mm_core_module_index(const struct mm_core *core, const struct mm_core_module *module)
{
	return (uint16_t)(module - core->modules);
}

/* Ops of the rooms that call drivers. */
extern const struct mm_protodb_ops mm_core_listener_ops;
extern const struct mm_mmi_ops mm_core_mmi_ops;
extern const struct mm_dispatch_ops mm_core_dispatch_ops;
