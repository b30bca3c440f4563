/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A fake that others lean on gets tests of its own. */
#include "tests/mm_test.h"

#include "fake_machine.h"
#include "mm/base/compiler.h"
#include "mm/hal/pagetable.h"

#define TABLES	0x3e000000ull
#define DATA	0x3e400000ull
#define CR0_PG	0x80000000ull
#define CR0_WP	0x10000ull
#define CR4_PAE 0x20ull
#define SMEP	(1ull << 20)
#define SMAP	(1ull << 21)
#define W	MM_HAL_PAGE_WRITE
#define X	MM_HAL_PAGE_EXECUTE
#define U	MM_HAL_PAGE_USER

struct fixture {
	struct fake_machine *machine;
	struct mm_hal_pagetable pt;
	uint64_t next_page;
};

static enum mm_status get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct fixture *f = MM_CONTAINER_OF(self, struct fixture, pt);

	*ret_page = mm_pa(f->next_page);
	f->next_page += MM_PAGE_BYTES;
	return MM_OK;
}

static void put_page(struct mm_hal_pagetable *self, struct mm_pa page)
{
}

static const uint64_t *map_table(struct mm_hal_pagetable *self, struct mm_pa page)
{
	return mm_hal_mem_map(&MM_CONTAINER_OF(self, struct fixture, pt)->machine->mem, page, MM_PAGE_BYTES);
}

static void write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	*(uint64_t *)(uintptr_t)entry = value;
}

static const struct mm_hal_pagetable_ops table_ops = {
	.get_page = get_page,
	.put_page = put_page,
	.map_table = map_table,
	.write_entry = write_entry,
};

/* Paging on, with a tree that the editor makes: the walk of the fake and the editor check each other. */
static int make_fixture(void **state)
{
	static struct fixture fixture;
	const struct mm_hal_pagetable_config config = {
		.ops = &table_ops, .levels = 4, .pa_bits = 40, .can_1gib = true, .can_execute_disable = true
	};
	struct mm_hal_cpu *cpu;

	memset(&fixture, 0, sizeof(fixture));
	fixture.machine = fake_machine_create(2);
	fixture.next_page = TABLES;
	fake_machine_add_memory(fixture.machine, TABLES, 0x800000);
	assert_status(mm_hal_pagetable_init(&config, &fixture.pt), MM_OK);
	cpu = &fixture.machine->cpu;
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR3, mm_hal_pagetable_root(&fixture.pt).v), MM_OK);
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_EFER, 0xd00), MM_OK);
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR4, CR4_PAE | SMEP | SMAP), MM_OK);
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR0, CR0_PG | CR0_WP | 1), MM_OK);
	*state = &fixture;
	return 0;
}

static int drop_fixture(void **state)
{
	struct fixture *f = *state;

	fake_machine_destroy(f->machine);
	return 0;
}

static void map(struct fixture *f, uint64_t va, uint64_t pa, uint32_t attributes)
{
	assert_status(mm_hal_pagetable_map(&f->pt, mm_region_create(va, MM_PAGE_BYTES), mm_pa(pa), attributes), MM_OK);
}

static bool reaches(struct fixture *f, uint64_t va, uint32_t access)
{
	uint64_t pa;

	return fake_machine_translate(f->machine, va, access, false, &pa);
}

static void translates_through_the_tables(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = 0;

	map(f, 0x7000, DATA, MM_HAL_PAGE_RW);
	assert_true(fake_machine_translate(f->machine, 0x7123, W, false, &pa));
	assert_int_equal(pa, DATA + 0x123);
	assert_false(reaches(f, 0x8000, 0));
	assert_int_equal(f->machine->faults, 1);
}

static void honours_write_execute_and_user_rights(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, DATA, MM_HAL_PAGE_R);
	map(f, 0x2000, DATA, MM_HAL_PAGE_RW | U);
	assert_false(reaches(f, 0x1000, W));
	assert_false(reaches(f, 0x1000, X));
	assert_false(reaches(f, 0x1000, U));
	assert_true(reaches(f, 0x2000, U | W));
	assert_false(reaches(f, 0x2000, U | X));
}

