/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The physical-memory window: the one way from a physical address to bytes. Images implement it as the identity
 * (their page tables map one to one), the fake machine by host buffers. Any CPU, no locking: a window is immutable
 * after construction.
 *
 * Trusted memory (MMRAM) is used through mm_hal_mem_map(). Memory that others can write or unmap (channels) is copied
 * through mm_hal_mem_read() and mm_hal_mem_write(), where a fault is a status.
 */
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/status.h"

struct mm_hal_mem;

/* All slots are mandatory; ranges are not empty and do not wrap (the wrappers see to it). */
struct mm_hal_mem_ops {
	void *(*map)(struct mm_hal_mem *self, struct mm_pa pa, uint64_t bytes);
	enum mm_status (*read)(struct mm_hal_mem *self, void *ret_bytes, struct mm_pa pa, uint64_t bytes);
	enum mm_status (*write)(struct mm_hal_mem *self, struct mm_pa pa, const void *data, uint64_t bytes);
};

struct mm_hal_mem {
	const struct mm_hal_mem_ops *ops;
};

/*
 * A pointer to [pa, pa + bytes), valid as long as the window is; NULL when `bytes` is 0, the range wraps or the
 * window does not cover all of it. The pointer may be dereferenced only if the current page tables map the range.
 */
void *mm_hal_mem_map(struct mm_hal_mem *mem, struct mm_pa pa, uint64_t bytes);

/*
 * Copies [pa, pa + bytes) to `ret_bytes`, each byte fetched once. 0 bytes succeed. After a fault the destination
 * holds a prefix of the data; it is never beyond `bytes`.
 * MM_OK; MM_E_OVERFLOW if the range wraps; MM_E_FAULT if part of it is outside the window or not mapped.
 */
enum mm_status mm_hal_mem_read(struct mm_hal_mem *mem, void *ret_bytes, struct mm_pa pa, uint64_t bytes);

/*
 * Copies `data` to [pa, pa + bytes). 0 bytes succeed. After a fault a prefix may have been written.
 * MM_OK; MM_E_OVERFLOW if the range wraps; MM_E_FAULT if part of it is outside the window or not writable.
 */
enum mm_status mm_hal_mem_write(struct mm_hal_mem *mem, struct mm_pa pa, const void *data, uint64_t bytes);
