/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The ring-0 implementation, run on this machine: the very assembly of the images, faults delivered as signals whose
 * handler does what the supervisor's trap handler does, ask the exception table. STAC and CLAC do not exist outside
 * ring 0; the handler counts and skips them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* REG_RIP */
#endif
#include "tests/mm_test.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "../../../libmmhal/src/x86_64/fault.h"
#include "mm/hal/x86_64_hal.h"

#define PAGE 4096u

struct fixture {
	struct mm_hal_x86 hal;
	uint8_t *page; /* writable; the page before is absent, the one after read-only, then absent */
};

static volatile sig_atomic_t stac_count;
static volatile sig_atomic_t clac_count;
static volatile sig_atomic_t fault_count;

static void on_fault(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const uint8_t *code = (const uint8_t *)(uintptr_t)registers[REG_RIP];
	uint64_t fixup;

	if (number == SIGILL && code[0] == 0x0f && code[1] == 0x01 && (code[2] == 0xca || code[2] == 0xcb)) {
		stac_count += code[2] == 0xcb;
		clac_count += code[2] == 0xca;
		registers[REG_RIP] += 3;
		return;
	}
	fault_count++;
	if (!mm_hal_x86_extable_find((uint64_t)registers[REG_RIP], &fixup)) {
		signal(number, SIG_DFL);
		return;
	}
	registers[REG_RIP] = (greg_t)fixup;
}

static int make_fixture(void **state)
{
	static struct fixture f;
	const struct mm_hal_x86_config config = { .pa_bits = 47, .user_limit = 1ull << 47, .ticks_per_second = 1000 };
	uint8_t *pages = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	f.page = pages + PAGE;
	assert_int_equal(mprotect(f.page, PAGE, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(mprotect(f.page + PAGE, PAGE, PROT_READ), 0);
	assert_status(mm_hal_x86_init(&f.hal, &config), MM_OK);
	*state = &f;
	return 0;
}

/* First in each test: cmocka sets its own handlers between setup and test, and takes them back after it. */
static struct fixture *catch_faults(void **state)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
	assert_int_equal(sigaction(SIGBUS, &action, NULL), 0);
	assert_int_equal(sigaction(SIGILL, &action, NULL), 0);
	stac_count = clac_count = fault_count = 0;
	return *state;
}

static int drop_fixture(void **state)
{
	struct fixture *f = *state;

	return munmap(f->page - PAGE, 4 * PAGE);
}

static struct mm_user_va user_va(const void *p)
{
	return mm_user_va((uint64_t)(uintptr_t)p);
}

static struct mm_pa pa_of(const void *p)
{
	return mm_pa((uint64_t)(uintptr_t)p);
}

static void copies_every_length_exactly(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t data[80];
	unsigned length;
	unsigned i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i + 1);
	for (length = 0; length < 70; length++) {
		memset(f->page, 0, PAGE);
		assert_status(mm_hal_user_copy_out(&f->hal.user, user_va(f->page + 3), data, length), MM_OK);
		assert_memory_equal(f->page + 3, data, length);
		assert_int_equal(f->page[2], 0);
		assert_int_equal(f->page[3 + length], 0);
	}
	assert_int_equal(fault_count, 0);
}

static void zeroes_every_length_exactly(void **state)
{
	struct fixture *f = catch_faults(state);
	unsigned length;
	unsigned i;

	for (length = 1; length < 40; length++) {
		memset(f->page, 0xff, PAGE);
		assert_status(mm_hal_user_zero(&f->hal.user, user_va(f->page + 5), length), MM_OK);
		for (i = 0; i < length; i++)
			assert_int_equal(f->page[5 + i], 0);
		assert_int_equal(f->page[4], 0xff);
		assert_int_equal(f->page[5 + length], 0xff);
	}
}

static void a_copy_that_faults_is_a_status(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t bytes[64] = { 0 };

	assert_status(mm_hal_user_copy_in(&f->hal.user, bytes, user_va(f->page - 8), 16), MM_E_FAULT);
	assert_status(mm_hal_user_copy_in(&f->hal.user, bytes, user_va(f->page + 2 * PAGE - 3), 5), MM_E_FAULT);
	assert_status(mm_hal_user_copy_out(&f->hal.user, user_va(f->page + PAGE - 32), bytes, 64), MM_E_FAULT);
	assert_status(mm_hal_user_zero(&f->hal.user, user_va(f->page + PAGE - 8), 12), MM_E_FAULT);
	assert_int_equal(fault_count, 4);
	assert_int_equal(stac_count, 0);
}