static void honours_smap_and_smep(void **state)
{
	struct fixture *f = *state;
	uint64_t pa;

	map(f, 0x1000, DATA, MM_HAL_PAGE_RX | U);
	assert_false(reaches(f, 0x1000, 0));
	assert_true(fake_machine_translate(f->machine, 0x1000, 0, true, &pa));
	assert_false(reaches(f, 0x1000, X));
	assert_status(mm_hal_cpu_set_register(&f->machine->cpu, MM_HAL_CR4, CR4_PAE), MM_OK);
	assert_true(reaches(f, 0x1000, X));
}

static void without_write_protection_ring_0_writes_anything(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, DATA, MM_HAL_PAGE_R);
	assert_false(reaches(f, 0x1000, W));
	assert_status(mm_hal_cpu_set_register(&f->machine->cpu, MM_HAL_CR0, CR0_PG | 1), MM_OK);
	assert_true(reaches(f, 0x1000, W));
}

static void keeps_stale_translations_until_flushed(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, DATA, MM_HAL_PAGE_RW);
	map(f, 0x2000, DATA, MM_HAL_PAGE_RW);
	assert_true(reaches(f, 0x1000, W) && reaches(f, 0x2000, W));
	assert_status(mm_hal_pagetable_unmap(&f->pt, mm_region_create(0x1000, 0x2000)), MM_OK);
	assert_true(reaches(f, 0x1000, W) && reaches(f, 0x2000, W));
	mm_hal_cpu_flush_page(&f->machine->cpu, mm_va(0x1fff));
	assert_false(reaches(f, 0x1000, W));
	assert_true(reaches(f, 0x2000, W));
	mm_hal_cpu_flush_all(&f->machine->cpu);
	assert_false(reaches(f, 0x2000, W));
}

static void each_cpu_has_its_own_tlb(void **state)
{
	struct fixture *f = *state;

	map(f, 0x1000, DATA, MM_HAL_PAGE_RW);
	assert_true(reaches(f, 0x1000, W));
	f->machine->current = 1;
	assert_true(reaches(f, 0x9000, 0)); /* paging is off here */
	mm_hal_cpu_flush_all(&f->machine->cpu);
	f->machine->current = 0;
	assert_status(mm_hal_pagetable_unmap(&f->pt, mm_region_create(0x1000, 0x1000)), MM_OK);
	assert_true(reaches(f, 0x1000, W));
}

static void user_copies_cross_pages_and_stop_at_holes(void **state)
{
	struct fixture *f = *state;
	uint8_t *data = fake_machine_bytes(f->machine, DATA, 0x3000);
	uint8_t bytes[32];

	map(f, 0x1000, DATA + 0x2000, MM_HAL_PAGE_RW | U);
	map(f, 0x2000, DATA, MM_HAL_PAGE_RW | U);
	memset(bytes, 0x5a, sizeof(bytes));
	assert_status(mm_hal_user_copy_out(&f->machine->user, mm_user_va(0x1ff0), bytes, 32), MM_OK);
	assert_int_equal(data[0x2fff], 0x5a);
	assert_int_equal(data[15], 0x5a);
	assert_status(mm_hal_user_zero(&f->machine->user, mm_user_va(0x1fff), 2), MM_OK);
	assert_status(mm_hal_user_copy_in(&f->machine->user, bytes, mm_user_va(0x1ff0), 32), MM_OK);
	assert_int_equal(bytes[15], 0);
	assert_int_equal(bytes[16], 0);
	assert_int_equal(bytes[17], 0x5a);
	assert_status(mm_hal_user_copy_in(&f->machine->user, bytes, mm_user_va(0x2ff0), 32), MM_E_FAULT);
	assert_status(mm_hal_user_zero(&f->machine->user, mm_user_va(0x2ff0), 32), MM_E_FAULT);
	assert_int_equal(f->machine->window_escapes, 0);
}

