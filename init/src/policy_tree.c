/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy_tree.h"

#include "mm/policy_fdt/convert.h"

size_t mm_init_policy_tree_blob_bytes(size_t tree_bytes)
{
	return mm_policy_fdt_blob_bytes(tree_bytes);
}

enum mm_status mm_init_policy_convert_tree(struct mm_bytes tree, uint8_t *ret_blob, size_t capacity, size_t *ret_bytes,
					   struct mm_refusal *reterr)
{
	struct mm_policy_fdt_error error = { .node = "" };
	enum mm_status status = mm_policy_fdt_convert_untrusted(tree, 0, ret_blob, capacity, ret_bytes, &error);

	/* The names are on this stack; what is wrong with the source is the host tool's to explain. */
	if (status != MM_OK)
		return mm_refuse(reterr, status, "policy in device-tree form", 0, error.value);
	return MM_OK;
}
