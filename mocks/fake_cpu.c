/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CPUs of the fake machine: registers, MSRs, CPUID, translation, the user window, time. */
#include <string.h>

#include "fake_private.h"
#include "mm/base/compiler.h"
#include "mm/hal/pagetable.h"

#define ENTRY_PRESENT 0x1ull
#define ENTRY_WRITE   0x2ull
#define ENTRY_USER    0x4ull
#define ENTRY_LARGE   0x80ull
#define ENTRY_ADDRESS 0x000ffffffffff000ull
#define ENTRY_NX      0x8000000000000000ull

static struct fake_machine *machine_of_cpu(struct mm_hal_cpu *self)
{
	return MM_CONTAINER_OF(self, struct fake_machine, cpu);
}

static enum mm_status cpu_rdmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value)
{
	struct fake_machine *machine = machine_of_cpu(self);
	const struct fake_msr *msr = fake_find_msr(fake_current(machine), index);

	machine->msr_reads++;
	if (index >= FAKE_MSR_X2APIC && index < FAKE_MSR_X2APIC_END)
		return fake_lapic_rdmsr(machine, index, ret_value) ? MM_OK : fake_fault(machine);
	if (msr == NULL)
		return fake_fault(machine);
	*ret_value = index == FAKE_MSR_TSC ? msr->value + machine->now : msr->value;
	return MM_OK;
}

static enum mm_status cpu_wrmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t value)
{
	struct fake_machine *machine = machine_of_cpu(self);
	struct fake_msr *msr = fake_find_msr(fake_current(machine), index);

	machine->msr_writes++;
	if (index >= FAKE_MSR_X2APIC && index < FAKE_MSR_X2APIC_END)
		return fake_lapic_wrmsr(machine, index, value) ? MM_OK : fake_fault(machine);
	if (msr == NULL || (value & msr->reserved) != 0)
		return fake_fault(machine);
	msr->value = index == FAKE_MSR_TSC ? value - machine->now : value;
	return MM_OK;
}

static enum mm_status cpu_swap_msrs_in(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (cpu_rdmsr(self, rows[i].index, &rows[i].theirs) != MM_OK ||
		    cpu_wrmsr(self, rows[i].index, rows[i].ours) != MM_OK)
			return MM_E_FAULT;
	}
	return MM_OK;
}

static enum mm_status cpu_swap_msrs_out(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (cpu_wrmsr(self, rows[i].index, rows[i].theirs) != MM_OK)
			return MM_E_FAULT;
	}
	return MM_OK;
}

static struct mm_hal_cpuid cpu_cpuid(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf)
{
	struct fake_machine *machine = machine_of_cpu(self);
	const struct mm_hal_cpuid none = { 0, 0, 0, 0 };
	const struct fake_cpuid_row *row;

	for (row = machine->cpuids; row != NULL; row = row->next) {
		if (row->leaf == leaf && row->subleaf == subleaf)
			return row->value;
	}
	return none;
}

static enum mm_status cpu_get_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value)
{
	struct fake_cpu *cpu = fake_current(machine_of_cpu(self));

	*ret_value = which == MM_HAL_EFER ? fake_find_msr(cpu, FAKE_MSR_EFER)->value : cpu->registers[which];
	return MM_OK;
}

/* A CR4 bit that CPUID does not offer faults; only those that MM code could set are known here. */
static bool is_cr4(struct mm_hal_cpu *self, uint64_t value)
{
	struct mm_hal_cpuid features = cpu_cpuid(self, 7, 0);
	uint64_t allowed = 0x7ff;

	allowed |= (features.ebx & (1u << 7)) != 0 ? FAKE_CR4_SMEP : 0;
	allowed |= (features.ebx & (1u << 20)) != 0 ? FAKE_CR4_SMAP : 0;
	allowed |= (features.ebx & 1u) != 0 ? 1ull << 16 : 0;
	allowed |= (features.ecx & (1u << 2)) != 0 ? 1ull << 11 : 0;
	allowed |= (features.ecx & (1u << 16)) != 0 ? FAKE_CR4_LA57 : 0;
	return (value & ~allowed) == 0;
}

static void flush_tlb(struct fake_cpu *cpu)
{
	memset(cpu->tlb, 0, sizeof(cpu->tlb));
}

static enum mm_status cpu_set_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value)
{
	struct fake_machine *machine = machine_of_cpu(self);
	struct fake_cpu *cpu = fake_current(machine);

	if (which == MM_HAL_EFER)
		return cpu_wrmsr(self, FAKE_MSR_EFER, value);
	if (which == MM_HAL_CR4 && !is_cr4(self, value))
		return fake_fault(machine);
	cpu->registers[which] = value;
	if (which != MM_HAL_CR2)
		flush_tlb(cpu);
	return MM_OK;
}

