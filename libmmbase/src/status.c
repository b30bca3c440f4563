/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/status.h"

#include <stddef.h>

enum mm_status mm_refuse(struct mm_refusal *reterr, enum mm_status status, const char *field, uint64_t offset,
			 uint64_t value)
{
	if (reterr != NULL) {
		reterr->field = field;
		reterr->offset = offset;
		reterr->value = value;
	}
	return status;
}

const char *mm_status_name(enum mm_status status)
{
	switch (status) {
#define MM_STATUS(name, number, text) \
	case MM_##name:               \
		return #name;
#include "mm/base/status_list.h"
#undef MM_STATUS
	}
	return "E_?";
}

const char *mm_status_text(enum mm_status status)
{
	switch (status) {
#define MM_STATUS(name, number, text) \
	case MM_##name:               \
		return text;
#include "mm/base/status_list.h"
#undef MM_STATUS
	}
	return "unknown status";
}
