/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fixture.h"

#include "mm/base/compiler.h"
#include "mock_protodb.h"

/* What a reacting listener needs to know. */
struct scene {
	struct fixture *f;
	uint64_t handle;
	uint64_t registration;
	uint32_t limit;
	enum mm_status status;
};

static void announces_to_all_in_order_of_registration(void **state)
{
	struct fixture *f = *state;
	uint64_t first = listen_to(f, 1, 0x300);
	uint64_t second = listen_to(f, 1, 0x100);
	uint64_t handle;
	const struct mm_protodb_notice *notices = f->listener.notices;
	const struct mm_guid protocol = guid(1);

	(void)listen_to(f, 2, 0x200);
	handle = install(f, 0, 1, 10);
	assert_int_equal(f->listener.notice_count, 2);
	assert_int_equal(notices[0].function, 0x300);
	assert_int_equal(notices[0].registration, first);
	assert_int_equal(notices[1].function, 0x100);
	assert_int_equal(notices[1].registration, second);
	assert_int_equal(notices[1].interface, 10);
	assert_int_equal(notices[1].handle, handle);
	assert_int_equal(notices[1].owner, OWNER_B);
	assert_memory_equal(&notices[1].protocol, &protocol, sizeof(protocol));
}

static void calls_the_listener_once_for_each_registration_and_item(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_listener mock = { &mock_protodb_ops };
	const struct mm_protodb_config config = { &f->heap.pool, &mock, 1, 1 };
	const struct mm_guid one = guid(1), two = guid(2);
	const struct mm_protodb_item items[] = { { &one, 10 }, { &two, 20 } };
	struct mm_protodb db;
	uint64_t registration, handle = 0;
	uint32_t i;

	assert_status(mm_protodb_init(&db, &config), MM_OK);
	assert_status(mm_protodb_register_notify(&db, 1, &two, 0x200, &registration), MM_OK);
	assert_status(mm_protodb_register_notify(&db, 1, &one, 0x100, &registration), MM_OK);
	for (i = 0; i < 2; i++) {
		expect_value(mock_protodb_notify, function, i == 0 ? 0x100 : 0x200);
		expect_value(mock_protodb_notify, interface, items[i].interface);
		expect_in_range(mock_protodb_notify, handle, 1, UINT64_MAX);
	}
	assert_status(mm_protodb_install_many(&db, 1, items, 2, &handle), MM_OK);
	assert_status(mm_protodb_uninstall_many(&db, handle, items, 2), MM_OK);
	mm_protodb_finish(&db);
}

static void says_nothing_of_what_was_there_before(void **state)
{
	struct fixture *f = *state;
	uint64_t registration, interface;

	(void)install(f, 0, 1, 10);
	registration = listen_to(f, 1, 0x100);
	assert_int_equal(f->listener.notice_count, 0);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, NULL), MM_E_NOT_FOUND);
}

static void reinstalling_is_announced_with_the_new_interface(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handle = install(f, 0, 1, 10);
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t interface = 0;

	assert_status(mm_protodb_reinstall(&f->db, OWNER_A, handle, &protocol, 10, 11), MM_OK);
	assert_int_equal(f->listener.notice_count, 1);
	assert_int_equal(f->listener.notices[0].interface, 11);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, NULL), MM_OK);
	assert_int_equal(interface, 11);
}

static void uninstalling_is_not_announced(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 0, 1, 10);

	(void)listen_to(f, 1, 0x100);
	assert_status(uninstall(f, handle, 1, 10), MM_OK);
	assert_int_equal(f->listener.notice_count, 0);
}

static void same_function_is_registered_once(void **state)
{
	struct fixture *f = *state;
	uint64_t first = listen_to(f, 1, 0x100);

	assert_int_equal(listen_to(f, 1, 0x100), first);
	assert_int_not_equal(listen_to(f, 2, 0x100), first);
	assert_int_equal(mm_protodb_registration_count(&f->db), 2);
	(void)install(f, 0, 1, 10);
	assert_int_equal(f->listener.notice_count, 1);
}

static void ended_registration_is_silent_and_its_key_stale(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2);
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t interface;

	assert_status(mm_protodb_unregister_notify(&f->db, &two, registration), MM_E_NOT_FOUND);
	assert_status(mm_protodb_unregister_notify(&f->db, &one, registration), MM_OK);
	(void)install(f, 0, 1, 10);
	assert_int_equal(f->listener.notice_count, 0);
	assert_status(mm_protodb_unregister_notify(&f->db, &one, registration), MM_E_STALE);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, NULL), MM_E_STALE);
	assert_status(mm_protodb_unregister_notify(&f->db, &one, 12345), MM_E_INVALID);
}

static void registration_and_handle_are_not_interchangeable(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t handle = install(f, 0, 1, 10);
	uint64_t interface;

	assert_status(mm_protodb_locate_new(&f->db, handle, &interface, NULL), MM_E_INVALID);
	assert_status(mm_protodb_open(&f->db, registration, &protocol, &interface), MM_E_INVALID);
}

