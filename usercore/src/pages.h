/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Whole pages by system call: the interface of mm/alloc/pages.h, as far as ring 3 can have it. */
#include "core.h"

extern const struct mm_pages_ops mm_core_pages_ops;
