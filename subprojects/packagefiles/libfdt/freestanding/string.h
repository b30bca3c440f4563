/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What libfdt needs of <string.h>, for images that have no C library. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *a, const void *b, size_t count);

static inline void *memchr(const void *bytes, int value, size_t count)
{
	const unsigned char *at = (const unsigned char *)bytes;

	for (; count > 0; count--, at++) {
		if (*at == (unsigned char)value)
			return (void *)(uintptr_t)at;
	}
	return NULL;
}

static inline size_t strnlen(const char *text, size_t most)
{
	size_t count = 0;

	while (count < most && text[count] != 0)
		count++;
	return count;
}

static inline size_t strlen(const char *text)
{
	size_t count = 0;

	while (text[count] != 0)
		count++;
	return count;
}

static inline char *strrchr(const char *text, int value)
{
	const char *found = NULL;

	for (;; text++) {
		if (*text == (char)value)
			found = text;
		if (*text == 0)
			return (char *)(uintptr_t)found;
	}
}
