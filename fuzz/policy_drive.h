/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Decodes any bytes and asks whatever was accepted every kind of question; aborts when answers contradict each other.
 */
#include <stdint.h>
#include <stdlib.h>

#include "mm/policy/extension.h"
#include "mm/policy/level.h"
#include "mm/policy/memory.h"

#define DRIVE_BYTES_MAX 0x20000u

static inline void drive_check(bool holds)
{
	if (!holds)
		abort();
}

/* Gate, explanation and bitmap agree about one access. */
static inline void drive_port(const struct mm_policy *policy, const uint8_t *bitmap, uint32_t port)
{
	struct mm_policy_explanation why;
	uint32_t bytes = port + 4 <= 0x10000 ? 4 : 1;
	enum mm_status status = mm_policy_gate_port(policy, port, bytes, MM_POLICY_WRITE);

	drive_check(mm_policy_explain_port(policy, port, bytes, MM_POLICY_WRITE, &why) == status);
	drive_check((status == MM_OK) ==
		    (why.rule == MM_POLICY_RULE_ALLOWED_ENTRY || why.rule == MM_POLICY_RULE_NOT_DENIED));
	drive_check((bitmap[port / 8] >> (port % 8) & 1) != 0 ||
		    mm_policy_gate_port(policy, port, 1, MM_POLICY_READ | MM_POLICY_WRITE) == MM_OK);
	drive_check(mm_policy_gate_driver_port(policy, MM_POLICY_NO_ENTRY, port, bytes, MM_POLICY_WRITE) != MM_OK ||
		    status == MM_OK);
}

/* At every edge of a run, where answers change. */
static inline void drive_ports(const struct mm_policy *policy, const uint8_t *bitmap)
{
	uint32_t i;
	uint32_t port;

	for (i = 0; i < policy->ports.run_count && policy->ports.runs[i].first < 0x10000; i++) {
		for (port = policy->ports.runs[i].first; port + 4 > policy->ports.runs[i].first && port != UINT32_MAX;
		     port--)
			drive_port(policy, bitmap, port);
	}
}

static inline void drive_msrs(const struct mm_policy *policy)
{
	uint32_t i;

	for (i = 0; i < policy->msrs.run_count; i++) {
		struct mm_policy_explanation why;
		uint32_t msr = policy->msrs.runs[i].first;

		drive_check(mm_policy_explain_msr(policy, msr, MM_POLICY_READ, &why) ==
			    mm_policy_gate_msr(policy, msr, MM_POLICY_READ));
		drive_check(mm_policy_explain_msr(policy, msr - 1u, MM_POLICY_WRITE, &why) ==
			    mm_policy_gate_msr(policy, msr - 1u, MM_POLICY_WRITE));
	}
}

static inline void drive_save_state(const struct mm_policy *policy)
{
	struct mm_policy_save_query query = { MM_POLICY_REGISTER_RAX, 1, false, { true, true, 1 } };
	struct mm_policy_explanation why;
	uint32_t reg;

	for (reg = 0; reg <= MM_POLICY_REGISTER_OTHER; reg++) {
		query.reg = (enum mm_policy_save_register)reg;
		query.trap.valid = !query.trap.valid;
		drive_check(mm_policy_explain_save_state(policy, &query, &why) ==
			    mm_policy_gate_save_state(policy, &query));
	}
}

/* The fetched policy must itself be a sound policy. */
static inline void drive_fetch(const struct mm_policy *policy)
{
	struct mm_policy_memory_run run = { 0x1000, 2, MM_POLICY_READ, 0 };
	struct mm_policy_snapshot snapshot = { &run, 1, 1 };
	size_t bytes = mm_policy_append_bytes(policy, 1);
	uint8_t *fetched = malloc(bytes);
	void *storage = malloc(mm_policy_storage_bytes(bytes));
	struct mm_policy again;

	drive_check(fetched != NULL && storage != NULL);
	if (mm_policy_append_memory(policy, &snapshot, fetched, bytes, &bytes) == MM_OK)
		drive_check(mm_policy_decode_untrusted(mm_bytes(fetched, bytes), storage,
						       mm_policy_storage_bytes(bytes), &again, NULL) == MM_OK);
	free(storage);
	free(fetched);
}

static inline void drive_policy(const struct mm_policy *policy)
{
	static uint8_t bitmap[MM_POLICY_PORT_BITMAP_BYTES];
	struct mm_policy_level level;
	struct mm_policy_domain domain;

	(void)mm_policy_build_port_bitmap(policy, bitmap);
	drive_ports(policy, bitmap);
	drive_msrs(policy);
	drive_save_state(policy);
	drive_fetch(policy);
	mm_policy_evaluate_level(policy, MM_POLICY_VENDOR_INTEL, NULL, &level);
	drive_check(level.level <= 30 && level.level % 10 == 0);
	if (mm_policy_domain_at(policy, 0, &domain) == MM_OK)
		drive_check(mm_policy_build_domain_bitmap(policy, 0, bitmap, NULL) == MM_OK);
}

static inline void drive_bytes(const uint8_t *data, size_t size)
{
	size_t storage_bytes = mm_policy_storage_bytes(size);
	void *storage = malloc(storage_bytes);
	struct mm_policy policy;

	drive_check(storage != NULL);
	if (mm_policy_decode_untrusted(mm_bytes(data, size), storage, storage_bytes, &policy, NULL) == MM_OK)
		drive_policy(&policy);
	free(storage);
}
