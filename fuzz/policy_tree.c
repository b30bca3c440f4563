/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The converter of device trees; what it makes is decoded and driven. */
#include <string.h>

#include "mm/policy_fdt/convert.h"
#include "policy_drive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_policy_fdt_error error;
	size_t capacity = mm_policy_fdt_blob_bytes(size);
	size_t bytes = 0;
	uint8_t *tree;
	uint8_t *blob;

	if (size > DRIVE_BYTES_MAX)
		return 0;
	tree = malloc(size + 8); /* libfdt wants the tree aligned, which malloc does */
	blob = malloc(capacity);
	drive_check(tree != NULL && blob != NULL);
	memcpy(tree, data, size);
	if (mm_policy_fdt_convert_untrusted(mm_bytes(tree, size), 0, blob, capacity, &bytes, &error) == MM_OK)
		drive_bytes(blob, bytes);
	free(blob);
	free(tree);
	return 0;
}
