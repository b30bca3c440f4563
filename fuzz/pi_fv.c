/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes as a firmware volume, as they are and with their checksums put right: decoded completely, and the statuses
 * agree with and without a place for the refusal.
 */
#include <stdlib.h>
#include <string.h>

#include "fv_repair.h"
#include "pi_drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drive(const uint8_t *data, size_t size)
{
	struct mm_refusal refusal = { NULL, 0, 0 };
	enum mm_status status = pi_drive_fv(mm_bytes(data, size), &refusal);

	if (pi_drive_fv(mm_bytes(data, size), NULL) != status)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *repaired = malloc(size + (size == 0));

	if (repaired == NULL)
		abort();
	memcpy(repaired, data, size);
	fv_repair(repaired, size);
	drive(data, size);
	drive(repaired, size);
	free(repaired);
	return 0;
}
