/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "memory.h"

#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"

#define MIB	     0x100000ull
#define TILES_OFFSET 0x8000ull
#define SMBASE_SPAN  0x8000ull /* from the entry of a CPU to the end of its save state */
#define HOB_BYTES    0x10000ull
#define LEGACY_BASE  0x9f000ull /* from here to 1 MiB a PC has no plain RAM */
#define LEGACY_ROM   0xf0000ull
#define LEGACY_END   0x100000ull

/* Takes the next `bytes` bytes from `*from`. */
static struct mm_region take(struct mm_region *from, uint64_t bytes)
{
	struct mm_region taken = mm_region_create(from->base, bytes);

	*from = mm_region_create(from->base + bytes, from->bytes - bytes);
	return taken;
}

enum mm_status mm_q35_memory_plan(const struct mm_q35_e820 *map, uint64_t tseg_bytes, struct mm_q35_memory *ret_plan)
{
	uint64_t top = mm_q35_e820_low_top(map);
	struct mm_region rest;

	if (tseg_bytes == 0 || tseg_bytes % MIB != 0)
		return MM_E_INVALID;
	if (top < MM_Q35_LOW_END || top - MM_Q35_LOW_END < tseg_bytes ||
	    top - MM_Q35_LOW_END - tseg_bytes < MM_Q35_RESERVED_BYTES)
		return MM_E_NO_MEMORY;
	rest = mm_region_create(top - tseg_bytes - MM_Q35_RESERVED_BYTES, MM_Q35_RESERVED_BYTES);
	if (!mm_q35_e820_is_ram(map, mm_region_create(MIB, top - MIB)))
		return MM_E_NO_MEMORY;
	ret_plan->tseg = mm_region_create(top - tseg_bytes, tseg_bytes);
	ret_plan->reserved = rest;
	ret_plan->user_buffer = take(&rest, MM_Q35_CHANNEL_PAGES * MM_PAGE_BYTES);
	ret_plan->user_status = take(&rest, MM_PAGE_BYTES);
	ret_plan->supervisor_buffer = take(&rest, MM_Q35_CHANNEL_PAGES * MM_PAGE_BYTES);
	ret_plan->supervisor_status = take(&rest, MM_PAGE_BYTES);
	ret_plan->hobs = take(&rest, HOB_BYTES);
	ret_plan->acpi = rest;
	return MM_OK;
}

struct mm_region mm_q35_memory_tiles(const struct mm_q35_memory *memory, uint32_t cpu_count)
{
	return mm_region_create(memory->tseg.base + TILES_OFFSET,
				SMBASE_SPAN + (uint64_t)(cpu_count - 1) * MM_MMI_TILE_BYTES);
}

uint64_t mm_q35_memory_smbase(const struct mm_q35_memory *memory, uint32_t index)
{
	return memory->tseg.base + TILES_OFFSET - MM_MMI_ENTRY_OFFSET + (uint64_t)index * MM_MMI_TILE_BYTES;
}

enum mm_status mm_q35_memory_os_map(const struct mm_q35_memory *memory, struct mm_region rom, bool default_smram_closed,
				    struct mm_q35_e820 *map)
{
	struct mm_region kept = mm_region_create(memory->reserved.base, memory->reserved.bytes + memory->tseg.bytes);
	struct mm_region smram =
		mm_region_create(MM_Q35_DEFAULT_SMBASE, default_smram_closed ? MM_Q35_DEFAULT_SMRAM : 0);
	const struct mm_region reserved[] = {
		mm_region_create(LEGACY_BASE, MM_PAGE_BYTES),
		mm_region_create(LEGACY_ROM, LEGACY_END - LEGACY_ROM),
		smram,
		kept,
		mm_region_create(MM_Q35_ECAM, MM_Q35_ECAM_BYTES),
		rom,
	};
	enum mm_status status = mm_q35_e820_remove(map, mm_region_create(LEGACY_BASE, LEGACY_END - LEGACY_BASE));

	for (size_t i = 0; status == MM_OK && i < MM_ARRAY_COUNT(reserved); i++)
		status = mm_q35_e820_carve(map, reserved[i], MM_Q35_E820_RESERVED);
	mm_q35_e820_sort(map);
	return status;
}
