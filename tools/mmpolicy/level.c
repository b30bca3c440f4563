/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The isolation level. The facts about memory come from a text file: lines of "run BASE PAGES RIGHTS" (RIGHTS of the
 * letters r, w, x), "os BASE BYTES", "iommu BASE BYTES", "txt BASE BYTES"; # begins a comment.
 */
#include "mm/policy/level.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmpolicy.h"

#define FACTS_MAX 4096

struct facts {
	struct mm_policy_memory_run runs[FACTS_MAX];
	struct mm_region os[FACTS_MAX];
	struct mm_region iommus[FACTS_MAX];
	struct mm_region txt[FACTS_MAX];
	struct mm_policy_level_memory memory;
};

static uint32_t parse_rights(const char *text)
{
	return (strchr(text, 'r') != NULL ? MM_POLICY_READ : 0) | (strchr(text, 'w') != NULL ? MM_POLICY_WRITE : 0) |
	       (strchr(text, 'x') != NULL ? MM_POLICY_EXECUTE : 0);
}

static bool add_region(struct mm_region *regions, size_t *count, uint64_t base, uint64_t bytes)
{
	return *count < FACTS_MAX && mm_region_create_untrusted(base, bytes, &regions[(*count)++]) == MM_OK;
}

static bool add_run(struct facts *facts, uint64_t base, uint64_t pages, const char *rights)
{
	struct mm_policy_memory_run run = { base, pages, parse_rights(rights), 0 };

	if (facts->memory.run_count == FACTS_MAX || pages == 0 || base % 4096 != 0 ||
	    pages > (UINT64_MAX - base) / 4096)
		return false;
	facts->runs[facts->memory.run_count++] = run;
	return true;
}

static bool read_fact(struct facts *facts, const char *line)
{
	char word[16];
	char rights[16] = "";
	char base_text[32];
	char count_text[32];
	uint64_t base;
	uint64_t count;
	int got = sscanf(line, "%15s %31s %31s %15s", word, base_text, count_text, rights);

	if (got <= 0 || word[0] == '#')
		return true;
	if (got < 3 || !parse_number(base_text, &base) || !parse_number(count_text, &count))
		return false;
	if (strcmp(word, "run") == 0)
		return got == 4 && add_run(facts, base, count, rights);
	if (strcmp(word, "os") == 0)
		return add_region(facts->os, &facts->memory.os_memory_count, base, count);
	if (strcmp(word, "iommu") == 0)
		return add_region(facts->iommus, &facts->memory.iommu_count, base, count);
	return strcmp(word, "txt") == 0 && add_region(facts->txt, &facts->memory.txt_count, base, count);
}

/* NULL with a message when the file cannot be used. */
static struct facts *read_facts(const char *path)
{
	struct facts *facts = calloc(1, sizeof(*facts));
	FILE *stream = fopen(path, "r");
	char line[256];
	unsigned number = 0;
	bool good = facts != NULL && stream != NULL;

	while (good && fgets(line, sizeof(line), stream) != NULL) {
		number++;
		good = read_fact(facts, line);
	}
	if (stream != NULL)
		(void)fclose(stream); /* it was only read */
	if (!good) {
		fprintf(stderr, "mmpolicy: %s:%u: cannot be read as facts about memory\n", path, number);
		free(facts);
		return NULL;
	}
	facts->memory.runs = facts->runs;
	facts->memory.os_memory = facts->os;
	facts->memory.iommus = facts->iommus;
	facts->memory.txt = facts->txt;
	return facts;
}

static void print_finding(const struct mm_policy_finding *finding)
{
	printf("  below %" PRIu32 ": ", finding->level);
	if (finding->kind == MM_POLICY_FINDING_NO_ROOT)
		printf("%s: ", mm_policy_type_name((enum mm_policy_type)finding->value));
	else if (finding->kind != MM_POLICY_FINDING_SAVE_LIST)
		printf("0x%" PRIx64 ": ", finding->value);
	printf("%s\n", mm_policy_finding_text(finding->kind));
}

static void print_level(const struct mm_policy_level *level)
{
	uint32_t i;

	printf("level %" PRIu32 "\n", level->level);
	printf("  memory %" PRIu32 "%s, ports %" PRIu32 ", MSRs %" PRIu32 ", save state %" PRIu32 "\n", level->memory,
	       level->memory_judged ? "" : " (not judged)", level->ports, level->msrs, level->save_state);
	for (i = 0; i < level->finding_count && i < MM_POLICY_FINDINGS_MAX; i++)
		print_finding(&level->findings[i]);
	if (level->finding_count > MM_POLICY_FINDINGS_MAX)
		printf("  and %" PRIu32 " more\n", level->finding_count - MM_POLICY_FINDINGS_MAX);
}

static void print_level_json(const struct mm_policy_level *level)
{
	uint32_t i;

	printf("{\"level\": %" PRIu32 ", \"memory\": %" PRIu32 ", \"memory_judged\": %s, \"ports\": %" PRIu32
	       ", \"msrs\": %" PRIu32 ", \"save_state\": %" PRIu32 ", \"findings\": [",
	       level->level, level->memory, level->memory_judged ? "true" : "false", level->ports, level->msrs,
	       level->save_state);
	for (i = 0; i < level->finding_count && i < MM_POLICY_FINDINGS_MAX; i++) {
		printf("%s{\"level\": %" PRIu32 ", \"value\": %" PRIu64 ", \"text\": ", i == 0 ? "" : ", ",
		       level->findings[i].level, level->findings[i].value);
		print_quoted(stdout, mm_policy_finding_text(level->findings[i].kind));
		printf("}");
	}
	printf("]}\n");
}

static bool parse_vendor(const char *text, enum mm_policy_vendor *ret_vendor)
{
	if (text != NULL && strcmp(text, "intel") == 0)
		*ret_vendor = MM_POLICY_VENDOR_INTEL;
	else if (text != NULL && strcmp(text, "amd") == 0)
		*ret_vendor = MM_POLICY_VENDOR_AMD;
	else
		return false;
	return true;
}

int verb_level(const struct options *options)
{
	enum mm_policy_vendor vendor = MM_POLICY_VENDOR_INTEL;
	struct facts *facts = NULL;
	struct mm_policy_level level;
	struct loaded loaded;
	int code;

	if (!parse_vendor(options->vendor, &vendor)) {
		fprintf(stderr, "mmpolicy: level needs --vendor intel or --vendor amd\n");
		return EXIT_USAGE;
	}
	if (options->memory != NULL) {
		facts = read_facts(options->memory);
		if (facts == NULL)
			return EXIT_USAGE;
	}
	code = policy_load(options, options->inputs[0], 0, &loaded);
	if (code == EXIT_DONE) {
		mm_policy_evaluate_level(&loaded.policy, vendor, facts != NULL ? &facts->memory : NULL, &level);
		if (options->json)
			print_level_json(&level);
		else
			print_level(&level);
		policy_unload(&loaded);
	}
	free(facts);
	return code;
}
