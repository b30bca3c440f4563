/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which driver is started when. */
#include "fixture.h"

#include "mm/base/compiler.h"
#include "mock_dispatch.h"

static void starts_drivers_without_a_depex_in_order_of_adding(void **state)
{
	struct fixture *f = *state;

	add(f, 3, NULL);
	add(f, 1, "T");
	add(f, 2, NULL);
	assert_int_equal(run(f), 3);
	assert_started(f, "312");
	assert_int_equal(run(f), 0);
	assert_int_equal(mm_dispatch_started_count(&f->dispatch), 3);
}

static void asks_the_host_once_for_each_driver(void **state)
{
	struct fixture *f = *state;
	struct mm_dispatch_host mock = { &mock_dispatch_ops };
	const struct mm_dispatch_config config = { &f->heap.pool, &f->db, &mock, 2 };
	struct mm_dispatch_module module = { .id = 0x123456789abcdef0u, .guid = file(1) };
	struct mm_dispatch dispatch;
	uint32_t count = 9;

	assert_status(mm_dispatch_init(&dispatch, &config), MM_OK);
	assert_status(mm_dispatch_add(&dispatch, &module, NULL), MM_OK);
	expect_value(mock_dispatch_start, id, module.id);
	will_return(mock_dispatch_start, MM_E_DENIED);
	assert_status(mm_dispatch_run(&dispatch, &count), MM_OK);
	assert_int_equal(count, 0);
	mm_dispatch_finish(&dispatch);
}

/* Driver n installs protocol n. */
static enum mm_status install_own(void *context, uint64_t id)
{
	(void)install(context, (uint32_t)id);
	return MM_OK;
}

static void what_a_driver_installs_counts_from_the_next_pass_on(void **state)
{
	struct fixture *f = *state;

	f->host.react = install_own;
	add(f, 1, "2");
	add(f, 2, NULL);
	add(f, 3, "2");
	add(f, 4, NULL);
	assert_int_equal(run(f), 4);
	assert_started(f, "2413");
}

static void chains_start_whichever_way_they_were_added(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	f->host.react = install_own;
	for (i = 1; i < 5; i++)
		add(f, i, (char[]){ (char)('0' + i + 1), '\0' });
	add(f, 5, NULL);
	add(f, 6, "5");
	add(f, 7, "6");
	assert_int_equal(run(f), 7);
	assert_started(f, "5463721");
}

static void late_driver_waits_until_its_protocol_arrives(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "1");
	assert_int_equal(run(f), 0);
	assert_false(mm_dispatch_has_work(&f->dispatch));
	(void)install(f, 2);
	assert_false(mm_dispatch_has_work(&f->dispatch));
	(void)install(f, 1);
	assert_true(mm_dispatch_has_work(&f->dispatch));
	assert_int_equal(run(f), 1);
	assert_started(f, "1");
	assert_false(mm_dispatch_has_work(&f->dispatch));
}

struct truth {
	const char *text;
	unsigned int mask; /* bit n: holds when protocol 1 is n & 1 and protocol 2 is n & 2 */
};

static void expressions_hold_as_logic_says(void **state)
{
	static const struct truth rows[] = {
		{ "1", 0xa },	 { "1!", 0x5 },	      { "12&", 0x8 },	  { "12|", 0xe },  { "12&!", 0x7 },
		{ "12|!", 0x1 }, { "1!2&", 0x4 },     { "11&", 0xa },	  { "11!&", 0x0 }, { "11!|", 0xf },
		{ "T", 0xf },	 { "F", 0x0 },	      { "1F|", 0xa },	  { "1T&", 0xa },  { "12&1!2!&|", 0x9 },
		{ "1!!", 0xa },	 { "12|12&!&", 0x6 }, { "T1&2T&|", 0xe }, { "s12&", 0x8 },
	};
	struct fixture *f = *state;
	unsigned int row, bits;

	for (row = 0; row < MM_ARRAY_COUNT(rows); row++) {
		struct depex depex = write_depex(rows[row].text);

		for (bits = 0; bits < 4; bits++) {
			uint64_t one = (bits & 1) != 0 ? install(f, 1) : 0;
			uint64_t two = (bits & 2) != 0 ? install(f, 2) : 0;
			bool holds;

			assert_status(mm_dispatch_evaluate_untrusted(&f->db, mm_bytes(depex.bytes, depex.count), &holds,
								     NULL),
				      MM_OK);
			assert_int_equal(holds, rows[row].mask >> bits & 1);
			if (one != 0)
				uninstall(f, 1, one);
			if (two != 0)
				uninstall(f, 2, two);
		}
	}
}

