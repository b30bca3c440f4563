/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Every binary of the corpus gets the status and names the field of expected.txt. Arguments: the corpus folder.
 * Sources are judged through the tool (tests/unit/policy/check_tool.py).
 */
#include "policy_test.h"

#include <stdio.h>

#include "mm/base/compiler.h"

#define FILES_MAX 256
#define TEXT_MAX  64

struct expectation {
	char file[TEXT_MAX];
	char status[TEXT_MAX];
	char field[TEXT_MAX];
};

static const char *folder;
static struct expectation expectations[FILES_MAX];
static struct CMUnitTest tests[FILES_MAX + 1];

static size_t read_file(const char *name, uint8_t *bytes, size_t capacity)
{
	char path[1024];
	FILE *file;
	size_t count;

	assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
	file = fopen(path, "rb");
	assert_non_null(file);
	count = fread(bytes, 1, capacity, file);
	assert_true(count < capacity);
	assert_int_equal(fclose(file), 0);
	return count;
}

static void is_refused_as_expected(void **state)
{
	const struct expectation *expectation = *state;
	struct mm_refusal refusal = { "", 0, 0 };
	struct fake_policy fake;
	uint8_t bytes[0x1000];
	uint8_t *exact;
	size_t count = read_file(expectation->file, bytes, sizeof(bytes));

	/* In memory of exactly its size, so that one byte too far is noticed. */
	exact = malloc(count + (count == 0));
	assert_non_null(exact);
	memcpy(exact, bytes, count);
	fake_policy_init(&fake);
	assert_string_equal(mm_status_name(fake_policy_decode_bytes(&fake, mm_bytes(exact, count), &refusal)),
			    expectation->status);
	assert_string_equal(refusal.field, expectation->field);
	assert_true(refusal.offset <= count);
	fake_policy_finish(&fake);
	free(exact);
}

/* Statuses that only the gate answers, not the decoder: -230 to -239. */
static bool is_decoders(int number)
{
	return (number <= -200 && number > -230) || (number <= -240 && number >= -299);
}

/* True if expected.txt has a file, binary or source, that is refused with this status. */
static bool has_file(const char *status)
{
	char line[3 * TEXT_MAX];
	char found[TEXT_MAX];
	char path[1024];
	bool has = false;
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/expected.txt", folder) < (int)sizeof(path));
	file = fopen(path, "r");
	assert_non_null(file);
	while (!has && fgets(line, sizeof(line), file) != NULL)
		has = sscanf(line, "%*[^\t]\t%63[^\t]", found) == 1 && strcmp(found, status) == 0;
	(void)fclose(file);
	return has;
}

static void every_status_of_the_decoders_has_a_file(void **state)
{
	static const struct {
		const char *name;
		int number;
	} statuses[] = {
#define MM_STATUS(status, number, text) { #status, number },
#include "mm/base/status_list.h"
#undef MM_STATUS
	};
	size_t i;

	(void)state;
	for (i = 0; i < MM_ARRAY_COUNT(statuses); i++) {
		if (is_decoders(statuses[i].number) && !has_file(statuses[i].name))
			fail_msg("no corpus file is refused with %s", statuses[i].name);
	}
}

/* Lines of file, status and field, separated by tabs. Returns how many are binaries. */
static size_t read_expectations(void)
{
	char line[3 * TEXT_MAX];
	char path[1024];
	size_t count = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/expected.txt", folder);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	while (count < FILES_MAX && fgets(line, sizeof(line), file) != NULL) {
		struct expectation *e = &expectations[count];

		if (sscanf(line, "%63[^\t]\t%63[^\t]\t%63[^\n]", e->file, e->status, e->field) == 3 &&
		    strstr(e->file, ".bin") != NULL)
			count++;
	}
	(void)fclose(file); /* it was only read */
	return count;
}

int main(int argc, char **argv)
{
	struct CMUnitTest test = cmocka_unit_test(is_refused_as_expected);
	size_t count;
	size_t i;

	if (argc != 2)
		return 2;
	folder = argv[1];
	count = read_expectations();
	if (count < 40)
		return 2;
	for (i = 0; i < count; i++) {
		test.name = expectations[i].file;
		test.initial_state = &expectations[i];
		tests[i] = test;
	}
	tests[count] = (struct CMUnitTest)cmocka_unit_test(every_status_of_the_decoders_has_a_file);
	return _cmocka_run_group_tests("policy/corpus", tests, count + 1, NULL, NULL);
}
