/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_dispatch.h"
#include "fake_protodb.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mmi_records.h"
#include "tests/mm_test.h"

#include "mock_dispatch.h"

#define OWNER_A 7u
#define OWNER_B 9u

/* Entry points of handlers that do something; others answer their own number. */
#define DOES_SOMETHING 0x1000u

struct fixture {
	struct mm_mmi mmi;
	struct fake_mmi_host host;
	struct fake_heap heap;
	uint64_t handle; /* for reactions */
	uint64_t other;
	enum mm_status status;
	struct mm_mmi_outcome inner;
	uint64_t answers[3]; /* of the handlers, by entry point from 1 */
};

static const struct mm_guid guid_a = { 0xa, 1, 2, { 3 } };
static const struct mm_guid guid_b = { 0xb, 1, 2, { 3 } };

static int setup(void **state)
{
	static struct fixture f;
	const struct mm_mmi_config config = { &f.heap.pool, &f.host.host, 0x5eed, 1 };

	memset(&f, 0, sizeof(f));
	fake_heap_init(&f.heap);
	fake_mmi_host_init(&f.host);
	f.host.context = &f;
	*state = &f;
	return mm_mmi_init(&f.mmi, &config) == MM_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	enum mm_status status = mm_mmi_check(&f->mmi);

	mm_mmi_finish(&f->mmi);
	return status == MM_OK && f->heap.live_count == 0 ? 0 : -1;
}

static uint64_t add(struct fixture *f, const struct mm_guid *guid, uint64_t entry_point)
{
	uint64_t handle = 0;

	assert_status(mm_mmi_register(&f->mmi, OWNER_A, guid, entry_point, &handle), MM_OK);
	assert_int_not_equal(handle, 0);
	return handle;
}

static struct mm_mmi_outcome manage(struct fixture *f, const struct mm_guid *guid)
{
	struct mm_mmi_outcome outcome;

	assert_status(mm_mmi_manage(&f->mmi, guid, 0, NULL, NULL, &outcome), MM_OK);
	assert_int_equal(mm_mmi_depth(&f->mmi), 0);
	return outcome;
}

static void nobody_registered_is_not_found(void **state)
{
	struct fixture *f = *state;

	assert_true(manage(f, &guid_a).efi_status == MM_EFI_NOT_FOUND);
	assert_true(manage(f, NULL).efi_status == MM_EFI_NOT_FOUND);
	assert_int_equal(f->host.call_count, 0);
}

static void passes_on_what_it_was_given(void **state)
{
	struct fixture *f = *state;
	struct mm_mmi_outcome outcome;
	uint64_t bytes = 5;
	char buffer[5];
	uint64_t handle = add(f, &guid_a, MM_EFI_INTERRUPT_PENDING);

	assert_status(mm_mmi_manage(&f->mmi, &guid_a, 0xc0, buffer, &bytes, &outcome), MM_OK);
	assert_true(f->host.calls[0].handle == handle);
	assert_int_equal(f->host.calls[0].context, 0xc0);
	assert_ptr_equal(f->host.calls[0].buffer, buffer);
	assert_ptr_equal(f->host.calls[0].inout_bytes, &bytes);
	assert_int_equal(f->host.calls[0].owner, OWNER_A);
}

static void calls_the_ops_once_for_each_root_handler(void **state)
{
	struct fixture *f = *state;
	struct mm_mmi_host mock = { &mock_mmi_ops };
	const struct mm_mmi_config config = { &f->heap.pool, &mock, 1, 2 };
	struct mm_mmi_outcome outcome;
	struct mm_mmi mmi;
	uint64_t handle, i;

	assert_status(mm_mmi_init(&mmi, &config), MM_OK);
	for (i = 1; i <= 3; i++) {
		assert_status(mm_mmi_register(&mmi, 1, NULL, i, &handle), MM_OK);
		expect_value(mock_mmi_call, entry_point, i);
		expect_value(mock_mmi_call, context, 99);
		will_return(mock_mmi_call, MM_EFI_SUCCESS);
	}
	assert_status(mm_mmi_manage(&mmi, NULL, 99, NULL, NULL, &outcome), MM_OK);
	assert_int_equal(outcome.called_count, 3);
	mm_mmi_finish(&mmi);
}

