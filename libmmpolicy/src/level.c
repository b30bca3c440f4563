/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Isolation levels. The floor is not asked: whoever fetches the policy sees only the policy. A right counts as
 * denied when the root denies it for every width in which it could be exercised.
 */
#include "mm/policy/level.h"

#include "internal.h"
#include "mm/base/addr.h"

struct msr_rule {
	uint32_t first;
	uint32_t last;
	uint32_t level;
};

static const struct msr_rule intel_msrs[] = {
	{ 0x0e4, 0x0e4, 20 }, { 0x600, 0x600, 20 }, { 0x652, 0x653, 20 }, { 0x655, 0x656, 20 }, { 0x658, 0x658, 20 },
	{ 0x700, 0x701, 20 }, { 0x706, 0x707, 20 }, { 0x710, 0x711, 20 }, { 0x716, 0x717, 20 }, { 0x720, 0x721, 20 },
	{ 0x726, 0x727, 20 }, { 0x730, 0x731, 20 }, { 0x736, 0x737, 20 }, { 0x570, 0x570, 30 },
};

static const struct msr_rule amd_msrs[] = {
	{ 0x1d9, 0x1d9, 20 },		{ 0xc0000080, 0xc0000084, 20 }, { 0xc0010010, 0xc0010010, 20 },
	{ 0xc0010111, 0xc0010111, 20 }, { 0xda0, 0xda0, 20 },		{ 0x6a0, 0x6a0, 20 },
	{ 0x6a2, 0x6a2, 20 },		{ 0x6a4, 0x6a8, 20 },		{ 0xc0011010, 0xc0011010, 30 },
	{ 0xc0011024, 0xc0011024, 30 }, { 0xc0011018, 0xc0011018, 30 },
};

static void limit(uint32_t *level, uint32_t most)
{
	if (*level > most)
		*level = most;
}

/* What `level` would need and does not have: the partial level stays one step below. */
static void find(struct mm_policy_level *result, uint32_t *partial, enum mm_policy_finding_kind kind, uint32_t level,
		 uint64_t value)
{
	if (result->finding_count < MM_POLICY_FINDINGS_MAX) {
		struct mm_policy_finding *finding = &result->findings[result->finding_count];

		finding->kind = kind;
		finding->level = level;
		finding->value = value;
	}
	result->finding_count++;
	limit(partial, level - 10u);
}

/* The root's rights at one MSR, or at one port for every width, the floor left aside. */
static uint32_t root_rights(const struct mm_policy_space *space, uint32_t key)
{
	return mm_policy_find_run(space->runs, space->run_steps, key)->rights & ACCESS_MASK;
}

static void judge_msrs(const struct mm_policy *policy, const struct msr_rule *rules, size_t count,
		       struct mm_policy_level *result)
{
	size_t i;
	uint32_t msr;

	if (!policy->lists[MM_POLICY_MSR].present) {
		find(result, &result->msrs, MM_POLICY_FINDING_NO_ROOT, 20, MM_POLICY_MSR);
		return;
	}
	for (i = 0; i < count; i++) {
		for (msr = rules[i].first; msr <= rules[i].last; msr++) {
			if (root_rights(&policy->msrs, msr) != 0)
				find(result, &result->msrs, MM_POLICY_FINDING_MSR, rules[i].level, msr);
		}
	}
}

/* Is the 4-byte write at `port` denied: by a strict entry, or because the root grants no byte of it? */
static bool is_write_denied(const struct mm_policy *policy, uint32_t port)
{
	const struct mm_policy_space *ports = &policy->ports;
	bool strict = (mm_policy_find_run(ports->runs, ports->run_steps, port)->strict >> 4 & MM_POLICY_WRITE) != 0;
	bool some = false;
	uint32_t i;

	for (i = 0; i < 4u; i++)
		some = some || (root_rights(ports, port + i) & MM_POLICY_WRITE) != 0;
	if (policy->lists[MM_POLICY_PORT].kind == MM_POLICY_ALLOW_LIST)
		return !some && !strict;
	return !some || strict;
}

static void judge_ports(const struct mm_policy *policy, struct mm_policy_level *result)
{
	static const uint32_t ports[] = { 0xcf8, 0xcfc };
	size_t i;

	if (!policy->lists[MM_POLICY_PORT].present) {
		find(result, &result->ports, MM_POLICY_FINDING_NO_ROOT, 20, MM_POLICY_PORT);
		return;
	}
	for (i = 0; i < MM_ARRAY_COUNT(ports); i++) {
		if (!is_write_denied(policy, ports[i]))
			find(result, &result->ports, MM_POLICY_FINDING_PORT, 20, ports[i]);
	}
}

