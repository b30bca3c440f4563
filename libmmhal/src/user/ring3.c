/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/ring3.h"

#include "mm/abi/syscall.h"
#include "mm/hal/x86_64.h"

/*
 * Numbers 0 to 4 have no room for a status in their result: a refusal ends the activation, or the supervisor answers 0
 * where policy says so.
 */
static enum mm_status cpu_rdmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value)
{
	*ret_value = mm_hal_ring3_syscall(MM_SYS_RDMSR, index, 0, 0);
	return MM_OK;
}

static enum mm_status cpu_wrmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t value)
{
	(void)mm_hal_ring3_syscall(MM_SYS_WRMSR, index, value, 0);
	return MM_OK;
}

static enum mm_status cpu_swap_msrs_in(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count)
{
	return MM_E_UNSUPPORTED;
}

static enum mm_status cpu_swap_msrs_out(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count)
{
	return MM_E_UNSUPPORTED;
}

static struct mm_hal_cpuid cpu_cpuid(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf)
{
	struct mm_hal_cpuid result;

	mm_x86_cpuid(leaf, subleaf, &result.eax, &result.ebx, &result.ecx, &result.edx);
	return result;
}

static enum mm_status cpu_get_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value)
{
	return MM_E_UNSUPPORTED;
}

static enum mm_status cpu_set_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value)
{
	return MM_E_UNSUPPORTED;
}

static void cpu_flush_page(struct mm_hal_cpu *self, struct mm_va va)
{
}

static void cpu_flush_all(struct mm_hal_cpu *self)
{
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
	return (uint32_t)mm_hal_ring3_syscall(MM_SYS_IO_READ, port, (uint64_t)width, 0);
}

static void io_write(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value)
{
	(void)mm_hal_ring3_syscall(MM_SYS_IO_WRITE, port, (uint64_t)width, value);
}

static const struct mm_hal_io_ops io_ops = { .read = io_read, .write = io_write };

/* RDTSC is ring 3's own instruction: the supervisor leaves CR4.TSD clear. */
static uint64_t time_ticks(struct mm_hal_time *self)
{
	return mm_x86_rdtsc();
}

static const struct mm_hal_time_ops time_ops = { .ticks = time_ticks };

static void console_write(struct mm_hal_console *self, const char *text, size_t count)
{
	(void)mm_hal_ring3_syscall(MM_SYS_LOG, (uint64_t)(uintptr_t)text, count, 0);
}

static const struct mm_hal_console_ops console_ops = { .write = console_write };

enum mm_status mm_hal_ring3_init(struct mm_hal_ring3 *self)
{
	uint64_t rate = 0;

	(void)mm_hal_ring3_syscall_pair(&rate, MM_SYS_TIME);
	self->time.ops = &time_ops;
	if (mm_hal_time_set_rate(&self->time, rate) != MM_OK)
		return MM_E_HAL_NO_CLOCK;
	self->cpu.ops = &cpu_ops;
	self->io.ops = &io_ops;
	self->console.ops = &console_ops;
	return MM_OK;
}
