/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Where text goes. Bytes only: whoever logs formats, adds line ends and takes turns with other CPUs.
 */
#include <stddef.h>

struct mm_hal_console;

struct mm_hal_console_ops {
	void (*write)(struct mm_hal_console *self, const char *text, size_t count);
};

struct mm_hal_console {
	const struct mm_hal_console_ops *ops;
};

/* Writes `count` bytes; bounded in time, drops what the device does not take. NULL `console` or 0 bytes: nothing. */
void mm_hal_console_write(struct mm_hal_console *console, const char *text, size_t count);
