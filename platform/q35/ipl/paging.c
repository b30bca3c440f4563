/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "paging.h"

#include <stdint.h>

#include "memory.h"
#include "mm/abi/pe.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"

#define ENTRY_PRESENT  0x001ull
#define ENTRY_WRITABLE 0x002ull
#define ENTRY_LARGE    0x080ull
#define ENTRY_NX       (1ull << 63)
#define DATA_PAGE      (ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_NX)
#define TABLE_ENTRIES  512u
#define LARGE_SHIFT    21u
#define LARGE_COUNT    2048u			      /* of 2 MiB in 4 GiB */
#define LARGE_ENTRIES  (MM_Q35_PAGE_TABLES + 0x2000u) /* the reset stub's four page directories, adjoining */
#define IMAGE_BASE     0x100000ull

extern const uint8_t mm_q35_boot_stack_guard[];

/* The first 2 MiB, page by page. */
static uint64_t low_pages[TABLE_ENTRIES] MM_ALIGNED(4096);

static volatile uint64_t *large_entry(uint64_t index)
{
	return (volatile uint64_t *)(uintptr_t)(LARGE_ENTRIES + index * 8);
}

static void set_low_page(uint64_t address, uint64_t flags)
{
	low_pages[address >> MM_PAGE_SHIFT] = flags == 0 ? 0 : address | flags;
}

static void set_low_range(uint64_t base, uint64_t bytes, uint64_t flags)
{
	for (uint64_t offset = 0; offset < bytes; offset += MM_PAGE_BYTES)
		set_low_page(base + offset, flags);
}

/* Where the headers lie after the DOS header says so: file header, optional header, sections. */
struct image_headers {
	uint32_t signature;
	struct mm_pe_file_header file;
	struct mm_pe_optional_header optional;
};

/* The build made the headers, the reset stub put them at the image's start: they are believed. */
static void protect_image(void)
{
	const uint8_t *image = (const uint8_t *)(uintptr_t)IMAGE_BASE;
	const uint8_t *place = image + mm_load_u32(image + MM_PE_DOS_NEW_OFFSET);
	const struct image_headers *headers = (const struct image_headers *)(const void *)place;
	const struct mm_pe_section_header *sections =
		(const struct mm_pe_section_header *)(const void *)((const uint8_t *)&headers->optional +
								    headers->file.optional_header_bytes);

	set_low_range(IMAGE_BASE, headers->optional.header_bytes, ENTRY_PRESENT | ENTRY_NX);
	for (uint16_t i = 0; i < headers->file.section_count; i++) {
		uint64_t flags = ENTRY_PRESENT;

		if ((sections[i].characteristics & MM_PE_SECTION_WRITE) != 0)
			flags |= ENTRY_WRITABLE;
		if ((sections[i].characteristics & MM_PE_SECTION_EXECUTE) == 0)
			flags |= ENTRY_NX;
		set_low_range(IMAGE_BASE + sections[i].rva, sections[i].virtual_bytes, flags);
	}
}

void mm_q35_paging_init(void)
{
	set_low_range(0, MM_Q35_LOW_END, DATA_PAGE);
	set_low_page(0, 0);
	protect_image();
	set_low_page((uint64_t)(uintptr_t)mm_q35_boot_stack_guard, 0);
	*large_entry(0) = (uint64_t)(uintptr_t)low_pages | ENTRY_PRESENT | ENTRY_WRITABLE;
	for (uint64_t i = 1; i < LARGE_COUNT; i++)
		*large_entry(i) |= ENTRY_NX;
	mm_x86_flush_tlb();
}

void mm_q35_paging_set_executable(struct mm_region region, bool is_executable)
{
	uint64_t last = (mm_region_end(region) - 1) >> LARGE_SHIFT;

	for (uint64_t i = region.base >> LARGE_SHIFT; i <= last; i++)
		*large_entry(i) = is_executable ? *large_entry(i) & ~ENTRY_NX : *large_entry(i) | ENTRY_NX;
	mm_x86_flush_tlb();
}

void mm_q35_paging_open_start_page(void)
{
	set_low_page(MM_Q35_AP_START, ENTRY_PRESENT | ENTRY_WRITABLE);
	mm_x86_flush_tlb();
}

void mm_q35_paging_close_start_page(void)
{
	set_low_page(MM_Q35_AP_START, DATA_PAGE);
	mm_x86_flush_tlb();
}

void mm_q35_paging_release(void)
{
	*large_entry(0) = ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_LARGE;
	for (uint64_t i = 1; i < LARGE_COUNT; i++)
		*large_entry(i) &= ~ENTRY_NX;
	mm_x86_flush_tlb();
}
