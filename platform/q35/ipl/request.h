/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Requests on the supervisor's own channel (mm/abi/comm.h).
 */
#include <stdint.h>

#include "mm/abi/comm.h"
#include "mm/base/status.h"

struct mm_q35_machine;

/*
 * VERSION_INFO. MM_OK: answered, `ret_result` is what the channel or the request's own header says, the first error
 * of the two, and the version is filled when that is success. MM_E_TIMEOUT.
 */
enum mm_status mm_q35_request_version(struct mm_q35_machine *machine, uint64_t *ret_result,
				      struct mm_supv_version_info *ret_version);
