/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine itself: life cycle, what it is made of, and the parts a test adds. */
#include "fake_machine.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>

#include "fake_private.h"
#include "mm/base/compiler.h"

#define CR0_RESET	   0x60000010u
#define APIC_BASE_BSP	   0x100u
#define APIC_BASE_ENABLE   0x800u
#define MTRR_COUNT	   8u
#define PIT_COMMAND_PORT   0x43u
#define PIT_CHANNEL_2_PORT 0x42u
#define PIT_GATE_PORT	   0x61u
#define PIT_HZ		   1193182u

/* Architectural MSRs that MM code touches; every other index faults until a test sets it. */
static const struct fake_msr first_msrs[] = {
	{ FAKE_MSR_TSC, 0, 0 },
	{ FAKE_MSR_APIC_BASE, MM_HAL_LAPIC_BASE | APIC_BASE_ENABLE, 0 },
	{ 0x9e, 0, 0 },	    /* SMBASE */
	{ 0xfe, 0x508, 0 }, /* MTRRCAP: no SMRR */
	{ 0x174, 0, 0 },    /* SYSENTER_CS, ESP, EIP */
	{ 0x175, 0, 0 },
	{ 0x176, 0, 0 },
	{ 0x1a0, 1, 0 },		  /* MISC_ENABLE */
	{ 0x1d9, 0, 0 },		  /* DEBUGCTL */
	{ 0x277, 0x0007040600070406, 0 }, /* PAT */
	{ 0x2ff, 0xc06, 0 },		  /* MTRR_DEF_TYPE */
	{ FAKE_MSR_EFER, 0x500, 0xfffffffffffff2feull },
	{ 0xc0000081, 0, 0 }, /* STAR, LSTAR, CSTAR, FMASK */
	{ 0xc0000082, 0, 0 },
	{ 0xc0000083, 0, 0 },
	{ 0xc0000084, 0, 0 },
	{ 0xc0000100, 0, 0 }, /* FS, GS, kernel GS bases */
	{ 0xc0000101, 0, 0 },
	{ 0xc0000102, 0, 0 },
};

