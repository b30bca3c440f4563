/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/gate.h"

#include "internal.h"

/* What the root grants and what the floor leaves, both in bits 0-1. */
static uint32_t granted(uint32_t rights)
{
	return rights & (rights >> FLOOR_SHIFT) & ACCESS_MASK;
}

/* Why `access` is not in `rights`; the gate's slow half. */
static MM_COLD enum mm_status denial(const struct mm_policy_list *list, uint32_t rights, uint32_t access)
{
	if ((rights >> FLOOR_SHIFT & access) != access)
		return MM_E_POLICY_FLOOR;
	if (!list->present)
		return MM_E_POLICY_NO_ROOT;
	return list->kind == MM_POLICY_ALLOW_LIST ? MM_E_POLICY_NOT_GRANTED : MM_E_POLICY_REFUSED;
}

static inline bool is_port_question(uint32_t port, uint32_t bytes, uint32_t access)
{
	return (bytes == 1u || bytes == 2u || bytes == 4u) && port <= PORT_COUNT - bytes && mm_policy_is_access(access);
}

/* Rights on all ports of [port, port + count), without strict entries. */
static inline uint32_t common_rights(const struct mm_policy_space *ports, const struct mm_policy_run *run, uint32_t end)
{
	const struct mm_policy_run *stop = ports->runs + ports->run_count;
	uint32_t rights = run->rights;

	for (run++; run < stop && run->first < end; run++)
		rights &= run->rights;
	return rights;
}

/* What the root grants and the floor leaves for one access. */
static inline uint32_t port_rights(const struct mm_policy *policy, uint32_t port, uint32_t bytes)
{
	const struct mm_policy_run *run = mm_policy_find_run(policy->ports.runs, policy->ports.run_count, port);
	uint32_t strict = (uint32_t)run->strict >> (bytes & 6u) & ACCESS_MASK;
	uint32_t rights = common_rights(&policy->ports, run, port + bytes);

	return policy->lists[MM_POLICY_PORT].kind == MM_POLICY_ALLOW_LIST ? rights | strict : rights & ~strict;
}

/* The slow half: the floor's row may exempt exactly this access. */
static MM_COLD enum mm_status judge_refused_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes,
						 uint32_t access)
{
	uint32_t rights = port_rights(policy, port, bytes);

	if (mm_policy_floor_find_port(port, bytes, access) == NULL)
		rights |= ACCESS_MASK << FLOOR_SHIFT;
	if ((granted(rights) & access) == access)
		return MM_OK;
	return denial(&policy->lists[MM_POLICY_PORT], rights, access);
}

enum mm_status mm_policy_gate_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes, uint32_t access)
{
	uint32_t rights;

	if (MM_UNLIKELY(!is_port_question(port, bytes, access)))
		return MM_E_INVALID;
	rights = port_rights(policy, port, bytes);
	if (MM_LIKELY((granted(rights) & access) == access))
		return MM_OK;
	if (MM_UNLIKELY((rights >> FLOOR_SHIFT & access) != access))
		return judge_refused_port(policy, port, bytes, access);
	return denial(&policy->lists[MM_POLICY_PORT], rights, access);
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
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_PORT];
	uint32_t rights;

	if (count == 0 || count > PORT_COUNT || port > PORT_COUNT - count || !mm_policy_is_access(access))
		return MM_E_INVALID;
	rights = common_rights(&policy->ports, mm_policy_find_run(policy->ports.runs, policy->ports.run_count, port),
			       port + count);
	if (list->kind == MM_POLICY_DENY_LIST)
		rights &= ~strict_refusals(&policy->ports, port, port + count);
	return (granted(rights) & access) == access ? MM_OK : denial(list, rights, access);
}

enum mm_status mm_policy_gate_msr(const struct mm_policy *policy, uint32_t msr, uint32_t access)
{
	uint32_t rights;

	if (MM_UNLIKELY(!mm_policy_is_access(access)))
		return MM_E_INVALID;
	rights = mm_policy_find_run(policy->msrs.runs, policy->msrs.run_count, msr)->rights;
	if (MM_LIKELY((granted(rights) & access) == access))
		return MM_OK;
	return denial(&policy->lists[MM_POLICY_MSR], rights, access);
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
		return MM_E_POLICY_NO_ROOT;
	if (list->kind == MM_POLICY_ALLOW_LIST)
		return is_covered(&policy->memory, base, last, access) ? MM_OK : MM_E_POLICY_NOT_GRANTED;
	return is_touched(&policy->memory, base, last, access) ? MM_E_POLICY_REFUSED : MM_OK;
}
