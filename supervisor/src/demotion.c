/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "demotion.h"

#include "mm/abi/mmi_entry.h"

#include "fault.h"
#include "msr.h"

/*
 * An MSR that every x86-64 CPU has. The HAL reports a fault as a status; here it means that the CPU is broken, and
 * going on would run ring 3 with the OS's doors open.
 */
static uint64_t read_msr(struct mm_supv_cpu *cpu, uint32_t index)
{
	uint64_t value = 0;

	if (mm_hal_cpu_rdmsr(mm_supv_wiring_of(cpu)->cpu, index, &value) != MM_OK)
		mm_supv_panic(mm_supv_wiring_of(cpu), "an architectural MSR does not read");
	return value;
}

static void write_msr(struct mm_supv_cpu *cpu, uint32_t index, uint64_t value)
{
	if (mm_hal_cpu_wrmsr(mm_supv_wiring_of(cpu)->cpu, index, value) != MM_OK)
		mm_supv_panic(mm_supv_wiring_of(cpu), "an architectural MSR does not take its value");
}

/* Swaps in `ours` and returns what the OS had; writes only what differs. */
static uint64_t exchange_msr(struct mm_supv_cpu *cpu, uint32_t index, uint64_t ours)
{
	uint64_t theirs = read_msr(cpu, index);

	if (theirs != ours)
		write_msr(cpu, index, ours);
	return theirs;
}

static void restore_msr(struct mm_supv_cpu *cpu, uint32_t index, uint64_t ours, uint64_t theirs)
{
	if (theirs != ours)
		write_msr(cpu, index, theirs);
}

static uint64_t read_cr2(struct mm_supv_cpu *cpu)
{
	uint64_t value = 0;

	(void)mm_hal_cpu_get_register(mm_supv_wiring_of(cpu)->cpu, MM_HAL_CR2, &value); /* cannot fail in ring 0 */
	return value;
}

void mm_supv_demote(struct mm_supv_cpu *cpu)
{
	struct mm_supv_os_state *os = &cpu->os_state;

	if (cpu->demoted)
		return;
	cpu->demoted = true;
	os->star = exchange_msr(cpu, MM_MSR_STAR, MM_SUPV_STAR);
	os->lstar = exchange_msr(cpu, MM_MSR_LSTAR, mm_supv_wiring_of(cpu)->syscall_entry);
	os->fmask = exchange_msr(cpu, MM_MSR_FMASK, MM_SUPV_FMASK);
	os->kernel_gs_base = exchange_msr(cpu, MM_MSR_KERNEL_GS_BASE, 0);
	os->sysenter_cs = exchange_msr(cpu, MM_MSR_SYSENTER_CS, 0);
	os->cr2 = read_cr2(cpu);
	/* RSM reloads the OS's GS base from the save state. */
	write_msr(cpu, MM_MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
}

void mm_supv_restore_os_state(struct mm_supv_cpu *cpu)
{
	struct mm_supv_os_state *os = &cpu->os_state;

	if (!cpu->demoted)
		return;
	cpu->demoted = false;
	restore_msr(cpu, MM_MSR_STAR, MM_SUPV_STAR, os->star);
	restore_msr(cpu, MM_MSR_LSTAR, mm_supv_wiring_of(cpu)->syscall_entry, os->lstar);
	restore_msr(cpu, MM_MSR_FMASK, MM_SUPV_FMASK, os->fmask);
	restore_msr(cpu, MM_MSR_KERNEL_GS_BASE, 0, os->kernel_gs_base);
	restore_msr(cpu, MM_MSR_SYSENTER_CS, 0, os->sysenter_cs);
	(void)mm_hal_cpu_set_register(mm_supv_wiring_of(cpu)->cpu, MM_HAL_CR2, os->cr2); /* any value is legal */
}
