/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the CPUs of the fake machine reach: memory, MMIO, ports, console, local APICs. */
#include <string.h>

#include "fake_private.h"
#include "mm/base/compiler.h"

#define LAPIC_BYTES	    0x1000u
#define LAPIC_ID	    0x20u
#define LAPIC_VERSION	    0x30u
#define LAPIC_ICR_LOW	    0x300u
#define LAPIC_ICR_HIGH	    0x310u
#define LAPIC_SENDING	    0x1000u
#define LAPIC_SELF	    0x40000u
#define LAPIC_ALL	    0x80000u
#define LAPIC_OTHERS	    0xc0000u
#define LAPIC_SHORTHANDS    0xc0000u
#define LAPIC_VERSION_XAPIC 0x00050014u
#define APIC_BASE_ENABLE    0x800u
#define APIC_BASE_X2APIC    0x400u
#define XAPIC_BROADCAST	    0xffu
#define X2APIC_BROADCAST    0xffffffffu

static struct fake_machine *machine_of_mem(struct mm_hal_mem *self)
{
	return MM_CONTAINER_OF(self, struct fake_machine, mem);
}

static void *mem_map(struct mm_hal_mem *self, struct mm_pa pa, uint64_t bytes)
{
	return fake_machine_bytes(machine_of_mem(self), pa.v, bytes);
}

static enum mm_status mem_read(struct mm_hal_mem *self, void *ret_bytes, struct mm_pa pa, uint64_t bytes)
{
	const void *from = mem_map(self, pa, bytes);

	if (from == NULL)
		return fake_fault(machine_of_mem(self));
	memcpy(ret_bytes, from, (size_t)bytes);
	return MM_OK;
}

static enum mm_status mem_write(struct mm_hal_mem *self, struct mm_pa pa, const void *data, uint64_t bytes)
{
	struct fake_region *region = fake_find_region(machine_of_mem(self), pa.v, bytes);

	if (region == NULL || region->data == NULL || region->read_only)
		return fake_fault(machine_of_mem(self));
	memcpy(region->data + (pa.v - region->base), data, (size_t)bytes);
	return MM_OK;
}

static const struct mm_hal_mem_ops mem_ops = { .map = mem_map, .read = mem_read, .write = mem_write };

static bool is_lapic(struct fake_machine *machine, uint64_t pa)
{
	uint64_t base = fake_find_msr(fake_current(machine), FAKE_MSR_APIC_BASE)->value;

	return (base & (APIC_BASE_ENABLE | APIC_BASE_X2APIC)) == APIC_BASE_ENABLE &&
	       pa - mm_page_floor(base) < LAPIC_BYTES;
}

static bool access_region(struct fake_machine *machine, uint64_t pa, enum mm_hal_width width, bool is_write,
			  uint64_t *value)
{
	struct fake_region *region = fake_find_region(machine, pa, mm_hal_width_bytes(width));

	if (region == NULL || (is_write && region->read_only))
		return false;
	if (region->hook != NULL)
		return region->hook(machine, region->context, pa, width, is_write, value);
	if (is_write)
		memcpy(region->data + (pa - region->base), value, mm_hal_width_bytes(width));
	else
		memcpy(value, region->data + (pa - region->base), mm_hal_width_bytes(width));
	return true;
}

static enum mm_status mmio_access(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, bool is_write,
				  uint64_t *value)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, mmio);
	bool done;

	if (is_lapic(machine, pa.v))
		done = fake_lapic_access(machine, (uint32_t)(pa.v & (LAPIC_BYTES - 1u)), width, is_write, value);
	else
		done = access_region(machine, pa.v, width, is_write, value);
	return done ? MM_OK : fake_fault(machine);
}

static enum mm_status mmio_read(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t *ret_value)
{
	*ret_value = 0;
	return mmio_access(self, pa, width, false, ret_value);
}

static enum mm_status mmio_write(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t value)
{
	return mmio_access(self, pa, width, true, &value);
}

static const struct mm_hal_mmio_ops mmio_ops = { .read = mmio_read, .write = mmio_write };

static struct fake_port_range *find_ports(struct fake_machine *machine, uint16_t port)
{
	struct fake_port_range *range;

	for (range = machine->ports; range != NULL; range = range->next) {
		if (port >= range->first && port <= range->last)
			return range;
	}
	return NULL;
}

static uint32_t io_read(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, io);
	struct fake_port_range *range = find_ports(machine, port);

	return range != NULL ? range->hook(machine, range->context, port, width, false, 0) : UINT32_MAX;
}

static void io_write(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, io);
	struct fake_port_range *range = find_ports(machine, port);

	if (range != NULL)
		(void)range->hook(machine, range->context, port, width, true, value);
}

static const struct mm_hal_io_ops io_ops = { .read = io_read, .write = io_write };

