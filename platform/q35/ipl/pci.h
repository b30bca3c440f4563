/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * PCI configuration space of bus 0 through ports 0xCF8 and 0xCFC (PCI 3.0, 3.2.2.3.2). One CPU at a time.
 */
#include <stdint.h>

struct mm_hal_io;

/* A register of a function of bus 0; `offset` is a multiple of the width of the access. */
struct mm_q35_pci_register {
	uint8_t device;
	uint8_t function;
	uint8_t offset;
};

uint8_t mm_q35_pci_read8(struct mm_hal_io *io, struct mm_q35_pci_register where);
uint16_t mm_q35_pci_read16(struct mm_hal_io *io, struct mm_q35_pci_register where);
uint32_t mm_q35_pci_read32(struct mm_hal_io *io, struct mm_q35_pci_register where);
void mm_q35_pci_write8(struct mm_hal_io *io, struct mm_q35_pci_register where, uint8_t value);
void mm_q35_pci_write16(struct mm_hal_io *io, struct mm_q35_pci_register where, uint16_t value);
void mm_q35_pci_write32(struct mm_hal_io *io, struct mm_q35_pci_register where, uint32_t value);
