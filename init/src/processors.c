/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "processors.h"

#include <stddef.h>

#include "descriptors.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/hal/mem.h"

#define GUARD_PAGES	 1u
#define DESCRIPTOR_PAGES 1u
#define BLOCK_PAGES	 (GUARD_PAGES + MM_INIT_STACK_PAGES + DESCRIPTOR_PAGES)
#define STACK_END	 ((GUARD_PAGES + MM_INIT_STACK_PAGES) * MM_PAGE_BYTES) /* in the block */
#define INDEX_SLOT	 (STACK_END - 16u)				       /* 16-byte aligned */

struct mm_region mm_init_processors_guard(const struct mm_init_processors *self, uint32_t cpu)
{
	return mm_region_create(self->blocks[cpu].base, GUARD_PAGES * MM_PAGE_BYTES);
}

struct mm_region mm_init_processors_descriptors(const struct mm_init_processors *self, uint32_t cpu)
{
	return mm_region_create(self->blocks[cpu].base + STACK_END, DESCRIPTOR_PAGES * MM_PAGE_BYTES);
}

uint64_t mm_init_processors_stack(const struct mm_init_processors *self, uint32_t cpu)
{
	return self->blocks[cpu].base + INDEX_SLOT;
}

static enum mm_status prepare_block(struct mm_init_processors *self, uint32_t cpu, struct mm_init_memory *memory)
{
	uint8_t *block = NULL;
	enum mm_status status =
		mm_init_memory_take(memory, BLOCK_PAGES, mm_owner_supervisor(), &self->blocks[cpu], &block);

	if (status != MM_OK)
		return status;
	mm_store_u64(block + INDEX_SLOT, cpu);
	mm_init_descriptors_write(block + STACK_END, mm_init_processors_descriptors(self, cpu).base,
				  mm_init_processors_stack(self, cpu));
	return MM_OK;
}

static enum mm_status prepare_arrays(struct mm_init_processors *self, const struct mm_init_handoff *handoff,
				     struct mm_init_memory *memory)
{
	uint8_t *bytes = NULL;
	enum mm_status status;

	status = mm_init_memory_take(memory, mm_pages_for(self->count * sizeof(uint64_t)), mm_owner_supervisor(),
				     &self->smbase_pages, &bytes);
	if (status != MM_OK)
		return status;
	for (uint32_t i = 0; i < self->count; i++)
		mm_store_u64(bytes + i * sizeof(uint64_t), handoff->smbase[i]);
	status = mm_init_memory_take(memory, mm_pages_for(self->count), mm_owner_supervisor(), &self->initialized_pages,
				     &bytes);
	if (status == MM_OK)
		self->initialized = bytes;
	return status;
}

enum mm_status mm_init_processors_prepare(struct mm_init_processors *self, const struct mm_init_handoff *handoff,
					  struct mm_init_memory *memory)
{
	enum mm_status status = MM_OK;

	self->count = handoff->cpu_count;
	for (uint32_t i = 0; i < self->count && status == MM_OK; i++)
		status = prepare_block(self, i, memory);
	if (status == MM_OK)
		status = prepare_arrays(self, handoff, memory);
	if (status != MM_OK)
		return status;
	return mm_init_memory_take(memory, (uint64_t)self->count * MM_INIT_USER_STACK_PAGES, mm_owner_domain(0),
				   &self->user_stacks, NULL);
}

enum mm_status mm_init_processors_install(const struct mm_init_processors *self, const struct mm_init_handoff *handoff,
					  const struct mm_init_mmi_template *entry,
					  const struct mm_init_mmi_values *common, struct mm_hal_mem *mem)
{
	struct mm_init_mmi_values values = *common;

	for (uint32_t i = 0; i < self->count; i++) {
		uint64_t descriptors = mm_init_processors_descriptors(self, i).base;
		uint8_t *page = mm_hal_mem_map(mem, mm_pa(mm_init_handoff_entry_page(handoff, i).base), MM_PAGE_BYTES);

		if (page == NULL)
			return MM_E_FAULT;
		values.gdtr = (uint32_t)(descriptors + MM_INIT_GDTR_OFFSET);
		values.idtr = descriptors + MM_INIT_IDTR_OFFSET;
		values.stack = (uint32_t)mm_init_processors_stack(self, i);
		values.smbase = (uint32_t)handoff->smbase[i];
		mm_bytes_fill(page, 0, MM_PAGE_BYTES);
		mm_init_mmi_entry_write(entry, &values, page);
	}
	return MM_OK;
}

void mm_init_processors_disarm(const struct mm_init_handoff *handoff, struct mm_hal_mem *mem)
{
	static const uint8_t rsm[] = { 0x0f, 0xaa };

	for (uint32_t i = 0; i < handoff->cpu_count; i++) {
		uint8_t *page = mm_hal_mem_map(mem, mm_pa(mm_init_handoff_entry_page(handoff, i).base), MM_PAGE_BYTES);

		if (page == NULL)
			continue;
		mm_bytes_fill(page, 0, MM_PAGE_BYTES);
		mm_bytes_copy(page, rsm, sizeof(rsm));
	}
}