static const struct fake_cpuid_row first_cpuids[] = {
	/* Highest basic leaf 0x16; family 6, APIC, MTRR, PGE, PAT, FXSR, SSE2; no hypervisor */
	{ NULL, 0x0, 0, { 0x16, 0x756e6547, 0x6c65746e, 0x49656e69 } },
	{ NULL, 0x1, 0, { 0x000906ea, 0, 0x00800001, 0x0783fbff } },
	/* SMEP, SMAP, FSGSBASE; UMIP */
	{ NULL, 0x7, 0, { 0, 0x00100081, 0x00000004, 0 } },
	{ NULL, 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
	/* SYSCALL, NX, 1 GiB pages, long mode */
	{ NULL, 0x80000001, 0, { 0, 0, 0, 0x24100800 } },
	{ NULL, 0x80000008, 0, { 0x3028, 0, 0, 0 } },
};

void *fake_allocate(size_t bytes)
{
	void *memory = calloc(1, bytes);

	assert_non_null(memory);
	return memory;
}

struct fake_cpu *fake_current(struct fake_machine *machine)
{
	assert_true(machine->current < machine->cpu_count);
	return &machine->cpus[machine->current];
}

enum mm_status fake_fault(struct fake_machine *machine)
{
	machine->faults++;
	return MM_E_FAULT;
}

struct fake_msr *fake_find_msr(struct fake_cpu *cpu, uint32_t index)
{
	size_t i;

	for (i = 0; i < cpu->msr_count; i++) {
		if (cpu->msrs[i].index == index)
			return &cpu->msrs[i];
	}
	return NULL;
}

static void put_msr(struct fake_cpu *cpu, uint32_t index, uint64_t value, uint64_t reserved)
{
	struct fake_msr *msr = fake_find_msr(cpu, index);

	if (msr == NULL) {
		assert_true(cpu->msr_count < FAKE_MSR_MAX);
		msr = &cpu->msrs[cpu->msr_count++];
		msr->index = index;
		msr->reserved = reserved;
	}
	msr->value = value;
}

static void reset_cpu(struct fake_machine *machine, uint32_t index)
{
	struct fake_cpu *cpu = &machine->cpus[index];
	size_t i;

	cpu->apic_id = index;
	cpu->registers[MM_HAL_CR0] = CR0_RESET;
	for (i = 0; i < MM_ARRAY_COUNT(first_msrs); i++)
		put_msr(cpu, first_msrs[i].index, first_msrs[i].value, first_msrs[i].reserved);
	for (i = 0; i < 2u * MTRR_COUNT; i++)
		put_msr(cpu, (uint32_t)(0x200u + i), 0, 0);
	if (index == 0)
		fake_find_msr(cpu, FAKE_MSR_APIC_BASE)->value |= APIC_BASE_BSP;
	fake_lapic_reset(machine, index);
}

struct fake_machine *fake_machine_create(uint32_t cpu_count)
{
	struct fake_machine *machine = fake_allocate(sizeof(*machine));
	size_t i;

	assert_in_range(cpu_count, 1, FAKE_CPU_MAX);
	machine->cpus = fake_allocate(cpu_count * sizeof(*machine->cpus));
	machine->cpu_count = cpu_count;
	machine->ticks_per_read = 100;
	machine->ticks_per_pause = 100;
	for (i = 0; i < cpu_count; i++)
		reset_cpu(machine, (uint32_t)i);
	for (i = 0; i < MM_ARRAY_COUNT(first_cpuids); i++)
		fake_machine_set_cpuid(machine, first_cpuids[i].leaf, first_cpuids[i].subleaf, first_cpuids[i].value);
	fake_cpu_wire(machine);
	fake_bus_wire(machine);
	return machine;
}

void fake_machine_destroy(struct fake_machine *machine)
{
	while (machine->regions != NULL) {
		struct fake_region *region = machine->regions;

		machine->regions = region->next;
		free(region->data);
		free(region);
	}
	while (machine->ports != NULL) {
		struct fake_port_range *range = machine->ports;

		machine->ports = range->next;
		if (range->owned)
			free(range->context);
		free(range);
	}
	while (machine->cpuids != NULL) {
		struct fake_cpuid_row *row = machine->cpuids;

		machine->cpuids = row->next;
		free(row);
	}
	free(machine->cpus);
	free(machine);
}

struct fake_region *fake_find_region(struct fake_machine *machine, uint64_t base, uint64_t bytes)
{
	struct fake_region *region;

	for (region = machine->regions; region != NULL; region = region->next) {
		if (base >= region->base && base - region->base < region->bytes &&
		    bytes <= region->bytes - (base - region->base))
			return region;
	}
	return NULL;
}

static struct fake_region *add_region(struct fake_machine *machine, uint64_t base, uint64_t bytes)
{
	struct fake_region *region;

	assert_true(bytes != 0 && base <= UINT64_MAX - bytes);
	for (region = machine->regions; region != NULL; region = region->next)
		assert_true(base >= region->base + region->bytes || region->base >= base + bytes);
	region = fake_allocate(sizeof(*region));
	region->base = base;
	region->bytes = bytes;
	region->next = machine->regions;
	machine->regions = region;
	return region;
}

void *fake_machine_add_memory(struct fake_machine *machine, uint64_t base, uint64_t bytes)
{
	struct fake_region *region = add_region(machine, base, bytes);

	/* Page-aligned, so that code which rounds pointers sees what it would see in an image. */
	if (posix_memalign((void **)&region->data, (size_t)MM_PAGE_BYTES, (size_t)bytes) != 0)
		fail_msg("no host memory for %zu bytes", (size_t)bytes);
	memset(region->data, 0, (size_t)bytes);
	return region->data;
}

void *fake_machine_bytes(struct fake_machine *machine, uint64_t base, uint64_t bytes)
{
	struct fake_region *region = fake_find_region(machine, base, bytes);

	return region != NULL && region->data != NULL ? region->data + (base - region->base) : NULL;
}

void fake_machine_set_read_only(struct fake_machine *machine, uint64_t base, bool read_only)
{
	struct fake_region *region = fake_find_region(machine, base, 1);

	assert_non_null(region);
	region->read_only = read_only;
}

void fake_machine_add_mmio(struct fake_machine *machine, uint64_t base, uint64_t bytes, fake_mmio_hook *hook,
			   void *context)
{
	struct fake_region *region = add_region(machine, base, bytes);

	region->hook = hook;
	region->context = context;
}

void fake_machine_set_msr(struct fake_machine *machine, uint32_t index, uint64_t value)
{
	uint32_t i;

	for (i = 0; i < machine->cpu_count; i++)
		put_msr(&machine->cpus[i], index, value, 0);
}

void fake_machine_remove_msr(struct fake_machine *machine, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < machine->cpu_count; i++) {
		struct fake_cpu *cpu = &machine->cpus[i];
		struct fake_msr *msr = fake_find_msr(cpu, index);

		if (msr != NULL)
			*msr = cpu->msrs[--cpu->msr_count];
	}
}

uint64_t fake_machine_get_msr(struct fake_machine *machine, uint32_t cpu, uint32_t index)
{
	struct fake_msr *msr;

	assert_true(cpu < machine->cpu_count);
	msr = fake_find_msr(&machine->cpus[cpu], index);
	assert_non_null(msr);
	return msr->value;
}

