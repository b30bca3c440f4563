/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The user-memory window: ring 0's only way to touch ring-3 memory. It works in the address space that is live on
 * the calling CPU; whether the range belongs to the caller's domain is the gate's question, not the window's. A page
 * that is absent or read-only is a status, never a fault of ring 0. Hardware lets ring 0 through to supervisor pages,
 * so the window does not replace the gate's check that the pages are ring 3's.
 */
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/status.h"

struct mm_hal_user;

/* Ranges are not empty, do not wrap and end at or below the window's limit (the wrappers see to it). */
struct mm_hal_user_ops {
	enum mm_status (*copy_in)(struct mm_hal_user *self, void *ret_bytes, struct mm_user_va va, uint64_t bytes);
	enum mm_status (*copy_out)(struct mm_hal_user *self, struct mm_user_va va, const void *data, uint64_t bytes);
	enum mm_status (*zero)(struct mm_hal_user *self, struct mm_user_va va, uint64_t bytes);
};

struct mm_hal_user {
	const struct mm_hal_user_ops *ops;
	uint64_t limit; /* private: first address that can never be ring 3's */
};

/*
 * Copies ring-3 memory [va, va + bytes) to `ret_bytes`, each byte fetched once. 0 bytes succeed. After MM_E_FAULT the
 * destination holds a prefix of the data and is not to be used.
 * MM_OK; MM_E_FAULT if the range wraps, passes the limit or touches an absent page.
 */
enum mm_status mm_hal_user_copy_in(struct mm_hal_user *user, void *ret_bytes, struct mm_user_va va, uint64_t bytes);

/* Copies `data` to ring-3 memory. 0 bytes succeed; after MM_E_FAULT a prefix may be written. Statuses as above, or a
 * read-only page. */
enum mm_status mm_hal_user_copy_out(struct mm_hal_user *user, struct mm_user_va va, const void *data, uint64_t bytes);

/* Zeroes ring-3 memory. As mm_hal_user_copy_out(). */
enum mm_status mm_hal_user_zero(struct mm_hal_user *user, struct mm_user_va va, uint64_t bytes);
