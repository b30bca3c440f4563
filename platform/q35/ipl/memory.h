/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Who owns which memory: fixed places below 2 MiB, TSEG at the top of RAM below 4 GiB, and right below TSEG what the
 * OS must leave alone: both channels, then room for ACPI tables. Pure.
 *
 *   0x008000  AP start code                     0x100000  the IPL's image
 *   0x010000  page tables                       ...
 *   0x030000  default SMBASE, 128 KiB           TSEG - 2 MiB  channels, hand-off blocks, ACPI tables
 *   0x070000  boot_params, command line         TSEG          SMBASE tiles at + 0x8000
 */
#include <stdint.h>

#include "e820.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

#define MM_Q35_AP_START		0x8000ull
#define MM_Q35_PAGE_TABLES	0x10000ull
#define MM_Q35_DEFAULT_SMBASE	0x30000ull
#define MM_Q35_DEFAULT_SMRAM	0x20000ull /* bytes that the chipset can close there */
#define MM_Q35_BOOT_PARAMS	0x70000ull
#define MM_Q35_COMMAND_LINE	0x71000ull
#define MM_Q35_COMMAND_LINE_MAX 0x1000ull
#define MM_Q35_SETUP_HEADER	0x80000ull /* the kernel's setup part, up to 64 KiB */
#define MM_Q35_LOW_END		0x200000ull
#define MM_Q35_CHANNEL_PAGES	16u
#define MM_Q35_RESERVED_BYTES	0x200000ull
#define MM_Q35_ECAM		0xb0000000ull
#define MM_Q35_ECAM_BYTES	0x10000000ull
#define MM_Q35_CPU_MAX		64u

struct mm_q35_memory {
	struct mm_region tseg;
	struct mm_region reserved; /* ends where TSEG begins */
	struct mm_region user_buffer;
	struct mm_region user_status;
	struct mm_region supervisor_buffer;
	struct mm_region supervisor_status;
	struct mm_region hobs; /* the hand-off list of the IPL */
	struct mm_region acpi;
};

/*
 * Plans for a machine with the RAM of `map` and a TSEG of `tseg_bytes` (a multiple of 1 MiB).
 * MM_OK; MM_E_INVALID for another size of TSEG; MM_E_NO_MEMORY if RAM below 4 GiB does not hold all of it.
 */
enum mm_status mm_q35_memory_plan(const struct mm_q35_e820 *map, uint64_t tseg_bytes, struct mm_q35_memory *ret_plan);

/* The region in TSEG that the SMBASE tiles of that many CPUs (1..MM_Q35_CPU_MAX) take. */
struct mm_region mm_q35_memory_tiles(const struct mm_q35_memory *memory, uint32_t cpu_count);

/* SMBASE of CPU `index`; its MMI entry lies 32 KiB above it, its save state at the end of the 64 KiB. */
uint64_t mm_q35_memory_smbase(const struct mm_q35_memory *memory, uint32_t index);

/*
 * The map for the OS: `map` without what firmware keeps, which is reserved. `default_smram_closed` says that the
 * chipset hides the default SMBASE; `rom` is where the ROM lies.
 * MM_OK; MM_E_LIMIT.
 */
enum mm_status mm_q35_memory_os_map(const struct mm_q35_memory *memory, struct mm_region rom, bool default_smram_closed,
				    struct mm_q35_e820 *map);
