/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every system call: accepted, refused because it makes no sense, refused by policy; and what a refusal does. */
#include "gate.h"

#include "channel.h"
#include "world.h"

#define RECORD_NONE 0u

static void reads_an_msr_that_policy_grants(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_syscall(world, MM_SYS_RDMSR, 0x198, 0, 0), 0x1234567800000000);
	assert_int_equal(world_cpu(world, 0)->depth, 2);
}

static void writes_an_msr_that_policy_grants(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_syscall(world, MM_SYS_WRMSR, 0x199, 0xfedcba9876543210, 0), 0);
	assert_int_equal(fake_machine_get_msr(world->machine, 0, 0x199), 0xfedcba9876543210);
}

static void reads_a_port_with_each_width(void **state)
{
	static const uint32_t reads[] = { 0xa1b2c3d4 };
	struct world *world = *state;
	struct fake_port_script script = { .reads = reads, .read_count = 1 };

	fake_machine_add_ports(world->machine, 0x70, 0x71, fake_port_scripted, &script);
	assert_int_equal(world_syscall(world, MM_SYS_IO_READ, 0x71, 0, 0) & 0xff, 0xd4);
	assert_int_equal(world_syscall(world, MM_SYS_IO_READ, 0x70, 1, 0) & 0xffff, 0xc3d4);
}

static void writes_a_port_and_answers_the_value(void **state)
{
	struct world *world = *state;
	struct fake_port_script script = { 0 };

	fake_machine_add_ports(world->machine, 0x80, 0x80, fake_port_scripted, &script);
	assert_int_equal(world_syscall(world, MM_SYS_IO_WRITE, 0x80, 0, 0x5a), 0x5a);
	assert_int_equal(script.write_count, 1);
	assert_int_equal(script.writes[0], 0x5a);
}

static void takes_cli_for_done(void **state)
{
	assert_int_equal(world_syscall(*state, MM_SYS_CLI, 0, 0, 0), 0);
}

static void writes_caches_back(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_syscall(world, MM_SYS_WBINVD, 0, 0, 0), 0);
	assert_int_equal(world->write_backs, 1);
}

static void ends_who_halts(void **state)
{
	struct world *world = *state;

	(void)world_syscall(world, MM_SYS_HLT, 0, 0, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 1);
	assert_int_equal(world_last_record(world)->kind, MM_SUPV_RECORD_MALFORMED);
	assert_int_equal(world_last_record(world)->detail, MM_SYS_HLT);
	assert_true(world_log_has(world, "refused: halted in module"));
}

static void ends_who_reads_an_msr_that_the_cpu_lacks(void **state)
{
	struct world *world = *state;

	fake_machine_remove_msr(world->machine, 0x198);
	(void)world_syscall(world, MM_SYS_RDMSR, 0x198, 0, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 1);
	assert_int_equal(world_last_record(world)->kind, MM_SUPV_RECORD_MALFORMED);
	assert_int_equal(world_last_record(world)->subject, 0x198);
	assert_int_equal(world_last_event(world)->resume.rax, MM_EFI_ABORTED);
}

static void ends_who_writes_what_the_cpu_refuses(void **state)
{
	struct world *world = *state;

	fake_machine_set_msr_reserved(world->machine, 0x199, 1);
	(void)world_syscall(world, MM_SYS_WRMSR, 0x199, 3, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 1);
	assert_int_equal(world_last_record(world)->detail, MM_SYS_WRMSR);
	assert_int_equal(fake_machine_get_msr(world->machine, 0, 0x199), 0);
}

static void tells_time_and_its_rate(void **state)
{
	struct world *world = *state;
	uint64_t before = world->machine->now;
	uint64_t told = world_syscall(world, MM_SYS_TIME, 0, 0, 0);

	assert_in_range(told, before, world->machine->now);
	assert_int_equal(world->call.gprs.rdx, WORLD_TSC_HZ);
}

