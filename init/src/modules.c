/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "modules.h"

#include <stddef.h>

#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/base/guid.h"
#include "mm/pi/depex.h"

/* A file's content in MMRAM, out of reach of whoever can write the volume. */
struct scratch {
	struct mm_region pages;
	struct mm_pi_file file;
};

static enum mm_status copy_file(const struct mm_pi_file *file, struct mm_init_memory *memory,
				struct scratch *ret_scratch, struct mm_refusal *reterr)
{
	struct scratch s = { .file = *file };
	uint8_t *copy = NULL;
	enum mm_status status;

	if (file->body.count == 0)
		return mm_refuse(reterr, MM_E_TRUNCATED, "file", file->offset, 0);
	status = mm_init_memory_take(memory, mm_pages_for(file->body.count), mm_owner_supervisor(), &s.pages, &copy);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "memory for the file", file->offset, file->body.count);
	mm_bytes_copy(copy, file->body.data, file->body.count);
	s.file.body = mm_bytes(copy, file->body.count);
	*ret_scratch = s;
	return MM_OK;
}

static void copy_name(char ret_name[MM_PI_UI_NAME_BYTES], const char name[MM_PI_UI_NAME_BYTES])
{
	for (size_t i = 0; i < MM_PI_UI_NAME_BYTES; i++)
		ret_name[i] = name[i];
}

struct mm_owner mm_init_module_owner(enum mm_init_module_kind kind)
{
	return kind == MM_INIT_SUPERVISOR ? mm_owner_supervisor() : mm_owner_domain(0);
}

static bool is_known(const struct mm_init_modules *self, const struct mm_guid *guid)
{
	for (uint32_t i = 0; i < self->count; i++) {
		if (mm_guid_equal(&self->modules[i].guid, guid))
			return true;
	}
	return false;
}

static enum mm_status collect_runs(const struct mm_pi_pe_facts *facts, struct mm_init_module *module,
				   struct mm_refusal *reterr)
{
	struct mm_pi_pe_run run;

	module->run_count = 0;
	for (uint32_t i = 0; mm_pi_pe_run_at(facts, i, &run); i++) {
		if (i == MM_INIT_RUN_MAX)
			return mm_refuse(reterr, MM_E_LIMIT, "sections", 0, facts->section_count);
		module->runs[module->run_count++] = run;
	}
	return MM_OK;
}

/* In a loaded image: relocations can make such bytes. */
static enum mm_status check_code(const struct mm_pi_pe_facts *facts, struct mm_bytes loaded, struct mm_refusal *reterr)
{
	enum mm_pi_pe_forbidden kind = MM_PI_PE_RSM;
	uint32_t rva = 0;

	if (!mm_pi_pe_find_forbidden_code(facts, loaded, 0, &rva, &kind))
		return MM_OK;
	return mm_refuse(reterr, MM_E_INIT_FORBIDDEN_CODE, mm_pi_pe_forbidden_name(kind), rva,
			 kind == MM_PI_PE_RSM ? 0x0faau : 0x0f34u);
}

static enum mm_status load_checked(const struct mm_pi_pe_facts *facts, struct mm_bytes pe32, bool must_scan,
				   struct mm_init_module *module, uint8_t *image, struct mm_refusal *reterr)
{
	enum mm_status status = mm_pi_pe_load(facts, pe32, image, (size_t)module->image.bytes, module->image.base);

	if (status == MM_OK && must_scan)
		status = check_code(facts, mm_bytes(image, (size_t)module->image.bytes), reterr);
	return status;
}

static enum mm_status load_image(struct mm_bytes pe32, bool must_scan, struct mm_init_memory *memory,
				 struct mm_init_module *module, struct mm_refusal *reterr)
{
	struct mm_pi_pe_facts facts;
	uint8_t *image = NULL;
	enum mm_status status = mm_pi_pe_decode_untrusted(pe32, &facts, reterr);

	if (status == MM_OK)
		status = collect_runs(&facts, module, reterr);
	if (status != MM_OK)
		return status;
	status = mm_init_memory_take(memory, mm_pages_for(facts.load_bytes), mm_init_module_owner(module->kind),
				     &module->image, &image);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "memory for the image", 0, facts.load_bytes);
	status = load_checked(&facts, pe32, must_scan, module, image, reterr);
	if (status != MM_OK) {
		mm_init_memory_give_back(memory, module->image, mm_init_module_owner(module->kind));
		return status;
	}
	module->entry = module->image.base + facts.entry_rva;
	return MM_OK;
}

/* Checks a driver's depex and reserves room for it; the bytes are copied when nothing can fail any more. */
static enum mm_status check_depex(const struct mm_init_modules *self, const struct mm_pi_module *content,
				  struct mm_init_module *module, struct mm_refusal *reterr)
{
	struct mm_pi_depex depex;

	if (module->kind != MM_INIT_DRIVER)
		return MM_OK;
	if (!content->has_depex)
		return mm_refuse(reterr, MM_E_INIT_NO_DEPEX, "depex section", 0, 0);
	if (content->depex.count > sizeof(self->depex_bytes) - self->depex_used)
		return mm_refuse(reterr, MM_E_LIMIT, "size of the depex", 0, content->depex.count);
	module->depex_offset = self->depex_used;
	module->depex_count = (uint32_t)content->depex.count;
	return mm_pi_depex_check_untrusted(content->depex, &depex, reterr);
}

static void keep(struct mm_init_modules *self, const struct mm_init_module *module, struct mm_bytes depex)
{
	if (module->depex_count != 0)
		mm_bytes_copy(self->depex_bytes + module->depex_offset, depex.data, module->depex_count);
	self->depex_used += module->depex_count;
	self->modules[self->count++] = *module;
}

static enum mm_status load_file(struct mm_init_modules *self, const struct mm_pi_file *file, bool waives,
				struct mm_init_memory *memory, struct mm_init_module *module, struct mm_refusal *reterr)
{
	struct mm_pi_module content;
	enum mm_status status = mm_pi_module_decode_untrusted(file, &content, reterr);

	if (status != MM_OK)
		return status;
	if (content.ui_name[0] != '\0')
		copy_name(module->name, content.ui_name);
	status = check_depex(self, &content, module, reterr);
	if (status == MM_OK)
		status =
			load_image(content.pe32, module->kind != MM_INIT_SUPERVISOR && !waives, memory, module, reterr);
	if (status == MM_OK)
		keep(self, module, content.depex);
	return status;
}

enum mm_status mm_init_modules_load(struct mm_init_modules *self, const struct mm_pi_file *file,
				    enum mm_init_module_kind kind, bool waives_forbidden_code,
				    struct mm_init_memory *memory, char ret_name[MM_PI_UI_NAME_BYTES],
				    struct mm_refusal *reterr)
{
	struct mm_init_module module = { .guid = file->name, .kind = kind };
	struct scratch scratch = { .file = *file };
	enum mm_status status;

	mm_guid_print(&file->name, module.name);
	copy_name(ret_name, module.name);
	if (is_known(self, &file->name))
		return mm_refuse(reterr, MM_E_EXISTS, "file name", file->offset, 0);
	if (self->count == MM_INIT_MODULE_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of modules", file->offset, self->count);
	status = copy_file(file, memory, &scratch, reterr);
	if (status != MM_OK)
		return status;
	status = load_file(self, &scratch.file, waives_forbidden_code, memory, &module, reterr);
	mm_init_memory_give_back(memory, scratch.pages, mm_owner_supervisor());
	copy_name(ret_name, module.name);
	return status;
}
