/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The memory policy: what the live page tables allow, as runs; its snapshot at the lock; and the answer to
 * "fetch policy", which is the firmware's policy with those runs as its memory root. Pure; the caller
 * walks the page tables and owns the arrays.
 */
#include "mm/base/region.h"
#include "mm/policy/policy.h"

/* The run is accessible to ring 3. Part of the snapshot, not of the v1.0 layout. */
#define MM_POLICY_RUN_USER 0x100u

struct mm_policy_memory_run {
	uint64_t base;	   /* page-aligned linear address */
	uint64_t pages;	   /* 4 KiB pages, at least 1 */
	uint32_t attr;	   /* MM_POLICY_READ, WRITE, EXECUTE, MM_POLICY_RUN_USER */
	uint32_t reserved; /* 0 */
};

/* A growing, sorted list of runs in the caller's array. */
struct mm_policy_snapshot {
	struct mm_policy_memory_run *runs;
	size_t capacity;
	size_t count;
};

void mm_policy_snapshot_init(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run *runs, size_t capacity);

/*
 * Adds a run of present pages; runs come in ascending order. A run that continues the last one with the same
 * attributes is merged into it.
 * MM_OK; MM_E_INVALID (no pages, unknown attributes, reserved not 0); MM_E_MISALIGNED; MM_E_OVERFLOW;
 * MM_E_OVERLAP (not ascending); MM_E_LIMIT (the array is full).
 */
enum mm_status mm_policy_snapshot_add(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run run);

/* As add, leaving out the part inside `hole` (MMRAM itself, which is not reported). Same answers. */
enum mm_status mm_policy_snapshot_add_except(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run run,
					     struct mm_region hole);

/* MM_OK when equal; MM_E_POLICY_SNAPSHOT with the index of the first difference in `ret_index` (may be NULL). */
enum mm_status mm_policy_snapshot_compare(const struct mm_policy_snapshot *a, const struct mm_policy_snapshot *b,
					  size_t *ret_index);

/* Bytes that mm_policy_append_memory() writes for `run_count` runs. */
size_t mm_policy_append_bytes(const struct mm_policy *policy, size_t run_count);

/*
 * Writes the v1.0 policy with its memory root turned into an allow-list of the snapshot's runs. Empty
 * memory roots only: a policy whose memory root has entries of its own is refused.
 * MM_OK; MM_E_BUFFER_TOO_SMALL (`ret_bytes` is written with the need); MM_E_NOT_FOUND (no memory root);
 * MM_E_UNSUPPORTED (memory root not empty); MM_E_LIMIT (the result exceeds 32 bits).
 */
enum mm_status mm_policy_append_memory(const struct mm_policy *policy, const struct mm_policy_snapshot *snapshot,
				       uint8_t *ret_blob, size_t capacity, size_t *ret_bytes);
