/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "volume.h"

#include <stddef.h>

#include "log.h"
#include "mm/abi/fv.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/hal/mem.h"

static const char *const kind_names[] = {
	[MM_INIT_SUPERVISOR] = "supervisor",
	[MM_INIT_USER_CORE] = "user core",
	[MM_INIT_DRIVER] = "driver",
};

/* Which kind of module a file is; false for what MM has no use for. */
static bool kind_of(const struct mm_pi_file *file, enum mm_init_module_kind *ret_kind)
{
	if (file->type == MM_FFS_TYPE_MM_STANDALONE) {
		*ret_kind = MM_INIT_DRIVER;
		return true;
	}
	if (file->type != MM_FFS_TYPE_MM_CORE_STANDALONE)
		return false;
	if (mm_guid_equal(&file->name, &mm_guid_supv_core)) {
		*ret_kind = MM_INIT_SUPERVISOR;
		return true;
	}
	*ret_kind = MM_INIT_USER_CORE;
	return mm_guid_equal(&file->name, &mm_guid_supv_user);
}

static enum mm_status index_file(struct mm_init_volume *volume, const struct mm_pi_file *file,
				 struct mm_refusal *reterr)
{
	enum mm_init_module_kind kind;

	if (file->type == MM_FFS_TYPE_FREEFORM && mm_guid_equal(&file->name, &mm_guid_supv_policy_file)) {
		if (volume->has_policy)
			return mm_refuse(reterr, MM_E_EXISTS, "policy file", file->offset, 0);
		volume->has_policy = true;
		volume->policy = *file;
		return MM_OK;
	}
	if (!kind_of(file, &kind))
		return MM_OK;
	if (volume->file_count == MM_INIT_MODULE_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "number of modules", file->offset, volume->file_count);
	volume->files[volume->file_count++] = (struct mm_init_file){ *file, kind };
	return MM_OK;
}

static enum mm_status index_region(struct mm_init_volume *volume, struct mm_hal_mem *mem, struct mm_region region,
				   struct mm_refusal *reterr)
{
	const void *bytes = mm_hal_mem_map(mem, mm_pa(region.base), region.bytes);
	struct mm_pi_file_iter iter;
	struct mm_pi_file file;
	struct mm_pi_fv fv;
	enum mm_status status;

	if (bytes == NULL)
		return mm_refuse(reterr, MM_E_FAULT, "volume", 0, region.base);
	status = mm_pi_fv_check_untrusted(mm_bytes(bytes, (size_t)region.bytes), &fv, reterr);
	if (status != MM_OK)
		return status;
	iter = mm_pi_file_iter(&fv);
	while ((status = mm_pi_file_next(&iter, &file, reterr)) == MM_OK) {
		status = index_file(volume, &file, reterr);
		if (status != MM_OK)
			return status;
	}
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

static bool has_kind(const struct mm_init_volume *volume, enum mm_init_module_kind kind)
{
	for (uint32_t i = 0; i < volume->file_count; i++) {
		if (volume->files[i].kind == kind)
			return true;
	}
	return false;
}

enum mm_status mm_init_volume_index(const struct mm_init_handoff *handoff, struct mm_hal_mem *mem,
				    struct mm_init_volume *ret_volume, struct mm_refusal *reterr)
{
	enum mm_status status = MM_OK;

	ret_volume->has_policy = false;
	ret_volume->file_count = 0;
	for (uint32_t i = 0; i < handoff->volume_count && status == MM_OK; i++)
		status = index_region(ret_volume, mem, handoff->volumes[i], reterr);
	if (status != MM_OK)
		return status;
	if (!ret_volume->has_policy)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "policy file", 0, 0);
	if (!has_kind(ret_volume, MM_INIT_SUPERVISOR))
		return mm_refuse(reterr, MM_E_INIT_MISSING, kind_names[MM_INIT_SUPERVISOR], 0, 0);
	if (!has_kind(ret_volume, MM_INIT_USER_CORE))
		return mm_refuse(reterr, MM_E_INIT_MISSING, kind_names[MM_INIT_USER_CORE], 0, 0);
	return MM_OK;
}

enum mm_status mm_init_volume_load_policy(const struct mm_init_volume *self, const struct mm_init_handoff *handoff,
					  struct mm_init_memory *memory, struct mm_init_policy *policy,
					  struct mm_refusal *reterr)
{
	struct mm_pi_section section;
	enum mm_status status = mm_pi_section_find(self->policy.body, MM_SECTION_RAW, &section, reterr);

	if (status == MM_E_NOT_FOUND)
		return mm_refuse(reterr, MM_E_INIT_MISSING, "RAW section of the policy file", self->policy.offset, 0);
	if (status != MM_OK)
		return status;
	return mm_init_policy_accept(policy, section.body, handoff, memory, reterr);
}

static enum mm_status load_file(const struct mm_init_file *file, struct mm_init_memory *memory,
				const struct mm_init_policy *policy, struct mm_hal_console *console,
				struct mm_init_modules *modules, struct mm_refusal *reterr)
{
	struct mm_refusal refusal = { NULL, 0, 0 };
	char name[MM_PI_UI_NAME_BYTES];
	enum mm_status status = mm_init_modules_load(modules, &file->file, file->kind, policy->waives_forbidden_code,
						     memory, name, &refusal);

	if (status == MM_OK) {
		mm_init_log(console, "%s %s at 0x%llx", kind_names[file->kind], name,
			    (unsigned long long)modules->modules[modules->count - 1u].image.base);
		return MM_OK;
	}
	if (file->kind == MM_INIT_DRIVER) {
		mm_init_log_refusal(console, name, status, &refusal);
		return MM_OK;
	}
	if (reterr != NULL)
		*reterr = refusal;
	return status;
}

enum mm_status mm_init_volume_load_modules(const struct mm_init_volume *self, struct mm_init_memory *memory,
					   const struct mm_init_policy *policy, struct mm_hal_console *console,
					   struct mm_init_modules *modules, struct mm_refusal *reterr)
{
	static const enum mm_init_module_kind order[] = { MM_INIT_SUPERVISOR, MM_INIT_USER_CORE, MM_INIT_DRIVER };
	enum mm_status status = MM_OK;

	for (size_t pass = 0; pass < MM_ARRAY_COUNT(order); pass++) {
		for (uint32_t i = 0; i < self->file_count && status == MM_OK; i++) {
			if (self->files[i].kind == order[pass])
				status = load_file(&self->files[i], memory, policy, console, modules, reterr);
		}
	}
	return status;
}
