/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Builds a HOB list in the caller's buffer. Append HOBs in any order between init and finish; a refused append
 * changes nothing. Everything appended is copied. Not for concurrent use; any context.
 *
 * Statuses of every append: MM_OK; MM_E_BUFFER_TOO_SMALL when the HOB and the END HOB do not fit any more;
 * MM_E_LIMIT when its length passes what 16 bits hold (0xFFF8); MM_E_INVALID after finish; and as listed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/base/status.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"

struct mm_pi_hob_writer {
	/* private: */
	uint8_t *data;
	size_t capacity;
	size_t used;
	uint64_t address;
	bool is_finished;
};

/*
 * Starts a list in `buffer[0..capacity)`, which consumers will find at `address`; writes the hand-off HOB with
 * the memory fields 0. Both `buffer` and `address` are 8-aligned. MM_OK; MM_E_MISALIGNED; MM_E_BUFFER_TOO_SMALL.
 */
enum mm_status mm_pi_hob_writer_init(struct mm_pi_hob_writer *self, void *buffer, size_t capacity, uint64_t address,
				     uint32_t boot_mode);

/* Appends the END HOB and completes the hand-off HOB. `ret_bytes`: the whole list. MM_OK; MM_E_INVALID the second time.
 */
enum mm_status mm_pi_hob_writer_finish(struct mm_pi_hob_writer *self, size_t *ret_bytes);

/* A copy of a HOB that was read: any type but the hand-off HOB (MM_E_INVALID). */
enum mm_status mm_pi_hob_add_copy(struct mm_pi_hob_writer *self, const struct mm_pi_hob *hob);

enum mm_status mm_pi_hob_add_memory(struct mm_pi_hob_writer *self, const struct mm_guid *name, struct mm_region region,
				    uint32_t memory_type);
/* Version 2 when there are memory attributes, else version 1. */
enum mm_status mm_pi_hob_add_resource(struct mm_pi_hob_writer *self, const struct mm_pi_hob_resource *resource);
enum mm_status mm_pi_hob_add_fv(struct mm_pi_hob_writer *self, struct mm_region region);
enum mm_status mm_pi_hob_add_cpu(struct mm_pi_hob_writer *self, uint8_t memory_space_bits, uint8_t io_space_bits);

/*
 * A module: `allocation_name` is mm_guid_supv_module_hob towards the supervisor, mm_guid_hob_alloc_module towards
 * init. Memory type EfiReservedMemoryType. MM_E_INVALID if the entry lies outside the region.
 */
enum mm_status mm_pi_hob_add_module(struct mm_pi_hob_writer *self, const struct mm_guid *allocation_name,
				    struct mm_region region, const struct mm_guid *module_name, uint64_t entry);

/* A GUID extension HOB with `payload`, padded with zeroes. */
enum mm_status mm_pi_hob_add_guid(struct mm_pi_hob_writer *self, const struct mm_guid *name, struct mm_bytes payload);

/* The same with `payload_bytes` zeroes, which the caller then fills through `ret_payload`. */
enum mm_status mm_pi_hob_add_guid_space(struct mm_pi_hob_writer *self, const struct mm_guid *name, size_t payload_bytes,
					uint8_t **ret_payload);

/* mmram_hob. `count` 1..MM_PI_MMRAM_COUNT_MAX, else MM_E_INVALID. */
enum mm_status mm_pi_hob_add_mmram(struct mm_pi_hob_writer *self, const struct mm_pi_mmram *ranges, uint32_t count);

/* smbase_hob, as many as the CPUs need. All or none. `count` >= 1, else MM_E_INVALID. */
enum mm_status mm_pi_hob_add_smbase(struct mm_pi_hob_writer *self, const uint64_t *smbase, uint32_t count);

/* mp_information2_hob, as many chunks as the CPUs need and the last one of count 0. All or none. `count` >= 1. */
enum mm_status mm_pi_hob_add_cpus(struct mm_pi_hob_writer *self, const struct mm_pi_cpu *cpus, uint32_t count);

/* comm_buffer_hob for a user channel, supv_common_region_hob for a supervisor channel. MM_E_MISALIGNED buffer. */
enum mm_status mm_pi_hob_add_channel(struct mm_pi_hob_writer *self, const struct mm_pi_channel *channel);

/* supv_unblock_region_hob. MM_E_MISALIGNED region. */
enum mm_status mm_pi_hob_add_unblock(struct mm_pi_hob_writer *self, const struct mm_pi_unblock *unblock);

/* cpu_sync_config_hob. */
enum mm_status mm_pi_hob_add_cpu_sync_config(struct mm_pi_hob_writer *self, const struct mm_pi_cpu_sync_config *config);

/* A BOOLEAN under `name`: acpi_s3_enable_hob, status_code_use_serial_hob. */
enum mm_status mm_pi_hob_add_flag(struct mm_pi_hob_writer *self, const struct mm_guid *name, bool flag);

/* supv_pass_down_hob, revision 2. */
enum mm_status mm_pi_hob_add_pass_down(struct mm_pi_hob_writer *self, const struct mm_pi_pass_down *pass_down);

/* supv_depex_hob; append it right after its module. */
enum mm_status mm_pi_hob_add_depex(struct mm_pi_hob_writer *self, const struct mm_guid *file_name,
				   struct mm_bytes depex);