static void judge_save_state(const struct mm_policy *policy, struct mm_policy_level *result)
{
	const struct mm_policy_save_rule *rax = &policy->save_state[MM_POLICY_SAVE_RAX];
	const struct mm_policy_save_rule *io = &policy->save_state[MM_POLICY_SAVE_IO_TRAP];

	if (!policy->lists[MM_POLICY_SAVE_STATE].present) {
		find(result, &result->save_state, MM_POLICY_FINDING_NO_ROOT, 30, MM_POLICY_SAVE_STATE);
		return;
	}
	if (policy->lists[MM_POLICY_SAVE_STATE].kind != MM_POLICY_ALLOW_LIST)
		find(result, &result->save_state, MM_POLICY_FINDING_SAVE_LIST, 30, 0);
	if (rax->present && (rax->attr != MM_POLICY_COND_READ || rax->condition != MM_POLICY_IF_IO_WRITE))
		find(result, &result->save_state, MM_POLICY_FINDING_SAVE_STATE, 30, rax->entry);
	if (io->present && io->attr != MM_POLICY_READ)
		find(result, &result->save_state, MM_POLICY_FINDING_SAVE_STATE, 30, io->entry);
}

static bool touches(const struct mm_policy_memory_run *run, struct mm_region region)
{
	return mm_region_overlaps(mm_region_create(run->base, run->pages * MM_PAGE_BYTES), region);
}

static void judge_regions(const struct mm_policy_memory_run *run, const struct mm_region *regions, size_t count,
			  enum mm_policy_finding_kind kind, uint32_t level, struct mm_policy_level *result)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (touches(run, regions[i]))
			find(result, &result->memory, kind, level, run->base);
	}
}

static void judge_run(const struct mm_policy_memory_run *run, const struct mm_policy_level_memory *memory,
		      struct mm_policy_level *result)
{
	bool writable = (run->attr & MM_POLICY_WRITE) != 0;

	if (writable && (run->attr & MM_POLICY_EXECUTE) != 0)
		find(result, &result->memory, MM_POLICY_FINDING_WX, 10, run->base);
	judge_regions(run, memory->os_memory, memory->os_memory_count, MM_POLICY_FINDING_OS_MEMORY, 10, result);
	if (writable) {
		judge_regions(run, memory->iommus, memory->iommu_count, MM_POLICY_FINDING_IOMMU, 20, result);
		judge_regions(run, memory->txt, memory->txt_count, MM_POLICY_FINDING_TXT, 30, result);
	}
}

static void judge_memory(const struct mm_policy *policy, const struct mm_policy_level_memory *memory,
			 struct mm_policy_level *result)
{
	size_t i;

	if (!policy->lists[MM_POLICY_MEMORY].present) {
		find(result, &result->memory, MM_POLICY_FINDING_NO_ROOT, 10, MM_POLICY_MEMORY);
		return;
	}
	for (i = 0; memory != NULL && i < memory->run_count; i++)
		judge_run(&memory->runs[i], memory, result);
}

void mm_policy_evaluate_level(const struct mm_policy *policy, enum mm_policy_vendor vendor,
			      const struct mm_policy_level_memory *memory, struct mm_policy_level *ret_level)
{
	ret_level->memory = 30;
	ret_level->ports = 30;
	ret_level->msrs = 30;
	ret_level->save_state = 30;
	ret_level->memory_judged = memory != NULL;
	ret_level->finding_count = 0;
	judge_memory(policy, memory, ret_level);
	judge_ports(policy, ret_level);
	if (vendor == MM_POLICY_VENDOR_INTEL)
		judge_msrs(policy, intel_msrs, MM_ARRAY_COUNT(intel_msrs), ret_level);
	else
		judge_msrs(policy, amd_msrs, MM_ARRAY_COUNT(amd_msrs), ret_level);
	judge_save_state(policy, ret_level);
	ret_level->level = ret_level->memory;
	limit(&ret_level->level, ret_level->ports);
	limit(&ret_level->level, ret_level->msrs);
	limit(&ret_level->level, ret_level->save_state);
}

const char *mm_policy_finding_text(enum mm_policy_finding_kind kind)
{
	static const char *const texts[] = {
		[MM_POLICY_FINDING_NO_ROOT] = "the policy has no root of this type",
		[MM_POLICY_FINDING_MSR] = "this MSR is not denied for reading and writing",
		[MM_POLICY_FINDING_PORT] = "the 4-byte write to this port is not denied",
		[MM_POLICY_FINDING_SAVE_STATE] = "this save-state entry discloses more than the trapped I/O",
		[MM_POLICY_FINDING_SAVE_LIST] = "the save-state root is not an allow-list",
		[MM_POLICY_FINDING_WX] = "this run is writable and executable",
		[MM_POLICY_FINDING_OS_MEMORY] = "this run overlaps memory of the OS or the boot firmware",
		[MM_POLICY_FINDING_IOMMU] = "this run makes IOMMU registers writable",
		[MM_POLICY_FINDING_TXT] = "this run makes TXT or DMA-protected registers writable",
	};

	return (uint32_t)kind < MM_ARRAY_COUNT(texts) ? texts[kind] : "?";
}
