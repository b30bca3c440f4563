/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/mm_test.h"

#include "fake_machine.h"

static int make_machine(void **state)
{
	*state = fake_machine_create(1);
	return 0;
}

static int drop_machine(void **state)
{
	fake_machine_destroy(*state);
	return 0;
}

static void refuses_a_rate_of_zero_and_one_beyond_reason(void **state)
{
	struct fake_machine *m = *state;

	assert_status(mm_hal_time_set_rate(&m->time, 0), MM_E_INVALID);
	assert_status(mm_hal_time_set_rate(&m->time, MM_HAL_TIME_RATE_MAX + 1), MM_E_INVALID);
	assert_int_equal(mm_hal_time_ticks_per_second(&m->time), 1000000000);
	assert_status(mm_hal_time_set_rate(&m->time, 2400000000ull), MM_OK);
	assert_int_equal(mm_hal_time_ticks_per_second(&m->time), 2400000000ull);
}

static void without_a_rate_no_deadline_starts(void **state)
{
	struct fake_machine *m = *state;
	struct mm_hal_deadline deadline;
	uint64_t ticks;

	m->time.ticks_per_second = 0;
	assert_status(mm_hal_deadline_start(&m->time, 10, &deadline), MM_E_NOT_READY);
	assert_status(mm_hal_time_from_microseconds(&m->time, 10, &ticks), MM_E_NOT_READY);
	assert_status(mm_hal_time_to_microseconds(&m->time, 10, &ticks), MM_E_NOT_READY);
}

static void microseconds_round_up_to_ticks_and_saturate(void **state)
{
	struct fake_machine *m = *state;
	uint64_t ticks;

	assert_status(mm_hal_time_set_rate(&m->time, 1500001), MM_OK);
	assert_status(mm_hal_time_from_microseconds(&m->time, 1, &ticks), MM_OK);
	assert_int_equal(ticks, 2);
	assert_status(mm_hal_time_from_microseconds(&m->time, 3000000, &ticks), MM_OK);
	assert_int_equal(ticks, 4500003);
	assert_status(mm_hal_time_from_microseconds(&m->time, UINT64_MAX, &ticks), MM_OK);
	assert_true(ticks == UINT64_MAX);
}

static void ticks_round_down_to_microseconds_and_saturate(void **state)
{
	struct fake_machine *m = *state;
	uint64_t us;

	assert_status(mm_hal_time_set_rate(&m->time, 3000000), MM_OK);
	assert_status(mm_hal_time_to_microseconds(&m->time, 8, &us), MM_OK);
	assert_int_equal(us, 2);
	assert_status(mm_hal_time_set_rate(&m->time, 1), MM_OK);
	assert_status(mm_hal_time_to_microseconds(&m->time, UINT64_MAX, &us), MM_OK);
	assert_true(us == UINT64_MAX);
}

static void a_deadline_passes_when_its_time_has(void **state)
{
	struct fake_machine *m = *state;
	struct mm_hal_deadline deadline;
	unsigned polls = 0;

	m->ticks_per_read = 1000;
	assert_status(mm_hal_deadline_start(&m->time, 50, &deadline), MM_OK);
	while (!mm_hal_deadline_passed(&m->time, &deadline))
		polls++;
	assert_int_equal(polls, 49);
}

static void a_deadline_survives_a_wrap_of_the_counter(void **state)
{
	struct fake_machine *m = *state;
	struct mm_hal_deadline deadline;

	m->now = UINT64_MAX - 5000;
	m->ticks_per_read = 1000;
	assert_status(mm_hal_deadline_start(&m->time, 20, &deadline), MM_OK);
	m->now += 10000;
	assert_false(mm_hal_deadline_passed(&m->time, &deadline));
	m->now += 10000;
	assert_true(mm_hal_deadline_passed(&m->time, &deadline));
}