static void user_window_reaches_supervisor_pages_as_hardware_does(void **state)
{
	struct fixture *f = *state;
	uint8_t byte = 1;

	map(f, 0x1000, DATA, MM_HAL_PAGE_RW);
	map(f, 0x2000, DATA, MM_HAL_PAGE_R | U);
	assert_status(mm_hal_user_copy_in(&f->machine->user, &byte, mm_user_va(0x1000), 1), MM_OK);
	assert_int_equal(f->machine->window_escapes, 1);
	assert_status(mm_hal_user_copy_out(&f->machine->user, mm_user_va(0x2000), &byte, 1), MM_E_FAULT);
}

static void memory_is_sparse_and_may_be_read_only(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[16] = { 0 };

	assert_null(mm_hal_mem_map(&f->machine->mem, mm_pa(TABLES - 1), 2));
	assert_status(mm_hal_mem_read(&f->machine->mem, bytes, mm_pa(0x1000), 16), MM_E_FAULT);
	assert_status(mm_hal_mem_write(&f->machine->mem, mm_pa(DATA), "x", 1), MM_OK);
	assert_status(mm_hal_mem_read(&f->machine->mem, bytes, mm_pa(DATA), 1), MM_OK);
	assert_int_equal(bytes[0], 'x');
	fake_machine_set_read_only(f->machine, DATA, true);
	assert_status(mm_hal_mem_write(&f->machine->mem, mm_pa(DATA), "y", 1), MM_E_FAULT);
	fake_machine_set_read_only(f->machine, DATA, false);
}

static void unknown_msrs_fault_and_known_ones_are_per_cpu(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_cpu *cpu = &f->machine->cpu;
	uint64_t value;

	assert_status(mm_hal_cpu_rdmsr(cpu, 0x1f2, &value), MM_E_FAULT);
	assert_status(mm_hal_cpu_wrmsr(cpu, 0x1f2, 1), MM_E_FAULT);
	fake_machine_set_msr(f->machine, 0x1f2, 5);
	assert_status(mm_hal_cpu_wrmsr(cpu, 0x1f2, 6), MM_OK);
	assert_int_equal(fake_machine_get_msr(f->machine, 0, 0x1f2), 6);
	assert_int_equal(fake_machine_get_msr(f->machine, 1, 0x1f2), 5);
	fake_machine_set_msr_reserved(f->machine, 0x1f2, 0xf00);
	assert_status(mm_hal_cpu_wrmsr(cpu, 0x1f2, 0x100), MM_E_FAULT);
	fake_machine_remove_msr(f->machine, 0x1f2);
	assert_status(mm_hal_cpu_rdmsr(cpu, 0x1f2, &value), MM_E_FAULT);
}

static void control_bits_without_feature_fault(void **state)
{
	struct fixture *f = *state;

	fake_machine_set_cpuid(f->machine, 7, 0, (struct mm_hal_cpuid){ 0, 0, 0, 0 });
	assert_status(mm_hal_cpu_set_register(&f->machine->cpu, MM_HAL_CR4, CR4_PAE | SMAP), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->machine->cpu, MM_HAL_EFER, 2), MM_E_FAULT);
	assert_status(mm_hal_cpu_set_register(&f->machine->cpu, MM_HAL_CR4, CR4_PAE), MM_OK);
}

static bool refuse_or_answer(struct fake_machine *machine, void *context, uint64_t pa, enum mm_hal_width width,
			     bool is_write, uint64_t *value)
{
	uint64_t *last = context;

	if (is_write)
		*last = *value;
	else
		*value = pa;
	return (pa & 0x800) == 0;
}

static void mmio_hooks_answer_or_refuse(void **state)
{
	struct fixture *f = *state;
	uint64_t value = 0;
	uint64_t last = 0;

	fake_machine_add_mmio(f->machine, 0xfed00000, 0x1000, refuse_or_answer, &last);
	assert_status(mm_hal_mmio_read(&f->machine->mmio, mm_pa(0xfed00008), MM_HAL_WIDTH_64, &value), MM_OK);
	assert_int_equal(value, 0xfed00008);
	assert_status(mm_hal_mmio_write(&f->machine->mmio, mm_pa(0xfed00008), MM_HAL_WIDTH_16, 0x1234), MM_OK);
	assert_int_equal(last, 0x1234);
	assert_status(mm_hal_mmio_read(&f->machine->mmio, mm_pa(0xfed00808), MM_HAL_WIDTH_32, &value), MM_E_FAULT);
	assert_status(mm_hal_mmio_read(&f->machine->mmio, mm_pa(0xfec00000), MM_HAL_WIDTH_32, &value), MM_E_FAULT);
}

