/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The descriptor page of one CPU: the table of mm/abi/mmi_entry.h with its task state, and the two pseudo-descriptors
 * that the MMI entry loads. The interrupt table is empty until the supervisor puts its own there: an exception before
 * that is a shutdown, never a jump through memory that someone else filled.
 */
#include <stdint.h>

/* Offsets in the page. */
#define MM_INIT_GDTR_OFFSET 0x100u /* ten bytes: limit, 64-bit base */
#define MM_INIT_IDTR_OFFSET 0x110u

/* Fills the whole page. `page_address` is where it lies (below 4 GiB), `ring0_stack` the task state's RSP0. */
void mm_init_descriptors_write(uint8_t ret_page[4096], uint64_t page_address, uint64_t ring0_stack);
