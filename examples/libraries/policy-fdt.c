/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmpolicy-fdt alone: a policy's source as a device tree becomes the bytes that ring 0 decodes. usage: TREE */
#include <stdio.h>
#include <stdlib.h>

#include "mm/policy_fdt/convert.h"

/* [example] */
static enum mm_status compile(struct mm_bytes tree, uint8_t *ret_blob, size_t capacity, size_t *ret_bytes)
{
	struct mm_policy_fdt_error error;
	enum mm_status status = mm_policy_fdt_convert_untrusted(tree, 0, ret_blob, capacity, ret_bytes, &error);

	if (status != MM_OK)
		printf("%s: %s: %s\n", error.node, error.property, mm_status_text(status));
	return status; /* mm_policy_fdt_blob_bytes(tree.count) bytes of capacity always suffice */
}
/* [end] */

int main(int argc, char **argv)
{
	static uint64_t tree[1 << 16]; /* aligned to 8, as libfdt wants it */
	static uint8_t blob[1 << 19];
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t count;
	size_t bytes = 0;

	if (file == NULL)
		return 2;
	count = fread(tree, 1, sizeof(tree), file);
	fclose(file);
	if (compile(mm_bytes(tree, count), blob, sizeof(blob), &bytes) != MM_OK)
		return 1;
	printf("%zu bytes of policy\n", bytes);
	return 0;
}
