/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* MMI services and configuration tables of the table. */
#include "world.h"

#include "mm/pi/crc32.h"

/* Registers driver n's handler in its own name. */
static mm_driver_handle registered(struct world *w, unsigned n, const struct mm_guid *guid)
{
	mm_driver_handle handle = NULL;

	world_play(w, n);
	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), guid, &handle), MM_EFI_SUCCESS);
	world_play(w, 1);
	return handle;
}

static void a_registered_handler_is_called_with_everything(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle = registered(w, 1, &guid);
	uint8_t buffer[8];
	size_t bytes = sizeof(buffer);

	assert_int_equal(w->mmst->mmi_manage(&guid, (const void *)0x99, buffer, &bytes), MM_EFI_SUCCESS);
	assert_int_equal(w->args[0], (uintptr_t)handle);
	assert_int_equal(w->args[1], 0x99);
	assert_int_equal(w->args[2], (uintptr_t)buffer);
	assert_int_equal(w->args[3], (uintptr_t)&bytes);
}

static void an_unregistered_handler_is_not_called(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle = registered(w, 1, &guid);

	assert_int_equal(w->mmst->mmi_handler_unregister(handle), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->mmi_handler_unregister(handle), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->mmi_manage(&guid, NULL, NULL, NULL), MM_EFI_NOT_FOUND);
	assert_int_equal(w->count, 0);
}

static void refuses_to_unregister_what_is_no_handler(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->mmst->mmi_handler_unregister(NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->mmi_handler_unregister((mm_driver_handle)0x1234), MM_EFI_INVALID_PARAMETER);
}

static void refuses_to_register_without_function_or_handle(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle = NULL;

	assert_int_equal(world_register_handler(w, 0, &guid, &handle), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world_register_handler(w, world_address(1, WORLD_HANDLER), &guid, NULL),
			 MM_EFI_INVALID_PARAMETER);
	assert_null(handle);
}

static void refuses_a_handler_outside_every_drivers_image(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle = NULL;

	assert_int_equal(world_register_handler(w, WORLD_CORE_BASE + WORLD_ENTRY_OFFSET, &guid, &handle),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world_register_handler(w, (uintptr_t)w->shadow, &guid, &handle), MM_EFI_INVALID_PARAMETER);
	/* The numbers under which the core's own handlers stand. */
	for (uint64_t number = 1; number <= MM_CORE_EVENT_COUNT; number++)
		assert_int_equal(world_register_handler(w, number, &guid, &handle), MM_EFI_INVALID_PARAMETER);
	assert_null(handle);
}

static void handlers_without_memory_are_out_of_resources(void **state)
{
	struct world *w = *state;
	uint64_t status = MM_EFI_SUCCESS;
	mm_driver_handle handle = NULL;

	w->ring0.page_limit = w->ring0.live_pages;
	for (unsigned n = 0; n < 10000 && status == MM_EFI_SUCCESS; n++) {
		struct mm_guid guid = world_message_guid(100 + n);

		status = world_register_handler(w, world_address(1, WORLD_HANDLER), &guid, &handle);
	}
	assert_int_equal(status, MM_EFI_OUT_OF_RESOURCES);
	assert_true(world_is_whole(w));
}

static void handlers_are_their_callers(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	(void)registered(w, 1, &guid);
	(void)registered(w, 2, &guid);
	assert_int_equal(mm_mmi_withdraw_owner(&w->core->mmi, 1), 1);
	assert_int_equal(w->mmst->mmi_manage(&guid, NULL, NULL, NULL), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->order[0], 2);
}

static void the_first_success_ends_a_message(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	(void)registered(w, 1, &guid);
	(void)registered(w, 2, &guid);
	assert_int_equal(w->mmst->mmi_manage(&guid, NULL, NULL, NULL), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

static void every_root_handler_is_called(void **state)
{
	struct world *w = *state;

	(void)registered(w, 1, NULL);
	(void)registered(w, 2, NULL);
	assert_int_equal(w->mmst->mmi_manage(NULL, NULL, NULL, NULL), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 2);
}

static uint64_t manages_again(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_message_guid(1);
	uint64_t status = w->mmst->mmi_manage(&guid, NULL, NULL, NULL);

	w->statuses[w->count++] = status; /* the innermost one first */
	return MM_EFI_SUCCESS;
}

/* Ring 0 gives eight activations; a handler that cannot be entered any more has not handled the message. */
static void managing_without_end_ends_at_ring_0s_limit(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	(void)registered(w, 1, &guid);
	world_set_function(w, 1, WORLD_HANDLER, manages_again);
	assert_int_equal(w->mmst->mmi_manage(&guid, NULL, NULL, NULL), MM_EFI_SUCCESS);
	assert_int_equal(w->count, FAKE_CORE_DEPTH_MAX);
	assert_int_equal(w->statuses[0], MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(w->statuses[7], MM_EFI_SUCCESS);
	assert_int_equal(mm_mmi_depth(&w->core->mmi), 0);
}

static void procedures_on_other_cpus_are_refused(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		w->mmst->startup_this_ap((mm_ap_procedure_fn)(uintptr_t)world_address(1, WORLD_HANDLER), 1, NULL),
		MM_EFI_INVALID_PARAMETER);
}

static uint64_t registers_under_a_bad_guid(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle;

	return world_register_handler(w, world_address(1, WORLD_HANDLER), (const void *)w->ring0.bad_page, &handle);
}

static uint64_t registers_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;

	return world_register_handler(w, world_address(1, WORLD_HANDLER), NULL, (void *)w->ring0.const_page);
}

static void a_bad_pointer_ends_the_driver_before_a_handler_is_there(void **state)
{
	struct world *w = *state;
	uint32_t count = mm_mmi_handler_count(&w->core->mmi);

	assert_int_equal(world_as_driver(w, 1, registers_under_a_bad_guid), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, registers_into_constants), MM_EFI_ABORTED);
	assert_int_equal(mm_mmi_handler_count(&w->core->mmi), count);
	assert_false(w->core->broken);
}

