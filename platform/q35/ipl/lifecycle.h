/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the phases of a UEFI boot would tell MM after lock-down, sent by the IPL in their stead.
 */
#include <stdint.h>

#include "mm/base/status.h"

struct mm_q35_machine;

/* Asks the supervisor for its version. MM_OK; MM_E_TIMEOUT; MM_E_UNSUPPORTED if it answers anything but success. */
enum mm_status mm_q35_lifecycle_ask_version(struct mm_q35_machine *machine);

/*
 * Sends all messages in order. MM_OK with the number of those that MM did not answer by success (each is named on the
 * log); MM_E_TIMEOUT if one got no answer at all.
 */
enum mm_status mm_q35_lifecycle_send_all(struct mm_q35_machine *machine, uint32_t *ret_refused_count);
