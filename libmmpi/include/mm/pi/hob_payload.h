/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the GUID extension HOBs of MM say, as checked facts. Layouts: mm/abi/hob.h; which GUID carries which payload:
 * mm/abi/guid_list.h (the symbol is named at each decoder).
 *
 * Each decoder takes one payload as mm_pi_hob_find_guid() gives it, wants it to be exactly as long as its content
 * rounded up to 8, and refuses with a field name, the offset in the payload and the value. Pure, any context.
 * Whether an address lies in MMRAM is the caller's to judge: only it knows MMRAM. Statuses of all:
 * MM_OK; MM_E_HOB_PAYLOAD for a wrong size; and as listed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/efi.h"
#include "mm/abi/guid.h"
#include "mm/abi/hob.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/base/status.h"
#include "mm/pi/hob.h"

/* Limits of this implementation. */
#define MM_PI_MMRAM_COUNT_MAX 256u
#define MM_PI_CPU_COUNT_MAX   65536u

/* One range of MMRAM. */
struct mm_pi_mmram {
	struct mm_region region; /* page-aligned, not empty */
	uint64_t cpu_start;	 /* as the CPU sees it; equal to region.base on every known platform */
	uint64_t state;		 /* MM_HOB_MMRAM_... */
};

/* Checked descriptors, still in the payload. */
struct mm_pi_mmram_list {
	struct mm_bytes entries;
	uint32_t count; /* 1..MM_PI_MMRAM_COUNT_MAX */
};

/*
 * mmram_hob, mmram_reserve_hob. Ranges are disjoint, in any order. Also MM_E_HOB_COUNT, MM_E_HOB_RANGE,
 * MM_E_OVERLAP. O(count^2) for the overlap test, count bounded as above.
 */
enum mm_status mm_pi_mmram_decode_untrusted(struct mm_bytes payload, struct mm_pi_mmram_list *ret_list,
					    struct mm_refusal *reterr);

/* Descriptor `index` < count. */
struct mm_pi_mmram mm_pi_mmram_at(const struct mm_pi_mmram_list *list, uint32_t index);

/* mseg_hob, acpi_variable_hob: one descriptor. Also MM_E_HOB_RANGE. */
enum mm_status mm_pi_mmram_one_decode_untrusted(struct mm_bytes payload, struct mm_pi_mmram *ret_mmram,
						struct mm_refusal *reterr);

/* SMBASE values of the CPUs first_cpu .. first_cpu + count - 1. */
struct mm_pi_smbase_list {
	struct mm_bytes entries;
	uint32_t first_cpu;
	uint32_t count;
};

/* smbase_hob, one of possibly several. SMBASE + 64 KiB fits 32 bits. Also MM_E_HOB_COUNT, MM_E_HOB_VALUE. */
enum mm_status mm_pi_smbase_decode_untrusted(struct mm_bytes payload, struct mm_pi_smbase_list *ret_list,
					     struct mm_refusal *reterr);

uint64_t mm_pi_smbase_at(const struct mm_pi_smbase_list *list, uint32_t index);

/*
 * All smbase_hob HOBs of a list into `ret_smbase[cpu_count]`, indexed by CPU. Every CPU is named exactly once, no
 * other one is. Also MM_E_HOB_SEQUENCE, MM_E_NOT_FOUND without such a HOB. `ret_smbase` is undefined on refusal.
 */
enum mm_status mm_pi_smbase_collect_untrusted(const struct mm_pi_hob_list *list, uint32_t cpu_count,
					      uint64_t *ret_smbase, struct mm_refusal *reterr);

/* One CPU. */
struct mm_pi_cpu {
	uint64_t processor_id; /* APIC id */
	uint32_t status;       /* MM_HOB_CPU_... */
	uint32_t package;
	uint32_t core;
	uint32_t thread;
};

/* CPUs first_cpu .. first_cpu + count - 1; count 0 ends the chunks of version 2. */
struct mm_pi_cpu_list {
	struct mm_bytes entries;
	uint32_t entry_bytes;
	uint32_t first_cpu;
	uint32_t count;
};

/* mp_information2_hob, one chunk. Also MM_E_HOB_VERSION, MM_E_HOB_VALUE, MM_E_HOB_COUNT. */
enum mm_status mm_pi_mp2_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_list *ret_list,
					  struct mm_refusal *reterr);

/* mp_information_hob. Also MM_E_HOB_COUNT, MM_E_HOB_VALUE when more CPUs are enabled than there are. */
enum mm_status mm_pi_mp_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_list *ret_list,
					 struct mm_refusal *reterr);

struct mm_pi_cpu mm_pi_cpu_at(const struct mm_pi_cpu_list *list, uint32_t index);

/*
 * All CPUs of a list, from mp_information2_hob chunks (ascending, gapless, ended by a chunk of count 0) or, if there
 * is none, from the mp_information_hob, into `ret_cpus[0..capacity)`; NULL with capacity 0 only counts.
 * Exactly one CPU is the BSP and APIC ids are not judged. Also MM_E_HOB_SEQUENCE, MM_E_NOT_FOUND without either HOB,
 * MM_E_BUFFER_TOO_SMALL when capacity is not 0 and too small. `ret_cpus` is undefined on refusal.
 */
