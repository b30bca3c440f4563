/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Whole pages by system call: the interface of mm/alloc/pages.h, as far as ring 3 can have it. The supervisor knows one
 * owner, the domain; which of its pages are the pool's is remembered here, so that a driver that frees too much takes
 * nothing from under it.
 */
#include "core.h"

void mm_core_pages_init(struct mm_core_pages *self);