static void tells_how_many_cpus_there_are_and_which_one_runs(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_syscall(world, MM_SYS_CPU_COUNT, 0, 0, 0), 1);
	assert_int_equal(world->call.gprs.rdx, 0);
}

static void gives_pages_and_takes_them_back(void **state)
{
	struct world *world = *state;
	uint64_t base = world_syscall(world, MM_SYS_ALOC_PAGE, 0, MM_EFI_RUNTIME_SERVICES_DATA, 3);

	assert_true(mm_is_page_aligned(base));
	assert_int_equal(world_attributes(world, base + 0x2000u), MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, base, 3, 0), MM_EFI_SUCCESS);
	assert_int_equal(world_attributes(world, base) & MM_HAL_PAGE_USER, 0);
}

static void gives_code_pages_that_do_not_execute(void **state)
{
	struct world *world = *state;
	uint64_t base = world_syscall(world, MM_SYS_ALOC_PAGE, 0, MM_EFI_RUNTIME_SERVICES_CODE, 1);

	assert_int_equal(world_attributes(world, base), MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
}

static void knows_what_is_unblocked(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_syscall(world, MM_SYS_MM_UNBLOCKED, WORLD_UNBLOCKED, 0x1000, 0), 1);
	assert_int_equal(world_syscall(world, MM_SYS_MM_UNBLOCKED, WORLD_UNBLOCKED, 0x1001, 0), 0);
	assert_int_equal(world_syscall(world, MM_SYS_MM_UNBLOCKED, WORLD_USER_BUFFER, 16, 0), 0); /* ring 0's */
	assert_int_equal(world_syscall(world, MM_SYS_MM_UNBLOCKED, WORLD_UNMAPPED, 16, 0), 0);
	assert_int_equal(world_syscall(world, MM_SYS_MM_UNBLOCKED, WORLD_DRIVER_1 + 0x2000u, 16, 0), 0); /* MMRAM */
	assert_int_equal(world_cpu(world, 0)->depth, 2);
}

static void knows_the_message_buffer(void **state)
{
	struct world *world = *state;
	uint64_t base = world->supv->domain.shadow.base;

	assert_int_equal(world_syscall(world, MM_SYS_IS_COMM_BUFF, base, WORLD_CHANNEL_BYTES, 0), MM_EFI_SUCCESS);
	assert_int_equal(world_syscall(world, MM_SYS_IS_COMM_BUFF, base + 1u, WORLD_CHANNEL_BYTES, 0),
			 MM_EFI_SECURITY_VIOLATION);
	assert_int_equal(world_syscall(world, MM_SYS_IS_COMM_BUFF, base - 1u, 2, 0), MM_EFI_SECURITY_VIOLATION);
	assert_int_equal(world_syscall(world, MM_SYS_IS_COMM_BUFF, WORLD_USER_BUFFER, 2, 0), MM_EFI_SECURITY_VIOLATION);
}

static void logs_one_line(void **state)
{
	struct world *world = *state;

	memcpy(world_bytes(world, WORLD_DRIVER_1 + 0x2000u, 5), "hello", 5);
	world->machine->console_count = 0;
	assert_int_equal(world_syscall(world, MM_SYS_LOG, WORLD_DRIVER_1 + 0x2000u, 5, 0), MM_EFI_SUCCESS);
	assert_string_equal(world->machine->console_text, "hello\n");
}

static void logs_nothing_that_could_pass_for_structure(void **state)
{
	static const char text[] = "a\nsupv: \x1b[2J\r\x7f\xc3\x00z";
	struct world *world = *state;

	memcpy(world_bytes(world, WORLD_DRIVER_1 + 0x2000u, sizeof(text)), text, sizeof(text));
	world->machine->console_count = 0;
	assert_int_equal(world_syscall(world, MM_SYS_LOG, WORLD_DRIVER_1 + 0x2000u, sizeof(text) - 1u, 0),
			 MM_EFI_SUCCESS);
	assert_string_equal(world->machine->console_text, "a.supv: .[2J....z\n");
}

