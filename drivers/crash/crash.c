/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Misbehaves on request (mm/abi/drivers.h), to show that whatever a driver does ends that activation and nothing else.
 * The handler returns only when the misdeed did not end it, which the test client takes for a failure.
 */
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/abi/syscall.h"
#include "mm/driver/mmst.h"
#include "mm/hal/ring3.h"

#define PORT_PCI_ADDRESS 0xCF8u
#define PORT_DMA_PAGE	 0x80u
#define MSR_LSTAR	 0xC0000082u
#define UNKNOWN_CALL	 0x4242u
#define NON_CANONICAL	 0x8000000000000000u

static const struct mm_guid driver_guid = MM_GUID_CRASH_DRIVER;

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst);

static void read_at(uint64_t address)
{
	(void)*(volatile const uint8_t *)(uintptr_t)address;
}

static void write_at(uint64_t address)
{
	*(volatile uint8_t *)(uintptr_t)address = 0xC3;
}

static void execute_at(uint64_t address)
{
	__asm__ volatile("call *%0" : : "r"(address) : "memory", "cc", "rax", "rcx", "rdx", "r8", "r9", "r10", "r11");
}

static void execute_stack(void)
{
	volatile uint8_t code[16] = { 0xC3 }; /* RET */

	execute_at((uint64_t)(uintptr_t)code);
}

/* Touches each page on the way down, so that no guard page is stepped over. */
static void overflow_stack(void)
{
	__asm__ volatile("1: subq $4096, %%rsp\n\tpushq $0\n\tjmp 1b" : : : "memory");
}

/* A far pointer whose selector is slot 0 of the LDT, as ring 3. */
static const struct {
	uint32_t offset;
	uint16_t selector;
} gate = { 0, 0x0007 };

static void privileged(uint32_t kind)
{
	switch (kind) {
	case MM_CRASH_PORT_INPUT:
		__asm__ volatile("inb %w0, %%al" : : "d"(PORT_DMA_PAGE) : "rax");
		break;
	case MM_CRASH_RDMSR:
		__asm__ volatile("rdmsr" : : "c"(MSR_LSTAR) : "rax", "rdx");
		break;
	case MM_CRASH_CLI:
		__asm__ volatile("cli");
		break;
	case MM_CRASH_HLT:
		__asm__ volatile("hlt");
		break;
	case MM_CRASH_LOAD_CR3:
		__asm__ volatile("movq %0, %%cr3" : : "r"((uint64_t)0) : "memory");
		break;
	case MM_CRASH_BREAKPOINT:
		__asm__ volatile("int3");
		break;
	case MM_CRASH_SOFTWARE_INTERRUPT:
		__asm__ volatile("int $0x80");
		break;
	case MM_CRASH_CALL_GATE:
		__asm__ volatile("lcall *%0" : : "m"(gate) : "memory");
		break;
#ifdef MM_CRASH_WITH_SYSENTER
	case MM_CRASH_SYSENTER:
		__asm__ volatile("sysenter");
		break;
#endif
	default:
		break;
	}
}

static void misuse_arithmetic(uint32_t kind)
{
	if (kind == MM_CRASH_UNDEFINED)
		__asm__ volatile("ud2");
	if (kind == MM_CRASH_DIVIDE)
		__asm__ volatile("xorl %%ecx, %%ecx\n\tdivl %%ecx" : : : "rax", "rcx", "rdx", "cc");
}

static void misuse_memory(uint32_t kind, uint64_t address)
{
	switch (kind) {
	case MM_CRASH_READ_NULL:
		read_at(8);
		break;
	case MM_CRASH_READ_ADDRESS:
		read_at(address);
		break;
	case MM_CRASH_WRITE_ADDRESS:
		write_at(address);
		break;
	case MM_CRASH_WRITE_OWN_CODE:
		write_at((uint64_t)(uintptr_t)mm_driver_entry);
		break;
	case MM_CRASH_EXECUTE_STACK:
		execute_stack();
		break;
	case MM_CRASH_EXECUTE_ADDRESS:
		execute_at(address);
		break;
	case MM_CRASH_STACK_OVERFLOW:
		overflow_stack();
		break;
	case MM_CRASH_NON_CANONICAL:
		read_at(NON_CANONICAL);
		break;
	default:
		break;
	}
}

/* Only the last one comes back, with a status. */
static uint64_t misuse_calls(uint32_t kind, uint64_t address)
{
	switch (kind) {
	case MM_CRASH_DENIED_PORT:
		return mm_hal_ring3_syscall(MM_SYS_IO_WRITE, PORT_PCI_ADDRESS, 2, 0);
	case MM_CRASH_DENIED_MSR:
		return mm_hal_ring3_syscall(MM_SYS_WRMSR, MSR_LSTAR, address, 0);
	case MM_CRASH_UNKNOWN_CALL:
		return mm_hal_ring3_syscall(UNKNOWN_CALL, 0, 0, 0);
	case MM_CRASH_BAD_POINTER_CALL:
		return mm_hal_ring3_syscall(MM_SYS_LOG, address, 16, 0);
	default:
		return MM_EFI_SUCCESS;
	}
}

static uint64_t MM_EFIAPI misbehave(mm_driver_handle dispatch_handle, const void *context, void *buffer,
				    size_t *inout_bytes)
{
	struct mm_crash_request request;
	uint64_t status;

	if (*inout_bytes < sizeof(request))
		return MM_EFI_BAD_BUFFER_SIZE;
	__builtin_memcpy(&request, buffer, sizeof(request));
	misuse_arithmetic(request.kind);
	misuse_memory(request.kind, request.address);
	privileged(request.kind);
	status = misuse_calls(request.kind, request.address);
	/* A refused call that answers a status is no crash: the driver lives, and success means that it was refused. */
	if (request.kind == MM_CRASH_BAD_POINTER_CALL)
		return MM_EFI_IS_ERROR(status) ? MM_EFI_SUCCESS : MM_EFI_SECURITY_VIOLATION;
	return MM_EFI_SUCCESS;
}

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst)
{
	mm_driver_handle dispatch_handle;

	return mmst->mmi_handler_register(misbehave, &driver_guid, &dispatch_handle);
}
