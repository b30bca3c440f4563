/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff_parts.h"

#include "mm/abi/efi.h"
#include "mm/abi/hob.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/hal/lapic.h"
#include "mm/policy/floor.h"

/* Nothing outside MMRAM that MM maps may be one of these. */
static enum mm_status check_outside(const struct mm_init_handoff *handoff, struct mm_region region, const char *field,
				    struct mm_refusal *reterr)
{
	if (region.base == 0 || mm_init_handoff_touches_mmram(handoff, region) ||
	    mm_region_overlaps(region, mm_region_create(MM_HAL_LAPIC_BASE, MM_PAGE_BYTES)))
		return mm_refuse(reterr, MM_E_OVERLAP, field, 0, region.base);
	return MM_OK;
}

static enum mm_status accept_channel(const struct mm_init_handoff *handoff, const struct mm_pi_channel *channel,
				     struct mm_init_channel *ret_channel, struct mm_refusal *reterr)
{
	struct mm_init_channel c = { .exists = true, .buffer = channel->buffer };
	enum mm_status status = mm_region_page_hull(channel->status, &c.status);

	if (status == MM_OK)
		status = check_outside(handoff, c.buffer, "channel buffer: overlaps MMRAM or the APIC", reterr);
	if (status == MM_OK)
		status = check_outside(handoff, c.status, "channel status: overlaps MMRAM or the APIC", reterr);
	if (status != MM_OK)
		return status;
	if (mm_region_overlaps(c.buffer, c.status))
		return mm_refuse(reterr, MM_E_OVERLAP, "channel status: in the channel's own pages", 0, c.status.base);
	if (ret_channel->exists)
		return mm_refuse(reterr, MM_E_EXISTS, "channel HOB", 0, c.buffer.base);
	*ret_channel = c;
	return MM_OK;
}

static enum mm_status decode_guid(struct mm_init_handoff *handoff, const struct mm_pi_hob_guid *hob,
				  struct mm_refusal *reterr)
{
	struct mm_pi_channel channel;
	enum mm_status status;

	if (mm_guid_equal(&hob->name, &mm_guid_comm_buffer_hob))
		status = mm_pi_comm_buffer_decode_untrusted(hob->payload, &channel, reterr);
	else if (mm_guid_equal(&hob->name, &mm_guid_supv_common_region_hob))
		status = mm_pi_common_region_decode_untrusted(hob->payload, &channel, reterr);
	else
		return MM_OK;
	if (status != MM_OK)
		return status;
	return accept_channel(handoff, &channel,
			      channel.type == MM_HOB_REGION_USER ? &handoff->user : &handoff->supervisor, reterr);
}

static bool is_part_of_channel(const struct mm_init_channel *channel, struct mm_region region)
{
	return channel->exists &&
	       (mm_region_contains(channel->buffer, region) || mm_region_contains(channel->status, region));
}

static bool overlaps_channel(const struct mm_init_channel *channel, struct mm_region region)
{
	return channel->exists &&
	       (mm_region_overlaps(channel->buffer, region) || mm_region_overlaps(channel->status, region));
}

static enum mm_status add_unblocked(struct mm_init_handoff *handoff, struct mm_region region, bool is_supervisor,
				    struct mm_refusal *reterr)
{
	static const char field[] = "unblocked range: overlaps MMRAM, the APIC, a channel or another one";
	enum mm_status status = check_outside(handoff, region, field, reterr);