static void calibrates_from_the_crystal(void **state)
{
	struct fake_machine *m = *state;
	enum mm_hal_time_source source;
	uint64_t hz;

	fake_machine_set_cpuid(m, 0x15, 0, (struct mm_hal_cpuid){ 2, 250, 24000000, 0 });
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, &source, &hz), MM_OK);
	assert_int_equal(hz, 3000000000ull);
	assert_int_equal(source, MM_HAL_TIME_CPUID_CRYSTAL);
}

static void calibrates_from_the_base_frequency(void **state)
{
	struct fake_machine *m = *state;
	enum mm_hal_time_source source;
	uint64_t hz;

	fake_machine_set_cpuid(m, 0x15, 0, (struct mm_hal_cpuid){ 2, 250, 0, 0 });
	fake_machine_set_cpuid(m, 0x16, 0, (struct mm_hal_cpuid){ 2900, 4000, 100, 0 });
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, &source, &hz), MM_OK);
	assert_int_equal(hz, 2900000000ull);
	assert_int_equal(source, MM_HAL_TIME_CPUID_BASE);
}

static void calibrates_against_the_timer_within_a_thousandth(void **state)
{
	struct fake_machine *m = *state;
	enum mm_hal_time_source source;
	uint64_t hz;

	fake_machine_add_pit(m);
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, &source, &hz), MM_OK);
	assert_in_range(hz, 999000000, 1001000000);
	assert_int_equal(source, MM_HAL_TIME_PIT);
}

static void calibration_puts_the_gate_back(void **state)
{
	struct fake_machine *m = *state;
	uint64_t hz;

	fake_machine_add_pit(m);
	mm_hal_io_write8(&m->io, 0x61, 0x0e);
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, NULL, &hz), MM_OK);
	assert_int_equal(mm_hal_io_read8(&m->io, 0x61) & 0x0f, 0x0e);
}

static void refuses_a_timer_that_is_not_there(void **state)
{
	struct fake_machine *m = *state;
	uint64_t hz = 5;

	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, NULL, &hz), MM_E_HAL_NO_CLOCK);
	assert_int_equal(hz, 5);
}

static void refuses_a_timer_that_never_ends(void **state)
{
	struct fake_machine *m = *state;
	struct fake_port_script script = { .reads = (const uint32_t[]){ 0 }, .read_count = 1 };
	uint64_t hz;

	fake_machine_add_ports(m, 0x61, 0x61, fake_port_scripted, &script);
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, NULL, &hz), MM_E_HAL_NO_CLOCK);
}

static void refuses_a_counter_that_stands_still(void **state)
{
	struct fake_machine *m = *state;
	struct fake_port_script script = { .reads = (const uint32_t[]){ 0, 0, 0, 0x20 }, .read_count = 4 };
	uint64_t hz;

	m->ticks_per_read = 0;
	fake_machine_add_ports(m, 0x61, 0x61, fake_port_scripted, &script);
	assert_status(mm_hal_time_calibrate(&m->time, &m->cpu, &m->io, NULL, &hz), MM_E_HAL_NO_CLOCK);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_machine, drop_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(refuses_a_rate_of_zero_and_one_beyond_reason),
		ON_MACHINE(without_a_rate_no_deadline_starts),
		ON_MACHINE(microseconds_round_up_to_ticks_and_saturate),
		ON_MACHINE(ticks_round_down_to_microseconds_and_saturate),
		ON_MACHINE(a_deadline_passes_when_its_time_has),
		ON_MACHINE(a_deadline_survives_a_wrap_of_the_counter),
		ON_MACHINE(calibrates_from_the_crystal),
		ON_MACHINE(calibrates_from_the_base_frequency),
		ON_MACHINE(calibrates_against_the_timer_within_a_thousandth),
		ON_MACHINE(calibration_puts_the_gate_back),
		ON_MACHINE(refuses_a_timer_that_is_not_there),
		ON_MACHINE(refuses_a_timer_that_never_ends),
		ON_MACHINE(refuses_a_counter_that_stands_still),
	};

	return cmocka_run_group_tests_name("hal/time", tests, NULL, NULL);
}
