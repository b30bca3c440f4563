/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Dependency expressions as text: opcodes in the order in which they are stored, GUIDs as text or by a known name:
 * "PUSH <guid> PUSH <guid> AND END", "TRUE", "BEFORE <guid>". A missing END is added.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/bytes.h"

#define DEPEX_BYTES_MAX 4096u

/* Compiles and checks; complains about `where` and returns false when it is wrong. */
bool depex_compile(const char *text, const char *where, uint8_t ret_bytes[DEPEX_BYTES_MAX], size_t *ret_count);

/* Prints on `stream` what depex_compile() reads; bytes that no depex holds are printed in hexadecimal. */
void depex_print(struct mm_bytes bytes, void *stream);
