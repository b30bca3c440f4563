/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Shared by the files that read the extension. */
#include "mm/policy/extension.h"

/* Checks every row of every table; settings, tables and strings are good already. */
enum mm_status mm_policy_check_extension_rows(const struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr);

static inline const uint8_t *mm_policy_row(const struct mm_policy *policy, struct mm_policy_wire_table table,
					   uint32_t index, size_t record_bytes)
{
	return policy->extension.data + table.offset + (size_t)index * record_bytes;
}

static inline const char *mm_policy_string(const struct mm_policy *policy, uint32_t offset)
{
	return (const char *)policy->extension.data + policy->tables.strings.offset + offset;
}
