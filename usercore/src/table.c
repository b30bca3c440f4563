/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The table itself, configuration tables, and what its families of services share. */
#include "table.h"

#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/crc32.h"

#include "invoke.h"

/* "Ringfence" in UCS-2. */
static const uint16_t vendor[] = { 'R', 'i', 'n', 'g', 'f', 'e', 'n', 'c', 'e', 0 };

#define FIRMWARE_REVISION 1u

uint64_t mm_core_efi_status(enum mm_status status)
{
	switch (status) {
	case MM_OK:
		return MM_EFI_SUCCESS;
	case MM_E_NOT_FOUND:
		return MM_EFI_NOT_FOUND;
	case MM_E_UNSUPPORTED:
		return MM_EFI_UNSUPPORTED;
	case MM_E_NO_MEMORY:
	case MM_E_QUOTA:
	case MM_E_LIMIT:
	case MM_E_OVERFLOW: /* more than can exist */
	case MM_E_CORRUPT:  /* the pool would have to give out what somebody writes to */
		return MM_EFI_OUT_OF_RESOURCES;
	case MM_E_BUFFER_TOO_SMALL:
		return MM_EFI_BUFFER_TOO_SMALL;
	default:
		return MM_EFI_INVALID_PARAMETER;
	}
}

uint16_t mm_core_caller_of(const struct mm_core *core, const void *return_address)
{
	uint64_t address = (uint64_t)(uintptr_t)return_address;
	uint16_t holder;

	if (mm_core_module_holds(&core->modules[core->running], address))
		return core->running;
	holder = mm_core_driver_at(core, address);
	return holder == MM_CORE_SELF ? core->running : holder;
}

bool mm_core_is_driver_code(const struct mm_core *core, uint64_t function)
{
	return mm_core_module_holds(&core->modules[core->running], function) ||
	       mm_core_driver_at(core, function) != MM_CORE_SELF;
}

void mm_core_table_seal(struct mm_core *core)
{
	core->mmst.header.crc32 = 0;
	core->mmst.header.crc32 = mm_pi_crc32(mm_bytes(&core->mmst, sizeof(core->mmst)));
}

static struct mm_configuration_entry *find_configuration(struct mm_core *core, const struct mm_guid *guid)
{
	size_t i;

	for (i = 0; i < core->mmst.configuration_count; i++) {
		if (mm_guid_equal(&core->configuration[i].guid, guid))
			return &core->configuration[i];
	}
	return NULL;
}

/* Closes the gap: the others keep their order. */
static uint64_t remove_configuration(struct mm_core *core, struct mm_configuration_entry *entry)
{
	const struct mm_configuration_entry *end = core->configuration + core->mmst.configuration_count;

	if (entry == NULL)
		return MM_EFI_NOT_FOUND;
	__builtin_memmove(entry, entry + 1, (size_t)(end - (entry + 1)) * sizeof(*entry));
	core->mmst.configuration_count--;
	return MM_EFI_SUCCESS;
}

static uint64_t set_configuration(struct mm_core *core, const struct mm_guid *guid, const void *table)
{
	struct mm_configuration_entry *entry = find_configuration(core, guid);

	if (table == NULL)
		return remove_configuration(core, entry);
	if (entry == NULL) {
		if (core->mmst.configuration_count == MM_CORE_CONFIGURATION_MAX)
			return MM_EFI_OUT_OF_RESOURCES;
		entry = &core->configuration[core->mmst.configuration_count++];
		entry->guid = *guid;
	}
	entry->table = table;
	return MM_EFI_SUCCESS;
}

static uint64_t MM_EFIAPI install_configuration_table(const struct mm_mmst *self, const struct mm_guid *guid,
						      void *table, size_t bytes)
{
	struct mm_core *core = &mm_core_object;
	struct mm_guid copy;
	uint64_t status;

	if (guid == NULL)
		return MM_EFI_INVALID_PARAMETER;
	copy = *guid;
	mm_core_begin_change(core);
	status = set_configuration(core, &copy, table);
	mm_core_table_seal(core);
	mm_core_end_change(core);
	return status;
}

void mm_core_table_init(struct mm_core *core, const void *hobs)
{
	core->mmst = (struct mm_mmst){
		.header = { .signature = MM_MMST_SIGNATURE,
			    .revision = MM_MMST_REVISION,
			    .header_bytes = sizeof(struct mm_mmst) },
		.firmware_vendor = vendor,
		.firmware_revision = FIRMWARE_REVISION,
		.install_configuration_table = install_configuration_table,
		.configuration = core->configuration,
	};
	mm_core_table_add_memory(&core->mmst);
	mm_core_table_add_protocols(&core->mmst);
	mm_core_table_add_handlers(&core->mmst);
	mm_core_table_add_io(&core->mmst);
	(void)set_configuration(core, &mm_guid_hob_list_table, hobs); /* the first entry always fits */
	mm_core_table_seal(core);
}
