/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Apart from guid_table.c, so that an image that prints no GUID names does not carry them. */
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

static const struct mm_guid_known known[] = {
#define MM_GUID_DEF(symbol, d1, d2, d3, b0, b1, b2, b3, b4, b5, b6, b7, name, purpose) \
	{ &mm_guid_##symbol, #symbol, name, purpose },
#include "mm/abi/guid_list.h"
#undef MM_GUID_DEF
};

const struct mm_guid_known *mm_guid_known_at(size_t index)
{
	return index < MM_ARRAY_COUNT(known) ? &known[index] : NULL;
}

const char *mm_guid_known_name(const struct mm_guid *guid)
{
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(known); i++) {
		if (mm_guid_equal(known[i].guid, guid))
			return known[i].name;
	}
	return NULL;
}
