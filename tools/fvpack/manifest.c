/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "mm/abi/fv.h"
#include "mm/base/checked.h"
#include "mm/pi/fv.h"
#include "mm/pi/pe.h"
#include "words.h"

static void free_file(struct plan_file *file)
{
	free(file->pe32.data);
	free(file->raw.data);
}

void plan_finish(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->file_count; i++)
		free_file(&plan->files[i]);
	free(plan->files);
	free(plan->top.data);
	memset(plan, 0, sizeof(*plan));
}

static bool is_yes(const char *text, bool when_absent)
{
	return text == NULL ? when_absent : strcmp(text, "yes") == 0;
}

/* A yes-or-no key; absent is fine. */
static bool check_yes_no(const struct words *words, const char *key, const char *where)
{
	const char *text = words_value(words, key);

	if (text == NULL || strcmp(text, "yes") == 0 || strcmp(text, "no") == 0)
		return true;
	complain(where, "write yes or no", "%s=%s", key, text);
	return false;
}

/* An absent number leaves `*ret` alone. */
static bool take_size(const struct words *words, const char *key, const char *where, uint64_t max, uint64_t *ret)
{
	const char *text = words_value(words, key);
	uint64_t size;

	if (text == NULL)
		return true;
	if (!parse_size(text, &size) || size == 0 || size > max) {
		complain(where, "write a number such as 4096, 0x1000, 4K or 1M", "%s=%s", key, text);
		return false;
	}
	*ret = size;
	return true;
}

static bool take_guid(const struct words *words, const char *key, const char *where, struct mm_guid *ret_guid)
{
	const char *text = words_value(words, key);

	if (text != NULL && parse_guid(text, ret_guid))
		return true;
	complain(where, "write XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX or a name that fvpack guids lists",
		 text == NULL ? "%s= is missing" : "%s= is no GUID", key);
	return false;
}

static bool take_name(const struct words *words, const char *key, const char *where, char ret_name[PLAN_UI_BYTES_MAX])
{
	const char *text = words_value(words, key);
	size_t i;

	if (text == NULL)
		return true;
	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] < 0x20 || text[i] > 0x7E)
			break;
	}
	if (text[i] != '\0' || i == 0 || i >= PLAN_UI_BYTES_MAX) {
		complain(where, "write 1 to 63 printable ASCII characters", "%s=%s", key, text);
		return false;
	}
	memcpy(ret_name, text, i + 1);
	return true;
}

/* Reads the file a key names; an absent key leaves `*ret` alone. */
static bool take_file(const struct plan *plan, const struct words *words, const char *key, const char *where,
		      struct file_bytes *ret)
{
	const char *text = words_value(words, key);
	char path[4096];

	if (text == NULL)
		return true;
	if (plan->directory == NULL || text[0] == '/')
		return file_read(text, where, ret);
	if (snprintf(path, sizeof(path), "%s/%s", plan->directory, text) >= (int)sizeof(path)) {
		complain(where, "shorten it", "the path %s is too long", text);
		return false;
	}
	return file_read(path, where, ret);
}

static bool take_type(const struct words *words, const char *where, uint8_t *ret_type)
{
	const char *text = words_value(words, "type");
	unsigned int type;

	for (type = MM_FFS_TYPE_RAW; text != NULL && type <= MM_FFS_TYPE_MM_CORE_STANDALONE; type++) {
		if (strcmp(text, mm_pi_file_type_name((uint8_t)type)) == 0) {
			*ret_type = (uint8_t)type;
			return true;
		}
	}
	complain(where, "write raw, freeform, sec, mm_standalone, mm_core_standalone, ... (fvpack --help has them all)",
		 "type=%s is no file type", text == NULL ? "" : text);
	return false;
}

static bool take_depex(const struct words *words, const char *where, struct plan_file *file)
{
	const char *text = words_value(words, "depex");

	return text == NULL || depex_compile(text, where, file->depex, &file->depex_bytes);
}

/* A driver that no loader would take is better refused here than at boot. */
static bool check_pe32(const struct words *words, const char *where, const struct plan_file *file)
{
	struct mm_pi_pe_facts facts;
	struct mm_refusal refusal;
	enum mm_status status;

	if (file->pe32.data == NULL || is_yes(words_value(words, "unchecked"), false))
		return true;
	status = mm_pi_pe_decode_untrusted(mm_bytes(file->pe32.data, file->pe32.count), &facts, &refusal);
	if (status == MM_OK)
		return true;
	complain_refusal(where, words_value(words, "pe32"), status, &refusal);
	return false;
}

static bool check_content(const char *where, const struct plan_file *file)
{
	bool has_sections = file->pe32.data != NULL || file->depex_bytes != 0 || file->ui_name[0] != '\0';

	if (file->type == MM_FFS_TYPE_RAW && (has_sections || file->raw.data == NULL)) {
		complain(where, "give raw= and nothing else, or use type=freeform", "a raw file holds bytes alone");
		return false;
	}
	if (file->pe32.data == NULL && file->raw.data == NULL) {
		complain(where, "give pe32= or raw=", "the file has no content");
		return false;
	}
	return true;
}

