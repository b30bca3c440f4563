/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The policy decoder and, behind it, the gate. An extension's checksum is put right, or no mutation would pass it. */
#include <string.h>

#include "policy_drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair_checksum(uint8_t *bytes, size_t size)
{
	struct mm_policy_header header;

	if (mm_policy_decode_header_untrusted(mm_bytes(bytes, size), &header, NULL) != MM_OK ||
	    header.extension_bytes == 0)
		return;
	mm_store_u32(bytes + header.extension_offset + offsetof(struct mm_policy_wire_extension, crc32),
		     mm_policy_extension_crc(bytes + header.extension_offset, header.extension_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;

	if (size > DRIVE_BYTES_MAX)
		return 0;
	bytes = malloc(size + (size == 0));
	drive_check(bytes != NULL);
	memcpy(bytes, data, size);
	repair_checksum(bytes, size);
	drive_bytes(bytes, size);
	free(bytes);
	return 0;
}
