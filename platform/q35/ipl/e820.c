/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "e820.h"

#include "mm/base/bytes.h"

#define ENTRY_BYTES sizeof(struct mm_q35_e820_entry)
#define LOW_END	    0x100000000ull

enum mm_status mm_q35_e820_decode_untrusted(const void *data, size_t bytes, struct mm_q35_e820 *ret_map)
{
	const uint8_t *next = data;
	struct mm_region region;

	if (bytes == 0 || bytes % ENTRY_BYTES != 0)
		return MM_E_INVALID;
	if (bytes / ENTRY_BYTES > MM_Q35_E820_MAX)
		return MM_E_LIMIT;
	ret_map->count = 0;
	for (size_t i = 0; i < bytes / ENTRY_BYTES; i++, next += ENTRY_BYTES) {
		struct mm_q35_e820_entry entry = { mm_load_u64(next), mm_load_u64(next + 8), mm_load_u32(next + 16) };

		if (mm_region_create_untrusted(entry.base, entry.bytes, &region) != MM_OK) {
			ret_map->count = 0;
			return MM_E_OVERFLOW;
		}
		ret_map->entry[ret_map->count++] = entry;
	}
	return MM_OK;
}

static struct mm_region entry_region(const struct mm_q35_e820_entry *entry)
{
	return mm_region_create(entry->base, entry->bytes);
}

/* How many entries the map has once `region` is taken out of it. */
static size_t count_without(const struct mm_q35_e820 *map, struct mm_region region)
{
	struct mm_region pieces[2];
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++)
		count += mm_region_subtract(entry_region(&map->entry[i]), region, pieces);
	return count;
}

/* Puts what is left of entry `index` in its place, a second piece at the end; returns whether nothing is left. */
static bool cut_entry(struct mm_q35_e820 *map, size_t index, struct mm_region region)
{
	struct mm_q35_e820_entry entry = map->entry[index];
	struct mm_region pieces[2];
	size_t count = mm_region_subtract(entry_region(&entry), region, pieces);

	for (size_t i = 0; i < count; i++) {
		struct mm_q35_e820_entry piece = { pieces[i].base, pieces[i].bytes, entry.type };

		map->entry[i == 0 ? index : map->count++] = piece;
	}
	return count == 0;
}

enum mm_status mm_q35_e820_remove(struct mm_q35_e820 *map, struct mm_region region)
{
	size_t i = 0;

	if (mm_region_is_empty(region))
		return MM_OK;
	if (count_without(map, region) > MM_Q35_E820_MAX)
		return MM_E_LIMIT;
	/* A piece appended on the way shares nothing with the region: cutting it again keeps it as it is. */
	while (i < map->count) {
		if (cut_entry(map, i, region))
			map->entry[i] = map->entry[--map->count];
		else
			i++;
	}
	return MM_OK;
}

enum mm_status mm_q35_e820_carve(struct mm_q35_e820 *map, struct mm_region region, uint32_t type)
{
	struct mm_q35_e820_entry entry = { region.base, region.bytes, type };
	enum mm_status status;

	if (mm_region_is_empty(region))
		return MM_OK;
	if (count_without(map, region) + 1 > MM_Q35_E820_MAX)
		return MM_E_LIMIT;
	status = mm_q35_e820_remove(map, region);
	if (status == MM_OK)
		map->entry[map->count++] = entry;
	return status;
}

void mm_q35_e820_sort(struct mm_q35_e820 *map)
{
	for (size_t i = 1; i < map->count; i++) {
		struct mm_q35_e820_entry entry = map->entry[i];
		size_t place = i;

		for (; place > 0 && map->entry[place - 1].base > entry.base; place--)
			map->entry[place] = map->entry[place - 1];
		map->entry[place] = entry;
	}
}

uint64_t mm_q35_e820_low_top(const struct mm_q35_e820 *map)
{
	uint64_t top = 0;

	for (size_t i = 0; i < map->count; i++) {
		uint64_t end = mm_region_end(entry_region(&map->entry[i]));

		if (map->entry[i].type == MM_Q35_E820_RAM && end <= LOW_END && end > top)
			top = end;
	}
	return top;
}

bool mm_q35_e820_is_ram(const struct mm_q35_e820 *map, struct mm_region region)
{
	for (size_t i = 0; i < map->count; i++) {
		if (map->entry[i].type == MM_Q35_E820_RAM && mm_region_contains(entry_region(&map->entry[i]), region))
			return true;
	}
	return false;
}
