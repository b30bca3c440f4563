/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "processors.h"

#include "log.h"
#include "machine.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"
#include "paging.h"
#include "traps.h"
#include "wait.h"

#define MSR_APIC_BASE	   0x1bu
#define LAPIC_SPURIOUS	   0xf0u
#define LAPIC_ENABLE	   0x1ffu /* software enable, spurious vector 0xff */
#define INIT_DELAY_US	   10000u
#define STARTUP_DELAY_US   200u
#define ARRIVAL_LIMIT_US   5000000u
#define PROCEDURE_LIMIT_US 20000000u
#define NO_APIC_ID	   0xffffffffu

/* What ap.nasm reads at offset 8 of the start page. */
struct mm_q35_ap_block {
	uint16_t gdt_limit;
	uint32_t gdt_base;
	uint16_t reserved;
	uint32_t cr3;
	uint32_t cr4;
	uint32_t arrivals;
	uint32_t count;
	uint64_t stacks;
	uint64_t main;
} MM_PACKED;
MM_STATIC_ASSERT(sizeof(struct mm_q35_ap_block) == 40, ap_block_size);

/* One for each AP, each on its own cache line. The BSP writes `wanted`, the AP `done`; equal means idle. */
struct mailbox {
	uint32_t apic_id; /* NO_APIC_ID until the AP has arrived */
	uint32_t wanted;
	uint32_t done;
	uint64_t (*procedure)(void *argument);
	void *argument;
	uint64_t result;
} MM_ALIGNED(64);

struct gdt_pointer {
	uint16_t limit;
	uint64_t base;
} MM_PACKED;

extern const uint8_t mm_q35_ap_start[];
extern const uint8_t mm_q35_ap_start_end[];
extern const struct gdt_pointer mm_q35_gdt_pointer;
extern uint8_t mm_q35_ap_stacks[];
void mm_q35_sleep(void);

static struct mailbox mailboxes[MM_Q35_CPU_MAX];

static void enable_lapic(void)
{
	/* A volatile store: the HAL's interface belongs to the BSP, this is the AP's own APIC. */
	*(volatile uint32_t *)(uintptr_t)(MM_HAL_LAPIC_BASE + LAPIC_SPURIOUS) = LAPIC_ENABLE;
}

/* The APIC id of the calling CPU: 32 bits wide where CPUID has them. */
static uint32_t own_apic_id(void)
{
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;

	mm_x86_cpuid(0, 0, &eax, &ebx, &ecx, &edx);
	if (eax >= 0xb) {
		mm_x86_cpuid(0xb, 0, &eax, &ebx, &ecx, &edx);
		if (ebx != 0)
			return edx;
	}
	mm_x86_cpuid(1, 0, &eax, &ebx, &ecx, &edx);
	return ebx >> 24;
}

/* Runs on an AP, on its own stack, and does not return. */
static void MM_EFIAPI ap_main(uint64_t slot)
{
	struct mailbox *box = &mailboxes[slot];

	mm_q35_traps_load();
	enable_lapic();
	__atomic_store_n(&box->apic_id, own_apic_id(), __ATOMIC_RELEASE);
	for (;;) {
		uint32_t wanted = __atomic_load_n(&box->wanted, __ATOMIC_ACQUIRE);

		if (wanted == box->done) {
			mm_q35_sleep();
			continue;
		}
		box->result = box->procedure(box->argument);
		__atomic_store_n(&box->done, wanted, __ATOMIC_RELEASE);
	}
}

static void prepare_start_page(uint32_t ap_count)
{
	struct mm_q35_ap_block block = {
		.gdt_limit = mm_q35_gdt_pointer.limit,
		.gdt_base = (uint32_t)mm_q35_gdt_pointer.base,
		.cr3 = (uint32_t)mm_x86_read_cr3(),
		.cr4 = (uint32_t)mm_x86_read_cr4(),
		.count = ap_count,
		.stacks = (uint64_t)(uintptr_t)mm_q35_ap_stacks,
		.main = (uint64_t)(uintptr_t)ap_main,
	};
	uint8_t *page = (uint8_t *)(uintptr_t)MM_Q35_AP_START;

	__builtin_memcpy(page, mm_q35_ap_start, (size_t)(mm_q35_ap_start_end - mm_q35_ap_start));
	__builtin_memcpy(page + 8, &block, sizeof(block));
	for (uint32_t slot = 0; slot < MM_Q35_CPU_MAX; slot++)
		mailboxes[slot].apic_id = NO_APIC_ID;
}