static void cpu_flush_page(struct mm_hal_cpu *self, struct mm_va va)
{
	struct fake_machine *machine = machine_of_cpu(self);
	struct fake_translation *slot = &fake_current(machine)->tlb[(va.v >> MM_PAGE_SHIFT) % FAKE_TLB_MAX];

	machine->page_flushes++;
	if (slot->valid && slot->page == mm_page_floor(va.v))
		slot->valid = false;
}

static void cpu_flush_all(struct mm_hal_cpu *self)
{
	struct fake_machine *machine = machine_of_cpu(self);

	machine->full_flushes++;
	flush_tlb(fake_current(machine));
}

static void cpu_pause(struct mm_hal_cpu *self)
{
	struct fake_machine *machine = machine_of_cpu(self);

	machine->now += machine->ticks_per_pause;
	if (machine->on_pause != NULL)
		machine->on_pause(machine, machine->on_pause_context);
}

static const struct mm_hal_cpu_ops cpu_ops = {
	.rdmsr = cpu_rdmsr,
	.wrmsr = cpu_wrmsr,
	.swap_msrs_in = cpu_swap_msrs_in,
	.swap_msrs_out = cpu_swap_msrs_out,
	.cpuid = cpu_cpuid,
	.get_register = cpu_get_register,
	.set_register = cpu_set_register,
	.flush_page = cpu_flush_page,
	.flush_all = cpu_flush_all,
	.pause = cpu_pause,
};

static uint32_t and_rights(uint32_t rights, uint64_t entry, bool has_nx)
{
	if ((entry & ENTRY_WRITE) == 0)
		rights &= ~MM_HAL_PAGE_WRITE;
	if ((entry & ENTRY_USER) == 0)
		rights &= ~MM_HAL_PAGE_USER;
	if (has_nx && (entry & ENTRY_NX) != 0)
		rights &= ~MM_HAL_PAGE_EXECUTE;
	return rights;
}

/* Reads the tables as the CPU would; deliberately not the editor's own walk. */
static bool walk_tables(struct fake_machine *machine, uint64_t va, struct fake_translation *ret_translation)
{
	struct fake_cpu *cpu = fake_current(machine);
	unsigned level = (cpu->registers[MM_HAL_CR4] & FAKE_CR4_LA57) != 0 ? 5 : 4;
	bool has_nx = (fake_find_msr(cpu, FAKE_MSR_EFER)->value & FAKE_EFER_NXE) != 0;
	uint64_t table = cpu->registers[MM_HAL_CR3] & ENTRY_ADDRESS;
	uint32_t rights = MM_HAL_PAGE_ALL & ~MM_HAL_PAGE_UNCACHED;
	int64_t sign = (int64_t)va >> (level == 5 ? 56 : 47);

	if (sign != 0 && sign != -1)
		return false;
	for (; level > 0; level--) {
		uint64_t size = 1ull << (12u + 9u * (level - 1u));
		const uint64_t *entries = fake_machine_bytes(machine, table, MM_PAGE_BYTES);
		uint64_t entry = entries != NULL ? entries[(va / size) % 512u] : 0;

		if ((entry & ENTRY_PRESENT) == 0)
			return false;
		rights = and_rights(rights, entry, has_nx);
		if (level == 1 || (entry & ENTRY_LARGE) != 0) {
			ret_translation->valid = true;
			ret_translation->page = mm_page_floor(va);
			ret_translation->pa =
				mm_page_floor((entry & ENTRY_ADDRESS & ~(size - 1u)) | (va & (size - 1u)));
			ret_translation->attributes = rights;
			return true;
		}
		table = entry & ENTRY_ADDRESS;
	}
	return false;
}

static bool is_allowed(const struct fake_cpu *cpu, uint32_t rights, uint32_t access, bool ac)
{
	bool user_page = (rights & MM_HAL_PAGE_USER) != 0;

	if ((access & MM_HAL_PAGE_USER) != 0)
		return (rights & access) == access;
	if ((access & MM_HAL_PAGE_EXECUTE) != 0)
		return (rights & MM_HAL_PAGE_EXECUTE) != 0 &&
		       !(user_page && (cpu->registers[MM_HAL_CR4] & FAKE_CR4_SMEP) != 0);
	if (user_page && !ac && (cpu->registers[MM_HAL_CR4] & FAKE_CR4_SMAP) != 0)
		return false;
	return (access & MM_HAL_PAGE_WRITE) == 0 || (rights & MM_HAL_PAGE_WRITE) != 0 ||
	       (cpu->registers[MM_HAL_CR0] & FAKE_CR0_WP) == 0;
}

