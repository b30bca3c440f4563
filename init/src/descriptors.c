/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "descriptors.h"

#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"

/* Flat segments, present; the accessed bit is set so that loading one never writes the table. */
#define CODE32	  0x00cf9b000000ffffull
#define DATA32	  0x00cf93000000ffffull
#define CODE64	  0x00af9b000000ffffull
#define USER_DATA 0x00cff3000000ffffull
#define USER_CODE 0x00affb000000ffffull

#define TSS_AVAILABLE	     0x89u /* present, ring 0, 64-bit task state */
#define TSS_RSP0	     4u
#define TSS_IO_MAP	     102u
#define PSEUDO_DESCRIPTOR(n) ((uint16_t)((n) - 1u))

static void store_segment(uint8_t *page, uint32_t selector, uint64_t descriptor)
{
	mm_store_u64(page + (selector & ~7u), descriptor);
}

static void store_tss(uint8_t *page, uint64_t page_address, uint64_t ring0_stack)
{
	uint64_t base = page_address + MM_TSS_OFFSET;
	uint64_t low = (MM_TSS_BYTES - 1u) | ((base & 0xffffffu) << 16) | ((uint64_t)TSS_AVAILABLE << 40) |
		       ((base >> 24 & 0xffu) << 56);

	store_segment(page, MM_SEL_TSS, low);
	mm_store_u64(page + MM_SEL_TSS + 8u, base >> 32);
	mm_store_u64(page + MM_TSS_OFFSET + TSS_RSP0, ring0_stack);
	/* No port bitmap: its offset is beyond the limit, so every port is closed to ring 3. */
	mm_store_u16(page + MM_TSS_OFFSET + TSS_IO_MAP, MM_TSS_BYTES);
}

void mm_init_descriptors_write(uint8_t ret_page[4096], uint64_t page_address, uint64_t ring0_stack)
{
	mm_bytes_fill(ret_page, 0, MM_PAGE_BYTES);
	store_segment(ret_page, MM_SEL_CODE32, CODE32);
	store_segment(ret_page, MM_SEL_DATA32, DATA32);
	store_segment(ret_page, MM_SEL_CODE64, CODE64);
	store_segment(ret_page, MM_SEL_DATA64, DATA32);
	store_segment(ret_page, MM_SEL_USER_DATA, USER_DATA);
	store_segment(ret_page, MM_SEL_USER_CODE, USER_CODE);
	store_tss(ret_page, page_address, ring0_stack);
	mm_store_u16(ret_page + MM_INIT_GDTR_OFFSET, PSEUDO_DESCRIPTOR(MM_GDT_BYTES));
	mm_store_u64(ret_page + MM_INIT_GDTR_OFFSET + 2u, page_address);
}