/* The same table, but the protocols come and go after the drivers were added. */
static void waiting_drivers_follow_their_expressions(void **state)
{
	static const struct truth rows[] = {
		{ "12&", 0x8 },	      { "12|", 0xe },	   { "1!2&", 0x4 },
		{ "12&1!2!&|", 0x9 }, { "12|12&!&", 0x6 }, { "11&", 0xa },
	};
	struct fixture *f = *state;
	uint64_t handles[3] = { 0, 0, 0 };
	uint32_t row, step;
	unsigned int bits = 0;

	for (row = 0; row < MM_ARRAY_COUNT(rows); row++)
		add(f, row, rows[row].text);
	for (step = 0; step < 16; step++) {
		uint32_t number = 1 + (step & 1);

		bits ^= number;
		if ((bits & number) != 0)
			handles[number] = install(f, number);
		else
			uninstall(f, number, handles[number]);
		for (row = 0; row < MM_ARRAY_COUNT(rows); row++)
			assert_int_equal(state_of(f, row) == MM_DISPATCH_READY, rows[row].mask >> bits & 1);
		assert_status(mm_dispatch_check(&f->dispatch), MM_OK);
	}
}

static void protocol_that_goes_before_the_pass_makes_the_driver_wait_again(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 1);

	add(f, 1, "1");
	assert_int_equal(state_of(f, 1), MM_DISPATCH_READY);
	uninstall(f, 1, handle);
	assert_int_equal(run(f), 0);
	assert_int_equal(state_of(f, 1), MM_DISPATCH_WAITING);
}

static uint64_t handle_to_remove;

static enum mm_status remove_protocol_one(void *context, uint64_t id)
{
	if (id == 1)
		uninstall(context, 1, handle_to_remove);
	return MM_OK;
}

static void scheduled_driver_is_started_whatever_goes(void **state)
{
	struct fixture *f = *state;

	handle_to_remove = install(f, 1);
	f->host.react = remove_protocol_one;
	add(f, 1, NULL);
	add(f, 2, "1");
	assert_int_equal(run(f), 2);
}

static void not_waits_for_the_protocol_to_go(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = install(f, 1);

	add(f, 1, "1!");
	assert_int_equal(run(f), 0);
	uninstall(f, 1, handle);
	assert_int_equal(run(f), 1);
}

static void before_and_after_surround_their_driver(void **state)
{
	struct fixture *f = *state;

	add(f, 1, ">3");
	add(f, 2, "<3");
	add(f, 3, NULL);
	add(f, 4, ">3");
	add(f, 5, "<3");
	add(f, 6, NULL);
	assert_int_equal(run(f), 6);
	assert_started(f, "253146");
}

static void before_and_after_nest(void **state)
{
	struct fixture *f = *state;

	add(f, 1, NULL);
	add(f, 2, "<1");
	add(f, 3, "<2");
	add(f, 4, ">2");
	add(f, 5, ">1");
	add(f, 6, "<5");
	add(f, 7, ">5");
	assert_int_equal(run(f), 7);
	assert_started(f, "3241657");
}

static void follower_waits_for_a_driver_that_waits(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "<2");
	add(f, 2, "9");
	add(f, 3, ">2");
	assert_int_equal(run(f), 0);
	(void)install(f, 9);
	assert_int_equal(run(f), 3);
	assert_started(f, "123");
}

