/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tables.h"

#include <stdbool.h>
#include <stddef.h>

#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "mm/hal/lapic.h"
#include "mm/hal/mem.h"

#define LEVELS 4u

static struct mm_init_tables *tables_of(struct mm_hal_pagetable *pagetable)
{
	return MM_CONTAINER_OF(pagetable, struct mm_init_tables, pagetable);
}

static enum mm_status get_page(struct mm_hal_pagetable *pagetable, struct mm_pa *ret_page)
{
	struct mm_region region;
	enum mm_status status =
		mm_init_memory_take(tables_of(pagetable)->memory, 1, mm_owner_supervisor(), &region, NULL);

	if (status == MM_OK)
		*ret_page = mm_pa(region.base);
	return status;
}

static void put_page(struct mm_hal_pagetable *pagetable, struct mm_pa page)
{
	mm_init_memory_give_back(tables_of(pagetable)->memory, mm_region_create(page.v, MM_PAGE_BYTES),
				 mm_owner_supervisor());
}

static const uint64_t *map_table(struct mm_hal_pagetable *pagetable, struct mm_pa page)
{
	return mm_hal_mem_map(tables_of(pagetable)->mem, page, MM_PAGE_BYTES);
}

static void write_entry(struct mm_hal_pagetable *pagetable, const uint64_t *entry, uint64_t value)
{
	/* Nothing is write-protected yet: init runs on the page tables of its caller. */
	*(uint64_t *)(uintptr_t)entry = value;
}

static const struct mm_hal_pagetable_ops pagetable_ops = {
	.get_page = get_page,
	.put_page = put_page,
	.map_table = map_table,
	.write_entry = write_entry,
};

/* One to one, in 4 KiB leaves, so that a later change of rights needs no memory. */
static enum mm_status map(struct mm_init_tables *self, struct mm_region range, uint32_t attributes)
{
	const struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = range,
		.pa = mm_pa(range.base),
		.attributes = attributes,
		.small_only = true,
	};

	return mm_hal_pagetable_apply(&self->pagetable, &change);
}

static enum mm_status protect(struct mm_init_tables *self, struct mm_region range, uint32_t attributes)
{
	return mm_hal_pagetable_protect(&self->pagetable, range, attributes);
}

static enum mm_status map_mmram(struct mm_init_tables *self, const struct mm_init_handoff *handoff)
{
	enum mm_status status = MM_OK;

	for (uint32_t i = 0; i < handoff->mmram_count && status == MM_OK; i++)
		status = map(self, handoff->mmram[i].region, MM_HAL_PAGE_RW);
	return status;
}

static enum mm_status map_channel(struct mm_init_tables *self, const struct mm_init_channel *channel)
{
	enum mm_status status;

	if (!channel->exists)
		return MM_OK;
	status = map(self, channel->buffer, MM_HAL_PAGE_RW);
	if (status == MM_OK)
		status = map(self, channel->status, MM_HAL_PAGE_RW);
	return status;
}

static enum mm_status map_outside(struct mm_init_tables *self, const struct mm_init_handoff *handoff)
{
	enum mm_status status =
		map(self, mm_region_create(MM_HAL_LAPIC_BASE, MM_PAGE_BYTES), MM_HAL_PAGE_RW | MM_HAL_PAGE_UNCACHED);

	if (status == MM_OK)
		status = map_channel(self, &handoff->user);
	if (status == MM_OK)
		status = map_channel(self, &handoff->supervisor);
	for (uint32_t i = 0; i < handoff->unblocked_count && status == MM_OK; i++) {
		const struct mm_init_unblocked *unblocked = &handoff->unblocked[i];

		status = map(self, unblocked->region,
			     MM_HAL_PAGE_RW | (unblocked->is_supervisor ? 0u : MM_HAL_PAGE_USER));
	}
	return status;
}

static enum mm_status map_mmio(struct mm_init_tables *self, const struct mm_init_policy *policy)
{
	enum mm_status status = MM_OK;

	for (uint32_t i = 0; i < policy->mmio_count && status == MM_OK; i++) {
		uint32_t right = policy->mmio[i].is_writable ? MM_HAL_PAGE_RW : MM_HAL_PAGE_R;

		status = map(self, policy->mmio[i].region, right | MM_HAL_PAGE_USER | MM_HAL_PAGE_UNCACHED);
	}
	return status;
}

