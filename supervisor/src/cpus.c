/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "cpus.h"

#include "mm/abi/mmi_entry.h"
#include "mm/base/bytes.h"

#include "demotion.h"
#include "descriptors.h"
#include "memory.h"

/* Room between the MMI entry's frame and the first C frame: eight registers and the return address, rounded. */
#define EXIT_FRAME_BYTES 0x80u

/* The MMI entry calls with an x87/SSE image and the register home area below the stack slot it was given. */
#define ENTRY_FRAME_BYTES 0x240u

/* Where the entry of one CPU keeps what we need, as its fix-up block says. */
struct entry_facts {
	uint64_t gdtr; /* addresses of the ten-byte pseudo-descriptors */
	uint64_t idtr;
	uint64_t stack;
};

static enum mm_status read_entry(struct mm_supv_state *supv, const struct mm_supv_facts *facts, uint64_t smbase,
				 struct entry_facts *ret_entry, struct mm_refusal *reterr)
{
	struct mm_region region = mm_region_create(smbase + MM_MMI_ENTRY_OFFSET, facts->pass_down.mmi_entry_bytes);
	const uint8_t *entry = mm_hal_mem_map(supv->wiring->mem, mm_pa(region.base), region.bytes);
	const uint8_t *block;

	if (entry == NULL || !mm_supv_facts_is_in_use(facts, region))
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, "MMI entry", 0, region.base);
	if (region.bytes < MM_MMI_FIXUP_BYTES + 4u || mm_load_u32(entry + region.bytes - 4u) != MM_MMI_FIXUP_BYTES)
		return mm_refuse(reterr, MM_E_SUPV_ENTRY, "MMI entry size", 0, region.bytes);
	block = entry + region.bytes - 4u - MM_MMI_FIXUP_BYTES;
	if (mm_load_u32(block + MM_MMI_FIXUP_HEADER_VERSION) != MM_MMI_FIXUP_VERSION)
		return mm_refuse(reterr, MM_E_SUPV_ENTRY, "fix-up revision", 0, mm_load_u32(block));
	ret_entry->gdtr = mm_load_u32(block + MM_MMI_FIXUP32 + 4u * MM_MMI_FIXUP32_GDTR);
	ret_entry->idtr = mm_load_u64(block + MM_MMI_FIXUP64 + 8u * MM_MMI_FIXUP64_IDTR);
	ret_entry->stack = mm_load_u32(block + MM_MMI_FIXUP32 + 4u * MM_MMI_FIXUP32_STACK);
	if (!mm_supv_facts_is_in_use(facts, mm_region_create(ret_entry->gdtr, 10)) ||
	    !mm_supv_facts_is_in_use(facts, mm_region_create(ret_entry->idtr, 10)) ||
	    !mm_supv_facts_is_in_use(facts, mm_region_create(ret_entry->stack, 8)))
		return mm_refuse(reterr, MM_E_SUPV_OUTSIDE, "MMI entry pointers", 0, ret_entry->gdtr);
	return MM_OK;
}

static void redirect(struct mm_supv_state *supv, uint64_t pointer, uint64_t base, uint16_t limit)
{
	const struct mm_supv_table_register table = { limit, base };
	void *target = mm_hal_mem_map(supv->wiring->mem, mm_pa(pointer), sizeof(table));

	supv->wiring->ring3->write_protected(target, &table, sizeof(table));
}

static enum mm_status make_descriptors(struct mm_supv_state *supv, struct mm_supv_cpu *cpu)
{
	struct mm_region block;
	enum mm_status status = mm_supv_pages_get(supv, MM_SUPV_DESCRIPTOR_PAGES, &block);
	uint32_t ist;

	if (status != MM_OK)
		return status;
	cpu->descriptors = block.base;
	mm_supv_descriptors_write(mm_hal_mem_map(supv->wiring->mem, mm_pa(block.base), MM_PAGE_BYTES), block.base,
				  cpu->kernel_rsp);
	for (ist = 1; status == MM_OK && ist <= MM_SUPV_IST_COUNT; ist++)
		status = mm_supv_pages_protect(supv, mm_supv_ist_guard(block.base, ist), 0);
	return status;
}

