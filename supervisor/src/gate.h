/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The system-call gate: one const table says for each number what its arguments mean, who may call it and what it
 * does. Serving a call has two halves: `decode` checks arguments, asks policy and may refuse; `invoke` acts and cannot
 * refuse any more.
 *
 * A refusal of a call that answers a status becomes that status. A refusal of any other call (the old numbers have no
 * way to say no) ends the activation, with a record.
 */
#include "mm/policy/gate.h"

#include "supv.h"

/* A checked request, by value; each call uses its own member. */
struct mm_supv_request {
	uint64_t subject; /* the port or MSR that policy is asked about, for the record of a refusal; else 0 */
	uint32_t access;  /* MM_POLICY_READ or MM_POLICY_WRITE, where policy is asked for it */
	union {
		struct {
			uint16_t port;
			enum mm_hal_width width;
			uint32_t value;
		} io;
		struct {
			uint32_t index;
			uint64_t value;
		} msr;
		struct {
			struct mm_region region;
			uint64_t pages;
		} memory;
		struct {
			uint16_t module;
			uint64_t entry;
			uint64_t args[4];
		} invoke;
		struct {
			size_t bytes;
			char text[128];
		} log;
	} u;
};

struct mm_supv_syscall {
	uint32_t number;
	const char *name;
	bool answers_status; /* a refusal is an EFI_STATUS in RAX */
	enum mm_status (*decode)(struct mm_supv_cpu *cpu, const struct mm_supv_call *call,
				 struct mm_supv_request *ret_request);
	/* Leaves the result in `call`, or ends or suspends the activation and does not return in the image. */
	void (*invoke)(struct mm_supv_cpu *cpu, struct mm_supv_call *call, const struct mm_supv_request *request);
	/* Why policy refused a decoded request; NULL for calls that policy is not asked about. */
	void (*explain)(const struct mm_policy *policy, const struct mm_supv_request *request,
			struct mm_policy_explanation *ret_why);
};

/* The row of a number, or NULL. */
const struct mm_supv_syscall *mm_supv_syscall_find(uint64_t number);

/* From the SYSCALL entry: serves the call whose number is in RAX; the result is in `call` when it returns. */
void mm_supv_syscall(struct mm_supv_cpu *cpu, struct mm_supv_call *call);

/* The EFI_STATUS that ring 3 sees for one of ours. */
uint64_t mm_supv_efi_status(enum mm_status status);

/* Rows, by file. */
extern const struct mm_supv_syscall mm_supv_port_calls[];
extern const size_t mm_supv_port_call_count;
extern const struct mm_supv_syscall mm_supv_memory_calls[];
extern const size_t mm_supv_memory_call_count;
extern const struct mm_supv_syscall mm_supv_flow_calls[];
extern const size_t mm_supv_flow_call_count;
