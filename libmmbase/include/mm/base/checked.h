/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Overflow-checked arithmetic on the two widths this project computes with. Each returns true and writes
 * `ret` only when the exact result fits; on false `ret` is untouched.
 */
#include <stdbool.h>
#include <stdint.h>

static inline bool mm_add_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	if (b > UINT64_MAX - a)
		return false;
	*ret = a + b;
	return true;
}

static inline bool mm_sub_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	if (b > a)
		return false;
	*ret = a - b;
	return true;
}

static inline bool mm_mul_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	if (a != 0 && b > UINT64_MAX / a)
		return false;
	*ret = a * b;
	return true;
}

static inline bool mm_add_u32(uint32_t a, uint32_t b, uint32_t *ret)
{
	if (b > UINT32_MAX - a)
		return false;
	*ret = a + b;
	return true;
}

static inline bool mm_sub_u32(uint32_t a, uint32_t b, uint32_t *ret)
{
	if (b > a)
		return false;
	*ret = a - b;
	return true;
}

static inline bool mm_mul_u32(uint32_t a, uint32_t b, uint32_t *ret)
{
	if (a != 0 && b > UINT32_MAX / a)
		return false;
	*ret = a * b;
	return true;
}

/* The same number in 32 bits. */
static inline bool mm_narrow_u32(uint64_t v, uint32_t *ret)
{
	if (v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

static inline bool mm_is_power_of_two(uint64_t v)
{
	return v != 0 && (v & (v - 1u)) == 0;
}

/* Rounds `v` up to a multiple of `align`, a power of two. False if the result does not fit or `align` is not one. */
static inline bool mm_align_up_u64(uint64_t v, uint64_t align, uint64_t *ret)
{
	uint64_t sum;

	if (!mm_is_power_of_two(align) || !mm_add_u64(v, align - 1u, &sum))
		return false;
	*ret = sum & ~(align - 1u);
	return true;
}
