/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/x86_64_hal.h"

#include <stddef.h>

#include "fault.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"

#define MSR_EFER       0xc0000080u
#define USER_LIMIT_MAX ((uint64_t)1 << 56)

static enum mm_status from_fault(uint32_t faulted)
{
	return faulted != 0 ? MM_E_FAULT : MM_OK;
}

static enum mm_status cpu_rdmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value)
{
	return from_fault(mm_hal_x86_rdmsr_safe(index, ret_value));
}

static enum mm_status cpu_wrmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t value)
{
	return from_fault(mm_hal_x86_wrmsr_safe(index, value));
}

MM_STATIC_ASSERT(sizeof(struct mm_hal_msr_swap) == 24, msr_swap_bytes);
MM_STATIC_ASSERT(offsetof(struct mm_hal_msr_swap, ours) == 8, msr_swap_ours);
MM_STATIC_ASSERT(offsetof(struct mm_hal_msr_swap, theirs) == 16, msr_swap_theirs);

static enum mm_status cpu_swap_msrs_in(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count)
{
	return from_fault(mm_hal_x86_swap_msrs_in_safe(rows, count));
}

static enum mm_status cpu_swap_msrs_out(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count)
{
	return from_fault(mm_hal_x86_swap_msrs_out_safe(rows, count));
}

static struct mm_hal_cpuid cpu_cpuid(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf)
{
	struct mm_hal_cpuid result;

	mm_x86_cpuid(leaf, subleaf, &result.eax, &result.ebx, &result.ecx, &result.edx);
	return result;
}

static enum mm_status cpu_get_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value)
{
	switch (which) {
	case MM_HAL_CR0:
		*ret_value = mm_x86_read_cr0();
		return MM_OK;
	case MM_HAL_CR2:
		*ret_value = mm_x86_read_cr2();
		return MM_OK;
	case MM_HAL_CR3:
		*ret_value = mm_x86_read_cr3();
		return MM_OK;
	case MM_HAL_CR4:
		*ret_value = mm_x86_read_cr4();
		return MM_OK;
	case MM_HAL_EFER:
		return from_fault(mm_hal_x86_rdmsr_safe(MSR_EFER, ret_value));
	case MM_HAL_REGISTER_COUNT:
		break;
	}
	return MM_E_INVALID;
}

static enum mm_status cpu_set_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value)
{
	switch (which) {
	case MM_HAL_CR0:
		return from_fault(mm_hal_x86_set_cr0_safe(value));
	case MM_HAL_CR2:
		mm_x86_write_cr2(value);
		return MM_OK;
	case MM_HAL_CR3:
		return from_fault(mm_hal_x86_set_cr3_safe(value));
	case MM_HAL_CR4:
		return from_fault(mm_hal_x86_set_cr4_safe(value));
	case MM_HAL_EFER:
		return from_fault(mm_hal_x86_wrmsr_safe(MSR_EFER, value));
	case MM_HAL_REGISTER_COUNT:
		break;
	}
	return MM_E_INVALID;
}

static void cpu_flush_page(struct mm_hal_cpu *self, struct mm_va va)
{
	mm_x86_invlpg(va.v);
}

static void cpu_flush_all(struct mm_hal_cpu *self)
{
	mm_x86_flush_tlb();
}

