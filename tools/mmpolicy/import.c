/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The ancestor's XML into a source. Only what that form consists of is read: elements, attributes, text,
 * comments; an element's value is its Value attribute or its text. Whatever else appears is refused.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mm/base/compiler.h"
#include "mmpolicy.h"

#define NAME_MAX_BYTES	64
#define VALUE_MAX_BYTES 256

/* One tag, or the text before it. */
struct token {
	char name[NAME_MAX_BYTES];
	char value[VALUE_MAX_BYTES]; /* of Value= or of name= */
	bool is_end;
	bool is_empty; /* <tag/> */
};

struct reader {
	const char *path;
	const char *at;
	unsigned line;
	char text[VALUE_MAX_BYTES]; /* what stood before the tag just read, without blanks around */
};

static bool refuse(const struct reader *r, const char *what)
{
	fprintf(stderr, "mmpolicy: %s:%u: %s\n", r->path, r->line, what);
	return false;
}

static void advance(struct reader *r, size_t count)
{
	for (; count > 0 && *r->at != 0; count--, r->at++)
		r->line += *r->at == '\n';
}

static bool skip_until(struct reader *r, const char *end)
{
	const char *found = strstr(r->at, end);

	if (found == NULL)
		return refuse(r, "this never ends");
	advance(r, (size_t)(found - r->at) + strlen(end));
	return true;
}

static bool read_text(struct reader *r)
{
	size_t count = strcspn(r->at, "<");
	const char *start = r->at;
	const char *end = r->at + count;

	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	if ((size_t)(end - start) >= sizeof(r->text))
		return refuse(r, "this text is too long");
	memcpy(r->text, start, (size_t)(end - start));
	r->text[end - start] = 0;
	advance(r, count);
	return true;
}

static bool copy_part(const struct reader *r, const char *from, size_t count, char *to, size_t capacity)
{
	if (count >= capacity)
		return refuse(r, "this is too long");
	memcpy(to, from, count);
	to[count] = 0;
	return true;
}

/* name="value"; only Value and name are kept. */
static bool read_attribute(struct reader *r, struct token *token)
{
	char name[NAME_MAX_BYTES];
	char value[VALUE_MAX_BYTES];
	size_t count = strcspn(r->at, "= \t\r\n>/");
	char quote;

	if (!copy_part(r, r->at, count, name, sizeof(name)))
		return false;
	advance(r, count);
	advance(r, strspn(r->at, " \t\r\n"));
	if (*r->at != '=')
		return refuse(r, "an attribute without a value");
	advance(r, 1);
	advance(r, strspn(r->at, " \t\r\n"));
	quote = *r->at;
	if (quote != '"' && quote != '\'')
		return refuse(r, "an attribute's value without quotes");
	advance(r, 1);
	count = strcspn(r->at, quote == '"' ? "\"" : "'");
	if (!copy_part(r, r->at, count, value, sizeof(value)))
		return false;
	advance(r, count + 1);
	if (strcasecmp(name, "value") == 0 || strcasecmp(name, "name") == 0)
		memcpy(token->value, value, sizeof(value));
	return true;
}

static bool read_tag(struct reader *r, struct token *token)
{
	size_t count;

	memset(token, 0, sizeof(*token));
	advance(r, 1);
	if (*r->at == '/') {
		token->is_end = true;
		advance(r, 1);
	}
	count = strcspn(r->at, " \t\r\n/>");
	if (count == 0 || !copy_part(r, r->at, count, token->name, sizeof(token->name)))
		return refuse(r, "a tag without a name");
	advance(r, count);
	for (;;) {
		advance(r, strspn(r->at, " \t\r\n"));
		if (*r->at == 0)
			return refuse(r, "a tag that never ends");
		if (*r->at == '>') {
			advance(r, 1);
			return true;
		}
		if (*r->at == '/') {
			token->is_empty = true;
			advance(r, 1);
		} else if (!read_attribute(r, token)) {
			return false;
		}
	}
}

/* The next tag, comments and declarations skipped. A name of "" means the end of the file. */
static bool next_token(struct reader *r, struct token *token)
{
	for (;;) {
		if (!read_text(r))
			return false;
		if (*r->at == 0) {
			memset(token, 0, sizeof(*token));
			return true;
		}
		if (strncmp(r->at, "<!--", 4) == 0) {
			if (!skip_until(r, "-->"))
				return false;
		} else if (strncmp(r->at, "<?", 2) == 0) {
			if (!skip_until(r, "?>"))
				return false;
		} else {
			return read_tag(r, token);
		}
	}
}

