/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fixture.h"

#include "mm/base/compiler.h"

static void new_handles_differ_and_are_never_zero_or_pointers(void **state)
{
	struct fixture *f = *state;
	uint64_t first = install(f, 0, 1, 10);
	uint64_t second = install(f, 0, 1, 20);

	assert_true(first != 0 && second != 0 && first != second);
	assert_true(first >> 52 != 0 && first >> 48 != 0xffff);
	assert_int_equal(mm_protodb_handle_count(&f->db), 2);
	assert_int_equal(mm_protodb_binding_count(&f->db), 2);
}

static void installs_many_protocols_on_one_handle(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = 0;
	uint32_t i;

	for (i = 0; i < 300; i++)
		handle = install(f, handle, i, i + 1000);
	for (i = 0; i < 300; i++) {
		const struct mm_guid protocol = guid(i);
		uint64_t interface = 0;

		assert_status(mm_protodb_open(&f->db, handle, &protocol, &interface), MM_OK);
		assert_int_equal(interface, i + 1000);
	}
	assert_int_equal(mm_protodb_handle_count(&f->db), 1);
}

static void accepts_zero_as_an_interface(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 0, 1, 0);

	assert_int_equal(locate(f, 1), 0);
	assert_status(uninstall(f, handle, 1, 0), MM_OK);
}

static void refuses_the_same_protocol_twice_on_a_handle(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handle = install(f, 0, 1, 10);

	assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, 11, &handle), MM_E_EXISTS);
	assert_int_equal(locate(f, 1), 10);
	assert_int_equal(mm_protodb_binding_count(&f->db), 1);
}

static void refuses_handles_never_given_out(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(2);
	uint64_t real = install(f, 0, 1, 10);
	const uint64_t wrong[] = { 1, UINT64_MAX, real + 1, real ^ ((uint64_t)1 << 63), (uint64_t)(uintptr_t)f };
	uint32_t i;

	for (i = 0; i < MM_ARRAY_COUNT(wrong); i++) {
		uint64_t handle = wrong[i];

		assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, 1, &handle), MM_E_INVALID);
		assert_true(handle == wrong[i]);
		assert_status(uninstall(f, wrong[i], 1, 10), MM_E_INVALID);
	}
	assert_false(is_present(f, 2));
}

static void refuses_a_handle_that_has_ended(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handle = install(f, 0, 1, 10);
	uint64_t stale = handle;

	assert_status(uninstall(f, handle, 1, 10), MM_OK);
	assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, 1, &handle), MM_E_STALE);
	handle = install(f, 0, 1, 20); /* takes the same record */
	assert_true(handle != stale);
	assert_status(uninstall(f, stale, 1, 20), MM_E_STALE);
	assert_int_equal(locate(f, 1), 20);
}

static void refuses_handles_of_another_database(void **state)
{
	struct fixture *f = *state;
	const struct mm_protodb_config config = { &f->heap.pool, &f->listener.listener, 1, 4 };
	const struct mm_guid protocol = guid(1);
	struct mm_protodb other;
	uint64_t foreign = 0;

	(void)install(f, 0, 1, 10);
	assert_status(mm_protodb_init(&other, &config), MM_OK);
	assert_status(mm_protodb_install(&other, OWNER_A, &protocol, 1, &foreign), MM_OK);
	assert_status(uninstall(f, foreign, 1, 10), MM_E_INVALID);
	mm_protodb_finish(&other);
}

static void uninstalling_the_last_protocol_ends_the_handle(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 0, 1, 10);

	(void)install(f, handle, 2, 20);
	assert_status(uninstall(f, handle, 1, 10), MM_OK);
	assert_int_equal(mm_protodb_handle_count(&f->db), 1);
	assert_status(uninstall(f, handle, 2, 20), MM_OK);
	assert_int_equal(mm_protodb_handle_count(&f->db), 0);
	assert_status(uninstall(f, handle, 2, 20), MM_E_STALE);
}