static enum mm_status protect_processors(struct mm_init_tables *self, const struct mm_init_layout *layout)
{
	const struct mm_init_processors *processors = layout->processors;
	enum mm_status status = protect(self, processors->smbase_pages, MM_HAL_PAGE_R);

	if (status == MM_OK)
		status = protect(self, processors->user_stacks, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	for (uint32_t i = 0; i < processors->count && status == MM_OK; i++) {
		status = protect(self, mm_init_handoff_entry_page(layout->handoff, i), MM_HAL_PAGE_RX);
		if (status == MM_OK)
			status = protect(self, mm_init_processors_descriptors(processors, i), MM_HAL_PAGE_R);
		if (status == MM_OK)
			status = mm_hal_pagetable_unmap(&self->pagetable, mm_init_processors_guard(processors, i));
	}
	return status;
}

static uint32_t run_attributes(const struct mm_init_module *module, const struct mm_pi_pe_run *run)
{
	uint32_t attributes = module->kind == MM_INIT_SUPERVISOR ? 0u : MM_HAL_PAGE_USER;

	if ((run->access & (MM_PI_PE_READ | MM_PI_PE_WRITE | MM_PI_PE_EXECUTE)) != 0)
		attributes |= MM_HAL_PAGE_PRESENT;
	if ((run->access & MM_PI_PE_WRITE) != 0)
		attributes |= MM_HAL_PAGE_WRITE;
	if ((run->access & MM_PI_PE_EXECUTE) != 0)
		attributes |= MM_HAL_PAGE_EXECUTE;
	return attributes;
}

static enum mm_status map_image(struct mm_init_tables *self, const struct mm_init_module *module)
{
	enum mm_status status = mm_hal_pagetable_unmap(&self->pagetable, module->image);

	for (uint32_t i = 0; i < module->run_count && status == MM_OK; i++) {
		const struct mm_pi_pe_run *run = &module->runs[i];
		uint32_t attributes = run_attributes(module, run);

		if ((attributes & MM_HAL_PAGE_PRESENT) != 0)
			status = map(self, mm_region_create(module->image.base + run->rva, run->bytes), attributes);
	}
	return status;
}

static enum mm_status map_images(struct mm_init_tables *self, const struct mm_init_modules *modules)
{
	enum mm_status status = MM_OK;

	for (uint32_t i = 0; i < modules->count && status == MM_OK; i++)
		status = map_image(self, &modules->modules[i]);
	return status;
}

static enum mm_status protect_table(void *context, struct mm_pa page)
{
	return protect(context, mm_region_create(page.v, MM_PAGE_BYTES), MM_HAL_PAGE_R);
}

/* Last of all: every leaf exists by now, so this needs no further table. */
static enum mm_status protect_tables(struct mm_init_tables *self)
{
	mm_hal_pagetable_flushed(&self->pagetable);
	return mm_hal_pagetable_walk_tables(&self->pagetable, protect_table, self);
}

enum mm_status mm_init_tables_build(struct mm_init_tables *self, const struct mm_init_layout *layout,
				    struct mm_init_memory *memory, struct mm_hal_mem *mem)
{
	const struct mm_hal_pagetable_config config = {
		.ops = &pagetable_ops,
		.levels = LEVELS,
		.pa_bits = layout->pa_bits,
		.can_execute_disable = true,
	};
	enum mm_status status;

	self->memory = memory;
	self->mem = mem;
	status = mm_hal_pagetable_init(&config, &self->pagetable);
	if (status == MM_OK)
		status = map_mmram(self, layout->handoff);
	if (status == MM_OK)
		status = map_outside(self, layout->handoff);
	if (status == MM_OK)
		status = map_mmio(self, layout->policy);
	if (status == MM_OK)
		status = map_images(self, layout->modules);
	if (status == MM_OK)
		status = protect_processors(self, layout);
	if (status == MM_OK)
		status = protect(self, layout->policy->pages, MM_HAL_PAGE_R);
	if (status == MM_OK)
		status = protect(self, layout->hob_list, MM_HAL_PAGE_R);
	if (status == MM_OK)
		status = protect_tables(self);
	return status;
}
