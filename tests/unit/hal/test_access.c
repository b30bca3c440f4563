/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The checked wrappers: what they refuse never reaches an implementation, what they accept reaches it unchanged. */
#include "tests/mm_test.h"

#include "mm/base/compiler.h"
#include "mock_hal.h"

static int make_mock(void **state)
{
	static struct mock_hal mock;

	mock_hal_init(&mock);
	*state = &mock;
	return 0;
}

static void maps_what_the_window_gives(void **state)
{
	struct mock_hal *mock = *state;
	int byte;

	expect_value(mock_hal_mem_map, pa, 0x5000);
	expect_value(mock_hal_mem_map, bytes, 0x1000);
	will_return(mock_hal_mem_map, &byte);
	assert_ptr_equal(mm_hal_mem_map(&mock->mem, mm_pa(0x5000), 0x1000), &byte);
}

static void maps_neither_nothing_nor_a_range_that_wraps(void **state)
{
	struct mock_hal *mock = *state;

	assert_null(mm_hal_mem_map(&mock->mem, mm_pa(0x5000), 0));
	assert_null(mm_hal_mem_map(&mock->mem, mm_pa(UINT64_MAX - 1), 2));
}

static void copies_of_nothing_succeed_without_access(void **state)
{
	struct mock_hal *mock = *state;

	assert_status(mm_hal_mem_read(&mock->mem, NULL, mm_pa(1), 0), MM_OK);
	assert_status(mm_hal_mem_write(&mock->mem, mm_pa(1), NULL, 0), MM_OK);
	assert_status(mm_hal_user_copy_in(&mock->user, NULL, mm_user_va(1), 0), MM_OK);
	assert_status(mm_hal_user_copy_out(&mock->user, mm_user_va(1), NULL, 0), MM_OK);
	assert_status(mm_hal_user_zero(&mock->user, mm_user_va(1), 0), MM_OK);
}

static void memory_copies_refuse_a_range_that_wraps(void **state)
{
	struct mock_hal *mock = *state;
	uint8_t bytes[2] = { 0 };

	assert_status(mm_hal_mem_read(&mock->mem, bytes, mm_pa(UINT64_MAX), 2), MM_E_OVERFLOW);
	assert_status(mm_hal_mem_write(&mock->mem, mm_pa(UINT64_MAX), bytes, 2), MM_E_OVERFLOW);
}

static void memory_copies_reach_the_window(void **state)
{
	struct mock_hal *mock = *state;
	const uint8_t data[4] = { 1, 2, 3, 4 };
	uint8_t bytes[4] = { 0 };

	expect_value(mock_hal_mem_read, pa, 0x700);
	expect_value(mock_hal_mem_read, bytes, 4);
	will_return(mock_hal_mem_read, MM_OK);
	will_return(mock_hal_mem_read, data);
	assert_status(mm_hal_mem_read(&mock->mem, bytes, mm_pa(0x700), 4), MM_OK);
	assert_memory_equal(bytes, data, 4);
	expect_value(mock_hal_mem_write, pa, 0x800);
	expect_memory(mock_hal_mem_write, data, data, 4);
	expect_value(mock_hal_mem_write, bytes, 4);
	will_return(mock_hal_mem_write, MM_E_FAULT);
	assert_status(mm_hal_mem_write(&mock->mem, mm_pa(0x800), data, 4), MM_E_FAULT);
}

static void user_window_refuses_what_passes_its_limit(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t limit = 1ull << 47;
	uint8_t bytes[16] = { 0 };

	assert_status(mm_hal_user_copy_in(&mock->user, bytes, mm_user_va(limit - 8), 16), MM_E_FAULT);
	assert_status(mm_hal_user_copy_in(&mock->user, bytes, mm_user_va(UINT64_MAX - 7), 16), MM_E_FAULT);
	assert_status(mm_hal_user_copy_out(&mock->user, mm_user_va(limit), bytes, 1), MM_E_FAULT);
	assert_status(mm_hal_user_zero(&mock->user, mm_user_va(0), limit + 1), MM_E_FAULT);
}

static void user_window_reaches_up_to_its_limit(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t va = (1ull << 47) - 16;
	uint8_t bytes[16] = { 0 };

	expect_value(mock_hal_copy_in, va, va);
	expect_value(mock_hal_copy_in, bytes, 16);
	will_return(mock_hal_copy_in, MM_OK);
	will_return(mock_hal_copy_in, bytes);
	assert_status(mm_hal_user_copy_in(&mock->user, bytes, mm_user_va(va), 16), MM_OK);
	expect_value(mock_hal_copy_out, va, va);
	expect_memory(mock_hal_copy_out, data, bytes, 16);
	expect_value(mock_hal_copy_out, bytes, 16);
	will_return(mock_hal_copy_out, MM_OK);
	assert_status(mm_hal_user_copy_out(&mock->user, mm_user_va(va), bytes, 16), MM_OK);
	expect_value(mock_hal_zero, va, va);
	expect_value(mock_hal_zero, bytes, 16);
	will_return(mock_hal_zero, MM_E_FAULT);
	assert_status(mm_hal_user_zero(&mock->user, mm_user_va(va), 16), MM_E_FAULT);
}