	if (status != MM_OK)
		return status;
	if (!is_supervisor && mm_policy_floor_physical_overlaps(region))
		return mm_refuse(reterr, MM_E_POLICY_FLOOR, "unblocked range", 0, region.base);
	if (handoff->unblocked_count == MM_INIT_UNBLOCK_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of unblocked ranges", 0, region.base);
	if (overlaps_channel(&handoff->user, region) || overlaps_channel(&handoff->supervisor, region))
		return mm_refuse(reterr, MM_E_OVERLAP, field, 0, region.base);
	for (uint32_t i = 0; i < handoff->unblocked_count; i++) {
		if (mm_region_overlaps(handoff->unblocked[i].region, region))
			return mm_refuse(reterr, MM_E_OVERLAP, field, i, region.base);
	}
	handoff->unblocked[handoff->unblocked_count++] = (struct mm_init_unblocked){ region, is_supervisor };
	return MM_OK;
}

/* System memory that a resource HOB names and that is no channel is what was unblocked before MM existed. */
static enum mm_status accept_memory(struct mm_init_handoff *handoff, struct mm_region region, uint32_t offset,
				    struct mm_refusal *reterr)
{
	if (is_part_of_channel(&handoff->user, region) || is_part_of_channel(&handoff->supervisor, region))
		return MM_OK;
	if (!mm_is_page_aligned(region.base) || !mm_is_page_aligned(region.bytes))
		return mm_refuse(reterr, MM_E_MISALIGNED, "memory resource HOB", offset, region.base);
	return add_unblocked(handoff, region, false, reterr);
}

static enum mm_status accept_mmio(struct mm_init_handoff *handoff, struct mm_region region, uint32_t offset,
				  struct mm_refusal *reterr)
{
	if (mm_init_handoff_touches_mmram(handoff, region) || region.base < MM_PAGE_BYTES)
		return mm_refuse(reterr, MM_E_OVERLAP, "MMIO resource HOB: overlaps MMRAM or page 0", offset,
				 region.base);
	if (handoff->mmio_count == MM_INIT_RESOURCE_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of MMIO resource HOBs", offset, region.base);
	handoff->mmio[handoff->mmio_count++] = region;
	return MM_OK;
}

static enum mm_status decode_resource(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				      struct mm_refusal *reterr)
{
	const struct mm_pi_hob_resource *resource = &hob->u.resource;

	/* The owner of a memory bin describes memory for somebody else. */
	if (mm_guid_equal(&resource->owner, &mm_guid_memory_type_information))
		return MM_OK;
	if (resource->type == MM_HOB_RESOURCE_SYSTEM_MEMORY)
		return accept_memory(handoff, resource->region, hob->offset, reterr);
	if (resource->type == MM_HOB_RESOURCE_MMIO)
		return accept_mmio(handoff, resource->region, hob->offset, reterr);
	/* Other kinds are never mapped. */
	return MM_OK;
}

static enum mm_status decode_volume(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				    struct mm_refusal *reterr)
{
	struct mm_region region = hob->u.fv.region;

	if (mm_init_handoff_touches_mmram(handoff, region))
		return mm_refuse(reterr, MM_E_OVERLAP, "volume HOB: overlaps MMRAM", hob->offset, region.base);
	for (uint32_t i = 0; i < handoff->volume_count; i++) {
		/* FV, FV2 and FV3 HOBs may name one volume again. */
		if (handoff->volumes[i].base == region.base)
			return MM_OK;
	}
	if (handoff->volume_count == MM_INIT_VOLUME_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of volume HOBs", hob->offset, region.base);
	handoff->volumes[handoff->volume_count++] = region;
	return MM_OK;
}

static enum mm_status decode_unblock(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				     struct mm_refusal *reterr)
{
	struct mm_pi_unblock unblock;
	enum mm_status status;

	if (!mm_guid_equal(&hob->u.guid.name, &mm_guid_supv_unblock_region_hob))
		return MM_OK;
	status = mm_pi_unblock_decode_untrusted(hob->u.guid.payload, &unblock, reterr);
	if (status != MM_OK)
		return status;
	return add_unblocked(handoff, unblock.region, (unblock.attributes & MM_EFI_MEMORY_SP) != 0, reterr);
}

/* A range closed to MM must not be opened by another HOB. */
static enum mm_status check_protected(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				      struct mm_refusal *reterr)
{
	struct mm_region region;
	enum mm_status status;

