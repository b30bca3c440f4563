/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The few things the IPL does with text. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/base/status.h"

bool mm_q35_text_equal(const char *a, const char *b);

size_t mm_q35_text_count(const char *text);

/* Decimal digits and nothing else. MM_OK; MM_E_INVALID for anything else, the empty text included; MM_E_OVERFLOW. */
enum mm_status mm_q35_text_number(const char *text, uint64_t *ret_value);

/* True if `word` is one of the comma-separated words of `list`. */
bool mm_q35_text_has_word(const char *list, const char *word);
