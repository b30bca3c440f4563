/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A mock of the protocol database's listener: every notice must have been announced with expect_value() on
 * `mock_protodb_notify`, parameters `function`, `interface` and `handle`. Include after "tests/mm_test.h".
 */
#include "mm/protodb/protodb.h"

static void mock_protodb_notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	uint64_t function = notice->function;
	uint64_t interface = notice->interface;
	uint64_t handle = notice->handle;

	(void)self;
	check_expected(function);
	check_expected(interface);
	check_expected(handle);
}

static const struct mm_protodb_ops mock_protodb_ops = {
	.notify = mock_protodb_notify,
};
