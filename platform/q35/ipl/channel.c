/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "channel.h"

#include "mm/base/compiler.h"
#include "mm/hal/time.h"
#include "wait.h"

#define ANSWER_LIMIT_US 10000000u
#define UNANSWERED	0x5a5a5a5a5a5a5a5aull

void mm_q35_smi_raise(void)
{
	/* An emulator takes the SMI at the end of the block that holds the OUT: end it there. */
	__asm__ volatile("outb %%al, %1\n\tjmp 1f\n1:"
			 :
			 : "a"((uint8_t)MM_SMI_COMMAND), "N"(MM_SMI_COMMAND_PORT)
			 : "memory");
}

void mm_q35_channel_init(struct mm_q35_channel *self, struct mm_hal_time *time, struct mm_region buffer,
			 struct mm_region status)
{
	self->time = time;
	self->buffer = (uint8_t *)(uintptr_t)buffer.base;
	self->bytes = buffer.bytes;
	self->status = (volatile struct mm_comm_status *)(uintptr_t)status.base;
	self->status->valid = 0;
}

uint64_t mm_q35_channel_capacity(const struct mm_q35_channel *self)
{
	return self->bytes - MM_COMM_HEADER_BYTES;
}

uint8_t *mm_q35_channel_compose(struct mm_q35_channel *self, const struct mm_guid *guid, uint64_t bytes)
{
	struct mm_comm_header header = { *guid, bytes };

	__builtin_memcpy(self->buffer, &header, MM_COMM_HEADER_BYTES);
	return self->buffer + MM_COMM_HEADER_BYTES;
}

static bool is_answered(const void *context)
{
	const struct mm_q35_channel *self = context;

	return self->status->valid == 0;
}

enum mm_status mm_q35_channel_send(struct mm_q35_channel *self, const struct mm_q35_trigger *trigger,
				   struct mm_q35_answer *ret_answer)
{
	uint64_t begun = mm_hal_time_ticks(self->time);
	enum mm_status status;

	self->status->return_status = UNANSWERED;
	self->status->return_bytes = UNANSWERED;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	self->status->valid = 1;
	if (trigger == NULL)
		mm_q35_smi_raise();
	else
		trigger->raise(trigger->context);
	status = mm_q35_wait(self->time, ANSWER_LIMIT_US, is_answered, self);
	if (status != MM_OK) {
		self->status->valid = 0;
		return status;
	}
	ret_answer->status = self->status->return_status;
	ret_answer->bytes = self->status->return_bytes;
	return mm_hal_time_to_microseconds(self->time, mm_hal_time_ticks(self->time) - begun,
					   &ret_answer->microseconds);
}
