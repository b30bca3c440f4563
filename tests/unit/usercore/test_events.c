/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Events of the platform's life: each once, with its protocol; the one-shots end with the lock. */
#include "world.h"

static const struct {
	const struct mm_guid *message;
	const struct mm_guid *protocol;
} rows[] = {
	{ &mm_guid_end_of_pei, &mm_guid_end_of_pei },
	{ &mm_guid_end_of_dxe_event, &mm_guid_mm_end_of_dxe },
	{ &mm_guid_dxe_ready_to_lock, &mm_guid_mm_ready_to_lock },
	{ &mm_guid_ready_to_boot_event, &mm_guid_mm_ready_to_boot },
	{ &mm_guid_exit_boot_services_event, &mm_guid_mm_exit_boot_services },
};

static uint64_t send(struct world *w, const struct mm_guid *event)
{
	return world_send(w, event, "", 1);
}

/* Driver 1 waits for a protocol. */
static void wait_for(struct world *w, const struct mm_guid *protocol)
{
	void *token = NULL;

	world_play(w, 1);
	assert_int_equal(world_register_notify(w, world_address(1, WORLD_NOTIFY), protocol, &token), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
}

static void each_event_installs_its_protocol(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		assert_false(mm_protodb_is_present(&w->core->protodb, rows[i].protocol));
		assert_int_equal(send(w, rows[i].message), MM_EFI_SUCCESS);
		assert_true(mm_protodb_is_present(&w->core->protodb, rows[i].protocol));
	}
}

static void each_event_runs_the_notifications_for_it(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		wait_for(w, rows[i].protocol);
		assert_int_equal(send(w, rows[i].message), MM_EFI_SUCCESS);
		assert_int_equal(w->count, i + 1);
	}
}

static void an_event_is_told_once(void **state)
{
	struct world *w = *state;

	wait_for(w, &mm_guid_mm_ready_to_boot);
	assert_int_equal(send(w, &mm_guid_ready_to_boot_event), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_ready_to_boot_event), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

static void an_event_is_answered_with_what_was_sent(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_send(w, &mm_guid_end_of_pei, "1234", 4), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_BYTES + 4);
}

static void one_shots_are_unknown_after_the_lock(void **state)
{
	struct world *w = *state;

	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_NOT_FOUND);
	assert_int_equal(send(w, &mm_guid_mm_dispatch_event), MM_EFI_NOT_FOUND);
	assert_int_equal(send(w, &mm_guid_end_of_pei), MM_EFI_NOT_FOUND);
	assert_false(mm_protodb_is_present(&w->core->protodb, &mm_guid_end_of_pei));
}

static void the_other_events_outlive_the_lock(void **state)
{
	struct world *w = *state;

	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_end_of_dxe_event), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_ready_to_boot_event), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_exit_boot_services_event), MM_EFI_SUCCESS);
}

static uint64_t asks_for_dispatch(void *context, const uint64_t args[4])
{
	struct world *w = context;

	w->statuses[0] = w->mmst->mmi_manage(&mm_guid_mm_dispatch_event, NULL, NULL, NULL);
	return MM_EFI_SUCCESS;
}

static void the_lock_holds_before_anybody_is_told_of_it(void **state)
{
	struct world *w = *state;

	w->inside = asks_for_dispatch;
	wait_for(w, &mm_guid_mm_ready_to_lock);
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->statuses[0], MM_EFI_NOT_FOUND);
	assert_false(w->core->may_dispatch);
}

static void a_driver_may_manage_an_event(void **state)
{
	struct world *w = *state;

	world_play(w, 1);
	assert_int_equal(w->mmst->mmi_manage(&mm_guid_end_of_dxe_event, NULL, NULL, NULL), MM_EFI_SUCCESS);
	assert_true(mm_protodb_is_present(&w->core->protodb, &mm_guid_mm_end_of_dxe));
}

static void a_drivers_handler_hears_of_an_event_only_when_the_core_has_done_with_it(void **state)
{
	struct world *w = *state;
	mm_driver_handle handle;

	world_play(w, 1);
	assert_int_equal(
		world_register_handler(w, world_address(1, WORLD_HANDLER), &mm_guid_mm_dispatch_event, &handle),
		MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
	assert_int_equal(send(w, &mm_guid_mm_dispatch_event), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 0);
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_SUCCESS);
	assert_int_equal(send(w, &mm_guid_mm_dispatch_event), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

static void a_notification_that_dies_does_not_spoil_the_event(void **state)
{
	struct world *w = *state;

	world_set_function(w, 1, WORLD_NOTIFY, world_dying);
	wait_for(w, &mm_guid_mm_end_of_dxe);
	assert_int_equal(send(w, &mm_guid_end_of_dxe_event), MM_EFI_SUCCESS);
	assert_true(mm_protodb_is_present(&w->core->protodb, &mm_guid_mm_end_of_dxe));
	assert_int_equal(w->core->changing, 0);
}

/* Installs until there is no record left. */
static void use_up_memory(struct world *w)
{
	uint64_t status = MM_EFI_SUCCESS;

	w->ring0.page_limit = w->ring0.live_pages;
	world_play(w, 1);
	for (unsigned n = 0; n < 10000 && status == MM_EFI_SUCCESS; n++) {
		mm_driver_handle handle = NULL;

		status = world_install(w, n, 1, &handle);
	}
	world_play(w, MM_CORE_SELF);
	assert_int_equal(status, MM_EFI_OUT_OF_RESOURCES);
}

static void an_event_that_fails_for_want_of_memory_can_be_sent_again(void **state)
{
	struct world *w = *state;

	use_up_memory(w);
	assert_int_equal(send(w, &mm_guid_end_of_dxe_event), MM_EFI_NOT_FOUND);
	w->ring0.page_limit = WORLD_PAGES;
	assert_int_equal(send(w, &mm_guid_end_of_dxe_event), MM_EFI_SUCCESS);
	assert_true(mm_protodb_is_present(&w->core->protodb, &mm_guid_mm_end_of_dxe));
}

static void a_lock_that_nobody_could_be_told_of_holds_and_can_be_sent_again(void **state)
{
	struct world *w = *state;

	wait_for(w, &mm_guid_mm_ready_to_lock);
	use_up_memory(w);
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_NOT_FOUND);
	assert_int_equal(send(w, &mm_guid_mm_dispatch_event), MM_EFI_NOT_FOUND);
	w->ring0.page_limit = WORLD_PAGES;
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
	assert_int_equal(send(w, &mm_guid_dxe_ready_to_lock), MM_EFI_NOT_FOUND);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_event_installs_its_protocol),
		TEST(each_event_runs_the_notifications_for_it),
		TEST(an_event_is_told_once),
		TEST(an_event_is_answered_with_what_was_sent),
		TEST(one_shots_are_unknown_after_the_lock),
		TEST(the_other_events_outlive_the_lock),
		TEST(the_lock_holds_before_anybody_is_told_of_it),
		TEST(a_driver_may_manage_an_event),
		TEST(a_drivers_handler_hears_of_an_event_only_when_the_core_has_done_with_it),
		TEST(a_notification_that_dies_does_not_spoil_the_event),
		TEST(an_event_that_fails_for_want_of_memory_can_be_sent_again),
		TEST(a_lock_that_nobody_could_be_told_of_holds_and_can_be_sent_again),
	};

	return cmocka_run_group_tests_name("usercore/events", tests, NULL, NULL);
}