/* The way init relocates its CPUs: an SMI to each, whose handler leaves a byte behind. */
static void run_handler(struct fake_machine *machine, void *context, enum mm_hal_ipi kind, uint8_t vector,
			uint32_t target)
{
	struct fixture *f = context;
	uint8_t *flags = fake_machine_bytes(machine, DATA, 2);

	assert_int_equal(kind, MM_HAL_IPI_SMI);
	machine->current = target;
	flags[target] = 1;
	f->next_page++;
}

static void an_ipi_may_run_its_targets_code(void **state)
{
	struct fixture *f = *state;
	const uint8_t *flags = fake_machine_bytes(f->machine, DATA, 2);
	struct mm_hal_lapic lapic;

	f->machine->on_ipi = run_handler;
	f->machine->on_ipi_context = f;
	assert_status(mm_hal_lapic_init(&lapic, &f->machine->cpu, &f->machine->mmio, mm_pa(MM_HAL_LAPIC_BASE)), MM_OK);
	assert_status(mm_hal_lapic_send(&lapic, MM_HAL_IPI_SMI, 0, 0), MM_OK);
	assert_status(mm_hal_lapic_send(&lapic, MM_HAL_IPI_SMI, 0, 1), MM_OK);
	assert_int_equal(flags[0] + flags[1], 2);
	assert_int_equal(f->machine->ipis, 2);
	assert_int_equal(f->machine->current, 0);
}

static void console_text_is_kept(void **state)
{
	struct fixture *f = *state;

	mm_hal_console_write(&f->machine->console, "one ", 4);
	mm_hal_console_write(&f->machine->console, "two", 3);
	assert_string_equal(f->machine->console_text, "one two");
}

static void count_pause(struct fake_machine *machine, void *context)
{
	++*(unsigned *)context;
}

static void pause_lets_time_and_others_go_on(void **state)
{
	struct fixture *f = *state;
	unsigned pauses = 0;
	uint64_t now = f->machine->now;

	f->machine->on_pause = count_pause;
	f->machine->on_pause_context = &pauses;
	mm_hal_cpu_pause(&f->machine->cpu);
	assert_int_equal(pauses, 1);
	assert_int_equal(f->machine->now - now, 100);
}

static void time_stamps_follow_a_write_of_the_counter(void **state)
{
	struct fixture *f = *state;
	uint64_t before = mm_hal_time_ticks(&f->machine->time);

	assert_status(mm_hal_cpu_wrmsr(&f->machine->cpu, 0x10, 0x100000000000), MM_OK);
	assert_true(mm_hal_time_ticks(&f->machine->time) >= 0x100000000000);
	f->machine->current = 1;
	assert_in_range(mm_hal_time_ticks(&f->machine->time), before, before + 1000);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_fixture, drop_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(translates_through_the_tables),
		ON_MACHINE(honours_write_execute_and_user_rights),
		ON_MACHINE(honours_smap_and_smep),
		ON_MACHINE(without_write_protection_ring_0_writes_anything),
		ON_MACHINE(keeps_stale_translations_until_flushed),
		ON_MACHINE(each_cpu_has_its_own_tlb),
		ON_MACHINE(user_copies_cross_pages_and_stop_at_holes),
		ON_MACHINE(user_window_reaches_supervisor_pages_as_hardware_does),
		ON_MACHINE(memory_is_sparse_and_may_be_read_only),
		ON_MACHINE(unknown_msrs_fault_and_known_ones_are_per_cpu),
		ON_MACHINE(control_bits_without_feature_fault),
		ON_MACHINE(mmio_hooks_answer_or_refuse),
		ON_MACHINE(an_ipi_may_run_its_targets_code),
		ON_MACHINE(console_text_is_kept),
		ON_MACHINE(pause_lets_time_and_others_go_on),
		ON_MACHINE(time_stamps_follow_a_write_of_the_counter),
	};

	return cmocka_run_group_tests_name("hal/fake_machine", tests, NULL, NULL);
}
