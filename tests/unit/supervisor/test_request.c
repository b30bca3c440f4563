/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The supervisor's own channel: each request with each documented result (docs/abi.md, 6), and everything that is none.
 */
#include "request.h"

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "version.h"
#include "world.h"

#define RESULT_AT 16u

/* A request as the OS sends it, 64 bytes of data behind it. */
struct wire {
	struct mm_supv_request_header header;
	uint8_t data[64];
};

static uint8_t *answer(struct world *world)
{
	return world_bytes(world, WORLD_SUPERVISOR_BUFFER + MM_COMM_HEADER_BYTES, 0x200);
}

static void ask(struct world *world, uint32_t request, uint64_t bytes)
{
	struct wire wire = { { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, request, 0, 0x5555 }, { 0 } };

	memset(wire.data, 0xab, sizeof(wire.data));
	memset(answer(world), 0xcd, 0x200);
	world_put_request(world, &mm_guid_supv_request, &wire, bytes);
	mm_supv_request_serve(world_cpu(world, 0));
}

static void reports_version_and_level(void **state)
{
	struct world *world = *state;
	struct mm_supv_version_info info;

	ask(world, MM_SUPV_REQUEST_VERSION_INFO, sizeof(struct wire));
	memcpy(&info, answer(world) + sizeof(struct mm_supv_request_header), sizeof(info));
	assert_int_equal(world_supervisor_status(world).valid, 0);
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_SUCCESS);
	assert_int_equal(world_supervisor_status(world).return_bytes, MM_COMM_HEADER_BYTES + 24u + sizeof(info));
	assert_int_equal(mm_load_u64(answer(world) + RESULT_AT), MM_EFI_SUCCESS);
	assert_int_equal(info.version, MM_SUPV_VERSION);
	assert_int_equal(info.patch_level, MM_SUPV_PATCH_LEVEL);
	assert_int_equal(info.max_request_level, 4);
}

static void reports_version_into_just_enough_room(void **state)
{
	struct world *world = *state;

	ask(world, MM_SUPV_REQUEST_VERSION_INFO, 24u + sizeof(struct mm_supv_version_info));
	assert_int_equal(mm_load_u64(answer(world) + RESULT_AT), MM_EFI_SUCCESS);
}

/* Requests that are answered by a result alone. */
struct answered {
	const char *claim;
	uint32_t request;
	uint64_t bytes;
	bool after_boot;
	uint64_t result;
};

static const struct answered answers[] = {
	{ "refuses_version_without_room", MM_SUPV_REQUEST_VERSION_INFO, 24, false, MM_EFI_BUFFER_TOO_SMALL },
	{ "refuses_version_one_byte_short", MM_SUPV_REQUEST_VERSION_INFO, 39, false, MM_EFI_BUFFER_TOO_SMALL },
	{ "denies_unblocking", MM_SUPV_REQUEST_UNBLOCK_MEM, sizeof(struct wire), false, MM_EFI_ACCESS_DENIED },
	{ "denies_unblocking_after_boot", MM_SUPV_REQUEST_UNBLOCK_MEM, sizeof(struct wire), true,
	  MM_EFI_ACCESS_DENIED },
	{ "denies_moving_the_channel", MM_SUPV_REQUEST_COMM_UPDATE, sizeof(struct wire), false, MM_EFI_ACCESS_DENIED },
	{ "does_not_support_fetching_the_policy", MM_SUPV_REQUEST_FETCH_POLICY, 24, false, MM_EFI_UNSUPPORTED },
	{ "denies_fetching_the_policy_after_boot", MM_SUPV_REQUEST_FETCH_POLICY, 24, true, MM_EFI_ACCESS_DENIED },
	{ "does_not_support_request_0", 0, 24, false, MM_EFI_UNSUPPORTED },
	{ "does_not_support_request_5", 5, 24, false, MM_EFI_UNSUPPORTED },
	{ "does_not_support_requests_of_our_own_range_yet", 0x80000000, 24, false, MM_EFI_UNSUPPORTED },
	{ "does_not_support_the_last_request", UINT32_MAX, 24, true, MM_EFI_UNSUPPORTED },
};

