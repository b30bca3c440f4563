/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "acpi_tables.h"

#include <stddef.h>

#include "acpi_loader.h"
#include "machine.h"
#include "mm/base/checked.h"
#include "mm/base/compiler.h"

#define RECIPE_BYTES_MAX 0x4000u
#define FILE_ALIGN	 64u /* FACS wants as much, whatever the recipe says */

/* Files come from fw_cfg and go, one behind the other, to the memory for them. */
struct tables_host {
	struct mm_q35_acpi_host host;
	struct mm_q35_fwcfg *fwcfg;
	struct mm_region free;
};

static enum mm_status fetch(struct mm_q35_acpi_host *self, const char *name, uint32_t align, uint8_t **ret_data,
			    uint32_t *ret_bytes, uint64_t *ret_address)
{
	struct tables_host *tables = MM_CONTAINER_OF(self, struct tables_host, host);
	struct mm_q35_fwcfg_file file;
	uint64_t address;
	enum mm_status status = mm_q35_fwcfg_find(tables->fwcfg, name, &file);

	if (status != MM_OK)
		return status;
	if (!mm_align_up_u64(tables->free.base, align < FILE_ALIGN ? FILE_ALIGN : align, &address) ||
	    !mm_region_contains(tables->free, mm_region_create(address, file.bytes)))
		return MM_E_NO_MEMORY;
	status = mm_q35_fwcfg_read(tables->fwcfg, file.key, (void *)(uintptr_t)address, file.bytes);
	if (status != MM_OK)
		return status;
	tables->free = mm_region_create(address + file.bytes, mm_region_end(tables->free) - address - file.bytes);
	*ret_data = (uint8_t *)(uintptr_t)address;
	*ret_bytes = file.bytes;
	*ret_address = address;
	return MM_OK;
}

static enum mm_status publish(struct mm_q35_acpi_host *self, const char *name, uint32_t offset, uint64_t value,
			      uint8_t width)
{
	struct tables_host *tables = MM_CONTAINER_OF(self, struct tables_host, host);
	struct mm_q35_fwcfg_file file;
	enum mm_status status = mm_q35_fwcfg_find(tables->fwcfg, name, &file);

	if (status != MM_OK)
		return status;
	return mm_q35_fwcfg_write(tables->fwcfg, file.key, offset, &value, width);
}

static const struct mm_q35_acpi_ops tables_ops = { fetch, publish };

enum mm_status mm_q35_acpi_tables_load(struct mm_q35_machine *machine, uint64_t *ret_rsdp)
{
	struct tables_host tables = { { &tables_ops }, &machine->fwcfg, machine->memory.acpi };
	uint8_t recipe[RECIPE_BYTES_MAX];
	struct mm_q35_acpi acpi;
	uint32_t bytes;
	enum mm_status status =
		mm_q35_fwcfg_read_file(&machine->fwcfg, "etc/table-loader", recipe, sizeof(recipe), &bytes);

	if (status == MM_OK)
		status = mm_q35_acpi_run(&acpi, &tables.host, mm_bytes(recipe, bytes));
	if (status != MM_OK)
		return status;
	return mm_q35_acpi_find(&acpi, "etc/acpi/rsdp", ret_rsdp);
}
