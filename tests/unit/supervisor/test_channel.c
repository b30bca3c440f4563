/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The user channel, as a caller that changes what it likes when it likes sees it. */
#include "channel.h"

#include <signal.h>
#include <sys/mman.h>

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "world.h"

#define DATA_MAX (WORLD_CHANNEL_BYTES - MM_COMM_HEADER_BYTES)

static uint8_t *buffer(struct world *world)
{
	return world_bytes(world, WORLD_USER_BUFFER, WORLD_CHANNEL_BYTES);
}

static uint8_t *shadow(struct world *world)
{
	return world_bytes(world, world->supv->domain.shadow.base, WORLD_CHANNEL_BYTES);
}

/* A header of version 3: `buffer_bytes` counts it in, `message_bytes` does not. */
static void put_v3(struct world *world, uint64_t buffer_bytes, uint64_t message_bytes)
{
	uint8_t *header = buffer(world);

	mm_guid_store(header, &mm_guid_comm_header_v3);
	mm_store_u64(header + 16, buffer_bytes);
	mm_store_u64(header + 24, 0);
	mm_guid_store(header + 32, &world_driver_2);
	mm_store_u64(header + 48, message_bytes);
	*world_bytes(world, WORLD_USER_STATUS, 1) = 1;
}

static void sees_a_message_by_the_valid_byte_alone(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "x", 1);
	assert_true(mm_supv_channel_is_full(&world->supv->user_channel));
	*world_bytes(world, WORLD_USER_STATUS, 1) = 0;
	assert_false(mm_supv_channel_is_full(&world->supv->user_channel));
	*world_bytes(world, WORLD_USER_STATUS + 1u, 1) = 0xff;
	assert_false(mm_supv_channel_is_full(&world->supv->user_channel));
}

static void sees_no_message_where_there_is_no_channel(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "x", 1);
	world->supv->user_channel.bytes = 0;
	assert_false(mm_supv_channel_is_full(&world->supv->user_channel));
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 0);
	assert_int_equal(world_user_status(world).valid, 1); /* nobody's: untouched */
}

static void takes_nothing_when_no_message_waits(void **state)
{
	struct world *world = *state;
	struct mm_comm_status before = world_user_status(world);
	struct mm_comm_status after;

	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 0);
	after = world_user_status(world);
	assert_memory_equal(&before, &after, sizeof(before));
}

/* Lengths: what they make of the message, or how it is refused. */
struct length {
	const char *claim;
	bool v3;
	uint64_t bytes;	  /* message_bytes of the header, buffer_bytes of version 3 */
	uint64_t message; /* message_bytes of version 3 */
	uint64_t taken;	  /* 0: refused */
};

static const struct length lengths[] = {
	{ "takes_a_message_without_data", false, 0, 0, 24 },
	{ "takes_a_message_of_one_byte", false, 1, 0, 25 },
	{ "takes_a_message_that_fills_the_channel", false, DATA_MAX, 0, WORLD_CHANNEL_BYTES },
	{ "refuses_a_message_one_byte_too_long", false, DATA_MAX + 1u, 0, 0 },
	{ "refuses_a_message_as_long_as_the_channel", false, WORLD_CHANNEL_BYTES, 0, 0 },
	{ "refuses_a_message_of_2_to_the_32", false, (uint64_t)1 << 32, 0, 0 },
	{ "refuses_a_message_of_half_the_numbers", false, (uint64_t)1 << 63, 0, 0 },
	{ "refuses_a_message_whose_sum_wraps_to_0", false, UINT64_MAX - 23u, 0, 0 },
	{ "refuses_a_message_whose_sum_wraps_to_1", false, UINT64_MAX - 22u, 0, 0 },
	{ "refuses_a_message_of_all_numbers", false, UINT64_MAX, 0, 0 },
	{ "takes_version_3_without_data", true, 56, 0, 56 },
	{ "takes_version_3_with_data", true, 60, 4, 60 },
	{ "takes_version_3_with_room_behind_its_data", true, 100, 4, 100 },
	{ "takes_version_3_that_fills_the_channel", true, WORLD_CHANNEL_BYTES, WORLD_CHANNEL_BYTES - 56u,
	  WORLD_CHANNEL_BYTES },
	{ "refuses_version_3_smaller_than_its_header", true, 55, 0, 0 },
	{ "refuses_version_3_of_a_short_header", true, 24, 0, 0 },
	{ "refuses_version_3_of_nothing", true, 0, 0, 0 },
	{ "refuses_version_3_one_byte_too_long", true, WORLD_CHANNEL_BYTES + 1u, 0, 0 },
	{ "refuses_version_3_of_all_numbers", true, UINT64_MAX, 0, 0 },
	{ "refuses_version_3_with_more_data_than_buffer", true, 60, 5, 0 },
	{ "refuses_version_3_whose_data_wrap", true, 60, UINT64_MAX, 0 },
};

