/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the OS left in the CPU's doors: closed before ring 3 runs, put back afterwards, untouched where ring 3 does not
 * run. */
#include "demotion.h"

#include "msr.h"
#include "world.h"

#define SYSENTER_CS    0x174u
#define STAR	       0xc0000081u
#define LSTAR	       0xc0000082u
#define CSTAR	       0xc0000083u
#define FMASK	       0xc0000084u
#define GS_BASE	       0xc0000101u
#define KERNEL_GS_BASE 0xc0000102u

/* The OS's values, and ours, which the manuals and mm/abi/mmi_entry.h dictate. */
static const struct door {
	uint32_t msr;
	uint64_t theirs;
	uint64_t ours;
} doors[] = {
	{ STAR, 0x0023001000000000, 0x004b003800000000 },
	{ LSTAR, 0xffffffff81000000, WORLD_SYSCALL_ENTRY },
	{ CSTAR, 0xffffffff81000800, 0 },
	{ FMASK, 0x47700, 0x257700 },
	{ KERNEL_GS_BASE, 0xffff888000000000, 0 },
	{ SYSENTER_CS, 0x10, 0 },
};

static int setup(void **state)
{
	struct world *world;
	size_t i;

	(void)world_setup_4(state);
	world = *state;
	for (i = 0; i < MM_ARRAY_COUNT(doors); i++)
		fake_machine_set_msr(world->machine, doors[i].msr, doors[i].theirs);
	world->machine->current = 2; /* not the first CPU */
	assert_status(mm_hal_cpu_set_register(&world->machine->cpu, MM_HAL_CR2, 0xdeadbeef000), MM_OK);
	world->machine->msr_writes = 0;
	return 0;
}

static void closes_every_door_of_the_os(void **state)
{
	struct world *world = *state;
	size_t i;

	mm_supv_demote(world_cpu(world, 2));
	for (i = 0; i < MM_ARRAY_COUNT(doors); i++)
		assert_int_equal(fake_machine_get_msr(world->machine, 2, doors[i].msr), doors[i].ours);
}

static void points_gs_at_this_cpus_object(void **state)
{
	struct world *world = *state;

	mm_supv_demote(world_cpu(world, 2));
	assert_int_equal(fake_machine_get_msr(world->machine, 2, GS_BASE), (uint64_t)(uintptr_t)world_cpu(world, 2));
}

static void puts_every_value_of_the_os_back(void **state)
{
	struct world *world = *state;
	uint64_t cr2 = 0;
	size_t i;

	mm_supv_demote(world_cpu(world, 2));
	assert_status(mm_hal_cpu_set_register(&world->machine->cpu, MM_HAL_CR2, 0x1234), MM_OK); /* ring 3 faulted */
	mm_supv_restore_os_state(world_cpu(world, 2));
	for (i = 0; i < MM_ARRAY_COUNT(doors); i++)
		assert_int_equal(fake_machine_get_msr(world->machine, 2, doors[i].msr), doors[i].theirs);
	assert_status(mm_hal_cpu_get_register(&world->machine->cpu, MM_HAL_CR2, &cr2), MM_OK);
	assert_int_equal(cr2, 0xdeadbeef000);
}

static void demotes_once_in_an_smi(void **state)
{
	struct world *world = *state;
	uint64_t writes;

	mm_supv_demote(world_cpu(world, 2));
	writes = world->machine->msr_writes;
	mm_supv_demote(world_cpu(world, 2));
	assert_int_equal(world->machine->msr_writes, writes);
	mm_supv_restore_os_state(world_cpu(world, 2));
	assert_int_equal(fake_machine_get_msr(world->machine, 2, LSTAR),
			 0xffffffff81000000); /* not ours saved over theirs */
}

static void restores_nothing_that_it_did_not_save(void **state)
{
	struct world *world = *state;
	uint64_t cr2 = 0;

	mm_supv_restore_os_state(world_cpu(world, 2));
	assert_int_equal(world->machine->msr_writes, 0);
	assert_status(mm_hal_cpu_get_register(&world->machine->cpu, MM_HAL_CR2, &cr2), MM_OK);
	assert_int_equal(cr2, 0xdeadbeef000);
}