static void a_fault_delivers_the_bytes_before_it(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t bytes[32];

	memset(bytes, 0x77, sizeof(bytes));
	assert_status(mm_hal_mem_write(&f->hal.mem, pa_of(f->page + PAGE - 16), bytes, 32), MM_E_FAULT);
	assert_int_equal(f->page[PAGE - 1], 0x77);
}

static void smap_opens_and_closes_around_each_access(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t bytes[24] = { 0 };

	f->hal.has_smap = true;
	assert_status(mm_hal_user_copy_in(&f->hal.user, bytes, user_va(f->page), 24), MM_OK);
	assert_int_equal(stac_count, 1);
	assert_int_equal(clac_count, 1);
	assert_status(mm_hal_user_zero(&f->hal.user, user_va(f->page), 24), MM_OK);
	assert_int_equal(stac_count, 2);
	assert_int_equal(clac_count, 2);
}

static void smap_is_closed_after_a_fault(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t bytes[24] = { 0 };

	f->hal.has_smap = true;
	assert_status(mm_hal_user_copy_out(&f->hal.user, user_va(f->page + PAGE), bytes, 24), MM_E_FAULT);
	assert_status(mm_hal_user_zero(&f->hal.user, user_va(f->page + PAGE), 24), MM_E_FAULT);
	assert_int_equal(stac_count, 2);
	assert_int_equal(clac_count, 2);
	assert_int_equal(fault_count, 2);
}

static void non_canonical_memory_is_a_status(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t byte;

	f->hal.user.limit = 1ull << 56;
	assert_status(mm_hal_user_copy_in(&f->hal.user, &byte, mm_user_va(1ull << 50), 1), MM_E_FAULT);
	assert_int_equal(fault_count, 1);
}

static void privileged_registers_answer_with_a_status(void **state)
{
	struct fixture *f = catch_faults(state);
	struct mm_hal_msr_swap row = { .index = 0x1b, .theirs = 7 };
	uint64_t value = 5;

	assert_status(mm_hal_cpu_rdmsr(&f->hal.cpu, 0x1b, &value), MM_E_FAULT);
	assert_int_equal(value, 5);
	assert_status(mm_hal_cpu_wrmsr(&f->hal.cpu, 0x1b, 0), MM_E_FAULT);
	assert_status(mm_hal_cpu_get_register(&f->hal.cpu, MM_HAL_EFER, &value), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->hal.cpu, MM_HAL_CR0, 0), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->hal.cpu, MM_HAL_CR3, 0), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->hal.cpu, MM_HAL_CR4, 0), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->hal.cpu, MM_HAL_EFER, 0), MM_E_FAULT);
	assert_status(mm_hal_cpu_swap_msrs_in(&f->hal.cpu, &row, 1), MM_E_FAULT);
	assert_status(mm_hal_cpu_swap_msrs_out(&f->hal.cpu, &row, 1), MM_E_FAULT);
	assert_int_equal(row.theirs, 7);
	assert_int_equal(fault_count, 9);
}

static void device_registers_keep_their_width(void **state)
{
	struct fixture *f = catch_faults(state);
	uint64_t value;
	unsigned width;

	for (width = 0; width < 4; width++) {
		memset(f->page, 0x11, 16);
		assert_status(mm_hal_mmio_write(&f->hal.mmio, pa_of(f->page), (enum mm_hal_width)width,
						0x8877665544332299ull),
			      MM_OK);
		assert_int_equal(f->page[0], 0x99);
		assert_int_equal(f->page[1u << width], 0x11);
		assert_status(mm_hal_mmio_read(&f->hal.mmio, pa_of(f->page), (enum mm_hal_width)width, &value), MM_OK);
		assert_true(value == (0x8877665544332299ull & mm_hal_width_mask((enum mm_hal_width)width)));
	}
}

static void absent_device_registers_are_a_status(void **state)
{
	struct fixture *f = catch_faults(state);
	uint64_t value;
	unsigned width;

	for (width = 0; width < 4; width++) {
		enum mm_hal_width w = (enum mm_hal_width)width;

		assert_status(mm_hal_mmio_read(&f->hal.mmio, pa_of(f->page - PAGE), w, &value), MM_E_FAULT);
		assert_status(mm_hal_mmio_write(&f->hal.mmio, pa_of(f->page + PAGE), w, 0), MM_E_FAULT);
	}
	assert_int_equal(fault_count, 8);
}

