/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Waiting, never for ever.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/status.h"

struct mm_hal_time;

/*
 * Spins until `is_done(context)`, at most `microseconds` (of this CPU's counter, whose rate is known).
 * MM_OK; MM_E_TIMEOUT; MM_E_NOT_READY without a rate.
 */
enum mm_status mm_q35_wait(struct mm_hal_time *time, uint64_t microseconds, bool (*is_done)(const void *context),
			   const void *context);

/* Lets that many microseconds pass; none without a rate. */
void mm_q35_delay(struct mm_hal_time *time, uint64_t microseconds);
