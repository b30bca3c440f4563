/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/cpu.h"

#include <stdbool.h>

/* The leaves come in classes by their two top bits; the first leaf of each names the highest. */
#define LEAF_CLASS_MASK	     0xc0000000u
#define LEAF_HYPERVISOR	     0x40000000u
#define LEAF_CLASS_LIMIT     0xffffu
#define FEATURE_C_HYPERVISOR (1u << 31)

enum mm_status mm_hal_cpu_rdmsr(struct mm_hal_cpu *cpu, uint32_t index, uint64_t *ret_value)
{
	uint64_t value;
	enum mm_status status = cpu->ops->rdmsr(cpu, index, &value);

	if (status == MM_OK)
		*ret_value = value;
	return status;
}

enum mm_status mm_hal_cpu_wrmsr(struct mm_hal_cpu *cpu, uint32_t index, uint64_t value)
{
	return cpu->ops->wrmsr(cpu, index, value);
}

enum mm_status mm_hal_cpu_swap_msrs_in(struct mm_hal_cpu *cpu, struct mm_hal_msr_swap *rows, uint32_t count)
{
	return cpu->ops->swap_msrs_in(cpu, rows, count);
}

enum mm_status mm_hal_cpu_swap_msrs_out(struct mm_hal_cpu *cpu, const struct mm_hal_msr_swap *rows, uint32_t count)
{
	return cpu->ops->swap_msrs_out(cpu, rows, count);
}

/* Without a hypervisor its class does not exist, and its first leaf repeats some other one. */
static bool has_leaf(struct mm_hal_cpu *cpu, uint32_t leaf)
{
	uint32_t first = leaf & LEAF_CLASS_MASK;
	uint32_t last;

	if (first == LEAF_HYPERVISOR && (cpu->ops->cpuid(cpu, 1, 0).ecx & FEATURE_C_HYPERVISOR) == 0)
		return false;
	last = cpu->ops->cpuid(cpu, first, 0).eax;
	return last >= first && last - first <= LEAF_CLASS_LIMIT && leaf <= last;
}

struct mm_hal_cpuid mm_hal_cpu_cpuid(struct mm_hal_cpu *cpu, uint32_t leaf, uint32_t subleaf)
{
	struct mm_hal_cpuid none = { 0, 0, 0, 0 };

	return has_leaf(cpu, leaf) ? cpu->ops->cpuid(cpu, leaf, subleaf) : none;
}

enum mm_status mm_hal_cpu_get_register(struct mm_hal_cpu *cpu, enum mm_hal_register which, uint64_t *ret_value)
{
	if ((unsigned)which >= MM_HAL_REGISTER_COUNT)
		return MM_E_INVALID;
	return cpu->ops->get_register(cpu, which, ret_value);
}

enum mm_status mm_hal_cpu_set_register(struct mm_hal_cpu *cpu, enum mm_hal_register which, uint64_t value)
{
	if ((unsigned)which >= MM_HAL_REGISTER_COUNT)
		return MM_E_INVALID;
	return cpu->ops->set_register(cpu, which, value);
}

void mm_hal_cpu_flush_page(struct mm_hal_cpu *cpu, struct mm_va va)
{
	cpu->ops->flush_page(cpu, va);
}

void mm_hal_cpu_flush_all(struct mm_hal_cpu *cpu)
{
	cpu->ops->flush_all(cpu);
}

void mm_hal_cpu_pause(struct mm_hal_cpu *cpu)
{
	cpu->ops->pause(cpu);
}