static void answers_by_result(void **state)
{
	struct world *world = *state;
	const struct answered *row = world->row;

	world->supv->boot_services_over = row->after_boot;
	ask(world, row->request, row->bytes);
	assert_int_equal(world_supervisor_status(world).valid, 0);
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_SUCCESS); /* the header was understood */
	assert_int_equal(world_supervisor_status(world).return_bytes, MM_COMM_HEADER_BYTES + 24u);
	assert_int_equal(mm_load_u64(answer(world) + RESULT_AT), row->result);
	assert_int_equal(mm_load_u32(answer(world) + 8), row->request);
	/* Behind the header stands what the caller wrote, or what was there before. */
	assert_int_equal(answer(world)[24], row->bytes > 24 ? 0xab : 0xcd);
	assert_int_equal(world->supv->counters.bad_messages, 0);
}

/* Messages that are no request: the channel's status says so, and nothing is answered. */
struct refused {
	const char *claim;
	uint32_t signature;
	uint32_t revision;
	uint64_t bytes;
	uint64_t status;
};

static const struct refused no_requests[] = {
	{ "finds_no_request_without_signature", 0, 1, 24, MM_EFI_NOT_FOUND },
	{ "finds_no_request_in_reversed_signature", 0x4d535550, 1, 24, MM_EFI_NOT_FOUND },
	{ "finds_no_request_of_revision_0", MM_SUPV_REQUEST_SIGNATURE, 0, 24, MM_EFI_NOT_FOUND },
	{ "finds_no_request_of_revision_2", MM_SUPV_REQUEST_SIGNATURE, 2, 24, MM_EFI_NOT_FOUND },
	{ "finds_no_request_in_a_short_header", MM_SUPV_REQUEST_SIGNATURE, 1, 23, MM_EFI_NOT_FOUND },
	{ "finds_no_request_in_nothing", MM_SUPV_REQUEST_SIGNATURE, 1, 0, MM_EFI_NOT_FOUND },
};

static void answers_by_status(void **state)
{
	struct world *world = *state;
	const struct refused *row = world->row;
	const struct wire wire = { { row->signature, row->revision, MM_SUPV_REQUEST_VERSION_INFO, 0, 0x5555 }, { 0 } };

	world_put_request(world, &mm_guid_supv_request, &wire, sizeof(wire));
	mm_store_u64(world_bytes(world, WORLD_SUPERVISOR_BUFFER + 16u, 8), row->bytes);
	mm_supv_request_serve(world_cpu(world, 0));
	assert_int_equal(world_supervisor_status(world).valid, 0);
	assert_int_equal(world_supervisor_status(world).return_status, row->status);
	assert_int_equal(world_supervisor_status(world).return_bytes, 0);
	assert_int_equal(mm_load_u64(answer(world) + RESULT_AT), 0x5555);
}

static void refuses_lengths_that_do_not_fit_the_channel(void **state)
{
	static const uint64_t bytes[] = { WORLD_CHANNEL_BYTES - 23u, WORLD_CHANNEL_BYTES, UINT64_MAX - 23u,
					  UINT64_MAX };
	struct world *world = *state;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(bytes); i++) {
		world_put_request(world, &mm_guid_supv_request, "", 1);
		mm_store_u64(world_bytes(world, WORLD_SUPERVISOR_BUFFER + 16u, 8), bytes[i]);
		mm_supv_request_serve(world_cpu(world, 0));
		assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_BAD_BUFFER_SIZE);
		assert_int_equal(world->supv->counters.bad_messages, i + 1u);
	}
}