static const struct fake_translation *look_up(struct fake_machine *machine, uint64_t va)
{
	struct fake_translation *slot = &fake_current(machine)->tlb[(va >> MM_PAGE_SHIFT) % FAKE_TLB_MAX];
	struct fake_translation found;

	if (slot->valid && slot->page == mm_page_floor(va))
		return slot;
	if (!walk_tables(machine, va, &found))
		return NULL;
	*slot = found;
	return slot;
}

bool fake_machine_translate(struct fake_machine *machine, uint64_t va, uint32_t access, bool ac, uint64_t *ret_pa)
{
	struct fake_cpu *cpu = fake_current(machine);
	const struct fake_translation *translation;

	if ((cpu->registers[MM_HAL_CR0] & FAKE_CR0_PG) == 0) {
		*ret_pa = va;
		return true;
	}
	translation = look_up(machine, va);
	if (translation == NULL || !is_allowed(cpu, translation->attributes, access, ac)) {
		cpu->registers[MM_HAL_CR2] = va;
		machine->faults++;
		return false;
	}
	*ret_pa = translation->pa | (va & MM_PAGE_MASK);
	return true;
}

/* The host bytes of a user access up to the end of its page, or NULL for a fault; ring 0 with RFLAGS.AC set. */
static uint8_t *user_bytes(struct fake_machine *machine, uint64_t va, uint64_t bytes, bool is_write)
{
	struct fake_cpu *cpu = fake_current(machine);
	struct fake_region *region;
	uint64_t pa;

	if (!fake_machine_translate(machine, va, is_write ? MM_HAL_PAGE_WRITE : 0, true, &pa))
		return NULL;
	if ((cpu->registers[MM_HAL_CR0] & FAKE_CR0_PG) != 0 &&
	    (look_up(machine, va)->attributes & MM_HAL_PAGE_USER) == 0)
		machine->window_escapes++;
	region = fake_find_region(machine, pa, bytes);
	if (region == NULL || region->data == NULL || (is_write && region->read_only)) {
		machine->faults++;
		return NULL;
	}
	return region->data + (pa - region->base);
}

static uint64_t part_of_page(uint64_t va, uint64_t bytes)
{
	uint64_t rest = MM_PAGE_BYTES - (va & MM_PAGE_MASK);

	return bytes < rest ? bytes : rest;
}

static enum mm_status user_copy_in(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va va, uint64_t bytes)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, user);
	uint8_t *to = ret_bytes;

	while (bytes != 0) {
		uint64_t part = part_of_page(va.v, bytes);
		const uint8_t *from = user_bytes(machine, va.v, part, false);

		if (from == NULL)
			return MM_E_FAULT;
		memcpy(to, from, (size_t)part);
		to += part;
		va.v += part;
		bytes -= part;
	}
	return MM_OK;
}

static enum mm_status user_copy_out(struct mm_hal_user *self, struct mm_user_va va, const void *data, uint64_t bytes)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, user);
	const uint8_t *from = data;

	while (bytes != 0) {
		uint64_t part = part_of_page(va.v, bytes);
		uint8_t *to = user_bytes(machine, va.v, part, true);

		if (to == NULL)
			return MM_E_FAULT;
		memcpy(to, from, (size_t)part);
		from += part;
		va.v += part;
		bytes -= part;
	}
	return MM_OK;
}

static enum mm_status user_zero(struct mm_hal_user *self, struct mm_user_va va, uint64_t bytes)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, user);

	while (bytes != 0) {
		uint64_t part = part_of_page(va.v, bytes);
		uint8_t *to = user_bytes(machine, va.v, part, true);

		if (to == NULL)
			return MM_E_FAULT;
		memset(to, 0, (size_t)part);
		va.v += part;
		bytes -= part;
	}
	return MM_OK;
}

static const struct mm_hal_user_ops user_ops = {
	.copy_in = user_copy_in,
	.copy_out = user_copy_out,
	.zero = user_zero,
};

static uint64_t time_ticks(struct mm_hal_time *self)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, time);

	machine->now += machine->ticks_per_read;
	return machine->now + fake_find_msr(fake_current(machine), FAKE_MSR_TSC)->value;
}

static const struct mm_hal_time_ops time_ops = { .ticks = time_ticks };

void fake_cpu_wire(struct fake_machine *machine)
{
	machine->cpu.ops = &cpu_ops;
	machine->user.ops = &user_ops;
	machine->user.limit = 1ull << 47;
	machine->time.ops = &time_ops;
	machine->time.ticks_per_second = 1000000000u;
}
