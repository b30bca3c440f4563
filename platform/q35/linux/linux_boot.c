/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "linux_boot.h"

#include "acpi_tables.h"
#include "boot_params.h"
#include "log.h"
#include "machine.h"
#include "mm/base/format.h"
#include "paging.h"

#define SETUP_BYTES_MAX 0x10000u

void MM_NORETURN mm_q35_linux_jump(uint64_t entry, uint64_t boot_params);

static uint32_t read_size(struct mm_q35_machine *machine, uint16_t key)
{
	uint32_t bytes = 0;

	mm_q35_require(mm_q35_fwcfg_read(&machine->fwcfg, key, &bytes, sizeof(bytes)), "reading a size from fw_cfg");
	return bytes;
}

bool mm_q35_linux_is_wanted(struct mm_q35_machine *machine)
{
	if (mm_q35_option_number(&machine->fwcfg, "exit", 0) != 0)
		return false;
	if (mm_q35_option_number(&machine->fwcfg, "linux", 1) == 0)
		return false;
	return read_size(machine, MM_Q35_FWCFG_KERNEL_BYTES) != 0;
}

static void load_setup(struct mm_q35_machine *machine, struct mm_q35_kernel *ret_kernel)
{
	uint8_t *setup = (uint8_t *)(uintptr_t)MM_Q35_SETUP_HEADER;
	uint32_t bytes = read_size(machine, MM_Q35_FWCFG_SETUP_BYTES);

	if (bytes > SETUP_BYTES_MAX)
		mm_q35_fatal("the kernel's setup part has %u bytes", bytes);
	mm_q35_require(mm_q35_fwcfg_read(&machine->fwcfg, MM_Q35_FWCFG_SETUP_DATA, setup, bytes),
		       "reading the kernel's setup part");
	mm_q35_require(mm_q35_kernel_decode_untrusted(mm_bytes(setup, bytes), ret_kernel), "the kernel");
}

/* What QEMU was given, and where the program in Linux finds the channels. */
static void write_command_line(struct mm_q35_machine *machine, uint32_t longest)
{
	char *line = (char *)(uintptr_t)MM_Q35_COMMAND_LINE;
	uint32_t bytes = read_size(machine, MM_Q35_FWCFG_CMDLINE_BYTES);
	const struct mm_q35_memory *memory = &machine->memory;
	size_t used = 0;

	if (bytes > MM_Q35_COMMAND_LINE_MAX)
		mm_q35_fatal("the kernel's command line has %u bytes", bytes);
	if (bytes > 0) {
		mm_q35_require(mm_q35_fwcfg_read(&machine->fwcfg, MM_Q35_FWCFG_CMDLINE_DATA, line, bytes),
			       "reading the kernel's command line");
		while (used < bytes && line[used] != '\0')
			used++;
	}
	used += mm_format(line + used, MM_Q35_COMMAND_LINE_MAX - used,
			  " mm.user=0x%llx mm.user_status=0x%llx mm.supv=0x%llx mm.supv_status=0x%llx mm.pages=%u "
			  "mm.tseg=0x%llx",
			  memory->user_buffer.base, memory->user_status.base, memory->supervisor_buffer.base,
			  memory->supervisor_status.base, MM_Q35_CHANNEL_PAGES, memory->tseg.base);
	if (used > longest || used + 1 >= MM_Q35_COMMAND_LINE_MAX)
		mm_q35_fatal("the kernel's command line has %llu bytes", (uint64_t)used);
}

/* Fills in where kernel and disk went. */
static void load_images(struct mm_q35_machine *machine, const struct mm_q35_kernel *kernel, struct mm_q35_boot *boot)
{
	uint32_t kernel_bytes = read_size(machine, MM_Q35_FWCFG_KERNEL_BYTES);

	boot->initrd_bytes = read_size(machine, MM_Q35_FWCFG_INITRD_BYTES);
	mm_q35_require(mm_q35_boot_place(kernel, kernel_bytes, boot->initrd_bytes, machine->memory.reserved.base,
					 &boot->kernel, &boot->initrd),
		       "placing the kernel");
	mm_q35_require(mm_q35_fwcfg_read(&machine->fwcfg, MM_Q35_FWCFG_KERNEL_DATA, (void *)(uintptr_t)boot->kernel,
					 kernel_bytes),
		       "reading the kernel");
	if (boot->initrd_bytes > 0)
		mm_q35_require(mm_q35_fwcfg_read(&machine->fwcfg, MM_Q35_FWCFG_INITRD_DATA,
						 (void *)(uintptr_t)boot->initrd, boot->initrd_bytes),
			       "reading the initial RAM disk");
	mm_q35_log("kernel (protocol %x) at %llx, %u KiB; initial RAM disk at %llx, %u KiB", kernel->protocol,
		   boot->kernel, kernel_bytes >> 10, boot->initrd, boot->initrd_bytes >> 10);
}

void mm_q35_linux_boot(struct mm_q35_machine *machine)
{
	struct mm_q35_boot boot = { .command_line = MM_Q35_COMMAND_LINE, .map = &machine->map };
	struct mm_q35_kernel kernel;

	load_setup(machine, &kernel);
	write_command_line(machine, kernel.command_line_max);
	load_images(machine, &kernel, &boot);
	mm_q35_require(mm_q35_acpi_tables_load(machine, &boot.rsdp), "ACPI tables");
	mm_q35_require(
		mm_q35_memory_os_map(&machine->memory, machine->rom, machine->default_smram_closed, &machine->map),
		"the memory map for the OS");
	mm_q35_require(mm_q35_boot_params_fill(&kernel, &boot, (uint8_t *)(uintptr_t)MM_Q35_BOOT_PARAMS),
		       "the kernel's parameters");
	mm_q35_require(mm_q35_processors_dismiss(machine), "dismissing the processors");
	mm_q35_paging_release();
	mm_q35_linux_jump(boot.kernel + MM_Q35_LINUX_ENTRY, MM_Q35_BOOT_PARAMS);
}
