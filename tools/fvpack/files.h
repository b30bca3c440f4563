/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Whole files of the host in memory. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file's bytes; free `data` with free(). */
struct file_bytes {
	uint8_t *data;
	size_t count;
};

/* Reads a whole file. False after complaining about `where`. */
bool file_read(const char *path, const char *where, struct file_bytes *ret_bytes);

/* Writes a whole file; a partial one is removed. False after complaining. */
bool file_write(const char *path, const uint8_t *data, size_t count);