/* One PolicyEntry as it is gathered. */
struct xml_entry {
	char start[VALUE_MAX_BYTES];
	char size[VALUE_MAX_BYTES];
	char attributes[VALUE_MAX_BYTES];
	char instruction[VALUE_MAX_BYTES];
	char field[VALUE_MAX_BYTES];
	char condition[VALUE_MAX_BYTES];
};

static char *entry_place(struct xml_entry *entry, const char *name)
{
	const struct {
		const char *name;
		char *place;
	} places[] = {
		{ "StartAddress", entry->start },
		{ "Size", entry->size },
		{ "SecurityAttributes", entry->attributes },
		{ "Instruction", entry->instruction },
		{ "SaveStateField", entry->field },
		{ "AccessCondition", entry->condition },
	};
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(places); i++) {
		if (strcmp(places[i].name, name) == 0)
			return places[i].place;
	}
	return NULL;
}

static void print_words(FILE *out, const char *attributes)
{
	static const struct {
		const char *xml;
		const char *word;
	} words[] = {
		{ "Read", "read" },
		{ "Write", "write" },
		{ "Execute", "execute" },
	};
	bool limited = strstr(attributes, "LimitedRead") != NULL;
	const char *separator = "";
	size_t i;

	fprintf(out, "\t\t\taccess = ");
	if (limited)
		fprintf(out, "\"conditional-read\"");
	for (i = 0; !limited && i < MM_ARRAY_COUNT(words); i++) {
		if (strstr(attributes, words[i].xml) == NULL)
			continue;
		fprintf(out, "%s\"%s\"", separator, words[i].word);
		separator = ", ";
	}
	fprintf(out, ";\n");
	if (strstr(attributes, "StrictWidth") != NULL)
		fprintf(out, "\t\t\tstrict-width;\n");
}

static bool print_range_entry(const struct reader *r, FILE *out, const char *property, const struct xml_entry *entry)
{
	uint64_t start;
	uint64_t size;

	if (!parse_number(entry->start, &start) || !parse_number(entry->size, &size) || start > UINT32_MAX ||
	    size > UINT32_MAX)
		return refuse(r, "StartAddress and Size must be numbers of 32 bits");
	if (strstr(entry->attributes, "Read") == NULL && strstr(entry->attributes, "Write") == NULL)
		return refuse(r, "SecurityAttributes names no access");
	fprintf(out, "\t\t\t%s = <0x%" PRIx64 " %" PRIu64 ">;\n", property, start, size);
	print_words(out, entry->attributes);
	return true;
}

static bool print_instruction_entry(const struct reader *r, FILE *out, const struct xml_entry *entry)
{
	uint32_t i;

	for (i = 0; i < MM_POLICY_INSTRUCTION_COUNT; i++) {
		if (strcasecmp(entry->instruction, instruction_text(i)) == 0) {
			fprintf(out, "\t\t\tinstruction = \"%s\";\n", instruction_text(i));
			return true;
		}
	}
	return refuse(r, "unknown Instruction");
}

static bool print_save_entry(const struct reader *r, FILE *out, const struct xml_entry *entry)
{
	if (strcmp(entry->field, "RAX") != 0 && strcmp(entry->field, "IO_TRAP") != 0)
		return refuse(r, "unknown SaveStateField");
	fprintf(out, "\t\t\tfield = \"%s\";\n", strcmp(entry->field, "RAX") == 0 ? "rax" : "io-trap");
	print_words(out, entry->attributes);
	if (strcmp(entry->condition, "IoRead") == 0 || strcmp(entry->condition, "IoWrite") == 0)
		fprintf(out, "\t\t\tcondition = \"%s\";\n",
			strcmp(entry->condition, "IoRead") == 0 ? "io-read" : "io-write");
	else if (entry->condition[0] != 0)
		return refuse(r, "unknown AccessCondition");
	return true;
}

