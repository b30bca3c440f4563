/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A mock of a user core's ring 0: an INVOKE must have been announced with expect_value() on `mock_core_invoke`
 * (`module`, `entry`), its status and value with will_return(), in this order; pages likewise (`pages`; `address`,
 * `pages`) with one will_return() each. Include after "tests/mm_test.h". Where drivers should just run, use
 * fake_core.h.
 */
#include "core.h"
#include "mm/base/compiler.h"

static MM_UNUSED uint64_t mock_core_invoke(uint64_t module, uint64_t entry, const uint64_t args[4], uint64_t *ret_value)
{
	uint64_t status;

	(void)args;
	check_expected(module);
	check_expected(entry);
	status = mock_type(uint64_t);
	*ret_value = mock_type(uint64_t);
	return status;
}

static MM_UNUSED uint64_t mock_core_allocate_pages(uint64_t pages)
{
	check_expected(pages);
	return mock_type(uint64_t);
}

static MM_UNUSED uint64_t mock_core_free_pages(uint64_t address, uint64_t pages)
{
	check_expected(address);
	check_expected(pages);
	return mock_type(uint64_t);
}

static MM_UNUSED const struct mm_core_ring0_ops mock_core_ops = {
	.invoke = mock_core_invoke,
	.allocate_pages = mock_core_allocate_pages,
	.free_pages = mock_core_free_pages,
};
