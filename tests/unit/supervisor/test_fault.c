/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Faults of ring 3: who is blamed, what is written down, what stays inside. */
#include "fault.h"

#include "record.h"
#include "world.h"

static void blames_the_module_that_holds_the_instruction(void **state)
{
	struct world *world = *state;
	const struct mm_supv_record *record;

	world_fault(world, 14, 4, WORLD_DRIVER_2 + 0x2345u); /* though driver 1 was entered */
	record = world_last_record(world);
	assert_int_equal(record->kind, MM_SUPV_RECORD_FAULT);
	assert_int_equal(record->cpu, 0);
	assert_int_equal(record->module, 2);
	assert_int_equal(record->detail, 14);
	assert_int_equal(record->offset, 0x2345);
	assert_int_equal(record->subject, 0);
	assert_int_equal(world->supv->modules[2].faults, 1);
	assert_int_equal(world->supv->modules[1].faults, 0);
	assert_int_equal(world->supv->counters.faults, 1);
}

static void blames_who_was_entered_when_no_module_holds_it(void **state)
{
	struct world *world = *state;

	world_fault(world, 14, 0x15, world->supv->domain.stack_top[1].v - 0x40u);
	assert_int_equal(world_last_record(world)->module, 1);
	assert_int_equal(world_last_record(world)->offset, MM_SUPV_OFFSET_NONE);
	assert_int_equal(world->supv->modules[1].faults, 1);
}

static void blames_the_user_core_for_itself(void **state)
{
	struct world *world = *state;

	world_return(world, 0);
	world_fault(world, 6, 0, WORLD_USER_CORE + 5u);
	assert_int_equal(world_last_record(world)->module, MM_SUPV_MODULE_USER_CORE);
	assert_int_equal(world_last_record(world)->offset, 5);
	assert_int_equal(world_cpu(world, 0)->depth, 0);
}

static void knows_the_borders_of_a_module(void **state)
{
	struct world *world = *state;
	const struct mm_supv_state *supv = world->supv;
	const struct mm_supv_module *module = &supv->modules[1];

	assert_ptr_equal(mm_supv_module_at(supv, WORLD_DRIVER_1), module);
	assert_ptr_equal(mm_supv_module_at(supv, WORLD_DRIVER_1 + WORLD_MODULE_BYTES - 1u), module);
	assert_null(mm_supv_module_at(supv, WORLD_DRIVER_1 + WORLD_MODULE_BYTES));
	assert_null(mm_supv_module_at(supv, WORLD_DRIVER_1 - 1u));
	assert_null(mm_supv_module_at(supv, UINT64_MAX));
	assert_int_equal(mm_supv_module_offset(module, WORLD_DRIVER_1 + 0x3fffu), 0x3fff);
	assert_int_equal(mm_supv_module_offset(module, WORLD_DRIVER_2), MM_SUPV_OFFSET_NONE);
	assert_int_equal(mm_supv_module_offset(NULL, WORLD_DRIVER_1), MM_SUPV_OFFSET_NONE);
}

/* What the log says of an exception. */
struct telling {
	const char *claim;
	uint64_t vector;
	uint64_t error;
	const char *text;
};

static const struct telling tellings[] = {
	{ "tells_a_read_of_an_absent_page", 14, 0x04, "supv: #PF, read of an absent page in module " },
	{ "tells_a_read_of_a_protected_page", 14, 0x05, "supv: #PF, read of a protected page in module " },
	{ "tells_a_write_to_an_absent_page", 14, 0x06, "supv: #PF, write to an absent page in module " },
	{ "tells_a_write_to_a_protected_page", 14, 0x07, "supv: #PF, write to a protected page in module " },
	{ "tells_execution_of_an_absent_page", 14, 0x14, "supv: #PF, execution of an absent page in module " },
	{ "tells_execution_of_data", 14, 0x15, "supv: #PF, execution of data in module " },
	{ "tells_a_division", 0, 0, "supv: #DE in module " },
	{ "tells_a_single_step", 1, 0, "supv: #DB in module " },
	{ "tells_a_breakpoint", 3, 0, "supv: #BP in module " },
	{ "tells_an_undefined_instruction", 6, 0, "supv: #UD in module " },
	{ "tells_a_protection_fault", 13, 0x402, "supv: #GP in module " },
	{ "tells_an_x87_fault", 16, 0, "supv: #MF in module " },
	{ "tells_an_alignment_fault", 17, 0, "supv: #AC in module " },
	{ "tells_an_sse_fault", 19, 0, "supv: #XM in module " },
	{ "tells_a_control_flow_fault", 21, 0, "supv: #CP in module " },
	{ "tells_an_interrupt_beyond_the_exceptions", 22, 0, "supv: interrupt in module " },
	{ "tells_the_last_interrupt", 255, 0, "supv: interrupt in module " },
};

static void tells(void **state)
{
	struct world *world = *state;
	const struct telling *row = world->row;

	world_fault(world, row->vector, row->error, WORLD_DRIVER_RIP);
	assert_true(world_log_has(world, row->text));
	assert_true(world_log_has(world, "D1000001-1111-2222-9102-030405060708+0x123, depth 1: activation ended\n"));
	assert_false(world_log_has_address(world));
	assert_int_equal(world_last_record(world)->detail, row->vector);
	assert_int_equal(world_last_event(world)->resume.rax, MM_EFI_ABORTED);
}

static void tells_no_address_when_no_module_holds_the_instruction(void **state)
{
	struct world *world = *state;

	world_fault(world, 14, 0x15, world->supv->domain.stack_top[1].v - 0x40u);
	assert_true(world_log_has(world, "activation ended"));
	assert_false(world_log_has_address(world));
}

