/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fixture.h"

static void absent_protocol_is_not_found(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t interface = 77;

	assert_status(mm_protodb_locate(&f->db, &protocol, &interface), MM_E_NOT_FOUND);
	assert_int_equal(interface, 77);
	assert_false(is_present(f, 1));
}

static void registering_does_not_make_a_protocol_present(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t interface;

	(void)listen_to(f, 1, 0x100);
	assert_false(is_present(f, 1));
	assert_status(mm_protodb_locate(&f->db, &protocol, &interface), MM_E_NOT_FOUND);
}

static void open_tells_a_missing_protocol_from_a_bad_handle(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = guid(1), two = guid(2);
	uint64_t handle = install(f, 0, 1, 10);
	uint64_t interface = 77;

	assert_status(mm_protodb_open(&f->db, handle, &two, &interface), MM_E_UNSUPPORTED);
	assert_status(mm_protodb_open(&f->db, 0, &one, &interface), MM_E_INVALID);
	assert_status(mm_protodb_open(&f->db, handle + 1, &one, &interface), MM_E_INVALID);
	assert_int_equal(interface, 77);
	assert_status(uninstall(f, handle, 1, 10), MM_OK);
	assert_status(mm_protodb_open(&f->db, handle, &one, &interface), MM_E_STALE);
}

static void open_never_finds_a_successor_in_the_same_record(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t old = install(f, 0, 1, 10);
	uint64_t interface = 77;

	assert_status(uninstall(f, old, 1, 10), MM_OK);
	(void)install(f, 0, 1, 20);
	assert_status(mm_protodb_open(&f->db, old, &protocol, &interface), MM_E_STALE);
	assert_int_equal(interface, 77);
}

static void locate_finds_the_earliest_handle(void **state)
{
	struct fixture *f = *state;
	uint64_t early = install(f, 0, 9, 0);
	uint64_t late = install(f, 0, 1, 20);

	assert_int_equal(locate(f, 1), 20);
	(void)install(f, early, 1, 10); /* installed later, on an earlier handle */
	assert_int_equal(locate(f, 1), 10);
	assert_status(uninstall(f, early, 1, 10), MM_OK);
	assert_int_equal(locate(f, 1), 20);
	assert_status(uninstall(f, late, 1, 20), MM_OK);
	assert_false(is_present(f, 1));
}

static void lists_handles_of_a_protocol_in_order_of_creation(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t handles[5], listed[5];
	size_t count = 5;
	uint32_t i;

	for (i = 0; i < 5; i++)
		handles[i] = install(f, 0, 9, i);
	for (i = 5; i > 0; i--)
		(void)install(f, handles[i - 1], 1, i);
	assert_status(mm_protodb_list_handles_by_protocol(&f->db, &protocol, listed, &count), MM_OK);
	assert_int_equal(count, 5);
	assert_memory_equal(listed, handles, sizeof(handles));
}

static void lists_all_handles_in_order_of_creation(void **state)
{
	struct fixture *f = *state;
	uint64_t handles[4], listed[8];
	size_t count = 8;
	uint32_t i;

	for (i = 0; i < 4; i++)
		handles[i] = install(f, 0, i, i);
	assert_status(uninstall(f, handles[1], 1, 1), MM_OK);
	handles[1] = handles[2];
	handles[2] = handles[3];
	handles[3] = install(f, 0, 1, 1); /* the freed record again, but the newest handle */
	assert_status(mm_protodb_list_handles(&f->db, listed, &count), MM_OK);
	assert_int_equal(count, 4);
	assert_memory_equal(listed, handles, sizeof(handles));
}

static void lists_say_how_much_room_they_want(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t listed[3] = { 5, 5, 5 };
	size_t count = 0;
	uint32_t i;

	assert_status(mm_protodb_list_handles(&f->db, NULL, &count), MM_E_NOT_FOUND);
	assert_status(mm_protodb_list_handles_by_protocol(&f->db, &protocol, NULL, &count), MM_E_NOT_FOUND);
	for (i = 0; i < 3; i++)
		(void)install(f, 0, 1, i);
	assert_status(mm_protodb_list_handles(&f->db, NULL, &count), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(count, 3);
	count = 2;
	assert_status(mm_protodb_list_handles_by_protocol(&f->db, &protocol, listed, &count), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(count, 3);
	assert_int_equal(listed[0], 5);
}

static void protocol_only_registered_for_lists_no_handle(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid protocol = guid(1);
	uint64_t listed[1];
	size_t count = 1;

	(void)listen_to(f, 1, 0x100);
	assert_status(mm_protodb_list_handles_by_protocol(&f->db, &protocol, listed, &count), MM_E_NOT_FOUND);
	assert_int_equal(count, 1);
}

static void tells_ten_thousand_protocols_apart(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 10000; i++)
		(void)install(f, 0, i, i * 3u);
	for (i = 0; i < 10000; i += 7)
		assert_int_equal(locate(f, i), i * 3u);
	assert_false(is_present(f, 10000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(absent_protocol_is_not_found),
		TEST(registering_does_not_make_a_protocol_present),
		TEST(open_tells_a_missing_protocol_from_a_bad_handle),
		TEST(open_never_finds_a_successor_in_the_same_record),
		TEST(locate_finds_the_earliest_handle),
		TEST(lists_handles_of_a_protocol_in_order_of_creation),
		TEST(lists_all_handles_in_order_of_creation),
		TEST(lists_say_how_much_room_they_want),
		TEST(protocol_only_registered_for_lists_no_handle),
		TEST(tells_ten_thousand_protocols_apart),
	};

	return cmocka_run_group_tests_name("protodb/lookup", tests, NULL, NULL);
}
