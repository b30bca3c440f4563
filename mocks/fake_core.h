/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Ring 0 as a user core has it: activations of host functions, which can be ended in their midst, and pages from an
 * arena of host memory. A driver's functions are numbers; each stands for a host function.
 *
 * The core's interface to ring 0 has no self, as system calls have none: the fake that was made last answers. A memory
 * access that faults ends the innermost activation, as the supervisor does; outside any it ends the test.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core.h"
#include "mm/base/compiler.h"

#define FAKE_CORE_DEPTH_MAX 8u
#define FAKE_CORE_FUNCTIONS 512u
#define FAKE_CORE_INVOKES   256u

/* What stands behind a number: gets INVOKE's four arguments, returns an EFI_STATUS. */
typedef uint64_t fake_core_function(void *context, const uint64_t args[4]);

struct fake_core_invoke {
	uint64_t module;
	uint64_t entry;
	uint64_t args[4];
};

struct fake_core {
	struct {
		uint64_t address;
		fake_core_function *function;
		void *context;
	} functions[FAKE_CORE_FUNCTIONS];
	size_t function_count;
	struct fake_core_invoke invokes[FAKE_CORE_INVOKES];
	size_t invoke_count; /* all, also those beyond the array */

	uint32_t depth; /* activations, the request's own included */
	sigjmp_buf ends[FAKE_CORE_DEPTH_MAX];
	uint64_t end_status;
	uint64_t fault_address; /* of the last fault */

	uint8_t *arena;	     /* page-aligned */
	uint8_t *page_state; /* per page: 1 is in use */
	uint32_t page_count;
	uint32_t page_limit; /* pages that may be in use at once */
	uint32_t live_pages;
	uint32_t allocate_calls;
	/* Called before each allocation if set: a place in the middle of a service. */
	void (*on_allocate)(void *context, uint64_t pages);
	void *on_allocate_context;

	uint8_t *bad_page;   /* no access */
	uint8_t *const_page; /* may be read; all its 64-bit words are 8 */
	struct sigaction old_action;
};

extern const struct mm_core_ring0_ops fake_core_ops;

/* With `page_count` pages, all of which may be in use. Fails the test if the host has no memory. */
void fake_core_init(struct fake_core *self, uint32_t page_count);
void fake_core_finish(struct fake_core *self);

/* The number `address` stands for this function from now on. */
void fake_core_set_function(struct fake_core *self, uint64_t address, fake_core_function *function, void *context);

/* Runs mm_core_serve() in an activation of its own; the status of that. */
uint64_t fake_core_request(struct fake_core *self, struct mm_core *core);

/* Ends the innermost activation here and now. */
MM_NORETURN void fake_core_end(struct fake_core *self, uint64_t status);

/* Ends activation `level` (0 is the request) and all inside it, as a deadline does. */
MM_NORETURN void fake_core_end_from(struct fake_core *self, uint32_t level, uint64_t status);
