/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Constructor (images and tests only): a console on a port, either a debug port that takes every byte at once or a
 * 16550 UART, whose transmitter is awaited a bounded number of reads per byte and given up on after that.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/status.h"
#include "mm/hal/console.h"

struct mm_hal_io;

enum mm_hal_console_port_kind {
	MM_HAL_CONSOLE_DEBUG_PORT,
	MM_HAL_CONSOLE_UART, /* 16550 at `port`..`port` + 7, already programmed */
};

struct mm_hal_console_port {
	struct mm_hal_console console; /* first: what users are given */
	struct mm_hal_io *io;
	uint16_t port;
	enum mm_hal_console_port_kind kind;
	bool dead; /* the transmitter never became ready; no more attempts */
};

/* `io` outlives the console. MM_OK; MM_E_INVALID for an unknown kind or a UART beyond the port space. */
enum mm_status mm_hal_console_port_init(struct mm_hal_console_port *self, struct mm_hal_io *io,
					enum mm_hal_console_port_kind kind, uint16_t port);