static void touches_no_other_cpu(void **state)
{
	struct world *world = *state;
	size_t i;

	mm_supv_demote(world_cpu(world, 2));
	for (i = 0; i < MM_ARRAY_COUNT(doors); i++)
		assert_int_equal(fake_machine_get_msr(world->machine, 0, doors[i].msr), doors[i].theirs);
}

/* Through a whole SMI: nobody may see ring 3 with a door open. */
static void runs_ring_3_with_closed_doors_only(void **state)
{
	struct world *world = *state;
	uint32_t i;

	world->supv->domain.root_handlers = 1;
	for (i = 0; i < 4; i++)
		world_cpu(world, i)->ready = i == 2;
	world_smi(world, 2);
	assert_int_equal(world->events[0].kind, WORLD_ENTER);
	assert_int_equal(world->events[0].sysenter_cs, 0);
	assert_int_equal(world->events[0].lstar, WORLD_SYSCALL_ENTRY);
	mm_supv_activation_end(world_cpu(world, 2), MM_EFI_SUCCESS, 0);
	assert_int_equal(world->events[1].kind, WORLD_LEAVE);
	assert_int_equal(world->events[1].sysenter_cs, 0x10);
	assert_int_equal(world->events[1].lstar, 0xffffffff81000000);
}

static void touches_nothing_when_nobody_listens(void **state)
{
	struct world *world = *state;
	uint32_t i;

	for (i = 0; i < 4; i++)
		world_cpu(world, i)->ready = i == 2;
	world->machine->msr_reads = 0;
	world_smi(world, 2);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world->machine->msr_reads, 0);
	assert_int_equal(world->machine->msr_writes, 0);
}

static void stops_the_machine_when_an_msr_is_gone(void **state)
{
	struct world *world = *state;
	const uint32_t *msr = world->row;
	struct mm_supv_cpu *cpu;

	fake_machine_remove_msr(world->machine, *msr);
	cpu = world_cpu(world, 0);
	cpu->demoted = false;
	assert_panics(world, mm_supv_demote(cpu));
	assert_true(strstr(world->panic_text, "an architectural MSR does not") != NULL);
}

static void stops_the_machine_when_a_value_does_not_take(void **state)
{
	struct world *world = *state;

	fake_machine_set_msr_reserved(world->machine, STAR, (uint64_t)1 << 35);
	assert_panics(world, mm_supv_demote(world_cpu(world, 2)));
	assert_string_equal(world->panic_text, "an architectural MSR does not take its value");
}

/* Intel SDM volume 3, 2.3, and what 5.8.8 makes of it: RFLAGS bits that ring 0 must not inherit from ring 3. */
static void masks_every_flag_that_ring_3_could_abuse(void **state)
{
	static const unsigned bits[] = { 8, 9, 10, 12, 13, 14, 16, 18, 21 }; /* TF IF DF IOPL NT RF AC ID */
	uint64_t mask = 0;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(bits); i++)
		mask |= (uint64_t)1 << bits[i];
	assert_int_equal(MM_SUPV_FMASK, mask);
}

#define DEMOTED(test) cmocka_unit_test_setup_teardown(test, setup, world_teardown)

int main(void)
{
	static const uint32_t msrs[] = { STAR, LSTAR, CSTAR, FMASK, KERNEL_GS_BASE, SYSENTER_CS, GS_BASE };
	const struct CMUnitTest tests[] = {
		DEMOTED(closes_every_door_of_the_os),
		DEMOTED(points_gs_at_this_cpus_object),
		DEMOTED(puts_every_value_of_the_os_back),
		DEMOTED(demotes_once_in_an_smi),
		DEMOTED(restores_nothing_that_it_did_not_save),
		DEMOTED(touches_no_other_cpu),
		DEMOTED(runs_ring_3_with_closed_doors_only),
		DEMOTED(touches_nothing_when_nobody_listens),
		DEMOTED(stops_the_machine_when_a_value_does_not_take),
		cmocka_unit_test(masks_every_flag_that_ring_3_could_abuse),
		world_row("stops_without_star", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[0]),
		world_row("stops_without_lstar", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[1]),
		world_row("stops_without_fmask", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[2]),
		world_row("stops_without_kernel_gs_base", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[3]),
		world_row("stops_without_sysenter_cs", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[4]),
		world_row("stops_without_gs_base", stops_the_machine_when_an_msr_is_gone, world_setup, &msrs[5]),
	};

	return cmocka_run_group_tests_name("supervisor/demotion", tests, NULL, NULL);
}
