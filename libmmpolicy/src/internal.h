/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the files of this room share with each other and with nobody else. */
#include "mm/policy/floor.h"
#include "mm/policy/gate.h"

#define HEADER_BYTES ((uint32_t)sizeof(struct mm_policy_wire_header))
#define ROOT_BYTES   ((uint32_t)sizeof(struct mm_policy_wire_root))
#define ACCESS_MASK  (MM_POLICY_READ | MM_POLICY_WRITE)
#define PORT_COUNT   0x10000u
#define MSR_COUNT    0x100000000ull
#define FLOOR_SHIFT  4u /* of the rights that the floor leaves, in struct mm_policy_run */

/* Keeps clang from making a branch of what no history predicts. */
#if defined(__clang__)
#define MM_UNPREDICTABLE(x) __builtin_unpredictable(x)
#else
#define MM_UNPREDICTABLE(x) (x)
#endif

#if defined(__FRAMAC__)
#define MM_FALLTHROUGH
#else
#define MM_FALLTHROUGH __attribute__((fallthrough))
#endif

/* The caller's storage, handed out from front to back. */
struct storage {
	uint8_t *next;
	size_t left;
};

/* `count` objects of `bytes` each, 8-byte aligned; NULL when the storage is used up. */
void *mm_policy_storage_take(struct storage *storage, size_t count, size_t bytes);

/* Bytes of one descriptor of a known type. */
uint32_t mm_policy_descriptor_bytes(enum mm_policy_type type);

/* Ascending by first, then last. */
void mm_policy_sort_spans(struct mm_policy_span *spans, uint32_t count);

/* MM_OK, or MM_E_POLICY_OVERLAP with the later of two overlapping entries in `ret_entry`. `spans` is sorted. */
enum mm_status mm_policy_check_disjoint(const struct mm_policy_span *spans, uint32_t count, uint32_t *ret_entry);

/* The same between a sorted disjoint list and a sorted list of strict entries. */
enum mm_status mm_policy_check_apart(const struct mm_policy_span *spans, uint32_t count,
				     const struct mm_policy_span *strict, uint32_t strict_count, uint32_t *ret_entry);

/* Decode the descriptors of one present root into `policy`; rows of the decoder's table. */
enum mm_status mm_policy_decode_ports(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr);
enum mm_status mm_policy_decode_msrs(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr);
enum mm_status mm_policy_decode_memory(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr);
enum mm_status mm_policy_decode_instructions(struct mm_policy *policy, struct mm_refusal *reterr);
enum mm_status mm_policy_decode_save_state(struct mm_policy *policy, struct mm_refusal *reterr);

/* Checks policy->extension, which lies `at` bytes into the section, and fills settings and tables. */
enum mm_status mm_policy_decode_extension(struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr);

/* Tiles a space of `end` ports or MSRs. MM_OK or MM_E_BUFFER_TOO_SMALL. */
enum mm_status mm_policy_build_runs(const struct mm_policy_list *list, struct mm_policy_floor floor, uint64_t end,
				    struct storage *storage, struct mm_policy_space *space);

/* Most runs that `entries` entries can make on top of the floor, before they are filled up to a power of two. */
size_t mm_policy_runs_bound(size_t entries, struct mm_policy_floor floor);

/* May this save-state field be read, by its own rule alone? MM_OK or a denial. The root is present. */
enum mm_status mm_policy_judge_save_field(const struct mm_policy *policy, enum mm_policy_save_field field,
					  const struct mm_policy_io_trap *trap);

/* The first span that reaches `first` or beyond; `count` when none does. */
uint32_t mm_policy_find_span(const struct mm_policy_span *spans, uint32_t count, uint64_t first);

/* Half a search: `step` runs further if those begin at or before `key`. A comparison and a conditional move. */
static inline const struct mm_policy_run *mm_policy_step(const struct mm_policy_run *runs, size_t step, uint32_t key)
{
	const struct mm_policy_run *middle = runs + step;

	return MM_UNPREDICTABLE(middle->first <= key) ? middle : runs;
}

/* 1 << MM_POLICY_STEPS_MAX runs hold whatever MM_POLICY_ENTRIES_MAX entries and the floor can make. */
#define MM_POLICY_STEPS_MAX 14u
MM_STATIC_ASSERT(2u * (MM_POLICY_ENTRIES_MAX + 1024u) < 1u << MM_POLICY_STEPS_MAX, policy_steps);

/*
 * The run that holds `key`, in `steps` steps out of 1 << steps runs; runs[0].first is 0. Written out, because a
 * step is three instructions and a loop would double them: this is the gate's whole cost.
 */
static inline const struct mm_policy_run *mm_policy_find_run(const struct mm_policy_run *runs, uint32_t steps,
							     uint32_t key)
{
	switch (steps) {
	case 14:
		runs = mm_policy_step(runs, 8192, key);
		MM_FALLTHROUGH;
	case 13:
		runs = mm_policy_step(runs, 4096, key);
		MM_FALLTHROUGH;
	case 12:
		runs = mm_policy_step(runs, 2048, key);
		MM_FALLTHROUGH;
	case 11:
		runs = mm_policy_step(runs, 1024, key);
		MM_FALLTHROUGH;
	case 10:
		runs = mm_policy_step(runs, 512, key);
		MM_FALLTHROUGH;
	case 9:
		runs = mm_policy_step(runs, 256, key);
		MM_FALLTHROUGH;
	case 8:
		runs = mm_policy_step(runs, 128, key);
		MM_FALLTHROUGH;
	case 7:
		runs = mm_policy_step(runs, 64, key);
		MM_FALLTHROUGH;
	case 6:
		runs = mm_policy_step(runs, 32, key);
		MM_FALLTHROUGH;
	case 5:
		runs = mm_policy_step(runs, 16, key);
		MM_FALLTHROUGH;
	case 4:
		runs = mm_policy_step(runs, 8, key);
		MM_FALLTHROUGH;
	case 3:
		runs = mm_policy_step(runs, 4, key);
		MM_FALLTHROUGH;
	case 2:
		runs = mm_policy_step(runs, 2, key);
		MM_FALLTHROUGH;
	default:
		return mm_policy_step(runs, 1, key);
	}
}

static inline bool mm_policy_is_access(uint32_t access)
{
	return access != 0 && (access & ~ACCESS_MASK) == 0;
}
