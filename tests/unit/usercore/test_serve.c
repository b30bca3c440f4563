/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* REQUEST: messages and their answers, root handlers, what the table says of CPUs. */
#include "world.h"

#include "mm/pi/crc32.h"

#define CAPACITY    (WORLD_SHADOW_BYTES - MM_COMM_HEADER_BYTES)
#define CAPACITY_V3 (WORLD_SHADOW_BYTES - MM_COMM_HEADER_V3_BYTES)

/* Inverts what it was sent, same length. */
static uint64_t inverts(void *context, const uint64_t args[4])
{
	struct world *w = context;
	uint8_t *data = (uint8_t *)(uintptr_t)args[2];
	size_t bytes = *(const size_t *)(uintptr_t)args[3];

	for (size_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)~data[i];
	return world_scripted(w, args);
}

/* Claims to have written w->answer bytes. */
static uint64_t claims(void *context, const uint64_t args[4])
{
	struct world *w = context;

	*(uint64_t *)(uintptr_t)args[3] = w->answer;
	return MM_EFI_SUCCESS;
}

/* Gives driver n's handler for message n to `function`. */
static void handle_by(struct world *w, unsigned n, fake_core_function *function)
{
	struct mm_guid guid = world_message_guid(n);
	mm_driver_handle handle;

	world_set_function(w, n, WORLD_HANDLER, function);
	world_play(w, n);
	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), &guid, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
}

static uint64_t send(struct world *w, unsigned n, const void *data, uint64_t bytes)
{
	struct mm_guid guid = world_message_guid(n);

	return world_send(w, &guid, data, bytes);
}

static void a_message_reaches_its_handler_and_the_reply_its_sender(void **state)
{
	struct world *w = *state;
	const uint8_t data[3] = { 0x00, 0x0f, 0xff };

	handle_by(w, 1, inverts);
	assert_int_equal(send(w, 1, data, sizeof(data)), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_BYTES + 3);
	assert_int_equal(w->shadow[MM_COMM_HEADER_BYTES], 0xff);
	assert_int_equal(w->shadow[MM_COMM_HEADER_BYTES + 1], 0xf0);
	assert_int_equal(w->shadow[MM_COMM_HEADER_BYTES + 2], 0x00);
}

static void a_version_3_message_reaches_its_handler_behind_its_header(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	const uint8_t data[2] = { 0x0f, 0xf0 };

	handle_by(w, 1, inverts);
	assert_int_equal(world_send_v3(w, &guid, data, sizeof(data)), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_V3_BYTES + 2);
	assert_int_equal(w->args[2], (uintptr_t)w->shadow + MM_COMM_HEADER_V3_BYTES);
	assert_int_equal(w->shadow[MM_COMM_HEADER_V3_BYTES], 0xf0);
}

static void a_handler_gets_no_context_and_the_size_of_the_data(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_scripted);
	assert_int_equal(send(w, 1, "12345", 5), MM_EFI_SUCCESS);
	assert_int_equal(w->args[1], 0);
	assert_int_equal(w->args[2], (uintptr_t)w->shadow + MM_COMM_HEADER_BYTES);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_BYTES + 5);
}

static void an_empty_message_is_a_message(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_scripted);
	assert_int_equal(send(w, 1, "", 0), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_BYTES);
}

static void a_reply_may_shrink_to_nothing(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, claims);
	w->answer = 0;
	assert_int_equal(send(w, 1, "12345678", 8), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, MM_COMM_HEADER_BYTES);
}

static void a_reply_may_grow_to_the_end_of_the_shadow(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, claims);
	w->answer = CAPACITY;
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, WORLD_SHADOW_BYTES);
}

static void a_reply_beyond_the_shadow_is_a_bad_buffer_size(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, claims);
	w->answer = CAPACITY + 1;
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(w->shared.status.return_bytes, 0);
	w->answer = UINT64_MAX;
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(w->shared.status.return_bytes, 0);
}

static void a_version_3_reply_has_less_room(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);

	handle_by(w, 1, claims);
	w->answer = CAPACITY_V3;
	assert_int_equal(world_send_v3(w, &guid, "1", 1), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_bytes, WORLD_SHADOW_BYTES);
	w->answer = CAPACITY_V3 + 1;
	assert_int_equal(world_send_v3(w, &guid, "1", 1), MM_EFI_BAD_BUFFER_SIZE);
}

