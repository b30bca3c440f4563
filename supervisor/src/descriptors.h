/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Segment, task and interrupt descriptors (Intel SDM volume 3, 3.4, 7.2, 6.14; AMD APM volume 2, 4.8). Each CPU has one
 * block of pages:
 *
 *     page 0      GDT at 0, TSS at 0x80         read-only once sealed: the MMI entry runs LTR before it sets CR0.WP
 *     page 1, 2   guard, stack of #DB (IST 1)
 *     page 3, 4   guard, stack of NMI (IST 2)
 *     page 5, 6   guard, stack of #DF (IST 3)
 *     page 7, 8   guard, stack of #MC (IST 4)
 *
 * All other exceptions use the ring-0 stack (TSS.RSP0), where no C frame is alive while ring 3 runs. The task state has
 * no port bitmap, so every port access of ring 3 traps.
 */
#include <stdint.h>

#include "mm/base/region.h"

#define MM_SUPV_IST_COUNT	 4u
#define MM_SUPV_DESCRIPTOR_PAGES (1u + 2u * MM_SUPV_IST_COUNT)
#define MM_SUPV_IDT_BYTES	 4096u

/* A descriptor-table register as LGDT and LIDT take it. */
struct mm_supv_table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* The guard page below the stack of IST entry `ist` (1..MM_SUPV_IST_COUNT) of the block at `block`. */
struct mm_region mm_supv_ist_guard(uint64_t block, uint32_t ist);

/* Fills page 0 of a zeroed block that lies at linear address `block`; `rsp0` is where exceptions from ring 3 start. */
void mm_supv_descriptors_write(uint8_t *page, uint64_t block, uint64_t rsp0);

/* Fills the 256 gates: vector n leads to `stubs` + 16 n; #DB, NMI, #DF, #MC on their own stacks; none open to ring 3.
 */
void mm_supv_idt_write(uint8_t *idt, uint64_t stubs);
