/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/dispatch/volume.h"

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/fv.h"

bool mm_dispatch_finder_is_complete(const struct mm_dispatch_finder *finder)
{
	return finder != NULL && finder->ops != NULL && finder->ops->found != NULL;
}

static bool is_apriori(const struct mm_pi_file *file)
{
	return file->type == MM_FFS_TYPE_FREEFORM && mm_guid_equal(&file->name, &mm_guid_ffs_apriori);
}

/* The GUIDs of an a-priori file, one behind the other. */
static enum mm_status decode_apriori(const struct mm_pi_file *file, struct mm_bytes *ret_guids,
				     struct mm_refusal *reterr)
{
	struct mm_pi_section section;

	if (mm_pi_section_find(file->body, MM_SECTION_RAW, &section, NULL) != MM_OK)
		return mm_refuse(reterr, MM_E_DISPATCH_APRIORI, "apriori.section", file->offset, file->type);
	if (section.body.count % MM_GUID_BYTES != 0)
		return mm_refuse(reterr, MM_E_DISPATCH_APRIORI, "apriori.bytes", file->offset, section.body.count);
	*ret_guids = section.body;
	return MM_OK;
}

/* Walks all files before any is used, and finds the a-priori list. */
static enum mm_status survey(const struct mm_pi_fv *fv, struct mm_bytes *ret_apriori, struct mm_refusal *reterr)
{
	struct mm_pi_file_iter iter = mm_pi_file_iter(fv);
	struct mm_bytes apriori = { NULL, 0 };
	struct mm_pi_file file;
	bool has_apriori = false;
	enum mm_status status;

	while ((status = mm_pi_file_next(&iter, &file, reterr)) == MM_OK) {
		if (!is_apriori(&file))
			continue;
		if (has_apriori)
			return mm_refuse(reterr, MM_E_DISPATCH_APRIORI, "apriori.count", file.offset, 2);
		status = decode_apriori(&file, &apriori, reterr);
		if (status != MM_OK)
			return status;
		has_apriori = true;
	}
	*ret_apriori = apriori;
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

/* True if the refusal is about the driver, not about the dispatcher's means. */
static bool is_drivers_fault(const struct mm_dispatch_found *found)
{
	return found->status == MM_E_EXISTS || found->refusal.field != NULL;
}

static void add_file(struct mm_dispatch *self, const struct mm_pi_file *file, struct mm_dispatch_found *found,
		     struct mm_pi_module *module)
{
	found->guid = file->name;
	found->offset = file->offset;
	found->refusal = (struct mm_refusal){ NULL, 0, 0 };
	found->module = NULL;
	found->status = mm_pi_module_decode_untrusted(file, module, &found->refusal);
	if (found->status == MM_OK) {
		const struct mm_dispatch_module driver = { found->id, file->name, module->depex };

		found->refusal = (struct mm_refusal){ NULL, 0, 0 }; /* a walk that came to its end may have left one */
		found->module = module;
		found->status = mm_dispatch_add(self, &driver, &found->refusal);
	}
}

static enum mm_status add_drivers(struct mm_dispatch *self, const struct mm_pi_fv *fv, uint64_t first_id,
				  struct mm_dispatch_finder *finder, struct mm_dispatch_volume *volume)
{
	struct mm_pi_file_iter iter = mm_pi_file_iter(fv);
	struct mm_dispatch_found found = { .id = first_id };
	struct mm_pi_module module;
	struct mm_pi_file file;

	for (; mm_pi_file_next_type(&iter, MM_FFS_TYPE_MM_STANDALONE, &file, NULL) == MM_OK; found.id++) {
		add_file(self, &file, &found, &module);
		finder->ops->found(finder, &found);
		if (found.status == MM_OK)
			volume->driver_count++;
		else if (is_drivers_fault(&found))
			volume->refused_count++;
		else
			return found.status;
	}
	return MM_OK;
}

enum mm_status mm_dispatch_add_volume_untrusted(struct mm_dispatch *self, struct mm_bytes volume, uint64_t first_id,
						struct mm_dispatch_finder *finder,
						struct mm_dispatch_volume *ret_volume, struct mm_refusal *reterr)
{
	struct mm_dispatch_volume counts = { 0, 0, 0 };
	struct mm_bytes apriori;
	struct mm_pi_fv fv;
	enum mm_status status;
	size_t i;

	if (!mm_dispatch_finder_is_complete(finder))
		return MM_E_INVALID;
	status = mm_pi_fv_check_untrusted(volume, &fv, reterr);
	if (status == MM_OK)
		status = survey(&fv, &apriori, reterr);
	if (status == MM_OK)
		status = add_drivers(self, &fv, first_id, finder, &counts);
	if (status != MM_OK)
		return status;
	for (i = 0; i < apriori.count; i += MM_GUID_BYTES) {
		const struct mm_guid guid = mm_guid_load(apriori.data + i);

		counts.apriori_count += (uint32_t)mm_dispatch_add_apriori(self, &guid, 1);
	}
	*ret_volume = counts;
	return MM_OK;
}