enum mm_status mm_pi_cpus_collect_untrusted(const struct mm_pi_hob_list *list, struct mm_pi_cpu *ret_cpus,
					    uint32_t capacity, uint32_t *ret_count, struct mm_refusal *reterr);

/* A channel between OS and MM. */
struct mm_pi_channel {
	uint32_t type;		 /* MM_HOB_REGION_SUPERVISOR or MM_HOB_REGION_USER */
	struct mm_region buffer; /* whole pages, not empty */
	struct mm_region status; /* 24 bytes, 8-aligned, outside the buffer */
};

/* comm_buffer_hob: the user channel. Also MM_E_HOB_RANGE, MM_E_OVERLAP, MM_E_MISALIGNED. */
enum mm_status mm_pi_comm_buffer_decode_untrusted(struct mm_bytes payload, struct mm_pi_channel *ret_channel,
						  struct mm_refusal *reterr);

/* supv_common_region_hob: a channel of either type. Also MM_E_HOB_VALUE, MM_E_HOB_RANGE, MM_E_OVERLAP, MM_E_MISALIGNED.
 */
enum mm_status mm_pi_common_region_decode_untrusted(struct mm_bytes payload, struct mm_pi_channel *ret_channel,
						    struct mm_refusal *reterr);

/* supv_protected_region_hob: whole pages closed to MM. Also MM_E_HOB_RANGE, MM_E_HOB_VALUE. */
enum mm_status mm_pi_protected_region_decode_untrusted(struct mm_bytes payload, struct mm_region *ret_region,
						       struct mm_refusal *reterr);

/* A range opened to MM drivers, of whole pages, not empty. */
struct mm_pi_unblock {
	struct mm_region region;
	uint32_t memory_type; /* enum mm_efi_memory_type */
	uint64_t attributes;  /* MM_EFI_MEMORY_... */
	struct mm_guid who;   /* not the zero GUID */
};

/*
 * supv_unblock_region_hob, and the payload of the supervisor's unblock request. Also MM_E_HOB_RANGE,
 * MM_E_HOB_VALUE for the zero GUID.
 */
enum mm_status mm_pi_unblock_decode_untrusted(struct mm_bytes payload, struct mm_pi_unblock *ret_unblock,
					      struct mm_refusal *reterr);

/* Rendezvous of CPUs. */
struct mm_pi_cpu_sync_config {
	bool relaxed; /* an MMI may be handled before every CPU arrived */
	uint64_t timeout_us;
	uint64_t timeout2_us;
};

/* cpu_sync_config_hob. Also MM_E_HOB_VALUE for a mode that is neither 0 nor 1. */
enum mm_status mm_pi_cpu_sync_config_decode_untrusted(struct mm_bytes payload, struct mm_pi_cpu_sync_config *ret_config,
						      struct mm_refusal *reterr);

/* acpi_s3_enable_hob, status_code_use_serial_hob: a BOOLEAN. Also MM_E_HOB_VALUE for neither 0 nor 1. */
enum mm_status mm_pi_flag_decode_untrusted(struct mm_bytes payload, bool *ret_flag, struct mm_refusal *reterr);

/* What init hands to the supervisor. No address is 0, no range wraps. */
struct mm_pi_pass_down {
	uint64_t user_stack_base;	   /* page-aligned */
	uint64_t user_stack_bytes_per_cpu; /* whole pages, not 0 */
	uint64_t smbase_array;		   /* u64[CPUs], 8-aligned */
	uint64_t initialized_array;	   /* u8[CPUs] */
	struct mm_region policy;	   /* not empty */
	uint64_t mmi_entry_bytes;	   /* at SMBASE + 0x8000; ends before the save state */
};

/* supv_pass_down_hob. Also MM_E_HOB_REVISION, MM_E_HOB_RESERVED, MM_E_HOB_RANGE, MM_E_HOB_VALUE, MM_E_MISALIGNED. */
enum mm_status mm_pi_pass_down_decode_untrusted(struct mm_bytes payload, struct mm_pi_pass_down *ret_pass_down,
						struct mm_refusal *reterr);

/* The depex of one driver. */
struct mm_pi_depex_hob {
	struct mm_guid file_name;
	struct mm_bytes depex; /* judge with mm_pi_depex_check_untrusted() */
};

/* supv_depex_hob. Also MM_E_TRUNCATED when the length passes the payload. */
enum mm_status mm_pi_depex_hob_decode_untrusted(struct mm_bytes payload, struct mm_pi_depex_hob *ret_depex,
						struct mm_refusal *reterr);

/* The module a checked memory HOB describes: true if its allocation name says it is one of MM (supv_module_hob). */
bool mm_pi_hob_is_mm_module(const struct mm_pi_hob *hob);