struct answers {
	uint64_t answer[3]; /* of the handlers, by order */
	uint64_t of_guid;
	uint32_t called_of_guid;
	uint64_t of_root;
};

#define OK_	MM_EFI_SUCCESS
#define PENDING MM_EFI_INTERRUPT_PENDING
#define QUIET	MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED
#define LATER	MM_EFI_WARN_INTERRUPT_SOURCE_PENDING
#define NOBODY	MM_EFI_NOT_FOUND
#define ERROR	MM_EFI_DEVICE_ERROR

static uint64_t answer_by_table(void *context, const struct mm_mmi_call *call)
{
	const struct fixture *f = context;

	return f->answers[call->entry_point - 1u];
}

static void answers_as_pi_says(void **state)
{
	static const struct answers rows[] = {
		{ { OK_, OK_, OK_ }, OK_, 1, OK_ },
		{ { LATER, OK_, PENDING }, OK_, 2, OK_ },
		{ { LATER, LATER, LATER }, LATER, 3, LATER },
		{ { QUIET, LATER, LATER }, OK_, 3, OK_ },
		{ { LATER, QUIET, LATER }, OK_, 3, OK_ },
		{ { LATER, PENDING, OK_ }, PENDING, 2, OK_ },
		{ { PENDING, LATER, ERROR }, PENDING, 1, LATER },
		{ { PENDING, PENDING, PENDING }, PENDING, 1, NOBODY },
		{ { QUIET, PENDING, OK_ }, PENDING, 2, OK_ },
		{ { ERROR, ERROR, ERROR }, NOBODY, 3, NOBODY },
		{ { ERROR, LATER, ERROR }, LATER, 3, LATER },
		{ { NOBODY, QUIET, ERROR }, OK_, 3, OK_ },
		{ { 3, 2, 0x80000004u }, NOBODY, 3, NOBODY }, /* what a wrong header makes of them */
	};
	struct fixture *f = *state;
	size_t row;
	uint32_t i;

	f->host.react = answer_by_table;
	for (i = 1; i <= 3; i++) {
		(void)add(f, &guid_a, i);
		(void)add(f, NULL, i);
	}
	for (row = 0; row < MM_ARRAY_COUNT(rows); row++) {
		memcpy(f->answers, rows[row].answer, sizeof(f->answers));
		assert_true(manage(f, &guid_a).efi_status == rows[row].of_guid);
		assert_int_equal(manage(f, &guid_a).called_count, rows[row].called_of_guid);
		assert_true(manage(f, NULL).efi_status == rows[row].of_root);
		assert_int_equal(manage(f, NULL).called_count, 3);
	}
}

static void keeps_the_first_error_and_counts_them(void **state)
{
	struct fixture *f = *state;
	struct mm_mmi_outcome outcome;

	(void)add(f, NULL, MM_EFI_WARN_INTERRUPT_SOURCE_PENDING);
	(void)add(f, NULL, MM_EFI_ABORTED);
	(void)add(f, NULL, MM_EFI_DEVICE_ERROR);
	outcome = manage(f, NULL);
	assert_true(outcome.first_error == MM_EFI_ABORTED);
	assert_int_equal(outcome.error_count, 2);
	assert_int_equal(outcome.called_count, 3);
}

static void guids_and_root_do_not_mix(void **state)
{
	struct fixture *f = *state;

	(void)add(f, &guid_a, 11);
	(void)add(f, &guid_b, 22);
	(void)add(f, NULL, 33);
	(void)manage(f, &guid_b);
	assert_int_equal(f->host.call_count, 1);
	assert_int_equal(f->host.calls[0].entry_point, 22);
	(void)manage(f, NULL);
	assert_int_equal(f->host.calls[1].entry_point, 33);
	assert_int_equal(mm_mmi_root_count(&f->mmi), 1);
	assert_int_equal(mm_mmi_handler_count(&f->mmi), 3);
}

