/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Handle and protocol services of the table. */
#include "world.h"

#define SOMETHING ((void *)0x1234)

/* Installs protocol n for driver 1, SUCCESS expected; the handle. */
static mm_driver_handle installed(struct world *w, unsigned n, uint64_t interface)
{
	mm_driver_handle handle = NULL;

	assert_int_equal(world_install(w, n, interface, &handle), MM_EFI_SUCCESS);
	return handle;
}

static void an_installed_protocol_is_found_by_guid_and_by_handle(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle handle = installed(w, 9, 0x4711);
	void *interface = NULL;

	assert_int_equal(w->mmst->locate_protocol(&guid, NULL, &interface), MM_EFI_SUCCESS);
	assert_int_equal((uintptr_t)interface, 0x4711);
	interface = NULL;
	assert_int_equal(w->mmst->handle_protocol(handle, &guid, &interface), MM_EFI_SUCCESS);
	assert_int_equal((uintptr_t)interface, 0x4711);
}

static void one_handle_takes_several_protocols_each_once(void **state)
{
	struct world *w = *state;
	mm_driver_handle handle = installed(w, 9, 1);
	mm_driver_handle same = handle;

	assert_int_equal(world_install(w, 10, 2, &same), MM_EFI_SUCCESS);
	assert_ptr_equal(same, handle);
	assert_int_equal(world_install(w, 9, 3, &same), MM_EFI_INVALID_PARAMETER);
}

static void refuses_to_install_without_handle_or_protocol(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle handle = NULL;

	assert_int_equal(w->mmst->install_protocol_interface(NULL, &guid, 0, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->install_protocol_interface(&handle, NULL, 0, NULL), MM_EFI_INVALID_PARAMETER);
	assert_null(handle);
}

static void refuses_an_interface_that_is_not_native(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle handle = NULL;

	assert_int_equal(w->mmst->install_protocol_interface(&handle, &guid, 1, NULL), MM_EFI_INVALID_PARAMETER);
}

static void refuses_a_handle_that_was_never_given_out_or_has_ended(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle handle = installed(w, 9, 1);
	mm_driver_handle made_up = SOMETHING;
	void *interface = SOMETHING;

	assert_int_equal(world_install(w, 10, 1, &made_up), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->handle_protocol(made_up, &guid, &interface), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->uninstall_protocol_interface(made_up, &guid, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->uninstall_protocol_interface(handle, &guid, (void *)1), MM_EFI_SUCCESS);
	assert_int_equal(world_install(w, 10, 1, &handle), MM_EFI_INVALID_PARAMETER);
}

static void install_without_memory_is_out_of_resources(void **state)
{
	struct world *w = *state;
	uint64_t status = MM_EFI_SUCCESS;
	mm_driver_handle handle = NULL;
	unsigned n;

	w->ring0.page_limit = w->ring0.live_pages;
	for (n = 0; n < 10000 && status == MM_EFI_SUCCESS; n++) {
		handle = NULL;
		status = world_install(w, 100 + n, 1, &handle);
	}
	assert_int_equal(status, MM_EFI_OUT_OF_RESOURCES);
	assert_null(handle);
	assert_true(world_is_whole(w));
}

static void what_the_caller_installs_is_the_callers(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);

	(void)installed(w, 9, 1);
	world_play(w, 2);
	(void)installed(w, 10, 1);
	assert_int_equal(mm_protodb_withdraw_owner(&w->core->protodb, 1), 2); /* the image, and 9 */
	assert_false(mm_protodb_is_present(&w->core->protodb, &guid));
	guid = world_protocol_guid(10);
	assert_true(mm_protodb_is_present(&w->core->protodb, &guid));
}

static void uninstalling_ends_a_protocol(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle handle = installed(w, 9, 7);
	void *interface = SOMETHING;

	assert_int_equal(w->mmst->uninstall_protocol_interface(handle, &guid, (void *)8), MM_EFI_NOT_FOUND);
	assert_int_equal(w->mmst->uninstall_protocol_interface(handle, NULL, (void *)7), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->uninstall_protocol_interface(handle, &guid, (void *)7), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->locate_protocol(&guid, NULL, &interface), MM_EFI_NOT_FOUND);
	assert_null(interface);
}

static void handle_protocol_answers_null_where_there_is_none(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(10);
	mm_driver_handle handle = installed(w, 9, 1);
	void *interface = SOMETHING;

	assert_int_equal(w->mmst->handle_protocol(handle, &guid, &interface), MM_EFI_UNSUPPORTED);
	assert_null(interface);
	assert_int_equal(w->mmst->handle_protocol(handle, NULL, &interface), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->handle_protocol(handle, &guid, NULL), MM_EFI_INVALID_PARAMETER);
}

static void locate_protocol_refuses_null(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(10);
	void *interface = SOMETHING;

	assert_int_equal(w->mmst->locate_protocol(NULL, NULL, &interface), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_protocol(&guid, NULL, NULL), MM_EFI_INVALID_PARAMETER);
	assert_ptr_equal(interface, SOMETHING);
}

/* Registers driver 1's notification for protocol n; the registration. */
static void *registered(struct world *w, unsigned n)
{
	struct mm_guid guid = world_protocol_guid(n);
	void *token = NULL;

	assert_int_equal(world_register_notify(w, world_address(1, WORLD_NOTIFY), &guid, &token), MM_EFI_SUCCESS);
	assert_non_null(token);
	return token;
}

static void a_registration_hears_of_each_later_installation(void **state)
{
	struct world *w = *state;
	mm_driver_handle handle;

	(void)installed(w, 9, 1);
	(void)registered(w, 9);
	assert_int_equal(w->count, 0);
	handle = installed(w, 9, 0x77);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->order[0], 1);
	assert_int_equal(w->args[1], 0x77);
	assert_int_equal(w->args[2], (uintptr_t)handle);
}

