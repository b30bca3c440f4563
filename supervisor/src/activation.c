/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "activation.h"

#include "demotion.h"
#include "monarch.h"

/* What x87/SSE looks like to code that just started: FNINIT, MXCSR with all exceptions masked, registers zero. */
static const struct mm_supv_fx clean_fx = {
	.bytes = { [0] = 0x7F, [1] = 0x03, [24] = 0x80, [25] = 0x1F },
};

static struct mm_supv_activation *push(struct mm_supv_cpu *cpu, struct mm_domain *domain,
				       enum mm_supv_activation_kind kind, uint16_t module)
{
	struct mm_supv_activation *activation = &cpu->activations[cpu->depth++];

	activation->domain = domain;
	activation->kind = kind;
	activation->module = module;
	activation->generation = domain->generation;
	activation->deadline = 0;
	return activation;
}

void mm_supv_activation_command(struct mm_supv_cpu *cpu, struct mm_domain *domain, enum mm_supv_activation_kind kind,
				uint64_t command, uint64_t arg1, uint64_t arg2)
{
	const struct mm_supv_ring3_ops *ring3 = mm_supv_wiring_of(cpu)->ring3;
	struct mm_supv_user_entry entry = {
		.rip = domain->entry.v,
		.rsp = domain->stack_top[0].v,
		.r10 = command,
		.rdx = arg1,
		.r8 = arg2,
	};

	(void)push(cpu, domain, kind, MM_SUPV_MODULE_USER_CORE);
	mm_supv_demote(cpu);
	ring3->fx_restore(&clean_fx);
	ring3->enter(cpu, &entry);
}

void mm_supv_activation_invoke(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
			       const struct mm_supv_invoke *invoke)
{
	const struct mm_supv_ring3_ops *ring3 = mm_supv_wiring_of(cpu)->ring3;
	struct mm_domain *domain = mm_supv_activation_current(cpu)->domain;
	struct mm_supv_user_entry entry = {
		.rip = domain->entry.v,
		.rsp = domain->stack_top[cpu->depth].v,
		.rbx = invoke->entry,
		.r10 = invoke->args[0],
		.rdx = invoke->args[1],
		.r8 = invoke->args[2],
		.r9 = invoke->args[3],
	};
	struct mm_supv_activation *activation = push(cpu, domain, MM_SUPV_INVOKE, invoke->module);

	activation->parent = (struct mm_supv_user_resume){
		.rip = call->gprs.rcx,
		.rflags = call->gprs.r11,
		.rsp = call->rsp,
		.rbx = call->gprs.rbx,
		.rbp = call->gprs.rbp,
		.rdi = call->gprs.rdi,
		.rsi = call->gprs.rsi,
		.r12 = call->gprs.r12,
		.r13 = call->gprs.r13,
		.r14 = call->gprs.r14,
		.r15 = call->gprs.r15,
	};
	ring3->fx_save(&activation->parent_fx);
	ring3->fx_restore(&clean_fx);
	ring3->enter(cpu, &entry);
}

void mm_supv_activation_end(struct mm_supv_cpu *cpu, uint64_t status, uint64_t value)
{
	const struct mm_supv_ring3_ops *ring3 = mm_supv_wiring_of(cpu)->ring3;
	struct mm_supv_activation *ended = &cpu->activations[--cpu->depth];

	if (cpu->depth == 0) {
		mm_supv_monarch_continue(cpu, ended->kind, status, value);
		return;
	}
	ended->parent.rax = status;
	ended->parent.rdx = value;
	ring3->fx_restore(&ended->parent_fx);
	ring3->resume(cpu, &ended->parent);
}
