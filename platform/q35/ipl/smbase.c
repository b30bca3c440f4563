/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "smbase.h"

#include "chipset.h"
#include "log.h"
#include "machine.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/compiler.h"
#include "wait.h"

#define SMI_LIMIT_US	 1000000u
#define AMD64_REVISION	 0x0064u
#define APIC_ID_LOW_MASK 0xffu

/* What smbase.nasm reads and writes. */
struct mm_q35_smbase_block {
	uint32_t smbase;
	uint32_t revision;
	uint32_t apic_id;
	uint32_t arrivals;
};

extern const uint8_t mm_q35_smbase_handler[];
extern const uint8_t mm_q35_smbase_handler_end[];
extern const uint8_t mm_q35_smbase_rest[];
extern const uint8_t mm_q35_smbase_rest_end[];

static volatile struct mm_q35_smbase_block *block(void)
{
	return (volatile struct mm_q35_smbase_block *)(uintptr_t)(MM_Q35_DEFAULT_SMBASE + MM_MMI_ENTRY_OFFSET + 8);
}

static bool has_arrived(const void *context)
{
	const uint32_t *arrivals_before = context;

	return block()->arrivals != *arrivals_before;
}

static enum mm_status relocate_one(struct mm_q35_machine *machine, uint32_t index)
{
	uint32_t apic_id = machine->processors.cpu[index].apic_id;
	uint32_t before = block()->arrivals;
	enum mm_status status;

	block()->smbase = (uint32_t)mm_q35_memory_smbase(&machine->memory, index);
	status = mm_hal_lapic_send(&machine->lapic, MM_HAL_IPI_SMI, 0, apic_id);
	if (status == MM_OK)
		status = mm_q35_wait(&machine->hal.time, SMI_LIMIT_US, has_arrived, &before);
	if (status != MM_OK) {
		mm_q35_log("CPU %u (APIC id %u) took no SMI at the default SMBASE", index, apic_id);
		return status;
	}
	if ((block()->revision & 0xffffu) != AMD64_REVISION) {
		mm_q35_log("save state of revision %08x has an unknown layout", block()->revision);
		return MM_E_UNSUPPORTED;
	}
	return block()->apic_id == (apic_id & APIC_ID_LOW_MASK) && block()->arrivals == before + 1 ? MM_OK
												   : MM_E_CORRUPT;
}

enum mm_status mm_q35_smbase_relocate(struct mm_q35_machine *machine)
{
	uint8_t *place = (uint8_t *)(uintptr_t)(MM_Q35_DEFAULT_SMBASE + MM_MMI_ENTRY_OFFSET);
	enum mm_status status = MM_OK;

	__builtin_memcpy(place, mm_q35_smbase_handler, (size_t)(mm_q35_smbase_handler_end - mm_q35_smbase_handler));
	for (uint32_t index = 0; status == MM_OK && index < machine->processors.count; index++)
		status = relocate_one(machine, index);
	return status;
}

void mm_q35_smbase_close_default(struct mm_q35_machine *machine)
{
	uint8_t *base = (uint8_t *)(uintptr_t)MM_Q35_DEFAULT_SMBASE;

	__builtin_memset(base, 0, MM_Q35_DEFAULT_SMRAM);
	__builtin_memcpy(base + MM_MMI_ENTRY_OFFSET, mm_q35_smbase_rest,
			 (size_t)(mm_q35_smbase_rest_end - mm_q35_smbase_rest));
	machine->default_smram_closed = mm_q35_chipset_close_default_smbase(&machine->hal.io);
}