static uint64_t compares_the_guid(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_protocol_guid(9);

	assert_true(mm_guid_equal((const struct mm_guid *)(uintptr_t)args[0], &guid));
	w->count++;
	return MM_EFI_DEVICE_ERROR; /* nobody asks */
}

static void a_notification_is_told_the_protocol(void **state)
{
	struct world *w = *state;

	world_set_function(w, 1, WORLD_NOTIFY, compares_the_guid);
	(void)registered(w, 9);
	(void)installed(w, 9, 1);
	assert_int_equal(w->count, 1);
}

static void the_same_registration_again_is_the_one_there_is(void **state)
{
	struct world *w = *state;

	assert_ptr_equal(registered(w, 9), registered(w, 9));
	(void)installed(w, 9, 1);
	assert_int_equal(w->count, 1);
}

static void a_null_function_ends_a_registration(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	struct mm_guid other = world_protocol_guid(10);
	void *token = registered(w, 9);

	assert_int_equal(world_register_notify(w, 0, &other, &token), MM_EFI_NOT_FOUND);
	assert_int_equal(world_register_notify(w, 0, &guid, &token), MM_EFI_SUCCESS);
	assert_int_equal(world_register_notify(w, 0, &guid, &token), MM_EFI_NOT_FOUND);
	(void)installed(w, 9, 1);
	assert_int_equal(w->count, 0);
}

static void refuses_to_register_without_protocol_or_token(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	void *token = SOMETHING;

	assert_int_equal(world_register_notify(w, world_address(1, WORLD_NOTIFY), NULL, &token),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world_register_notify(w, world_address(1, WORLD_NOTIFY), &guid, NULL),
			 MM_EFI_INVALID_PARAMETER);
	assert_ptr_equal(token, SOMETHING);
}

