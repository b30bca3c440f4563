/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The MMI entry that init places at SMBASE + 0x8000 of each CPU, as seen from outside it: the fix-up block at its
 * end (revision 5), through which the supervisor finds the descriptor-table pointers to replace by its own.
 *
 * The entry's last four bytes hold the block's size; the block lies right before them. Entry size comes from the
 * PassDown HOB. On every SMI, on every CPU, the entry calls RCX = CPU index, RDX = HOB list, in 64-bit mode, IF clear,
 * RSP 16-byte aligned before the call, selectors as below, x87/SSE state of the interrupted context saved.
 */
#include <stdint.h>

#define MM_MMI_ENTRY_OFFSET	 0x8000u /* from SMBASE */
#define MM_MMI_SAVE_STATE_OFFSET 0xFC00u
#define MM_MMI_SAVE_STATE_BYTES	 0x400u
#define MM_MMI_TILE_BYTES	 0x2000u

#define MM_MMI_FIXUP_VERSION 5u
#define MM_MMI_FIXUP_BYTES   130u

/* Offsets inside the fix-up block. */
#define MM_MMI_FIXUP_HEADER_VERSION 0u	 /* u32 */
#define MM_MMI_FIXUP_OFFSETS	    4u	 /* four byte pairs {offset, count}: struct, 64, 32, 8 */
#define MM_MMI_FIXUP_BINARY_VERSION 12u	 /* u16, 0x0200 */
#define MM_MMI_FIXUP_STRUCT	    22u	 /* 4 x { u16 size, u16 offset } */
#define MM_MMI_FIXUP64		    38u	 /* 7 x u64 */
#define MM_MMI_FIXUP32		    94u	 /* 7 x u32 */
#define MM_MMI_FIXUP8		    122u /* 8 x u8 */

enum mm_mmi_fixup64 {
	MM_MMI_FIXUP64_DEBUG_ENTRY = 0,
	MM_MMI_FIXUP64_DEBUG_EXIT = 1,
	MM_MMI_FIXUP64_RENDEZVOUS = 2, /* the supervisor's entry point */
	MM_MMI_FIXUP64_XD = 3,
	MM_MMI_FIXUP64_CET = 4,
	MM_MMI_FIXUP64_IDTR = 5, /* address of the ten-byte IDT pseudo-descriptor */
	MM_MMI_FIXUP64_HOB = 6,	 /* address of the HOB list */
};

enum mm_mmi_fixup32 {
	MM_MMI_FIXUP32_CET_SSP = 0,
	MM_MMI_FIXUP32_GDTR = 1, /* address of the GDT pseudo-descriptor (limit, 32-bit base) */
	MM_MMI_FIXUP32_CR3 = 2,
	MM_MMI_FIXUP32_CET_INT_SSP = 3,
	MM_MMI_FIXUP32_CET_INT_SSP_TABLE = 4,
	MM_MMI_FIXUP32_STACK = 5, /* top of the CPU's ring-0 stack; the CPU index lies there */
	MM_MMI_FIXUP32_SMBASE = 6,
};

/* Selectors of the descriptor table that every CPU uses in MM. */
#define MM_SEL_CODE32	   0x10u
#define MM_SEL_DATA32	   0x20u
#define MM_SEL_CODE64	   0x38u
#define MM_SEL_DATA64	   0x40u
#define MM_SEL_SYSRET_BASE 0x4Bu
#define MM_SEL_USER_DATA   0x53u
#define MM_SEL_USER_CODE   0x5Bu
#define MM_SEL_TSS	   0x70u
#define MM_GDT_BYTES	   0x80u
#define MM_TSS_OFFSET	   0x80u /* of the task state in the descriptor page */
#define MM_TSS_BYTES	   104u
