/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The mailboxes outside MMRAM. The OS may change them at any moment, so every byte is fetched once: the header into
 * ring 0's memory, where it is judged, the rest straight into the shadow that the domain reads.
 *
 * Context: the monarch.
 */
#include "supv.h"

/* A message as its header, already in our memory, describes it. */
struct mm_supv_message {
	struct mm_guid guid;
	uint64_t bytes;	       /* header and data */
	uint64_t header_bytes; /* 24 or 56 */
	uint8_t header[56];
};

/* True if the caller of the channel has handed a message over. */
bool mm_supv_channel_is_full(const struct mm_supv_channel *channel);

/*
 * Fetches and judges the header. MM_OK; MM_E_TRUNCATED (the lengths do not hold the header), MM_E_LIMIT (the message
 * is larger than the channel), MM_E_UNSUPPORTED (version 3 where `allow_v3` is false).
 */
enum mm_status mm_supv_channel_read_header(const struct mm_supv_channel *channel, bool allow_v3,
					   struct mm_supv_message *ret_message);

/* Completes the status block: status, bytes, and only then the valid flag. */
void mm_supv_channel_complete(const struct mm_supv_channel *channel, uint64_t status, uint64_t bytes);

/*
 * User channel: if a message waits, judges it, notices lifecycle events and copies it into the shadow. Returns its
 * bytes; 0 if there is none or it was refused, which its caller has then been told.
 */
uint64_t mm_supv_channel_take(struct mm_supv_cpu *cpu, bool can_serve);

/* User channel: copies `bytes` of the shadow back and completes the status block. */
void mm_supv_channel_answer(struct mm_supv_cpu *cpu, uint64_t status, uint64_t bytes);

/* Lifecycle: sets the one-way latches that `guid` stands for, on either channel. */
void mm_supv_notice_event(struct mm_supv_state *supv, const struct mm_guid *guid);
