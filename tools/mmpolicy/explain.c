/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One question to the gate, in words, and who answers it. */
#include "mm/policy/gate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mm/base/guid.h"
#include "mm/policy/floor.h"
#include "mmpolicy.h"

#define DEFAULT_POLICY "platform/q35/policy.dts"

struct question {
	enum mm_policy_type type;
	uint32_t access;
	uint64_t address;
	uint64_t bytes;
	struct mm_policy_save_query save;
};

struct verb_word {
	const char *word;
	enum mm_policy_type type;
	uint32_t access;
	uint64_t bytes; /* when the question names none */
};

static const struct verb_word verb_words[] = {
	{ "in", MM_POLICY_PORT, MM_POLICY_READ, 1 },	 { "out", MM_POLICY_PORT, MM_POLICY_WRITE, 1 },
	{ "rdmsr", MM_POLICY_MSR, MM_POLICY_READ, 1 },	 { "wrmsr", MM_POLICY_MSR, MM_POLICY_WRITE, 1 },
	{ "read", MM_POLICY_MEMORY, MM_POLICY_READ, 1 }, { "write", MM_POLICY_MEMORY, MM_POLICY_WRITE, 1 },
};

#define WORDS_MAX 6

/* "save rax 1 after out 1" */
static bool parse_save(char *const *words, int count, struct question *question)
{
	static const char *const registers[] = { "rax", "io", "id", "other" };
	uint64_t number = 1;
	size_t i;

	question->type = MM_POLICY_SAVE_STATE;
	for (i = 0; count > 1 && i < sizeof(registers) / sizeof(registers[0]); i++) {
		if (strcmp(words[1], registers[i]) == 0)
			break;
	}
	if (count < 2 || i == sizeof(registers) / sizeof(registers[0]))
		return false;
	question->save.reg = (enum mm_policy_save_register)i;
	if (count > 2 && !parse_number(words[2], &number))
		return false;
	question->save.bytes = (uint32_t)number;
	if (count <= 3)
		return true;
	if (strcmp(words[3], "after") != 0 || count < 5 ||
	    (strcmp(words[4], "in") != 0 && strcmp(words[4], "out") != 0))
		return false;
	number = 1;
	if (count > 5 && !parse_number(words[5], &number))
		return false;
	question->save.trap.valid = true;
	question->save.trap.is_write = strcmp(words[4], "out") == 0;
	question->save.trap.bytes = (uint8_t)number;
	return true;
}

static bool parse_range(char *const *words, int count, struct question *question)
{
	size_t i;

	for (i = 0; i < sizeof(verb_words) / sizeof(verb_words[0]); i++) {
		if (strcmp(words[0], verb_words[i].word) != 0)
			continue;
		question->type = verb_words[i].type;
		question->access = verb_words[i].access;
		question->bytes = verb_words[i].bytes;
		return count >= 2 && count <= 3 && parse_number(words[1], &question->address) &&
		       (count == 2 || (question->type != MM_POLICY_MSR && parse_number(words[2], &question->bytes)));
	}
	return false;
}

static bool parse_words(char *const *words, int count, struct question *question)
{
	uint32_t i;

	if (count == 0)
		return false;
	if (strcmp(words[0], "save") == 0)
		return parse_save(words, count, question);
	for (i = 0; i < MM_POLICY_INSTRUCTION_COUNT; i++) {
		if (strcmp(words[0], instruction_text(i)) == 0) {
			question->type = MM_POLICY_INSTRUCTION;
			question->address = i;
			return count == 1;
		}
	}
	return parse_range(words, count, question);
}

static bool parse_question(const char *text, struct question *question)
{
	static const struct question blank;
	char *words[WORDS_MAX];
	char *copy = strdup(text);
	char *rest = copy;
	char *word;
	int count = 0;
	bool good = copy != NULL;

	*question = blank;
	for (word = copy == NULL ? NULL : strtok_r(rest, " \t", &rest); word != NULL;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (count == WORDS_MAX)
			good = false;
		else
			words[count++] = word;
	}
	good = good && parse_words(words, count, question);
	free(copy);
	return good;
}

