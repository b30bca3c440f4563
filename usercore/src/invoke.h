/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Entering a driver's code: always through the supervisor, never by a call. */
#include "core.h"

/*
 * Runs `entry` with four arguments in an activation of its own, in the image that holds it: the one of driver `owner`
 * if it does, which is the quick case. True and what the function returned; or false and an EFI_STATUS error when its
 * activation was ended (EFI_ABORTED) or could not begin. Then the rooms are brought back to where they were before.
 */
bool mm_core_invoke(struct mm_core *core, uint16_t owner, uint64_t entry, const uint64_t args[4], uint64_t *ret_value);

/*
 * An earlier request was ended in this core itself or together with the driver that ran: brings the rooms back to rest
 * and judges what was left.
 */
void mm_core_recover(struct mm_core *core);

/* True if the rooms are at rest, as they are whenever a request begins. */
static inline bool mm_core_is_at_rest(const struct mm_core *core)
{
	return (core->changing | mm_protodb_depth(&core->protodb) | mm_mmi_depth(&core->mmi)) == 0;
}

/* True if the module's image holds `address`. */
static inline bool mm_core_module_holds(const struct mm_core_module *module, uint64_t address)
{
	return address - module->image.base < module->image.bytes;
}

/* The driver whose image holds `address`, or MM_CORE_SELF. O(drivers). */
uint16_t mm_core_driver_at(const struct mm_core *core, uint64_t address);

/* Ops of the rooms that call drivers. */
extern const struct mm_protodb_ops mm_core_listener_ops;
extern const struct mm_mmi_ops mm_core_mmi_ops;
extern const struct mm_dispatch_ops mm_core_dispatch_ops;
