/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* EFI_MM_CPU_IO: ports by system call, device memory by plain accesses of the width asked for. */
#include "table.h"

#include "mm/abi/efi.h"

#define PORT_COUNT 0x10000u

/* PI: what is wrong with width, count or buffer is invalid, what is wrong with the address is unsupported. */
static uint64_t check_access(enum mm_io_width width, uint64_t address, size_t count, const void *buffer,
			     uint64_t last_address)
{
	uint64_t bytes;

	if (buffer == NULL || (uint32_t)width > MM_IO_UINT64)
		return MM_EFI_INVALID_PARAMETER;
	bytes = (uint64_t)1 << width;
	if ((address & (bytes - 1u)) != 0 || address > last_address)
		return MM_EFI_UNSUPPORTED;
	/* An aligned address leaves whole units, so the division loses nothing. */
	if (count != 0 && count - 1u > (last_address - address) >> width)
		return MM_EFI_UNSUPPORTED;
	return MM_EFI_SUCCESS;
}

static uint64_t check_ports(enum mm_io_width width, uint64_t address, size_t count, const void *buffer)
{
	if ((uint32_t)width > MM_IO_UINT32) /* no instruction transfers more */
		return MM_EFI_INVALID_PARAMETER;
	return check_access(width, address, count, buffer, PORT_COUNT - 1u);
}

static uint64_t MM_EFIAPI io_read(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				  void *buffer)
{
	uint64_t status = check_ports(width, address, count, buffer);
	uint8_t *out = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint16_t port = (uint16_t)(address + (i << width));
		uint32_t value = mm_hal_io_read(mm_core_object.io, port, (enum mm_hal_width)width);

		__builtin_memcpy(out + (i << width), &value, (size_t)1 << width);
	}
	return status;
}

static uint64_t MM_EFIAPI io_write(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				   void *buffer)
{
	uint64_t status = check_ports(width, address, count, buffer);
	const uint8_t *in = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint16_t port = (uint16_t)(address + (i << width));
		uint32_t value = 0;

		__builtin_memcpy(&value, in + (i << width), (size_t)1 << width);
		mm_hal_io_write(mm_core_object.io, port, (enum mm_hal_width)width, value);
	}
	return status;
}

static uint64_t read_register(uint64_t address, enum mm_io_width width)
{
	switch (width) {
	case MM_IO_UINT8:
		return *(const volatile uint8_t *)(uintptr_t)address;
	case MM_IO_UINT16:
		return *(const volatile uint16_t *)(uintptr_t)address;
	case MM_IO_UINT32:
		return *(const volatile uint32_t *)(uintptr_t)address;
	default:
		return *(const volatile uint64_t *)(uintptr_t)address;
	}
}

static void write_register(uint64_t address, enum mm_io_width width, uint64_t value)
{
	switch (width) {
	case MM_IO_UINT8:
		*(volatile uint8_t *)(uintptr_t)address = (uint8_t)value;
		break;
	case MM_IO_UINT16:
		*(volatile uint16_t *)(uintptr_t)address = (uint16_t)value;
		break;
	case MM_IO_UINT32:
		*(volatile uint32_t *)(uintptr_t)address = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)(uintptr_t)address = value;
		break;
	}
}

/* What ring 3 may not reach ends the caller. The driver's buffer may lie anywhere, aligned or not. */
static uint64_t MM_EFIAPI mem_read(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address, size_t count,
				   void *buffer)
{
	uint64_t status = check_access(width, address, count, buffer, UINT64_MAX);
	uint8_t *out = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint64_t value = read_register(address + (i << width), width);

		__builtin_memcpy(out + (i << width), &value, (size_t)1 << width);
	}
	return status;
}

static uint64_t MM_EFIAPI mem_write(const struct mm_cpu_io *self, enum mm_io_width width, uint64_t address,
				    size_t count, void *buffer)
{
	uint64_t status = check_access(width, address, count, buffer, UINT64_MAX);
	const uint8_t *in = buffer;
	size_t i;

	for (i = 0; status == MM_EFI_SUCCESS && i < count; i++) {
		uint64_t value = 0;

		__builtin_memcpy(&value, in + (i << width), (size_t)1 << width);
		write_register(address + (i << width), width, value);
	}
	return status;
}

void mm_core_table_add_io(struct mm_mmst *mmst)
{
	mmst->io = (struct mm_cpu_io){
		.mem_read = mem_read,
		.mem_write = mem_write,
		.io_read = io_read,
		.io_write = io_write,
	};
}