static void same_entry_point_may_register_twice(void **state)
{
	struct fixture *f = *state;
	uint64_t first = add(f, &guid_a, 5);

	assert_true(add(f, &guid_a, 5) != first);
	assert_int_equal(manage(f, &guid_a).called_count, 2);
	assert_status(mm_mmi_unregister(&f->mmi, first), MM_OK);
	assert_int_equal(manage(f, &guid_a).called_count, 1);
}

static void refuses_bad_handles_and_entry_points(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = add(f, &guid_a, 5);
	uint64_t refused = 77;

	assert_status(mm_mmi_register(&f->mmi, OWNER_A, &guid_a, 0, &refused), MM_E_INVALID);
	assert_int_equal(refused, 77);
	assert_status(mm_mmi_unregister(&f->mmi, 0), MM_E_INVALID);
	assert_status(mm_mmi_unregister(&f->mmi, handle + 1), MM_E_INVALID);
	assert_status(mm_mmi_unregister(&f->mmi, handle), MM_OK);
	assert_status(mm_mmi_unregister(&f->mmi, handle), MM_E_STALE);
}

static void guid_ends_with_its_last_handler(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = add(f, &guid_a, 5);
	size_t taken = f->heap.alloc_count;
	uint32_t i;

	for (i = 0; i < 200; i++) {
		assert_status(mm_mmi_unregister(&f->mmi, handle), MM_OK);
		assert_int_equal(mm_hash_count(&f->mmi.by_guid), 0);
		handle = add(f, &guid_a, 5);
	}
	assert_int_equal(f->heap.alloc_count, taken);
}

static uint64_t remove_and_go_on(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;

	if (call->entry_point == DOES_SOMETHING)
		assert_status(mm_mmi_unregister(&f->mmi, f->handle), MM_OK);
	return MM_EFI_WARN_INTERRUPT_SOURCE_PENDING;
}

static void handler_may_unregister_itself(void **state)
{
	struct fixture *f = *state;

	f->handle = add(f, &guid_a, DOES_SOMETHING);
	(void)add(f, &guid_a, 5);
	f->host.react = remove_and_go_on;
	assert_int_equal(manage(f, &guid_a).called_count, 2);
	assert_int_equal(manage(f, &guid_a).called_count, 1);
}

static void last_handler_may_unregister_itself(void **state)
{
	struct fixture *f = *state;

	f->handle = add(f, &guid_a, DOES_SOMETHING);
	f->host.react = remove_and_go_on;
	assert_int_equal(manage(f, &guid_a).called_count, 1);
	assert_int_equal(mm_mmi_handler_count(&f->mmi), 0);
	assert_true(manage(f, &guid_a).efi_status == MM_EFI_NOT_FOUND);
}

static void handler_removed_by_an_earlier_one_is_not_called(void **state)
{
	struct fixture *f = *state;

	(void)add(f, NULL, DOES_SOMETHING);
	f->handle = add(f, NULL, 5);
	(void)add(f, NULL, 6);
	f->host.react = remove_and_go_on;
	assert_int_equal(manage(f, NULL).called_count, 2);
	assert_int_equal(f->host.calls[1].entry_point, 6);
}

static uint64_t register_another(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;

	(void)add(f, &guid_a, call->entry_point + 1);
	return MM_EFI_WARN_INTERRUPT_SOURCE_PENDING;
}

static void handler_registered_meanwhile_waits_for_the_next_message(void **state)
{
	struct fixture *f = *state;

	(void)add(f, &guid_a, 5);
	f->host.react = register_another;
	assert_int_equal(manage(f, &guid_a).called_count, 1);
	f->host.react = NULL;
	assert_int_equal(manage(f, &guid_a).called_count, 2);
}

static uint64_t manage_forever(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;
	struct mm_mmi_outcome outcome;
	enum mm_status status = mm_mmi_manage(&f->mmi, &guid_a, 0, NULL, NULL, &outcome);

	if (status != MM_OK)
		f->status = status;
	return MM_EFI_SUCCESS;
}

