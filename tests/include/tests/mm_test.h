/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What every unit test includes: cmocka in its required order, and assertions for our own types. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <string.h>

#include "mm/base/status.h"

/* Fails with both names, not both numbers. */
#define assert_status(actual, expected) assert_string_equal(mm_status_name(actual), mm_status_name(expected))
