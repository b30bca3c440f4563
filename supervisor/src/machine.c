/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The real machine: registers, assembly and the debug port. Image only. */
#include <stdatomic.h>

#include "mm/hal/image_runtime.h"
#include "mm/hal/x86_64.h"

#include "build.h"
#include "descriptors.h"
#include "fault.h"
#include "image.h"
#include "msr.h"
#include "rendezvous.h"

#define DEBUG_PORT	 0x402u
#define DEBUG_EXIT_PORT	 0xF4u
#define DEBUG_EXIT_PANIC 0x6Fu

#define CR0_WP		   (1u << 16)
#define CR4_LA57	   (1u << 12)
#define CR4_UMIP	   (1u << 11)
#define CR4_SMEP	   (1u << 20)
#define CR4_SMAP	   (1u << 21)
#define EFER_SCE	   (1u << 0)
#define EFER_NXE	   (1u << 11)
#define USER_LIMIT_4_LEVEL ((uint64_t)1 << 47)
#define ADDRESS_SIZE_LEAF  0x80000008u

/* Until init's clock rate is known; replaced, or refused as missing, before anything waits. */
#define NO_RATE 0u

struct mm_supv_sealed mm_supv_wiring_object __attribute__((section(".seal")));
struct mm_supv_object mm_supv_state_object;

void mm_supv_enter_user(struct mm_supv_cpu *cpu, const struct mm_supv_user_entry *entry);
void mm_supv_resume_user(struct mm_supv_cpu *cpu, const struct mm_supv_user_resume *resume);
void mm_supv_fx_save(struct mm_supv_fx *ret_fx);
void mm_supv_fx_restore(const struct mm_supv_fx *fx);
void mm_supv_leave(struct mm_supv_cpu *cpu);

/* The one place that clears CR0.WP: for the page-table editor, and at boot for the MMI entries' pointers. */
static void write_protected(void *target, const void *data, size_t bytes)
{
	uint64_t cr0 = mm_x86_read_cr0();

	mm_x86_write_cr0(cr0 & ~(uint64_t)CR0_WP);
	if (bytes == sizeof(uint64_t))
		*(volatile uint64_t *)target = *(const uint64_t *)data; /* an entry changes in one store */
	else
		__builtin_memcpy(target, data, bytes);
	mm_x86_write_cr0(cr0);
}

const struct mm_supv_ring3_ops mm_supv_machine_ops = {
	.enter = mm_supv_enter_user,
	.resume = mm_supv_resume_user,
	.fx_save = mm_supv_fx_save,
	.fx_restore = mm_supv_fx_restore,
	.leave = mm_supv_leave,
	.write_back_caches = mm_x86_wbinvd,
	.write_protected = write_protected,
};

static uint8_t physical_address_bits(void)
{
	uint32_t eax, ebx, ecx, edx;

	mm_x86_cpuid(ADDRESS_SIZE_LEAF & 0x80000000u, 0, &eax, &ebx, &ecx, &edx);
	if (eax < ADDRESS_SIZE_LEAF)
		return 36;
	mm_x86_cpuid(ADDRESS_SIZE_LEAF, 0, &eax, &ebx, &ecx, &edx);
	return (uint8_t)eax;
}

static void wire_interfaces(struct mm_supv_sealed *sealed)
{
	struct mm_supv_wiring *wiring = &sealed->wiring;

	wiring->has_smap = (mm_x86_read_cr4() & CR4_SMAP) != 0;
	wiring->ring3 = &mm_supv_machine_ops;
	wiring->syscall_entry = (uint64_t)(uintptr_t)mm_supv_syscall_entry;
	if (mm_hal_x86_init(&sealed->hal, &(struct mm_hal_x86_config){
						  .has_smap = wiring->has_smap,
						  .pa_bits = physical_address_bits(),
						  .user_limit = USER_LIMIT_4_LEVEL,
						  .ticks_per_second = NO_RATE,
					  }) != MM_OK)
		mm_supv_panic(wiring, "the CPU reports an impossible address size");
	wiring->cpu = &sealed->hal.cpu;
	wiring->io = &sealed->hal.io;
	wiring->mem = &sealed->hal.mem;
	wiring->time = &sealed->hal.time;
	wiring->user = &sealed->hal.user;
	wiring->lapic = &sealed->lapic;
	if (mm_hal_console_port_init(&sealed->console, wiring->io, MM_HAL_CONSOLE_DEBUG_PORT, DEBUG_PORT) != MM_OK ||
	    mm_hal_lapic_init(&sealed->lapic, wiring->cpu, &sealed->hal.mmio, mm_pa(MM_HAL_LAPIC_BASE)) != MM_OK)
		mm_supv_panic(wiring, "an interface does not take its configuration");
	wiring->console = &sealed->console.console;
}

