/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The one door for addresses that ring 3 names. The user window (mm/hal/user.h) only keeps a fault from hurting; ring 0
 * can read and write its own pages through it just as well, so every range is first looked up in the page tables: it
 * must be ring 3's, all of it, with the right that the copy needs.
 *
 * Context: the monarch, on behalf of the running activation.
 */
#include "supv.h"

/* Copies [va, va + bytes) in, each byte fetched once. MM_OK; MM_E_FAULT if any of it is not readable for ring 3. */
enum mm_status mm_supv_user_read_untrusted(struct mm_supv_cpu *cpu, void *ret_bytes, struct mm_user_va va,
					   uint64_t bytes);
