/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ring 3's implementation over a supervisor that only remembers what it was asked. */
#include "tests/mm_test.h"

#include "mm/abi/syscall.h"
#include "mm/hal/ring3.h"

uint64_t MM_EFIAPI mm_hal_ring3_syscall(uint64_t number, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	check_expected(number);
	check_expected(arg1);
	check_expected(arg2);
	check_expected(arg3);
	return mock_type(uint64_t);
}

uint64_t MM_EFIAPI mm_hal_ring3_syscall_pair(uint64_t *ret_second, uint64_t number)
{
	check_expected(number);
	*ret_second = mock_type(uint64_t);
	return 0;
}

static void expect_call(uint64_t number, uint64_t arg1, uint64_t arg2, uint64_t arg3, uint64_t result)
{
	expect_value(mm_hal_ring3_syscall, number, number);
	expect_value(mm_hal_ring3_syscall, arg1, arg1);
	expect_value(mm_hal_ring3_syscall, arg2, arg2);
	expect_value(mm_hal_ring3_syscall, arg3, arg3);
	will_return(mm_hal_ring3_syscall, result);
}

static int make_ring3(void **state)
{
	static struct mm_hal_ring3 ring3;

	expect_value(mm_hal_ring3_syscall_pair, number, MM_SYS_TIME);
	will_return(mm_hal_ring3_syscall_pair, 2000000000);
	assert_status(mm_hal_ring3_init(&ring3), MM_OK);
	*state = &ring3;
	return 0;
}

static void takes_the_clocks_rate_from_the_supervisor(void **state)
{
	struct mm_hal_ring3 *ring3 = *state;
	uint64_t first = mm_hal_time_ticks(&ring3->time);

	assert_int_equal(mm_hal_time_ticks_per_second(&ring3->time), 2000000000);
	assert_true(mm_hal_time_ticks(&ring3->time) > first);
}

static void refuses_a_supervisor_without_a_clock(void **state)
{
	struct mm_hal_ring3 ring3;

	expect_value(mm_hal_ring3_syscall_pair, number, MM_SYS_TIME);
	will_return(mm_hal_ring3_syscall_pair, 0);
	assert_status(mm_hal_ring3_init(&ring3), MM_E_HAL_NO_CLOCK);
}

static void msrs_are_calls_0_and_1(void **state)
{
	struct mm_hal_ring3 *ring3 = *state;
	uint64_t value = 0;

	expect_call(0, 0xc0000080, 0, 0, 0xd01);
	assert_status(mm_hal_cpu_rdmsr(&ring3->cpu, 0xc0000080, &value), MM_OK);
	assert_int_equal(value, 0xd01);
	expect_call(1, 0x10, 0x123456789abcull, 0, 0);
	assert_status(mm_hal_cpu_wrmsr(&ring3->cpu, 0x10, 0x123456789abcull), MM_OK);
}

static void ports_are_calls_3_and_4_with_the_width_as_a_number(void **state)
{
	struct mm_hal_ring3 *ring3 = *state;

	expect_call(3, 0xcf8, 2, 0, 0x80000000);
	assert_int_equal(mm_hal_io_read32(&ring3->io, 0xcf8), 0x80000000);
	expect_call(4, 0x402, 0, 'x', 'x');
	mm_hal_io_write8(&ring3->io, 0x402, 'x');
	expect_call(3, 0x60, 1, 0, UINT64_MAX);
	assert_int_equal(mm_hal_io_read16(&ring3->io, 0x60), 0xffff);
}

static void text_is_one_log_call(void **state)
{
	struct mm_hal_ring3 *ring3 = *state;
	static const char text[] = "hello";

	expect_call(MM_SYS_LOG, (uint64_t)(uintptr_t)text, 5, 0, 0);
	mm_hal_console_write(&ring3->console, text, 5);
}

static void control_registers_are_not_for_ring_3(void **state)
{
	struct mm_hal_ring3 *ring3 = *state;
	uint64_t value = 3;

	assert_status(mm_hal_cpu_get_register(&ring3->cpu, MM_HAL_CR3, &value), MM_E_UNSUPPORTED);
	assert_status(mm_hal_cpu_set_register(&ring3->cpu, MM_HAL_CR3, 0), MM_E_UNSUPPORTED);
	assert_int_equal(value, 3);
	mm_hal_cpu_flush_page(&ring3->cpu, mm_va(0));
	mm_hal_cpu_flush_all(&ring3->cpu);
	mm_hal_cpu_pause(&ring3->cpu);
	assert_int_not_equal(mm_hal_cpu_cpuid(&ring3->cpu, 0, 0).ebx, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(takes_the_clocks_rate_from_the_supervisor, make_ring3),
		cmocka_unit_test(refuses_a_supervisor_without_a_clock),
		cmocka_unit_test_setup(msrs_are_calls_0_and_1, make_ring3),
		cmocka_unit_test_setup(ports_are_calls_3_and_4_with_the_width_as_a_number, make_ring3),
		cmocka_unit_test_setup(text_is_one_log_call, make_ring3),
		cmocka_unit_test_setup(control_registers_are_not_for_ring_3, make_ring3),
	};

	return cmocka_run_group_tests_name("hal/ring3", tests, NULL, NULL);
}
