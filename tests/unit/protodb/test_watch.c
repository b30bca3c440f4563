/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fixture.h"

static struct mm_list fired;

static bool arm(struct fixture *f, struct mm_protodb_watch *watch, uint32_t number)
{
	const struct mm_guid protocol = guid(number);
	bool present = false;

	assert_status(mm_protodb_watch_arm(&f->db, watch, &protocol, &fired, &present), MM_OK);
	return present;
}

static int setup(void **state)
{
	mm_list_init(&fired);
	return fixture_setup(state);
}

static void arming_tells_present_from_absent(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_watch one, two;

	(void)install(f, 0, 1, 10);
	assert_true(arm(f, &one, 1));
	assert_false(arm(f, &two, 2));
	assert_true(mm_list_is_empty(&fired));
	mm_protodb_watch_disarm(&f->db, &one);
	mm_protodb_watch_disarm(&f->db, &two);
}

static void fires_on_the_first_installation_and_the_last_removal(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_watch watch;
	uint64_t first, second;
	bool present = false;

	(void)arm(f, &watch, 1);
	first = install(f, 0, 1, 10);
	assert_ptr_equal(mm_protodb_watch_take_fired(&fired, &present), &watch);
	assert_true(present);
	second = install(f, 0, 1, 20);
	assert_status(uninstall(f, first, 1, 10), MM_OK);
	assert_null(mm_protodb_watch_take_fired(&fired, &present));
	assert_status(uninstall(f, second, 1, 20), MM_OK);
	assert_ptr_equal(mm_protodb_watch_take_fired(&fired, &present), &watch);
	assert_false(present);
	mm_protodb_watch_disarm(&f->db, &watch);
}

static void coming_and_going_fires_once(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_watch watch;
	bool present = true;

	(void)arm(f, &watch, 1);
	assert_status(uninstall(f, install(f, 0, 1, 10), 1, 10), MM_OK);
	assert_ptr_equal(mm_protodb_watch_take_fired(&fired, &present), &watch);
	assert_false(present);
	assert_null(mm_protodb_watch_take_fired(&fired, &present));
	mm_protodb_watch_disarm(&f->db, &watch);
}

static void fired_come_in_the_order_of_firing(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_watch one, two;
	bool present;

	(void)arm(f, &one, 1);
	(void)arm(f, &two, 2);
	(void)install(f, install(f, 0, 2, 20), 1, 10);
	assert_ptr_equal(mm_protodb_watch_take_fired(&fired, &present), &two);
	assert_ptr_equal(mm_protodb_watch_take_fired(&fired, &present), &one);
	mm_protodb_watch_disarm(&f->db, &one);
	mm_protodb_watch_disarm(&f->db, &two);
}

static void disarming_takes_it_out_of_the_fired(void **state)
{
	struct fixture *f = *state;
	struct mm_protodb_watch watch, zeroed;

	memset(&zeroed, 0, sizeof(zeroed));
	(void)arm(f, &watch, 1);
	(void)install(f, 0, 1, 10);
	mm_protodb_watch_disarm(&f->db, &watch);
	mm_protodb_watch_disarm(&f->db, &watch);
	mm_protodb_watch_disarm(&f->db, &zeroed);
	assert_true(mm_list_is_empty(&fired));
}

static void rolled_back_installation_fires_nothing(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1);
	const struct mm_protodb_item items[] = { { &one, 10 }, { &one, 11 } };
	struct mm_protodb_watch watch;
	uint64_t handle = 0;

	(void)arm(f, &watch, 1);
	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 2, &handle), MM_E_EXISTS);
	assert_true(mm_list_is_empty(&fired));
	mm_protodb_watch_disarm(&f->db, &watch);
}

static void failing_memory_arms_nothing(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	struct mm_protodb_watch watch;
	bool present;

	fake_heap_fail_after(&f->heap, 0);
	assert_status(mm_protodb_watch_arm(&f->db, &watch, &protocol, &fired, &present), MM_E_NO_MEMORY);
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(arming_tells_present_from_absent),
		WATCH_TEST(fires_on_the_first_installation_and_the_last_removal),
		WATCH_TEST(coming_and_going_fires_once),
		WATCH_TEST(fired_come_in_the_order_of_firing),
		WATCH_TEST(disarming_takes_it_out_of_the_fired),
		WATCH_TEST(rolled_back_installation_fires_nothing),
		WATCH_TEST(failing_memory_arms_nothing),
	};

	return cmocka_run_group_tests_name("protodb/watch", tests, NULL, NULL);
}