static void circles_and_unknown_targets_stay_undispatched(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "<2");
	add(f, 2, ">1");
	add(f, 3, ">3");
	add(f, 4, "<9");
	assert_int_equal(run(f), 0);
	assert_false(mm_dispatch_has_work(&f->dispatch));
}

static void after_a_driver_long_started_is_taken_by_the_next_pass(void **state)
{
	struct fixture *f = *state;

	add(f, 1, NULL);
	assert_int_equal(run(f), 1);
	add(f, 2, ">1");
	add(f, 3, "<1");
	assert_int_equal(run(f), 1);
	assert_started(f, "12");
	assert_int_equal(state_of(f, 3), MM_DISPATCH_WAITING);
}

static void long_rows_of_followers_need_no_stack(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	add(f, 0, NULL);
	for (i = 1; i <= 20000; i++) {
		struct mm_guid target = file(i - 1);
		struct depex depex = { .count = 0 };

		put_opcode(&depex, (i & 1) != 0 ? MM_DEPEX_BEFORE : MM_DEPEX_AFTER, &target);
		put_opcode(&depex, MM_DEPEX_END, NULL);
		assert_status(try_add(f, i, &depex), MM_OK);
	}
	assert_int_equal(run(f), 20001);
	f->host.start_count = 0;
}

static void apriori_comes_first_in_its_own_order(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid list[] = { file(4), file(9), file(3), file(4) };

	add(f, 1, NULL);
	add(f, 2, NULL);
	add(f, 3, "F");
	add(f, 4, "7");
	assert_int_equal(mm_dispatch_add_apriori(&f->dispatch, list, 4), 2);
	assert_int_equal(run(f), 4);
	assert_started(f, "4312");
}

static void who_is_after_an_apriori_driver_takes_part_in_the_next_pass(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid list[] = { file(1), file(2) };

	add(f, 1, NULL);
	add(f, 2, ">5");
	add(f, 3, ">1");
	add(f, 4, "<1");
	assert_int_equal(mm_dispatch_add_apriori(&f->dispatch, list, 2), 2);
	assert_int_equal(run(f), 3);
	assert_started(f, "123");
	assert_int_equal(state_of(f, 4), MM_DISPATCH_WAITING);
}

static void schedule_on_request_waits_for_the_request(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = file(1), two = file(2), none = file(5);

	add(f, 1, "sT");
	add(f, 2, "s7");
	assert_int_equal(run(f), 0);
	assert_int_equal(state_of(f, 1), MM_DISPATCH_UNREQUESTED);
	assert_status(mm_dispatch_request(&f->dispatch, &one), MM_OK);
	assert_status(mm_dispatch_request(&f->dispatch, &one), MM_E_INVALID);
	assert_status(mm_dispatch_request(&f->dispatch, &two), MM_OK);
	assert_status(mm_dispatch_request(&f->dispatch, &none), MM_E_NOT_FOUND);
	assert_int_equal(run(f), 1);
	(void)install(f, 7);
	assert_int_equal(run(f), 1);
	assert_started(f, "12");
}

static void unrequested_driver_ignores_its_protocols(void **state)
{
	struct fixture *f = *state;
	const struct mm_guid one = file(1);

	add(f, 1, "s7");
	(void)install(f, 7);
	assert_int_equal(run(f), 0);
	assert_status(mm_dispatch_request(&f->dispatch, &one), MM_OK);
	assert_int_equal(run(f), 1);
}

static enum mm_status fail_the_first(void *context, uint64_t id)
{
	return id == 1 ? MM_E_NO_MEMORY : install_own(context, id);
}