static void uninstalls_only_the_very_interface(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 0, 1, 10);

	assert_status(uninstall(f, handle, 1, 11), MM_E_NOT_FOUND);
	assert_status(uninstall(f, handle, 2, 10), MM_E_NOT_FOUND);
	assert_int_equal(locate(f, 1), 10);
}

static void installs_several_or_none(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2), three = guid(3);
	const struct mm_protodb_item items[] = { { &two, 20 }, { &three, 30 }, { &one, 11 } };
	uint64_t handle = install(f, 0, 1, 10);

	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 3, &handle), MM_E_EXISTS);
	assert_false(is_present(f, 2));
	assert_false(is_present(f, 3));
	assert_status(mm_protodb_check(&f->db), MM_OK);
	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 2, &handle), MM_OK);
	assert_int_equal(locate(f, 2), 20);
	assert_int_equal(locate(f, 3), 30);
}

static void refuses_several_that_repeat_a_protocol(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2);
	const struct mm_protodb_item items[] = { { &one, 10 }, { &two, 20 }, { &one, 11 } };
	uint64_t handle = 0;

	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 3, &handle), MM_E_EXISTS);
	assert_int_equal(handle, 0);
	assert_int_equal(mm_protodb_handle_count(&f->db), 0);
	assert_status(mm_protodb_install_many(&f->db, OWNER_A, items, 0, &handle), MM_E_INVALID);
}

static void uninstalls_several_or_none(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2), three = guid(3);
	const struct mm_protodb_item wrong[] = { { &one, 10 }, { &two, 20 }, { &three, 30 } };
	const struct mm_protodb_item twice[] = { { &one, 10 }, { &two, 20 }, { &one, 10 } };
	uint64_t handle = install(f, install(f, 0, 1, 10), 2, 20);

	assert_status(mm_protodb_uninstall_many(&f->db, handle, wrong, 3), MM_E_NOT_FOUND);
	assert_status(mm_protodb_uninstall_many(&f->db, handle, twice, 3), MM_E_NOT_FOUND);
	assert_status(mm_protodb_uninstall_many(&f->db, handle, twice, 0), MM_E_INVALID);
	assert_status(mm_protodb_check(&f->db), MM_OK);
	assert_int_equal(mm_protodb_binding_count(&f->db), 2);
	assert_status(mm_protodb_uninstall_many(&f->db, handle, wrong, 2), MM_OK);
	assert_int_equal(mm_protodb_handle_count(&f->db), 0);
	assert_status(mm_protodb_uninstall_many(&f->db, handle, wrong, 2), MM_E_STALE);
}

static void reinstall_replaces_the_interface_in_place(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t first = install(f, 0, 1, 10);

	(void)install(f, 0, 1, 20);
	assert_status(mm_protodb_reinstall(&f->db, OWNER_A, first, &protocol, 99, 11), MM_E_NOT_FOUND);
	assert_status(mm_protodb_reinstall(&f->db, OWNER_A, first, &protocol, 10, 11), MM_OK);
	assert_int_equal(locate(f, 1), 11);
	assert_status(mm_protodb_reinstall(&f->db, OWNER_A, 5, &protocol, 11, 12), MM_E_INVALID);
}

static void failing_memory_leaves_everything_as_it_was(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handle = 0;
	size_t allowed;

	for (allowed = 0; allowed < 3; allowed++) {
		mm_protodb_finish(&f->db);
		assert_int_equal(fixture_setup(state), 0);
		fake_heap_fail_after(&f->heap, allowed);
		assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, 1, &handle), MM_E_NO_MEMORY);
		assert_int_equal(handle, 0);
		assert_int_equal(mm_protodb_handle_count(&f->db), 0);
		assert_status(mm_protodb_check(&f->db), MM_OK);
	}
	fake_heap_heal(&f->heap);
	assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, 1, &handle), MM_OK);
}

static void works_on_without_the_buckets_it_would_like(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < MM_PROTODB_FIRST_BUCKETS; i++)
		(void)install(f, 0, i, i);
	/* The records of 16 + 32 exist already; only buckets are asked for. */
	fake_heap_fail_after(&f->heap, 0);
	for (; i < 48; i++)
		(void)install(f, 0, i, i);
	assert_int_equal(f->db.by_protocol.bucket_count, MM_PROTODB_FIRST_BUCKETS);
	for (i = 0; i < 48; i++)
		assert_int_equal(locate(f, i), i);
}

