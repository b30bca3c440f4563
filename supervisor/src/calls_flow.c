/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System calls from 0x20000: running and ending activations, the log, time. */
#include "mm/abi/efi.h"

#include "activation.h"
#include "gate.h"
#include "memory.h"
#include "record.h"
#include "user_access.h"

static enum mm_status decode_invoke(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				    struct mm_supv_request *ret_request)
{
	const struct mm_supv_module *module;

	if (cpu->depth >= MM_SUPV_DEPTH_MAX)
		return MM_E_LIMIT;
	if (call->gprs.rdx >= cpu->supv->module_count)
		return MM_E_NOT_FOUND;
	module = &cpu->supv->modules[call->gprs.rdx];
	if (!mm_region_contains_addr(module->image, call->gprs.r8))
		return MM_E_INVALID;
	ret_request->u.invoke.module = (uint16_t)call->gprs.rdx;
	ret_request->u.invoke.entry = call->gprs.r8;
	ret_request->u.invoke.args[0] = call->gprs.r9;
	ret_request->u.invoke.args[1] = call->gprs.r10;
	ret_request->u.invoke.args[2] = call->gprs.r12;
	ret_request->u.invoke.args[3] = call->gprs.r13;
	return MM_OK;
}

static void invoke_invoke(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	const struct mm_supv_invoke what = {
		.module = request->u.invoke.module,
		.entry = request->u.invoke.entry,
		.args = { request->u.invoke.args[0], request->u.invoke.args[1], request->u.invoke.args[2],
			  request->u.invoke.args[3] },
	};

	mm_supv_activation_invoke(cpu, call, &what);
}

static enum mm_status decode_nothing(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				     struct mm_supv_request *ret_request)
{
	return MM_OK;
}

static void invoke_return(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	mm_supv_activation_end(cpu, MM_EFI_SUCCESS, call->gprs.rdx);
}

/* One line of printable text; what is not printable becomes a dot, so that ring 3 cannot forge log structure. */
static enum mm_status decode_log(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				 struct mm_supv_request *ret_request)
{
	size_t i;
	enum mm_status status;

	if (call->gprs.r8 == 0 || call->gprs.r8 >= sizeof(ret_request->u.log.text))
		return MM_E_LIMIT;
	ret_request->u.log.bytes = (size_t)call->gprs.r8;
	status = mm_supv_user_read_untrusted(cpu, ret_request->u.log.text, mm_user_va(call->gprs.rdx),
					     ret_request->u.log.bytes);
	if (status != MM_OK)
		return status;
	for (i = 0; i < ret_request->u.log.bytes; i++) {
		char c = ret_request->u.log.text[i];

		if (c < ' ' || c > '~')
			ret_request->u.log.text[i] = '.';
	}
	ret_request->u.log.text[i] = '\n';
	return MM_OK;
}

static void invoke_log(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	struct mm_hal_console *console = mm_supv_wiring_of(cpu)->console;

	if (console != NULL)
		mm_hal_console_write(console, request->u.log.text, request->u.log.bytes + 1);
	call->gprs.rax = MM_EFI_SUCCESS;
}

static void invoke_time(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	struct mm_hal_time *time = mm_supv_wiring_of(cpu)->time;

	call->gprs.rax = mm_hal_time_ticks(time);
	call->gprs.rdx = mm_hal_time_ticks_per_second(time);
}

static void invoke_cpu_count(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	call->gprs.rax = cpu->supv->cpu_count;
	call->gprs.rdx = cpu->index;
}

#define ROW(name, answers, decode, invoke) \
	[MM_SYS_##name - MM_SYS_INVOKE] = { MM_SYS_##name, #name, answers, decode, invoke, NULL }

const struct mm_supv_syscall mm_supv_flow_calls[] = {
	ROW(INVOKE, true, decode_invoke, invoke_invoke),
	ROW(RETURN, false, decode_nothing, invoke_return),
	ROW(LOG, true, decode_log, invoke_log),
	ROW(TIME, false, decode_nothing, invoke_time),
	ROW(CPU_COUNT, false, decode_nothing, invoke_cpu_count),
};
const size_t mm_supv_flow_call_count = MM_ARRAY_COUNT(mm_supv_flow_calls);
