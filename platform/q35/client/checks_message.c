/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Messages that are in order, on both channels. */

#include "client.h"
#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"
#include "request.h"
#include "talk.h"

#define SHORT_LENGTHS 4097u /* 0..4096 bytes in turn */
#define LONG_PERIOD   100u  /* every one of so many is as long as can be */

static bool echo_round_trips(struct mm_q35_client *client, uint64_t argument)
{
	uint64_t capacity = mm_q35_channel_capacity(&client->machine->user);
	struct mm_q35_answer answer;

	for (uint64_t i = 0; i < client->count; i++) {
		uint64_t bytes = i % LONG_PERIOD == LONG_PERIOD - 1 ? capacity : i % SHORT_LENGTHS;

		if (!mm_q35_talk_echo(client, bytes, i, NULL, &answer))
			return false;
	}
	return true;
}

/* The same message in a header of version 3. */
static bool echo_v3(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_channel *channel = &client->machine->user;
	struct mm_comm_header_v3 header = {
		.header_guid = mm_guid_comm_header_v3,
		.buffer_bytes = MM_COMM_HEADER_V3_BYTES + 1000,
		.guid = MM_GUID_ECHO_DRIVER,
		.message_bytes = 1000,
	};
	uint8_t *data = channel->buffer + MM_COMM_HEADER_V3_BYTES;
	struct mm_q35_answer answer;
	uint64_t offset;

	__builtin_memcpy(channel->buffer, &header, MM_COMM_HEADER_V3_BYTES);
	mm_q35_talk_fill(data, 1000, 3);
	if (!mm_q35_talk_send(client, NULL, &answer))
		return false;
	if (answer.status != MM_EFI_SUCCESS || answer.bytes != MM_COMM_HEADER_V3_BYTES + 1000)
		return mm_q35_client_fail(client, "answer %llx of %llu bytes", answer.status, answer.bytes);
	if (!mm_q35_talk_is_inverse(data, 1000, 3, &offset))
		return mm_q35_client_fail(client, "differs at or after byte %llu", offset);
	return true;
}

static bool ask_clock(struct mm_q35_client *client, struct mm_clock_answer *ret_clock)
{
	static const struct mm_guid clock_guid = MM_GUID_CLOCK_DRIVER;
	struct mm_q35_answer answer;
	uint8_t *data = mm_q35_channel_compose(&client->machine->user, &clock_guid, sizeof(*ret_clock));

	__builtin_memset(data, 0, sizeof(*ret_clock));
	if (!mm_q35_talk_send(client, NULL, &answer))
		return false;
	if (answer.status != MM_EFI_SUCCESS || answer.bytes != MM_COMM_HEADER_BYTES + sizeof(*ret_clock))
		return mm_q35_client_fail(client, "answer %llx of %llu bytes", answer.status, answer.bytes);
	__builtin_memcpy(ret_clock, data, sizeof(*ret_clock));
	return true;
}

/* MM measured its clock in one go, on a machine that may have been busy: too high a rate is no fault of its. */
static bool is_near(uint64_t value, uint64_t wanted)
{
	return value > wanted / 2 && value < wanted * 8;
}

static bool clock_answers(struct mm_q35_client *client, uint64_t argument)
{
	uint64_t rate = mm_hal_time_ticks_per_second(&client->machine->hal.time);
	struct mm_clock_answer first = { 0, 0, 0, 0 };
	struct mm_clock_answer second = { 0, 0, 0, 0 };

	if (!ask_clock(client, &first) || !mm_q35_talk_is_alive(client, "the clock") || !ask_clock(client, &second))
		return false;
	if (!is_near(second.ticks_per_second, rate))
		return mm_q35_client_fail(client, "%llu ticks a second, here %llu", second.ticks_per_second, rate);
	if (second.ticks <= first.ticks || second.answers != first.answers + 1)
		return mm_q35_client_fail(client, "ticks %llu after %llu, answers %llu after %llu", second.ticks,
					  first.ticks, second.answers, first.answers);
	if (second.echoes != first.echoes + 1)
		return mm_q35_client_fail(client, "echo's protocol counts %llu after %llu", second.echoes,
					  first.echoes);
	return true;
}

