/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "wiring.h"

#include <stddef.h>

#include "mm/hal/image_runtime.h"
#include "mm/hal/x86_64.h"

/* The debug port of emulators; it reads as this when it exists. */
#define DEBUG_PORT	 0x402u
#define DEBUG_PORT_READS 0xe9u

#define LEAF_EXTENDED_MAX  0x80000000u
#define LEAF_ADDRESS_SIZES 0x80000008u
#define PA_BITS_MIN	   32u
#define PA_BITS_MAX	   52u
#define USER_LIMIT	   0x0000800000000000ull

/* init/entry/start.nasm */
extern const uint8_t mm_init_mmi_entry_blob[];
extern const uint8_t mm_init_mmi_entry_blob_end[];

static uint8_t read_pa_bits(void)
{
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;

	mm_x86_cpuid(LEAF_EXTENDED_MAX, 0, &eax, &ebx, &ecx, &edx);
	if (eax < LEAF_ADDRESS_SIZES)
		return PA_BITS_MIN;
	mm_x86_cpuid(LEAF_ADDRESS_SIZES, 0, &eax, &ebx, &ecx, &edx);
	eax &= 0xffu;
	if (eax < PA_BITS_MIN)
		return PA_BITS_MIN;
	return (uint8_t)(eax < PA_BITS_MAX ? eax : PA_BITS_MAX);
}

enum mm_status mm_init_wire(struct mm_init_image *image)
{
	const struct mm_hal_x86_config config = { .pa_bits = read_pa_bits(), .user_limit = USER_LIMIT };
	struct mm_init_machine *machine = &image->init.machine;
	enum mm_status status = mm_hal_x86_init(&image->hal, &config);

	if (status == MM_OK)
		status = mm_hal_console_port_init(&image->console, &image->hal.io, MM_HAL_CONSOLE_DEBUG_PORT,
						  DEBUG_PORT);
	if (status != MM_OK)
		return status;
	machine->cpu = &image->hal.cpu;
	machine->io = &image->hal.io;
	machine->mem = &image->hal.mem;
	machine->mmio = &image->hal.mmio;
	machine->time = &image->hal.time;
	if (mm_x86_in8(DEBUG_PORT) == DEBUG_PORT_READS)
		machine->console = &image->console.console;
	image->init.mmi_entry =
		mm_bytes(mm_init_mmi_entry_blob, (size_t)(mm_init_mmi_entry_blob_end - mm_init_mmi_entry_blob));
	return MM_OK;
}

/* Nothing on the stack is believed: one letter run to the debug port, then nothing. */
void mm_image_stack_smashed(void)
{
	static const char text[] = "init: a stack cookie was overwritten\n";

	for (size_t i = 0; i < sizeof(text) - 1u; i++)
		mm_x86_out8(DEBUG_PORT, (uint8_t)text[i]);
	for (;;) {
		mm_x86_cli();
		mm_x86_hlt();
	}
}
