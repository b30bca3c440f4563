/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The same answers as the gate, with the rule and the entry that decided. The gate is asked first and its
 * answer is kept; here is only found out why.
 */
#include "mm/policy/extension.h"

#include "internal.h"

static void begin(struct mm_policy_explanation *why, const struct mm_policy *policy, enum mm_policy_type type,
		  uint64_t address)
{
	const struct mm_policy_list *list = &policy->lists[type];

	why->rule = MM_POLICY_RULE_INVALID;
	why->type = type;
	why->root = list->present ? list->root : MM_POLICY_NO_ENTRY;
	why->entry = MM_POLICY_NO_ENTRY;
	why->address = address;
	why->floor = NULL;
	why->reason = "";
}

static void blame_floor(struct mm_policy_explanation *why, const struct mm_policy_floor_row *row)
{
	why->rule = MM_POLICY_RULE_FLOOR;
	why->root = MM_POLICY_NO_ENTRY;
	why->floor = row;
	why->reason = row->reason;
	if (row->first > why->address)
		why->address = row->first;
}

static void blame_entry(struct mm_policy_explanation *why, const struct mm_policy *policy, enum mm_policy_rule rule,
			uint32_t entry)
{
	why->rule = rule;
	why->entry = entry;
	why->reason = mm_policy_entry_reason(policy, why->type, entry);
}

/* The strict entry about exactly this port and width, or NULL. */
static const struct mm_policy_span *strict_entry(const struct mm_policy_space *space, uint64_t first, uint64_t last)
{
	uint32_t i;

	for (i = 0; i < space->strict_count; i++) {
		if (space->strict[i].first == first && space->strict[i].last == last)
			return &space->strict[i];
	}
	return NULL;
}

/* Deny-list: which entry touches [first, last]? Strict entries count only when `strict` is given. */
static void explain_deny(struct mm_policy_explanation *why, const struct mm_policy *policy,
			 const struct mm_policy_space *space, const struct mm_policy_span *strict, uint64_t last,
			 uint32_t access)
{
	uint32_t i;

	why->rule = MM_POLICY_RULE_NOT_DENIED;
	if (strict != NULL && (strict->attr & access) != 0) {
		blame_entry(why, policy, MM_POLICY_RULE_DENIED_ENTRY, strict->entry);
		return;
	}
	for (i = mm_policy_find_span(space->spans, space->span_count, why->address);
	     i < space->span_count && space->spans[i].first <= last; i++) {
		if ((space->spans[i].attr & access) == 0)
			continue;
		if (space->spans[i].first > why->address)
			why->address = space->spans[i].first;
		blame_entry(why, policy, MM_POLICY_RULE_DENIED_ENTRY, space->spans[i].entry);
		return;
	}
}

/*
 * Allow-list: the entry that grants the first byte; or the first byte that is not granted, with the entry that
 * speaks about it without granting enough, if there is one.
 */
static void explain_allow(struct mm_policy_explanation *why, const struct mm_policy *policy,
			  const struct mm_policy_space *space, const struct mm_policy_span *strict, uint64_t last,
			  uint32_t access)
{
	uint64_t first = why->address;
	uint32_t i = mm_policy_find_span(space->spans, space->span_count, first);
	uint32_t granting = MM_POLICY_NO_ENTRY;

	if (strict != NULL) {
		blame_entry(why, policy,
			    (strict->attr & access) == access ? MM_POLICY_RULE_ALLOWED_ENTRY
							      : MM_POLICY_RULE_NOT_COVERED,
			    strict->entry);
		return;
	}
	for (; i < space->span_count && space->spans[i].first <= first; i++) {
		if ((space->spans[i].attr & access) != access) {
			why->address = first;
			blame_entry(why, policy, MM_POLICY_RULE_NOT_COVERED, space->spans[i].entry);
			return;
		}
		if (granting == MM_POLICY_NO_ENTRY)
			granting = space->spans[i].entry;
		if (space->spans[i].last >= last) {
			blame_entry(why, policy, MM_POLICY_RULE_ALLOWED_ENTRY, granting);
			return;
		}
		first = space->spans[i].last + 1u;
	}
	why->address = first;
	why->rule = MM_POLICY_RULE_NOT_COVERED;
}

