/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * cmocka mocks of every ops table of libmmhal, for tests that prove order or absence of an access. Arguments are
 * checked with expect_value(mock_hal_<op>, <argument>, ...), results come from will_return(mock_hal_<op>, ...): first
 * the status where there is one, then the value if the status is MM_OK. Where the machine should just work, use
 * fake_machine.h.
 */
#include "mm/hal/console.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/mem.h"
#include "mm/hal/mmio.h"
#include "mm/hal/pagetable.h"
#include "mm/hal/time.h"
#include "mm/hal/user.h"

struct mock_hal {
	struct mm_hal_cpu cpu;
	struct mm_hal_io io;
	struct mm_hal_mem mem;
	struct mm_hal_mmio mmio;
	struct mm_hal_time time;
	struct mm_hal_user user;
	struct mm_hal_console console;
};

/* The operations, so that expectations can name them; the interfaces call them. */
enum mm_status mock_hal_rdmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value);
enum mm_status mock_hal_wrmsr(struct mm_hal_cpu *self, uint32_t index, uint64_t value);
enum mm_status mock_hal_swap_msrs_in(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count);
enum mm_status mock_hal_swap_msrs_out(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count);
/* Result: a pointer to a struct mm_hal_cpuid. */
struct mm_hal_cpuid mock_hal_cpuid(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf);
enum mm_status mock_hal_get_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value);
enum mm_status mock_hal_set_register(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value);
/* Argument `va` is checked as a number. */
void mock_hal_flush_page(struct mm_hal_cpu *self, struct mm_va va);
void mock_hal_flush_all(struct mm_hal_cpu *self);
void mock_hal_pause(struct mm_hal_cpu *self);
uint32_t mock_hal_io_read(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width);
void mock_hal_io_write(struct mm_hal_io *self, uint16_t port, enum mm_hal_width width, uint32_t value);
/* Result: the pointer. Argument `pa` is checked as a number, here and below. */
void *mock_hal_mem_map(struct mm_hal_mem *self, struct mm_pa pa, uint64_t bytes);
/* Result: status, then a pointer to the bytes. */
enum mm_status mock_hal_mem_read(struct mm_hal_mem *self, void *ret_bytes, struct mm_pa pa, uint64_t bytes);
/* Argument `data` may be checked with expect_memory(). */
enum mm_status mock_hal_mem_write(struct mm_hal_mem *self, struct mm_pa pa, const void *data, uint64_t bytes);
enum mm_status mock_hal_mmio_read(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width,
				  uint64_t *ret_value);
enum mm_status mock_hal_mmio_write(struct mm_hal_mmio *self, struct mm_pa pa, enum mm_hal_width width, uint64_t value);
uint64_t mock_hal_ticks(struct mm_hal_time *self);
enum mm_status mock_hal_copy_in(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va va, uint64_t bytes);
enum mm_status mock_hal_copy_out(struct mm_hal_user *self, struct mm_user_va va, const void *data, uint64_t bytes);
enum mm_status mock_hal_zero(struct mm_hal_user *self, struct mm_user_va va, uint64_t bytes);
void mock_hal_console_write(struct mm_hal_console *self, const char *text, size_t count);

/* Wires all interfaces to the mocks; the clock runs at 1 GHz, the user window ends at 2^47. */
void mock_hal_init(struct mock_hal *self);

/* The page-table editor's ops as mocks. */
enum mm_status mock_hal_get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page);
void mock_hal_put_page(struct mm_hal_pagetable *self, struct mm_pa page);
const uint64_t *mock_hal_map_table(struct mm_hal_pagetable *self, struct mm_pa page);
void mock_hal_write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value);
const struct mm_hal_pagetable_ops *mock_hal_pagetable_ops(void);
