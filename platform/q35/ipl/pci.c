/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pci.h"

#include "mm/hal/io.h"

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA    0xcfcu
#define CONFIG_ENABLE  0x80000000u

/* Selects the register; returns the port at which its bytes lie. */
static uint16_t select_register(struct mm_hal_io *io, struct mm_q35_pci_register where)
{
	uint32_t address = CONFIG_ENABLE | ((uint32_t)where.device << 11) | ((uint32_t)where.function << 8) |
			   (where.offset & 0xfcu);

	mm_hal_io_write32(io, CONFIG_ADDRESS, address);
	return (uint16_t)(CONFIG_DATA + (where.offset & 3u));
}

uint8_t mm_q35_pci_read8(struct mm_hal_io *io, struct mm_q35_pci_register where)
{
	return mm_hal_io_read8(io, select_register(io, where));
}

uint16_t mm_q35_pci_read16(struct mm_hal_io *io, struct mm_q35_pci_register where)
{
	return mm_hal_io_read16(io, select_register(io, where));
}

uint32_t mm_q35_pci_read32(struct mm_hal_io *io, struct mm_q35_pci_register where)
{
	return mm_hal_io_read32(io, select_register(io, where));
}

void mm_q35_pci_write8(struct mm_hal_io *io, struct mm_q35_pci_register where, uint8_t value)
{
	mm_hal_io_write8(io, select_register(io, where), value);
}

void mm_q35_pci_write16(struct mm_hal_io *io, struct mm_q35_pci_register where, uint16_t value)
{
	mm_hal_io_write16(io, select_register(io, where), value);
}

void mm_q35_pci_write32(struct mm_hal_io *io, struct mm_q35_pci_register where, uint32_t value)
{
	mm_hal_io_write32(io, select_register(io, where), value);
}
