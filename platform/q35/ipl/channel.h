/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A client's end of a channel into MM: compose a message, raise an SMI, read the answer. BSP only.
 */
#include <stdint.h>

#include "mm/abi/comm.h"
#include "mm/abi/guid.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

struct mm_hal_time;

struct mm_q35_channel {
	struct mm_hal_time *time; /* its rate is known */
	uint8_t *buffer;
	uint64_t bytes;
	volatile struct mm_comm_status *status;
};

struct mm_q35_answer {
	uint64_t status; /* EFI_STATUS */
	uint64_t bytes;	 /* header included */
	uint64_t microseconds;
};

/* How the SMI is raised, if not by port 0xB2 on this CPU. */
struct mm_q35_trigger {
	void (*raise)(void *context);
	void *context;
};

/* Memory mapped one to one. */
void mm_q35_channel_init(struct mm_q35_channel *self, struct mm_hal_time *time, struct mm_region buffer,
			 struct mm_region status);

/* The longest message after its header. */
uint64_t mm_q35_channel_capacity(const struct mm_q35_channel *self);

/* Writes a message header; returns where the `bytes` bytes of the message go. */
uint8_t *mm_q35_channel_compose(struct mm_q35_channel *self, const struct mm_guid *guid, uint64_t bytes);

/*
 * Hands over what the buffer holds, raises an SMI (`trigger` NULL: port 0xB2) and waits for the answer, at most ten
 * seconds. MM_OK: MM answered, with whatever status; MM_E_TIMEOUT.
 */
enum mm_status mm_q35_channel_send(struct mm_q35_channel *self, const struct mm_q35_trigger *trigger,
				   struct mm_q35_answer *ret_answer);

/* An SMI by port 0xB2 on the calling CPU; over when this returns, in emulators too. */
void mm_q35_smi_raise(void);
