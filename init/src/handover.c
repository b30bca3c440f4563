/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handover.h"

#include <stdbool.h>
#include <stddef.h>

#include "mm/abi/hob.h"
#include "mm/abi/init_facts.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/hal/mem.h"
#include "mm/pi/hob_writer.h"

/* A GUID HOB with a payload of `n` bytes. */
#define GUID_HOB_BYTES(n) (sizeof(struct mm_hob_guid) + (((n) + 7u) & ~(uint64_t)7u))
#define MMRAM_PAYLOAD_MAX (sizeof(struct mm_hob_mmram) + MM_PI_MMRAM_COUNT_MAX * sizeof(struct mm_hob_mmram_descriptor))

static uint64_t count_bytes_max(const struct mm_init_handoff *handoff, const struct mm_init_modules *modules)
{
	uint64_t bytes = handoff->list.bytes.count + GUID_HOB_BYTES(MMRAM_PAYLOAD_MAX) +
			 GUID_HOB_BYTES(sizeof(struct mm_hob_pass_down)) + GUID_HOB_BYTES(sizeof(struct mm_init_facts));

	for (uint32_t i = 0; i < modules->count; i++)
		bytes += sizeof(struct mm_hob_module) +
			 GUID_HOB_BYTES(sizeof(struct mm_hob_depex) + modules->modules[i].depex_count);
	return bytes;
}

enum mm_status mm_init_handover_reserve(const struct mm_init_handoff *handoff, const struct mm_init_modules *modules,
					struct mm_init_memory *memory, struct mm_region *ret_pages)
{
	return mm_init_memory_take(memory, mm_pages_for(count_bytes_max(handoff, modules)), mm_owner_supervisor(),
				   ret_pages, NULL);
}

/* What init writes itself, or what says nothing. */
static bool is_replaced(const struct mm_pi_hob *hob)
{
	if (hob->type == MM_HOB_TYPE_HANDOFF || hob->type == MM_HOB_TYPE_UNUSED)
		return true;
	if (mm_pi_hob_is_mm_module(hob))
		return true;
	if (hob->type != MM_HOB_TYPE_GUID_EXTENSION)
		return false;
	return mm_guid_equal(&hob->u.guid.name, &mm_guid_mmram_hob) ||
	       mm_guid_equal(&hob->u.guid.name, &mm_guid_mmram_reserve_hob) ||
	       mm_guid_equal(&hob->u.guid.name, &mm_guid_supv_pass_down_hob) ||
	       mm_guid_equal(&hob->u.guid.name, &mm_guid_supv_depex_hob) ||
	       mm_guid_equal(&hob->u.guid.name, &mm_guid_init_facts_hob);
}

static enum mm_status add_copies(struct mm_pi_hob_writer *writer, const struct mm_pi_hob_list *list)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);
	struct mm_pi_hob hob;
	enum mm_status status = MM_OK;

	while (status == MM_OK && mm_pi_hob_next(&iter, &hob)) {
		if (!is_replaced(&hob))
			status = mm_pi_hob_add_copy(writer, &hob);
	}
	return status;
}

static enum mm_status add_mmram(struct mm_pi_hob_writer *writer, struct mm_init_handover *self,
				struct mm_init_memory *memory)
{
	enum mm_status status =
		mm_init_memory_list(memory, self->handoff, self->mmram, MM_PI_MMRAM_COUNT_MAX, &self->mmram_count);

	if (status != MM_OK)
		return status;
	return mm_pi_hob_add_mmram(writer, self->mmram, self->mmram_count);
}

static enum mm_status add_modules(struct mm_pi_hob_writer *writer, const struct mm_init_modules *modules)
{
	enum mm_status status = MM_OK;

	for (uint32_t i = 0; i < modules->count && status == MM_OK; i++) {
		const struct mm_init_module *module = &modules->modules[i];

		status = mm_pi_hob_add_module(writer, &mm_guid_supv_module_hob, module->image, &module->guid,
					      module->entry);
		if (status == MM_OK && module->kind == MM_INIT_DRIVER)
			status = mm_pi_hob_add_depex(
				writer, &module->guid,
				mm_bytes(modules->depex_bytes + module->depex_offset, module->depex_count));
	}
	return status;
}

static enum mm_status add_pass_down(struct mm_pi_hob_writer *writer, const struct mm_init_handover *self)
{
	const struct mm_pi_pass_down pass_down = {
		.user_stack_base = self->processors->user_stacks.base,
		.user_stack_bytes_per_cpu = MM_INIT_USER_STACK_PAGES * MM_PAGE_BYTES,
		.smbase_array = self->processors->smbase_pages.base,
		.initialized_array = self->processors->initialized_pages.base,
		.policy = mm_region_create(self->policy->pages.base, self->policy->bytes),
		.mmi_entry_bytes = self->mmi_entry_bytes,
	};

	return mm_pi_hob_add_pass_down(writer, &pass_down);
}

static enum mm_status add_facts(struct mm_pi_hob_writer *writer, const struct mm_init_handover *self)
{
	const struct mm_init_facts facts = {
		.revision = MM_INIT_FACTS_REVISION,
		.cpu_count = self->processors->count,
		.tsc_hz = self->tsc_hz,
		.init_image_base = self->handoff->image.base,
		.init_image_bytes = self->handoff->image.bytes,
		.missing_protections = self->missing_protections,
	};

	return mm_pi_hob_add_guid(writer, &mm_guid_init_facts_hob, mm_bytes(&facts, sizeof(facts)));
}

static enum mm_status add_all(struct mm_pi_hob_writer *writer, struct mm_init_handover *self,
			      struct mm_init_memory *memory)
{
	enum mm_status status = add_copies(writer, &self->handoff->list);

	if (status == MM_OK)
		status = add_mmram(writer, self, memory);
	if (status == MM_OK)
		status = add_modules(writer, self->modules);
	if (status == MM_OK)
		status = add_pass_down(writer, self);
	if (status == MM_OK)
		status = add_facts(writer, self);
	return status;
}

static uint32_t boot_mode_of(const struct mm_pi_hob_list *list)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(list);
	struct mm_pi_hob hob;

	/* A checked list begins with its hand-off HOB. */
	return mm_pi_hob_next(&iter, &hob) ? hob.u.handoff.boot_mode : 0;
}

enum mm_status mm_init_handover_write(struct mm_init_handover *self, struct mm_init_memory *memory,
				      struct mm_hal_mem *mem, struct mm_region pages)
{
	struct mm_pi_hob_writer writer;
	size_t bytes = 0;
	void *buffer = mm_hal_mem_map(mem, mm_pa(pages.base), pages.bytes);
	enum mm_status status;

	if (buffer == NULL)
		return MM_E_FAULT;
	status = mm_pi_hob_writer_init(&writer, buffer, (size_t)pages.bytes, pages.base,
				       boot_mode_of(&self->handoff->list));
	if (status == MM_OK)
		status = add_all(&writer, self, memory);
	if (status == MM_OK)
		status = mm_pi_hob_writer_finish(&writer, &bytes);
	if (status == MM_OK)
		self->list_bytes = bytes;
	return status;
}