static void a_message_shorter_than_its_header_is_a_bad_buffer_size(void **state)
{
	struct world *w = *state;
	struct mm_comm_header header = { mm_guid_comm_header_v3, 0 };

	memcpy(w->shadow, &header, MM_COMM_HEADER_BYTES);
	assert_int_equal(world_request(w, MM_COMM_HEADER_BYTES), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_status, MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(world_request(w, 8), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.status.return_status, MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(w->shared.status.return_bytes, 0);
}

static void a_message_nobody_waits_for_is_not_found(void **state)
{
	struct world *w = *state;

	assert_int_equal(send(w, 7, "1", 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->shared.status.return_bytes, 0);
	assert_int_equal(w->count, 0);
}

/* What the handler answers, what the sender is told, and whether there is a reply. */
static void what_a_handler_answers_is_told_as_pi_says(void **state)
{
	static const struct {
		uint64_t answer;
		uint64_t told;
	} rows[] = {
		{ MM_EFI_SUCCESS, MM_EFI_SUCCESS },
		{ MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED, MM_EFI_SUCCESS },
		{ MM_EFI_WARN_INTERRUPT_SOURCE_PENDING, MM_EFI_WARN_INTERRUPT_SOURCE_PENDING },
		{ MM_EFI_INTERRUPT_PENDING, MM_EFI_INTERRUPT_PENDING },
		{ MM_EFI_NOT_FOUND, MM_EFI_NOT_FOUND },
		{ MM_EFI_ABORTED, MM_EFI_NOT_FOUND }, /* said, not suffered */
		{ MM_EFI_DEVICE_ERROR, MM_EFI_NOT_FOUND },
		{ 0x1234567, MM_EFI_NOT_FOUND },
	};
	struct world *w = *state;

	handle_by(w, 1, world_scripted);
	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		uint64_t bytes = MM_EFI_IS_ERROR(rows[i].told) ? 0 : MM_COMM_HEADER_BYTES + 4;

		w->answer = rows[i].answer;
		assert_int_equal(send(w, 1, "1234", 4), rows[i].told);
		assert_int_equal(w->shared.status.return_bytes, bytes);
	}
}

static void a_handler_that_dies_is_told_as_aborted(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_dying);
	assert_int_equal(send(w, 1, "1234", 4), MM_EFI_ABORTED);
	assert_int_equal(w->shared.status.return_bytes, 0);
	assert_int_equal(send(w, 1, "1234", 4), MM_EFI_ABORTED);
}

static uint64_t claims_too_much_and_dies(void *context, const uint64_t args[4])
{
	*(uint64_t *)(uintptr_t)args[3] = UINT64_MAX;
	return world_dying(context, args);
}

static void a_dead_handlers_claim_counts_for_nothing(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, claims_too_much_and_dies);
	assert_int_equal(send(w, 1, "1234", 4), MM_EFI_ABORTED);
}

static void a_message_after_a_death_is_served(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, world_dying);
	handle_by(w, 2, world_scripted);
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_ABORTED);
	assert_int_equal(send(w, 2, "1", 1), MM_EFI_SUCCESS);
	assert_int_equal(send(w, 3, "1", 1), MM_EFI_NOT_FOUND);
}

static void another_handler_may_take_a_message_whose_first_one_died(void **state)
{
	struct world *w = *state;
	struct mm_guid guid = world_message_guid(1);
	mm_driver_handle handle;

	handle_by(w, 1, world_dying);
	world_play(w, 2);
	assert_int_equal(world_register_handler(w, world_address(2, WORLD_HANDLER), &guid, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_SUCCESS);
	assert_int_equal(w->count, 1);
}

/* Its inner handler dies; itself it finds nothing. */
static uint64_t manages_a_dying_one(void *context, const uint64_t args[4])
{
	struct world *w = context;
	struct mm_guid guid = world_message_guid(2);

	w->statuses[0] = w->mmst->mmi_manage(&guid, NULL, NULL, NULL);
	return MM_EFI_NOT_FOUND;
}

static void an_inner_handlers_death_is_not_told_the_sender(void **state)
{
	struct world *w = *state;

	handle_by(w, 1, manages_a_dying_one);
	handle_by(w, 2, world_dying);
	assert_int_equal(send(w, 1, "1", 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->statuses[0], MM_EFI_NOT_FOUND);
}

static mm_driver_handle register_root(struct world *w, unsigned n)
{
	mm_driver_handle handle = NULL;

	world_play(w, n);
	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), NULL, &handle), MM_EFI_SUCCESS);
	world_play(w, MM_CORE_SELF);
	return handle;
}