static void failing_driver_hinders_nobody_and_is_not_started_again(void **state)
{
	struct fixture *f = *state;
	struct mm_dispatch_report report;
	uint32_t cursor = 0;

	f->host.react = fail_the_first;
	add(f, 1, NULL);
	add(f, 2, NULL);
	add(f, 3, ">1");
	add(f, 4, "2");
	assert_int_equal(run(f), 3);
	assert_started(f, "1324");
	assert_int_equal(run(f), 0);
	assert_status(mm_dispatch_next_report(&f->dispatch, &cursor, &report), MM_OK);
	assert_int_equal(report.state, MM_DISPATCH_FAILED);
	assert_status(report.status, MM_E_NO_MEMORY);
	assert_int_equal(mm_dispatch_failed_count(&f->dispatch), 1);
}

static enum mm_status add_more(void *context, uint64_t id)
{
	if (id < 4)
		add(context, (uint32_t)id + 1, NULL);
	return MM_OK;
}

static void drivers_added_by_a_driver_are_started_in_the_same_run(void **state)
{
	struct fixture *f = *state;

	f->host.react = add_more;
	add(f, 1, NULL);
	assert_int_equal(run(f), 4);
	assert_started(f, "1234");
}

static enum mm_status run_again(void *context, uint64_t id)
{
	struct fixture *f = context;
	uint32_t count = 77;

	(void)id;
	assert_status(mm_dispatch_run(&f->dispatch, &count), MM_E_BUSY);
	assert_int_equal(count, 77);
	return MM_OK;
}

static void run_inside_a_run_is_refused(void **state)
{
	struct fixture *f = *state;

	f->host.react = run_again;
	add(f, 1, NULL);
	assert_int_equal(run(f), 1);
}

static jmp_buf unwound;

static enum mm_status unwind(void *context, uint64_t id)
{
	(void)context;
	if (id == 1)
		longjmp(unwound, 1);
	return MM_OK;
}

static void abandoned_run_leaves_the_rest_to_the_next(void **state)
{
	struct fixture *f = *state;

	f->host.react = unwind;
	add(f, 1, NULL);
	add(f, 2, NULL);
	if (setjmp(unwound) == 0)
		(void)run(f);
	assert_int_equal(state_of(f, 1), MM_DISPATCH_STARTING);
	mm_dispatch_abandon(&f->dispatch);
	assert_int_equal(state_of(f, 1), MM_DISPATCH_FAILED);
	assert_int_equal(run(f), 1);
	assert_started(f, "12");
	mm_dispatch_abandon(&f->dispatch);
	assert_int_equal(mm_dispatch_failed_count(&f->dispatch), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(starts_drivers_without_a_depex_in_order_of_adding),
		TEST(asks_the_host_once_for_each_driver),
		TEST(what_a_driver_installs_counts_from_the_next_pass_on),
		TEST(chains_start_whichever_way_they_were_added),
		TEST(late_driver_waits_until_its_protocol_arrives),
		TEST(expressions_hold_as_logic_says),
		TEST(waiting_drivers_follow_their_expressions),
		TEST(protocol_that_goes_before_the_pass_makes_the_driver_wait_again),
		TEST(scheduled_driver_is_started_whatever_goes),
		TEST(not_waits_for_the_protocol_to_go),
		TEST(before_and_after_surround_their_driver),
		TEST(before_and_after_nest),
		TEST(follower_waits_for_a_driver_that_waits),
		TEST(circles_and_unknown_targets_stay_undispatched),
		TEST(after_a_driver_long_started_is_taken_by_the_next_pass),
		TEST(long_rows_of_followers_need_no_stack),
		TEST(apriori_comes_first_in_its_own_order),
		TEST(who_is_after_an_apriori_driver_takes_part_in_the_next_pass),
		TEST(schedule_on_request_waits_for_the_request),
		TEST(unrequested_driver_ignores_its_protocols),
		TEST(failing_driver_hinders_nobody_and_is_not_started_again),
		TEST(drivers_added_by_a_driver_are_started_in_the_same_run),
		TEST(run_inside_a_run_is_refused),
		TEST(abandoned_run_leaves_the_rest_to_the_next),
	};

	return cmocka_run_group_tests_name("dispatch/order", tests, NULL, NULL);
}
