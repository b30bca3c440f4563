/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is left when an activation ends before its function returns. */
#include "world.h"

/* Registers `function` as driver n's handler for message n. */
static void handle_by(struct world *w, unsigned n, fake_core_function *function)
{
	struct mm_guid guid = world_message_guid(n);
	mm_driver_handle handle;

	world_set_function(w, n, WORLD_HANDLER, function);
	world_play(w, n);
	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), &guid, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
}

/* Driver n's `function` hears of protocol 20. */
static void notify(struct world *w, unsigned n, fake_core_function *function)
{
	struct mm_guid protocol = world_protocol_guid(20);
	void *token = NULL;

	world_set_function(w, n, WORLD_NOTIFY, function);
	world_play(w, n);
	assert_int_equal(world_register_notify(w, world_address(n, WORLD_NOTIFY), &protocol, &token), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
}

static uint64_t send(struct world *w, unsigned n)
{
	struct mm_guid guid = world_message_guid(n);

	return world_send(w, &guid, "1234", 4);
}

static bool is_as_before(const struct world *w)
{
	return !w->core->broken && mm_core_is_at_rest(w->core) && w->core->running == MM_CORE_SELF && world_is_whole(w);
}

static void a_death_outside_services_leaves_no_mark(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_dying);
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_true(is_as_before(w));
}

/* In the middle of AllocatePool: the pool asks for pages. */
static void die_in_allocation(void *context, uint64_t pages)
{
	struct world *w = context;

	w->ring0.on_allocate = NULL;
	w->statuses[0] = w->core->changing;
	fake_core_end(&w->ring0, MM_EFI_ABORTED);
}

static uint64_t allocates_much(void *context, const uint64_t args[4])
{
	struct world *w = context;
	void *block;

	w->ring0.on_allocate = die_in_allocation;
	w->ring0.on_allocate_context = w;
	return w->mmst->allocate_pool(MM_EFI_RUNTIME_SERVICES_DATA, 100 * MM_PAGE_BYTES, &block);
}

static void a_death_inside_a_change_that_left_all_whole_is_survived(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, allocates_much);
	handle_by(w, 2, world_scripted);
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_int_equal(w->statuses[0], 1);
	assert_true(is_as_before(w));
	assert_int_equal(send(w, 2), MM_EFI_SUCCESS);
}

/* The same, after scribbling over the core. */
static void damage_in_allocation(void *context, uint64_t pages)
{
	struct world *w = context;

	w->core->protodb.handles.live_count += 3;
	die_in_allocation(context, pages);
}

static uint64_t allocates_and_damages(void *context, const uint64_t args[4])
{
	struct world *w = context;
	void *block;

	w->ring0.on_allocate = damage_in_allocation;
	w->ring0.on_allocate_context = w;
	return w->mmst->allocate_pool(MM_EFI_RUNTIME_SERVICES_DATA, 100 * MM_PAGE_BYTES, &block);
}

static void a_death_inside_a_change_that_left_damage_breaks_the_core(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, allocates_and_damages);
	handle_by(w, 2, world_scripted);
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_true(w->core->broken);
	assert_true(world_log_has(w, "nothing is served any more"));
	assert_int_equal(send(w, 2), MM_EFI_DEVICE_ERROR);
	assert_int_equal(w->shared.status.return_bytes, 0);
	assert_int_equal(w->count, 0);
}