	if (!mm_guid_equal(&hob->u.guid.name, &mm_guid_supv_protected_region_hob))
		return MM_OK;
	status = mm_pi_protected_region_decode_untrusted(hob->u.guid.payload, &region, reterr);
	if (status != MM_OK)
		return status;
	for (uint32_t i = 0; i < handoff->unblocked_count; i++) {
		if (mm_region_overlaps(handoff->unblocked[i].region, region))
			return mm_refuse(reterr, MM_E_OVERLAP, "protected range: it is unblocked", hob->offset,
					 region.base);
	}
	if (overlaps_channel(&handoff->user, region) || overlaps_channel(&handoff->supervisor, region))
		return mm_refuse(reterr, MM_E_OVERLAP, "protected range: it is a channel", hob->offset, region.base);
	return MM_OK;
}

typedef enum mm_status step_fn(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob, struct mm_refusal *reterr);

static enum mm_status step_channels(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				    struct mm_refusal *reterr)
{
	return hob->type == MM_HOB_TYPE_GUID_EXTENSION ? decode_guid(handoff, &hob->u.guid, reterr) : MM_OK;
}

static enum mm_status step_ranges(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				  struct mm_refusal *reterr)
{
	switch (hob->type) {
	case MM_HOB_TYPE_RESOURCE_DESCRIPTOR:
	case MM_HOB_TYPE_RESOURCE_DESCRIPTOR2:
		return decode_resource(handoff, hob, reterr);
	case MM_HOB_TYPE_FV:
	case MM_HOB_TYPE_FV2:
	case MM_HOB_TYPE_FV3:
		return decode_volume(handoff, hob, reterr);
	case MM_HOB_TYPE_GUID_EXTENSION:
		return decode_unblock(handoff, hob, reterr);
	default:
		return MM_OK;
	}
}

static enum mm_status step_protected(struct mm_init_handoff *handoff, const struct mm_pi_hob *hob,
				     struct mm_refusal *reterr)
{
	return hob->type == MM_HOB_TYPE_GUID_EXTENSION ? check_protected(handoff, hob, reterr) : MM_OK;
}

static enum mm_status for_each(struct mm_init_handoff *handoff, step_fn *step, struct mm_refusal *reterr)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&handoff->list);
	struct mm_pi_hob hob;
	enum mm_status status = MM_OK;

	while (status == MM_OK && mm_pi_hob_next(&iter, &hob))
		status = step(handoff, &hob, reterr);
	return status;
}

static enum mm_status check_channels_apart(const struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	if (!handoff->user.exists)
		return MM_OK;
	if (overlaps_channel(&handoff->supervisor, handoff->user.buffer) ||
	    overlaps_channel(&handoff->supervisor, handoff->user.status))
		return mm_refuse(reterr, MM_E_OVERLAP, "channels: they share a page", 0, handoff->user.buffer.base);
	return MM_OK;
}

static enum mm_status check_unblocked_bytes(const struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	uint64_t left = MM_INIT_UNBLOCK_BYTES_MAX;

	for (uint32_t i = 0; i < handoff->unblocked_count; i++) {
		if (handoff->unblocked[i].region.bytes > left)
			return mm_refuse(reterr, MM_E_LIMIT, "bytes of unblocked ranges", i,
					 handoff->unblocked[i].region.bytes);
		left -= handoff->unblocked[i].region.bytes;
	}
	return MM_OK;
}

/* MMIO is another device's than the memory that MM maps. */
static enum mm_status check_mmio_apart(const struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	for (uint32_t i = 0; i < handoff->mmio_count; i++) {
		struct mm_region mmio = handoff->mmio[i];

		if (overlaps_channel(&handoff->user, mmio) || overlaps_channel(&handoff->supervisor, mmio))
			return mm_refuse(reterr, MM_E_OVERLAP, "MMIO resource HOB: overlaps a channel", i, mmio.base);
		for (uint32_t j = 0; j < handoff->unblocked_count; j++) {
			if (mm_region_overlaps(handoff->unblocked[j].region, mmio))
				return mm_refuse(reterr, MM_E_OVERLAP, "MMIO resource HOB: overlaps an unblocked range",
						 i, mmio.base);
		}
		for (uint32_t j = 0; j < i; j++) {
			if (mm_region_overlaps(handoff->mmio[j], mmio))
				return mm_refuse(reterr, MM_E_OVERLAP, "MMIO resource HOB: overlaps another one", i,
						 mmio.base);
		}
	}
	return MM_OK;
}

enum mm_status mm_init_handoff_decode_outside(struct mm_init_handoff *handoff, struct mm_refusal *reterr)
{
	enum mm_status status;

	handoff->volume_count = 0;
	handoff->unblocked_count = 0;
	handoff->mmio_count = 0;
	handoff->user.exists = false;
	handoff->supervisor.exists = false;
	/* Channels first: memory resources are judged against them, wherever they stand in the list. */
	status = for_each(handoff, step_channels, reterr);
	if (status == MM_OK)
		status = check_channels_apart(handoff, reterr);
	if (status == MM_OK)
		status = for_each(handoff, step_ranges, reterr);
	if (status == MM_OK)
		status = check_unblocked_bytes(handoff, reterr);
	if (status == MM_OK)
		status = check_mmio_apart(handoff, reterr);
	if (status == MM_OK)
		status = for_each(handoff, step_protected, reterr);
	if (status == MM_OK && handoff->volume_count == 0)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "volume HOB", 0, 0);
	return status;
}
