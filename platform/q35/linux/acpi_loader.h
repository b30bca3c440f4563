/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * QEMU's recipe for its ACPI tables ("etc/table-loader"): fetch files into memory, link them, sum them up. The
 * recipe comes from the machine below us and is still checked at every step. Pure but for the ops.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/base/bytes.h"
#include "mm/base/status.h"

#define MM_Q35_ACPI_FILE_MAX   32u
#define MM_Q35_ACPI_NAME_BYTES 56u

struct mm_q35_acpi_host;

/* All slots are mandatory. Names end with a zero. */
struct mm_q35_acpi_ops {
	/*
	 * Puts the file's bytes into memory that the OS will leave alone, at a multiple of `align` (a power of two).
	 * MM_OK with where they are and the address they have for the OS; any other status ends the recipe.
	 */
	enum mm_status (*fetch)(struct mm_q35_acpi_host *self, const char *name, uint32_t align, uint8_t **ret_data,
				uint32_t *ret_bytes, uint64_t *ret_address);
	/* Tells the machine an address: `width` bytes of `value` at `offset` of the file. */
	enum mm_status (*publish)(struct mm_q35_acpi_host *self, const char *name, uint32_t offset, uint64_t value,
				  uint8_t width);
};

struct mm_q35_acpi_host {
	const struct mm_q35_acpi_ops *ops;
};

struct mm_q35_acpi_file {
	char name[MM_Q35_ACPI_NAME_BYTES];
	uint8_t *data;
	uint32_t bytes;
	uint64_t address;
};

/* The files fetched so far. */
struct mm_q35_acpi {
	uint32_t count;
	struct mm_q35_acpi_file file[MM_Q35_ACPI_FILE_MAX];
};

/*
 * Runs the recipe. MM_OK; MM_E_INVALID for a recipe that is no multiple of 128 bytes, an odd width or alignment;
 * MM_E_UNSUPPORTED for an unknown command; MM_E_NOT_FOUND for a file that was not fetched; MM_E_EXISTS for one
 * fetched twice; MM_E_LIMIT for too many; MM_E_TRUNCATED for a place outside its file; what the ops answer.
 */
enum mm_status mm_q35_acpi_run(struct mm_q35_acpi *self, struct mm_q35_acpi_host *host, struct mm_bytes recipe);

/* The address of a fetched file. MM_OK or MM_E_NOT_FOUND. */
enum mm_status mm_q35_acpi_find(const struct mm_q35_acpi *self, const char *name, uint64_t *ret_address);