static void explain_space(struct mm_policy_explanation *why, const struct mm_policy *policy,
			  const struct mm_policy_space *space, uint64_t last, uint32_t access)
{
	const struct mm_policy_span *strict = strict_entry(space, why->address, last);

	if (!policy->lists[why->type].present)
		why->rule = MM_POLICY_RULE_NO_ROOT;
	else if (policy->lists[why->type].kind == MM_POLICY_ALLOW_LIST)
		explain_allow(why, policy, space, strict, last, access);
	else
		explain_deny(why, policy, space, strict, last, access);
}

enum mm_status mm_policy_explain_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes, uint32_t access,
				      struct mm_policy_explanation *ret_why)
{
	enum mm_status status = mm_policy_gate_port(policy, port, bytes, access);

	begin(ret_why, policy, MM_POLICY_PORT, port);
	if (status == MM_E_POLICY_FLOOR)
		blame_floor(ret_why, mm_policy_floor_find_port(port, bytes, access));
	else if (status != MM_E_INVALID)
		explain_space(ret_why, policy, &policy->ports, (uint64_t)port + bytes - 1u, access);
	return status;
}

enum mm_status mm_policy_explain_msr(const struct mm_policy *policy, uint32_t msr, uint32_t access,
				     struct mm_policy_explanation *ret_why)
{
	enum mm_status status = mm_policy_gate_msr(policy, msr, access);

	begin(ret_why, policy, MM_POLICY_MSR, msr);
	if (status == MM_E_POLICY_FLOOR)
		blame_floor(ret_why, mm_policy_floor_find(mm_policy_floor_msrs(), msr, msr, access));
	else if (status != MM_E_INVALID)
		explain_space(ret_why, policy, &policy->msrs, msr, access);
	return status;
}

enum mm_status mm_policy_explain_memory(const struct mm_policy *policy, uint64_t base, uint64_t bytes, uint32_t access,
					struct mm_policy_explanation *ret_why)
{
	enum mm_status status = mm_policy_gate_memory(policy, base, bytes, access);

	begin(ret_why, policy, MM_POLICY_MEMORY, base);
	if (status == MM_E_POLICY_FLOOR)
		blame_floor(ret_why,
			    mm_policy_floor_find(mm_policy_floor_physical(), base, base + (bytes - 1u), access));
	else if (status != MM_E_INVALID)
		explain_space(ret_why, policy, &policy->memory, base + (bytes - 1u), access);
	return status;
}

static uint32_t instruction_entry(const struct mm_policy *policy, uint32_t instruction)
{
	uint32_t i;

	for (i = 0; i < policy->lists[MM_POLICY_INSTRUCTION].count; i++) {
		struct mm_policy_entry entry;

		if (mm_policy_entry_at(policy, MM_POLICY_INSTRUCTION, i, &entry) == MM_OK && entry.base == instruction)
			return i;
	}
	return MM_POLICY_NO_ENTRY;
}

enum mm_status mm_policy_explain_instruction(const struct mm_policy *policy, uint32_t instruction,
					     struct mm_policy_explanation *ret_why)
{
	enum mm_status status = mm_policy_gate_instruction(policy, instruction);
	bool allow = policy->lists[MM_POLICY_INSTRUCTION].kind == MM_POLICY_ALLOW_LIST;
	uint32_t entry = instruction_entry(policy, instruction);

	begin(ret_why, policy, MM_POLICY_INSTRUCTION, instruction);
	if (status == MM_E_POLICY_NO_ROOT)
		ret_why->rule = MM_POLICY_RULE_NO_ROOT;
	else if (status != MM_E_INVALID && entry != MM_POLICY_NO_ENTRY)
		blame_entry(ret_why, policy, allow ? MM_POLICY_RULE_ALLOWED_ENTRY : MM_POLICY_RULE_DENIED_ENTRY, entry);
	else if (status != MM_E_INVALID)
		ret_why->rule = allow ? MM_POLICY_RULE_NOT_COVERED : MM_POLICY_RULE_NOT_DENIED;
	return status;
}

