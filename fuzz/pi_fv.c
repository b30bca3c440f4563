/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes as a firmware volume: decoded completely, and its statuses agree with and without a place for the refusal.
 */
#include <stdlib.h>

#include "pi_drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_refusal refusal = { NULL, 0, 0 };
	enum mm_status status = pi_drive_fv(mm_bytes(data, size), &refusal);

	if (pi_drive_fv(mm_bytes(data, size), NULL) != status)
		abort();
	return 0;
}
