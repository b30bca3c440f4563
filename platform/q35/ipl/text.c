/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "text.h"

#include "mm/base/checked.h"

bool mm_q35_text_equal(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

size_t mm_q35_text_count(const char *text)
{
	size_t count = 0;

	while (text[count] != '\0')
		count++;
	return count;
}

enum mm_status mm_q35_text_number(const char *text, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (*text == '\0')
		return MM_E_INVALID;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return MM_E_INVALID;
		if (!mm_mul_u64(value, 10, &value) || !mm_add_u64(value, (uint64_t)(*text - '0'), &value))
			return MM_E_OVERFLOW;
	}
	*ret_value = value;
	return MM_OK;
}

/* The characters of `list` before its first comma equal `word`. */
static bool starts_with_word(const char *list, const char *word)
{
	while (*word != '\0' && *list == *word) {
		list++;
		word++;
	}
	return *word == '\0' && (*list == '\0' || *list == ',');
}

bool mm_q35_text_has_word(const char *list, const char *word)
{
	while (*list != '\0') {
		if (starts_with_word(list, word))
			return true;
		while (*list != '\0' && *list != ',')
			list++;
		if (*list == ',')
			list++;
	}
	return false;
}
