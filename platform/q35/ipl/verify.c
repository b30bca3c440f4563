/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "verify.h"

#include "fwcfg.h"
#include "machine.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"

#define ALL_ONES      0xffffffffu
#define WRITE_PATTERN 0x12345678u
#define DMA_BYTES     8u

static volatile uint32_t *word_at(uint64_t address)
{
	return (volatile uint32_t *)(uintptr_t)address;
}

/* The first and the last word of each page. */
static bool reads_ff(struct mm_region region, uint64_t *ret_page)
{
	for (uint64_t page = region.base; page < mm_region_end(region); page += MM_PAGE_BYTES) {
		if (*word_at(page) != ALL_ONES || *word_at(page + MM_PAGE_BYTES - 4) != ALL_ONES) {
			*ret_page = page;
			return false;
		}
	}
	return true;
}

bool mm_q35_verify_tseg_reads_ff(const struct mm_q35_machine *machine, uint64_t *ret_page)
{
	return reads_ff(machine->memory.tseg, ret_page);
}

static bool ignores_write(uint64_t address)
{
	*word_at(address) = WRITE_PATTERN;
	return *word_at(address) == ALL_ONES;
}

bool mm_q35_verify_tseg_ignores_writes(const struct mm_q35_machine *machine)
{
	struct mm_region tseg = machine->memory.tseg;

	for (uint32_t i = 0; i < machine->processors.count; i++) {
		uint64_t smbase = mm_q35_memory_smbase(&machine->memory, i);

		if (!ignores_write(smbase + MM_MMI_ENTRY_OFFSET) || !ignores_write(smbase + MM_MMI_SAVE_STATE_OFFSET))
			return false;
	}
	for (uint64_t page = tseg.base; page < mm_region_end(tseg); page += MM_PAGE_BYTES) {
		if (!ignores_write(page))
			return false;
	}
	return true;
}

bool mm_q35_verify_default_smbase(const struct mm_q35_machine *machine)
{
	uint64_t page;

	if (!machine->default_smram_closed)
		return true;
	return reads_ff(mm_region_create(MM_Q35_DEFAULT_SMBASE, MM_Q35_DEFAULT_SMRAM), &page) &&
	       ignores_write(MM_Q35_DEFAULT_SMBASE + MM_MMI_ENTRY_OFFSET);
}

bool mm_q35_verify_refuses_dma(struct mm_q35_machine *machine)
{
	uint64_t entry = mm_q35_memory_smbase(&machine->memory, 0) + MM_MMI_ENTRY_OFFSET;
	struct mm_q35_fwcfg_file source;
	struct mm_q35_fwcfg_file sink;
	uint64_t seen = 0;

	if (mm_q35_fwcfg_find(&machine->fwcfg, "etc/e820", &source) != MM_OK)
		return false;
	(void)mm_q35_fwcfg_read_to(&machine->fwcfg, source.key, entry, DMA_BYTES); /* lost or refused: both will do */
	/* The one file that a guest can write: the features asked for, which the lock has made meaningless. */
	if (mm_q35_fwcfg_find(&machine->fwcfg, "etc/smi/requested-features", &sink) != MM_OK)
		return true;
	if (mm_q35_fwcfg_write_from(&machine->fwcfg, sink.key, entry, DMA_BYTES) != MM_OK)
		return true;
	if (mm_q35_fwcfg_read(&machine->fwcfg, sink.key, &seen, sizeof(seen)) != MM_OK)
		return false;
	return seen == UINT64_MAX || seen == 0;
}
