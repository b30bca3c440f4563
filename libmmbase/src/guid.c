/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/guid.h"

#include "mm/base/bytes.h"

/* Where the two digits of each byte stand in the printed form, and which byte in memory they print. */
static const uint8_t text_position[MM_GUID_BYTES] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };
static const uint8_t byte_position[MM_GUID_BYTES] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t dash_position[4] = { 8, 13, 18, 23 };

struct mm_guid mm_guid_load(const uint8_t bytes[MM_GUID_BYTES])
{
	struct mm_guid guid;
	size_t i;

	guid.data1 = mm_load_u32(bytes);
	guid.data2 = mm_load_u16(bytes + 4);
	guid.data3 = mm_load_u16(bytes + 6);
	for (i = 0; i < sizeof(guid.data4); i++)
		guid.data4[i] = bytes[8 + i];
	return guid;
}

void mm_guid_store(uint8_t ret_bytes[MM_GUID_BYTES], const struct mm_guid *guid)
{
	size_t i;

	mm_store_u32(ret_bytes, guid->data1);
	mm_store_u16(ret_bytes + 4, guid->data2);
	mm_store_u16(ret_bytes + 6, guid->data3);
	for (i = 0; i < sizeof(guid->data4); i++)
		ret_bytes[8 + i] = guid->data4[i];
}

bool mm_guid_is_zero(const struct mm_guid *guid)
{
	return guid->data1 == 0 && guid->data2 == 0 && guid->data3 == 0 && mm_load_u64(guid->data4) == 0;
}

int mm_guid_compare(const struct mm_guid *a, const struct mm_guid *b)
{
	uint8_t left[MM_GUID_BYTES];
	uint8_t right[MM_GUID_BYTES];
	size_t i;

	mm_guid_store(left, a);
	mm_guid_store(right, b);
	for (i = 0; i < MM_GUID_BYTES; i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

uint32_t mm_guid_hash(const struct mm_guid *guid, uint32_t seed)
{
	uint64_t low = guid->data1 | ((uint64_t)guid->data2 << 32) | ((uint64_t)guid->data3 << 48);
	uint64_t high = mm_load_u64(guid->data4);
	uint64_t mixed = (low ^ seed) * 0x9E3779B97F4A7C15u;

	mixed = (mixed ^ (mixed >> 32) ^ high) * 0xD6E8FEB86659FD93u;
	return (uint32_t)(mixed >> 32);
}

void mm_guid_print(const struct mm_guid *guid, char ret_text[MM_GUID_TEXT_BYTES])
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t bytes[MM_GUID_BYTES];
	size_t i;

	mm_guid_store(bytes, guid);
	for (i = 0; i < MM_GUID_BYTES; i++) {
		uint8_t byte = bytes[byte_position[i]];

		ret_text[text_position[i]] = digits[byte >> 4];
		ret_text[text_position[i] + 1] = digits[byte & 15u];
	}
	for (i = 0; i < sizeof(dash_position); i++)
		ret_text[dash_position[i]] = '-';
	ret_text[MM_GUID_TEXT_BYTES - 1] = '\0';
}

/* The value of a hexadecimal digit, or -1. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum mm_status mm_guid_parse(const char *text, size_t count, struct mm_guid *ret_guid)
{
	uint8_t bytes[MM_GUID_BYTES];
	size_t i;

	if (count != MM_GUID_TEXT_BYTES - 1)
		return MM_E_INVALID;
	for (i = 0; i < sizeof(dash_position); i++) {
		if (text[dash_position[i]] != '-')
			return MM_E_INVALID;
	}
	for (i = 0; i < MM_GUID_BYTES; i++) {
		int high = digit_value(text[text_position[i]]);
		int low = digit_value(text[text_position[i] + 1]);

		if (high < 0 || low < 0)
			return MM_E_INVALID;
		bytes[byte_position[i]] = (uint8_t)(high * 16 + low);
	}
	*ret_guid = mm_guid_load(bytes);
	return MM_OK;
}
