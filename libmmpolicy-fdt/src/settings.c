/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The properties of the root node. */
#include "mm/policy/extension.h"

#include "extension.h"

static enum mm_status read_protections(const struct source *source, uint32_t *ret_mask)
{
	struct word words[MM_POLICY_PROTECTION_COUNT];
	uint32_t i;

	for (i = 0; i < MM_POLICY_PROTECTION_COUNT; i++) {
		words[i].text = mm_policy_protection_name(i);
		words[i].value = 1u << i;
	}
	return mm_policy_source_read_words(source, 0, "mandatory-protections", words, MM_POLICY_PROTECTION_COUNT,
					   ret_mask);
}

static enum mm_status read_flags(const struct source *source, uint32_t *ret_flags)
{
	bool waive = false;
	bool debug = false;
	enum mm_status status = mm_policy_source_read_flag(source, 0, "waive-rsm-bytes", &waive);

	if (status == MM_OK)
		status = mm_policy_source_read_flag(source, 0, "runtime-debug", &debug);
	*ret_flags = (waive ? MM_POLICY_FLAG_WAIVE_RSM_BYTES : 0) | (debug ? MM_POLICY_FLAG_RUNTIME_DEBUG : 0);
	return status;
}

static enum mm_status tolerate_absence(enum mm_status status)
{
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

enum mm_status mm_policy_ext_read_settings(const struct source *source, struct settings *s)
{
	static const struct word violations[] = { { "quarantine", MM_POLICY_QUARANTINE },
						  { "reset", MM_POLICY_RESET },
						  { "halt", MM_POLICY_HALT } };
	static const struct word unblocks[] = { { "hob-only", MM_POLICY_UNBLOCK_HOB_ONLY },
						{ "until-lock", MM_POLICY_UNBLOCK_UNTIL_LOCK } };
	enum mm_status status =
		tolerate_absence(mm_policy_source_read_word(source, 0, "violation", violations, 3, &s->violation));

	if (status == MM_OK)
		status = tolerate_absence(mm_policy_source_read_word(source, 0, "unblock", unblocks, 2, &s->unblock));
	if (status == MM_OK)
		status = tolerate_absence(mm_policy_source_read_u32(source, 0, "isolation-level", 10, 30, &s->level));
	if (status == MM_OK && s->level % 10u != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_VALUE, 0, "isolation-level", s->level);
	if (status == MM_OK)
		status = tolerate_absence(read_protections(source, &s->protections));
	if (status == MM_OK)
		status = read_flags(source, &s->flags);
	if (status == MM_OK)
		status = tolerate_absence(
			mm_policy_source_read_u32(source, 0, "quarantine-after", 1, UINT16_MAX, &s->quarantine_after));
	if (status == MM_OK)
		status = tolerate_absence(
			mm_policy_source_read_u32(source, 0, "restart-limit", 0, UINT16_MAX, &s->restart_limit));
	return status;
}

bool mm_policy_ext_has_settings(const struct source *source)
{
	static const char *const properties[] = { "isolation-level",	   "violation",	       "unblock",
						  "mandatory-protections", "quarantine-after", "restart-limit",
						  "waive-rsm-bytes",	   "runtime-debug" };
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(properties); i++) {
		if (mm_policy_source_has(source, 0, properties[i]))
			return true;
	}
	return false;
}
