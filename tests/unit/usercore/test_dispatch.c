/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which drivers start when, what is said of the others, what is left of those that fail. */
#include "world.h"

/* Notes who runs; installs protocol n as driver n. */
static uint64_t installs_its_protocol(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle = NULL;

	(void)world_scripted(context, args);
	return world_install(w, w->core->running, w->core->running, &handle);
}

static void starts_drivers_whose_depex_holds(void **state)
{
	struct world *w = *state;
	struct world_depex always = world_depex_true();

	world_add_driver(w, 1, &always, world_scripted);
	world_add_driver(w, 2, NULL, world_scripted);
	world_run(w);
	assert_int_equal(w->count, 2);
	assert_int_equal(w->order[0], 1);
	assert_int_equal(w->order[1], 2);
	assert_true(world_log_has(w, "user: 2 drivers started, 0 failed"));
}

static void starts_a_driver_after_the_one_it_depends_on(void **state)
{
	struct world *w = *state;
	struct world_depex second = world_depex_protocol(2);
	struct world_depex third = world_depex_protocol(3);

	world_add_driver(w, 1, &second, installs_its_protocol);
	world_add_driver(w, 2, &third, installs_its_protocol);
	world_add_driver(w, 3, NULL, installs_its_protocol);
	world_run(w);
	assert_int_equal(w->count, 3);
	assert_int_equal(w->order[0], 3);
	assert_int_equal(w->order[1], 2);
	assert_int_equal(w->order[2], 1);
}

static void starts_nothing_before_the_dispatch_event(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, world_scripted);
	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(world_send(w, &mm_guid_end_of_pei, "", 1), MM_EFI_SUCCESS);
	world_wake(w);
	assert_int_equal(w->count, 0);
}

static void hands_a_driver_its_image_handle_and_the_table(void **state)
{
	struct world *w = *state;
	uint64_t interface = 0;

	world_add_driver(w, 1, NULL, world_scripted);
	world_run(w);
	assert_int_equal(w->args[1], (uintptr_t)w->mmst);
	assert_status(mm_protodb_open(&w->core->protodb, w->args[0], &mm_guid_loaded_image, &interface), MM_OK);
	assert_int_equal(interface, (uintptr_t)&w->core->modules[1].loaded);
}

static void the_loaded_image_tells_where_the_driver_lies(void **state)
{
	struct world *w = *state;
	const struct mm_core_loaded_image *loaded;

	world_add_driver(w, 1, NULL, NULL);
	world_run(w);
	loaded = &w->core->modules[1].loaded;
	assert_int_equal((uintptr_t)loaded->image_base, world_address(1, 0));
	assert_int_equal(loaded->image_bytes, WORLD_MODULE_BYTES);
	assert_ptr_equal(loaded->system_table, w->mmst);
	assert_int_equal(loaded->revision, 0x1000);
	assert_int_equal(loaded->image_code_type, MM_EFI_RUNTIME_SERVICES_CODE);
}

static uint64_t installs_two(void *context, const uint64_t args[4])
{
	mm_driver_handle handle = NULL;

	return world_install(context, 2, 2, &handle);
}

static void starts_a_waiting_driver_when_its_protocol_appears_later(void **state)
{
	struct world *w = *state;
	struct world_depex second = world_depex_protocol(2);

	world_add_driver(w, 1, &second, world_scripted);
	world_add_driver(w, 2, NULL, NULL);
	world_run(w);
	assert_int_equal(world_as_driver(w, 2, installs_two), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 0);
	world_wake(w); /* any request will do */
	assert_int_equal(w->count, 1);
	assert_int_equal(w->order[0], 1);
}

static void starts_no_waiting_driver_after_the_lock(void **state)
{
	struct world *w = *state;
	struct world_depex second = world_depex_protocol(2);

	world_add_driver(w, 1, &second, world_scripted);
	world_add_driver(w, 2, NULL, NULL);
	world_run(w);
	assert_int_equal(world_send(w, &mm_guid_dxe_ready_to_lock, "", 1), MM_EFI_SUCCESS);
	assert_int_equal(world_as_driver(w, 2, installs_two), MM_EFI_SUCCESS);
	world_wake(w);
	assert_int_equal(w->count, 0);
}

