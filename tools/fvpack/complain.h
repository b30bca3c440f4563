/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* How fvpack says what is wrong: what, where, and how to mend it, on standard error. */
#include "mm/base/compiler.h"
#include "mm/base/status.h"

/* Exit codes. */
#define FVPACK_OK      0
#define FVPACK_REFUSED 1 /* the input is at fault */
#define FVPACK_USAGE   2 /* the command line is at fault */

/* Prints "fvpack: <what>", "  where: <where>", "  mend: <mend>"; `mend` may be NULL. */
void complain(const char *where, const char *mend, const char *what_format, ...) MM_PRINTF(3, 4);

/* The same for a decoder's refusal of `what`. */
void complain_refusal(const char *where, const char *what, enum mm_status status, const struct mm_refusal *refusal);