/* From <PolicyEntry> to its end. */
static bool read_entry(struct reader *r, const char *category, uint32_t index, FILE *out)
{
	static const struct xml_entry blank;
	struct xml_entry entry = blank;
	struct token token;
	char *place = NULL;
	bool good;

	for (;;) {
		if (!next_token(r, &token))
			return false;
		if (token.is_end && strcmp(token.name, "PolicyEntry") == 0)
			break;
		if (token.is_end) {
			if (place != NULL && place[0] == 0)
				memcpy(place, r->text, sizeof(r->text));
			place = NULL;
			continue;
		}
		place = entry_place(&entry, token.name);
		if (place == NULL)
			return refuse(r, "unknown element in a PolicyEntry");
		memcpy(place, token.value, sizeof(token.value));
	}
	fprintf(out, "\t\tentry-%" PRIu32 " {\n", index);
	if (strcmp(category, "IO") == 0)
		good = print_range_entry(r, out, "ports", &entry);
	else if (strcmp(category, "MSR") == 0)
		good = print_range_entry(r, out, "msrs", &entry);
	else if (strcmp(category, "INSTRUCTION") == 0)
		good = print_instruction_entry(r, out, &entry);
	else
		good = print_save_entry(r, out, &entry);
	fprintf(out, "\t\t};\n");
	return good;
}

static const char *category_node(const char *category)
{
	static const struct {
		const char *category;
		const char *node;
	} nodes[] = {
		{ "IO", "io" },
		{ "MSR", "msr" },
		{ "INSTRUCTION", "instruction" },
		{ "SAVESTATE", "save-state" },
	};
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(nodes); i++) {
		if (strcmp(nodes[i].category, category) == 0)
			return nodes[i].node;
	}
	return NULL;
}

/* From <SmmCategory> to its end. A list is a deny-list unless it says Allow; that comes first or not at all. */
static bool read_category(struct reader *r, const char *category, FILE *out)
{
	const char *kind = "deny-list";
	struct token token;
	uint32_t entries = 0;

	if (category_node(category) == NULL)
		return refuse(r, "unknown SmmCategory");
	fprintf(out, "\n\t%s {\n", category_node(category));
	for (;;) {
		if (!next_token(r, &token))
			return false;
		if (token.is_end && strcmp(token.name, "PolicyAccessAttribute") == 0)
			continue;
		if (strcmp(token.name, "PolicyAccessAttribute") == 0) {
			if (entries != 0)
				return refuse(r, "PolicyAccessAttribute must stand before the entries");
			kind = strstr(token.value, "Allow") != NULL ? "allow-list" : "deny-list";
			continue;
		}
		if (entries == 0)
			fprintf(out, "\t\t%s;\n", kind);
		if (token.is_end && strcmp(token.name, "SmmCategory") == 0)
			break;
		if (token.is_end || strcmp(token.name, "PolicyEntry") != 0)
			return refuse(r, "unknown element in an SmmCategory");
		if (!read_entry(r, category, entries++, out))
			return false;
	}
	fprintf(out, "\t};\n");
	return true;
}

static bool read_document(struct reader *r, FILE *out)
{
	struct token token;

	if (!next_token(r, &token))
		return false;
	if (strcmp(token.name, "SmmIslolationPolicy") != 0 && strcmp(token.name, "SmmIsolationPolicy") != 0)
		return refuse(r, "the root element must be SmmIslolationPolicy");
	fprintf(out, "/dts-v1/;\n\n/ {\n\tcompatible = \"ringfence,mm-policy-1\";\n");
	for (;;) {
		if (!next_token(r, &token))
			return false;
		if (token.is_end)
			break;
		if (strcmp(token.name, "SmmCategory") != 0)
			return refuse(r, token.name[0] == 0 ? "the root element never ends" : "unknown element");
		if (!token.is_empty && !read_category(r, token.value, out))
			return false;
	}
	fprintf(out, "\n\t/* The ancestor's tool always appends it; fetching the policy fills it. */\n"
		     "\tmemory {\n\t\tdeny-list;\n\t};\n};\n");
	return true;
}

int verb_import_xml(const struct options *options)
{
	struct reader reader = { .path = options->inputs[0], .line = 1 };
	struct output output;
	struct blob xml;
	char *text;
	int code = EXIT_REFUSED;

	if (!file_read(options->inputs[0], &xml))
		return EXIT_USAGE;
	text = realloc(xml.data, xml.bytes + 1);
	if (text == NULL || !output_open(&output)) {
		free(text == NULL ? (char *)xml.data : text);
		return EXIT_USAGE;
	}
	text[xml.bytes] = 0;
	reader.at = text;
	if (read_document(&reader, output.stream)) {
		code = output_close(&output, options->output != NULL ? options->output : "-") ? EXIT_DONE : EXIT_USAGE;
	} else {
		(void)fclose(output.stream); /* dropped */
		free(output.text);
	}
	free(text);
	return code;
}
