/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Mocks of the dispatcher's and the MMI table's hosts and of the finder: a start, call or find must have been announced
 * with expect_value() on `mock_dispatch_start` (`id`), `mock_mmi_call` (`entry_point`, `context`) or
 * `mock_dispatch_found` (`id`), its answer, where there is one, with will_return(). Include after "tests/mm_test.h".
 */
#include "mm/base/compiler.h"
#include "mm/dispatch/dispatch.h"
#include "mm/dispatch/mmi.h"
#include "mm/dispatch/volume.h"

static MM_UNUSED enum mm_status mock_dispatch_start(struct mm_dispatch_host *self, uint64_t id)
{
	(void)self;
	check_expected(id);
	return mock_type(enum mm_status);
}

static MM_UNUSED uint64_t mock_mmi_call(struct mm_mmi_host *self, const struct mm_mmi_call *call)
{
	uint64_t entry_point = call->entry_point;
	uint64_t context = call->context;

	(void)self;
	check_expected(entry_point);
	check_expected(context);
	return mock_type(uint64_t);
}

static MM_UNUSED const struct mm_dispatch_ops mock_dispatch_ops = {
	.start = mock_dispatch_start,
};

static MM_UNUSED const struct mm_mmi_ops mock_mmi_ops = {
	.call = mock_mmi_call,
};

static MM_UNUSED void mock_dispatch_found(struct mm_dispatch_finder *self, const struct mm_dispatch_found *found)
{
	uint64_t id = found->id;

	(void)self;
	check_expected(id);
}

static MM_UNUSED const struct mm_dispatch_finder_ops mock_dispatch_finder_ops = {
	.found = mock_dispatch_found,
};
