/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Conversations with the sample drivers, as checks need them. Each fails its check with a reason.
 */
#include "channel.h"
#include "client.h"

/* Sends what the user channel's buffer holds; false (with a reason) only if there is no answer. */
bool mm_q35_talk_send(struct mm_q35_client *client, const struct mm_q35_trigger *trigger,
		      struct mm_q35_answer *ret_answer);

/*
 * One echo of `bytes` bytes (at most the channel's capacity) filled from `seed`, raised by `trigger` (NULL: port
 * 0xB2): the answer must be success, of the same length, every bit inverted, the header and the byte behind it as
 * they were.
 */
bool mm_q35_talk_echo(struct mm_q35_client *client, uint64_t bytes, uint64_t seed, const struct mm_q35_trigger *trigger,
		      struct mm_q35_answer *ret_answer);

/* An echo that shows that MM still works; `after` says after what. */
bool mm_q35_talk_is_alive(struct mm_q35_client *client, const char *after);

/* Fills `bytes` bytes at the 8-aligned `data` from `seed`, and compares with the inverse of that. */
void mm_q35_talk_fill(uint8_t *data, uint64_t bytes, uint64_t seed);
bool mm_q35_talk_is_inverse(const uint8_t *data, uint64_t bytes, uint64_t seed, uint64_t *ret_offset);

/* Asks drivers/crash for `kind` (enum mm_crash_kind); false (with a reason) only if there is no answer. */
bool mm_q35_talk_ask_crash(struct mm_q35_client *client, uint32_t kind, uint64_t address,
			   struct mm_q35_answer *ret_answer);

/* The same must be answered with an error, and MM must still work. */
bool mm_q35_talk_crash_is_contained(struct mm_q35_client *client, uint32_t kind, uint64_t address);