static void new_ones_come_once_each_in_order_of_installation(void **state)
{
	struct fixture *f = *state;
	uint64_t early = install(f, 0, 9, 0);
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t late = install(f, 0, 1, 10);
	uint64_t interface = 0, handle = 0;

	(void)install(f, early, 1, 20);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, &handle), MM_OK);
	assert_int_equal(interface, 10);
	assert_int_equal(handle, late);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, &handle), MM_OK);
	assert_int_equal(interface, 20);
	assert_int_equal(handle, early);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, &handle), MM_E_NOT_FOUND);
	(void)install(f, 0, 1, 30);
	assert_status(mm_protodb_locate_new(&f->db, registration, NULL, NULL), MM_OK);
}

static void new_one_that_ended_is_passed_over(void **state)
{
	struct fixture *f = *state;
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t first = install(f, 0, 1, 10);
	uint64_t interface = 0;

	(void)install(f, 0, 1, 20);
	assert_status(uninstall(f, first, 1, 10), MM_OK);
	assert_status(mm_protodb_locate_new(&f->db, registration, &interface, NULL), MM_OK);
	assert_int_equal(interface, 20);
}

static void handle_search_by_registration_needs_room_for_one(void **state)
{
	struct fixture *f = *state;
	uint64_t registration = listen_to(f, 1, 0x100);
	uint64_t handle = install(f, 0, 1, 10);
	uint64_t found = 0;
	size_t count = 0;

	assert_status(mm_protodb_list_handles_new(&f->db, registration, &found, &count), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(count, 1);
	count = 4;
	assert_status(mm_protodb_list_handles_new(&f->db, registration, &found, &count), MM_OK);
	assert_int_equal(count, 1);
	assert_int_equal(found, handle);
	assert_status(mm_protodb_list_handles_new(&f->db, registration, &found, &count), MM_E_NOT_FOUND);
	assert_status(mm_protodb_list_handles_new(&f->db, 1, &found, &count), MM_E_INVALID);
}

static void look_for_both(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	assert_true(is_present(scene->f, 1) && is_present(scene->f, 2));
	assert_int_equal(notice->handle, scene->handle);
}

static void all_of_several_are_installed_before_anyone_is_told(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2);
	const struct mm_protodb_item items[] = { { &one, 10 }, { &two, 20 } };
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	(void)listen_to(f, 2, 0x100);
	f->listener.react = look_for_both;
	f->listener.context = &scene;
	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 2, &scene.handle), MM_OK);
	assert_int_equal(f->listener.notice_count, 2);
}

static void install_next(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	if (notice->interface < scene->limit)
		(void)install(scene->f, 0, (uint32_t)notice->interface + 1, notice->interface + 1);
}

static void installing_from_a_notification_notifies_at_once(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f, .limit = 5 };
	uint32_t i;

	for (i = 1; i <= 5; i++)
		(void)listen_to(f, i, 0x100 * i);
	(void)listen_to(f, 1, 0xfff);
	f->listener.react = install_next;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	/* Depth first: 1..5 by the first function, then 1 by the second, which starts the chain again. */
	assert_int_equal(f->listener.notices[4].function, 0x500);
	assert_int_equal(f->listener.notices[5].function, 0xfff);
	assert_int_equal(mm_protodb_depth(&f->db), 0);
	assert_true(f->listener.notice_count > 6);
}

static void install_forever(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;
	uint64_t handle = 0;
	enum mm_status status =
		mm_protodb_install(&scene->f->db, OWNER_A, &notice->protocol, notice->interface + 1, &handle);

	if (status != MM_OK) {
		scene->status = status;
		assert_int_equal(handle, 0);
	}
}

static void endless_nesting_is_refused_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f, .status = MM_OK };

	(void)listen_to(f, 1, 0x100);
	f->listener.react = install_forever;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_status(scene.status, MM_E_LIMIT);
	assert_int_equal(f->listener.notice_count, MM_PROTODB_DEPTH_MAX);
	assert_int_equal(mm_protodb_binding_count(&f->db), MM_PROTODB_DEPTH_MAX);
}

static void reinstall_forever(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;
	enum mm_status status = mm_protodb_reinstall(&scene->f->db, OWNER_A, notice->handle, &notice->protocol,
						     notice->interface, notice->interface + 1);

	if (status != MM_OK)
		scene->status = status;
}

static void endless_reinstalling_is_refused_too(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f, .status = MM_OK };

	(void)listen_to(f, 1, 0x100);
	f->listener.react = reinstall_forever;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_status(scene.status, MM_E_LIMIT);
	assert_int_equal(locate(f, 1), MM_PROTODB_DEPTH_MAX);
}

static void register_more(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	(void)listen_to(scene->f, 1, notice->function + 1);
}

static void who_registers_during_an_announcement_is_not_told_of_it(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	f->listener.react = register_more;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 1);
	(void)install(f, 0, 1, 2);
	assert_int_equal(f->listener.notice_count, 3);
}

static void end_registration(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	if (scene->registration != 0)
		assert_status(mm_protodb_unregister_notify(&scene->f->db, &notice->protocol, scene->registration),
			      MM_OK);
	scene->registration = 0;
}

