/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The policy's source form, a flattened device tree (binding: docs/policy.md), into the bytes that
 * mm/policy/policy.h decodes. Used by the host tool and by init; the supervisor never sees a device tree.
 * Pure over libfdt: no allocation, no state.
 *
 * The converter refuses whatever it does not understand, unknown nodes and properties included. It does not
 * judge the policy itself (overlaps, duplicates): decode the result for that.
 */
#include "mm/base/bytes.h"
#include "mm/base/status.h"
#include "mm/policy/policy.h"

#define MM_POLICY_FDT_PATH_BYTES 128u
#define MM_POLICY_FDT_NAME_BYTES 32u

/* What is wrong with the source, for one line of log. Written only on refusal. */
struct mm_policy_fdt_error {
	char node[MM_POLICY_FDT_PATH_BYTES];	 /* path, cut if longer; "" when the tree itself is unsound */
	char property[MM_POLICY_FDT_NAME_BYTES]; /* name, cut if longer; "" when the node itself is meant */
	uint64_t value;				 /* the offending number, or libfdt's error negated */
};

/* Leave the extension out, whatever the source says. */
#define MM_POLICY_FDT_V1_ONLY 0x1u

/* Bytes that suffice for the policy made of a device tree of `dtb_bytes` bytes. */
size_t mm_policy_fdt_blob_bytes(size_t dtb_bytes);

/*
 * Converts. The tree lies at a multiple of 8, as libfdt demands. `options` is 0 or MM_POLICY_FDT_V1_ONLY. `ret_blob`
 * holds `capacity` bytes; its content is unspecified after a refusal. `reterr` may be NULL. An extension is written
 * when the source holds anything that v1.0 cannot say. MM_OK; MM_E_INVALID (options); MM_E_BUFFER_TOO_SMALL; MM_E_LIMIT
 * (too many entries); MM_E_POLICY_SOURCE_TREE, _COMPATIBLE, _NODE, _PROPERTY, _MISSING, _SHAPE, _VALUE, _WORD, _TWICE.
 */
enum mm_status mm_policy_fdt_convert_untrusted(struct mm_bytes dtb, uint32_t options, uint8_t *ret_blob,
					       size_t capacity, size_t *ret_bytes, struct mm_policy_fdt_error *reterr);

/* Path of the node that states entry `index` of the root of `type`. MM_OK, MM_E_NOT_FOUND, MM_E_POLICY_SOURCE_TREE. */
enum mm_status mm_policy_fdt_find_entry(struct mm_bytes dtb, enum mm_policy_type type, uint32_t index,
					char ret_path[MM_POLICY_FDT_PATH_BYTES]);