static void a_broken_core_serves_nothing(void **state)
{
	struct world *w = *state;
	mm_driver_handle handle;

	handle_by(w, 1, allocates_and_damages);
	world_play(w, 2);
	assert_int_equal(world_register_handler(w, world_address(2, WORLD_HANDLER), NULL, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
	w->shared.root_handlers = 7;
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_int_equal(w->count, 0); /* not even the root handler of this very request */
	assert_int_equal(w->shared.root_handlers, 0);
	world_wake(w);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->shared.root_handlers, 0);
	assert_int_equal(world_send(w, &mm_guid_ready_to_boot_event, "", 1), MM_EFI_DEVICE_ERROR);
}

static void no_other_handler_is_tried_when_the_first_one_broke_the_core(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle;

	handle_by(w, 1, allocates_and_damages);
	world_play(w, 2);
	assert_int_equal(world_register_handler(w, world_address(2, WORLD_HANDLER), &guid, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_int_equal(w->count, 0);
}

static void no_other_driver_starts_when_one_broke_the_core(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, allocates_and_damages);
	world_add_driver(w, 2, NULL, world_scripted);
	world_run(w);
	assert_true(w->core->broken);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->shared.root_handlers, 0);
}

static uint64_t installs_twenty(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle = NULL;

	w->statuses[1] = world_install(w, 20, 1, &handle);
	w->statuses[2] = w->core->running;
	w->statuses[3] = w->core->changing;
	return MM_EFI_SUCCESS;
}

static void a_notification_that_dies_leaves_the_installer_as_it_was(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, installs_twenty);
	notify(w, 2, world_dying);
	assert_int_equal(send(w, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[1], MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[2], 1);
	assert_int_equal(w->statuses[3], 0);
	assert_true(is_as_before(w));
}

static void the_notifications_behind_a_dead_one_still_run(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, installs_twenty);
	notify(w, 2, world_dying);
	notify(w, 1, world_scripted);
	assert_int_equal(send(w, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

static void a_notification_that_dies_inside_a_change_is_judged(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, installs_twenty);
	notify(w, 2, allocates_much);
	assert_int_equal(send(w, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[0], 2); /* the installation's mark and its own */
	assert_int_equal(w->statuses[3], 0);
	assert_true(is_as_before(w));
}

static void an_installer_that_damages_by_its_notification_breaks_the_core(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, installs_twenty);
	notify(w, 2, allocates_and_damages);
	notify(w, 1, world_scripted);
	(void)send(w, 1);
	assert_true(w->core->broken);
	assert_int_equal(w->count, 0); /* nobody is entered any more */
}

/* Handler 1 manages message 2, whose handler installs protocol 20, of which driver 3 hears, and dies. */
static uint64_t manages_two(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_message_guid(2);

	w->statuses[4] = w->mmst->mmi_manage(&guid, NULL, NULL, NULL);
	w->statuses[5] = mm_mmi_depth(&w->core->mmi);
	return MM_EFI_SUCCESS;
}

static void a_death_at_depth_unwinds_to_its_own_level_only(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, manages_two);
	handle_by(w, 2, installs_twenty);
	notify(w, 1, world_dying);
	assert_int_equal(send(w, 1), MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[1], MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[2], 2);
	assert_int_equal(w->statuses[4], MM_EFI_SUCCESS);
	assert_int_equal(w->statuses[5], 1);
	assert_true(is_as_before(w));
}

/* Ends the activation of level `statuses[7]`, whoever runs inside it. */
static uint64_t dies_from_outside(void *context, const uint64_t args[4])
{
	struct world *w = context;

	fake_core_end_from(&w->ring0, (uint32_t)w->statuses[7], MM_EFI_ABORTED);
}

static void an_outer_activations_end_unwinds_the_inner_ones(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, manages_two);
	handle_by(w, 2, installs_twenty);
	notify(w, 1, dies_from_outside);
	w->statuses[7] = 1; /* handler 1; the request is 0 */
	assert_int_equal(send(w, 1), MM_EFI_ABORTED);
	assert_true(is_as_before(w));
}

/* The request does not live to answer. */
static void send_last(struct world *w, const struct mm_guid *guid)
{
	struct mm_comm_header header = { *guid, 0 };

	memcpy(w->shadow, &header, MM_COMM_HEADER_BYTES);
	assert_int_equal(world_request(w, MM_COMM_HEADER_BYTES), MM_EFI_ABORTED);
}

static void a_request_that_is_ended_as_a_whole_is_recovered_by_the_next(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	handle_by(w, 1, manages_two);
	handle_by(w, 2, installs_twenty);
	notify(w, 1, dies_from_outside);
	w->statuses[7] = 0;
	send_last(w, &guid);
	assert_false(mm_core_is_at_rest(w->core));
	assert_int_equal(send(w, 3), MM_EFI_NOT_FOUND);
	assert_true(is_as_before(w));
}

/* Twenty times: no level may be lost. */
static void requests_that_are_ended_in_a_handler_leave_no_depth_behind(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	handle_by(w, 1, dies_from_outside);
	handle_by(w, 2, world_scripted);
	w->statuses[7] = 0;
	for (unsigned i = 0; i < 20; i++)
		send_last(w, &guid);
	assert_int_equal(send(w, 2), MM_EFI_SUCCESS);
	assert_true(is_as_before(w));
}

static void damage_by_a_request_that_was_ended_is_found_by_the_next(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_scripted);
	mm_core_begin_change(w->core); /* as the core's own death leaves it */
	w->core->mmi.handlers.live_count += 1;
	assert_int_equal(send(w, 1), MM_EFI_DEVICE_ERROR);
	assert_true(w->core->broken);
}

