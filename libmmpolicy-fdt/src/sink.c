/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "internal.h"

void mm_policy_sink_bytes(struct sink *sink, const void *bytes, size_t count)
{
	if (sink->full || count > sink->capacity - sink->count) {
		sink->full = true;
		return;
	}
	mm_bytes_copy(sink->data + sink->count, bytes, count);
	sink->count += count;
}

void mm_policy_sink_u8(struct sink *sink, uint32_t v)
{
	uint8_t byte = (uint8_t)v;

	mm_policy_sink_bytes(sink, &byte, 1);
}

void mm_policy_sink_u16(struct sink *sink, uint32_t v)
{
	uint8_t bytes[2];

	mm_store_u16(bytes, (uint16_t)v);
	mm_policy_sink_bytes(sink, bytes, sizeof(bytes));
}

void mm_policy_sink_u32(struct sink *sink, uint32_t v)
{
	uint8_t bytes[4];

	mm_store_u32(bytes, v);
	mm_policy_sink_bytes(sink, bytes, sizeof(bytes));
}

void mm_policy_sink_u64(struct sink *sink, uint64_t v)
{
	uint8_t bytes[8];

	mm_store_u64(bytes, v);
	mm_policy_sink_bytes(sink, bytes, sizeof(bytes));
}

void mm_policy_sink_patch_u32(struct sink *sink, size_t at, uint32_t v)
{
	if (!sink->full)
		mm_store_u32(sink->data + at, v);
}