static bool unknown_guid_is_not_found(struct mm_q35_client *client, uint64_t argument)
{
	static const struct mm_guid nobody = {
		0x0badc0de, 0x1234, 0x4321, { 0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07 }
	};
	struct mm_q35_answer answer;

	__builtin_memset(mm_q35_channel_compose(&client->machine->user, &nobody, 8), 0, 8);
	if (!mm_q35_talk_send(client, NULL, &answer))
		return false;
	if (answer.status != MM_EFI_NOT_FOUND)
		return mm_q35_client_fail(client, "answer %llx", answer.status);
	return mm_q35_talk_is_alive(client, "an unknown GUID");
}

static bool supervisor_tells_its_version(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_supv_version_info version = { 0, 0, 0 };
	uint64_t result;

	if (mm_q35_request_version(client->machine, &result, &version) != MM_OK)
		return mm_q35_client_fail(client, "no answer in time");
	if (result != MM_EFI_SUCCESS)
		return mm_q35_client_fail(client, "result %llx", result);
	if (version.max_request_level != MM_SUPV_REQUEST_LEVEL)
		return mm_q35_client_fail(client, "request level %llu", version.max_request_level);
	return true;
}

/* A message on each channel at the same time: both are answered, by as many SMIs as there are messages. */
static bool both_channels_are_served(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_channel *supervisor = &client->machine->supervisor;
	const struct mm_supv_request_header request = { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION,
							MM_SUPV_REQUEST_VERSION_INFO, 0, MM_EFI_ABORTED };
	struct mm_supv_request_header header;
	struct mm_q35_answer answer;
	uint8_t *data;

	data = mm_q35_channel_compose(supervisor, &mm_guid_supv_request, mm_q35_channel_capacity(supervisor));
	__builtin_memcpy(data, &request, sizeof(request));
	supervisor->status->return_status = MM_EFI_ABORTED;
	supervisor->status->valid = 1;
	if (!mm_q35_talk_echo(client, 500, 5, NULL, &answer))
		return false;
	if (supervisor->status->valid != 0)
		mm_q35_smi_raise();
	__builtin_memcpy(&header, data, sizeof(header));
	if (supervisor->status->valid != 0)
		return mm_q35_client_fail(client, "the supervisor's channel was not served");
	if (supervisor->status->return_status != MM_EFI_SUCCESS || header.result != MM_EFI_SUCCESS)
		return mm_q35_client_fail(client, "the supervisor answers %llx, %llx",
					  supervisor->status->return_status, header.result);
	return true;
}

/* An SMI that nobody asked for: both channels stay as they were. */
static bool asynchronous_smi_changes_nothing(struct mm_q35_client *client, uint64_t argument)
{
	volatile struct mm_comm_status *status = client->machine->user.status;

	status->return_status = 0x1111111111111111ull;
	status->return_bytes = 0x2222222222222222ull;
	for (unsigned int i = 0; i < 10; i++)
		mm_q35_smi_raise();
	if (status->valid != 0 || status->return_status != 0x1111111111111111ull ||
	    status->return_bytes != 0x2222222222222222ull)
		return mm_q35_client_fail(client, "the status block was written");
	return mm_q35_talk_is_alive(client, "ten SMIs without a message");
}

static const struct mm_q35_check checks[] = {
	{ "echo-round-trips", echo_round_trips, 0 },
	{ "echo-v3", echo_v3, 0 },
	{ "clock", clock_answers, 0 },
	{ "unknown-guid", unknown_guid_is_not_found, 0 },
	{ "supervisor-version", supervisor_tells_its_version, 0 },
	{ "both-channels", both_channels_are_served, 0 },
	{ "asynchronous-smi", asynchronous_smi_changes_nothing, 0 },
};

const struct mm_q35_check_list mm_q35_checks_message = { checks, MM_ARRAY_COUNT(checks), NULL };