static void cpu_pause(struct mm_hal_cpu *self)
{
	mm_x86_pause();
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

static uint32_t io_read(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width)
{
	if (width == MM_HAL_WIDTH_8)
		return mm_x86_in8(port);
	if (width == MM_HAL_WIDTH_16)
		return mm_x86_in16(port);
	return mm_x86_in32(port);
}

static void io_write(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value)
{
	if (width == MM_HAL_WIDTH_8)
		mm_x86_out8(port, (uint8_t)value);
	else if (width == MM_HAL_WIDTH_16)
		mm_x86_out16(port, (uint16_t)value);
	else
		mm_x86_out32(port, value);
}

static const struct mm_hal_io_ops io_ops = { .read = io_read, .write = io_write };

static bool window_has(struct mm_hal_mem *mem, struct mm_pa pa, uint64_t bytes)
{
	uint64_t limit = MM_CONTAINER_OF(mem, struct mm_hal_x86, mem)->mem_limit;

	return pa.v <= limit && bytes <= limit - pa.v;
}

static void *mem_map(struct mm_hal_mem *self, struct mm_pa pa, uint64_t bytes)
{
	return window_has(self, pa, bytes) ? (void *)(uintptr_t)pa.v : NULL;
}

static enum mm_status mem_read(struct mm_hal_mem *self, void *ret_bytes, struct mm_pa pa, uint64_t bytes)
{
	if (!window_has(self, pa, bytes))
		return MM_E_FAULT;
	return from_fault(mm_hal_x86_copy_safe(ret_bytes, (const void *)(uintptr_t)pa.v, bytes));
}

static enum mm_status mem_write(struct mm_hal_mem *self, struct mm_pa pa, const void *data, uint64_t bytes)
{
	if (!window_has(self, pa, bytes))
		return MM_E_FAULT;
	return from_fault(mm_hal_x86_copy_safe((void *)(uintptr_t)pa.v, data, bytes));
}

static const struct mm_hal_mem_ops mem_ops = { .map = mem_map, .read = mem_read, .write = mem_write };

static enum mm_status mmio_read(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t *ret_value)
{
	switch (width) {
	case MM_HAL_WIDTH_8:
		return from_fault(mm_hal_x86_read8_safe(pa.v, ret_value));
	case MM_HAL_WIDTH_16:
		return from_fault(mm_hal_x86_read16_safe(pa.v, ret_value));
	case MM_HAL_WIDTH_32:
		return from_fault(mm_hal_x86_read32_safe(pa.v, ret_value));
	case MM_HAL_WIDTH_64:
		return from_fault(mm_hal_x86_read64_safe(pa.v, ret_value));
	}
	return MM_E_INVALID;
}

static enum mm_status mmio_write(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t value)
{
	switch (width) {
	case MM_HAL_WIDTH_8:
		return from_fault(mm_hal_x86_write8_safe(pa.v, value));
	case MM_HAL_WIDTH_16:
		return from_fault(mm_hal_x86_write16_safe(pa.v, value));
	case MM_HAL_WIDTH_32:
		return from_fault(mm_hal_x86_write32_safe(pa.v, value));
	case MM_HAL_WIDTH_64:
		return from_fault(mm_hal_x86_write64_safe(pa.v, value));
	}
	return MM_E_INVALID;
}

static const struct mm_hal_mmio_ops mmio_ops = { .read = mmio_read, .write = mmio_write };

static uint64_t time_ticks(struct mm_hal_time *self)
{
	return mm_x86_rdtsc();
}

static const struct mm_hal_time_ops time_ops = { .ticks = time_ticks };

/* STAC and CLAC are undefined instructions on a CPU without SMAP. */
static enum mm_status user_copy(struct mm_hal_user *self, void *ret_bytes, const void *data, uint64_t bytes)
{
	if (MM_CONTAINER_OF(self, struct mm_hal_x86, user)->has_smap)
		return from_fault(mm_hal_x86_copy_user(ret_bytes, data, bytes));
	return from_fault(mm_hal_x86_copy_safe(ret_bytes, data, bytes));
}

static enum mm_status user_copy_in(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va va, uint64_t bytes)
{
	return user_copy(self, ret_bytes, (const void *)(uintptr_t)va.v, bytes);
}

static enum mm_status user_copy_out(struct mm_hal_user *self, struct mm_user_va va, const void *data, uint64_t bytes)
{
	return user_copy(self, (void *)(uintptr_t)va.v, data, bytes);
}

static enum mm_status user_zero(struct mm_hal_user *self, struct mm_user_va va, uint64_t bytes)
{
	void *to = (void *)(uintptr_t)va.v;

	if (MM_CONTAINER_OF(self, struct mm_hal_x86, user)->has_smap)
		return from_fault(mm_hal_x86_fill_user(to, bytes));
	return from_fault(mm_hal_x86_fill_safe(to, bytes));
}

static const struct mm_hal_user_ops user_ops = {
	.copy_in = user_copy_in,
	.copy_out = user_copy_out,
	.zero = user_zero,
};

enum mm_status mm_hal_x86_init(struct mm_hal_x86 *self, const struct mm_hal_x86_config *config)
{
	if (config->pa_bits < 32 || config->pa_bits > 52 || config->user_limit == 0 ||
	    config->user_limit > USER_LIMIT_MAX || config->ticks_per_second > MM_HAL_TIME_RATE_MAX)
		return MM_E_INVALID;
	self->cpu.ops = &cpu_ops;
	self->io.ops = &io_ops;
	self->mem.ops = &mem_ops;
	self->mmio.ops = &mmio_ops;
	self->time.ops = &time_ops;
	self->time.ticks_per_second = config->ticks_per_second;
	self->user.ops = &user_ops;
	self->user.limit = config->user_limit;
	self->mem_limit = (uint64_t)1 << config->pa_bits;
	self->has_smap = config->has_smap;
	return MM_OK;
}