/* The field whose rule decided: I/O information is refused by RAX's rule when its own grants it. */
static enum mm_policy_save_field deciding_field(const struct mm_policy *policy,
						const struct mm_policy_save_query *query, enum mm_status status)
{
	if (query->reg == MM_POLICY_REGISTER_RAX)
		return MM_POLICY_SAVE_RAX;
	if (status == MM_OK || status == MM_E_NOT_FOUND ||
	    mm_policy_judge_save_field(policy, MM_POLICY_SAVE_IO_TRAP, &query->trap) != MM_OK)
		return MM_POLICY_SAVE_IO_TRAP;
	return MM_POLICY_SAVE_RAX;
}

static enum mm_policy_rule save_rule(enum mm_status status, bool allow)
{
	switch (status) {
	case MM_OK:
		return allow ? MM_POLICY_RULE_ALLOWED_ENTRY : MM_POLICY_RULE_NOT_DENIED;
	case MM_E_NOT_FOUND:
		return MM_POLICY_RULE_NO_TRAP;
	case MM_E_POLICY_WIDTH_EXCEEDED:
		return MM_POLICY_RULE_WIDTH;
	case MM_E_POLICY_CONDITION_FALSE:
		return MM_POLICY_RULE_CONDITION;
	case MM_E_POLICY_REFUSED:
		return MM_POLICY_RULE_DENIED_ENTRY;
	case MM_E_POLICY_NOT_GRANTED:
		return MM_POLICY_RULE_NOT_COVERED;
	default:
		return MM_POLICY_RULE_INVALID;
	}
}

static void explain_field(struct mm_policy_explanation *why, const struct mm_policy *policy,
			  const struct mm_policy_save_query *query, enum mm_status status)
{
	bool allow = policy->lists[MM_POLICY_SAVE_STATE].kind == MM_POLICY_ALLOW_LIST;
	const struct mm_policy_save_rule *rule;

	why->rule = save_rule(status, allow);
	if (query->reg == MM_POLICY_REGISTER_OTHER)
		return;
	why->address = deciding_field(policy, query, status);
	rule = &policy->save_state[why->address];
	if (rule->present && why->rule != MM_POLICY_RULE_NOT_DENIED)
		blame_entry(why, policy, why->rule, rule->entry);
}

enum mm_status mm_policy_explain_save_state(const struct mm_policy *policy, const struct mm_policy_save_query *query,
					    struct mm_policy_explanation *ret_why)
{
	enum mm_status status = mm_policy_gate_save_state(policy, query);

	begin(ret_why, policy, MM_POLICY_SAVE_STATE, query->reg);
	if (status == MM_E_INVALID)
		return status;
	if (query->is_write)
		ret_why->rule = MM_POLICY_RULE_NEVER;
	else if (query->reg == MM_POLICY_REGISTER_PROCESSOR_ID)
		ret_why->rule = MM_POLICY_RULE_ALWAYS;
	else if (!policy->lists[MM_POLICY_SAVE_STATE].present)
		ret_why->rule = status == MM_OK ? MM_POLICY_RULE_LEVEL : MM_POLICY_RULE_NO_ROOT;
	else
		explain_field(ret_why, policy, query, status);
	return status;
}

const char *mm_policy_rule_name(enum mm_policy_rule rule)
{
	static const char *const names[] = {
		[MM_POLICY_RULE_INVALID] = "malformed question",
		[MM_POLICY_RULE_FLOOR] = "floor",
		[MM_POLICY_RULE_NO_ROOT] = "no root",
		[MM_POLICY_RULE_ALLOWED_ENTRY] = "granted by entry",
		[MM_POLICY_RULE_NOT_COVERED] = "not granted by the allow-list",
		[MM_POLICY_RULE_DENIED_ENTRY] = "denied by entry",
		[MM_POLICY_RULE_NOT_DENIED] = "not denied by the deny-list",
		[MM_POLICY_RULE_CONDITION] = "condition does not hold",
		[MM_POLICY_RULE_WIDTH] = "wider than the trapped access",
		[MM_POLICY_RULE_NO_TRAP] = "the CPU did not trap on I/O",
		[MM_POLICY_RULE_LEVEL] = "no root, level 20 or lower declared",
		[MM_POLICY_RULE_ALWAYS] = "granted to everyone",
		[MM_POLICY_RULE_NEVER] = "granted to nobody",
		[MM_POLICY_RULE_DRIVER] = "no grant of this driver",
	};

	return (uint32_t)rule < MM_ARRAY_COUNT(names) ? names[rule] : "?";
}