static void reports_what_each_undispatched_driver_lacks(void **state)
{
	struct world *w = *state;
	struct mm_guid lacking = world_protocol_guid(5);
	struct mm_guid waiting = world_driver_guid(1);
	struct world_depex depex = world_depex_protocol(5);

	world_add_driver(w, 1, &depex, NULL);
	world_run(w);
	assert_true(world_log_has_guid(w, "user: driver ", &waiting));
	assert_true(world_log_has_guid(w, " waits for ", &lacking));
}

/* Driver n with one opcode and its GUID, and NOT behind it for a PUSH. */
static void add_waiting(struct world *w, unsigned n, uint8_t opcode, const struct mm_guid *guid)
{
	struct world_depex depex = { { 0 }, 0 };

	world_depex_push(&depex, opcode, guid);
	if (opcode == MM_DEPEX_PUSH)
		world_depex_push(&depex, MM_DEPEX_NOT, NULL);
	world_depex_push(&depex, MM_DEPEX_END, NULL);
	world_add_driver(w, n, &depex, NULL);
}

static void reports_absence_before_and_after_in_words(void **state)
{
	struct world *w = *state;
	struct mm_guid unknown = world_driver_guid(60);
	struct mm_guid first = world_protocol_guid(1);

	world_add_driver(w, 1, NULL, NULL);
	add_waiting(w, 2, MM_DEPEX_BEFORE, &unknown);
	add_waiting(w, 3, MM_DEPEX_AFTER, &unknown);
	add_waiting(w, 4, MM_DEPEX_PUSH, &first);
	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(world_as_driver(w, 1, installs_its_protocol), MM_EFI_SUCCESS);
	(void)world_send(w, &mm_guid_mm_dispatch_event, "", 1);
	assert_true(world_log_has_guid(w, " is to start before ", &unknown));
	assert_true(world_log_has_guid(w, " is to start after ", &unknown));
	assert_true(world_log_has_guid(w, " waits for the end of ", &first));
}

static void reports_a_driver_that_nobody_requested(void **state)
{
	struct world *w = *state;
	const struct world_depex on_request = { { MM_DEPEX_SOR, MM_DEPEX_TRUE, MM_DEPEX_END }, 3 };

	world_add_driver(w, 1, &on_request, NULL);
	world_run(w);
	assert_true(world_log_has(w, "waits to be requested"));
	assert_int_equal(w->ring0.invoke_count, 0);
}

static void reports_a_driver_that_can_never_start(void **state)
{
	struct world *w = *state;
	const struct world_depex never = { { MM_DEPEX_FALSE, MM_DEPEX_END }, 2 };

	world_add_driver(w, 1, &never, NULL);
	world_run(w);
	assert_true(world_log_has(w, "is never to start"));
}

/* Registers everything a driver can, then fails. */
static uint64_t registers_all_and_fails(void *context, const uint64_t args[4])
{
	struct world *w = context;
	unsigned n = w->core->running;
	struct mm_guid protocol = world_protocol_guid(40);
	mm_driver_handle root;
	void *token = NULL;

	assert_int_equal(world_entry_full(context, args), MM_EFI_SUCCESS);
	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), NULL, &root), MM_EFI_SUCCESS);
	assert_int_equal(world_register_notify(w, world_address(n, WORLD_NOTIFY), &protocol, &token), MM_EFI_SUCCESS);
	return MM_EFI_NOT_STARTED;
}

static uint64_t registers_all_and_dies(void *context, const uint64_t args[4])
{
	(void)registers_all_and_fails(context, args);
	return world_dying(context, args);
}

/* Driver 1 is `entry`; nothing of it is left. */
static void expect_withdrawal(struct world *w, fake_core_function *entry)
{
	struct mm_guid message = world_message_guid(1);
	struct mm_guid protocol = world_protocol_guid(1);

	world_add_driver(w, 1, NULL, entry);
	world_add_driver(w, 2, NULL, world_scripted);
	world_run(w);
	assert_int_equal(mm_dispatch_failed_count(&w->core->dispatch), 1);
	assert_int_equal(w->count, 1); /* driver 2 started all the same */
	assert_false(mm_protodb_is_present(&w->core->protodb, &protocol));
	assert_int_equal(mm_protodb_registration_count(&w->core->protodb), 0);
	assert_int_equal(mm_protodb_handle_count(&w->core->protodb), 1); /* driver 2's image */
	assert_int_equal(mm_mmi_root_count(&w->core->mmi), 0);
	assert_int_equal(w->core->modules[1].handle, 0);
	assert_int_equal(world_send(w, &message, "", 1), MM_EFI_NOT_FOUND);
}