static void measures(void **state)
{
	struct world *world = *state;
	const struct length *row = world->row;
	uint64_t taken;

	if (row->v3) {
		put_v3(world, row->bytes, row->message);
	} else {
		world_put_message(world, &world_driver_1, NULL, 0);
		mm_store_u64(buffer(world) + 16, row->bytes);
	}
	taken = mm_supv_channel_take(world_cpu(world, 0), true);
	assert_int_equal(taken, row->taken);
	assert_int_equal(world->supv->counters.bad_messages, row->taken == 0 ? 1 : 0);
	assert_int_equal(world_user_status(world).valid, row->taken == 0 ? 0 : 1);
	if (row->taken == 0) {
		assert_int_equal(world_user_status(world).return_status, MM_EFI_BAD_BUFFER_SIZE);
		assert_int_equal(world_user_status(world).return_bytes, 0);
		assert_int_equal(world_last_record(world)->kind, MM_SUPV_RECORD_BAD_MESSAGE);
		assert_int_equal(world_last_record(world)->subject, 0);
	} else {
		assert_memory_equal(shadow(world), buffer(world), row->taken);
	}
}

static void copies_the_message_and_not_a_byte_more(void **state)
{
	struct world *world = *state;

	memset(buffer(world), 0x77, WORLD_CHANNEL_BYTES);
	world_put_message(world, &world_driver_1, "abcdefgh", 8);
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 32);
	assert_memory_equal(shadow(world), buffer(world), 32);
	assert_int_equal(shadow(world)[32], 0);
	assert_int_equal(shadow(world)[WORLD_CHANNEL_BYTES - 1u], 0);
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static void zeroes_what_an_earlier_message_left(void **state)
{
	static uint8_t data[0x3000];
	struct world *world = *state;

	memset(data, 0x99, sizeof(data));
	world_put_message(world, &world_driver_1, data, sizeof(data));
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	world_put_message(world, &world_driver_1, data, 5);
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 29);
	assert_true(is_zero(shadow(world) + 29, WORLD_CHANNEL_BYTES - 29));
	assert_int_equal(world->supv->domain.shadow_high_water, 29);
}

static void zeroes_what_an_earlier_answer_left(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "a", 1);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	memset(shadow(world), 0x55, 0x2345);
	mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_SUCCESS, 0x2345);
	world_put_message(world, &world_driver_2, "b", 1);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_true(is_zero(shadow(world) + 25, WORLD_CHANNEL_BYTES - 25));
}

static void remembers_its_mark_through_refused_messages(void **state)
{
	static uint8_t data[0x1000];
	struct world *world = *state;

	memset(data, 0x99, sizeof(data));
	world_put_message(world, &world_driver_1, data, sizeof(data));
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	mm_store_u64(buffer(world) + 16, UINT64_MAX);
	*world_bytes(world, WORLD_USER_STATUS, 1) = 1;
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 0);
	world_put_message(world, &world_driver_1, NULL, 0);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_true(is_zero(shadow(world) + 24, WORLD_CHANNEL_BYTES - 24));
}

/* The memory of the OS, which changes the header the moment its last byte has been fetched. */
struct fickle {
	struct mm_hal_user user; /* first */
	struct world *world;
};

