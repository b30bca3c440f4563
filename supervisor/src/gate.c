/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "gate.h"

#include "mm/abi/efi.h"

#include "fault.h"
#include "record.h"

/*
 * The numbers are dense in three places (mm/abi/syscall_list.h), so that a call finds its row by subtraction. A hole
 * holds a row without functions.
 */
static const struct mm_supv_syscall *find_in(const struct mm_supv_syscall *rows, size_t count, uint64_t first,
					     uint64_t number)
{
	if (number < first || number - first >= count || rows[number - first].invoke == NULL)
		return NULL;
	return &rows[number - first];
}

const struct mm_supv_syscall *mm_supv_syscall_find(uint64_t number)
{
	if (number >= MM_SYS_INVOKE)
		return find_in(mm_supv_flow_calls, mm_supv_flow_call_count, MM_SYS_INVOKE, number);
	if (number >= MM_SYS_ALOC_PAGE)
		return find_in(mm_supv_memory_calls, mm_supv_memory_call_count, MM_SYS_ALOC_PAGE, number);
	return find_in(mm_supv_port_calls, mm_supv_port_call_count, MM_SYS_RDMSR, number);
}

uint64_t mm_supv_efi_status(enum mm_status status)
{
	switch (status) {
	case MM_OK:
		return MM_EFI_SUCCESS;
	case MM_E_NO_MEMORY:
	case MM_E_QUOTA:
		return MM_EFI_OUT_OF_RESOURCES;
	case MM_E_NOT_FOUND:
		return MM_EFI_NOT_FOUND;
	case MM_E_UNSUPPORTED:
		return MM_EFI_UNSUPPORTED;
	case MM_E_DENIED:
		return MM_EFI_ACCESS_DENIED;
	case MM_E_LIMIT:
		return MM_EFI_BAD_BUFFER_SIZE;
	default:
		return MM_EFI_INVALID_PARAMETER;
	}
}

/* Policy's answers, the floor's included, are denials; everything else is a malformed request. */
static enum mm_supv_record_kind kind_of(enum mm_status why)
{
	switch (why) {
	case MM_E_DENIED:
	case MM_E_POLICY_FLOOR:
	case MM_E_POLICY_NO_ROOT:
	case MM_E_POLICY_NOT_GRANTED:
	case MM_E_POLICY_REFUSED:
		return MM_SUPV_RECORD_DENIED;
	default:
		return MM_SUPV_RECORD_MALFORMED;
	}
}

/* Rule, entry and the policy's own words, so that whoever wrote the policy knows where to look. */
static void log_denial(struct mm_supv_cpu *cpu, const struct mm_supv_syscall *row,
		       const struct mm_supv_request *request)
{
	const struct mm_supv_wiring *wiring = mm_supv_wiring_of(cpu);
	struct mm_policy_explanation why;

	row->explain(&wiring->policy, request, &why);
	if (why.entry == MM_POLICY_NO_ENTRY)
		mm_supv_log(wiring, "policy: %s 0x%llx: %s: %s", row->name, (unsigned long long)request->subject,
			    mm_policy_rule_name(why.rule),
			    why.reason[0] != 0 ? why.reason : "the policy gives no reason");
	else
		mm_supv_log(wiring, "policy: %s 0x%llx: %s %u of root %u: %s", row->name,
			    (unsigned long long)request->subject, mm_policy_rule_name(why.rule), why.entry, why.root,
			    why.reason[0] != 0 ? why.reason : "the policy gives no reason");
}

void mm_supv_syscall(struct mm_supv_cpu *cpu, struct mm_supv_call *call)
{
	const struct mm_supv_syscall *row = mm_supv_syscall_find(call->gprs.rax);
	struct mm_supv_request request;
	enum mm_status status;

	if (row == NULL) {
		mm_supv_refuse_activation(cpu, MM_SUPV_RECORD_MALFORMED, (uint32_t)call->gprs.rax, 0, call->gprs.rcx,
					  "unknown system call");
		return;
	}
	request.subject = 0;
	status = row->decode(cpu, call, &request);
	if (status == MM_OK) {
		row->invoke(cpu, call, &request);
		return;
	}
	if (row->answers_status) {
		call->gprs.rax = mm_supv_efi_status(status);
		return;
	}
	if (row->explain != NULL && kind_of(status) == MM_SUPV_RECORD_DENIED)
		log_denial(cpu, row, &request);
	mm_supv_refuse_activation(cpu, kind_of(status), row->number, request.subject, call->gprs.rcx, row->name);
}