static void keeps_the_msr_value_untouched_on_a_fault(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t value = 77;

	expect_value(mock_hal_rdmsr, index, 0x1f2);
	will_return(mock_hal_rdmsr, MM_E_FAULT);
	assert_status(mm_hal_cpu_rdmsr(&mock->cpu, 0x1f2, &value), MM_E_FAULT);
	assert_int_equal(value, 77);
}

static void cpuid_above_the_highest_leaf_reads_zero(void **state)
{
	struct mock_hal *mock = *state;
	static const struct mm_hal_cpuid highest = { 0x7, 1, 2, 3 };

	expect_value(mock_hal_cpuid, leaf, 0);
	expect_value(mock_hal_cpuid, subleaf, 0);
	will_return(mock_hal_cpuid, &highest);
	assert_int_equal(mm_hal_cpu_cpuid(&mock->cpu, 0x15, 0).eax, 0);
}

static void cpuid_of_an_extended_leaf_asks_its_own_class(void **state)
{
	struct mock_hal *mock = *state;
	static const struct mm_hal_cpuid highest = { 0x80000008, 0, 0, 0 };
	static const struct mm_hal_cpuid widths = { 0x3028, 0, 0, 0 };

	expect_value(mock_hal_cpuid, leaf, 0x80000000);
	expect_value(mock_hal_cpuid, subleaf, 0);
	will_return(mock_hal_cpuid, &highest);
	expect_value(mock_hal_cpuid, leaf, 0x80000008);
	expect_value(mock_hal_cpuid, subleaf, 0);
	will_return(mock_hal_cpuid, &widths);
	assert_int_equal(mm_hal_cpu_cpuid(&mock->cpu, 0x80000008, 0).eax, 0x3028);
}

static void cpuid_without_hypervisor_has_no_hypervisor_leaves(void **state)
{
	struct mock_hal *mock = *state;
	static const struct mm_hal_cpuid features = { 0, 0, 0x7fffffff, 0 };

	expect_value(mock_hal_cpuid, leaf, 1);
	expect_value(mock_hal_cpuid, subleaf, 0);
	will_return(mock_hal_cpuid, &features);
	assert_int_equal(mm_hal_cpu_cpuid(&mock->cpu, 0x40000000, 0).eax, 0);
}

static void refuses_a_register_outside_the_enum(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t value;

	assert_status(mm_hal_cpu_get_register(&mock->cpu, MM_HAL_REGISTER_COUNT, &value), MM_E_INVALID);
	assert_status(mm_hal_cpu_set_register(&mock->cpu, MM_HAL_REGISTER_COUNT, 0), MM_E_INVALID);
}

static void registers_flushes_and_pauses_reach_the_cpu(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t value = 0;

	expect_value(mock_hal_get_register, which, MM_HAL_CR3);
	will_return(mock_hal_get_register, MM_OK);
	will_return(mock_hal_get_register, 0x1000);
	assert_status(mm_hal_cpu_get_register(&mock->cpu, MM_HAL_CR3, &value), MM_OK);
	assert_int_equal(value, 0x1000);
	expect_value(mock_hal_set_register, which, MM_HAL_CR3);
	expect_value(mock_hal_set_register, value, 0x2000);
	will_return(mock_hal_set_register, MM_OK);
	assert_status(mm_hal_cpu_set_register(&mock->cpu, MM_HAL_CR3, 0x2000), MM_OK);
	expect_value(mock_hal_flush_page, va, 0x3000);
	mm_hal_cpu_flush_page(&mock->cpu, mm_va(0x3000));
	expect_function_call(mock_hal_flush_all);
	mm_hal_cpu_flush_all(&mock->cpu);
	expect_function_call(mock_hal_pause);
	mm_hal_cpu_pause(&mock->cpu);
}

static void port_reads_keep_their_width(void **state)
{
	struct mock_hal *mock = *state;

	expect_value(mock_hal_io_read, port, 0x60);
	expect_value(mock_hal_io_read, width, MM_HAL_WIDTH_16);
	will_return(mock_hal_io_read, 0x12345678);
	assert_int_equal(mm_hal_io_read16(&mock->io, 0x60), 0x5678);
}

static void port_accesses_beyond_the_port_space_touch_nothing(void **state)
{
	struct mock_hal *mock = *state;

	assert_int_equal(mm_hal_io_read32(&mock->io, 0xfffd), 0xffffffff);
	assert_int_equal(mm_hal_io_read16(&mock->io, 0xffff), 0xffff);
	mm_hal_io_write32(&mock->io, 0xfffd, 1);
	assert_int_equal(mm_hal_io_read(&mock->io, 0x80, MM_HAL_WIDTH_64), 0xffffffff);
}

