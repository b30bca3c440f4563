/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"

/* More than any volume this tool makes. */
#define FILE_BYTES_MAX ((size_t)1 << 30)

/* Reads to the end of the stream, growing as needed. */
static bool read_all(FILE *stream, struct file_bytes *bytes)
{
	size_t capacity = 0;

	for (;;) {
		if (bytes->count == capacity) {
			uint8_t *grown;

			capacity = capacity == 0 ? 65536 : capacity * 2;
			grown = capacity > FILE_BYTES_MAX ? NULL : realloc(bytes->data, capacity);
			if (grown == NULL) {
				errno = ENOMEM;
				return false;
			}
			bytes->data = grown;
		}
		bytes->count += fread(bytes->data + bytes->count, 1, capacity - bytes->count, stream);
		if (ferror(stream) != 0)
			return false;
		if (feof(stream) != 0)
			return true;
	}
}

bool file_read(const char *path, const char *where, struct file_bytes *ret_bytes)
{
	struct file_bytes bytes = { NULL, 0 };
	FILE *stream = fopen(path, "rb");

	if (stream != NULL && read_all(stream, &bytes)) {
		(void)fclose(stream); /* only read */
		*ret_bytes = bytes;
		return true;
	}
	complain(where, "give the path of a file that can be read", "cannot read %s: %s", path, strerror(errno));
	if (stream != NULL)
		(void)fclose(stream);
	free(bytes.data);
	return false;
}

bool file_write(const char *path, const uint8_t *data, size_t count)
{
	FILE *stream = fopen(path, "wb");
	bool is_written;

	if (stream == NULL) {
		complain(path, "give a path that can be written", "cannot create it: %s", strerror(errno));
		return false;
	}
	is_written = fwrite(data, 1, count, stream) == count;
	is_written = fclose(stream) == 0 && is_written;
	if (!is_written) {
		complain(path, "make room on the disk", "cannot write it: %s", strerror(errno));
		(void)remove(path);
	}
	return is_written;
}
