/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy_tree.h"

size_t mm_init_policy_tree_blob_bytes(size_t tree_bytes)
{
	return tree_bytes;
}

enum mm_status mm_init_policy_convert_tree(struct mm_bytes tree, uint8_t *ret_blob, size_t capacity, size_t *ret_bytes,
					   struct mm_refusal *reterr)
{
	return mm_refuse(reterr, MM_E_UNSUPPORTED, "policy in device-tree form", 0, tree.count);
}
