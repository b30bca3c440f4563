/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "demotion.h"

#include "fault.h"
#include "msr.h"

void mm_supv_demotion_init(struct mm_supv_cpu *cpu)
{
	const struct mm_hal_msr_swap rows[MM_SUPV_MSR_SWAPS] = {
		{ .index = MM_MSR_STAR, .ours = MM_SUPV_STAR },
		{ .index = MM_MSR_LSTAR, .ours = mm_supv_wiring_of(cpu)->syscall_entry },
		/* SYSCALL from compatibility mode (AMD): no selector leads there; page 0 is absent if one did. */
		{ .index = MM_MSR_CSTAR, .ours = 0 },
		{ .index = MM_MSR_FMASK, .ours = MM_SUPV_FMASK },
		{ .index = MM_MSR_KERNEL_GS_BASE, .ours = 0 },
		{ .index = MM_MSR_SYSENTER_CS, .ours = 0 },
		{ .index = MM_MSR_GS_BASE, .ours = (uint64_t)(uintptr_t)cpu },
	};

	__builtin_memcpy(cpu->os_state.msrs, rows, sizeof(rows));
}

void mm_supv_demote(struct mm_supv_cpu *cpu)
{
	struct mm_hal_cpu *hal = mm_supv_wiring_of(cpu)->cpu;

	if (cpu->demoted)
		return;
	cpu->demoted = true;
	(void)mm_hal_cpu_get_register(hal, MM_HAL_CR2, &cpu->os_state.cr2); /* cannot fail in ring 0 */
	/* Every x86-64 CPU has these; one that does not take them would run ring 3 with the OS's doors open. */
	if (mm_hal_cpu_swap_msrs_in(hal, cpu->os_state.msrs, MM_SUPV_MSR_SWAPS) != MM_OK)
		mm_supv_panic(mm_supv_wiring_of(cpu), "an architectural MSR does not take its value");
}

void mm_supv_restore_os_state(struct mm_supv_cpu *cpu)
{
	struct mm_hal_cpu *hal = mm_supv_wiring_of(cpu)->cpu;

	if (!cpu->demoted)
		return;
	cpu->demoted = false;
	if (mm_hal_cpu_swap_msrs_out(hal, cpu->os_state.msrs, MM_SUPV_MSR_SWAPS_BACK) != MM_OK)
		mm_supv_panic(mm_supv_wiring_of(cpu), "an architectural MSR does not take the OS's value back");
	(void)mm_hal_cpu_set_register(hal, MM_HAL_CR2, cpu->os_state.cr2); /* any value is legal */
}