static enum mm_status fickle_copy_in(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va va, uint64_t bytes)
{
	struct world *world = MM_CONTAINER_OF(self, struct fickle, user)->world;

	return mm_hal_user_copy_in(&world->machine->user, ret_bytes, va, bytes);
}

static enum mm_status fickle_copy_out(struct mm_hal_user *self, struct mm_user_va va, const void *data, uint64_t bytes)
{
	struct world *world = MM_CONTAINER_OF(self, struct fickle, user)->world;

	mm_guid_store(buffer(world), &world_driver_2);
	mm_store_u64(buffer(world) + 16, DATA_MAX);
	return mm_hal_user_copy_out(&world->machine->user, va, data, bytes);
}

static enum mm_status fickle_zero(struct mm_hal_user *self, struct mm_user_va va, uint64_t bytes)
{
	struct world *world = MM_CONTAINER_OF(self, struct fickle, user)->world;

	return mm_hal_user_zero(&world->machine->user, va, bytes);
}

static const struct mm_hal_user_ops fickle_ops = {
	.copy_in = fickle_copy_in,
	.copy_out = fickle_copy_out,
	.zero = fickle_zero,
};

static void shows_ring_3_the_header_that_was_judged(void **state)
{
	struct world *world = *state;
	struct fickle fickle = { { &fickle_ops, (uint64_t)1 << 47 }, world };
	uint8_t judged[MM_COMM_HEADER_BYTES];
	uint64_t taken;

	world_put_message(world, &world_driver_1, "data", 4);
	memcpy(judged, buffer(world), sizeof(judged));
	world->wiring->user = &fickle.user;
	taken = mm_supv_channel_take(world_cpu(world, 0), true);
	world->wiring->user = &world->machine->user;
	assert_int_equal(taken, 28);
	assert_memory_equal(shadow(world), judged, sizeof(judged));
	assert_memory_not_equal(buffer(world), judged, sizeof(judged)); /* the change did happen */
	assert_true(is_zero(shadow(world) + 28, 0x1000));
}

/* A shadow that is not mapped any more stands for a domain in ruins. */
static void answers_when_the_shadow_is_gone(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "data", 4);
	world_protect(world, world->supv->domain.shadow.base, MM_PAGE_BYTES, 0);
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), true), 0);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_DEVICE_ERROR);
}

static void answers_a_device_error_when_the_reply_cannot_be_read(void **state)
{
	struct world *world = *state;

	world_protect(world, world->supv->domain.shadow.base + MM_PAGE_BYTES, MM_PAGE_BYTES, 0);
	mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_SUCCESS, 2u * MM_PAGE_BYTES);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_DEVICE_ERROR);
	assert_int_equal(world_user_status(world).return_bytes, 0);
}

static void refuses_a_message_that_nobody_can_serve(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "data", 4);
	assert_int_equal(mm_supv_channel_take(world_cpu(world, 0), false), 0);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_NOT_READY);
	assert_true(is_zero(shadow(world), 0x1000));
}

static void answers_with_data_size_status_and_then_the_flag(void **state)
{
	struct world *world = *state;
	struct mm_comm_status status;

	world_put_message(world, &world_driver_1, "ask", 3);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	memcpy(shadow(world) + 24, "told!", 5);
	mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_WARN_INTERRUPT_SOURCE_PENDING, 29);
	status = world_user_status(world);
	assert_memory_equal(buffer(world) + 24, "told!", 5);
	assert_int_equal(status.valid, 0);
	assert_int_equal(status.return_status, MM_EFI_WARN_INTERRUPT_SOURCE_PENDING);
	assert_int_equal(status.return_bytes, 29);
}

static void answers_not_a_byte_more_than_said(void **state)
{
	struct world *world = *state;

	memset(buffer(world), 0x77, WORLD_CHANNEL_BYTES);
	memset(shadow(world), 0x88, WORLD_CHANNEL_BYTES);
	mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_SUCCESS, 100);
	assert_int_equal(buffer(world)[99], 0x88);
	assert_int_equal(buffer(world)[100], 0x77);
}

