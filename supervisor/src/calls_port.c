/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System calls 0 to 6: ports, MSRs and instructions, each under policy. */
#include "mm/policy/gate.h"

#include "mm/abi/efi.h"

#include "fault.h"
#include "gate.h"

static enum mm_status decode_msr(struct mm_supv_cpu *cpu, const struct mm_supv_call *call, uint32_t access,
				 struct mm_supv_request *ret_request)
{
	if (call->gprs.rdx > UINT32_MAX)
		return MM_E_INVALID;
	ret_request->subject = call->gprs.rdx;
	ret_request->access = access;
	ret_request->u.msr.index = (uint32_t)call->gprs.rdx;
	ret_request->u.msr.value = call->gprs.r8;
	return mm_policy_gate_msr(&mm_supv_wiring_of(cpu)->policy, ret_request->u.msr.index, access);
}

static void explain_msr(const struct mm_policy *policy, const struct mm_supv_request *request,
			struct mm_policy_explanation *ret_why)
{
	/* The answer is known: this is about the reason. */
	(void)mm_policy_explain_msr(policy, request->u.msr.index, request->access, ret_why);
}

static enum mm_status decode_rdmsr(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				   struct mm_supv_request *ret_request)
{
	return decode_msr(cpu, call, MM_POLICY_READ, ret_request);
}

static enum mm_status decode_wrmsr(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				   struct mm_supv_request *ret_request)
{
	return decode_msr(cpu, call, MM_POLICY_WRITE, ret_request);
}

/* The CPU itself refuses: the driver's fault, like the instruction would have been. */
static void refuse_msr(struct mm_supv_cpu *cpu, const struct mm_supv_call *call, uint32_t index)
{
	mm_supv_refuse_activation(cpu, MM_SUPV_RECORD_MALFORMED, (uint32_t)call->gprs.rax, index, call->gprs.rcx,
				  "the CPU has no such MSR or value");
}

static void invoke_rdmsr(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	uint64_t value;

	if (mm_hal_cpu_rdmsr(mm_supv_wiring_of(cpu)->cpu, request->u.msr.index, &value) != MM_OK) {
		refuse_msr(cpu, call, request->u.msr.index);
		return;
	}
	call->gprs.rax = value;
}

static void invoke_wrmsr(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	if (mm_hal_cpu_wrmsr(mm_supv_wiring_of(cpu)->cpu, request->u.msr.index, request->u.msr.value) != MM_OK) {
		refuse_msr(cpu, call, request->u.msr.index);
		return;
	}
	call->gprs.rax = 0;
}

static enum mm_status decode_io(struct mm_supv_cpu *cpu, const struct mm_supv_call *call, uint32_t access,
				struct mm_supv_request *ret_request)
{
	if (call->gprs.rdx > UINT16_MAX || call->gprs.r8 > MM_SYS_IO_WIDTH_MAX)
		return MM_E_INVALID;
	ret_request->subject = call->gprs.rdx;
	ret_request->access = access;
	ret_request->u.io.port = (uint16_t)call->gprs.rdx;
	ret_request->u.io.width = (enum mm_hal_width)call->gprs.r8;
	ret_request->u.io.value = (uint32_t)call->gprs.r9;
	return mm_policy_gate_port(&mm_supv_wiring_of(cpu)->policy, ret_request->u.io.port,
				   mm_hal_width_bytes(ret_request->u.io.width), access);
}

static void explain_io(const struct mm_policy *policy, const struct mm_supv_request *request,
		       struct mm_policy_explanation *ret_why)
{
	(void)mm_policy_explain_port(policy, request->u.io.port, mm_hal_width_bytes(request->u.io.width),
				     request->access, ret_why);
}

static enum mm_status decode_io_read(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				     struct mm_supv_request *ret_request)
{
	return decode_io(cpu, call, MM_POLICY_READ, ret_request);
}

static enum mm_status decode_io_write(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				      struct mm_supv_request *ret_request)
{
	return decode_io(cpu, call, MM_POLICY_WRITE, ret_request);
}

static void invoke_io_read(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	call->gprs.rax = mm_hal_io_read(mm_supv_wiring_of(cpu)->io, request->u.io.port, request->u.io.width);
}

static void invoke_io_write(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	mm_hal_io_write(mm_supv_wiring_of(cpu)->io, request->u.io.port, request->u.io.width, request->u.io.value);
	call->gprs.rax = request->u.io.value;
}

static enum mm_status decode_cli(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				 struct mm_supv_request *ret_request)
{
	return mm_policy_gate_instruction(&mm_supv_wiring_of(cpu)->policy, MM_POLICY_CLI);
}

static enum mm_status decode_wbinvd(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				    struct mm_supv_request *ret_request)
{
	return mm_policy_gate_instruction(&mm_supv_wiring_of(cpu)->policy, MM_POLICY_WBINVD);
}

static enum mm_status decode_hlt(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				 struct mm_supv_request *ret_request)
{
	return mm_policy_gate_instruction(&mm_supv_wiring_of(cpu)->policy, MM_POLICY_HLT);
}

/* Interrupts are masked in MM as it is. */
static void invoke_cli(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	call->gprs.rax = 0;
}

static void invoke_wbinvd(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	mm_supv_wiring_of(cpu)->ring3->write_back_caches();
	call->gprs.rax = 0;
}

/* No interrupt would ever wake the CPU, so a driver that halts has nothing more to do. */
static void invoke_hlt(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	mm_supv_refuse_activation(cpu, MM_SUPV_RECORD_MALFORMED, MM_SYS_HLT, 0, call->gprs.rcx, "halted");
}

const struct mm_supv_syscall mm_supv_port_calls[] = {
	{ MM_SYS_RDMSR, "RDMSR", false, decode_rdmsr, invoke_rdmsr, explain_msr },
	{ MM_SYS_WRMSR, "WRMSR", false, decode_wrmsr, invoke_wrmsr, explain_msr },
	{ MM_SYS_CLI, "CLI", false, decode_cli, invoke_cli, NULL },
	{ MM_SYS_IO_READ, "IO_READ", false, decode_io_read, invoke_io_read, explain_io },
	{ MM_SYS_IO_WRITE, "IO_WRITE", false, decode_io_write, invoke_io_write, explain_io },
	{ MM_SYS_WBINVD, "WBINVD", false, decode_wbinvd, invoke_wbinvd, NULL },
	{ MM_SYS_HLT, "HLT", false, decode_hlt, invoke_hlt, NULL },
};
const size_t mm_supv_port_call_count = MM_ARRAY_COUNT(mm_supv_port_calls);