static void root_handlers_run_with_every_request(void **state)
{
	struct world *w = *state;

	(void)register_root(w, 1);
	(void)register_root(w, 2);
	world_wake(w);
	assert_int_equal(w->count, 2);
	assert_int_equal(send(w, 7, "1", 1), MM_EFI_NOT_FOUND);
	assert_int_equal(w->count, 4);
	assert_int_equal(w->args[1], 0);
	assert_int_equal(w->args[2], 0);
	assert_int_equal(w->args[3], 0);
}

static void the_supervisor_is_told_how_many_root_handlers_there_are(void **state)
{
	struct world *w = *state;
	mm_driver_handle first;

	world_wake(w);
	assert_int_equal(w->shared.root_handlers, 0);
	first = register_root(w, 1);
	(void)register_root(w, 2);
	world_wake(w);
	assert_int_equal(w->shared.root_handlers, 2);
	assert_int_equal(w->mmst->mmi_handler_unregister(first), MM_EFI_SUCCESS);
	world_wake(w);
	assert_int_equal(w->shared.root_handlers, 1);
}

static void a_root_handlers_answer_is_not_the_messages(void **state)
{
	struct world *w = *state;

	(void)register_root(w, 1);
	w->answer = MM_EFI_SUCCESS;
	assert_int_equal(send(w, 7, "1", 1), MM_EFI_NOT_FOUND);
	handle_by(w, 2, world_scripted);
	world_set_function(w, 1, WORLD_HANDLER, world_dying);
	assert_int_equal(send(w, 2, "1", 1), MM_EFI_SUCCESS);
	assert_int_equal(w->shared.root_handlers, 1);
}

static uint64_t registers_another(void *context, const uint64_t args[4])
{
	struct world *w = context;
	mm_driver_handle handle;

	w->count++;
	return world_register_handler(w, world_address(2, WORLD_HANDLER), NULL, &handle);
}

static void a_root_handler_registered_meanwhile_runs_with_the_next_request(void **state)
{
	struct world *w = *state;

	(void)register_root(w, 1);
	world_set_function(w, 1, WORLD_HANDLER, registers_another);
	world_wake(w);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->shared.root_handlers, 2);
}

static void the_table_says_which_cpu_executes_and_keeps_its_checksum(void **state)
{
	struct world *w = *state;
	struct mm_mmst copy;

	w->shared.context.currently_executing_cpu = 3;
	w->shared.context.number_of_cpus = 8;
	world_wake(w);
	assert_int_equal(w->mmst->currently_executing_cpu, 3);
	assert_int_equal(w->mmst->number_of_cpus, 8);
	copy = *w->mmst;
	copy.header.crc32 = 0;
	assert_int_equal(w->mmst->header.crc32, mm_pi_crc32(mm_bytes(&copy, sizeof(copy))));
}

static void a_request_without_a_message_is_answered_nothing(void **state)
{
	struct world *w = *state;

	world_wake(w);
	assert_int_equal(w->shared.status.return_status, 0x5555);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_reaches_its_handler_and_the_reply_its_sender),
		TEST(a_version_3_message_reaches_its_handler_behind_its_header),
		TEST(a_handler_gets_no_context_and_the_size_of_the_data),
		TEST(an_empty_message_is_a_message),
		TEST(a_reply_may_shrink_to_nothing),
		TEST(a_reply_may_grow_to_the_end_of_the_shadow),
		TEST(a_reply_beyond_the_shadow_is_a_bad_buffer_size),
		TEST(a_version_3_reply_has_less_room),
		TEST(a_message_shorter_than_its_header_is_a_bad_buffer_size),
		TEST(a_message_nobody_waits_for_is_not_found),
		TEST(what_a_handler_answers_is_told_as_pi_says),
		TEST(a_handler_that_dies_is_told_as_aborted),
		TEST(a_dead_handlers_claim_counts_for_nothing),
		TEST(a_message_after_a_death_is_served),
		TEST(another_handler_may_take_a_message_whose_first_one_died),
		TEST(an_inner_handlers_death_is_not_told_the_sender),
		TEST(root_handlers_run_with_every_request),
		TEST(the_supervisor_is_told_how_many_root_handlers_there_are),
		TEST(a_root_handlers_answer_is_not_the_messages),
		TEST(a_root_handler_registered_meanwhile_runs_with_the_next_request),
		TEST(the_table_says_which_cpu_executes_and_keeps_its_checksum),
		TEST(a_request_without_a_message_is_answered_nothing),
	};

	return cmocka_run_group_tests_name("usercore/serve", tests, NULL, NULL);
}