static void logs_as_much_as_a_line_holds(void **state)
{
	struct world *world = *state;

	memset(world_bytes(world, WORLD_DRIVER_1 + 0x2000u, 127), 'x', 127);
	world->machine->console_count = 0;
	assert_int_equal(world_syscall(world, MM_SYS_LOG, WORLD_DRIVER_1 + 0x2000u, 127, 0), MM_EFI_SUCCESS);
	assert_int_equal(world->machine->console_count, 128);
}

static void logs_nowhere_without_a_console(void **state)
{
	struct world *world = *state;
	size_t before = world->machine->console_count;

	world->wiring->console = NULL;
	assert_int_equal(world_syscall(world, MM_SYS_LOG, WORLD_DRIVER_1, 8, 0), MM_EFI_SUCCESS);
	assert_int_equal(world->machine->console_count, before);
}

static void leaves_every_other_register_of_a_call_alone(void **state)
{
	struct world *world = *state;
	struct mm_supv_call before;

	(void)world_syscall(world, MM_SYS_CLI, 1, 2, 3);
	before = world->call;
	(void)world_syscall(world, MM_SYS_RDMSR, 0x198, 2, 3);
	before.gprs.rax = world->call.gprs.rax;
	before.gprs.rdx = 0x198;
	assert_memory_equal(&before, &world->call, sizeof(before));
}

/*
 * A refusal. A call that answers a status goes on with it and leaves no record; any other ends the activation, whose
 * parent goes on with EFI_ABORTED.
 */
struct refusal {
	const char *claim;
	uint64_t number;
	uint64_t rdx;
	uint64_t r8;
	uint64_t r9;
	uint64_t status;  /* when `record` is RECORD_NONE */
	uint32_t record;  /* kind */
	uint64_t subject; /* of the record */
};

#define ENDS(kind, subject) 0, MM_SUPV_RECORD_##kind, subject
#define SAYS(status)	    MM_EFI_##status, RECORD_NONE, 0
#define HUGE		    ((uint64_t)1 << 52)
#define DATA		    MM_EFI_RUNTIME_SERVICES_DATA

