/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mmpolicy.h"

extern char **environ;

/* Reads until the end of the stream. */
static bool read_stream(FILE *stream, struct blob *ret_blob)
{
	size_t capacity = 65536;
	struct blob blob = { malloc(capacity), 0 };

	while (blob.data != NULL) {
		size_t got = fread(blob.data + blob.bytes, 1, capacity - blob.bytes, stream);
		uint8_t *larger;

		blob.bytes += got;
		if (blob.bytes < capacity)
			break;
		capacity *= 2;
		larger = realloc(blob.data, capacity);
		if (larger == NULL)
			free(blob.data);
		blob.data = larger;
	}
	if (blob.data == NULL || ferror(stream) != 0) {
		free(blob.data);
		return false;
	}
	*ret_blob = blob;
	return true;
}

bool file_read(const char *path, struct blob *ret_blob)
{
	FILE *stream = fopen(path, "rb");
	bool done;

	if (stream == NULL) {
		fprintf(stderr, "mmpolicy: %s: %s\n", path, strerror(errno));
		return false;
	}
	done = read_stream(stream, ret_blob);
	if (!done)
		fprintf(stderr, "mmpolicy: %s: cannot be read\n", path);
	(void)fclose(stream); /* it was only read */
	return done;
}

static bool write_all(const char *path, const void *data, size_t bytes)
{
	FILE *stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	bool done;

	if (stream == NULL)
		return false;
	done = fwrite(data, 1, bytes, stream) == bytes;
	if (stream == stdout)
		return fflush(stdout) == 0 && done;
	return fclose(stream) == 0 && done;
}

bool file_write(const char *path, const void *data, size_t bytes)
{
	char beside[4096];
	bool direct = strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0;

	if (direct) {
		if (write_all(path, data, bytes))
			return true;
	} else if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) < sizeof(beside)) {
		if (write_all(beside, data, bytes) && rename(beside, path) == 0)
			return true;
		(void)unlink(beside); /* may not exist */
	}
	fprintf(stderr, "mmpolicy: %s: cannot be written: %s\n", path, strerror(errno));
	return false;
}

#define DTC_ARGUMENTS 16

static bool spawn_dtc(const char *dtc, const char *const *arguments, const char *path, int output, pid_t *ret_pid)
{
	/* posix_spawn takes its strings as char *, and does not write to them. */
	union {
		const char *in[DTC_ARGUMENTS];
		char *const out[DTC_ARGUMENTS];
	} argv = { .in = { dtc } };
	posix_spawn_file_actions_t actions;
	int count = 1;
	int error;

	for (; *arguments != NULL && count < DTC_ARGUMENTS - 2; arguments++)
		argv.in[count++] = *arguments;
	argv.in[count++] = path;
	argv.in[count] = NULL;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawnp(ret_pid, dtc, &actions, NULL, argv.out, environ);
	(void)posix_spawn_file_actions_destroy(&actions); /* cannot fail once initialised */
	if (error != 0)
		fprintf(stderr, "mmpolicy: %s: %s (Debian: device-tree-compiler)\n", dtc, strerror(error));
	return error == 0;
}

bool dtc_run(const char *dtc, const char *const *arguments, const char *path, struct blob *ret_blob)
{
	FILE *temporary = tmpfile();
	bool done = false;
	int status = 0;
	pid_t pid;

	if (temporary == NULL) {
		fprintf(stderr, "mmpolicy: no temporary file: %s\n", strerror(errno));
		return false;
	}
	if (spawn_dtc(dtc, arguments, path, fileno(temporary), &pid) && waitpid(pid, &status, 0) == pid &&
	    status == 0) {
		rewind(temporary);
		done = read_stream(temporary, ret_blob);
	}
	(void)fclose(temporary); /* nothing of it is kept */
	return done;
}

bool output_open(struct output *output)
{
	output->stream = open_memstream(&output->text, &output->bytes);
	if (output->stream == NULL)
		fprintf(stderr, "mmpolicy: no memory\n");
	return output->stream != NULL;
}

bool output_close(struct output *output, const char *path)
{
	bool done = fclose(output->stream) == 0 && file_write(path, output->text, output->bytes);

	free(output->text);
	return done;
}