static void the_last_port_is_a_port(void **state)
{
	struct mock_hal *mock = *state;

	expect_value(mock_hal_io_write, port, 0xffff);
	expect_value(mock_hal_io_write, width, MM_HAL_WIDTH_8);
	expect_value(mock_hal_io_write, value, 0x34);
	mm_hal_io_write8(&mock->io, 0xffff, 0x34);
	expect_value(mock_hal_io_write, port, 0xfffe);
	expect_value(mock_hal_io_write, width, MM_HAL_WIDTH_16);
	expect_value(mock_hal_io_write, value, 0x1234);
	mm_hal_io_write16(&mock->io, 0xfffe, 0x1234);
}

static void mmio_refuses_misaligned_and_unknown_widths(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t value = 9;

	assert_status(mm_hal_mmio_read(&mock->mmio, mm_pa(0x1002), MM_HAL_WIDTH_32, &value), MM_E_MISALIGNED);
	assert_status(mm_hal_mmio_write(&mock->mmio, mm_pa(0x1004), MM_HAL_WIDTH_64, 0), MM_E_MISALIGNED);
	assert_status(mm_hal_mmio_read(&mock->mmio, mm_pa(0x1000), (enum mm_hal_width)4, &value), MM_E_INVALID);
	assert_int_equal(value, 9);
}

static void mmio_values_are_cut_to_their_width(void **state)
{
	struct mock_hal *mock = *state;
	uint64_t value = 0;

	expect_value(mock_hal_mmio_read, pa, 0x1001);
	expect_value(mock_hal_mmio_read, width, MM_HAL_WIDTH_8);
	will_return(mock_hal_mmio_read, MM_OK);
	will_return(mock_hal_mmio_read, 0x1ff);
	assert_status(mm_hal_mmio_read(&mock->mmio, mm_pa(0x1001), MM_HAL_WIDTH_8, &value), MM_OK);
	assert_int_equal(value, 0xff);
	expect_value(mock_hal_mmio_write, pa, 0x1002);
	expect_value(mock_hal_mmio_write, width, MM_HAL_WIDTH_16);
	expect_value(mock_hal_mmio_write, value, 0x5678);
	will_return(mock_hal_mmio_write, MM_E_FAULT);
	assert_status(mm_hal_mmio_write(&mock->mmio, mm_pa(0x1002), MM_HAL_WIDTH_16, 0x12345678), MM_E_FAULT);
}

static void console_takes_text_and_ignores_nothing(void **state)
{
	struct mock_hal *mock = *state;

	mm_hal_console_write(NULL, "x", 1);
	mm_hal_console_write(&mock->console, "x", 0);
	expect_string(mock_hal_console_write, text, "ring");
	expect_value(mock_hal_console_write, count, 4);
	mm_hal_console_write(&mock->console, "ring", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(maps_what_the_window_gives, make_mock),
		cmocka_unit_test_setup(maps_neither_nothing_nor_a_range_that_wraps, make_mock),
		cmocka_unit_test_setup(copies_of_nothing_succeed_without_access, make_mock),
		cmocka_unit_test_setup(memory_copies_refuse_a_range_that_wraps, make_mock),
		cmocka_unit_test_setup(memory_copies_reach_the_window, make_mock),
		cmocka_unit_test_setup(user_window_refuses_what_passes_its_limit, make_mock),
		cmocka_unit_test_setup(user_window_reaches_up_to_its_limit, make_mock),
		cmocka_unit_test_setup(keeps_the_msr_value_untouched_on_a_fault, make_mock),
		cmocka_unit_test_setup(cpuid_above_the_highest_leaf_reads_zero, make_mock),
		cmocka_unit_test_setup(cpuid_of_an_extended_leaf_asks_its_own_class, make_mock),
		cmocka_unit_test_setup(cpuid_without_hypervisor_has_no_hypervisor_leaves, make_mock),
		cmocka_unit_test_setup(refuses_a_register_outside_the_enum, make_mock),
		cmocka_unit_test_setup(registers_flushes_and_pauses_reach_the_cpu, make_mock),
		cmocka_unit_test_setup(port_reads_keep_their_width, make_mock),
		cmocka_unit_test_setup(port_accesses_beyond_the_port_space_touch_nothing, make_mock),
		cmocka_unit_test_setup(the_last_port_is_a_port, make_mock),
		cmocka_unit_test_setup(mmio_refuses_misaligned_and_unknown_widths, make_mock),
		cmocka_unit_test_setup(mmio_values_are_cut_to_their_width, make_mock),
		cmocka_unit_test_setup(console_takes_text_and_ignores_nothing, make_mock),
	};

	return cmocka_run_group_tests_name("hal/access", tests, NULL, NULL);
}
