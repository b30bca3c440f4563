/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Bounded, alignment-free reading of little-endian bytes. A span is memory the caller owns and keeps
 * alive; nothing here writes to it. The unchecked loads are for offsets a decoder has just proved.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm_bytes {
	const uint8_t *data;
	size_t count;
};

static inline struct mm_bytes mm_bytes(const void *data, size_t count)
{
	struct mm_bytes b = { (const uint8_t *)data, count };
	return b;
}

static inline uint16_t mm_load_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

static inline uint32_t mm_load_u32(const uint8_t *p)
{
	return (uint32_t)mm_load_u16(p) | ((uint32_t)mm_load_u16(p + 2) << 16);
}

static inline uint64_t mm_load_u64(const uint8_t *p)
{
	return (uint64_t)mm_load_u32(p) | ((uint64_t)mm_load_u32(p + 4) << 32);
}

static inline void mm_store_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void mm_store_u32(uint8_t *p, uint32_t v)
{
	mm_store_u16(p, (uint16_t)v);
	mm_store_u16(p + 2, (uint16_t)(v >> 16));
}

static inline void mm_store_u64(uint8_t *p, uint64_t v)
{
	mm_store_u32(p, (uint32_t)v);
	mm_store_u32(p + 4, (uint32_t)(v >> 32));
}

/* True if [offset, offset + count) lies inside the span. */
static inline bool mm_bytes_has(struct mm_bytes b, uint64_t offset, uint64_t count)
{
	return offset <= b.count && count <= b.count - offset;
}

/* The part [offset, offset + count); the caller has proved it with mm_bytes_has(). */
static inline struct mm_bytes mm_bytes_slice(struct mm_bytes b, uint64_t offset, uint64_t count)
{
	return mm_bytes(b.data + offset, (size_t)count);
}

/* Copies `count` bytes between places that do not overlap; the compiler makes a memcpy of it. */
static inline void mm_bytes_copy(uint8_t *to, const uint8_t *from, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		to[i] = from[i];
}

/* Sets `count` bytes to `value`. */
static inline void mm_bytes_fill(uint8_t *to, uint8_t value, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		to[i] = value;
}
