/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Fakes for whoever tests the dispatcher, the MMI table or code above them. Each remembers what it was asked and can
 * be made to react; fake_protodb.h has the heap and the listener that go with them.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/dispatch/dispatch.h"
#include "mm/dispatch/mmi.h"

#define FAKE_DISPATCH_STARTS 64u
#define FAKE_MMI_CALLS	     64u

struct fake_dispatch_host {
	struct mm_dispatch_host host;	       /* first */
	uint64_t starts[FAKE_DISPATCH_STARTS]; /* ids in the order of starting */
	size_t start_count;		       /* all, also those beyond the array */
	/* What a start comes to: MM_OK unless this is set. May do to database and dispatcher what a driver may. */
	enum mm_status (*react)(void *context, uint64_t id);
	void *context;
};

void fake_dispatch_host_init(struct fake_dispatch_host *self);

struct fake_mmi_host {
	struct mm_mmi_host host; /* first */
	struct mm_mmi_call calls[FAKE_MMI_CALLS];
	size_t call_count; /* all, also those beyond the array */
	/* What a call answers; unless this is set, the handler's entry point itself. */
	uint64_t (*react)(void *context, const struct mm_mmi_call *call);
	void *context;
};

void fake_mmi_host_init(struct fake_mmi_host *self);
