/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A small, pure text formatter for log lines: no allocation, no floating point, no locale.
 *
 * Conversions: %s (NULL prints "(null)"), %c, %d %i %u %x %X with an optional 0-padded width and the
 * length modifiers ll and z, %p (as 0x...), %%, and %pG for a `const struct mm_guid *`.
 * Images are LLP64 and hosts LP64, so there is no `l` modifier: pass 64-bit values with ll.
 */
#include <stdarg.h>
#include <stddef.h>

/*
 * Formats into `ret_text`, at most `capacity` bytes with the terminating zero (capacity >= 1). Returns the
 * number of characters written without the zero; a result that does not fit is cut, never overrun. An unknown
 * conversion is copied as it stands.
 */
size_t mm_format(char *ret_text, size_t capacity, const char *format, ...);
size_t mm_format_va(char *ret_text, size_t capacity, const char *format, va_list args);
