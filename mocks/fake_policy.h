/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * libmmpolicy has no ops to mock: it decides from bytes. This builds such bytes for whoever needs a policy in a
 * test, and decodes them. Roots appear in the order in which they are opened; nothing is checked, so bad
 * policies can be built as well.
 */
#include <stdint.h>

#include "mm/policy/policy.h"

#define FAKE_POLICY_ROOT_BYTES 0x40000u

struct fake_policy_root {
	uint32_t type;
	uint32_t kind;
	uint32_t count;
	uint32_t bytes;
	uint8_t *data; /* FAKE_POLICY_ROOT_BYTES */
};

struct fake_policy {
	struct fake_policy_root roots[MM_POLICY_TYPE_COUNT];
	uint32_t root_count;
	uint8_t *blob; /* of the last fake_policy_blob() */
	uint32_t blob_bytes;
	void *storage;
	struct mm_policy policy;
};

/* An empty policy; fake_policy_finish() frees what it took. Aborts the test program without memory. */
void fake_policy_init(struct fake_policy *fake);
void fake_policy_finish(struct fake_policy *fake);

/* Opens a root; later entries of its type go there. */
void fake_policy_root(struct fake_policy *fake, enum mm_policy_type type, enum mm_policy_list_kind kind);

/* Append a descriptor to the root of its type, which is open. */
void fake_policy_port(struct fake_policy *fake, uint32_t port, uint32_t length, uint32_t attr);
void fake_policy_msr(struct fake_policy *fake, uint32_t msr, uint32_t length, uint32_t attr);
void fake_policy_memory(struct fake_policy *fake, uint64_t base, uint64_t bytes, uint32_t attr);
void fake_policy_instruction(struct fake_policy *fake, uint32_t index, uint32_t attr);
void fake_policy_save_state(struct fake_policy *fake, uint32_t field, uint32_t attr, uint32_t condition);

/* Lays the policy out; the bytes live in `fake` until the next call and may be spoiled by the test. */
struct mm_bytes fake_policy_blob(struct fake_policy *fake);

/* Decodes any bytes with storage of its own, into fake->policy. */
enum mm_status fake_policy_decode_bytes(struct fake_policy *fake, struct mm_bytes section, struct mm_refusal *reterr);

/* Lays out and decodes. */
enum mm_status fake_policy_decode(struct fake_policy *fake, struct mm_refusal *reterr);
