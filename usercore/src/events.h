/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Events of the platform's life. The core's handlers for them stand in the handler table like any driver's, so a
 * message is looked for once, and a driver may manage an event as well. Each makes known a protocol, once for good; the
 * dispatch event lets drivers be started. Ready-to-lock ends the ones that are only for the time before it.
 */
#include "core.h"

/* Registers the handlers. MM_OK; the statuses of mm_mmi_register(). */
enum mm_status mm_core_init_events(struct mm_core *core);

/* Serves the event that was registered under this number; an EFI_STATUS. */
uint64_t mm_core_serve_event(struct mm_core *core, uint64_t number);
