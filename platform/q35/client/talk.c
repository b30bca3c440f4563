/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "talk.h"

#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/base/guid.h"

#define MIX	    0x9e3779b97f4a7c15ull
#define GUARD_BYTE  0xa5u
#define ALIVE_BYTES 64u

static const struct mm_guid echo_guid = MM_GUID_ECHO_DRIVER;

static uint64_t pattern(uint64_t seed, uint64_t index)
{
	return (seed + index) * MIX;
}

void mm_q35_talk_fill(uint8_t *data, uint64_t bytes, uint64_t seed)
{
	uint64_t *words = (uint64_t *)(void *)data;
	uint64_t count = bytes / 8;
	uint64_t last = pattern(seed, count);

	for (uint64_t i = 0; i < count; i++)
		words[i] = pattern(seed, i);
	__builtin_memcpy(data + count * 8, &last, bytes % 8);
}

bool mm_q35_talk_is_inverse(const uint8_t *data, uint64_t bytes, uint64_t seed, uint64_t *ret_offset)
{
	const uint64_t *words = (const uint64_t *)(const void *)data;
	uint64_t count = bytes / 8;
	uint64_t last = ~pattern(seed, count);

	for (uint64_t i = 0; i < count; i++) {
		if (words[i] != ~pattern(seed, i)) {
			*ret_offset = i * 8;
			return false;
		}
	}
	*ret_offset = count * 8;
	return __builtin_memcmp(data + count * 8, &last, bytes % 8) == 0;
}

bool mm_q35_talk_send(struct mm_q35_client *client, const struct mm_q35_trigger *trigger,
		      struct mm_q35_answer *ret_answer)
{
	if (mm_q35_channel_send(&client->machine->user, trigger, ret_answer) == MM_OK)
		return true;
	return mm_q35_client_fail(client, "no answer in time");
}

static bool judge_echo(struct mm_q35_client *client, uint64_t bytes, uint64_t seed, const struct mm_q35_answer *answer)
{
	const uint8_t *buffer = client->machine->user.buffer;
	const uint8_t *data = buffer + MM_COMM_HEADER_BYTES;
	struct mm_comm_header header;
	uint64_t offset;

	__builtin_memcpy(&header, buffer, MM_COMM_HEADER_BYTES);
	if (answer->status != MM_EFI_SUCCESS)
		return mm_q35_client_fail(client, "echo of %llu bytes answers %llx", bytes, answer->status);
	if (answer->bytes != bytes + MM_COMM_HEADER_BYTES || header.message_bytes != bytes)
		return mm_q35_client_fail(client,
					  "echo of %llu bytes has length %llu in the status, %llu in the header", bytes,
					  answer->bytes, header.message_bytes);
	if (!mm_guid_equal(&header.guid, &echo_guid))
		return mm_q35_client_fail(client, "the header's GUID changed");
	if (!mm_q35_talk_is_inverse(data, bytes, seed, &offset))
		return mm_q35_client_fail(client, "echo of %llu bytes differs at or after byte %llu", bytes, offset);
	if (bytes < mm_q35_channel_capacity(&client->machine->user) && data[bytes] != GUARD_BYTE)
		return mm_q35_client_fail(client, "the byte behind an echo of %llu bytes was written", bytes);
	return true;
}

bool mm_q35_talk_echo(struct mm_q35_client *client, uint64_t bytes, uint64_t seed, const struct mm_q35_trigger *trigger,
		      struct mm_q35_answer *ret_answer)
{
	struct mm_q35_channel *channel = &client->machine->user;
	uint8_t *data = mm_q35_channel_compose(channel, &echo_guid, bytes);

	mm_q35_talk_fill(data, bytes, seed);
	if (bytes < mm_q35_channel_capacity(channel))
		data[bytes] = GUARD_BYTE;
	if (!mm_q35_talk_send(client, trigger, ret_answer))
		return false;
	return judge_echo(client, bytes, seed, ret_answer);
}

bool mm_q35_talk_is_alive(struct mm_q35_client *client, const char *after)
{
	struct mm_q35_answer answer;
	char why[sizeof(client->reason)];

	if (mm_q35_talk_echo(client, ALIVE_BYTES, 7, NULL, &answer))
		return true;
	__builtin_memcpy(why, client->reason, sizeof(why));
	return mm_q35_client_fail(client, "after %s: %s", after, why);
}

bool mm_q35_talk_ask_crash(struct mm_q35_client *client, uint32_t kind, uint64_t address,
			   struct mm_q35_answer *ret_answer)
{
	static const struct mm_guid crash_guid = MM_GUID_CRASH_DRIVER;
	struct mm_crash_request request = { kind, 0, address };

	__builtin_memcpy(mm_q35_channel_compose(&client->machine->user, &crash_guid, sizeof(request)), &request,
			 sizeof(request));
	return mm_q35_talk_send(client, NULL, ret_answer);
}

bool mm_q35_talk_crash_is_contained(struct mm_q35_client *client, uint32_t kind, uint64_t address)
{
	struct mm_q35_answer answer;

	if (!mm_q35_talk_ask_crash(client, kind, address, &answer))
		return false;
	if (!MM_EFI_IS_ERROR(answer.status))
		return mm_q35_client_fail(client, "kind %u at %llx is answered with %llx", kind, address,
					  answer.status);
	return mm_q35_talk_is_alive(client, "the crash");
}