static void refuses_a_notification_outside_every_drivers_image(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	void *token = SOMETHING;

	assert_int_equal(world_register_notify(w, 0x1234, &guid, &token), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world_register_notify(w, WORLD_CORE_BASE + WORLD_ENTRY_OFFSET, &guid, &token),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(world_register_notify(w, world_address(1, WORLD_MODULE_BYTES), &guid, &token),
			 MM_EFI_INVALID_PARAMETER);
	assert_ptr_equal(token, SOMETHING);
}

static void a_notification_in_another_drivers_image_runs_there(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	void *token = NULL;

	assert_int_equal(world_register_notify(w, world_address(2, WORLD_NOTIFY), &guid, &token), MM_EFI_SUCCESS);
	(void)installed(w, 9, 1);
	assert_int_equal(w->order[0], 2);
	assert_int_equal(mm_protodb_withdraw_owner(&w->core->protodb, 1), 3); /* registration, image, protocol */
}

static void a_registration_finds_each_new_installation_once(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	void *interface = NULL;
	void *token;

	(void)installed(w, 9, 1);
	token = registered(w, 9);
	(void)installed(w, 9, 2);
	(void)installed(w, 9, 3);
	assert_int_equal(w->mmst->locate_protocol(&guid, token, &interface), MM_EFI_SUCCESS);
	assert_int_equal((uintptr_t)interface, 2);
	assert_int_equal(w->mmst->locate_protocol(&guid, token, &interface), MM_EFI_SUCCESS);
	assert_int_equal((uintptr_t)interface, 3);
	assert_int_equal(w->mmst->locate_protocol(&guid, token, &interface), MM_EFI_NOT_FOUND);
	assert_null(interface);
	assert_int_equal(w->mmst->locate_protocol(&guid, SOMETHING, &interface), MM_EFI_NOT_FOUND);
}

static void locate_handle_finds_by_protocol_in_order_of_creation(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle first = installed(w, 9, 1);
	mm_driver_handle second = installed(w, 9, 2);
	mm_driver_handle found[3] = { NULL };
	size_t bytes = sizeof(found);

	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, &bytes, found), MM_EFI_SUCCESS);
	assert_int_equal(bytes, 16);
	assert_ptr_equal(found[0], first);
	assert_ptr_equal(found[1], second);
	assert_null(found[2]);
}

static void locate_handle_tells_how_much_room_it_wants(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle found[1] = { NULL };
	size_t bytes = 0;

	(void)installed(w, 9, 1);
	(void)installed(w, 9, 2);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, &bytes, NULL),
			 MM_EFI_BUFFER_TOO_SMALL);
	assert_int_equal(bytes, 16);
	bytes = 15;
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, &bytes, found),
			 MM_EFI_BUFFER_TOO_SMALL);
	assert_int_equal(bytes, 16);
	assert_null(found[0]);
}

static void locate_handle_finds_all(void **state)
{
	struct world *w = *state;
	mm_driver_handle found[8] = { NULL };
	mm_driver_handle handle = installed(w, 9, 1);
	size_t bytes = sizeof(found);

	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_ALL_HANDLES, NULL, NULL, &bytes, found), MM_EFI_SUCCESS);
	assert_int_equal(bytes, 24); /* two images and this one */
	assert_ptr_equal(found[2], handle);
}

static void locate_handle_finds_what_is_new_to_a_registration(void **state)
{
	struct world *w = *state;
	void *token = registered(w, 9);
	mm_driver_handle handle = installed(w, 9, 1);
	mm_driver_handle found[2] = { NULL };
	size_t bytes = 0;

	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, token, &bytes, NULL),
			 MM_EFI_BUFFER_TOO_SMALL);
	assert_int_equal(bytes, 8);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, token, &bytes, found),
			 MM_EFI_SUCCESS);
	assert_ptr_equal(found[0], handle);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, token, &bytes, found),
			 MM_EFI_NOT_FOUND);
}

static void locate_handle_refuses_what_makes_no_search(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_protocol_guid(9);
	mm_driver_handle found[2] = { NULL };
	size_t bytes = sizeof(found);

	assert_int_equal(w->mmst->locate_handle(3, &guid, NULL, &bytes, found), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, NULL, NULL, &bytes, found),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, NULL, found),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, &bytes, NULL),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, NULL, &bytes, found),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_PROTOCOL, &guid, NULL, &bytes, found),
			 MM_EFI_NOT_FOUND);
	assert_int_equal(bytes, sizeof(found));
}

static uint64_t installs_twenty_deep(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle = NULL;

	if (w->count++ < 20)
		(void)world_install(w, 9, 1, &handle);
	return MM_EFI_SUCCESS;
}

/* Eight activations are ring 0's limit, which is the lower one: the ninth notification is not run. */
static void notifications_that_nest_too_deeply_end_and_nothing_else(void **state)
{
	struct world *w = *state;

	world_set_function(w, 1, WORLD_NOTIFY, installs_twenty_deep);
	(void)registered(w, 9);
	(void)installed(w, 9, 1);
	assert_int_equal(w->count, FAKE_CORE_DEPTH_MAX);
	assert_false(w->core->broken);
	assert_int_equal(mm_protodb_depth(&w->core->protodb), 0);
}

