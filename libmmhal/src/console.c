/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/console.h"

void mm_hal_console_write(struct mm_hal_console *console, const char *text, size_t count)
{
	if (console != NULL && count != 0)
		console->ops->write(console, text, count);
}