static void answers_a_channel_full(void **state)
{
	struct world *world = *state;

	memset(shadow(world), 0x88, WORLD_CHANNEL_BYTES);
	mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_SUCCESS, WORLD_CHANNEL_BYTES);
	assert_memory_equal(buffer(world), shadow(world), WORLD_CHANNEL_BYTES);
	assert_int_equal(world_user_status(world).return_bytes, WORLD_CHANNEL_BYTES);
}

static void refuses_an_answer_larger_than_the_channel(void **state)
{
	static const uint64_t sizes[] = { WORLD_CHANNEL_BYTES + 1u, (uint64_t)1 << 32, UINT64_MAX };
	struct world *world = *state;
	size_t i;

	memset(buffer(world), 0x77, WORLD_CHANNEL_BYTES);
	memset(shadow(world), 0x88, WORLD_CHANNEL_BYTES);
	for (i = 0; i < MM_ARRAY_COUNT(sizes); i++) {
		mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_SUCCESS, sizes[i]);
		assert_int_equal(world_user_status(world).return_status, MM_EFI_BAD_BUFFER_SIZE);
		assert_int_equal(world_user_status(world).return_bytes, 0);
		assert_int_equal(buffer(world)[0], 0x77);
	}
}

static void writes_nothing_but_the_status_block(void **state)
{
	struct world *world = *state;
	uint8_t *block = world_bytes(world, WORLD_USER_STATUS - 8u, 40);

	memset(block, 0x66, 40);
	mm_supv_channel_complete(&world->supv->user_channel, 1, 2);
	assert_int_equal(block[7], 0x66);
	assert_int_equal(block[8], 0);
	assert_int_equal(block[9], 0x66); /* the reserved bytes are the caller's */
	assert_int_equal(mm_load_u64(block + 16), 1);
	assert_int_equal(mm_load_u64(block + 24), 2);
	assert_int_equal(block[32], 0x66);
}

static sigjmp_buf flag_jump;

static void at_flag(int number)
{
	siglongjmp(flag_jump, number);
}

/*
 * The block lies across two pages of which the first, with the flag alone, cannot be written: when the flag is to be
 * cleared, all else must be there.
 */
