/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Messages whose lengths lie. Each must be answered with an error, and the next good one must be served. */

#include "client.h"
#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"
#include "talk.h"

static const uint64_t lengths[] = {
	UINT64_MAX,	   UINT64_MAX - 7,    UINT64_MAX - 23, UINT64_MAX - 24,	  (uint64_t)INT64_MAX,
	(uint64_t)1 << 63, (uint64_t)1 << 32, 0xffffffffu,     0x10000 - 24 + 1u, 0x10000u,
};

/* Buffer size, then message size. */
static const uint64_t lengths_v3[][2] = {
	{ 0, 0 },
	{ 0, 8 },
	{ MM_COMM_HEADER_V3_BYTES - 1, 0 },
	{ MM_COMM_HEADER_BYTES, 0 },
	{ MM_COMM_HEADER_V3_BYTES, 1 },
	{ MM_COMM_HEADER_V3_BYTES + 8, 9 },
	{ MM_COMM_HEADER_V3_BYTES + 8, UINT64_MAX },
	{ MM_COMM_HEADER_V3_BYTES + 8, UINT64_MAX - MM_COMM_HEADER_V3_BYTES + 1 },
	{ 0x10000 + 1, 0x10000 + 1 - MM_COMM_HEADER_V3_BYTES },
	{ UINT64_MAX, UINT64_MAX - MM_COMM_HEADER_V3_BYTES },
	{ UINT64_MAX, UINT64_MAX },
};

static bool is_refused(struct mm_q35_client *client, uint64_t a, uint64_t b)
{
	struct mm_q35_answer answer;

	if (!mm_q35_talk_send(client, NULL, &answer))
		return false;
	if (!MM_EFI_IS_ERROR(answer.status))
		return mm_q35_client_fail(client, "lengths %llx, %llx are answered with %llx", a, b, answer.status);
	return mm_q35_talk_is_alive(client, "a message with a wrong length");
}

static bool wrong_lengths(struct mm_q35_client *client, uint64_t argument)
{
	static const struct mm_guid echo_guid = MM_GUID_ECHO_DRIVER;

	for (size_t i = 0; i < MM_ARRAY_COUNT(lengths); i++) {
		(void)mm_q35_channel_compose(&client->machine->user, &echo_guid, lengths[i]);
		if (!is_refused(client, lengths[i], 0))
			return false;
	}
	return true;
}

static bool wrong_lengths_v3(struct mm_q35_client *client, uint64_t argument)
{
	for (size_t i = 0; i < MM_ARRAY_COUNT(lengths_v3); i++) {
		struct mm_comm_header_v3 header = {
			.header_guid = mm_guid_comm_header_v3,
			.buffer_bytes = lengths_v3[i][0],
			.guid = MM_GUID_ECHO_DRIVER,
			.message_bytes = lengths_v3[i][1],
		};

		__builtin_memcpy(client->machine->user.buffer, &header, MM_COMM_HEADER_V3_BYTES);
		if (!is_refused(client, header.buffer_bytes, header.message_bytes))
			return false;
	}
	return true;
}

struct bad_request {
	struct mm_supv_request_header header;
	uint64_t bytes; /* of the message */
};

static const struct bad_request bad_requests[] = {
	{ { 0x12345678, MM_SUPV_REQUEST_REVISION, MM_SUPV_REQUEST_VERSION_INFO, 0, 0 }, 64 },
	{ { MM_SUPV_REQUEST_SIGNATURE, 99, MM_SUPV_REQUEST_VERSION_INFO, 0, 0 }, 64 },
	{ { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, 0x7777, 0, 0 }, 64 },
	{ { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, MM_SUPV_REQUEST_VERSION_INFO, 0, 0 }, 8 },
	{ { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, MM_SUPV_REQUEST_VERSION_INFO, 0, 0 }, UINT64_MAX },
};

/* Sends one request; true if the channel or the request's own header answers with an error. */
static bool request_is_refused(struct mm_q35_client *client, const struct bad_request *request)
{
	struct mm_q35_channel *channel = &client->machine->supervisor;
	struct mm_supv_request_header header;
	struct mm_q35_answer answer;
	uint8_t *data = mm_q35_channel_compose(channel, &mm_guid_supv_request, request->bytes);

	__builtin_memcpy(data, &request->header, sizeof(request->header));
	if (mm_q35_channel_send(channel, NULL, &answer) != MM_OK)
		return mm_q35_client_fail(client, "no answer in time");
	__builtin_memcpy(&header, data, sizeof(header));
	if (MM_EFI_IS_ERROR(answer.status) || MM_EFI_IS_ERROR(header.result))
		return true;
	return mm_q35_client_fail(client, "signature %x, revision %u, request %x, %llu bytes are answered with %llx",
				  header.signature, header.revision, header.request, request->bytes, header.result);
}

static bool wrong_requests(struct mm_q35_client *client, uint64_t argument)
{
	for (size_t i = 0; i < MM_ARRAY_COUNT(bad_requests); i++) {
		if (!request_is_refused(client, &bad_requests[i]))
			return false;
	}
	return mm_q35_talk_is_alive(client, "malformed requests to the supervisor");
}

static const struct mm_q35_check checks[] = {
	{ "malformed-lengths", wrong_lengths, 0 },
	{ "malformed-lengths-v3", wrong_lengths_v3, 0 },
	{ "malformed-requests", wrong_requests, 0 },
};

const struct mm_q35_check_list mm_q35_checks_malformed = { checks, MM_ARRAY_COUNT(checks), NULL };
