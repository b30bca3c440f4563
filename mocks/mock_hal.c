/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mock_hal.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <string.h>

enum mm_status mock_hal_rdmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value)
{
	enum mm_status status;

	check_expected(index);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		*ret_value = mock_type(uint64_t);
	return status;
}

enum mm_status mock_hal_wrmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t value)
{
	check_expected(index);
	check_expected(value);
	return mock_type(enum mm_status);
}

enum mm_status mock_hal_swap_msrs_in(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count)
{
	check_expected_ptr(rows);
	check_expected(count);
	return mock_type(enum mm_status);
}

enum mm_status mock_hal_swap_msrs_out(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count)
{
	check_expected_ptr(rows);
	check_expected(count);
	return mock_type(enum mm_status);
}

struct mm_hal_cpuid mock_hal_cpuid(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf)
{
	check_expected(leaf);
	check_expected(subleaf);
	return *mock_ptr_type(const struct mm_hal_cpuid *);
}

enum mm_status mock_hal_get_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value)
{
	enum mm_status status;

	check_expected(which);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		*ret_value = mock_type(uint64_t);
	return status;
}

enum mm_status mock_hal_set_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value)
{
	check_expected(which);
	check_expected(value);
	return mock_type(enum mm_status);
}

void mock_hal_flush_page(struct mm_hal_cpu *self, struct mm_va address)
{
	uint64_t va = address.v;

	check_expected(va);
}

void mock_hal_flush_all(struct mm_hal_cpu *self)
{
	function_called();
}

void mock_hal_pause(struct mm_hal_cpu *self)
{
	function_called();
}

static const struct mm_hal_cpu_ops cpu_ops = {
	.rdmsr = mock_hal_rdmsr,
	.wrmsr = mock_hal_wrmsr,
	.swap_msrs_in = mock_hal_swap_msrs_in,
	.swap_msrs_out = mock_hal_swap_msrs_out,
	.cpuid = mock_hal_cpuid,
	.get_register = mock_hal_get_register,
	.set_register = mock_hal_set_register,
	.flush_page = mock_hal_flush_page,
	.flush_all = mock_hal_flush_all,
	.pause = mock_hal_pause,
};

uint32_t mock_hal_io_read(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width)
{
	check_expected(port);
	check_expected(width);
	return mock_type(uint32_t);
}

void mock_hal_io_write(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value)
{
	check_expected(port);
	check_expected(width);
	check_expected(value);
}

static const struct mm_hal_io_ops io_ops = { .read = mock_hal_io_read, .write = mock_hal_io_write };

void *mock_hal_mem_map(struct mm_hal_mem *self, struct mm_pa address, uint64_t bytes)
{
	uint64_t pa = address.v;

	check_expected(pa);
	check_expected(bytes);
	return mock_ptr_type(void *);
}

enum mm_status mock_hal_mem_read(struct mm_hal_mem *self, void *ret_bytes, struct mm_pa address, uint64_t bytes)
{
	uint64_t pa = address.v;
	enum mm_status status;

	check_expected(pa);
	check_expected(bytes);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		memcpy(ret_bytes, mock_ptr_type(const void *), (size_t)bytes);
	return status;
}

enum mm_status mock_hal_mem_write(struct mm_hal_mem *self, struct mm_pa address, const void *data, uint64_t bytes)
{
	uint64_t pa = address.v;

	check_expected(pa);
	check_expected(data);
	check_expected(bytes);
	return mock_type(enum mm_status);
}

static const struct mm_hal_mem_ops mem_ops = {
	.map = mock_hal_mem_map,
	.read = mock_hal_mem_read,
	.write = mock_hal_mem_write,
};

enum mm_status mock_hal_mmio_read(struct mm_hal_mmio *self, struct mm_pa address, enum mm_hal_width width,
				  uint64_t *ret_value)
{
	uint64_t pa = address.v;
	enum mm_status status;

	check_expected(pa);
	check_expected(width);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		*ret_value = mock_type(uint64_t);
	return status;
}

enum mm_status mock_hal_mmio_write(struct mm_hal_mmio *self, struct mm_pa address, enum mm_hal_width width,
				   uint64_t value)
{
	uint64_t pa = address.v;

	check_expected(pa);
	check_expected(width);
	check_expected(value);
	return mock_type(enum mm_status);
}

static const struct mm_hal_mmio_ops mmio_ops = { .read = mock_hal_mmio_read, .write = mock_hal_mmio_write };

uint64_t mock_hal_ticks(struct mm_hal_time *self)
{
	return mock_type(uint64_t);
}

static const struct mm_hal_time_ops time_ops = { .ticks = mock_hal_ticks };

enum mm_status mock_hal_copy_in(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va address, uint64_t bytes)
{
	uint64_t va = address.v;
	enum mm_status status;

	check_expected(va);
	check_expected(bytes);
	status = mock_type(enum mm_status);
	if (status == MM_OK)
		memcpy(ret_bytes, mock_ptr_type(const void *), (size_t)bytes);
	return status;
}

enum mm_status mock_hal_copy_out(struct mm_hal_user *self, struct mm_user_va address, const void *data, uint64_t bytes)
{
	uint64_t va = address.v;

	check_expected(va);
	check_expected(data);
	check_expected(bytes);
	return mock_type(enum mm_status);
}

enum mm_status mock_hal_zero(struct mm_hal_user *self, struct mm_user_va address, uint64_t bytes)
{
	uint64_t va = address.v;

	check_expected(va);
	check_expected(bytes);
	return mock_type(enum mm_status);
}

static const struct mm_hal_user_ops user_ops = {
	.copy_in = mock_hal_copy_in,
	.copy_out = mock_hal_copy_out,
	.zero = mock_hal_zero,
};

void mock_hal_console_write(struct mm_hal_console *self, const char *text, size_t count)
{
	check_expected(text);
	check_expected(count);
}

static const struct mm_hal_console_ops console_ops = { .write = mock_hal_console_write };

void mock_hal_init(struct mock_hal *self)
{
	self->cpu.ops = &cpu_ops;
	self->io.ops = &io_ops;
	self->mem.ops = &mem_ops;
	self->mmio.ops = &mmio_ops;
	self->time.ops = &time_ops;
	self->time.ticks_per_second = 1000000000u;
	self->user.ops = &user_ops;
	self->user.limit = 1ull << 47;
	self->console.ops = &console_ops;
}

enum mm_status mock_hal_get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	enum mm_status status = mock_type(enum mm_status);

	if (status == MM_OK)
		*ret_page = mm_pa(mock_type(uint64_t));
	return status;
}

void mock_hal_put_page(struct mm_hal_pagetable *self, struct mm_pa address)
{
	uint64_t page = address.v;

	check_expected(page);
}

const uint64_t *mock_hal_map_table(struct mm_hal_pagetable *self, struct mm_pa address)
{
	uint64_t page = address.v;

	check_expected(page);
	return mock_ptr_type(const uint64_t *);
}

void mock_hal_write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	check_expected(value);
	*(uint64_t *)(uintptr_t)entry = value;
}

static const struct mm_hal_pagetable_ops pagetable_ops = {
	.get_page = mock_hal_get_page,
	.put_page = mock_hal_put_page,
	.map_table = mock_hal_map_table,
	.write_entry = mock_hal_write_entry,
};

const struct mm_hal_pagetable_ops *mock_hal_pagetable_ops(void)
{
	return &pagetable_ops;
}