/* A function of this program with pages of its own, so that it can be a driver's image. */
__attribute__((section("driver_code"), aligned(4096), noinline, no_sanitize("address", "undefined"))) static uint64_t
registers_from_its_own_code(struct world *w, const struct mm_guid *guid)
{
	mm_driver_handle handle;
	volatile uint64_t status =
		w->mmst->mmi_handler_register((mm_handler_fn)(uintptr_t)world_address(1, WORLD_HANDLER), guid, &handle);

	return status; /* volatile: no last call by a jump */
}

static void a_service_acts_in_the_name_of_the_code_that_calls_it(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	w->core->modules[2].image.base = (uint64_t)(uintptr_t)&registers_from_its_own_code;
	world_play(w, 1); /* which called into driver 2, say through a protocol */
	assert_int_equal(registers_from_its_own_code(w, &guid), MM_EFI_SUCCESS);
	assert_int_equal(mm_mmi_withdraw_owner(&w->core->mmi, 1), 0);
	assert_int_equal(mm_mmi_withdraw_owner(&w->core->mmi, 2), 1);
}

static bool checksum_holds(const struct world *w)
{
	struct mm_mmst copy = *w->mmst;

	copy.header.crc32 = 0;
	return w->mmst->header.crc32 == mm_pi_crc32(mm_bytes(&copy, sizeof(copy)));
}

static uint64_t configure(struct world *w, unsigned n, uint64_t table)
{
	struct mm_guid guid = world_protocol_guid(n);

	return w->mmst->install_configuration_table(w->mmst, &guid, (void *)(uintptr_t)table, 8);
}

static void a_configuration_table_is_added_and_modified(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(1);

	assert_int_equal(configure(w, 1, 0x1000), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->configuration_count, 2);
	assert_true(mm_guid_equal(&w->mmst->configuration[1].guid, &guid));
	assert_true(checksum_holds(w));
	assert_int_equal(configure(w, 1, 0x2000), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->configuration_count, 2);
	assert_int_equal((uintptr_t)w->mmst->configuration[1].table, 0x2000);
	assert_true(checksum_holds(w));
}

static void a_deleted_configuration_table_leaves_the_others_in_order(void **state)
{
	struct world *w = *state;
	struct mm_guid third = world_protocol_guid(3);

	assert_int_equal(configure(w, 1, 1), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 2, 2), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 3, 3), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 2, 0), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->configuration_count, 3);
	assert_int_equal((uintptr_t)w->mmst->configuration[1].table, 1);
	assert_true(mm_guid_equal(&w->mmst->configuration[2].guid, &third));
	assert_true(checksum_holds(w));
	assert_int_equal(configure(w, 3, 0), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 1, 0), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->configuration_count, 1);
	assert_true(checksum_holds(w));
}

static void refuses_to_delete_a_configuration_table_that_is_not_there(void **state)
{
	struct world *w = *state;

	assert_int_equal(configure(w, 1, 0), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->install_configuration_table(w->mmst, NULL, w, 8), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->configuration_count, 1);
}

static void a_full_configuration_is_out_of_resources(void **state)
{
	struct world *w = *state;

	for (unsigned n = 1; n < MM_CORE_CONFIGURATION_MAX; n++)
		assert_int_equal(configure(w, n, n), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 99, 99), MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(configure(w, 1, 7), MM_EFI_SUCCESS); /* what is there can still be modified */
	assert_int_equal(configure(w, 1, 0), MM_EFI_SUCCESS);
	assert_int_equal(configure(w, 99, 99), MM_EFI_SUCCESS);
}

static uint64_t configures_under_a_bad_guid(void *context, const uint64_t args[4])
{
	struct world *w = context;

	return w->mmst->install_configuration_table(w->mmst, (const void *)w->ring0.bad_page, w, 8);
}

static void a_bad_pointer_leaves_the_configuration_alone(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_as_driver(w, 1, configures_under_a_bad_guid), MM_EFI_ABORTED);
	assert_int_equal(w->mmst->configuration_count, 1);
	assert_true(checksum_holds(w));
}

static int setup(void **state)
{
	(void)world_setup_started(state);
	world_play(*state, 1);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_registered_handler_is_called_with_everything),
		TEST(an_unregistered_handler_is_not_called),
		TEST(refuses_to_unregister_what_is_no_handler),
		TEST(refuses_to_register_without_function_or_handle),
		TEST(refuses_a_handler_outside_every_drivers_image),
		TEST(handlers_without_memory_are_out_of_resources),
		TEST(handlers_are_their_callers),
		TEST(the_first_success_ends_a_message),
		TEST(every_root_handler_is_called),
		TEST(managing_without_end_ends_at_ring_0s_limit),
		TEST(procedures_on_other_cpus_are_refused),
		TEST(a_bad_pointer_ends_the_driver_before_a_handler_is_there),
		TEST(a_service_acts_in_the_name_of_the_code_that_calls_it),
		TEST(a_configuration_table_is_added_and_modified),
		TEST(a_deleted_configuration_table_leaves_the_others_in_order),
		TEST(refuses_to_delete_a_configuration_table_that_is_not_there),
		TEST(a_full_configuration_is_out_of_resources),
		TEST(a_bad_pointer_leaves_the_configuration_alone),
	};

	return cmocka_run_group_tests_name("usercore/mmi", tests, NULL, NULL);
}
