/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "depex_text.h"

#include <stdio.h>
#include <string.h>

#include "complain.h"
#include "mm/abi/depex.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/depex.h"
#include "words.h"

static const char *const opcode_names[] = {
	"BEFORE", "AFTER", "PUSH", "AND", "OR", "NOT", "TRUE", "FALSE", "END", "SOR"
};

#define WORD_BYTES_MAX 128u

/* The next word of `*text` into `ret_word`; false at the end or when it is too long. */
static bool next_word(const char **text, char ret_word[WORD_BYTES_MAX])
{
	size_t length;

	*text += strspn(*text, " \t\r\n");
	length = strcspn(*text, " \t\r\n");
	if (length == 0 || length >= WORD_BYTES_MAX)
		return false;
	memcpy(ret_word, *text, length);
	ret_word[length] = '\0';
	*text += length;
	return true;
}

static int opcode_of(const char *word)
{
	int i;

	for (i = 0; i < (int)MM_ARRAY_COUNT(opcode_names); i++) {
		if (strcmp(opcode_names[i], word) == 0)
			return i;
	}
	return -1;
}

/* Appends the opcode `word` with its GUID, which is taken from `*text`. */
static bool compile_opcode(const char *word, const char **text, const char *where, uint8_t *bytes, size_t *count)
{
	char guid_word[WORD_BYTES_MAX];
	struct mm_guid guid;
	int opcode = opcode_of(word);

	if (opcode < 0) {
		complain(where, "write BEFORE, AFTER, PUSH, AND, OR, NOT, TRUE, FALSE, SOR or END",
			 "'%s' is not a depex opcode", word);
		return false;
	}
	if (*count + 1 + MM_GUID_BYTES > DEPEX_BYTES_MAX) {
		complain(where, "shorten it", "the depex is longer than %u bytes", DEPEX_BYTES_MAX);
		return false;
	}
	bytes[(*count)++] = (uint8_t)opcode;
	if (opcode > (int)MM_DEPEX_PUSH)
		return true;
	if (!next_word(text, guid_word) || !parse_guid(guid_word, &guid)) {
		complain(where, "write XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX or a known name behind it",
			 "%s lacks its GUID", word);
		return false;
	}
	mm_guid_store(bytes + *count, &guid);
	*count += MM_GUID_BYTES;
	return true;
}

bool depex_compile(const char *text, const char *where, uint8_t ret_bytes[DEPEX_BYTES_MAX], size_t *ret_count)
{
	char word[WORD_BYTES_MAX] = "";
	struct mm_pi_depex depex;
	struct mm_refusal refusal;
	enum mm_status status;
	size_t count = 0;

	while (next_word(&text, word)) {
		if (!compile_opcode(word, &text, where, ret_bytes, &count))
			return false;
	}
	if (*text != '\0') {
		complain(where, "shorten it", "a word of the depex is longer than %u characters", WORD_BYTES_MAX - 1);
		return false;
	}
	if (count > 0 && strcmp(word, "END") != 0)
		ret_bytes[count++] = MM_DEPEX_END;
	status = mm_pi_depex_check_untrusted(mm_bytes(ret_bytes, count), &depex, &refusal);
	if (status != MM_OK) {
		complain_refusal(where, "the depex", status, &refusal);
		return false;
	}
	*ret_count = count;
	return true;
}

static void print_guid(const uint8_t *bytes, FILE *stream)
{
	struct mm_guid guid = mm_guid_load(bytes);
	char text[MM_GUID_TEXT_BYTES];
	const char *name = mm_guid_known_name(&guid);

	mm_guid_print(&guid, text);
	fputs(name != NULL ? name : text, stream);
}

void depex_print(struct mm_bytes bytes, void *stream)
{
	FILE *file = stream;
	size_t i = 0;

	while (i < bytes.count) {
		uint8_t opcode = bytes.data[i];

		if (i != 0)
			fputc(' ', file);
		if (opcode >= MM_ARRAY_COUNT(opcode_names) ||
		    !mm_bytes_has(bytes, i, opcode > MM_DEPEX_PUSH ? 1 : 17)) {
			fprintf(file, "0x%02x", opcode);
			i++;
			continue;
		}
		fputs(opcode_names[opcode], file);
		i++;
		if (opcode > MM_DEPEX_PUSH)
			continue;
		fputc(' ', file);
		print_guid(bytes.data + i, file);
		i += MM_GUID_BYTES;
	}
}
