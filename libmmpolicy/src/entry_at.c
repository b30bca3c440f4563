/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "internal.h"

static void read_entry(const uint8_t *wire, struct mm_policy_entry *entry)
{
	switch (entry->type) {
	case MM_POLICY_MEMORY:
		entry->base = mm_load_u64(wire);
		entry->length = mm_load_u64(wire + 8);
		entry->attr = mm_load_u32(wire + 16);
		break;
	case MM_POLICY_PORT:
		entry->base = mm_load_u16(wire);
		entry->length = mm_load_u16(wire + 2);
		entry->attr = mm_load_u16(wire + 4);
		break;
	case MM_POLICY_MSR:
		entry->base = mm_load_u32(wire);
		entry->length = mm_load_u16(wire + 4);
		entry->attr = mm_load_u16(wire + 6);
		break;
	case MM_POLICY_INSTRUCTION:
		entry->base = mm_load_u16(wire);
		entry->length = 1;
		entry->attr = mm_load_u16(wire + 2);
		break;
	case MM_POLICY_SAVE_STATE:
		entry->base = mm_load_u32(wire);
		entry->length = 1;
		entry->attr = mm_load_u32(wire + 4);
		entry->condition = mm_load_u32(wire + 8);
		break;
	}
}

enum mm_status mm_policy_entry_at(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index,
				  struct mm_policy_entry *ret_entry)
{
	struct mm_policy_entry entry = { type, 0, 0, 0, 0 };
	const struct mm_policy_list *list;

	if ((uint32_t)type < MM_POLICY_MEMORY || (uint32_t)type > MM_POLICY_SAVE_STATE)
		return MM_E_NOT_FOUND;
	list = &policy->lists[type];
	if (!list->present || index >= list->count)
		return MM_E_NOT_FOUND;
	read_entry(policy->blob.data + list->offset + index * mm_policy_descriptor_bytes(type), &entry);
	*ret_entry = entry;
	return MM_OK;
}

const char *mm_policy_type_name(enum mm_policy_type type)
{
	static const char *const names[MM_POLICY_TYPE_COUNT + 1u] = { "?",   "memory",	    "port",
								      "msr", "instruction", "save-state" };

	return names[(uint32_t)type <= MM_POLICY_TYPE_COUNT ? type : 0];
}
