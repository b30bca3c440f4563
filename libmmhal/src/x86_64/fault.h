/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The routines of fault.nasm: each is one access that may fault, and answers whether it did. A fault reaches the trap
 * handler, which finds the instruction in the exception table and resumes at its fix-up. Private to this room; the
 * convention is named so that host tests can call the same code.
 */
#include <stdint.h>

#include "mm/base/compiler.h"

/* Nonzero: it faulted. Copies and fills are `bytes` long, 8 bytes at a time, each byte fetched once. */
uint32_t MM_EFIAPI mm_hal_x86_copy_safe(void *ret_bytes, const void *data, uint64_t bytes);
uint32_t MM_EFIAPI mm_hal_x86_fill_safe(void *ret_bytes, uint64_t bytes);
/* The same between STAC and CLAC. Only with CR4.SMAP set. */
uint32_t MM_EFIAPI mm_hal_x86_copy_user(void *ret_bytes, const void *data, uint64_t bytes);
uint32_t MM_EFIAPI mm_hal_x86_fill_user(void *ret_bytes, uint64_t bytes);

uint32_t MM_EFIAPI mm_hal_x86_rdmsr_safe(uint32_t index, uint64_t *ret_value);
uint32_t MM_EFIAPI mm_hal_x86_wrmsr_safe(uint32_t index, uint64_t value);
struct mm_hal_msr_swap;
uint32_t MM_EFIAPI mm_hal_x86_swap_msrs_in_safe(struct mm_hal_msr_swap *rows, uint64_t count);
uint32_t MM_EFIAPI mm_hal_x86_swap_msrs_out_safe(const struct mm_hal_msr_swap *rows, uint64_t count);
uint32_t MM_EFIAPI mm_hal_x86_set_cr0_safe(uint64_t value);
uint32_t MM_EFIAPI mm_hal_x86_set_cr3_safe(uint64_t value);
uint32_t MM_EFIAPI mm_hal_x86_set_cr4_safe(uint64_t value);

uint32_t MM_EFIAPI mm_hal_x86_read8_safe(uint64_t address, uint64_t *ret_value);
uint32_t MM_EFIAPI mm_hal_x86_read16_safe(uint64_t address, uint64_t *ret_value);
uint32_t MM_EFIAPI mm_hal_x86_read32_safe(uint64_t address, uint64_t *ret_value);
uint32_t MM_EFIAPI mm_hal_x86_read64_safe(uint64_t address, uint64_t *ret_value);
uint32_t MM_EFIAPI mm_hal_x86_write8_safe(uint64_t address, uint64_t value);
uint32_t MM_EFIAPI mm_hal_x86_write16_safe(uint64_t address, uint64_t value);
uint32_t MM_EFIAPI mm_hal_x86_write32_safe(uint64_t address, uint64_t value);
uint32_t MM_EFIAPI mm_hal_x86_write64_safe(uint64_t address, uint64_t value);

/* A fault at start <= rip < end goes on at fixup. */
struct mm_hal_x86_extable_entry {
	uint64_t start;
	uint64_t end;
	uint64_t fixup;
};

/* Ascending and disjoint. */
extern const struct mm_hal_x86_extable_entry mm_hal_x86_extable[];
extern const uint64_t mm_hal_x86_extable_count;
