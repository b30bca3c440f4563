/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "channel.h"

#include "mm/abi/comm.h"
#include "mm/abi/efi.h"
#include "mm/base/bytes.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#include "record.h"

/*
 * Channel memory as the copy routines want it. The volatile is dropped on purpose: each routine fetches or stores each
 * byte once.
 */
static const void *plain_source(const volatile uint8_t *p)
{
	return (const void *)(uintptr_t)p;
}

static void *plain_target(volatile uint8_t *p)
{
	return (void *)(uintptr_t)p;
}

bool mm_supv_channel_is_full(const struct mm_supv_channel *channel)
{
	return channel->bytes != 0 && *channel->status != 0;
}

enum mm_status mm_supv_channel_read_header(const struct mm_supv_channel *channel, bool allow_v3,
					   struct mm_supv_message *ret_message)
{
	struct mm_supv_message message;
	uint64_t data_bytes;

	__builtin_memcpy(message.header, plain_source(channel->buffer), MM_COMM_HEADER_BYTES);
	__builtin_memcpy(&message.guid, message.header, sizeof(message.guid));
	data_bytes = mm_load_u64(message.header + 16);
	message.header_bytes = MM_COMM_HEADER_BYTES;
	if (!mm_guid_equal(&message.guid, &mm_guid_comm_header_v3)) {
		if (data_bytes > channel->bytes - MM_COMM_HEADER_BYTES)
			return MM_E_LIMIT;
		message.bytes = MM_COMM_HEADER_BYTES + data_bytes;
		*ret_message = message;
		return MM_OK;
	}
	if (!allow_v3)
		return MM_E_UNSUPPORTED;
	message.bytes = data_bytes; /* version 3 counts its header in */
	message.header_bytes = MM_COMM_HEADER_V3_BYTES;
	if (message.bytes > channel->bytes)
		return MM_E_LIMIT;
	if (message.bytes < MM_COMM_HEADER_V3_BYTES)
		return MM_E_TRUNCATED;
	__builtin_memcpy(message.header + MM_COMM_HEADER_BYTES, plain_source(channel->buffer + MM_COMM_HEADER_BYTES),
			 MM_COMM_HEADER_V3_BYTES - MM_COMM_HEADER_BYTES);
	__builtin_memcpy(&message.guid, message.header + 32, sizeof(message.guid));
	if (mm_load_u64(message.header + 48) > message.bytes - MM_COMM_HEADER_V3_BYTES)
		return MM_E_TRUNCATED;
	*ret_message = message;
	return MM_OK;
}

void mm_supv_channel_complete(const struct mm_supv_channel *channel, uint64_t status, uint64_t bytes)
{
	volatile uint64_t *fields = (volatile uint64_t *)(uintptr_t)channel->status;

	fields[1] = status;
	fields[2] = bytes;
	*channel->status = 0; /* x86 keeps stores in order; volatile keeps the compiler from changing it */
}

void mm_supv_notice_event(struct mm_supv_state *supv, const struct mm_guid *guid)
{
	if (supv->boot_services_over)
		return; /* the last latch; all of them are one-way */
	if (mm_guid_equal(guid, &mm_guid_exit_boot_services_event)) {
		supv->boot_services_over = true;
		supv->locked = true;
	} else if (mm_guid_equal(guid, &mm_guid_dxe_ready_to_lock) || mm_guid_equal(guid, &mm_guid_end_of_dxe_event) ||
		   mm_guid_equal(guid, &mm_guid_ready_to_boot_event)) {
		supv->locked = true;
	}
}

static void refuse(struct mm_supv_cpu *cpu, enum mm_status why, uint64_t efi_status)
{
	struct mm_supv_record record = {
		.kind = MM_SUPV_RECORD_BAD_MESSAGE,
		.cpu = (uint16_t)cpu->index,
		.offset = MM_SUPV_OFFSET_NONE,
		.detail = (uint32_t)-(int32_t)why,
	};

	cpu->supv->counters.bad_messages++;
	mm_supv_record_add(cpu->supv, &record);
	mm_supv_channel_complete(&cpu->supv->user_channel, efi_status, 0);
}

/* Copies the message into the shadow and zeroes what an earlier one left behind it. */
static enum mm_status fill_shadow(struct mm_supv_cpu *cpu, const struct mm_supv_message *message)
{
	struct mm_hal_user *user = mm_supv_wiring_of(cpu)->user;
	struct mm_domain *domain = &cpu->supv->domain;
	const struct mm_supv_channel *channel = &cpu->supv->user_channel;
	uint64_t head = message->header_bytes;
	uint64_t old_mark = domain->shadow_high_water;
	enum mm_status status;

	domain->shadow_high_water = message->bytes > old_mark ? message->bytes : old_mark;
	status = mm_hal_user_copy_out(user, mm_user_va(domain->shadow.base), message->header, head);
	if (status == MM_OK)
		status = mm_hal_user_copy_out(user, mm_user_va(domain->shadow.base + head),
					      plain_source(channel->buffer + head), message->bytes - head);
	if (status == MM_OK && old_mark > message->bytes)
		status = mm_hal_user_zero(user, mm_user_va(domain->shadow.base + message->bytes),
					  old_mark - message->bytes);
	if (status == MM_OK)
		domain->shadow_high_water = message->bytes;
	return status;
}

uint64_t mm_supv_channel_take(struct mm_supv_cpu *cpu, bool can_serve)
{
	struct mm_supv_state *supv = cpu->supv;
	struct mm_supv_message message;
	enum mm_status status;

	if (!mm_supv_channel_is_full(&supv->user_channel))
		return 0;
	status = mm_supv_channel_read_header(&supv->user_channel, true, &message);
	if (status != MM_OK) {
		refuse(cpu, status, MM_EFI_BAD_BUFFER_SIZE);
		return 0;
	}
	mm_supv_notice_event(supv, &message.guid);
	if (!can_serve) {
		refuse(cpu, MM_E_NOT_READY, MM_EFI_NOT_READY);
		return 0;
	}
	status = fill_shadow(cpu, &message);
	if (status != MM_OK) {
		refuse(cpu, status, MM_EFI_DEVICE_ERROR);
		return 0;
	}
	return message.bytes;
}

void mm_supv_channel_answer(struct mm_supv_cpu *cpu, uint64_t status, uint64_t bytes)
{
	const struct mm_supv_channel *channel = &cpu->supv->user_channel;
	struct mm_domain *domain = &cpu->supv->domain;

	if (bytes > channel->bytes) {
		status = MM_EFI_BAD_BUFFER_SIZE;
		bytes = 0;
	}
	if (mm_hal_user_copy_in(mm_supv_wiring_of(cpu)->user, plain_target(channel->buffer),
				mm_user_va(domain->shadow.base), bytes) != MM_OK) {
		status = MM_EFI_DEVICE_ERROR;
		bytes = 0;
	}
	if (bytes > domain->shadow_high_water)
		domain->shadow_high_water = bytes;
	mm_supv_channel_complete(channel, status, bytes);
}
