/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Every file of tests/corpus/{hob,fv,pe,depex}: good-* is accepted, bad-<status>-* is refused with the status in its
 * name. argv[1] is the corpus folder.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "mm/base/compiler.h"
#include "pi_drive.h"
#include "tests/mm_test.h"

static const char *corpus_folder;

typedef enum mm_status drive_fn(struct mm_bytes bytes, struct mm_refusal *reterr);

/* The status of the list that a file's name says, "bad-hob_type-unknown.bin" meaning E_HOB_TYPE. */
static const char *expected_name(const char *file, char ret_name[64])
{
	size_t i;

	if (strncmp(file, "good-", 5) == 0)
		return "OK";
	assert_int_equal(strncmp(file, "bad-", 4), 0);
	memcpy(ret_name, "E_", 2);
	for (i = 4; file[i] != '-' && file[i] != '.' && i < 60; i++)
		ret_name[i - 2] = (char)toupper((unsigned char)file[i]);
	ret_name[i - 2] = '\0';
	return ret_name;
}

/* An exact heap copy, so that a read past the end is seen. */
static struct mm_bytes read_file(const char *path)
{
	FILE *stream = fopen(path, "rb");
	static uint8_t buffer[1 << 16];
	size_t count;
	uint8_t *data;

	assert_non_null(stream);
	count = fread(buffer, 1, sizeof(buffer), stream);
	assert_true(feof(stream));
	(void)fclose(stream);
	data = malloc(count != 0 ? count : 1);
	assert_non_null(data);
	memcpy(data, buffer, count);
	return mm_bytes(data, count);
}

static void check_file(const char *folder, const char *file, drive_fn *drive)
{
	struct mm_refusal refusal = { NULL, UINT64_MAX, 0 };
	char path[4096];
	char name[64];
	struct mm_bytes bytes;
	enum mm_status status;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	bytes = read_file(path);
	status = drive(bytes, &refusal);
	if (strcmp(mm_status_name(status), expected_name(file, name)) != 0)
		fail_msg("%s: %s, field %s at %llu", path, mm_status_name(status), refusal.field,
			 (unsigned long long)refusal.offset);
	if (strncmp(file, "bad-pe_forbidden_code", 21) != 0 && status != MM_OK) {
		assert_non_null(refusal.field);
		assert_true(refusal.offset <= bytes.count + 8);
	}
	assert_status(drive(bytes, NULL), status);
	free((void *)(uintptr_t)bytes.data);
}

static void check_folder(const char *decoder, drive_fn *drive, unsigned int bad_count_min)
{
	char folder[2048];
	struct dirent *entry;
	DIR *stream;
	unsigned int bad_count = 0;

	(void)snprintf(folder, sizeof(folder), "%s/%s", corpus_folder, decoder);
	stream = opendir(folder);
	assert_non_null(stream);
	while ((entry = readdir(stream)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		check_file(folder, entry->d_name, drive);
		bad_count += strncmp(entry->d_name, "bad-", 4) == 0;
	}
	(void)closedir(stream);
	assert_true(bad_count >= bad_count_min);
}

static void hob_lists_are_judged_as_their_names_say(void **state)
{
	(void)state;
	check_folder("hob", pi_drive_hob, 90);
}

static void volumes_are_judged_as_their_names_say(void **state)
{
	(void)state;
	check_folder("fv", pi_drive_fv, 60);
}

static void images_are_judged_as_their_names_say(void **state)
{
	(void)state;
	check_folder("pe", pi_drive_pe, 60);
}

static void depexes_are_judged_as_their_names_say(void **state)
{
	(void)state;
	check_folder("depex", pi_drive_depex, 18);
}

/* Statuses -100 .. -199 belong to this room: each has at least one file in the corpus. */
static void every_status_of_the_room_has_a_file(void **state)
{
	static const char *const folders[] = { "hob", "fv", "pe", "depex" };
	static const struct {
		const char *name;
		int number;
	} statuses[] = {
#define MM_STATUS(status, number, text) { #status, number },
#include "mm/base/status_list.h"
#undef MM_STATUS
	};
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < MM_ARRAY_COUNT(statuses); i++) {
		unsigned int found = 0;

		if (statuses[i].number > -100 || statuses[i].number < -199)
			continue;
		for (j = 0; j < MM_ARRAY_COUNT(folders); j++) {
			char folder[2048];
			char name[64];
			struct dirent *entry;
			DIR *stream;

			(void)snprintf(folder, sizeof(folder), "%s/%s", corpus_folder, folders[j]);
			stream = opendir(folder);
			assert_non_null(stream);
			while ((entry = readdir(stream)) != NULL)
				found += entry->d_name[0] != '.' &&
					 strcmp(expected_name(entry->d_name, name), statuses[i].name) == 0;
			(void)closedir(stream);
		}
		if (found == 0)
			fail_msg("no corpus file is refused with %s", statuses[i].name);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hob_lists_are_judged_as_their_names_say),
		cmocka_unit_test(volumes_are_judged_as_their_names_say),
		cmocka_unit_test(images_are_judged_as_their_names_say),
		cmocka_unit_test(depexes_are_judged_as_their_names_say),
		cmocka_unit_test(every_status_of_the_room_has_a_file),
	};

	if (argc != 2)
		return 2;
	corpus_folder = argv[1];
	return cmocka_run_group_tests_name("pi/corpus", tests, NULL, NULL);
}
