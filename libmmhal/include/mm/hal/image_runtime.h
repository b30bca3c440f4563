/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the compiler calls behind the programmer's back, for images (Meson: `image_runtime_dep`): memcpy, memmove,
 * memset, memcmp, the stack cookie and its check. Every image links it and supplies mm_image_stack_smashed().
 *
 * The cookie is the one mutable object an image has beside its three named ones.
 */
#include <stdint.h>

#include "mm/base/compiler.h"

/*
 * Seeds the stack cookie from `entropy`. Once, on one CPU, before any function that has a cookie is live (the entry
 * assembly, or a C function that never returns); the image may be write-protected after it.
 */
void mm_image_seed_stack_cookie(uint64_t entropy);

/* Supplied by the image: a stack cookie was overwritten. Trusts nothing on the stack; does not return. */
MM_NORETURN void mm_image_stack_smashed(void);