void fake_machine_set_msr_reserved(struct fake_machine *machine, uint32_t index, uint64_t reserved)
{
	uint32_t i;

	for (i = 0; i < machine->cpu_count; i++) {
		struct fake_msr *msr = fake_find_msr(&machine->cpus[i], index);

		assert_non_null(msr);
		msr->reserved = reserved;
	}
}

void fake_machine_set_cpuid(struct fake_machine *machine, uint32_t leaf, uint32_t subleaf, struct mm_hal_cpuid value)
{
	struct fake_cpuid_row *row;

	for (row = machine->cpuids; row != NULL; row = row->next) {
		if (row->leaf == leaf && row->subleaf == subleaf) {
			row->value = value;
			return;
		}
	}
	row = fake_allocate(sizeof(*row));
	row->leaf = leaf;
	row->subleaf = subleaf;
	row->value = value;
	row->next = machine->cpuids;
	machine->cpuids = row;
}

void fake_machine_set_apic_id(struct fake_machine *machine, uint32_t cpu, uint32_t apic_id)
{
	assert_true(cpu < machine->cpu_count);
	machine->cpus[cpu].apic_id = apic_id;
	fake_lapic_reset(machine, cpu);
}

uint32_t fake_machine_find_apic_id(struct fake_machine *machine, uint32_t apic_id)
{
	uint32_t i;

	for (i = 0; i < machine->cpu_count; i++) {
		if (machine->cpus[i].apic_id == apic_id)
			break;
	}
	return i;
}

static struct fake_port_range *add_ports(struct fake_machine *machine, uint16_t first, uint16_t last,
					 fake_port_hook *hook, void *context)
{
	struct fake_port_range *range = fake_allocate(sizeof(*range));

	assert_true(first <= last);
	range->first = first;
	range->last = last;
	range->hook = hook;
	range->context = context;
	range->next = machine->ports;
	machine->ports = range;
	return range;
}

void fake_machine_add_ports(struct fake_machine *machine, uint16_t first, uint16_t last, fake_port_hook *hook,
			    void *context)
{
	(void)add_ports(machine, first, last, hook, context);
}

uint32_t fake_port_scripted(struct fake_machine *machine, void *context, uint16_t port, enum mm_hal_width width,
			    bool is_write, uint32_t value)
{
	struct fake_port_script *script = context;

	if (is_write) {
		assert_true(script->write_count < MM_ARRAY_COUNT(script->writes));
		script->writes[script->write_count++] = value;
		return 0;
	}
	if (script->read_count == 0)
		return UINT32_MAX;
	if (script->read_next + 1u < script->read_count)
		return script->reads[script->read_next++];
	return script->reads[script->read_count - 1u];
}

/* Channel 2 in mode 0: output low from the command on, high when the count has run out with the gate open. */
struct fake_pit {
	uint8_t gate;
	bool has_low_byte;
	bool is_loaded;
	uint32_t count;
	uint64_t started;
};

static bool pit_output(struct fake_machine *machine, const struct fake_pit *pit)
{
	uint64_t elapsed = machine->now - pit->started;

	return pit->is_loaded && (pit->gate & 1u) != 0 &&
	       elapsed >= pit->count * machine->time.ticks_per_second / PIT_HZ;
}

static void pit_write(struct fake_machine *machine, struct fake_pit *pit, uint16_t port, uint8_t value)
{
	if (port == PIT_GATE_PORT) {
		if ((value & 1u) != 0 && (pit->gate & 1u) == 0)
			pit->started = machine->now;
		pit->gate = value & 0x0fu;
	} else if (port == PIT_COMMAND_PORT) {
		pit->has_low_byte = false;
		pit->is_loaded = false;
	} else if (port == PIT_CHANNEL_2_PORT) {
		pit->count = pit->has_low_byte ? (pit->count & 0xffu) | (uint32_t)value << 8 : value;
		pit->is_loaded = pit->has_low_byte;
		pit->has_low_byte = !pit->has_low_byte;
		pit->started = machine->now;
	}
}

static uint32_t pit_access(struct fake_machine *machine, void *context, uint16_t port, enum mm_hal_width width,
			   bool is_write, uint32_t value)
{
	struct fake_pit *pit = context;

	machine->now += machine->ticks_per_read;
	if (is_write)
		pit_write(machine, pit, port, (uint8_t)value);
	else if (port == PIT_GATE_PORT)
		return pit->gate | (pit_output(machine, pit) ? 0x20u : 0u);
	return 0;
}

void fake_machine_add_pit(struct fake_machine *machine)
{
	struct fake_pit *pit = fake_allocate(sizeof(*pit));

	add_ports(machine, 0x40, PIT_COMMAND_PORT, pit_access, pit)->owned = true;
	add_ports(machine, PIT_GATE_PORT, PIT_GATE_PORT, pit_access, pit);
}