static void a_driver_that_returns_an_error_leaves_nothing_behind(void **state)
{
	expect_withdrawal(*state, registers_all_and_fails);
	assert_true(world_log_has(*state, "failed to start: 0x8000000000000013"));
}

static void a_driver_that_dies_at_its_start_leaves_nothing_behind(void **state)
{
	expect_withdrawal(*state, registers_all_and_dies);
	assert_true(world_log_has(*state, "was ended while it started"));
}

static uint64_t succeeds_with_a_warning(void *context, const uint64_t args[4])
{
	return MM_EFI_WARN_STALE_DATA;
}

static void a_warning_at_the_start_is_no_failure(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, succeeds_with_a_warning);
	world_run(w);
	assert_int_equal(mm_dispatch_started_count(&w->core->dispatch), 1);
}

static void a_failed_driver_is_not_started_again(void **state)
{
	struct world *w = *state;

	w->answer = MM_EFI_NOT_FOUND;
	world_add_driver(w, 1, NULL, world_scripted);
	world_run(w);
	assert_int_equal(world_send(w, &mm_guid_mm_dispatch_event, "", 1), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

static uint64_t asks_for_dispatch(void *context, const uint64_t args[4])
{
	struct world *w = context;

	(void)world_scripted(context, args);
	w->statuses[0] = w->mmst->mmi_manage(&mm_guid_mm_dispatch_event, NULL, NULL, NULL);
	return MM_EFI_SUCCESS;
}

static void a_driver_may_ask_for_dispatch_while_it_is_started(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, asks_for_dispatch);
	world_add_driver(w, 2, NULL, world_scripted);
	world_run(w);
	assert_int_equal(w->statuses[0], MM_EFI_SUCCESS);
	assert_int_equal(w->count, 2);
}

static void a_random_graph_of_thirty_drivers_starts_in_order(void **state)
{
	struct world *w = *state;
	uint32_t seed = 7;
	uint64_t position[31] = { 0 };
	unsigned parent[31] = { 0 };

	/* Driver n depends on one with a greater number, so that the order of adding is no help. */
	for (unsigned n = 1; n <= 30; n++) {
		struct world_depex depex;

		seed = seed * 1664525u + 1013904223u;
		parent[n] = n == 30 ? 0 : n + 1 + (seed >> 16) % (30 - n);
		depex = parent[n] == 0 ? world_depex_true() : world_depex_protocol(parent[n]);
		world_add_driver(w, n, &depex, installs_its_protocol);
	}
	world_run(w);
	assert_int_equal(w->count, 30);
	for (unsigned i = 0; i < 30; i++)
		position[w->order[i]] = i + 1;
	for (unsigned n = 1; n <= 30; n++)
		assert_true(parent[n] == 0 || position[parent[n]] < position[n]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(starts_drivers_whose_depex_holds),
		TEST(starts_a_driver_after_the_one_it_depends_on),
		TEST(starts_nothing_before_the_dispatch_event),
		TEST(hands_a_driver_its_image_handle_and_the_table),
		TEST(the_loaded_image_tells_where_the_driver_lies),
		TEST(starts_a_waiting_driver_when_its_protocol_appears_later),
		TEST(starts_no_waiting_driver_after_the_lock),
		TEST(reports_what_each_undispatched_driver_lacks),
		TEST(reports_absence_before_and_after_in_words),
		TEST(reports_a_driver_that_nobody_requested),
		TEST(reports_a_driver_that_can_never_start),
		TEST(a_driver_that_returns_an_error_leaves_nothing_behind),
		TEST(a_driver_that_dies_at_its_start_leaves_nothing_behind),
		TEST(a_warning_at_the_start_is_no_failure),
		TEST(a_failed_driver_is_not_started_again),
		TEST(a_driver_may_ask_for_dispatch_while_it_is_started),
		TEST(a_random_graph_of_thirty_drivers_starts_in_order),
	};

	return cmocka_run_group_tests_name("usercore/dispatch", tests, NULL, NULL);
}