static void who_is_unregistered_meanwhile_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	scene.registration = listen_to(f, 1, 0x200);
	(void)listen_to(f, 1, 0x300);
	f->listener.react = end_registration;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 2);
	assert_int_equal(f->listener.notices[1].function, 0x300);
}

static void function_may_unregister_itself(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	scene.registration = listen_to(f, 1, 0x100);
	(void)listen_to(f, 1, 0x200);
	f->listener.react = end_registration;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 2);
}

static void uninstall_told(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	assert_status(mm_protodb_uninstall(&scene->f->db, notice->handle, &notice->protocol, notice->interface), MM_OK);
}

static void announcement_ends_with_the_protocol(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	(void)listen_to(f, 1, 0x200);
	f->listener.react = uninstall_told;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 1);
	assert_int_equal(mm_protodb_handle_count(&f->db), 0);
}

static void uninstall_second(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	if (notice->interface == 10)
		assert_status(uninstall(scene->f, notice->handle, 2, 20), MM_OK);
}

static void one_of_several_that_ends_meanwhile_is_not_announced(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2), three = guid(3);
	const struct mm_protodb_item items[] = { { &one, 10 }, { &two, 20 }, { &three, 30 } };
	struct scene scene = { .f = f };
	uint32_t i;

	for (i = 1; i <= 3; i++)
		(void)listen_to(f, i, 0x100);
	f->listener.react = uninstall_second;
	f->listener.context = &scene;
	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 3, &scene.handle), MM_OK);
	assert_int_equal(f->listener.notice_count, 2);
	assert_int_equal(f->listener.notices[1].interface, 30);
}

static void withdraw_all(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	(void)mm_protodb_withdraw_owner(&scene->f->db, notice->owner);
	(void)mm_protodb_withdraw_owner(&scene->f->db, OWNER_A);
}

static void everything_may_be_withdrawn_during_an_announcement(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	(void)listen_to(f, 1, 0x200);
	f->listener.react = withdraw_all;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 1);
	assert_int_equal(mm_protodb_binding_count(&f->db), 0);
	assert_int_equal(mm_protodb_registration_count(&f->db), 0);
}

static void abandon_in_the_middle(void *context, const struct mm_protodb_notice *notice)
{
	struct scene *scene = context;

	if (mm_protodb_depth(&scene->f->db) == 1) {
		(void)install(scene->f, 0, 2, 2);
		return;
	}
	/* As if the inner caller had been unwound over: its round must not be corrected any more. */
	mm_protodb_abandon(&scene->f->db, 1);
	mm_protodb_abandon(&scene->f->db, 5);
	assert_int_equal(mm_protodb_depth(&scene->f->db), 1);
	assert_int_equal(notice->interface, 2);
}

static void abandoned_announcements_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct scene scene = { .f = f };

	(void)listen_to(f, 1, 0x100);
	(void)listen_to(f, 2, 0x200);
	f->listener.react = abandon_in_the_middle;
	f->listener.context = &scene;
	(void)install(f, 0, 1, 1);
	assert_int_equal(f->listener.notice_count, 2);
	assert_int_equal(mm_protodb_depth(&f->db), 0);
}

static void failing_memory_registers_nothing(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t registration = 77;

	fake_heap_fail_after(&f->heap, 0);
	assert_status(mm_protodb_register_notify(&f->db, 1, &protocol, 2, &registration), MM_E_NO_MEMORY);
	fake_heap_fail_after(&f->heap, 1);
	assert_status(mm_protodb_register_notify(&f->db, 1, &protocol, 2, &registration), MM_E_NO_MEMORY);
	assert_int_equal(registration, 77);
	assert_int_equal(mm_protodb_registration_count(&f->db), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(announces_to_all_in_order_of_registration),
		TEST(calls_the_listener_once_for_each_registration_and_item),
		TEST(says_nothing_of_what_was_there_before),
		TEST(reinstalling_is_announced_with_the_new_interface),
		TEST(uninstalling_is_not_announced),
		TEST(same_function_is_registered_once),
		TEST(ended_registration_is_silent_and_its_key_stale),
		TEST(registration_and_handle_are_not_interchangeable),
		TEST(new_ones_come_once_each_in_order_of_installation),
		TEST(new_one_that_ended_is_passed_over),
		TEST(handle_search_by_registration_needs_room_for_one),
		TEST(all_of_several_are_installed_before_anyone_is_told),
		TEST(installing_from_a_notification_notifies_at_once),
		TEST(endless_nesting_is_refused_and_changes_nothing),
		TEST(endless_reinstalling_is_refused_too),
		TEST(who_registers_during_an_announcement_is_not_told_of_it),
		TEST(who_is_unregistered_meanwhile_is_not_told),
		TEST(function_may_unregister_itself),
		TEST(announcement_ends_with_the_protocol),
		TEST(one_of_several_that_ends_meanwhile_is_not_announced),
		TEST(everything_may_be_withdrawn_during_an_announcement),
		TEST(abandoned_announcements_are_forgotten),
		TEST(failing_memory_registers_nothing),
	};

	return cmocka_run_group_tests_name("protodb/notify", tests, NULL, NULL);
}
