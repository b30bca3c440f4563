/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "descriptors.h"

#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"

#define STUB_BYTES	       16u
#define GATE_INTERRUPT	       0x8Eu /* present, DPL 0, 64-bit interrupt gate */
#define TSS_AVAILABLE	       0x89u /* present, DPL 0, 64-bit TSS */
#define TSS_RSP0	       4u
#define TSS_IST1	       36u
#define TSS_PORT_BITMAP_OFFSET 102u

/* The classic table of MM (mm/abi/mmi_entry.h); the accessed bits are set, so that loading one writes nothing. */
static const uint64_t segments[] = {
	[MM_SEL_CODE32 / 8u] = 0x00CF9B000000FFFFu,
	[MM_SEL_DATA32 / 8u] = 0x00CF93000000FFFFu,
	[MM_SEL_CODE64 / 8u] = 0x00AF9B000000FFFFu,
	[MM_SEL_DATA64 / 8u] = 0x00CF93000000FFFFu,
	[(MM_SEL_USER_DATA & ~7u) / 8u] = 0x00CFF3000000FFFFu,
	[(MM_SEL_USER_CODE & ~7u) / 8u] = 0x00AFFB000000FFFFu,
};

struct mm_region mm_supv_ist_guard(uint64_t block, uint32_t ist)
{
	return mm_region_create(block + (2u * ist - 1u) * MM_PAGE_BYTES, MM_PAGE_BYTES);
}

static uint64_t ist_top(uint64_t block, uint32_t ist)
{
	return block + (2u * ist + 1u) * MM_PAGE_BYTES;
}

/* A 64-bit TSS descriptor takes two slots. */
static void write_tss_descriptor(uint8_t *slot, uint64_t base, uint32_t limit)
{
	uint64_t low = (limit & 0xFFFFu) | ((base & 0xFFFFFFu) << 16) | ((uint64_t)TSS_AVAILABLE << 40) |
		       ((uint64_t)(limit >> 16) << 48) | (((base >> 24) & 0xFFu) << 56);

	mm_store_u64(slot, low);
	mm_store_u64(slot + 8, base >> 32);
}

void mm_supv_descriptors_write(uint8_t *page, uint64_t block, uint64_t rsp0)
{
	uint8_t *tss = page + MM_TSS_OFFSET;
	uint32_t i;

	for (i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
		mm_store_u64(page + 8u * i, segments[i]);
	write_tss_descriptor(page + MM_SEL_TSS, block + MM_TSS_OFFSET, MM_TSS_BYTES - 1u);
	mm_store_u64(tss + TSS_RSP0, rsp0);
	for (i = 1; i <= MM_SUPV_IST_COUNT; i++)
		mm_store_u64(tss + TSS_IST1 + 8u * (i - 1u), ist_top(block, i));
	mm_store_u16(tss + TSS_PORT_BITMAP_OFFSET, MM_TSS_BYTES); /* beyond the limit: no port is open */
}

static uint8_t ist_of(uint32_t vector)
{
	switch (vector) {
	case 1:
		return 1;
	case 2:
		return 2;
	case 8:
		return 3;
	case 18:
		return 4;
	default:
		return 0;
	}
}

void mm_supv_idt_write(uint8_t *idt, uint64_t stubs)
{
	uint32_t vector;

	for (vector = 0; vector < MM_SUPV_IDT_BYTES / 16u; vector++) {
		uint64_t handler = stubs + STUB_BYTES * vector;
		uint8_t *gate = idt + 16u * vector;

		mm_store_u64(gate, (handler & 0xFFFFu) | ((uint64_t)MM_SEL_CODE64 << 16) |
					   ((uint64_t)ist_of(vector) << 32) | ((uint64_t)GATE_INTERRUPT << 40) |
					   ((handler & 0xFFFF0000u) << 32));
		mm_store_u64(gate + 8, handler >> 32);
	}
}
