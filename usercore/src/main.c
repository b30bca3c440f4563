/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Image only: the objects, the system calls, and the commands of the supervisor. */
#include "mm/abi/efi.h"
#include "mm/abi/syscall.h"
#include "mm/hal/image_runtime.h"
#include "mm/hal/ring3.h"

#include "core.h"

struct mm_core mm_core_object;
static struct mm_hal_ring3 hal;

uint64_t mm_user_command(uint64_t command, uint64_t arg1, uint64_t arg2);

static uint64_t allocate_pages(uint64_t pages)
{
	return mm_hal_ring3_syscall(MM_SYS_ALOC_PAGE, MM_EFI_ALLOCATE_ANY_PAGES, MM_EFI_RUNTIME_SERVICES_DATA, pages);
}

static uint64_t free_pages(uint64_t address, uint64_t pages)
{
	return mm_hal_ring3_syscall(MM_SYS_FREE_PAGE, address, pages, 0);
}

static const struct mm_core_ring0_ops ring0_ops = {
	.invoke = mm_hal_ring3_invoke,
	.allocate_pages = allocate_pages,
	.free_pages = free_pages,
};

/* Cold: what only it needs stays out of the frame of every request. */
MM_COLD static uint64_t start(uint64_t hobs, uint64_t shared)
{
	struct mm_core *core = &mm_core_object;
	struct mm_refusal refusal = { "clock", 0, 0 };
	enum mm_status status = mm_hal_ring3_init(&hal);

	core->ring0 = &ring0_ops;
	core->console = &hal.console;
	core->io = &hal.io;
	if (status == MM_OK)
		status = mm_core_start(core, (const void *)(uintptr_t)hobs, (struct mm_user_shared *)(uintptr_t)shared,
				       &refusal);
	if (status == MM_OK)
		return MM_EFI_SUCCESS;
	mm_core_log(core, "start refused: %s: %s (value 0x%llx)", refusal.field, mm_status_text(status),
		    (unsigned long long)refusal.value);
	return MM_EFI_LOAD_ERROR;
}

uint64_t mm_user_command(uint64_t command, uint64_t arg1, uint64_t arg2)
{
	switch (command) {
	case MM_USER_START:
		return start(arg1, arg2);
	case MM_USER_REQUEST:
		mm_core_serve(&mm_core_object);
		return MM_EFI_SUCCESS;
	default:
		return MM_EFI_UNSUPPORTED;
	}
}

/* A smashed stack is this activation's fault: end it as one. */
void mm_image_stack_smashed(void)
{
	for (;;)
		__asm__ volatile("ud2");
}
