/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "log.h"

#include <stdarg.h>
#include <stddef.h>

#include "mm/base/format.h"
#include "mm/hal/console.h"

#define LINE_BYTES 208u

static const char prefix[] = "init: ";

void mm_init_log(struct mm_hal_console *console, const char *format, ...)
{
	char line[LINE_BYTES];
	size_t count = sizeof(prefix) - 1u;
	va_list args;

	for (size_t i = 0; i < count; i++)
		line[i] = prefix[i];
	va_start(args, format);
	/* One byte stays free for the line end. */
	count += mm_format_va(line + count, sizeof(line) - count - 1u, format, args);
	va_end(args);
	line[count++] = '\n';
	mm_hal_console_write(console, line, count);
}

void mm_init_log_refusal(struct mm_hal_console *console, const char *what, enum mm_status status,
			 const struct mm_refusal *refusal)
{
	if (refusal->field == NULL) {
		mm_init_log(console, "%s: refused: %s", what, mm_status_text(status));
		return;
	}
	mm_init_log(console, "%s: refused: %s (%s at 0x%llx is 0x%llx)", what, mm_status_text(status), refusal->field,
		    (unsigned long long)refusal->offset, (unsigned long long)refusal->value);
}
