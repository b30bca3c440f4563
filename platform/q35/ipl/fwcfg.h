/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * QEMU's firmware configuration device, by DMA (QEMU documentation, specs/fw_cfg). BSP only, memory mapped one to one.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/base/status.h"

struct mm_hal_io;
struct mm_hal_time;

/* Keys that are no files. */
#define MM_Q35_FWCFG_CPU_COUNT	   0x05u
#define MM_Q35_FWCFG_KERNEL_BYTES  0x08u
#define MM_Q35_FWCFG_INITRD_BYTES  0x0bu
#define MM_Q35_FWCFG_KERNEL_DATA   0x11u
#define MM_Q35_FWCFG_INITRD_DATA   0x12u
#define MM_Q35_FWCFG_CMDLINE_BYTES 0x14u
#define MM_Q35_FWCFG_CMDLINE_DATA  0x15u
#define MM_Q35_FWCFG_SETUP_BYTES   0x17u
#define MM_Q35_FWCFG_SETUP_DATA	   0x18u

struct mm_q35_fwcfg {
	struct mm_hal_io *io;
	struct mm_hal_time *time; /* its rate is known */
};

struct mm_q35_fwcfg_file {
	uint32_t bytes;
	uint16_t key;
};

/* MM_OK; MM_E_NOT_FOUND without the device; MM_E_UNSUPPORTED if it knows no DMA. */
enum mm_status mm_q35_fwcfg_init(struct mm_q35_fwcfg *self, struct mm_hal_io *io, struct mm_hal_time *time);

/* MM_OK; MM_E_NOT_FOUND; MM_E_TIMEOUT; MM_E_FAULT if the device refuses. */
enum mm_status mm_q35_fwcfg_find(struct mm_q35_fwcfg *self, const char *name, struct mm_q35_fwcfg_file *ret_file);

/* The first `bytes` bytes of an item; beyond its end the device gives zeroes. MM_OK; MM_E_TIMEOUT; MM_E_FAULT. */
enum mm_status mm_q35_fwcfg_read(struct mm_q35_fwcfg *self, uint16_t key, void *ret_bytes, uint32_t bytes);

/* Writes into an item at `offset`. MM_OK; MM_E_TIMEOUT; MM_E_FAULT if it is read-only or ends before that. */
enum mm_status mm_q35_fwcfg_write(struct mm_q35_fwcfg *self, uint16_t key, uint32_t offset, const void *data,
				  uint32_t bytes);

/* As the two above, between an item and any physical address: what a bus master can do. Statuses the same. */
enum mm_status mm_q35_fwcfg_read_to(struct mm_q35_fwcfg *self, uint16_t key, uint64_t address, uint32_t bytes);
enum mm_status mm_q35_fwcfg_write_from(struct mm_q35_fwcfg *self, uint16_t key, uint64_t address, uint32_t bytes);

/* A file of at most `capacity` bytes. Statuses as find and read; MM_E_LIMIT if it is longer. */
enum mm_status mm_q35_fwcfg_read_file(struct mm_q35_fwcfg *self, const char *name, void *ret_bytes, uint32_t capacity,
				      uint32_t *ret_bytes_read);

/* The decimal number in the option file "opt/mm/<name>", or `otherwise` when there is none. */
uint64_t mm_q35_option_number(struct mm_q35_fwcfg *self, const char *name, uint64_t otherwise);

/* The text of that file, cut to the capacity; empty when there is none. */
void mm_q35_option_text(struct mm_q35_fwcfg *self, const char *name, char *ret_text, uint32_t capacity);
