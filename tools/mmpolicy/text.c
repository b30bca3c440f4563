/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Words for numbers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmpolicy.h"

const char *rights_text(uint32_t attr, char ret_text[RIGHTS_BYTES])
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ MM_POLICY_READ, "read" },
		{ MM_POLICY_WRITE, "write" },
		{ MM_POLICY_EXECUTE, "execute" },
		{ MM_POLICY_COND_READ, "conditional-read" },
		{ MM_POLICY_STRICT_WIDTH, "strict-width" },
	};
	size_t i;

	ret_text[0] = 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((attr & names[i].bit) == 0)
			continue;
		if (ret_text[0] != 0)
			strcat(ret_text, "+");
		strcat(ret_text, names[i].name);
	}
	if (ret_text[0] == 0)
		strcat(ret_text, "nothing");
	return ret_text;
}

const char *violation_text(enum mm_policy_violation violation)
{
	static const char *const texts[] = { "quarantine", "reset", "halt" };

	return texts[violation];
}

const char *unblock_text(enum mm_policy_unblock unblock)
{
	return unblock == MM_POLICY_UNBLOCK_HOB_ONLY ? "hob-only" : "until-lock";
}

const char *instruction_text(uint64_t index)
{
	static const char *const texts[MM_POLICY_INSTRUCTION_COUNT] = { "cli", "wbinvd", "hlt" };

	return index < MM_POLICY_INSTRUCTION_COUNT ? texts[index] : "?";
}

const char *save_field_text(uint64_t field)
{
	return field == MM_POLICY_SAVE_RAX ? "rax" : "io-trap";
}

const char *condition_text(uint32_t condition)
{
	static const char *const texts[] = { "always", "io-read", "io-write" };

	return condition <= MM_POLICY_IF_IO_WRITE ? texts[condition] : "?";
}

const char *range_text(uint64_t first, uint64_t last, char ret_text[RANGE_BYTES])
{
	if (first == last)
		(void)snprintf(ret_text, RANGE_BYTES, "0x%" PRIx64, first);
	else
		(void)snprintf(ret_text, RANGE_BYTES, "0x%" PRIx64 "..0x%" PRIx64, first, last);
	return ret_text;
}

const char *entry_text(const struct mm_policy_entry *entry, char ret_text[ENTRY_BYTES])
{
	char range[RANGE_BYTES];
	char rights[RIGHTS_BYTES];

	if (entry->type == MM_POLICY_INSTRUCTION)
		(void)snprintf(ret_text, ENTRY_BYTES, "instruction %s", instruction_text(entry->base));
	else if (entry->type == MM_POLICY_SAVE_STATE)
		(void)snprintf(ret_text, ENTRY_BYTES, "save-state %s %s, %s", save_field_text(entry->base),
			       rights_text(entry->attr, rights), condition_text(entry->condition));
	else
		(void)snprintf(ret_text, ENTRY_BYTES, "%s %s %s", mm_policy_type_name(entry->type),
			       range_text(entry->base, entry->base + entry->length - 1u, range),
			       rights_text(entry->attr, rights));
	return ret_text;
}

bool parse_number(const char *text, uint64_t *ret_value)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (*end != 0 || end == text || *text == '-')
		return false;
	*ret_value = value;
	return true;
}

void print_quoted(FILE *stream, const char *text)
{
	(void)fputc('"', stream);
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			(void)fputc('\\', stream);
		(void)fputc(*text, stream);
	}
	(void)fputc('"', stream);
}

void print_html(FILE *stream, const char *text)
{
	for (; *text != 0; text++) {
		if (*text == '<')
			(void)fputs("&lt;", stream);
		else if (*text == '&')
			(void)fputs("&amp;", stream);
		else if (*text == '"')
			(void)fputs("&quot;", stream);
		else
			(void)fputc(*text, stream);
	}
}
