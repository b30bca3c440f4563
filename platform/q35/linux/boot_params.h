/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Linux's boot protocol for x86, 64-bit entry (kernel documentation, arch/x86/boot.rst and zero-page.rst). Pure.
 */
#include <stddef.h>
#include <stdint.h>

#include "e820.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

#define MM_Q35_BOOT_PARAMS_BYTES 4096u
#define MM_Q35_LINUX_ENTRY	 0x200u /* of the 64-bit entry in the loaded kernel */

/* What the setup header of a kernel asks for. */
struct mm_q35_kernel {
	uint16_t protocol;
	uint32_t alignment;	   /* of the kernel's address, a power of two */
	uint32_t init_bytes;	   /* memory from there on that the kernel needs until it has looked round */
	uint32_t command_line_max; /* characters without the terminating zero */
	struct mm_bytes header;	   /* from offset 0x1f1 of the setup part on */
};

struct mm_q35_boot {
	uint64_t kernel;
	uint64_t initrd; /* below 4 GiB, as the others */
	uint32_t initrd_bytes;
	uint64_t command_line;
	uint64_t rsdp;
	const struct mm_q35_e820 *map;
};

/*
 * Reads the setup part of a kernel image. MM_OK; MM_E_TRUNCATED; MM_E_INVALID if it is no Linux kernel;
 * MM_E_UNSUPPORTED without a 64-bit entry or for a protocol before 2.12.
 */
enum mm_status mm_q35_kernel_decode_untrusted(struct mm_bytes setup, struct mm_q35_kernel *ret_kernel);

/* MM_OK; MM_E_LIMIT if the map has more entries than the page has room for; MM_E_OVERFLOW for addresses over 4 GiB. */
enum mm_status mm_q35_boot_params_fill(const struct mm_q35_kernel *kernel, const struct mm_q35_boot *boot,
				       uint8_t ret_page[MM_Q35_BOOT_PARAMS_BYTES]);

/*
 * Where kernel and initial RAM disk go: the kernel from 16 MiB up, the disk right below `end` (the first byte that
 * is not the OS's). MM_OK; MM_E_NO_MEMORY if they do not fit between.
 */
enum mm_status mm_q35_boot_place(const struct mm_q35_kernel *kernel, uint64_t kernel_bytes, uint64_t initrd_bytes,
				 uint64_t end, uint64_t *ret_kernel, uint64_t *ret_initrd);
