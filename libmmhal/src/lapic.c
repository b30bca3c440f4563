/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/lapic.h"

#include "mm/hal/cpu.h"
#include "mm/hal/mmio.h"

#define MSR_APIC_BASE	 0x1bu
#define APIC_BASE_BSP	 ((uint64_t)1 << 8)
#define APIC_BASE_X2APIC ((uint64_t)1 << 10)
#define APIC_BASE_ENABLE ((uint64_t)1 << 11)
#define APIC_BASE_FLAGS	 0xfffull

/* Register offsets of the page; an x2APIC MSR is 0x800 + offset / 16. */
#define REGISTER_ID	  0x20u
#define REGISTER_ICR_LOW  0x300u
#define REGISTER_ICR_HIGH 0x310u
#define MSR_X2APIC_ID	  0x802u
#define MSR_X2APIC_ICR	  0x830u

#define ICR_SENDING    0x1000u
#define ICR_ASSERT     0x4000u
#define ICR_OTHERS     0xc0000u
#define ICR_MODE_SHIFT 8u
#define XAPIC_ID_SHIFT 24u
#define XAPIC_ID_MAX   254u
/* Reads of the register; delivery takes microseconds, a read tens of nanoseconds. */
#define SEND_READS_MAX 100000u

enum mm_status mm_hal_lapic_init(struct mm_hal_lapic *self, struct mm_hal_cpu *cpu, struct mm_hal_mmio *mmio,
				 struct mm_pa base)
{
	if (!mm_is_page_aligned(base.v))
		return MM_E_MISALIGNED;
	self->cpu = cpu;
	self->mmio = mmio;
	self->base = base;
	return MM_OK;
}

static enum mm_status read_page(struct mm_hal_lapic *self, uint32_t offset, uint64_t *ret_value)
{
	return mm_hal_mmio_read(self->mmio, mm_pa(self->base.v + offset), MM_HAL_WIDTH_32, ret_value);
}

static enum mm_status write_page(struct mm_hal_lapic *self, uint32_t offset, uint64_t value)
{
	return mm_hal_mmio_write(self->mmio, mm_pa(self->base.v + offset), MM_HAL_WIDTH_32, value);
}

/* The place matters in xAPIC mode only: x2APIC has no page. */
static enum mm_status read_mode(struct mm_hal_lapic *self, struct mm_hal_lapic_state *ret_state)
{
	uint64_t value;
	enum mm_status status = mm_hal_cpu_rdmsr(self->cpu, MSR_APIC_BASE, &value);

	if (status != MM_OK)
		return status;
	if ((value & APIC_BASE_ENABLE) == 0)
		return MM_E_HAL_LAPIC_OFF;
	ret_state->mode = (value & APIC_BASE_X2APIC) != 0 ? MM_HAL_LAPIC_X2APIC : MM_HAL_LAPIC_XAPIC;
	ret_state->is_bsp = (value & APIC_BASE_BSP) != 0;
	if (ret_state->mode == MM_HAL_LAPIC_XAPIC && (value & ~APIC_BASE_FLAGS) != self->base.v)
		return MM_E_HAL_LAPIC_MOVED;
	return MM_OK;
}

enum mm_status mm_hal_lapic_get_state(struct mm_hal_lapic *self, struct mm_hal_lapic_state *ret_state)
{
	struct mm_hal_lapic_state state;
	uint64_t id;
	enum mm_status status = read_mode(self, &state);

	if (status != MM_OK)
		return status;
	if (state.mode == MM_HAL_LAPIC_X2APIC)
		status = mm_hal_cpu_rdmsr(self->cpu, MSR_X2APIC_ID, &id);
	else
		status = read_page(self, REGISTER_ID, &id);
	if (status != MM_OK)
		return status;
	state.id = (uint32_t)(state.mode == MM_HAL_LAPIC_X2APIC ? id : id >> XAPIC_ID_SHIFT);
	*ret_state = state;
	return MM_OK;
}

static enum mm_status await_idle(struct mm_hal_lapic *self)
{
	uint32_t i;

	for (i = 0; i < SEND_READS_MAX; i++) {
		uint64_t low;
		enum mm_status status = read_page(self, REGISTER_ICR_LOW, &low);

		if (status != MM_OK)
			return status;
		if ((low & ICR_SENDING) == 0)
			return MM_OK;
		mm_hal_cpu_pause(self->cpu);
	}
	return MM_E_HAL_LAPIC_STUCK;
}

/* The OS may have been between its two writes: its destination is put back, also when the send failed half-way. */
static enum mm_status send_by_page(struct mm_hal_lapic *self, uint32_t command, uint32_t id)
{
	uint64_t saved;
	enum mm_status restored;
	enum mm_status status = await_idle(self);

	if (status != MM_OK)
		return status;
	status = read_page(self, REGISTER_ICR_HIGH, &saved);
	if (status != MM_OK)
		return status;
	status = write_page(self, REGISTER_ICR_HIGH, (uint64_t)id << XAPIC_ID_SHIFT);
	if (status == MM_OK)
		status = write_page(self, REGISTER_ICR_LOW, command);
	if (status == MM_OK)
		status = await_idle(self);
	restored = write_page(self, REGISTER_ICR_HIGH, saved);
	return status != MM_OK ? status : restored;
}

static enum mm_status send_command(struct mm_hal_lapic *self, uint32_t command, uint32_t id)
{
	struct mm_hal_lapic_state state;
	enum mm_status status = read_mode(self, &state);

	if (status != MM_OK)
		return status;
	if (state.mode == MM_HAL_LAPIC_X2APIC)
		return mm_hal_cpu_wrmsr(self->cpu, MSR_X2APIC_ICR, ((uint64_t)id << 32) | command);
	return id <= XAPIC_ID_MAX ? send_by_page(self, command, id) : MM_E_INVALID;
}

static bool is_kind(enum mm_hal_ipi kind)
{
	return kind == MM_HAL_IPI_FIXED || kind == MM_HAL_IPI_SMI || kind == MM_HAL_IPI_NMI ||
	       kind == MM_HAL_IPI_INIT || kind == MM_HAL_IPI_STARTUP;
}

static uint32_t command_of(enum mm_hal_ipi kind, uint8_t vector)
{
	return ((uint32_t)kind << ICR_MODE_SHIFT) | ICR_ASSERT | vector;
}

enum mm_status mm_hal_lapic_send(struct mm_hal_lapic *self, enum mm_hal_ipi kind, uint8_t vector, uint32_t id)
{
	return is_kind(kind) ? send_command(self, command_of(kind, vector), id) : MM_E_INVALID;
}

enum mm_status mm_hal_lapic_send_others(struct mm_hal_lapic *self, enum mm_hal_ipi kind, uint8_t vector)
{
	return is_kind(kind) ? send_command(self, command_of(kind, vector) | ICR_OTHERS, 0) : MM_E_INVALID;
}
