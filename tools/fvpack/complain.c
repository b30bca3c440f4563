/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

void complain(const char *where, const char *mend, const char *what_format, ...)
{
	va_list args;

	fputs("fvpack: ", stderr);
	va_start(args, what_format);
	vfprintf(stderr, what_format, args);
	va_end(args);
	fprintf(stderr, "\n  where: %s\n", where);
	if (mend != NULL)
		fprintf(stderr, "  mend: %s\n", mend);
}

void complain_refusal(const char *where, const char *what, enum mm_status status, const struct mm_refusal *refusal)
{
	fprintf(stderr, "fvpack: %s is refused: %s (%s)\n  where: %s, field %s at offset 0x%llx, value 0x%llx\n", what,
		mm_status_text(status), mm_status_name(status), where, refusal->field != NULL ? refusal->field : "?",
		(unsigned long long)refusal->offset, (unsigned long long)refusal->value);
}