static bool take_content(const struct plan *plan, const struct words *words, const char *where, struct plan_file *file)
{
	uint64_t alignment = 0;

	file->has_checksum = is_yes(words_value(words, "checksum"), true);
	file->is_crc32 = is_yes(words_value(words, "crc32"), false);
	if (!take_type(words, where, &file->type) || !take_guid(words, "guid", where, &file->name) ||
	    !take_name(words, "name", where, file->ui_name) ||
	    !take_size(words, "align", where, 1u << 24, &alignment) || !take_depex(words, where, file) ||
	    !take_file(plan, words, "pe32", where, &file->pe32) || !take_file(plan, words, "raw", where, &file->raw))
		return false;
	file->alignment = (uint32_t)alignment;
	return check_content(where, file) && check_pe32(words, where, file);
}

bool plan_file_line(struct plan *plan, char *line, const char *where)
{
	static const char *const known[] = { "type",  "guid",  "name",	   "pe32",	"raw", "depex",
					     "align", "crc32", "checksum", "unchecked", NULL };
	struct plan_file *grown;
	struct words words;

	if (!words_cut(line, where, &words) || !words_check(&words, known, where) ||
	    !check_yes_no(&words, "checksum", where) || !check_yes_no(&words, "crc32", where) ||
	    !check_yes_no(&words, "unchecked", where))
		return false;
	grown = realloc(plan->files, (plan->file_count + 1) * sizeof(*grown));
	if (grown == NULL || plan->file_count == PLAN_FILES_MAX) {
		complain(where, "make two volumes", "more than %u files", PLAN_FILES_MAX);
		plan->files = grown != NULL ? grown : plan->files;
		return false;
	}
	plan->files = grown;
	memset(&grown[plan->file_count], 0, sizeof(*grown));
	/* Counted first, so that what it holds is freed even when it is refused. */
	return take_content(plan, &words, where, &grown[plan->file_count++]);
}

bool plan_volume_line(struct plan *plan, char *line, const char *where)
{
	static const char *const known[] = { "size", "block", "align", "guid", "ffs", NULL };
	uint64_t block = plan->block_bytes;
	uint64_t alignment = (uint64_t)1 << plan->alignment_log2;
	struct words words;
	const char *ffs;

	if (!words_cut(line, where, &words) || !words_check(&words, known, where) ||
	    !take_size(&words, "size", where, 1u << 30, &plan->bytes) ||
	    !take_size(&words, "block", where, 1u << 30, &block) ||
	    !take_size(&words, "align", where, 1u << 31, &alignment))
		return false;
	if (!mm_is_power_of_two(alignment)) {
		complain(where, "write a power of two", "align= is no alignment");
		return false;
	}
	plan->block_bytes = (uint32_t)block;
	for (plan->alignment_log2 = 0; alignment >> plan->alignment_log2 != 1;)
		plan->alignment_log2++;
	ffs = words_value(&words, "ffs");
	if (ffs != NULL && strcmp(ffs, "2") != 0 && strcmp(ffs, "3") != 0) {
		complain(where, "write 2 or 3", "ffs=%s is no file system", ffs);
		return false;
	}
	plan->is_ffs3 = ffs != NULL ? ffs[0] == '3' : plan->is_ffs3;
	if (words_value(&words, "guid") == NULL)
		return true;
	plan->has_name = true;
	return take_guid(&words, "guid", where, &plan->name);
}

bool plan_top_line(struct plan *plan, char *line, const char *where)
{
	static const char *const known[] = { "raw", "name", NULL };
	struct words words;

	if (!words_cut(line, where, &words) || !words_check(&words, known, where))
		return false;
	if (plan->has_top || words_value(&words, "raw") == NULL) {
		complain(where,
			 "give one top file, with raw=", plan->has_top ? "a second top file" : "raw= is missing");
		return false;
	}
	memcpy(plan->top_name, "reset", sizeof("reset"));
	if (!take_name(&words, "name", where, plan->top_name) || !take_file(plan, &words, "raw", where, &plan->top))
		return false;
	plan->has_top = true;
	return true;
}

/* One line of a manifest; empty ones and comments are fine. */
static bool take_line(struct plan *plan, char *line, const char *where)
{
	char *rest;
	size_t length;

	line += strspn(line, " \t\r\n");
	if (*line == '\0' || *line == '#')
		return true;
	length = strcspn(line, " \t\r\n");
	rest = line + length + (line[length] != '\0');
	line[length] = '\0';
	if (strcmp(line, "volume") == 0)
		return plan_volume_line(plan, rest, where);
	if (strcmp(line, "file") == 0)
		return plan_file_line(plan, rest, where);
	if (strcmp(line, "top") == 0)
		return plan_top_line(plan, rest, where);
	complain(where, "begin the line with volume, file or top", "'%s' begins no line of a manifest", line);
	return false;
}

bool plan_manifest(struct plan *plan, const char *path)
{
	FILE *stream = fopen(path, "r");
	unsigned int number = 0;
	bool is_good = true;
	char line[8192];
	char where[4096];

	if (stream == NULL) {
		complain(path, "give the path of a manifest", "cannot read it");
		return false;
	}
	while (is_good && fgets(line, sizeof(line), stream) != NULL) {
		(void)snprintf(where, sizeof(where), "%s:%u", path, ++number); /* cut if need be */
		is_good = take_line(plan, line, where);
	}
	(void)fclose(stream); /* only read */
	return is_good;
}
