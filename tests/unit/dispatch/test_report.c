/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is refused, and what is said of drivers that were not started. */
#include "fixture.h"

#include "mm/base/compiler.h"

/* The lacks of a driver as text: a digit is a protocol, ! one that must go, < and > a driver. */
static void assert_lacks(struct fixture *f, uint32_t number, const char *text)
{
	struct mm_dispatch_lack lacks[8];
	size_t count = MM_ARRAY_COUNT(lacks);
	const struct mm_guid guid = file(number);
	char found[24] = "";
	size_t i;

	assert_status(mm_dispatch_list_lacks(&f->dispatch, &guid, lacks, &count), MM_OK);
	for (i = 0; i < count; i++) {
		static const char kinds[] = { ' ', '!', '<', '>' };
		char *end = found + strlen(found);

		if (lacks[i].kind != MM_DISPATCH_LACKS_PROTOCOL)
			*end++ = kinds[lacks[i].kind];
		*end++ = (char)('0' + (lacks[i].guid.data1 & 0xffff));
		*end = '\0';
	}
	assert_string_equal(found, text);
}

static void names_exactly_the_guids_that_are_lacking(void **state)
{
	struct fixture *f = *state;

	(void)install(f, 1);
	add(f, 1, "12&3&");
	add(f, 2, "12|3&");
	add(f, 3, "23|1&");
	add(f, 4, "22&2|");
	add(f, 5, "1!");
	add(f, 6, "12!&!3&");
	add(f, 7, "23&1!|");
	add(f, 8, "F");
	assert_lacks(f, 1, "23");
	assert_lacks(f, 2, "3");
	assert_lacks(f, 3, "23");
	assert_lacks(f, 4, "2");
	assert_lacks(f, 5, "!1");
	assert_lacks(f, 6, "!123");
	assert_lacks(f, 7, "23!1");
	assert_lacks(f, 8, "");
}

static void names_the_drivers_that_followers_wait_for(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "<5");
	add(f, 2, ">6");
	add(f, 3, "s7");
	assert_lacks(f, 1, "<5");
	assert_lacks(f, 2, ">6");
	assert_lacks(f, 3, "7");
}

static void started_and_ready_drivers_lack_nothing(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "1");
	(void)install(f, 1);
	assert_lacks(f, 1, "");
	assert_int_equal(run(f), 1);
	assert_lacks(f, 1, "");
}