/* Broken hardware or a broken supervisor: no driver's fault, and nothing to go on with. */
static void stops_the_machine(void **state)
{
	struct world *world = *state;
	const struct telling *row = world->row;

	assert_panics(world, world_fault(world, row->vector, 0, WORLD_DRIVER_RIP));
	assert_true(world_log_has(world, row->text));
	assert_int_equal(world->supv->record_count, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 2);
}

static const struct telling fatal[] = {
	{ "stops_the_machine_at_a_machine_check", 18, 0, "supv: #MC in ring 3" },
	{ "stops_the_machine_at_a_double_fault", 8, 0, "supv: #DF in ring 3" },
};

static void stops_the_machine_when_ring_3_is_not_active(void **state)
{
	struct world *world = *state;

	assert_panics(world, world_fault(world, 14, 4, WORLD_DRIVER_RIP));
	assert_string_equal(world->panic_text, "an exception from ring 3 while ring 3 is not active");
}

static void keeps_the_last_records_and_counts_them_all(void **state)
{
	struct world *world = *state;
	struct mm_supv_record record = { .kind = MM_SUPV_RECORD_DENIED };
	uint32_t i;

	for (i = 0; i < MM_SUPV_RECORD_COUNT + 3u; i++) {
		record.detail = i;
		mm_supv_record_add(world->supv, &record);
	}
	assert_int_equal(world->supv->record_count, MM_SUPV_RECORD_COUNT + 3u);
	assert_int_equal(world_last_record(world)->detail, MM_SUPV_RECORD_COUNT + 2u);
	assert_int_equal(world->supv->records[3].detail, 3); /* the oldest that is left */
	assert_int_equal(world->supv->records[2].detail, MM_SUPV_RECORD_COUNT + 2u);
}

static void counts_a_denial_apart_from_a_fault(void **state)
{
	struct world *world = *state;
	struct mm_supv_cpu *cpu = world_cpu(world, 0);

	mm_supv_refuse_activation(cpu, MM_SUPV_RECORD_DENIED, 4, 0xcf8, WORLD_DRIVER_RIP, "IO_WRITE");
	assert_int_equal(world->supv->counters.denials, 1);
	assert_int_equal(world->supv->counters.faults, 0);
	assert_int_equal(world_last_record(world)->subject, 0xcf8);
	assert_true(world_log_has(world, "supv: refused: IO_WRITE in module "));
	mm_supv_refuse_activation(cpu, MM_SUPV_RECORD_MALFORMED, 4, 0, WORLD_DRIVER_RIP, "IO_WRITE");
	assert_int_equal(world->supv->counters.faults, 1);
}

static void reports_a_fault_of_ring_0_by_its_place_in_the_image(void **state)
{
	struct world *world = *state;
	struct mm_supv_cpu *cpu = world_cpu(world, 0);
	const struct mm_supv_trap trap = {
		.vector = 13,
		.rip = WORLD_SUPERVISOR + 0x4321u,
		.rsp = WORLD_RING0_STACKS + 0x4000u,
	};

	cpu->exit_rsp = WORLD_RING0_STACKS + 0x4d00u;
	mm_supv_report_ring0_fault(world->wiring, world->supv, &trap);
	assert_true(world_log_has(world, "supv: #GP in ring 0 at supervisor+0x4321, error code 0x0, run 1\n"));
	assert_true(world_log_has(world, "supv: on CPU 0, 2 activations deep, 3328 bytes of stack in use\n"));
	assert_false(world_log_has_address(world));
}

static void cuts_a_line_that_is_too_long(void **state)
{
	struct world *world = *state;
	char text[400];

	memset(text, 'y', sizeof(text) - 1u);
	text[sizeof(text) - 1u] = '\0';
	world->machine->console_count = 0;
	mm_supv_log(world->wiring, "%s", text);
	assert_in_range(world->machine->console_count, 150, 160);
	assert_int_equal(world->machine->console_text[world->machine->console_count - 1u], '\n');
	assert_memory_equal(world->machine->console_text, "supv: yyy", 9);
}

static void logs_nothing_without_a_console(void **state)
{
	struct world *world = *state;
	size_t before = world->machine->console_count;

	world->wiring->console = NULL;
	mm_supv_log(world->wiring, "nobody hears");
	assert_int_equal(world->machine->console_count, before);
}

#define DRIVER(test) cmocka_unit_test_setup_teardown(test, world_setup_driver, world_teardown)
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRIVER(blames_the_module_that_holds_the_instruction),
		DRIVER(blames_who_was_entered_when_no_module_holds_it),
		DRIVER(blames_the_user_core_for_itself),
		BOOTED(knows_the_borders_of_a_module),
		DRIVER(tells_no_address_when_no_module_holds_the_instruction),
		BOOTED(stops_the_machine_when_ring_3_is_not_active),
		BOOTED(keeps_the_last_records_and_counts_them_all),
		DRIVER(counts_a_denial_apart_from_a_fault),
		DRIVER(reports_a_fault_of_ring_0_by_its_place_in_the_image),
		BOOTED(cuts_a_line_that_is_too_long),
		BOOTED(logs_nothing_without_a_console),
		world_row(fatal[0].claim, stops_the_machine, world_setup_driver, &fatal[0]),
		world_row(fatal[1].claim, stops_the_machine, world_setup_driver, &fatal[1]),
	};
	struct CMUnitTest rows[MM_ARRAY_COUNT(tellings)];
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(tellings); i++)
		rows[i] = world_row(tellings[i].claim, tells, world_setup_driver, &tellings[i]);
	return cmocka_run_group_tests_name("supervisor/fault", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/fault tellings", rows, NULL, NULL);
}
