/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From a file of any form to a decoded policy. */
#include <stdlib.h>
#include <string.h>

#include "mmpolicy.h"

static const uint8_t dtb_magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };

static bool has_suffix(const char *path, const char *suffix)
{
	size_t length = strlen(path);
	size_t tail = strlen(suffix);

	return length >= tail && strcmp(path + length - tail, suffix) == 0;
}

/* The tree, for a source or a compiled tree; empty for a binary policy. Exit code. */
static int load_tree(const struct options *options, const char *path, struct loaded *loaded)
{
	static const char *const arguments[] = { "-q", "-I", "dts", "-O", "dtb", "-o", "-", NULL };
	struct blob file = { NULL, 0 };

	if (has_suffix(path, ".dts"))
		return dtc_run(options->dtc, arguments, path, &loaded->dtb) ? EXIT_DONE : EXIT_REFUSED;
	if (!file_read(path, &file))
		return EXIT_USAGE;
	if (file.bytes >= sizeof(dtb_magic) && memcmp(file.data, dtb_magic, sizeof(dtb_magic)) == 0)
		loaded->dtb = file;
	else
		loaded->section = file;
	return EXIT_DONE;
}

static int convert(const struct options *options, uint32_t convert_options, struct loaded *loaded)
{
	struct mm_policy_fdt_error error = { "", "", 0 };
	size_t capacity = mm_policy_fdt_blob_bytes(loaded->dtb.bytes);
	enum mm_status status;

	loaded->section.data = malloc(capacity);
	if (loaded->section.data == NULL)
		return EXIT_USAGE;
	status = mm_policy_fdt_convert_untrusted(mm_bytes(loaded->dtb.data, loaded->dtb.bytes), convert_options,
						 loaded->section.data, capacity, &loaded->section.bytes, &error);
	if (status == MM_OK)
		return EXIT_DONE;
	report_source_error(options, loaded->path, status, &error);
	return EXIT_REFUSED;
}

static int decode(const struct options *options, struct loaded *loaded)
{
	size_t storage_bytes = mm_policy_storage_bytes(loaded->section.bytes);
	struct mm_refusal refusal = { "", 0, 0 };
	enum mm_status status;

	loaded->storage = malloc(storage_bytes);
	if (loaded->storage == NULL)
		return EXIT_USAGE;
	status = mm_policy_decode_untrusted(mm_bytes(loaded->section.data, loaded->section.bytes), loaded->storage,
					    storage_bytes, &loaded->policy, &refusal);
	if (status == MM_OK)
		return EXIT_DONE;
	report_refusal(options, loaded, status, &refusal);
	return EXIT_REFUSED;
}

int policy_load(const struct options *options, const char *path, uint32_t convert_options, struct loaded *ret_loaded)
{
	static const struct loaded blank;
	int code;

	*ret_loaded = blank;
	ret_loaded->path = path;
	code = load_tree(options, path, ret_loaded);
	if (code == EXIT_DONE && ret_loaded->dtb.data != NULL)
		code = convert(options, convert_options, ret_loaded);
	if (code == EXIT_DONE)
		code = decode(options, ret_loaded);
	if (code != EXIT_DONE)
		policy_unload(ret_loaded);
	return code;
}

void policy_unload(struct loaded *loaded)
{
	free(loaded->section.data);
	free(loaded->dtb.data);
	free(loaded->storage);
	loaded->section.data = NULL;
	loaded->dtb.data = NULL;
	loaded->storage = NULL;
}