static const struct refusal refusals[] = {
	/* refused because it makes no sense */
	{ "refuses_rdmsr_beyond_32_bits", MM_SYS_RDMSR, 0x100000198, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_wrmsr_beyond_32_bits", MM_SYS_WRMSR, UINT64_MAX, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_io_read_beyond_the_ports", MM_SYS_IO_READ, 0x10070, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_io_read_of_unknown_width", MM_SYS_IO_READ, 0x70, 3, 0, ENDS(MALFORMED, 0) },
	{ "refuses_io_read_over_the_last_port", MM_SYS_IO_READ, 0xffff, 1, 0, ENDS(MALFORMED, 0xffff) },
	{ "refuses_io_write_beyond_the_ports", MM_SYS_IO_WRITE, UINT64_MAX, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_io_write_of_unknown_width", MM_SYS_IO_WRITE, 0x80, 0x100000000, 0, ENDS(MALFORMED, 0) },
	{ "refuses_pages_at_an_address", MM_SYS_ALOC_PAGE, 2, DATA, 1, SAYS(UNSUPPORTED) },
	{ "refuses_pages_of_another_memory_type", MM_SYS_ALOC_PAGE, 0, MM_EFI_BOOT_SERVICES_DATA, 1,
	  SAYS(INVALID_PARAMETER) },
	{ "refuses_to_give_no_page", MM_SYS_ALOC_PAGE, 0, DATA, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_more_pages_than_the_quota", MM_SYS_ALOC_PAGE, 0, DATA, MM_SUPV_DOMAIN_QUOTA_PAGES,
	  SAYS(OUT_OF_RESOURCES) },
	{ "refuses_more_pages_than_an_address_counts", MM_SYS_ALOC_PAGE, 0, DATA, HUGE, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_take_no_page", MM_SYS_FREE_PAGE, WORLD_FREE, 0, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_take_part_of_a_page", MM_SYS_FREE_PAGE, WORLD_FREE + 8u, 1, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_take_pages_that_wrap", MM_SYS_FREE_PAGE, UINT64_MAX - 0xfffu, 2, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_take_more_than_an_address_counts", MM_SYS_FREE_PAGE, 0, HUGE, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_take_page_0", MM_SYS_FREE_PAGE, 0, 1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_take_the_supervisor", MM_SYS_FREE_PAGE, WORLD_SUPERVISOR, 1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_take_a_module", MM_SYS_FREE_PAGE, WORLD_DRIVER_1, 1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_take_memory_outside_mmram", MM_SYS_FREE_PAGE, WORLD_UNBLOCKED, 1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_judge_an_empty_range", MM_SYS_MM_UNBLOCKED, WORLD_UNBLOCKED, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_to_judge_a_range_that_wraps", MM_SYS_MM_UNBLOCKED, WORLD_UNBLOCKED, UINT64_MAX, 0,
	  ENDS(MALFORMED, 0) },
	{ "refuses_to_compare_an_empty_range", MM_SYS_IS_COMM_BUFF, WORLD_FREE, 0, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_compare_a_range_that_wraps", MM_SYS_IS_COMM_BUFF, UINT64_MAX, 2, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_invoke_an_unknown_module", MM_SYS_INVOKE, 3, WORLD_DRIVER_1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_invoke_a_module_beyond_16_bits", MM_SYS_INVOKE, 0x10001, WORLD_DRIVER_1, 0, SAYS(NOT_FOUND) },
	{ "refuses_to_invoke_outside_the_module", MM_SYS_INVOKE, 1, WORLD_DRIVER_2, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_invoke_right_behind_the_module", MM_SYS_INVOKE, 1, WORLD_DRIVER_1 + WORLD_MODULE_BYTES, 0,
	  SAYS(INVALID_PARAMETER) },
	{ "refuses_to_invoke_the_supervisor", MM_SYS_INVOKE, 0, WORLD_SYSCALL_ENTRY, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_invoke_a_non_canonical_address", MM_SYS_INVOKE, 1, 0x800000000000, 0, SAYS(INVALID_PARAMETER) },
	{ "refuses_to_log_nothing", MM_SYS_LOG, WORLD_DRIVER_1, 0, 0, SAYS(BAD_BUFFER_SIZE) },
	{ "refuses_to_log_more_than_a_line", MM_SYS_LOG, WORLD_DRIVER_1, 128, 0, SAYS(BAD_BUFFER_SIZE) },
	{ "refuses_to_log_without_end", MM_SYS_LOG, WORLD_DRIVER_1, UINT64_MAX, 0, SAYS(BAD_BUFFER_SIZE) },
	/* refused by policy or floor */
	{ "denies_reading_an_msr_nobody_granted", MM_SYS_RDMSR, 0x197, 0, 0, ENDS(DENIED, 0x197) },
	{ "denies_reading_smbase", MM_SYS_RDMSR, 0x9e, 0, 0, ENDS(DENIED, 0x9e) },
	{ "denies_writing_lstar", MM_SYS_WRMSR, 0xc0000082, 0x100a8000, 0, ENDS(DENIED, 0xc0000082) },
	{ "denies_writing_an_msr_nobody_granted", MM_SYS_WRMSR, 0x19a, 0, 0, ENDS(DENIED, 0x19a) },
	{ "denies_reading_a_port_granted_for_writing", MM_SYS_IO_READ, 0x80, 0, 0, ENDS(DENIED, 0x80) },
	{ "denies_reading_half_of_what_is_granted", MM_SYS_IO_READ, 0x71, 1, 0, ENDS(DENIED, 0x71) },
	{ "denies_writing_a_wider_port", MM_SYS_IO_WRITE, 0x80, 2, 0, ENDS(DENIED, 0x80) },
	{ "denies_writing_pci_configuration", MM_SYS_IO_WRITE, 0xcf8, 2, 0, ENDS(DENIED, 0xcf8) },
	{ "denies_raising_an_smi", MM_SYS_IO_WRITE, 0xb2, 0, 0, ENDS(DENIED, 0xb2) },
	/* numbers that nobody knows, around every known one and beyond 32 bits */
	{ "refuses_call_0x7", 0x7, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x8", 0x8, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10000", 0x10000, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10003", 0x10003, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10006", 0x10006, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10020", 0x10020, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10021", 0x10021, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x10024", 0x10024, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x1ffff", 0x1ffff, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_call_0x20005", 0x20005, 1, 2, 3, ENDS(MALFORMED, 0) },
	{ "refuses_known_number_with_upper_bits", 0x100000000 + MM_SYS_CLI, 0, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_return_with_upper_bits", 0x100000000 + MM_SYS_RETURN, 0, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_the_last_number", UINT64_MAX, 0, 0, 0, ENDS(MALFORMED, 0) },
	{ "refuses_the_number_of_the_sign", (uint64_t)1 << 63, 0, 0, 0, ENDS(MALFORMED, 0) },
};

static void assert_ended(struct world *world, const struct refusal *row)
{
	const struct mm_supv_record *record = world_last_record(world);

	assert_int_equal(world_cpu(world, 0)->depth, 1);
	assert_int_equal(world_last_event(world)->kind, WORLD_RESUME);
	assert_int_equal(world_last_event(world)->resume.rax, MM_EFI_ABORTED);
	assert_int_equal(world->supv->record_count, 1);
	assert_int_equal(record->kind, row->record);
	assert_int_equal(record->module, 1);
	assert_int_equal(record->detail, (uint32_t)row->number);
	assert_int_equal(record->offset, WORLD_DRIVER_RIP - WORLD_DRIVER_1);
	assert_int_equal(record->subject, row->subject);
	assert_int_equal(world->supv->counters.denials, row->record == MM_SUPV_RECORD_DENIED ? 1 : 0);
	assert_int_equal(world->supv->modules[1].faults, 1);
	assert_true(world_log_has(world, "refused: "));
}

static void refuses(void **state)
{
	struct world *world = *state;
	const struct refusal *row = world->row;
	struct fake_port_script script = { 0 };
	uint32_t events = world->event_count;
	uint64_t msr_writes = world->machine->msr_writes;
	uint64_t rax;

	fake_machine_add_ports(world->machine, 0, 0xffff, fake_port_scripted, &script);
	rax = world_syscall(world, row->number, row->rdx, row->r8, row->r9);
	assert_int_equal(script.write_count, 0);
	assert_int_equal(world->machine->msr_writes, msr_writes);
	assert_int_equal(world->machine->window_escapes, 0);
	assert_false(world_log_has_address(world));
	if (row->record != RECORD_NONE) {
		assert_ended(world, row);
		return;
	}
	assert_int_equal(rax, row->status);
	assert_int_equal(world_cpu(world, 0)->depth, 2);
	assert_int_equal(world->event_count, events);
	assert_int_equal(world->supv->record_count, 0);
}

/* Booted under a policy that does not speak of instructions, and one that lists no port and MSR. */
static int setup_strict(void **state)
{
	struct world *world;

	(void)world_setup_unbuilt(state);
	world = *state;
	fake_policy_root(&world->policy, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	world_boot(world);
	world_wake_driver(world);
	return 0;
}

static const struct refusal strict_refusals[] = {
	{ "denies_cli_without_a_word_of_policy", MM_SYS_CLI, 9, 9, 9, ENDS(DENIED, 0) },
	{ "denies_wbinvd_without_a_word_of_policy", MM_SYS_WBINVD, 9, 9, 9, ENDS(DENIED, 0) },
	{ "denies_hlt_without_a_word_of_policy", MM_SYS_HLT, 9, 9, 9, ENDS(DENIED, 0) },
	{ "denies_every_msr_without_a_word_of_policy", MM_SYS_RDMSR, 0x198, 9, 9, ENDS(DENIED, 0x198) },
	{ "denies_every_port_of_an_empty_list", MM_SYS_IO_READ, 0x70, 0, 9, ENDS(DENIED, 0x70) },
};

/* Booted under a policy that grants every instruction but the row's. */
static int setup_all_but_one(void **state)
{
	const struct refusal *row = *state;
	static const uint32_t numbers[MM_POLICY_INSTRUCTION_COUNT] = { MM_SYS_CLI, MM_SYS_WBINVD, MM_SYS_HLT };
	struct world *world;
	uint32_t i;

	(void)world_setup_unbuilt(state);
	world = *state;
	fake_policy_root(&world->policy, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	for (i = 0; i < MM_POLICY_INSTRUCTION_COUNT; i++) {
		if (numbers[i] != row->number)
			fake_policy_instruction(&world->policy, i, MM_POLICY_EXECUTE);
	}
	world_boot(world);
	world_wake_driver(world);
	return 0;
}

static const struct refusal one_refusals[] = {
	{ "denies_cli_where_all_else_is_granted", MM_SYS_CLI, 0, 0, 0, ENDS(DENIED, 0) },
	{ "denies_wbinvd_where_all_else_is_granted", MM_SYS_WBINVD, 0, 0, 0, ENDS(DENIED, 0) },
	{ "denies_hlt_where_all_else_is_granted", MM_SYS_HLT, 0, 0, 0, ENDS(DENIED, 0) },
};

static void ends_the_user_core_that_makes_a_bad_call(void **state)
{
	struct world *world = *state;

	world_return(world, 0);
	(void)world_syscall(world, 0x12345, 0, 0, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_ABORTED);
}

static void blames_the_module_that_holds_the_call(void **state)
{
	struct world *world = *state;
	const struct mm_supv_call call = { .gprs = { .rax = 0x7777, .rcx = WORLD_DRIVER_2 + 0x10u } };

	(void)world_syscall_with(world, &call);
	assert_int_equal(world_last_record(world)->module, 2); /* though module 1 was entered */
	assert_int_equal(world_last_record(world)->offset, 0x10);
}

/* One line says where in the policy to look; the floor speaks for itself. */
static void explains_what_policy_denies(void **state)
{
	struct world *world = *state;

	world->machine->console_count = 0;
	(void)world_syscall(world, MM_SYS_RDMSR, 0x197, 0, 0);
	assert_true(world_log_has(world, "supv: policy: RDMSR 0x197: not granted by the allow-list: "));
	world->machine->console_count = 0;
	(void)world_syscall(world, MM_SYS_IO_WRITE, 0xb2, 0, 0x5555);
	assert_true(world_log_has(world, "supv: policy: IO_WRITE 0xb2: floor: APM command and status"));
	assert_false(world_log_has(world, "5555")); /* the value is the driver's */
}

static void explains_nothing_that_policy_was_not_asked(void **state)
{
	struct world *world = *state;

	world->machine->console_count = 0;
	(void)world_syscall(world, MM_SYS_IO_READ, 0x70, 3, 0);
	assert_false(world_log_has(world, "policy"));
}

static void finds_a_row_for_every_number_it_serves(void **state)
{
	static const uint32_t numbers[] = { 0,	     1,	      2,       3,	4,	 5,	  6,	   0x10004,
					    0x10005, 0x10022, 0x10023, 0x20000, 0x20001, 0x20002, 0x20003, 0x20004 };
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(numbers); i++) {
		const struct mm_supv_syscall *row = mm_supv_syscall_find(numbers[i]);

		assert_non_null(row);
		assert_int_equal(row->number, numbers[i]);
		assert_non_null(row->decode);
		assert_non_null(row->invoke);
	}
}

static void answers_each_status_in_the_words_of_uefi(void **state)
{
	static const struct {
		enum mm_status ours;
		uint64_t theirs;
	} rows[] = {
		{ MM_OK, MM_EFI_SUCCESS },
		{ MM_E_NO_MEMORY, MM_EFI_OUT_OF_RESOURCES },
		{ MM_E_QUOTA, MM_EFI_OUT_OF_RESOURCES },
		{ MM_E_NOT_FOUND, MM_EFI_NOT_FOUND },
		{ MM_E_UNSUPPORTED, MM_EFI_UNSUPPORTED },
		{ MM_E_DENIED, MM_EFI_ACCESS_DENIED },
		{ MM_E_LIMIT, MM_EFI_BAD_BUFFER_SIZE },
		{ MM_E_FAULT, MM_EFI_INVALID_PARAMETER },
		{ MM_E_ALLOC_FOREIGN, MM_EFI_INVALID_PARAMETER },
	};
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(rows); i++)
		assert_int_equal(mm_supv_efi_status(rows[i].ours), rows[i].theirs);
}

#define DRIVER(test) cmocka_unit_test_setup_teardown(test, world_setup_driver, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRIVER(reads_an_msr_that_policy_grants),
		DRIVER(writes_an_msr_that_policy_grants),
		DRIVER(reads_a_port_with_each_width),
		DRIVER(writes_a_port_and_answers_the_value),
		DRIVER(takes_cli_for_done),
		DRIVER(writes_caches_back),
		DRIVER(ends_who_halts),
		DRIVER(ends_who_reads_an_msr_that_the_cpu_lacks),
		DRIVER(ends_who_writes_what_the_cpu_refuses),
		DRIVER(tells_time_and_its_rate),
		DRIVER(tells_how_many_cpus_there_are_and_which_one_runs),
		DRIVER(gives_pages_and_takes_them_back),
		DRIVER(gives_code_pages_that_do_not_execute),
		DRIVER(knows_what_is_unblocked),
		DRIVER(knows_the_message_buffer),
		DRIVER(logs_one_line),
		DRIVER(logs_nothing_that_could_pass_for_structure),
		DRIVER(logs_as_much_as_a_line_holds),
		DRIVER(logs_nowhere_without_a_console),
		DRIVER(leaves_every_other_register_of_a_call_alone),
		DRIVER(ends_the_user_core_that_makes_a_bad_call),
		DRIVER(blames_the_module_that_holds_the_call),
		DRIVER(explains_what_policy_denies),
		DRIVER(explains_nothing_that_policy_was_not_asked),
		cmocka_unit_test(finds_a_row_for_every_number_it_serves),
		cmocka_unit_test(answers_each_status_in_the_words_of_uefi),
	};

	struct CMUnitTest rows[MM_ARRAY_COUNT(refusals)];
	struct CMUnitTest strict[MM_ARRAY_COUNT(strict_refusals)];
	struct CMUnitTest one[MM_ARRAY_COUNT(one_refusals)];
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(rows); i++)
		rows[i] = world_row(refusals[i].claim, refuses, world_setup_driver, &refusals[i]);
	for (i = 0; i < MM_ARRAY_COUNT(strict); i++)
		strict[i] = world_row(strict_refusals[i].claim, refuses, setup_strict, &strict_refusals[i]);
	for (i = 0; i < MM_ARRAY_COUNT(one); i++)
		one[i] = world_row(one_refusals[i].claim, refuses, setup_all_but_one, &one_refusals[i]);
	return cmocka_run_group_tests_name("supervisor/gate", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/gate refusals", rows, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/gate strict", strict, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/gate instructions", one, NULL, NULL);
}
