/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/mm_test.h"

#include "fake_machine.h"

#define MSR_APIC_BASE 0x1b
#define BASE	      mm_pa(MM_HAL_LAPIC_BASE)

struct fixture {
	struct fake_machine *machine;
	struct mm_hal_lapic lapic;
	enum mm_hal_ipi last_kind;
	uint8_t last_vector;
	uint64_t targets; /* bit per CPU */
};

static void note_ipi(struct fake_machine *machine, void *context, enum mm_hal_ipi kind, uint8_t vector, uint32_t target)
{
	struct fixture *f = context;

	f->last_kind = kind;
	f->last_vector = vector;
	f->targets |= 1ull << target;
}

static int make_fixture(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	fixture.machine = fake_machine_create(4);
	fixture.machine->on_ipi = note_ipi;
	fixture.machine->on_ipi_context = &fixture;
	assert_status(mm_hal_lapic_init(&fixture.lapic, &fixture.machine->cpu, &fixture.machine->mmio, BASE), MM_OK);
	*state = &fixture;
	return 0;
}

static int drop_fixture(void **state)
{
	struct fixture *f = *state;

	fake_machine_destroy(f->machine);
	return 0;
}

static void refuses_a_base_inside_a_page(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_lapic lapic;

	assert_status(mm_hal_lapic_init(&lapic, &f->machine->cpu, &f->machine->mmio, mm_pa(0xfee00010)),
		      MM_E_MISALIGNED);
}

static void reports_mode_id_and_bsp_of_each_cpu(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_lapic_state now;

	fake_machine_set_apic_id(f->machine, 2, 0x55);
	assert_status(mm_hal_lapic_get_state(&f->lapic, &now), MM_OK);
	assert_int_equal(now.mode, MM_HAL_LAPIC_XAPIC);
	assert_true(now.is_bsp);
	assert_int_equal(now.id, 0);
	f->machine->current = 2;
	assert_status(mm_hal_lapic_get_state(&f->lapic, &now), MM_OK);
	assert_false(now.is_bsp);
	assert_int_equal(now.id, 0x55);
}

static void sends_an_smi_to_one_cpu(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 3), MM_OK);
	assert_int_equal(f->last_kind, MM_HAL_IPI_SMI);
	assert_int_equal(f->targets, 1u << 3);
}

static void sends_to_itself_by_id(void **state)
{
	struct fixture *f = *state;

	f->machine->current = 1;
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 1), MM_OK);
	assert_int_equal(f->targets, 1u << 1);
}

static void sends_to_all_but_itself(void **state)
{
	struct fixture *f = *state;

	f->machine->current = 2;
	assert_status(mm_hal_lapic_send_others(&f->lapic, MM_HAL_IPI_STARTUP, 8), MM_OK);
	assert_int_equal(f->last_kind, MM_HAL_IPI_STARTUP);
	assert_int_equal(f->last_vector, 8);
	assert_int_equal(f->targets, 0xb);
}

static void gives_the_os_its_destination_back(void **state)
{
	struct fixture *f = *state;
	uint64_t high = 0;

	assert_status(
		mm_hal_mmio_write(&f->machine->mmio, mm_pa(MM_HAL_LAPIC_BASE + 0x310), MM_HAL_WIDTH_32, 0x07000000),
		MM_OK);
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_NMI, 0, 2), MM_OK);
	assert_status(mm_hal_mmio_read(&f->machine->mmio, mm_pa(MM_HAL_LAPIC_BASE + 0x310), MM_HAL_WIDTH_32, &high),
		      MM_OK);
	assert_int_equal(high, 0x07000000);
}

static void uses_the_msrs_in_x2apic_mode(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_lapic_state now;

	fake_machine_set_apic_id(f->machine, 1, 0x12345);
	fake_machine_set_msr(f->machine, MSR_APIC_BASE, 0xfee00c00);
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 0x12345), MM_OK);
	assert_int_equal(f->targets, 1u << 1);
	f->machine->current = 1;
	assert_status(mm_hal_lapic_get_state(&f->lapic, &now), MM_OK);
	assert_int_equal(now.mode, MM_HAL_LAPIC_X2APIC);
	assert_int_equal(now.id, 0x12345);
}

static void x2apic_mode_cares_for_no_page(void **state)
{
	struct fixture *f = *state;

	fake_machine_set_msr(f->machine, MSR_APIC_BASE, 0x3e000c00);
	assert_status(mm_hal_lapic_send_others(&f->lapic, MM_HAL_IPI_SMI, 0), MM_OK);
	assert_int_equal(f->targets, 0xe);
}

static void refuses_an_apic_the_os_has_moved(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_lapic_state now;

	fake_machine_set_msr(f->machine, MSR_APIC_BASE, 0x3e000800);
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 1), MM_E_HAL_LAPIC_MOVED);
	assert_status(mm_hal_lapic_get_state(&f->lapic, &now), MM_E_HAL_LAPIC_MOVED);
	assert_int_equal(f->targets, 0);
}

static void refuses_an_apic_the_os_has_turned_off(void **state)
{
	struct fixture *f = *state;

	fake_machine_set_msr(f->machine, MSR_APIC_BASE, 0xfee00000);
	assert_status(mm_hal_lapic_send_others(&f->lapic, MM_HAL_IPI_SMI, 0), MM_E_HAL_LAPIC_OFF);
}

static void passes_faults_of_the_registers_on(void **state)
{
	struct fixture *f = *state;
	struct mm_hal_lapic_state now;

	f->machine->lapic_absent = true;
	assert_status(mm_hal_lapic_get_state(&f->lapic, &now), MM_E_FAULT);
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 1), MM_E_FAULT);
	assert_int_equal(f->machine->faults, 2);
}

static void refuses_ids_and_kinds_that_the_mode_cannot_send(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 255), MM_E_INVALID);
	assert_status(mm_hal_lapic_send(&f->lapic, (enum mm_hal_ipi)3, 0, 1), MM_E_INVALID);
	assert_status(mm_hal_lapic_send_others(&f->lapic, (enum mm_hal_ipi)7, 0), MM_E_INVALID);
	assert_int_equal(f->targets, 0);
}

static void gives_up_on_an_apic_that_never_finishes(void **state)
{
	struct fixture *f = *state;

	f->machine->lapic_stuck = true;
	assert_status(mm_hal_lapic_send(&f->lapic, MM_HAL_IPI_SMI, 0, 1), MM_E_HAL_LAPIC_STUCK);
	assert_int_equal(f->targets, 0);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_fixture, drop_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(refuses_a_base_inside_a_page),
		ON_MACHINE(reports_mode_id_and_bsp_of_each_cpu),
		ON_MACHINE(sends_an_smi_to_one_cpu),
		ON_MACHINE(sends_to_itself_by_id),
		ON_MACHINE(sends_to_all_but_itself),
		ON_MACHINE(gives_the_os_its_destination_back),
		ON_MACHINE(uses_the_msrs_in_x2apic_mode),
		ON_MACHINE(x2apic_mode_cares_for_no_page),
		ON_MACHINE(refuses_an_apic_the_os_has_moved),
		ON_MACHINE(refuses_an_apic_the_os_has_turned_off),
		ON_MACHINE(passes_faults_of_the_registers_on),
		ON_MACHINE(refuses_ids_and_kinds_that_the_mode_cannot_send),
		ON_MACHINE(gives_up_on_an_apic_that_never_finishes),
	};

	return cmocka_run_group_tests_name("hal/lapic", tests, NULL, NULL);
}