void mm_supv_machine_init(void)
{
	struct mm_supv_sealed *sealed = &mm_supv_wiring_object;
	const struct mm_supv_table_register idtr = { MM_SUPV_IDT_BYTES - 1u,
						     (uint64_t)(uintptr_t)sealed->wiring.gates };

	mm_supv_idt_write(sealed->wiring.gates, (uint64_t)(uintptr_t)mm_supv_trap_stubs);
	mm_supv_load_idt(&idtr);
	wire_interfaces(sealed);
	mm_supv_state_object.state.wiring = &sealed->wiring;
	mm_supv_state_object.state.memory = &mm_supv_state_object.memory;
}

enum mm_status mm_supv_machine_read(struct mm_supv_machine_facts *ret_machine, struct mm_refusal *reterr)
{
	uint64_t cr4 = mm_x86_read_cr4();
	uint64_t efer = mm_x86_rdmsr(MM_MSR_EFER);
	uint64_t missing = 0;

	if ((efer & EFER_NXE) == 0 || (efer & EFER_SCE) == 0)
		return mm_refuse(reterr, MM_E_SUPV_STATE, "EFER", 0, efer);
	if ((mm_x86_read_cr0() & CR0_WP) == 0)
		return mm_refuse(reterr, MM_E_SUPV_STATE, "CR0.WP", 0, mm_x86_read_cr0());
	if ((cr4 & CR4_SMEP) == 0)
		missing |= MM_POLICY_PROTECT_SMEP;
	if ((cr4 & CR4_SMAP) == 0)
		missing |= MM_POLICY_PROTECT_SMAP;
	if ((cr4 & CR4_UMIP) == 0)
		missing |= MM_POLICY_PROTECT_UMIP;
	ret_machine->root = mm_pa(mm_x86_read_cr3() & ~MM_PAGE_MASK);
	ret_machine->levels = (cr4 & CR4_LA57) != 0 ? 5 : 4;
	ret_machine->pa_bits = physical_address_bits();
	ret_machine->missing_protections = missing;
	return MM_OK;
}

/*
 * Every other CPU is to stop too: those that wait in this run keep waiting, because it never ends, and the rest are
 * called in by SMI and wait with them. An APIC that the OS has switched off keeps its CPU outside, where it finds MM
 * silent.
 */
static void hold_all_cpus(const struct mm_supv_wiring *wiring)
{
	struct mm_supv_run *run = &mm_supv_state_object.state.run;
	uint64_t word = atomic_load_explicit(&run->word, memory_order_relaxed);

	atomic_store_explicit(&run->word, (word & ~(uint64_t)3) | MM_SUPV_PHASE_RUN, memory_order_release);
	if (wiring != NULL && wiring->lapic != NULL)
		(void)mm_hal_lapic_send_others(wiring->lapic, MM_HAL_IPI_SMI, 0);
}

void mm_supv_panic(const struct mm_supv_wiring *wiring, const char *what)
{
	static const char prefix[] = "supv: PANIC: ";

	if (wiring != NULL && wiring->console != NULL) {
		mm_hal_console_write(wiring->console, prefix, sizeof(prefix) - 1);
		for (; *what != '\0'; what++)
			mm_hal_console_write(wiring->console, what, 1);
		mm_hal_console_write(wiring->console, "\n", 1);
	}
	hold_all_cpus(wiring);
	mm_x86_out8(DEBUG_EXIT_PORT, DEBUG_EXIT_PANIC); /* ends an emulated machine; nothing answers on a real one */
	for (;;) {
		mm_x86_cli();
		mm_x86_hlt();
	}
}

void mm_image_stack_smashed(void)
{
	mm_supv_panic(&mm_supv_wiring_object.wiring, "a stack cookie was overwritten");
}

/* Ring 0 goes on only at a fix-up: page faults, protection and alignment faults of the instructions that may fault. */
uint64_t mm_supv_trap_kernel(const struct mm_supv_trap *trap)
{
	uint64_t fixup;

	if ((trap->vector == 13 || trap->vector == 14 || trap->vector == 17) &&
	    mm_hal_x86_extable_find(trap->rip, &fixup))
		return fixup;
	mm_supv_report_ring0_fault(&mm_supv_wiring_object.wiring, &mm_supv_state_object.state, trap);
	mm_supv_panic(&mm_supv_wiring_object.wiring, "an exception in ring 0");
}
