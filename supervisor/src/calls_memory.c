/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* System calls 0x10004 to 0x10023: pages, and questions about memory. */
#include "mm/abi/efi.h"
#include "mm/base/checked.h"

#include "activation.h"
#include "gate.h"
#include "memory.h"

/* EFI_ALLOCATE_TYPE: the call has no argument that could carry an address for the others. */
#define ALLOCATE_ANY_PAGES 0u

static struct mm_domain *domain_of(struct mm_supv_cpu *cpu)
{
	return mm_supv_activation_current(cpu)->domain;
}

static enum mm_status decode_alloc(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				   struct mm_supv_request *ret_request)
{
	if (call->gprs.rdx != ALLOCATE_ANY_PAGES)
		return MM_E_UNSUPPORTED;
	if (call->gprs.r8 != MM_EFI_RUNTIME_SERVICES_DATA && call->gprs.r8 != MM_EFI_RUNTIME_SERVICES_CODE)
		return MM_E_INVALID;
	if (call->gprs.r9 == 0)
		return MM_E_INVALID;
	ret_request->u.memory.pages = call->gprs.r9;
	return MM_OK;
}

static void invoke_alloc(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	struct mm_region region;
	enum mm_status status = mm_supv_user_pages_get(cpu->supv, domain_of(cpu), request->u.memory.pages, &region);

	call->gprs.rax = status == MM_OK ? region.base : mm_supv_efi_status(status);
}

static enum mm_status decode_free(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				  struct mm_supv_request *ret_request)
{
	uint64_t bytes;

	if (!mm_is_page_aligned(call->gprs.rdx) || call->gprs.r8 == 0)
		return MM_E_INVALID;
	if (!mm_mul_u64(call->gprs.r8, MM_PAGE_BYTES, &bytes) ||
	    mm_region_create_untrusted(call->gprs.rdx, bytes, &ret_request->u.memory.region) != MM_OK)
		return MM_E_INVALID;
	return mm_supv_user_pages_are_heap(cpu->supv, domain_of(cpu), ret_request->u.memory.region) ? MM_OK
												    : MM_E_NOT_FOUND;
}

static void invoke_free(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	enum mm_status status = mm_supv_user_pages_put(cpu->supv, domain_of(cpu), request->u.memory.region);

	call->gprs.rax = mm_supv_efi_status(status);
}

/* An address and a size; empty and wrapping ranges are malformed. */
static enum mm_status decode_range(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				   struct mm_supv_request *ret_request)
{
	if (call->gprs.r8 == 0)
		return MM_E_INVALID;
	return mm_region_create_untrusted(call->gprs.rdx, call->gprs.r8, &ret_request->u.memory.region);
}

/* 1 if all of the range lies outside MMRAM and ring 3 can reach it. */
static void invoke_unblocked(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request)
{
	call->gprs.rax = mm_supv_user_range_is_outside(cpu->supv, request->u.memory.region) ? 1 : 0;
}

/* EFI_STATUS: drivers in the field test it with EFI_ERROR(). */
static void invoke_is_comm_buffer(struct mm_supv_cpu *cpu, struct mm_supv_call *call,
				  const struct mm_supv_request *request)
{
	call->gprs.rax = mm_region_contains(domain_of(cpu)->shadow, request->u.memory.region)
				 ? MM_EFI_SUCCESS
				 : MM_EFI_SECURITY_VIOLATION;
}

#define ROW(name, answers, decode, invoke) \
	[MM_SYS_##name - MM_SYS_ALOC_PAGE] = { MM_SYS_##name, #name, answers, decode, invoke, NULL }

const struct mm_supv_syscall mm_supv_memory_calls[] = {
	ROW(ALOC_PAGE, true, decode_alloc, invoke_alloc),
	ROW(FREE_PAGE, true, decode_free, invoke_free),
	ROW(MM_UNBLOCKED, false, decode_range, invoke_unblocked),
	ROW(IS_COMM_BUFF, true, decode_range, invoke_is_comm_buffer),
};
const size_t mm_supv_memory_call_count = MM_ARRAY_COUNT(mm_supv_memory_calls);
