/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Addresses that ring 3 names. Each bad one is refused with a status before the window is opened: the fake machine
 * counts every page that the window reached and that was not ring 3's, and every access that would have faulted.
 */
#include "user_access.h"

#include "world.h"

#define U MM_HAL_PAGE_USER

static uint64_t supervisor_state(struct world *world)
{
	return WORLD_SUPERVISOR + 0x9000u;
}

static uint64_t supervisor_code(struct world *world)
{
	return WORLD_SUPERVISOR;
}

static uint64_t per_cpu_object(struct world *world)
{
	return world_cpu(world, 0)->descriptors;
}

static uint64_t page_table(struct world *world)
{
	return world->memory->tables.editor.root.v;
}

static uint64_t ring_0_stack(struct world *world)
{
	return WORLD_RING0_STACKS + 0x2000u;
}

static uint64_t list_of_init(struct world *world)
{
	return WORLD_HOBS;
}

static uint64_t policy(struct world *world)
{
	return WORLD_POLICY;
}

static uint64_t save_state(struct world *world)
{
	return WORLD_TILES + 0x7c00u;
}

static uint64_t free_page(struct world *world)
{
	return WORLD_MMRAM_BASE + 0x400000u;
}

static uint64_t channel(struct world *world)
{
	return WORLD_USER_BUFFER;
}

static uint64_t page_0(struct world *world)
{
	return 0;
}

static uint64_t absent(struct world *world)
{
	return WORLD_UNMAPPED;
}

static uint64_t guard_of_a_stack(struct world *world)
{
	return world->supv->domain.stack_top[1].v - MM_SUPV_USER_STACK_BYTES - MM_PAGE_BYTES;
}

/* The last bytes of ring 3's page, then the supervisor's. */
static uint64_t straddling_into_ring_0(struct world *world)
{
	world_protect(world, WORLD_DRIVER_1 + WORLD_MODULE_BYTES, MM_PAGE_BYTES, MM_HAL_PAGE_RW);
	return WORLD_DRIVER_1 + WORLD_MODULE_BYTES - 4u;
}

static uint64_t straddling_into_nothing(struct world *world)
{
	return WORLD_DRIVER_1 + WORLD_MODULE_BYTES - 15u;
}

static uint64_t straddling_out_of_ring_0(struct world *world)
{
	world_protect(world, WORLD_DRIVER_1 - MM_PAGE_BYTES, MM_PAGE_BYTES, MM_HAL_PAGE_RW);
	return WORLD_DRIVER_1 - 4u;
}

static uint64_t wrapping(struct world *world)
{
	return UINT64_MAX - 7u;
}

static uint64_t first_non_canonical(struct world *world)
{
	return 0x0000800000000000u;
}

static uint64_t reaching_non_canonical(struct world *world)
{
	return 0x0000800000000000u - 8u;
}

static uint64_t upper_half(struct world *world)
{
	return 0xffff800010080000u;
}

static uint64_t freed_page(struct world *world)
{
	uint64_t page = world_syscall(world, MM_SYS_ALOC_PAGE, 0, MM_EFI_RUNTIME_SERVICES_DATA, 1);

	assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, page, 1, 0), MM_EFI_SUCCESS);
	return page;
}

struct place {
	const char *claim;
	uint64_t (*address)(struct world *world);
};

static const struct place refused[] = {
	{ "reads_no_state_of_the_supervisor", supervisor_state },
	{ "reads_no_code_of_the_supervisor", supervisor_code },
	{ "reads_no_per_cpu_page", per_cpu_object },
	{ "reads_no_page_table", page_table },
	{ "reads_no_ring_0_stack", ring_0_stack },
	{ "reads_no_list_of_init", list_of_init },
	{ "reads_no_policy", policy },
	{ "reads_no_save_state", save_state },
	{ "reads_no_free_page", free_page },
	{ "reads_no_channel", channel },
	{ "reads_no_page_0", page_0 },
	{ "reads_no_absent_page", absent },
	{ "reads_no_guard", guard_of_a_stack },
	{ "reads_no_range_that_enters_ring_0", straddling_into_ring_0 },
	{ "reads_no_range_that_ends_nowhere", straddling_into_nothing },
	{ "reads_no_range_that_leaves_ring_0", straddling_out_of_ring_0 },
	{ "reads_no_range_that_wraps", wrapping },
	{ "reads_no_non_canonical_address", first_non_canonical },
	{ "reads_no_range_that_leaves_canonical_space", reaching_non_canonical },
	{ "reads_no_address_of_the_upper_half", upper_half },
	{ "reads_no_page_that_was_given_back", freed_page },
};

