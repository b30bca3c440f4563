/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/gate.h"

#include "internal.h"

static bool is_query(const struct mm_policy_save_query *query)
{
	uint32_t width = query->trap.bytes;

	return query->bytes != 0 && (!query->trap.valid || width == 1u || width == 2u || width == 4u);
}

static bool condition_holds(const struct mm_policy_save_rule *rule, const struct mm_policy_io_trap *trap)
{
	if (rule->attr == MM_POLICY_READ)
		return true;
	return trap->valid && trap->is_write == (rule->condition == MM_POLICY_IF_IO_WRITE);
}

enum mm_status mm_policy_judge_save_field(const struct mm_policy *policy, enum mm_policy_save_field field,
					  const struct mm_policy_io_trap *trap)
{
	const struct mm_policy_save_rule *rule = &policy->save_state[field];

	if (policy->lists[MM_POLICY_SAVE_STATE].kind == MM_POLICY_DENY_LIST)
		return rule->present && condition_holds(rule, trap) ? MM_E_POLICY_REFUSED : MM_OK;
	if (!rule->present)
		return MM_E_POLICY_NOT_GRANTED;
	if (rule->attr == MM_POLICY_COND_READ && !trap->valid)
		return MM_E_NOT_FOUND;
	return condition_holds(rule, trap) ? MM_OK : MM_E_POLICY_CONDITION_FALSE;
}

/* Under an allow-list only what the trapped instruction carried may be seen. */
static enum mm_status judge_rax(const struct mm_policy *policy, uint32_t bytes, const struct mm_policy_io_trap *trap)
{
	enum mm_status status = mm_policy_judge_save_field(policy, MM_POLICY_SAVE_RAX, trap);

	if (status != MM_OK || policy->lists[MM_POLICY_SAVE_STATE].kind == MM_POLICY_DENY_LIST)
		return status;
	if (!trap->valid)
		return MM_E_NOT_FOUND;
	return bytes <= trap->bytes ? MM_OK : MM_E_POLICY_WIDTH_EXCEEDED;
}

static enum mm_status judge_io(const struct mm_policy *policy, const struct mm_policy_io_trap *trap)
{
	enum mm_status status = mm_policy_judge_save_field(policy, MM_POLICY_SAVE_IO_TRAP, trap);

	if (status != MM_OK)
		return status;
	if (!trap->valid)
		return MM_E_NOT_FOUND;
	return judge_rax(policy, trap->bytes, trap);
}

enum mm_status mm_policy_gate_save_state(const struct mm_policy *policy, const struct mm_policy_save_query *query)
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_SAVE_STATE];

	if (!is_query(query))
		return MM_E_INVALID;
	if (query->is_write)
		return MM_E_POLICY_FLOOR;
	if (query->reg == MM_POLICY_REGISTER_PROCESSOR_ID)
		return MM_OK;
	if (!list->present) {
		if (policy->settings.isolation_level != 0 && policy->settings.isolation_level <= 20u)
			return MM_OK;
		return MM_E_POLICY_NO_ROOT;
	}
	if (query->reg == MM_POLICY_REGISTER_RAX)
		return judge_rax(policy, query->bytes, &query->trap);
	if (query->reg == MM_POLICY_REGISTER_IO)
		return judge_io(policy, &query->trap);
	return list->kind == MM_POLICY_ALLOW_LIST ? MM_E_POLICY_NOT_GRANTED : MM_OK;
}
