/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The composition root of the image: interfaces on the bare CPU, and the MMI entry that is linked in. */
#include <stdint.h>

#include "init.h"
#include "mm/hal/console_port.h"
#include "mm/hal/x86_64_hal.h"

/* The one mutable object of the image. */
struct mm_init_image {
	struct mm_init init;
	struct mm_hal_x86 hal;
	struct mm_hal_console_port console;
};

/* Called by the entry assembly. Returns an EFI_STATUS. */
uint64_t mm_init_main(uint64_t hob_start);

/*
 * Constructs the interfaces and hands them and the MMI entry to `image->init`; the console is left out where no debug
 * port answers. MM_OK or what the constructors answer.
 */
enum mm_status mm_init_wire(struct mm_init_image *image);
