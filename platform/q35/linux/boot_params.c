/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "boot_params.h"

#include "mm/base/addr.h"
#include "mm/base/checked.h"

#define SETUP_HEADER	    0x1f1u
#define SETUP_HEADER_MIN    0x264u /* end of init_size */
#define SETUP_JUMP_BYTES    0x201u
#define SETUP_JUMP_BASE	    0x202u
#define SETUP_BOOT_FLAG	    0x1feu
#define SETUP_MAGIC	    0x202u
#define SETUP_VERSION	    0x206u
#define SETUP_LOADER	    0x210u
#define SETUP_LOAD_FLAGS    0x211u
#define SETUP_CODE32	    0x214u
#define SETUP_INITRD	    0x218u
#define SETUP_INITRD_BYTES  0x21cu
#define SETUP_CMDLINE	    0x228u
#define SETUP_ALIGNMENT	    0x230u
#define SETUP_XLOAD_FLAGS   0x236u
#define SETUP_CMDLINE_MAX   0x238u
#define SETUP_INIT_BYTES    0x260u
#define PAGE_RSDP	    0x070u
#define PAGE_E820_COUNT	    0x1e8u
#define PAGE_E820	    0x2d0u
#define PAGE_HEADER_END_MAX 0x290u

#define BOOT_FLAG      0xaa55u
#define MAGIC	       0x53726448u /* "HdrS" */
#define VERSION_MIN    0x020cu
#define XLOAD_64BIT    0x0001u
#define LOADED_HIGH    0x01u
#define LOADER_UNKNOWN 0xffu

#define KERNEL_BASE_MIN 0x1000000ull
#define LOW32_END	0x100000000ull

enum mm_status mm_q35_kernel_decode_untrusted(struct mm_bytes setup, struct mm_q35_kernel *ret_kernel)
{
	const uint8_t *p = setup.data;
	uint64_t header_end;

	if (!mm_bytes_has(setup, 0, SETUP_HEADER_MIN))
		return MM_E_TRUNCATED;
	if (mm_load_u16(p + SETUP_BOOT_FLAG) != BOOT_FLAG || mm_load_u32(p + SETUP_MAGIC) != MAGIC)
		return MM_E_INVALID;
	if (mm_load_u16(p + SETUP_VERSION) < VERSION_MIN || (mm_load_u16(p + SETUP_XLOAD_FLAGS) & XLOAD_64BIT) == 0)
		return MM_E_UNSUPPORTED;
	header_end = SETUP_JUMP_BASE + p[SETUP_JUMP_BYTES];
	if (header_end < SETUP_HEADER_MIN || header_end > PAGE_HEADER_END_MAX ||
	    !mm_is_power_of_two(mm_load_u32(p + SETUP_ALIGNMENT)))
		return MM_E_INVALID;
	if (!mm_bytes_has(setup, 0, header_end))
		return MM_E_TRUNCATED;
	ret_kernel->protocol = mm_load_u16(p + SETUP_VERSION);
	ret_kernel->alignment = mm_load_u32(p + SETUP_ALIGNMENT);
	ret_kernel->init_bytes = mm_load_u32(p + SETUP_INIT_BYTES);
	ret_kernel->command_line_max = mm_load_u32(p + SETUP_CMDLINE_MAX);
	ret_kernel->header = mm_bytes_slice(setup, SETUP_HEADER, header_end - SETUP_HEADER);
	return MM_OK;
}

static void store_map(const struct mm_q35_e820 *map, uint8_t *page)
{
	uint8_t *next = page + PAGE_E820;

	page[PAGE_E820_COUNT] = (uint8_t)map->count;
	for (size_t i = 0; i < map->count; i++, next += sizeof(map->entry[i])) {
		mm_store_u64(next, map->entry[i].base);
		mm_store_u64(next + 8, map->entry[i].bytes);
		mm_store_u32(next + 16, map->entry[i].type);
	}
}

enum mm_status mm_q35_boot_params_fill(const struct mm_q35_kernel *kernel, const struct mm_q35_boot *boot,
				       uint8_t ret_page[MM_Q35_BOOT_PARAMS_BYTES])
{
	uint8_t *page = ret_page;

	if (boot->map->count > MM_Q35_E820_MAX)
		return MM_E_LIMIT;
	if ((boot->kernel | boot->initrd | boot->command_line) >= LOW32_END)
		return MM_E_OVERFLOW;
	__builtin_memset(page, 0, MM_Q35_BOOT_PARAMS_BYTES);
	__builtin_memcpy(page + SETUP_HEADER, kernel->header.data, kernel->header.count);
	page[SETUP_LOADER] = LOADER_UNKNOWN;
	page[SETUP_LOAD_FLAGS] |= LOADED_HIGH;
	mm_store_u32(page + SETUP_CODE32, (uint32_t)boot->kernel);
	mm_store_u32(page + SETUP_INITRD, boot->initrd_bytes == 0 ? 0 : (uint32_t)boot->initrd);
	mm_store_u32(page + SETUP_INITRD_BYTES, boot->initrd_bytes);
	mm_store_u32(page + SETUP_CMDLINE, (uint32_t)boot->command_line);
	mm_store_u64(page + PAGE_RSDP, boot->rsdp);
	store_map(boot->map, page);
	return MM_OK;
}

enum mm_status mm_q35_boot_place(const struct mm_q35_kernel *kernel, uint64_t kernel_bytes, uint64_t initrd_bytes,
				 uint64_t end, uint64_t *ret_kernel, uint64_t *ret_initrd)
{
	uint64_t needed = kernel->init_bytes > kernel_bytes ? kernel->init_bytes : kernel_bytes;
	uint64_t base;
	uint64_t kernel_end;

	if (!mm_align_up_u64(KERNEL_BASE_MIN, kernel->alignment, &base) || !mm_add_u64(base, needed, &kernel_end))
		return MM_E_NO_MEMORY;
	if (initrd_bytes > end || mm_page_floor(end - initrd_bytes) < kernel_end)
		return MM_E_NO_MEMORY;
	*ret_kernel = base;
	*ret_initrd = mm_page_floor(end - initrd_bytes);
	return MM_OK;
}
