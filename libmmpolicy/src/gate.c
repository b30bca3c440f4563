/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/gate.h"

#include "internal.h"

/* `rights` as in a run; `refusal` is what the root answers when it does not grant. */
static inline enum mm_status judge(uint32_t rights, uint32_t access, enum mm_status refusal)
{
	if (MM_UNLIKELY((rights >> FLOOR_SHIFT & access) != access))
		return MM_E_POLICY_FLOOR;
	return (rights & access) == access ? MM_OK : refusal;
}

static inline bool is_port_question(uint32_t port, uint32_t bytes, uint32_t access)
{
	return (bytes == 1u || bytes == 2u || bytes == 4u) && port <= PORT_COUNT - bytes && mm_policy_is_access(access);
}

/* Rights on all ports from `run` up to `end`, without strict entries. A run behind every port ends the walk. */
static inline uint32_t common_rights(const struct mm_policy_run *run, uint32_t end)
{
	uint32_t rights = run->rights;

	while ((++run)->first < end)
		rights &= run->rights;
	return rights;
}

/* The access begins at a port with strict entries: what those about its width add to the root's rights, or take. */
static uint32_t strict_rights(const struct mm_policy *policy, const struct mm_policy_run *run, uint32_t bytes,
			      uint32_t rights)
{
	uint32_t strict = (uint32_t)run->strict >> (bytes & 6u) & ACCESS_MASK;

	return policy->lists[MM_POLICY_PORT].kind == MM_POLICY_ALLOW_LIST ? rights | strict : rights & ~strict;
}

/* The rarer cases: strict entries, and a floor row that may exempt exactly this access. */
static MM_NOINLINE enum mm_status judge_special_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes,
						     uint32_t access)
{
	const struct mm_policy_run *run = mm_policy_find_run(policy->ports.runs, policy->ports.run_steps, port);
	uint32_t rights = strict_rights(policy, run, bytes, common_rights(run, port + bytes));

	if ((rights >> FLOOR_SHIFT & access) != access && mm_policy_floor_find_port(port, bytes, access) != NULL)
		return MM_E_POLICY_FLOOR;
	return (rights & access) == access ? MM_OK : policy->ports.refusal;
}

enum mm_status mm_policy_gate_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes, uint32_t access)
{
	const struct mm_policy_run *run;
	uint32_t rights;

	if (MM_UNLIKELY(!is_port_question(port, bytes, access)))
		return MM_E_INVALID;
	run = mm_policy_find_run(policy->ports.runs, policy->ports.run_steps, port);
	rights = common_rights(run, port + bytes);
	if (MM_UNLIKELY(run->special))
		return judge_special_port(policy, port, bytes, access);
	return judge(rights, access, policy->ports.refusal);
}

/* A strict deny entry inside the range forbids one of the accesses that the question stands for. */
static uint32_t strict_refusals(const struct mm_policy_space *ports, uint32_t port, uint32_t end)
{
	uint32_t refused = 0;
	uint32_t i;

	/* Strict entries are sorted by port and reach at most 4 ports. */
	for (i = 0; i < ports->strict_count && ports->strict[i].first < end; i++) {
		if (ports->strict[i].last >= port)
			refused |= ports->strict[i].attr & ACCESS_MASK;
	}
	return refused;
}

enum mm_status mm_policy_gate_port_range(const struct mm_policy *policy, uint32_t port, uint32_t count, uint32_t access)
{
	uint32_t rights;

	if (count == 0 || count > PORT_COUNT || port > PORT_COUNT - count || !mm_policy_is_access(access))
		return MM_E_INVALID;
	rights = common_rights(mm_policy_find_run(policy->ports.runs, policy->ports.run_steps, port), port + count);
	if (policy->lists[MM_POLICY_PORT].kind == MM_POLICY_DENY_LIST)
		rights &= ~strict_refusals(&policy->ports, port, port + count);
	return judge(rights, access, policy->ports.refusal);
}

enum mm_status mm_policy_gate_msr(const struct mm_policy *policy, uint32_t msr, uint32_t access)
{
	uint32_t rights;

	if (MM_UNLIKELY(!mm_policy_is_access(access)))
		return MM_E_INVALID;
	rights = mm_policy_find_run(policy->msrs.runs, policy->msrs.run_steps, msr)->rights;
	return judge(rights, access, policy->msrs.refusal);
}

enum mm_status mm_policy_gate_instruction(const struct mm_policy *policy, uint32_t instruction)
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_INSTRUCTION];
	bool listed;

	if (instruction >= MM_POLICY_INSTRUCTION_COUNT)
		return MM_E_INVALID;
	if (!list->present)
		return MM_E_POLICY_NO_ROOT;
	listed = (policy->instructions >> instruction & 1u) != 0;
	if (list->kind == MM_POLICY_ALLOW_LIST)
		return listed ? MM_OK : MM_E_POLICY_NOT_GRANTED;
	return listed ? MM_E_POLICY_REFUSED : MM_OK;
}

/* True if granting spans cover [first, last] without a gap. */
static bool is_covered(const struct mm_policy_space *space, uint64_t first, uint64_t last, uint32_t access)
{
	uint32_t i;

	for (i = mm_policy_find_span(space->spans, space->span_count, first); i < space->span_count; i++) {
		const struct mm_policy_span *span = &space->spans[i];

		if (span->first > first || (span->attr & access) != access)
			return false;
		if (span->last >= last)
			return true;
		first = span->last + 1u;
	}
	return false;
}

static bool is_touched(const struct mm_policy_space *space, uint64_t first, uint64_t last, uint32_t access)
{
	uint32_t i;

	for (i = mm_policy_find_span(space->spans, space->span_count, first);
	     i < space->span_count && space->spans[i].first <= last; i++) {
		if ((space->spans[i].attr & access) != 0)
			return true;
	}
	return false;
}

enum mm_status mm_policy_gate_memory(const struct mm_policy *policy, uint64_t base, uint64_t bytes, uint32_t access)
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_MEMORY];
	uint64_t last;

	if (bytes == 0 || bytes - 1u > UINT64_MAX - base || !mm_policy_is_access(access))
		return MM_E_INVALID;
	last = base + (bytes - 1u);
	if (mm_policy_floor_find(mm_policy_floor_physical(), base, last, access) != NULL)
		return MM_E_POLICY_FLOOR;
	if (!list->present)
		return policy->memory.refusal;
	if (list->kind == MM_POLICY_ALLOW_LIST)
		return is_covered(&policy->memory, base, last, access) ? MM_OK : policy->memory.refusal;
	return is_touched(&policy->memory, base, last, access) ? policy->memory.refusal : MM_OK;
}
