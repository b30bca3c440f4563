/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Isolation levels 0, 10, 20, 30 as the consumers of the v1.0 layout judge them: by the policy alone, without
 * the floor. The answer is the least of four partial levels. The memory part needs facts about
 * the machine and is not judged when the caller has none. Pure.
 */
#include "mm/policy/memory.h"
#include "mm/policy/policy.h"

enum mm_policy_vendor {
	MM_POLICY_VENDOR_INTEL,
	MM_POLICY_VENDOR_AMD,
};

/* Where the memory rules look; regions are physical. Empty regions are not judged. */
struct mm_policy_level_memory {
	const struct mm_policy_memory_run *runs; /* the reported memory policy, ascending */
	size_t run_count;
	const struct mm_region *os_memory; /* memory the OS or the boot firmware owns */
	size_t os_memory_count;
	const struct mm_region *iommus; /* register pages of IOMMUs */
	size_t iommu_count;
	const struct mm_region *txt; /* TXT spaces, heap and DPR (Intel) */
	size_t txt_count;
};

enum mm_policy_finding_kind {
	MM_POLICY_FINDING_NO_ROOT,    /* value: the type */
	MM_POLICY_FINDING_MSR,	      /* value: an MSR that is not denied for reading and writing */
	MM_POLICY_FINDING_PORT,	      /* value: a port whose 4-byte write is not denied */
	MM_POLICY_FINDING_SAVE_STATE, /* value: the entry that discloses too much */
	MM_POLICY_FINDING_SAVE_LIST,  /* the save-state root is not an allow-list */
	MM_POLICY_FINDING_WX,	      /* value: a run that is writable and executable */
	MM_POLICY_FINDING_OS_MEMORY,  /* value: a run that overlaps the OS's memory */
	MM_POLICY_FINDING_IOMMU,      /* value: a writable IOMMU page */
	MM_POLICY_FINDING_TXT,	      /* value: a writable TXT page */
};

struct mm_policy_finding {
	enum mm_policy_finding_kind kind;
	uint32_t level; /* the level that it prevents */
	uint64_t value;
};

#define MM_POLICY_FINDINGS_MAX 64u

struct mm_policy_level {
	uint32_t level;
	uint32_t memory; /* partial levels */
	uint32_t ports;
	uint32_t msrs;
	uint32_t save_state;
	bool memory_judged;
	uint32_t finding_count; /* what prevents a higher level; may exceed the array */
	struct mm_policy_finding findings[MM_POLICY_FINDINGS_MAX];
};

/* Judges. `memory` may be NULL: the memory part then only needs its root. Cannot fail. */
void mm_policy_evaluate_level(const struct mm_policy *policy, enum mm_policy_vendor vendor,
			      const struct mm_policy_level_memory *memory, struct mm_policy_level *ret_level);

/* A line of text for a finding's kind. Never NULL. */
const char *mm_policy_finding_text(enum mm_policy_finding_kind kind);