static void clears_the_flag_last(void **state)
{
	struct world *world = *state;
	const struct sigaction trap = { .sa_handler = at_flag };
	struct sigaction before;
	uint8_t *page;
	volatile bool trapped = true; /* written between sigsetjmp() and its return */

	world->hobs.user_channel.status.base = WORLD_UNMAPPED + MM_PAGE_BYTES - 8u;
	world_boot(world);
	page = world_bytes(world, WORLD_UNMAPPED, 2u * MM_PAGE_BYTES);
	page[MM_PAGE_BYTES - 8u] = 1;
	memset(shadow(world), 0x88, 100);
	assert_int_equal(sigaction(SIGSEGV, &trap, &before), 0);
	assert_int_equal(mprotect(page, MM_PAGE_BYTES, PROT_READ), 0);
	if (sigsetjmp(flag_jump, 1) == 0) {
		mm_supv_channel_answer(world_cpu(world, 0), MM_EFI_NOT_FOUND, 100);
		trapped = false;
	}
	assert_int_equal(mprotect(page, MM_PAGE_BYTES, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
	assert_true(trapped);
	assert_int_equal(page[MM_PAGE_BYTES - 8u], 1);
	assert_int_equal(mm_load_u64(page + MM_PAGE_BYTES), MM_EFI_NOT_FOUND);
	assert_int_equal(mm_load_u64(page + MM_PAGE_BYTES + 8u), 100);
	assert_int_equal(buffer(world)[99], 0x88);
}

/* Lifecycle: what a GUID latches, on either channel. */
struct event {
	const char *claim;
	const struct mm_guid *guid;
	bool locks;
	bool ends_boot_services;
};

static const struct event events[] = {
	{ "locks_at_ready_to_lock", &mm_guid_dxe_ready_to_lock, true, false },
	{ "locks_at_end_of_dxe", &mm_guid_end_of_dxe_event, true, false },
	{ "locks_at_ready_to_boot", &mm_guid_ready_to_boot_event, true, false },
	{ "locks_at_exit_boot_services", &mm_guid_exit_boot_services_event, true, true },
	{ "does_not_lock_at_end_of_pei", &mm_guid_end_of_pei, false, false },
	{ "does_not_lock_at_dispatch", &mm_guid_mm_dispatch_event, false, false },
	{ "does_not_lock_at_a_drivers_message", &world_driver_1, false, false },
};

static void assert_latches(const struct world *world, const struct event *row)
{
	assert_int_equal(world->supv->locked, row->locks);
	assert_int_equal(world->supv->boot_services_over, row->ends_boot_services);
}

static void latches(void **state)
{
	struct world *world = *state;
	const struct event *row = world->row;

	world_put_message(world, row->guid, "", 1);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_latches(world, row);
	/* One way: nothing opens it again. */
	world_put_message(world, &world_driver_2, "", 1);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_latches(world, row);
}

static void latches_before_ring_3_can_see_the_message(void **state)
{
	struct world *world = *state;

	world_put_message(world, &mm_guid_end_of_dxe_event, "", 1);
	(void)mm_supv_channel_take(world_cpu(world, 0), false); /* there is no user core to serve it */
	assert_true(world->supv->locked);
}

static void latches_at_the_inner_guid_of_version_3(void **state)
{
	struct world *world = *state;

	put_v3(world, 56, 0);
	mm_guid_store(buffer(world) + 32, &mm_guid_exit_boot_services_event);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_true(world->supv->boot_services_over);
}

static void latches_nothing_at_a_message_it_refuses(void **state)
{
	struct world *world = *state;

	world_put_message(world, &mm_guid_end_of_dxe_event, "", 1);
	mm_store_u64(buffer(world) + 16, UINT64_MAX);
	(void)mm_supv_channel_take(world_cpu(world, 0), true);
	assert_false(world->supv->locked);
}

#define BOOTED(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOTED(sees_a_message_by_the_valid_byte_alone),
		BOOTED(sees_no_message_where_there_is_no_channel),
		BOOTED(takes_nothing_when_no_message_waits),
		BOOTED(copies_the_message_and_not_a_byte_more),
		BOOTED(zeroes_what_an_earlier_message_left),
		BOOTED(zeroes_what_an_earlier_answer_left),
		BOOTED(remembers_its_mark_through_refused_messages),
		BOOTED(shows_ring_3_the_header_that_was_judged),
		BOOTED(answers_when_the_shadow_is_gone),
		BOOTED(answers_a_device_error_when_the_reply_cannot_be_read),
		BOOTED(refuses_a_message_that_nobody_can_serve),
		BOOTED(answers_with_data_size_status_and_then_the_flag),
		BOOTED(answers_not_a_byte_more_than_said),
		BOOTED(answers_a_channel_full),
		BOOTED(refuses_an_answer_larger_than_the_channel),
		BOOTED(writes_nothing_but_the_status_block),
		cmocka_unit_test_setup_teardown(clears_the_flag_last, world_setup_unbuilt, world_teardown),
		BOOTED(latches_before_ring_3_can_see_the_message),
		BOOTED(latches_at_the_inner_guid_of_version_3),
		BOOTED(latches_nothing_at_a_message_it_refuses),
	};
	struct CMUnitTest length_tests[MM_ARRAY_COUNT(lengths)];
	struct CMUnitTest event_tests[MM_ARRAY_COUNT(events)];
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(lengths); i++)
		length_tests[i] = world_row(lengths[i].claim, measures, world_setup, &lengths[i]);
	for (i = 0; i < MM_ARRAY_COUNT(events); i++)
		event_tests[i] = world_row(events[i].claim, latches, world_setup, &events[i]);
	return cmocka_run_group_tests_name("supervisor/channel", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/channel lengths", length_tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/channel events", event_tests, NULL, NULL);
}