static void endless_nesting_is_refused(void **state)
{
	struct fixture *f = *state;

	(void)add(f, &guid_a, 5);
	f->host.react = manage_forever;
	assert_true(manage(f, &guid_a).efi_status == MM_EFI_SUCCESS);
	assert_status(f->status, MM_E_LIMIT);
	assert_int_equal(f->host.call_count, MM_MMI_DEPTH_MAX);
}

/* The outer handler manages a GUID whose handler removes both handlers of the outer chain. */
static uint64_t nest_and_remove(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;

	if (call->entry_point == DOES_SOMETHING) {
		assert_status(mm_mmi_manage(&f->mmi, &guid_b, 0, NULL, NULL, &f->inner), MM_OK);
		return MM_EFI_WARN_INTERRUPT_SOURCE_PENDING;
	}
	assert_status(mm_mmi_unregister(&f->mmi, f->handle), MM_OK);
	assert_status(mm_mmi_unregister(&f->mmi, f->other), MM_OK);
	return MM_EFI_SUCCESS;
}

static void nested_managing_may_empty_the_chain_outside(void **state)
{
	struct fixture *f = *state;

	f->handle = add(f, &guid_a, DOES_SOMETHING);
	f->other = add(f, &guid_a, 6);
	(void)add(f, &guid_b, 7);
	f->host.react = nest_and_remove;
	assert_int_equal(manage(f, &guid_a).called_count, 1);
	assert_true(f->inner.efi_status == MM_EFI_SUCCESS);
	assert_int_equal(mm_mmi_handler_count(&f->mmi), 1);
	/* The record is free at once, not when the outermost managing ends. */
	assert_int_equal(mm_hash_count(&f->mmi.by_guid), 1);
}

static uint64_t withdraw_during_call(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;

	(void)mm_mmi_withdraw_owner(&f->mmi, call->owner);
	return MM_EFI_ABORTED;
}

static void withdraws_all_of_an_owner_during_a_call(void **state)
{
	struct fixture *f = *state;
	uint64_t handle;

	(void)add(f, NULL, 1);
	(void)add(f, NULL, 2);
	(void)add(f, &guid_b, 3);
	assert_status(mm_mmi_register(&f->mmi, OWNER_B, NULL, 4, &handle), MM_OK);
	f->host.react = withdraw_during_call;
	assert_int_equal(manage(f, NULL).called_count, 2);
	assert_int_equal(mm_mmi_handler_count(&f->mmi), 0);
	assert_int_equal(mm_mmi_root_count(&f->mmi), 0);
}

static uint64_t abandon_inner(void *context, const struct mm_mmi_call *call)
{
	struct fixture *f = context;

	if (call->entry_point == DOES_SOMETHING) {
		(void)mm_mmi_manage(&f->mmi, &guid_b, 0, NULL, NULL, &f->inner);
		return MM_EFI_SUCCESS;
	}
	mm_mmi_abandon(&f->mmi, 9);
	assert_int_equal(mm_mmi_depth(&f->mmi), 2);
	mm_mmi_abandon(&f->mmi, 1);
	assert_int_equal(mm_mmi_depth(&f->mmi), 1);
	return MM_EFI_SUCCESS;
}

static void abandoned_managing_is_forgotten(void **state)
{
	struct fixture *f = *state;

	(void)add(f, &guid_a, DOES_SOMETHING);
	(void)add(f, &guid_b, 5);
	f->host.react = abandon_inner;
	assert_true(manage(f, &guid_a).efi_status == MM_EFI_SUCCESS);
}

static void failing_memory_registers_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = 77;
	size_t allowed;

	for (allowed = 0; allowed < 2; allowed++) {
		fake_heap_fail_after(&f->heap, allowed);
		assert_status(mm_mmi_register(&f->mmi, 1, &guid_a, 5, &handle), MM_E_NO_MEMORY);
		assert_int_equal(handle, 77);
		assert_int_equal(mm_mmi_handler_count(&f->mmi), 0);
		assert_status(mm_mmi_check(&f->mmi), MM_OK);
	}
	assert_status(mm_mmi_register(&f->mmi, 1, NULL, 5, &handle), MM_E_NO_MEMORY);
}