static void takes_a_request_as_long_as_the_channel(void **state)
{
	struct world *world = *state;

	ask(world, MM_SUPV_REQUEST_VERSION_INFO, sizeof(struct wire));
	mm_store_u64(world_bytes(world, WORLD_SUPERVISOR_BUFFER + 16u, 8), WORLD_CHANNEL_BYTES - MM_COMM_HEADER_BYTES);
	*world_bytes(world, WORLD_SUPERVISOR_STATUS, 1) = 1;
	mm_supv_request_serve(world_cpu(world, 0));
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_SUCCESS);
	assert_int_equal(world_supervisor_status(world).return_bytes, MM_COMM_HEADER_BYTES + 40u);
}

static void does_not_support_version_3_of_the_header(void **state)
{
	struct world *world = *state;

	world_put_request(world, &mm_guid_comm_header_v3, "0123456789012345678901234567890123456789", 40);
	mm_supv_request_serve(world_cpu(world, 0));
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_UNSUPPORTED);
	assert_int_equal(world->supv->counters.bad_messages, 0);
}

static void finds_no_one_for_an_unknown_guid(void **state)
{
	struct world *world = *state;

	world_put_request(world, &world_driver_1, "hello", 5);
	mm_supv_request_serve(world_cpu(world, 0));
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_NOT_FOUND);
	assert_memory_equal(answer(world), "hello", 5);
}

static void latches_lifecycle_events(void **state)
{
	struct world *world = *state;

	world_put_request(world, &mm_guid_ready_to_boot_event, "", 1);
	mm_supv_request_serve(world_cpu(world, 0));
	assert_true(world->supv->locked);
	assert_false(world->supv->boot_services_over);
	world_put_request(world, &mm_guid_exit_boot_services_event, "", 1);
	mm_supv_request_serve(world_cpu(world, 0));
	assert_true(world->supv->boot_services_over);
	assert_int_equal(world_supervisor_status(world).return_status, MM_EFI_NOT_FOUND);
}

static void leaves_an_empty_channel_alone(void **state)
{
	struct world *world = *state;

	*world_bytes(world, WORLD_SUPERVISOR_STATUS + 8u, 1) = 0x5a;
	mm_supv_request_serve(world_cpu(world, 0));
	assert_int_equal(*world_bytes(world, WORLD_SUPERVISOR_STATUS + 8u, 1), 0x5a);
}

/* What ring 0 answers never touches the other channel. */
static void answers_on_its_own_channel_only(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "keep", 4);
	ask(world, MM_SUPV_REQUEST_VERSION_INFO, sizeof(struct wire));
	assert_int_equal(world_user_status(world).valid, 1);
	assert_memory_equal(world_bytes(world, WORLD_USER_BUFFER + 24u, 4), "keep", 4);
}

#define BOOTED(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOTED(reports_version_and_level),
		BOOTED(reports_version_into_just_enough_room),
		BOOTED(refuses_lengths_that_do_not_fit_the_channel),
		BOOTED(takes_a_request_as_long_as_the_channel),
		BOOTED(does_not_support_version_3_of_the_header),
		BOOTED(finds_no_one_for_an_unknown_guid),
		BOOTED(latches_lifecycle_events),
		BOOTED(leaves_an_empty_channel_alone),
		BOOTED(answers_on_its_own_channel_only),
	};
	struct CMUnitTest results[MM_ARRAY_COUNT(answers)];
	struct CMUnitTest statuses[MM_ARRAY_COUNT(no_requests)];
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(answers); i++)
		results[i] = world_row(answers[i].claim, answers_by_result, world_setup, &answers[i]);
	for (i = 0; i < MM_ARRAY_COUNT(no_requests); i++)
		statuses[i] = world_row(no_requests[i].claim, answers_by_status, world_setup, &no_requests[i]);
	return cmocka_run_group_tests_name("supervisor/request", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/request results", results, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/request statuses", statuses, NULL, NULL);
}
