/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cuts one word that starts at `p`, dropping its quotes; NULL when a quote is not closed. */
static char *cut_word(char *p, struct word *ret_word)
{
	char *to = p;
	bool is_quoted = false;

	ret_word->key = p;
	ret_word->value = NULL;
	for (; *p != '\0' && (is_quoted || !is_space(*p)); p++) {
		if (*p == '"') {
			is_quoted = !is_quoted;
		} else if (*p == '=' && ret_word->value == NULL) {
			*to++ = '\0';
			ret_word->value = to;
		} else {
			*to++ = *p;
		}
	}
	if (is_quoted)
		return NULL;
	if (*p != '\0')
		p++;
	*to = '\0';
	return p;
}

bool words_cut(char *line, const char *where, struct words *ret_words)
{
	char *p = line;

	ret_words->count = 0;
	for (;;) {
		while (is_space(*p))
			p++;
		if (*p == '\0' || *p == '#')
			return true;
		if (ret_words->count == WORDS_MAX) {
			complain(where, "split it", "more than %u words", WORDS_MAX);
			return false;
		}
		p = cut_word(p, &ret_words->words[ret_words->count++]);
		if (p == NULL) {
			complain(where, "close the double quote", "a quoted value does not end");
			return false;
		}
	}
}

const char *words_value(const struct words *words, const char *key)
{
	size_t i;

	for (i = 0; i < words->count; i++) {
		if (words->words[i].value != NULL && strcmp(words->words[i].key, key) == 0)
			return words->words[i].value;
	}
	return NULL;
}

static bool is_known(const char *const *known, const struct word *word)
{
	for (; *known != NULL; known++) {
		if (word->value != NULL && strcmp(*known, word->key) == 0)
			return true;
	}
	return false;
}

bool words_check(const struct words *words, const char *const *known, const char *where)
{
	size_t i;

	for (i = 0; i < words->count; i++) {
		const struct word *word = &words->words[i];

		if (!is_known(known, word)) {
			complain(where, "see fvpack --help for the keys", "'%s' is not a key=value word known here",
				 word->key);
			return false;
		}
		if (words_value(words, word->key) != word->value) {
			complain(where, "keep one of them", "'%s' is given twice", word->key);
			return false;
		}
	}
	return true;
}

bool parse_size(const char *text, uint64_t *ret_size)
{
	unsigned long long value;
	unsigned int shift = 0;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	if (shift != 0)
		end++;
	if (errno != 0 || *end != '\0' || value > UINT64_MAX >> shift)
		return false;
	*ret_size = (uint64_t)value << shift;
	return true;
}

bool parse_guid(const char *text, struct mm_guid *ret_guid)
{
	const struct mm_guid_known *known;
	size_t i;

	if (mm_guid_parse(text, strlen(text), ret_guid) == MM_OK)
		return true;
	for (i = 0; (known = mm_guid_known_at(i)) != NULL; i++) {
		if (strcmp(text, known->symbol) == 0 || strcmp(text, known->name) == 0) {
			*ret_guid = *known->guid;
			return true;
		}
	}
	return false;
}