/* Bad pointers, as a driver passes them: it ends before anything changes. */
static uint64_t installs_under_a_bad_guid(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle = NULL;

	return w->mmst->install_protocol_interface(&handle, (const void *)w->ring0.bad_page, 0, NULL);
}

static uint64_t installs_on_a_bad_handle(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_protocol_guid(9);

	return w->mmst->install_protocol_interface((void *)w->ring0.const_page, &guid, 0, NULL);
}

static uint64_t registers_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_protocol_guid(9);

	return world_register_notify(w, world_address(1, WORLD_NOTIFY), &guid, (void *)w->ring0.const_page);
}

static uint64_t locates_new_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;
	size_t bytes = 8;

	return w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, w->handle, &bytes,
				      (void *)w->ring0.const_page);
}

static void a_bad_pointer_ends_the_driver_before_anything_changes(void **state)
{
	struct world *w = *state;
	uint32_t bindings = mm_protodb_binding_count(&w->core->protodb);

	world_play(w, MM_CORE_SELF);
	assert_int_equal(world_as_driver(w, 1, installs_under_a_bad_guid), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, installs_on_a_bad_handle), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, registers_into_constants), MM_EFI_ABORTED);
	assert_int_equal(mm_protodb_binding_count(&w->core->protodb), bindings);
	assert_int_equal(mm_protodb_registration_count(&w->core->protodb), 0);
	assert_false(w->core->broken);
}

static uint64_t locates_new_with_a_constant_size(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle found[2];

	return w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, w->handle, (void *)w->ring0.const_page,
				      found);
}

static uint64_t locates_a_new_interface_into_constants(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_protocol_guid(9);

	return w->mmst->locate_protocol(&guid, w->handle, (void *)w->ring0.const_page);
}

static void a_bad_pointer_uses_up_no_new_handle(void **state)
{
	struct world *w = *state;
	mm_driver_handle found = NULL;
	size_t bytes = 8;

	w->handle = registered(w, 9);
	(void)installed(w, 9, 1);
	assert_int_equal(world_as_driver(w, 1, locates_new_into_constants), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, locates_new_with_a_constant_size), MM_EFI_ABORTED);
	assert_int_equal(world_as_driver(w, 1, locates_a_new_interface_into_constants), MM_EFI_ABORTED);
	assert_int_equal(w->mmst->locate_handle(MM_EFI_LOCATE_BY_REGISTER_NOTIFY, NULL, w->handle, &bytes, &found),
			 MM_EFI_SUCCESS);
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
		TEST(an_installed_protocol_is_found_by_guid_and_by_handle),
		TEST(one_handle_takes_several_protocols_each_once),
		TEST(refuses_to_install_without_handle_or_protocol),
		TEST(refuses_an_interface_that_is_not_native),
		TEST(refuses_a_handle_that_was_never_given_out_or_has_ended),
		TEST(install_without_memory_is_out_of_resources),
		TEST(what_the_caller_installs_is_the_callers),
		TEST(uninstalling_ends_a_protocol),
		TEST(handle_protocol_answers_null_where_there_is_none),
		TEST(locate_protocol_refuses_null),
		TEST(a_registration_hears_of_each_later_installation),
		TEST(a_notification_is_told_the_protocol),
		TEST(the_same_registration_again_is_the_one_there_is),
		TEST(a_null_function_ends_a_registration),
		TEST(refuses_to_register_without_protocol_or_token),
		TEST(refuses_a_notification_outside_every_drivers_image),
		TEST(a_notification_in_another_drivers_image_runs_there),
		TEST(a_registration_finds_each_new_installation_once),
		TEST(locate_handle_finds_by_protocol_in_order_of_creation),
		TEST(locate_handle_tells_how_much_room_it_wants),
		TEST(locate_handle_finds_all),
		TEST(locate_handle_finds_what_is_new_to_a_registration),
		TEST(locate_handle_refuses_what_makes_no_search),
		TEST(notifications_that_nest_too_deeply_end_and_nothing_else),
		TEST(a_bad_pointer_ends_the_driver_before_anything_changes),
		TEST(a_bad_pointer_uses_up_no_new_handle),
	};

	return cmocka_run_group_tests_name("usercore/protocol", tests, NULL, NULL);
}