static enum mm_status init_cpu(struct mm_supv_state *supv, const struct mm_supv_facts *facts, uint32_t index,
			       uint64_t smbase, struct mm_refusal *reterr)
{
	struct mm_supv_cpu *cpu = &supv->cpus[index];
	struct entry_facts entry;
	enum mm_status status = read_entry(supv, facts, smbase, &entry, reterr);

	if (status != MM_OK)
		return status;
	cpu->self = cpu;
	cpu->supv = supv;
	cpu->index = index;
	mm_supv_demotion_init(cpu);
	cpu->kernel_rsp = (entry.stack - ENTRY_FRAME_BYTES - EXIT_FRAME_BYTES) & ~(uint64_t)15;
	status = make_descriptors(supv, cpu);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "descriptor pages", 0, index);
	redirect(supv, entry.gdtr, cpu->descriptors, MM_GDT_BYTES - 1u);
	redirect(supv, entry.idtr, (uint64_t)(uintptr_t)supv->wiring->gates, MM_SUPV_IDT_BYTES - 1u);
	return MM_OK;
}

/* APIC ids come in the order of the CPU indices. The list is large, so it passes through pages of its own. */
static enum mm_status read_apic_ids(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
				    struct mm_refusal *reterr)
{
	uint64_t bytes = facts->cpu_count * sizeof(struct mm_pi_cpu);
	struct mm_region region;
	struct mm_pi_cpu *list;
	uint32_t count;
	uint32_t i;
	enum mm_status status = mm_supv_pages_get(supv, mm_pages_for(bytes), &region);

	if (status != MM_OK)
		return mm_refuse(reterr, status, "CPU list pages", 0, facts->cpu_count);
	list = mm_hal_mem_map(supv->wiring->mem, mm_pa(region.base), region.bytes);
	status = mm_pi_cpus_collect_untrusted(&facts->hobs, list, facts->cpu_count, &count, reterr);
	for (i = 0; status == MM_OK && i < count; i++)
		supv->cpus[i].apic_id = (uint32_t)list[i].processor_id;
	(void)mm_pages_free(supv->wiring->pages, region, mm_owner_supervisor()); /* ours: cannot be refused */
	return status;
}

enum mm_status mm_supv_cpus_init(struct mm_supv_state *supv, const struct mm_supv_facts *facts,
				 struct mm_refusal *reterr)
{
	uint64_t bytes = facts->cpu_count * sizeof(struct mm_supv_cpu);
	const uint8_t *smbase = mm_hal_mem_map(supv->wiring->mem, mm_pa(facts->pass_down.smbase_array),
					       facts->cpu_count * sizeof(uint64_t));
	struct mm_region region;
	enum mm_status status;
	uint32_t i;

	status = mm_supv_pages_get(supv, mm_pages_for(bytes), &region);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "per-CPU pages", 0, facts->cpu_count);
	supv->cpus = mm_hal_mem_map(supv->wiring->mem, mm_pa(region.base), region.bytes);
	supv->cpu_count = facts->cpu_count;
	for (i = 0; status == MM_OK && i < facts->cpu_count; i++)
		status = init_cpu(supv, facts, i, mm_load_u64(smbase + 8u * i), reterr);
	if (status == MM_OK)
		status = read_apic_ids(supv, facts, reterr);
	return status;
}

bool mm_supv_cpu_fits_stack(const struct mm_supv_cpu *cpu, uint64_t exit_rsp)
{
	return exit_rsp >= cpu->kernel_rsp && exit_rsp - cpu->kernel_rsp < ENTRY_FRAME_BYTES + EXIT_FRAME_BYTES + 16u;
}

enum mm_status mm_supv_cpus_seal(struct mm_supv_state *supv)
{
	enum mm_status status = MM_OK;
	struct mm_region page;
	uint64_t i;

	for (i = 0; status == MM_OK && i < supv->cpu_count; i++) {
		page = mm_region_create(supv->cpus[i].descriptors, MM_PAGE_BYTES);
		status = mm_supv_pages_protect(supv, page, MM_HAL_PAGE_R);
	}
	return status;
}