static void the_window_is_the_identity_up_to_its_limit(void **state)
{
	struct fixture *f = catch_faults(state);
	uint8_t byte = 0;

	assert_ptr_equal(mm_hal_mem_map(&f->hal.mem, pa_of(f->page), PAGE), f->page);
	assert_null(mm_hal_mem_map(&f->hal.mem, mm_pa((1ull << 47) - 1), 2));
	assert_status(mm_hal_mem_read(&f->hal.mem, &byte, mm_pa(1ull << 47), 1), MM_E_FAULT);
	assert_status(mm_hal_mem_write(&f->hal.mem, mm_pa(1ull << 47), &byte, 1), MM_E_FAULT);
	assert_int_equal(fault_count, 0);
	f->page[9] = 42;
	assert_status(mm_hal_mem_read(&f->hal.mem, &byte, pa_of(f->page + 9), 1), MM_OK);
	assert_int_equal(byte, 42);
}

static void cpuid_and_time_are_this_machines(void **state)
{
	struct fixture *f = catch_faults(state);
	uint64_t first = mm_hal_time_ticks(&f->hal.time);

	assert_int_not_equal(mm_hal_cpu_cpuid(&f->hal.cpu, 0, 0).ebx, 0);
	mm_hal_cpu_pause(&f->hal.cpu);
	assert_true(mm_hal_time_ticks(&f->hal.time) > first);
	assert_int_equal(mm_hal_time_ticks_per_second(&f->hal.time), 1000);
}

static void the_table_knows_no_other_code(void **state)
{
	uint64_t fixup = 1;

	assert_false(mm_hal_x86_extable_find(0, &fixup));
	assert_false(mm_hal_x86_extable_find(UINT64_MAX, &fixup));
	assert_false(mm_hal_x86_extable_find((uint64_t)(uintptr_t)&the_table_knows_no_other_code, &fixup));
	assert_int_equal(fixup, 1);
}

static void the_table_is_sorted_and_finds_both_ends_of_each_row(void **state)
{
	uint64_t before = 0;
	uint64_t fixup;
	uint64_t i;

	assert_int_equal(mm_hal_x86_extable_count, 20);
	for (i = 0; i < mm_hal_x86_extable_count; i++) {
		const struct mm_hal_x86_extable_entry *row = &mm_hal_x86_extable[i];

		assert_true(before <= row->start && row->start < row->end);
		assert_true(mm_hal_x86_extable_find(row->start, &fixup) && fixup == row->fixup);
		assert_true(mm_hal_x86_extable_find(row->end - 1, &fixup) && fixup == row->fixup);
		assert_false(mm_hal_x86_extable_find(row->end, &fixup));
		assert_false(mm_hal_x86_extable_find(row->fixup, &fixup));
		before = row->end;
	}
}

static void refuses_numbers_outside_their_range(void **state)
{
	struct mm_hal_x86 hal;
	struct mm_hal_x86_config config = { .pa_bits = 31, .user_limit = 1 };

	assert_status(mm_hal_x86_init(&hal, &config), MM_E_INVALID);
	config.pa_bits = 40;
	config.user_limit = 0;
	assert_status(mm_hal_x86_init(&hal, &config), MM_E_INVALID);
	config.user_limit = (1ull << 56) + 1;
	assert_status(mm_hal_x86_init(&hal, &config), MM_E_INVALID);
	config.user_limit = 1ull << 56;
	config.ticks_per_second = MM_HAL_TIME_RATE_MAX + 1;
	assert_status(mm_hal_x86_init(&hal, &config), MM_E_INVALID);
}

#define WITH_FAULTS(test) cmocka_unit_test_setup_teardown(test, make_fixture, drop_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FAULTS(copies_every_length_exactly),
		WITH_FAULTS(zeroes_every_length_exactly),
		WITH_FAULTS(a_copy_that_faults_is_a_status),
		WITH_FAULTS(a_fault_delivers_the_bytes_before_it),
		WITH_FAULTS(smap_opens_and_closes_around_each_access),
		WITH_FAULTS(smap_is_closed_after_a_fault),
		WITH_FAULTS(non_canonical_memory_is_a_status),
		WITH_FAULTS(privileged_registers_answer_with_a_status),
		WITH_FAULTS(device_registers_keep_their_width),
		WITH_FAULTS(absent_device_registers_are_a_status),
		WITH_FAULTS(the_window_is_the_identity_up_to_its_limit),
		WITH_FAULTS(cpuid_and_time_are_this_machines),
		cmocka_unit_test(the_table_knows_no_other_code),
		cmocka_unit_test(the_table_is_sorted_and_finds_both_ends_of_each_row),
		cmocka_unit_test(refuses_numbers_outside_their_range),
	};

	return cmocka_run_group_tests_name("hal/x86", tests, NULL, NULL);
}
