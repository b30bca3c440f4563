/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/mm_test.h"

#include "fake_machine.h"
#include "mm/hal/console_port.h"

/* A UART whose transmitter is busy for `busy` reads after each byte. */
struct uart {
	uint32_t busy;
	uint32_t wait;
	uint32_t reads;
	char text[64];
	size_t count;
};

static uint32_t uart_access(struct fake_machine *machine, void *context, uint16_t port, enum mm_hal_width width,
			    bool is_write, uint32_t value)
{
	struct uart *uart = context;

	if (is_write) {
		assert_int_equal(uart->wait, 0);
		uart->text[uart->count++] = (char)value;
		uart->wait = uart->busy;
		return 0;
	}
	uart->reads++;
	if (uart->wait == 0)
		return 0x60;
	uart->wait--;
	return 0;
}

static int make_machine(void **state)
{
	*state = fake_machine_create(1);
	return 0;
}

static int drop_machine(void **state)
{
	fake_machine_destroy(*state);
	return 0;
}

static void debug_port_takes_every_byte(void **state)
{
	struct fake_machine *m = *state;
	struct fake_port_script script = { 0 };
	struct mm_hal_console_port port;

	fake_machine_add_ports(m, 0x402, 0x402, fake_port_scripted, &script);
	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_DEBUG_PORT, 0x402), MM_OK);
	mm_hal_console_write(&port.console, "mm", 2);
	assert_int_equal(script.write_count, 2);
	assert_int_equal(script.writes[1], 'm');
}

static void uart_waits_for_its_transmitter(void **state)
{
	struct fake_machine *m = *state;
	struct uart uart = { .busy = 100 };
	struct mm_hal_console_port port;

	fake_machine_add_ports(m, 0x3f8, 0x3ff, uart_access, &uart);
	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_UART, 0x3f8), MM_OK);
	mm_hal_console_write(&port.console, "hello", 5);
	assert_string_equal(uart.text, "hello");
	assert_int_equal(uart.reads, 5 + 4 * 100);
}

static void uart_is_given_up_after_a_bounded_wait(void **state)
{
	struct fake_machine *m = *state;
	struct uart uart = { .wait = UINT32_MAX };
	struct mm_hal_console_port port;

	fake_machine_add_ports(m, 0x3f8, 0x3ff, uart_access, &uart);
	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_UART, 0x3f8), MM_OK);
	mm_hal_console_write(&port.console, "hello", 5);
	mm_hal_console_write(&port.console, "again", 5);
	assert_int_equal(uart.count, 0);
	assert_in_range(uart.reads, 1000, 100000);
}

static void absent_uart_is_noticed_at_once(void **state)
{
	struct fake_machine *m = *state;
	struct mm_hal_console_port port;

	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_UART, 0x2f8), MM_OK);
	mm_hal_console_write(&port.console, "x", 1);
	assert_true(port.dead);
}

static void refuses_unknown_kinds_and_uarts_beyond_the_ports(void **state)
{
	struct fake_machine *m = *state;
	struct mm_hal_console_port port;

	assert_status(mm_hal_console_port_init(&port, &m->io, (enum mm_hal_console_port_kind)2, 0x402), MM_E_INVALID);
	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_UART, 0xfff9), MM_E_INVALID);
	assert_status(mm_hal_console_port_init(&port, &m->io, MM_HAL_CONSOLE_UART, 0xfff8), MM_OK);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_machine, drop_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(debug_port_takes_every_byte),
		ON_MACHINE(uart_waits_for_its_transmitter),
		ON_MACHINE(uart_is_given_up_after_a_bounded_wait),
		ON_MACHINE(absent_uart_is_noticed_at_once),
		ON_MACHINE(refuses_unknown_kinds_and_uarts_beyond_the_ports),
	};

	return cmocka_run_group_tests_name("hal/console_port", tests, NULL, NULL);
}