static void refuses(void **state)
{
	struct world *world = *state;
	const struct place *row = world->row;
	uint64_t address = row->address(world);
	size_t printed = world->machine->console_count;
	uint64_t faults = world->machine->faults;

	assert_int_equal(world_syscall(world, MM_SYS_LOG, address, 16, 0), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world->machine->window_escapes, 0);
	assert_int_equal(world->machine->faults, faults);
	assert_int_equal(world->machine->console_count, printed);
	assert_int_equal(world_cpu(world, 0)->depth, 2); /* it lives: the call can say no */
}

static uint64_t constants(struct world *world)
{
	return WORLD_DRIVER_1 + 0x1000u;
}

static uint64_t two_kinds_of_page(struct world *world)
{
	return WORLD_DRIVER_1 + 0x2000u - 8u; /* read-only, then writable */
}

static uint64_t ring_3_stack(struct world *world)
{
	return world->supv->domain.stack_top[1].v - 16u;
}

static uint64_t last_bytes_of_module(struct world *world)
{
	return WORLD_DRIVER_1 + WORLD_MODULE_BYTES - 16u;
}

static uint64_t message(struct world *world)
{
	return world->supv->domain.shadow.base;
}

static uint64_t hobs(struct world *world)
{
	return world->supv->domain.hobs.v;
}

static const struct place readable[] = {
	{ "reads_constants_of_a_module", constants },
	{ "reads_over_pages_of_different_rights", two_kinds_of_page },
	{ "reads_the_stack", ring_3_stack },
	{ "reads_the_last_bytes_of_a_module", last_bytes_of_module },
	{ "reads_the_message", message },
	{ "reads_the_list_of_ring_3", hobs },
};

static void reads(void **state)
{
	struct world *world = *state;
	const struct place *row = world->row;
	uint64_t address = row->address(world);
	uint8_t expected[16];
	uint8_t bytes[16];

	memcpy(expected, world_bytes(world, address, 16), 16);
	assert_status(mm_supv_user_read_untrusted(world_cpu(world, 0), bytes, mm_user_va(address), 16), MM_OK);
	assert_memory_equal(bytes, expected, 16);
	assert_int_equal(world->machine->window_escapes, 0);
	assert_int_equal(world_syscall(world, MM_SYS_LOG, address, 16, 0), MM_EFI_SUCCESS);
}

static void refuses_an_empty_range(void **state)
{
	struct world *world = *state;
	uint8_t byte = 0x5a;

	assert_status(mm_supv_user_read_untrusted(world_cpu(world, 0), &byte, mm_user_va(WORLD_DRIVER_1), 0),
		      MM_E_FAULT);
	assert_int_equal(byte, 0x5a);
}

int main(void)
{
	struct CMUnitTest tests[MM_ARRAY_COUNT(refused) + MM_ARRAY_COUNT(readable) + 1u];
	size_t count = 0;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(refused); i++)
		tests[count++] = world_row(refused[i].claim, refuses, world_setup_driver, &refused[i]);
	for (i = 0; i < MM_ARRAY_COUNT(readable); i++)
		tests[count++] = world_row(readable[i].claim, reads, world_setup_driver, &readable[i]);
	tests[count++] = world_row("refuses_an_empty_range", refuses_an_empty_range, world_setup_driver, NULL);
	return cmocka_run_group_tests_name("supervisor/user-access", tests, NULL, NULL);
}