/* Keeps the beginning: the first lines of a run say more than the last. */
static void console_write(struct mm_hal_console *self, const char *text, size_t count)
{
	struct fake_machine *machine = MM_CONTAINER_OF(self, struct fake_machine, console);
	size_t room = sizeof(machine->console_text) - 1u - machine->console_count;

	count = count < room ? count : room;
	memcpy(machine->console_text + machine->console_count, text, count);
	machine->console_count += count;
	machine->console_text[machine->console_count] = '\0';
}

static const struct mm_hal_console_ops console_ops = { .write = console_write };

void fake_bus_wire(struct fake_machine *machine)
{
	machine->mem.ops = &mem_ops;
	machine->mmio.ops = &mmio_ops;
	machine->io.ops = &io_ops;
	machine->console.ops = &console_ops;
}

void fake_lapic_reset(struct fake_machine *machine, uint32_t index)
{
	struct fake_cpu *cpu = &machine->cpus[index];

	memset(cpu->lapic, 0, sizeof(cpu->lapic));
	cpu->lapic[LAPIC_ID / 4u] = cpu->apic_id << 24;
	cpu->lapic[LAPIC_VERSION / 4u] = LAPIC_VERSION_XAPIC;
}

static bool is_target(struct fake_machine *machine, uint32_t cpu, uint32_t command, uint32_t destination,
		      uint32_t broadcast)
{
	switch (command & LAPIC_SHORTHANDS) {
	case LAPIC_SELF:
		return cpu == machine->current;
	case LAPIC_ALL:
		return true;
	case LAPIC_OTHERS:
		return cpu != machine->current;
	default:
		return destination == broadcast || machine->cpus[cpu].apic_id == destination;
	}
}

static void deliver(struct fake_machine *machine, uint32_t command, uint32_t destination, uint32_t broadcast)
{
	enum mm_hal_ipi kind = (enum mm_hal_ipi)((command >> 8) & 7u);
	uint32_t sender = machine->current;
	uint32_t i;

	for (i = 0; i < machine->cpu_count; i++) {
		if (!is_target(machine, i, command, destination, broadcast))
			continue;
		machine->ipis++;
		if (machine->on_ipi != NULL)
			machine->on_ipi(machine, machine->on_ipi_context, kind, (uint8_t)command, i);
		machine->current = sender; /* the hook may have run code of the target */
	}
}

bool fake_lapic_access(struct fake_machine *machine, uint32_t offset, enum mm_hal_width width, bool is_write,
		       uint64_t *value)
{
	uint32_t *registers = fake_current(machine)->lapic;

	if (machine->lapic_absent || width != MM_HAL_WIDTH_32 || offset % 16u != 0)
		return false;
	if (!is_write) {
		*value = registers[offset / 4u];
		if (offset == LAPIC_ICR_LOW && machine->lapic_stuck)
			*value |= LAPIC_SENDING;
		return true;
	}
	if (offset == LAPIC_ID || offset == LAPIC_VERSION)
		return true;
	registers[offset / 4u] = (uint32_t)*value;
	if (offset == LAPIC_ICR_LOW)
		deliver(machine, (uint32_t)*value, registers[LAPIC_ICR_HIGH / 4u] >> 24, XAPIC_BROADCAST);
	return true;
}

static bool is_x2apic(struct fake_machine *machine)
{
	uint64_t base = fake_find_msr(fake_current(machine), FAKE_MSR_APIC_BASE)->value;

	return (base & (APIC_BASE_ENABLE | APIC_BASE_X2APIC)) == (APIC_BASE_ENABLE | APIC_BASE_X2APIC);
}

bool fake_lapic_rdmsr(struct fake_machine *machine, uint32_t index, uint64_t *ret_value)
{
	struct fake_cpu *cpu = fake_current(machine);
	uint32_t offset = (index - FAKE_MSR_X2APIC) * 16u;

	if (!is_x2apic(machine) || offset == LAPIC_ICR_HIGH)
		return false;
	*ret_value = offset == LAPIC_ID ? cpu->apic_id : cpu->lapic[offset / 4u];
	if (offset == LAPIC_ICR_LOW)
		*ret_value |= (uint64_t)cpu->lapic[LAPIC_ICR_HIGH / 4u] << 32;
	return true;
}

bool fake_lapic_wrmsr(struct fake_machine *machine, uint32_t index, uint64_t value)
{
	struct fake_cpu *cpu = fake_current(machine);
	uint32_t offset = (index - FAKE_MSR_X2APIC) * 16u;

	if (!is_x2apic(machine) || offset == LAPIC_ICR_HIGH || offset == LAPIC_ID || offset == LAPIC_VERSION)
		return false;
	cpu->lapic[offset / 4u] = (uint32_t)value;
	if (offset == LAPIC_ICR_LOW) {
		cpu->lapic[LAPIC_ICR_HIGH / 4u] = (uint32_t)(value >> 32);
		deliver(machine, (uint32_t)value, (uint32_t)(value >> 32), X2APIC_BROADCAST);
	}
	return true;
}
