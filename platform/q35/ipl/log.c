/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "log.h"

#include <stdarg.h>
#include <stddef.h>

#include "mm/base/format.h"
#include "mm/hal/console_port.h"
#include "mm/hal/image_runtime.h"
#include "mm/hal/io.h"
#include "mm/hal/x86_64.h"

#define DEBUG_PORT	 0x402u
#define DEBUG_PORT_READS 0xe9u /* what QEMU's debug console answers */
#define EXIT_PORT	 0xf4u
#define UART		 0x3f8u
#define UART_IER	 (UART + 1u)
#define UART_FCR	 (UART + 2u)
#define UART_LCR	 (UART + 3u)
#define UART_MCR	 (UART + 4u)
#define LINE_CAPACITY	 320u

/* The console, and the phase that a fatal error names. */
static struct {
	struct mm_hal_console_port port;
	const char *phase;
	bool ready;
} console;

static void program_uart(struct mm_hal_io *io)
{
	mm_hal_io_write8(io, UART_IER, 0);
	mm_hal_io_write8(io, UART_LCR, 0x80);
	mm_hal_io_write8(io, UART, 1); /* 115200 baud */
	mm_hal_io_write8(io, UART_IER, 0);
	mm_hal_io_write8(io, UART_LCR, 3); /* 8 bits, no parity, one stop bit */
	mm_hal_io_write8(io, UART_FCR, 7);
	mm_hal_io_write8(io, UART_MCR, 3);
}

void mm_q35_log_init(struct mm_hal_io *io)
{
	enum mm_status status;

	console.phase = "reset";
	if (mm_hal_io_read8(io, DEBUG_PORT) == DEBUG_PORT_READS) {
		status = mm_hal_console_port_init(&console.port, io, MM_HAL_CONSOLE_DEBUG_PORT, DEBUG_PORT);
	} else {
		program_uart(io);
		status = mm_hal_console_port_init(&console.port, io, MM_HAL_CONSOLE_UART, UART);
	}
	console.ready = status == MM_OK;
}

static void write_line(const char *head, const char *format, va_list args)
{
	char line[LINE_CAPACITY];
	size_t used;

	if (!console.ready)
		return;
	used = mm_format(line, sizeof(line) - 1, "%s", head);
	used += mm_format_va(line + used, sizeof(line) - 1 - used, format, args);
	line[used++] = '\n';
	mm_hal_console_write(&console.port.console, line, used);
}

void mm_q35_phase(const char *name)
{
	console.phase = name;
	mm_q35_print("phase: %s", name);
}

void mm_q35_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line("ipl: ", format, args);
	va_end(args);
}

void mm_q35_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line("", format, args);
	va_end(args);
}

void mm_q35_fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line("ipl: fatal: ", format, args);
	va_end(args);
	mm_q35_log("stopped in phase %s", console.phase);
	mm_q35_exit(MM_Q35_EXIT_FATAL);
}

void mm_q35_require(enum mm_status status, const char *what)
{
	if (status != MM_OK)
		mm_q35_fatal("%s: %s (%s)", what, mm_status_text(status), mm_status_name(status));
}

void mm_q35_exit(uint8_t value)
{
	mm_x86_out32(EXIT_PORT, value);
	for (;;) {
		mm_x86_cli();
		mm_x86_hlt();
	}
}

void mm_image_stack_smashed(void)
{
	mm_q35_fatal("a stack cookie was overwritten");
}