static void tells_a_thousand_guids_apart(void **state)
{
	struct fixture *f = *state;
	struct mm_guid guid = guid_a;
	uint32_t i;

	for (i = 0; i < 1000; i++) {
		guid.data1 = i;
		(void)add(f, &guid, 1000 + i);
	}
	for (i = 0; i < 1000; i += 50) {
		guid.data1 = i;
		f->host.call_count = 0;
		assert_int_equal(manage(f, &guid).called_count, 1);
		assert_int_equal(f->host.calls[0].entry_point, 1000 + i);
	}
}

static void init_refuses_incomplete_wiring(void **state)
{
	struct fixture *f = *state;
	const struct mm_mmi_ops no_call = { .call = NULL };
	struct mm_mmi_host hollow = { &no_call };
	struct mm_mmi_config config = { &f->heap.pool, &hollow, 0, 0 };
	struct mm_mmi mmi;

	assert_status(mm_mmi_init(&mmi, &config), MM_E_INVALID);
	config.host = NULL;
	assert_status(mm_mmi_init(&mmi, &config), MM_E_INVALID);
	config.host = &f->host.host;
	config.pool = NULL;
	assert_status(mm_mmi_init(&mmi, &config), MM_E_INVALID);
	memset(&mmi, 0, sizeof(mmi));
	mm_mmi_finish(&mmi);
	mm_mmi_finish(NULL);
}

/* Damages one place, asks the walker, repairs it. */
#define assert_seen(mmi, place, wrong)                          \
	do {                                                    \
		__typeof__(place) was = (place);                \
		(place) = (wrong);                              \
		assert_status(mm_mmi_check(mmi), MM_E_CORRUPT); \
		(place) = was;                                  \
		assert_status(mm_mmi_check(mmi), MM_OK);        \
	} while (0)

static void walker_sees_damage(void **state)
{
	struct fixture *f = *state;
	struct mm_mmi_handler *first;
	struct mm_mmi_entry *entry;

	(void)add(f, &guid_a, 1);
	(void)add(f, &guid_a, 2);
	entry = mmi_find_entry(&f->mmi, mm_guid_key(&guid_a));
	first = entry->chain.first;
	assert_seen(&f->mmi, first->next, NULL);
	assert_seen(&f->mmi, first->prev, first);
	assert_seen(&f->mmi, first->entry, NULL);
	assert_seen(&f->mmi, first->sequence, UINT64_MAX);
	assert_seen(&f->mmi, first->sequence, first->next->sequence);
	assert_seen(&f->mmi, entry->chain.last, first);
	assert_seen(&f->mmi, entry->chain.count, 1);
	assert_seen(&f->mmi, entry->key.low, 99);
	assert_seen(&f->mmi, f->mmi.root.count, 1);
	assert_seen(&f->mmi, f->mmi.depth, MM_MMI_DEPTH_MAX + 1);
	assert_seen(&f->mmi, f->mmi.by_guid.count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_registered_is_not_found),
		TEST(passes_on_what_it_was_given),
		TEST(calls_the_ops_once_for_each_root_handler),
		TEST(answers_as_pi_says),
		TEST(keeps_the_first_error_and_counts_them),
		TEST(guids_and_root_do_not_mix),
		TEST(same_entry_point_may_register_twice),
		TEST(refuses_bad_handles_and_entry_points),
		TEST(guid_ends_with_its_last_handler),
		TEST(handler_may_unregister_itself),
		TEST(last_handler_may_unregister_itself),
		TEST(handler_removed_by_an_earlier_one_is_not_called),
		TEST(handler_registered_meanwhile_waits_for_the_next_message),
		TEST(endless_nesting_is_refused),
		TEST(nested_managing_may_empty_the_chain_outside),
		TEST(withdraws_all_of_an_owner_during_a_call),
		TEST(abandoned_managing_is_forgotten),
		TEST(failing_memory_registers_nothing),
		TEST(tells_a_thousand_guids_apart),
		TEST(init_refuses_incomplete_wiring),
		TEST(walker_sees_damage),
	};

	return cmocka_run_group_tests_name("dispatch/mmi", tests, NULL, NULL);
}
