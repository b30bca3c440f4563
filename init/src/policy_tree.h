/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A policy that lies in the volume in its source form, a flattened device tree. policy_tree.c turns it into the
 * bytes that everybody else reads; policy_tree_absent.c, linked where there is no libfdt, refuses it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* True if the bytes begin as a flattened device tree does; no policy of version 1 begins so. */
bool mm_init_policy_is_tree(struct mm_bytes section);

/* Bytes that suffice for the policy made of a tree of `tree_bytes` bytes. */
size_t mm_init_policy_tree_blob_bytes(size_t tree_bytes);

/*
 * MM_OK; MM_E_UNSUPPORTED where device trees are not built in; the refusals of mm/policy_fdt/convert.h. `ret_bytes` is
 * written only on MM_OK; the blob's content is unspecified after a refusal.
 */
enum mm_status mm_init_policy_convert_tree(struct mm_bytes tree, uint8_t *ret_blob, size_t capacity, size_t *ret_bytes,
					   struct mm_refusal *reterr);