static void listing_says_how_much_room_it_wants(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = file(1), none = file(2);
	struct mm_dispatch_lack lacks[2] = { { .kind = MM_DISPATCH_LACKS_AFTER } };
	size_t count = 1;

	add(f, 1, "12&");
	assert_status(mm_dispatch_list_lacks(&f->dispatch, &one, lacks, &count), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(count, 2);
	assert_status(mm_dispatch_list_lacks(&f->dispatch, &one, lacks, &count), MM_OK);
	assert_status(mm_dispatch_list_lacks(&f->dispatch, &none, lacks, &count), MM_E_NOT_FOUND);
}

static void reports_every_driver_once_with_its_state(void **state)
{
	static const enum mm_dispatch_state wanted[] = { MM_DISPATCH_STARTED, MM_DISPATCH_WAITING,
							 MM_DISPATCH_UNREQUESTED };
	struct fixture *f = *state;
	struct mm_dispatch_report report;
	uint32_t cursor = 0, i;

	add(f, 0, NULL);
	add(f, 1, "1");
	add(f, 2, "sT");
	(void)run(f);
	for (i = 0; i < 3; i++) {
		const struct mm_guid guid = file(i);

		assert_status(mm_dispatch_next_report(&f->dispatch, &cursor, &report), MM_OK);
		assert_int_equal(report.id, i);
		assert_int_equal(report.state, wanted[i]);
		assert_true(mm_guid_equal(&report.guid, &guid));
		assert_status(report.status, MM_OK);
	}
	assert_status(mm_dispatch_next_report(&f->dispatch, &cursor, &report), MM_E_NOT_FOUND);
	assert_int_equal(mm_dispatch_driver_count(&f->dispatch), 3);
}

static void refuses_a_second_driver_of_the_same_guid(void **state)
{
	struct fixture *f = *state;
	struct depex depex = write_depex("1");

	add(f, 1, NULL);
	assert_status(try_add(f, 1, &depex), MM_E_EXISTS);
	assert_int_equal(mm_dispatch_driver_count(&f->dispatch), 1);
}

static void refuses_malformed_expressions_and_says_where(void **state)
{
	static const uint8_t no_end[] = { MM_DEPEX_TRUE };
	static const uint8_t lonely_and[] = { MM_DEPEX_TRUE, MM_DEPEX_AND, MM_DEPEX_END };
	struct fixture *f = *state;
	struct mm_dispatch_module module = { .guid = file(1), .depex = mm_bytes(no_end, sizeof(no_end)) };
	struct mm_refusal refusal = { NULL, 0, 0 };
	bool holds = true;

	assert_status(mm_dispatch_add(&f->dispatch, &module, &refusal), MM_E_DEPEX_NO_END);
	assert_non_null(refusal.field);
	module.depex = mm_bytes(lonely_and, sizeof(lonely_and));
	assert_status(mm_dispatch_add(&f->dispatch, &module, NULL), MM_E_DEPEX_STACK_EMPTY);
	assert_status(mm_dispatch_evaluate_untrusted(&f->db, module.depex, &holds, NULL), MM_E_DEPEX_STACK_EMPTY);
	assert_true(holds);
	assert_int_equal(mm_dispatch_driver_count(&f->dispatch), 0);
}

static void no_expression_at_all_holds(void **state)
{
	struct fixture *f = *state;
	bool holds = false;

	assert_status(mm_dispatch_evaluate_untrusted(&f->db, mm_bytes(NULL, 0), &holds, NULL), MM_OK);
	assert_true(holds);
}

static void before_and_after_have_no_value(void **state)
{
	struct fixture *f = *state;
	struct depex depex = write_depex(">1");
	bool holds = true;

	assert_status(mm_dispatch_evaluate_untrusted(&f->db, mm_bytes(depex.bytes, depex.count), &holds, NULL), MM_OK);
	assert_false(holds);
}

/* Adds with ever more memory until it succeeds; each failure must leave no trace. */
static void assert_adding_is_all_or_nothing(void **state, const char *text)
{
	struct fixture *f = *state;
	struct depex depex = write_depex(text);
	enum mm_status status = MM_E_NO_MEMORY;
	size_t allowed;

	for (allowed = 0; status != MM_OK; allowed++) {
		fixture_teardown(state);
		assert_int_equal(fixture_setup(state), 0);
		fake_heap_fail_after(&f->heap, allowed);
		status = try_add(f, 1, &depex);
		assert_status(mm_dispatch_check(&f->dispatch), MM_OK);
		if (status == MM_OK)
			break;
		assert_status(status, MM_E_NO_MEMORY);
		assert_int_equal(mm_dispatch_driver_count(&f->dispatch), 0);
		assert_int_equal(mm_hash_count(&f->dispatch.by_name), 0);
		assert_status(mm_protodb_check(&f->db), MM_OK);
	}
	assert_true(allowed >= 2);
}

static void failing_memory_adds_nothing(void **state)
{
	assert_adding_is_all_or_nothing(state, "123&&");
	assert_adding_is_all_or_nothing(state, "<7");
}

/* 17 names fill the first chunk of each table within one expression. */
static void failing_memory_inside_an_expression_adds_nothing(void **state)
{
	struct fixture *f = *state;
	struct depex depex = { .count = 0 };
	uint32_t i;

	for (i = 0; i < 20; i++) {
		struct mm_guid protocol = guid(i);

		put_opcode(&depex, MM_DEPEX_PUSH, &protocol);
		if (i > 0)
			put_opcode(&depex, MM_DEPEX_OR, NULL);
	}
	put_opcode(&depex, MM_DEPEX_END, NULL);
	fake_heap_fail_after(&f->heap, 4);
	assert_status(try_add(f, 1, &depex), MM_E_NO_MEMORY);
	assert_int_equal(mm_hash_count(&f->dispatch.by_name), 0);
	assert_int_equal(mm_slots_live_count(&f->db.entries), 0);
	assert_status(mm_dispatch_check(&f->dispatch), MM_OK);
}

static void scheduled_drivers_need_no_gates(void **state)
{
	struct fixture *f = *state;
	size_t live;

	add(f, 1, NULL);
	(void)run(f);
	live = f->heap.live_count;
	add(f, 2, "12&");
	assert_true(f->heap.live_count > live);
	(void)install(f, install(f, 1) != 0 ? 2 : 0);
	live = f->heap.live_count;
	(void)run(f);
	assert_int_equal(f->heap.live_count, live - 1);
}

static void init_refuses_incomplete_wiring(void **state)
{
	struct fixture *f = *state;
	const struct mm_dispatch_ops no_start = { .start = NULL };
	struct mm_dispatch_host hollow = { &no_start };
	struct mm_dispatch_config config = { &f->heap.pool, &f->db, &hollow, 0 };
	struct mm_dispatch dispatch;

	assert_status(mm_dispatch_init(&dispatch, &config), MM_E_INVALID);
	config.host = NULL;
	assert_status(mm_dispatch_init(&dispatch, &config), MM_E_INVALID);
	config.host = &f->host.host;
	config.protodb = NULL;
	assert_status(mm_dispatch_init(&dispatch, &config), MM_E_INVALID);
	config.protodb = &f->db;
	config.pool = NULL;
	assert_status(mm_dispatch_init(&dispatch, &config), MM_E_INVALID);
	memset(&dispatch, 0, sizeof(dispatch));
	mm_dispatch_finish(&dispatch);
	mm_dispatch_finish(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_exactly_the_guids_that_are_lacking),
		TEST(names_the_drivers_that_followers_wait_for),
		TEST(started_and_ready_drivers_lack_nothing),
		TEST(listing_says_how_much_room_it_wants),
		TEST(reports_every_driver_once_with_its_state),
		TEST(refuses_a_second_driver_of_the_same_guid),
		TEST(refuses_malformed_expressions_and_says_where),
		TEST(no_expression_at_all_holds),
		TEST(before_and_after_have_no_value),
		TEST(failing_memory_adds_nothing),
		TEST(failing_memory_inside_an_expression_adds_nothing),
		TEST(scheduled_drivers_need_no_gates),
		TEST(init_refuses_incomplete_wiring),
	};

	return cmocka_run_group_tests_name("dispatch/report", tests, NULL, NULL);
}
