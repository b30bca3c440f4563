/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Lines of key=value words, as a manifest and the command line's --file have them. Values with spaces stand in double
 * quotes. A line is cut in place: words point into the caller's text.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"

#define WORDS_MAX 24u

struct word {
	const char *key;   /* the whole word when there is no '=' */
	const char *value; /* NULL without '=' */
};

struct words {
	struct word words[WORDS_MAX];
	size_t count;
};

/* Cuts one line; '#' starts a comment. False after complaining about `where`. */
bool words_cut(char *line, const char *where, struct words *ret_words);

/* The value of a key, or NULL. */
const char *words_value(const struct words *words, const char *key);

/* False after complaining if a key is not among `known` (ended by NULL) or stands twice. */
bool words_check(const struct words *words, const char *const *known, const char *where);

/* "4096", "0x1000", "4K", "1M". */
bool parse_size(const char *text, uint64_t *ret_size);

/* A GUID's text, or a symbol or name of the list of known GUIDs. */
bool parse_guid(const char *text, struct mm_guid *ret_guid);
