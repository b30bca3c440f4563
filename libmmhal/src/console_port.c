/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/console_port.h"

#include "mm/base/compiler.h"
#include "mm/hal/io.h"

#define UART_LINE_STATUS   5u
#define UART_PORT_COUNT	   8u
#define LINE_STATUS_EMPTY  0x20u
#define LINE_STATUS_ABSENT 0xffu
/* A character at 9,600 baud takes about a millisecond, a port read about one microsecond. */
#define UART_READS_MAX 20000u

static struct mm_hal_console_port *from_console(struct mm_hal_console *console)
{
	return MM_CONTAINER_OF(console, struct mm_hal_console_port, console);
}

static void write_debug_port(struct mm_hal_console *self, const char *text, size_t count)
{
	struct mm_hal_console_port *port = from_console(self);
	size_t i;

	for (i = 0; i < count; i++)
		mm_hal_io_write8(port->io, port->port, (uint8_t)text[i]);
}

static bool await_transmitter(struct mm_hal_console_port *port)
{
	uint16_t status_port = (uint16_t)(port->port + UART_LINE_STATUS);
	uint32_t i;

	for (i = 0; i < UART_READS_MAX; i++) {
		uint8_t status = mm_hal_io_read8(port->io, status_port);

		if (status == LINE_STATUS_ABSENT)
			return false;
		if ((status & LINE_STATUS_EMPTY) != 0)
			return true;
	}
	return false;
}

static void write_uart(struct mm_hal_console *self, const char *text, size_t count)
{
	struct mm_hal_console_port *port = from_console(self);
	size_t i;

	for (i = 0; i < count && !port->dead; i++) {
		if (await_transmitter(port))
			mm_hal_io_write8(port->io, port->port, (uint8_t)text[i]);
		else
			port->dead = true;
	}
}

static const struct mm_hal_console_ops debug_port_ops = { .write = write_debug_port };
static const struct mm_hal_console_ops uart_ops = { .write = write_uart };

enum mm_status mm_hal_console_port_init(struct mm_hal_console_port *self, struct mm_hal_io *io,
					enum mm_hal_console_port_kind kind, uint16_t port)
{
	if (kind != MM_HAL_CONSOLE_DEBUG_PORT && kind != MM_HAL_CONSOLE_UART)
		return MM_E_INVALID;
	if (kind == MM_HAL_CONSOLE_UART && port > 0x10000u - UART_PORT_COUNT)
		return MM_E_INVALID;
	self->console.ops = kind == MM_HAL_CONSOLE_UART ? &uart_ops : &debug_port_ops;
	self->io = io;
	self->port = port;
	self->kind = kind;
	self->dead = false;
	return MM_OK;
}
