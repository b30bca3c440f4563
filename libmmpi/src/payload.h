/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Shared by the payload decoders of this room; not a door. */
#include "mm/base/bytes.h"
#include "mm/base/checked.h"
#include "mm/base/status.h"

/* The payload is `content_bytes` rounded up to 8, as every producer writes it. MM_OK or MM_E_HOB_PAYLOAD. */
static inline enum mm_status mm_pi_payload_is(struct mm_bytes payload, uint64_t content_bytes,
					      struct mm_refusal *reterr)
{
	uint64_t rounded;

	if (!mm_align_up_u64(content_bytes, 8, &rounded) || payload.count != rounded)
		return mm_refuse(reterr, MM_E_HOB_PAYLOAD, "payload", 0, payload.count);
	return MM_OK;
}
