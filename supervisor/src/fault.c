/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fault.h"

#include "mm/abi/efi.h"

#include "activation.h"
#include "record.h"

#define VECTOR_DOUBLE_FAULT  8u
#define VECTOR_PAGE_FAULT    14u
#define VECTOR_MACHINE_CHECK 18u

/* Page-fault error code (Intel SDM volume 3, 4.7). */
#define PF_PRESENT 0x01u
#define PF_WRITE   0x02u
#define PF_FETCH   0x10u

static const char *vector_name(uint64_t vector)
{
	static const char *const names[] = {
		"#DE", "#DB", "NMI", "#BP", "#OF",	 "#BR", "#UD", "#NM", "#DF", "vector 9", "#TS",
		"#NP", "#SS", "#GP", "#PF", "vector 15", "#MF", "#AC", "#MC", "#XM", "#VE",	 "#CP",
	};

	return vector < MM_ARRAY_COUNT(names) ? names[vector] : "interrupt";
}

/* What a page fault tried, in words; other exceptions speak by their name alone. */
static const char *trap_cause(const struct mm_supv_trap *trap)
{
	if (trap->vector != VECTOR_PAGE_FAULT)
		return "";
	if ((trap->error & PF_FETCH) != 0)
		return (trap->error & PF_PRESENT) != 0 ? ", execution of data" : ", execution of an absent page";
	if ((trap->error & PF_WRITE) != 0)
		return (trap->error & PF_PRESENT) != 0 ? ", write to a protected page" : ", write to an absent page";
	return (trap->error & PF_PRESENT) != 0 ? ", read of a protected page" : ", read of an absent page";
}

/* Attribution: the module that holds the instruction, else the one the activation was entered for. */
static uint16_t blame(struct mm_supv_cpu *cpu, uint64_t rip)
{
	const struct mm_supv_module *module = mm_supv_module_at(cpu->supv, rip);

	if (module != NULL)
		return (uint16_t)(module - cpu->supv->modules);
	return mm_supv_activation_current(cpu)->module;
}

static void end_with_record(struct mm_supv_cpu *cpu, enum mm_supv_record_kind kind, uint32_t detail, uint64_t subject,
			    uint64_t rip, const char *what, const char *cause)
{
	uint16_t index = blame(cpu, rip);
	struct mm_supv_module *module = &cpu->supv->modules[index];
	struct mm_supv_record record = {
		.kind = kind,
		.cpu = (uint16_t)cpu->index,
		.module = index,
		.detail = detail,
		.offset = mm_supv_module_offset(module, rip),
		.subject = subject,
	};

	module->faults++;
	mm_supv_record_add(cpu->supv, &record);
	mm_supv_log(mm_supv_wiring_of(cpu), "%s%s in module %pG+0x%x, depth %u: activation ended", what, cause,
		    (const void *)&module->guid, record.offset, cpu->depth - 1u);
	mm_supv_activation_end(cpu, MM_EFI_ABORTED, 0);
}

void mm_supv_trap_user(struct mm_supv_cpu *cpu, const struct mm_supv_trap *trap)
{
	if (mm_supv_activation_current(cpu) == NULL)
		mm_supv_panic(mm_supv_wiring_of(cpu), "an exception from ring 3 while ring 3 is not active");
	if (trap->vector == VECTOR_DOUBLE_FAULT || trap->vector == VECTOR_MACHINE_CHECK) {
		mm_supv_log(mm_supv_wiring_of(cpu), "%s in ring 3", vector_name(trap->vector));
		mm_supv_panic(mm_supv_wiring_of(cpu), "an exception that is no driver's fault");
	}
	cpu->supv->counters.faults++;
	end_with_record(cpu, MM_SUPV_RECORD_FAULT, (uint32_t)trap->vector, 0, trap->rip, vector_name(trap->vector),
			trap_cause(trap));
}

void mm_supv_report_ring0_fault(const struct mm_supv_wiring *wiring, const struct mm_supv_state *supv,
				const struct mm_supv_trap *trap)
{
	uint64_t i;

	mm_supv_log(wiring, "%s%s in ring 0 at supervisor+0x%llx, error code 0x%llx, run %llu",
		    vector_name(trap->vector), trap_cause(trap), (unsigned long long)(trap->rip - supv->image.base),
		    (unsigned long long)trap->error, (unsigned long long)supv->counters.smis);
	for (i = 0; i < supv->cpu_count; i++) {
		const struct mm_supv_cpu *cpu = &supv->cpus[i];

		if (trap->rsp <= cpu->exit_rsp && cpu->exit_rsp - trap->rsp < MM_SUPV_RING0_STACK_BYTES)
			mm_supv_log(wiring, "on CPU %u, %u activations deep, %llu bytes of stack in use", cpu->index,
				    cpu->depth, (unsigned long long)(cpu->exit_rsp - trap->rsp));
	}
}

void mm_supv_refuse_activation(struct mm_supv_cpu *cpu, enum mm_supv_record_kind kind, uint32_t detail,
			       uint64_t subject, uint64_t rip, const char *reason)
{
	if (kind == MM_SUPV_RECORD_DENIED)
		cpu->supv->counters.denials++;
	else
		cpu->supv->counters.faults++;
	end_with_record(cpu, kind, detail, subject, rip, "refused: ", reason);
}