static void steady_state_takes_nothing_from_the_pool(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 0, 1, 10);
	size_t taken = f->heap.alloc_count;
	uint32_t i;

	for (i = 0; i < 1000; i++) {
		assert_status(uninstall(f, handle, 1, 10), MM_OK);
		handle = install(f, 0, 1, 10);
	}
	assert_int_equal(f->heap.alloc_count, taken);
}

static void withdraws_all_of_an_owner_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2);
	uint64_t shared = install(f, 0, 1, 10);
	uint64_t own = 0;

	assert_status(mm_protodb_install(&f->db, OWNER_B, &two, 20, &shared), MM_OK);
	assert_status(mm_protodb_install(&f->db, OWNER_B, &one, 11, &own), MM_OK);
	(void)listen_to(f, 5, 0x500);
	assert_int_equal(mm_protodb_withdraw_owner(&f->db, OWNER_B), 3);
	assert_int_equal(mm_protodb_handle_count(&f->db), 1);
	assert_int_equal(mm_protodb_registration_count(&f->db), 0);
	assert_int_equal(locate(f, 1), 10);
	assert_false(is_present(f, 2));
	assert_int_equal(mm_protodb_withdraw_owner(&f->db, OWNER_B), 0);
}

static void reinstalled_interface_belongs_to_who_reinstalled_it(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handle = install(f, 0, 1, 10);

	assert_status(mm_protodb_reinstall(&f->db, OWNER_B, handle, &protocol, 10, 11), MM_OK);
	assert_int_equal(mm_protodb_withdraw_owner(&f->db, OWNER_A), 0);
	assert_int_equal(mm_protodb_withdraw_owner(&f->db, OWNER_B), 1);
}

static void init_refuses_incomplete_wiring(void **state)
{
	struct fixture *f = *state;
	const struct mm_protodb_ops no_notify = { .notify = NULL };
	struct mm_protodb_listener hollow = { &no_notify };
	struct mm_protodb_config config = { &f->heap.pool, NULL, 0, 0 };
	struct mm_protodb db;

	assert_status(mm_protodb_init(&db, &config), MM_E_INVALID);
	config.listener = &hollow;
	assert_status(mm_protodb_init(&db, &config), MM_E_INVALID);
	config.listener = &f->listener.listener;
	config.pool = NULL;
	assert_status(mm_protodb_init(&db, &config), MM_E_INVALID);
}

static void finish_accepts_nothing_and_a_zeroed_database(void **state)
{
	struct mm_protodb db;

	(void)state;
	memset(&db, 0, sizeof(db));
	mm_protodb_finish(&db);
	mm_protodb_finish(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_handles_differ_and_are_never_zero_or_pointers),
		TEST(installs_many_protocols_on_one_handle),
		TEST(accepts_zero_as_an_interface),
		TEST(refuses_the_same_protocol_twice_on_a_handle),
		TEST(refuses_handles_never_given_out),
		TEST(refuses_a_handle_that_has_ended),
		TEST(refuses_handles_of_another_database),
		TEST(uninstalling_the_last_protocol_ends_the_handle),
		TEST(uninstalls_only_the_very_interface),
		TEST(installs_several_or_none),
		TEST(refuses_several_that_repeat_a_protocol),
		TEST(uninstalls_several_or_none),
		TEST(reinstall_replaces_the_interface_in_place),
		TEST(failing_memory_leaves_everything_as_it_was),
		TEST(works_on_without_the_buckets_it_would_like),
		TEST(steady_state_takes_nothing_from_the_pool),
		TEST(withdraws_all_of_an_owner_and_nothing_else),
		TEST(reinstalled_interface_belongs_to_who_reinstalled_it),
		TEST(init_refuses_incomplete_wiring),
		TEST(finish_accepts_nothing_and_a_zeroed_database),
	};

	return cmocka_run_group_tests_name("protodb/install", tests, NULL, NULL);
}
