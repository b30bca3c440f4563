/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "build.h"

#include "mm/abi/efi.h"

#include "cpus.h"
#include "domain.h"
#include "memory.h"
#include "record.h"

/*
 * Time without an arrival before the missing CPUs are called, and before the run goes on without them. The call writes
 * the ICR, which cannot be put back wholly, so it is for CPUs that really were left out.
 */
#define ARRIVAL_GRACE_US 10000u
#define ARRIVAL_LIMIT_US 100000u

static enum mm_status set_time(struct mm_supv_state *supv, struct mm_refusal *reterr)
{
	struct mm_supv_wiring *wiring = supv->wiring;
	enum mm_status status =
		mm_hal_time_from_microseconds(wiring->time, ARRIVAL_GRACE_US, &wiring->arrival_grace_ticks);

	if (status == MM_OK)
		status = mm_hal_time_from_microseconds(wiring->time, ARRIVAL_LIMIT_US, &wiring->arrival_limit_ticks);
	return status == MM_OK ? MM_OK : mm_refuse(reterr, status, "clock", 0, 0);
}

/* The policy lies in MMRAM, read-only; the decoded form gets pages of its own. */
static enum mm_status read_policy(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
				  struct mm_refusal *reterr)
{
	struct mm_supv_wiring *wiring = supv->wiring;
	struct mm_region blob = facts->pass_down.policy;
	const void *bytes = mm_hal_mem_map(wiring->mem, mm_pa(blob.base), blob.bytes);
	uint64_t storage_bytes = mm_policy_storage_bytes((size_t)blob.bytes);
	enum mm_status status;

	status = mm_supv_pages_get(supv, mm_pages_for(storage_bytes), &wiring->policy_storage);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "policy storage", 0, storage_bytes);
	return mm_policy_decode_untrusted(
		mm_bytes(bytes, (size_t)blob.bytes),
		mm_hal_mem_map(wiring->mem, mm_pa(wiring->policy_storage.base), wiring->policy_storage.bytes),
		(size_t)wiring->policy_storage.bytes, &wiring->policy, reterr);
}

/* Maps a channel for the supervisor alone, read-write, never executable. */
static enum mm_status open_channel(struct mm_supv_state *supv, const struct mm_pi_channel *from,
				   struct mm_supv_channel *ret_channel)
{
	struct mm_region status_pages;
	enum mm_status status = mm_region_page_hull(from->status, &status_pages);

	if (status == MM_OK)
		status = mm_supv_pages_protect(supv, from->buffer, MM_HAL_PAGE_RW);
	if (status == MM_OK)
		status = mm_supv_pages_protect(supv, status_pages, MM_HAL_PAGE_RW);
	if (status != MM_OK)
		return status;
	ret_channel->buffer = mm_hal_mem_map(supv->wiring->mem, mm_pa(from->buffer.base), from->buffer.bytes);
	ret_channel->status = mm_hal_mem_map(supv->wiring->mem, mm_pa(from->status.base), from->status.bytes);
	ret_channel->bytes = from->buffer.bytes;
	return MM_OK;
}

static enum mm_status open_channels(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
				    struct mm_refusal *reterr)
{
	enum mm_status status = MM_OK;

	if (facts->has_user_channel)
		status = open_channel(supv, &facts->user_channel, &supv->user_channel);
	if (status == MM_OK && facts->has_supervisor_channel)
		status = open_channel(supv, &facts->supervisor_channel, &supv->supervisor_channel);
	return status == MM_OK ? MM_OK : mm_refuse(reterr, status, "channel mapping", 0, 0);
}

enum mm_status mm_supv_build(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
			     const struct mm_supv_machine_facts *machine, struct mm_refusal *reterr)
{
	enum mm_status status = set_time(supv, reterr);

	supv->module_count = facts->module_count;
	__builtin_memcpy(supv->modules, facts->modules, sizeof(supv->modules));
	supv->image = facts->supervisor_image;
	supv->init_image = facts->init_image;
	supv->wiring->missing_protections = machine->missing_protections;
	if (status != MM_OK)
		return status;
	status = mm_supv_memory_init(supv, facts, machine->root, machine->levels, machine->pa_bits);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "memory", 0, facts->free_count);
	status = read_policy(supv, facts, reterr);
	if (status == MM_OK)
		status = mm_supv_cpus_init(supv, facts, reterr);
	if (status == MM_OK)
		status = open_channels(supv, facts, reterr);
	if (status != MM_OK)
		return status;
	status = mm_supv_domain_init(supv, facts, machine->root);
	return status == MM_OK ? MM_OK : mm_refuse(reterr, status, "domain", 0, 0);
}

static enum mm_status seal(struct mm_supv_state *supv)
{
	enum mm_status status = mm_supv_pages_protect(supv, supv->wiring->policy_storage, MM_HAL_PAGE_R);

	if (status == MM_OK)
		status = mm_supv_cpus_seal(supv);
	if (status == MM_OK)
		status = mm_supv_memory_seal(supv);
	return status;
}

enum mm_status mm_supv_build_end(struct mm_supv_state *supv, uint64_t status, uint64_t value)
{
	if (status != MM_EFI_SUCCESS || MM_EFI_IS_ERROR(value)) {
		mm_supv_log(supv->wiring, "the user core did not start: status 0x%llx",
			    (unsigned long long)(status | value));
		supv->domain.failed = true;
	}
	supv->domain.started = true;
	return seal(supv);
}