/* A driver by its GUID or by its name. */
static bool find_driver(const struct mm_policy *policy, const char *text, uint32_t *ret_index)
{
	struct mm_policy_driver driver;
	struct mm_guid guid;
	uint32_t i;

	if (mm_guid_parse(text, strlen(text), &guid) == MM_OK)
		return mm_policy_find_driver(policy, &guid, ret_index) == MM_OK;
	for (i = 0; mm_policy_driver_at(policy, i, &driver) == MM_OK; i++) {
		if (strcmp(driver.name, text) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

static enum mm_status ask(const struct mm_policy *policy, const struct question *q, struct mm_policy_explanation *why)
{
	uint64_t port = q->address > UINT32_MAX ? UINT32_MAX : q->address;

	switch (q->type) {
	case MM_POLICY_PORT:
		return mm_policy_explain_port(policy, (uint32_t)port, q->bytes > 4 ? 0 : (uint32_t)q->bytes, q->access,
					      why);
	case MM_POLICY_MSR:
		return mm_policy_explain_msr(policy, (uint32_t)q->address, q->access, why);
	case MM_POLICY_INSTRUCTION:
		return mm_policy_explain_instruction(policy, (uint32_t)q->address, why);
	case MM_POLICY_MEMORY:
		return mm_policy_explain_memory(policy, q->address, q->bytes, q->access, why);
	default:
		return mm_policy_explain_save_state(policy, &q->save, why);
	}
}

static enum mm_status ask_driver(const struct mm_policy *policy, uint32_t driver, const struct question *q)
{
	switch (q->type) {
	case MM_POLICY_PORT:
		return mm_policy_gate_driver_port(policy, driver, (uint32_t)q->address, (uint32_t)q->bytes, q->access);
	case MM_POLICY_MSR:
		return mm_policy_gate_driver_msr(policy, driver, (uint32_t)q->address, q->access);
	case MM_POLICY_MEMORY:
		return mm_policy_gate_driver_memory(policy, driver, q->address, q->bytes, q->access);
	default:
		return MM_OK; /* grants speak about nothing else */
	}
}

static void print_entry_of(const struct options *options, const struct loaded *loaded,
			   const struct mm_policy_explanation *why)
{
	struct mm_policy_entry entry;
	char text[ENTRY_BYTES];
	char node[MM_POLICY_FDT_PATH_BYTES];
	char line[512];

	if (mm_policy_entry_at(&loaded->policy, why->type, why->entry, &entry) != MM_OK)
		return;
	printf("  entry %" PRIu32 " of the %s root (%s): %s\n", why->entry, mm_policy_type_name(why->type),
	       loaded->policy.lists[why->type].kind == MM_POLICY_ALLOW_LIST ? "allow-list" : "deny-list",
	       entry_text(&entry, text));
	if (loaded->dtb.data == NULL || mm_policy_fdt_find_entry(mm_bytes(loaded->dtb.data, loaded->dtb.bytes),
								 why->type, why->entry, node) != MM_OK)
		return;
	locate_node(options, loaded->path, node, "", line, sizeof(line));
	printf("  %s%s%s\n", line, line[0] != 0 ? ": " : "", node);
}

static void print_answer(const struct options *options, const struct loaded *loaded, enum mm_status status,
			 const struct mm_policy_explanation *why)
{
	char range[RANGE_BYTES];

	printf("%s: %s\n", status == MM_OK ? "granted" : "denied", mm_policy_rule_name(why->rule));
	if (why->rule == MM_POLICY_RULE_FLOOR && why->floor != NULL)
		printf("  no policy can grant %s %s\n", mm_policy_type_name(why->type),
		       range_text(why->floor->first, why->floor->last, range));
	print_entry_of(options, loaded, why);
	if (why->rule == MM_POLICY_RULE_NOT_COVERED && why->type != MM_POLICY_INSTRUCTION)
		printf("  first at 0x%" PRIx64 "\n", why->address);
	if (why->reason[0] != 0)
		printf("  reason: %s\n", why->reason);
	if (status != MM_OK)
		printf("  status: %s, %s\n", mm_status_name(status), mm_status_text(status));
}

static void print_answer_json(enum mm_status status, const struct mm_policy_explanation *why)
{
	printf("{\"granted\": %s, \"rule\": ", status == MM_OK ? "true" : "false");
	print_quoted(stdout, mm_policy_rule_name(why->rule));
	printf(", \"status\": \"%s\", \"type\": \"%s\"", mm_status_name(status), mm_policy_type_name(why->type));
	if (why->root != MM_POLICY_NO_ENTRY)
		printf(", \"root\": %" PRIu32, why->root);
	if (why->entry != MM_POLICY_NO_ENTRY)
		printf(", \"entry\": %" PRIu32, why->entry);
	printf(", \"address\": %" PRIu64 ", \"reason\": ", why->address);
	print_quoted(stdout, why->reason);
	printf("}\n");
}

static int answer(const struct options *options, const struct loaded *loaded, const struct question *question)
{
	struct mm_policy_explanation why;
	enum mm_status status = ask(&loaded->policy, question, &why);
	uint32_t driver = MM_POLICY_NO_ENTRY;

	if (options->driver != NULL && !find_driver(&loaded->policy, options->driver, &driver)) {
		fprintf(stderr, "mmpolicy: %s: the policy names no such driver\n", options->driver);
		return EXIT_USAGE;
	}
	if (status == MM_OK && options->driver != NULL) {
		status = ask_driver(&loaded->policy, driver, question);
		if (status != MM_OK)
			why.rule = MM_POLICY_RULE_DRIVER;
	}
	if (status == MM_E_INVALID) {
		fprintf(stderr, "mmpolicy: there is no such access\n");
		return EXIT_USAGE;
	}
	if (options->json)
		print_answer_json(status, &why);
	else
		print_answer(options, loaded, status, &why);
	return status == MM_OK ? EXIT_DONE : EXIT_REFUSED;
}

int verb_explain(const struct options *options)
{
	const char *text = options->inputs[options->input_count - 1];
	const char *path = options->input_count == 2 ? options->inputs[0] : options->policy;
	struct question question;
	struct loaded loaded;
	int code;

	if (!parse_question(text, &question)) {
		fprintf(stderr,
			"mmpolicy: '%s' is no question; ask in|out PORT [BYTES], rdmsr|wrmsr MSR, cli, wbinvd, hlt,\n"
			"  read|write ADDRESS [BYTES], save rax|io|id|other [BYTES [after in|out [BYTES]]]\n",
			text);
		return EXIT_USAGE;
	}
	code = policy_load(options, path != NULL ? path : DEFAULT_POLICY, 0, &loaded);
	if (code != EXIT_DONE)
		return code;
	code = answer(options, &loaded, &question);
	policy_unload(&loaded);
	return code;
}