static bool have_all_arrived(const void *context)
{
	const uint32_t *ap_count = context;

	for (uint32_t slot = 0; slot < *ap_count; slot++) {
		if (__atomic_load_n(&mailboxes[slot].apic_id, __ATOMIC_ACQUIRE) == NO_APIC_ID)
			return false;
	}
	return true;
}

static enum mm_status wake_all(struct mm_q35_machine *machine, uint32_t ap_count)
{
	struct mm_hal_time *time = &machine->hal.time;
	enum mm_status status = mm_hal_lapic_send_others(&machine->lapic, MM_HAL_IPI_INIT, 0);

	for (unsigned int i = 0; status == MM_OK && i < 2; i++) {
		mm_q35_delay(time, i == 0 ? INIT_DELAY_US : STARTUP_DELAY_US);
		status = mm_hal_lapic_send_others(&machine->lapic, MM_HAL_IPI_STARTUP, MM_Q35_AP_START >> 12);
	}
	if (status != MM_OK)
		return status;
	return mm_q35_wait(time, ARRIVAL_LIMIT_US, have_all_arrived, &ap_count);
}

/* Puts the CPU of `slot` in its place among those sorted already. */
static enum mm_status insert_sorted(struct mm_q35_processors *self, uint32_t slot)
{
	struct mm_q35_cpu cpu = { mailboxes[slot].apic_id, slot };
	uint32_t place = self->count;

	for (uint32_t i = 0; i < self->count; i++) {
		if (self->cpu[i].apic_id == cpu.apic_id)
			return MM_E_EXISTS;
	}
	for (; place > 1 && self->cpu[place - 1].apic_id > cpu.apic_id; place--)
		self->cpu[place] = self->cpu[place - 1];
	self->cpu[place] = cpu;
	self->count++;
	return MM_OK;
}

enum mm_status mm_q35_processors_start(struct mm_q35_machine *machine, uint32_t count)
{
	struct mm_q35_processors *self = &machine->processors;
	enum mm_status status = MM_OK;

	if (count == 0 || count > MM_Q35_CPU_MAX)
		return MM_E_LIMIT;
	enable_lapic();
	self->count = 1;
	self->cpu[0].apic_id = own_apic_id();
	if (count == 1)
		return MM_OK;
	mm_q35_paging_open_start_page();
	prepare_start_page(count - 1);
	status = wake_all(machine, count - 1);
	mm_q35_paging_close_start_page();
	for (uint32_t slot = 0; status == MM_OK && slot < count - 1; slot++)
		status = insert_sorted(self, slot);
	return status;
}

static bool is_idle(const void *context)
{
	const struct mailbox *box = context;

	return __atomic_load_n(&box->done, __ATOMIC_ACQUIRE) == box->wanted;
}

enum mm_status mm_q35_processors_begin(struct mm_q35_machine *machine, uint32_t index,
				       uint64_t (*procedure)(void *argument), void *argument)
{
	const struct mm_q35_cpu *cpu = &machine->processors.cpu[index];
	struct mailbox *box;

	if (index == 0 || index >= machine->processors.count)
		return MM_E_INVALID;
	box = &mailboxes[cpu->slot];
	box->procedure = procedure;
	box->argument = argument;
	__atomic_store_n(&box->wanted, box->wanted + 1, __ATOMIC_RELEASE);
	return mm_hal_lapic_send(&machine->lapic, MM_HAL_IPI_FIXED, MM_Q35_WAKE_VECTOR, cpu->apic_id);
}

enum mm_status mm_q35_processors_end(struct mm_q35_machine *machine, uint32_t index, uint64_t *ret_result)
{
	const struct mailbox *box;
	enum mm_status status;

	if (index == 0 || index >= machine->processors.count)
		return MM_E_INVALID;
	box = &mailboxes[machine->processors.cpu[index].slot];
	status = mm_q35_wait(&machine->hal.time, PROCEDURE_LIMIT_US, is_idle, box);
	if (status == MM_OK)
		*ret_result = box->result;
	return status;
}

enum mm_status mm_q35_processors_run(struct mm_q35_machine *machine, uint32_t index,
				     uint64_t (*procedure)(void *argument), void *argument, uint64_t *ret_result)
{
	enum mm_status status;

	if (index == 0) {
		*ret_result = procedure(argument);
		return MM_OK;
	}
	status = mm_q35_processors_begin(machine, index, procedure, argument);
	if (status != MM_OK)
		return status;
	return mm_q35_processors_end(machine, index, ret_result);
}

enum mm_status mm_q35_processors_dismiss(struct mm_q35_machine *machine)
{
	if (machine->processors.count == 1)
		return MM_OK;
	return mm_hal_lapic_send_others(&machine->lapic, MM_HAL_IPI_INIT, 0);
}