static void a_walk_that_faults_leaves_the_core_broken(void **state)
{
	struct world *w = *state;
	struct mm_hash_node **buckets = w->core->protodb.by_protocol.buckets;

	handle_by(w, 1, world_scripted);
	mm_core_begin_change(w->core);
	w->core->protodb.by_protocol.buckets = (void *)w->ring0.bad_page;
	w->shared.message_bytes = 0;
	assert_int_equal(world_request(w, 0), MM_EFI_ABORTED);
	assert_true(w->core->broken);
	assert_int_equal(send(w, 1), MM_EFI_DEVICE_ERROR);
	w->core->protodb.by_protocol.buckets = buckets;
}

static void a_broken_core_does_not_heal(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_scripted);
	mm_core_begin_change(w->core);
	w->core->mmi.handlers.live_count += 1;
	assert_int_equal(send(w, 1), MM_EFI_DEVICE_ERROR);
	w->core->mmi.handlers.live_count -= 1;
	mm_core_begin_change(w->core);
	assert_int_equal(send(w, 1), MM_EFI_DEVICE_ERROR);
}

/* Registers everything, then the whole request is ended. */
static uint64_t starts_and_ends_the_request(void *context, const uint64_t args[4])
{
	struct world *w = context;

	assert_int_equal(world_entry_full(context, args), MM_EFI_SUCCESS);
	fake_core_end_from(&w->ring0, 0, MM_EFI_ABORTED);
}

static void a_driver_whose_start_ends_the_request_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	struct mm_guid message = world_message_guid(1);
	struct mm_guid protocol = world_protocol_guid(1);

	world_add_driver(w, 1, NULL, starts_and_ends_the_request);
	world_add_driver(w, 2, NULL, world_scripted);
	assert_status(world_start(w, NULL), MM_OK);
	send_last(w, &mm_guid_mm_dispatch_event);
	assert_int_equal(world_send(w, &message, "", 1), MM_EFI_NOT_FOUND);
	assert_false(mm_protodb_is_present(&w->core->protodb, &protocol));
	assert_int_equal(mm_dispatch_failed_count(&w->core->dispatch), 1);
	assert_int_equal(w->count, 1); /* driver 2 starts with the request after */
	assert_true(is_as_before(w));
}

static uint64_t installs_after_an_inner_death(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle = NULL;

	(void)manages_two(context, args);
	return world_install(w, 30, 1, &handle);
}

static void attribution_is_right_again_after_an_inner_death(void **state)
{
	struct world *w = *state;
	struct mm_guid protocol = world_protocol_guid(30);

	handle_by(w, 1, installs_after_an_inner_death);
	handle_by(w, 2, world_dying);
	assert_int_equal(send(w, 1), MM_EFI_SUCCESS);
	(void)mm_protodb_withdraw_owner(&w->core->protodb, 2);
	assert_true(mm_protodb_is_present(&w->core->protodb, &protocol));
	(void)mm_protodb_withdraw_owner(&w->core->protodb, 1);
	assert_false(mm_protodb_is_present(&w->core->protodb, &protocol));
}

#define TEST(f)	    cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)
#define TEST_RAW(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_death_outside_services_leaves_no_mark),
		TEST(a_death_inside_a_change_that_left_all_whole_is_survived),
		TEST(a_death_inside_a_change_that_left_damage_breaks_the_core),
		TEST(a_broken_core_serves_nothing),
		TEST(no_other_handler_is_tried_when_the_first_one_broke_the_core),
		TEST_RAW(no_other_driver_starts_when_one_broke_the_core),
		TEST(a_notification_that_dies_leaves_the_installer_as_it_was),
		TEST(the_notifications_behind_a_dead_one_still_run),
		TEST(a_notification_that_dies_inside_a_change_is_judged),
		TEST(an_installer_that_damages_by_its_notification_breaks_the_core),
		TEST(a_death_at_depth_unwinds_to_its_own_level_only),
		TEST(an_outer_activations_end_unwinds_the_inner_ones),
		TEST(a_request_that_is_ended_as_a_whole_is_recovered_by_the_next),
		TEST(requests_that_are_ended_in_a_handler_leave_no_depth_behind),
		TEST(damage_by_a_request_that_was_ended_is_found_by_the_next),
		TEST(a_walk_that_faults_leaves_the_core_broken),
		TEST(a_broken_core_does_not_heal),
		TEST_RAW(a_driver_whose_start_ends_the_request_leaves_nothing_behind),
		TEST(attribution_is_right_again_after_an_inner_death),
	};

	return cmocka_run_group_tests_name("usercore/unwind", tests, NULL, NULL);
}
