/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "volume.h"

#include <stddef.h>

#include "log.h"
#include "machine.h"
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/pi/pe.h"
#include "mm/pi/section.h"
#include "text.h"

static enum mm_status explain(enum mm_status status, const char *what, const struct mm_refusal *refusal)
{
	if (status != MM_OK)
		mm_q35_log("%s refused: %s: %s at %llx (%llx)", what, mm_status_text(status), refusal->field,
			   refusal->offset, refusal->value);
	return status;
}

enum mm_status mm_q35_volume_open(struct mm_q35_machine *machine)
{
	struct mm_refusal refusal = { "volume", 0, 0 };
	struct mm_bytes bytes = mm_bytes((const void *)(uintptr_t)machine->rom.base, machine->rom.bytes);

	return explain(mm_pi_fv_check_untrusted(bytes, &machine->volume, &refusal), "the volume", &refusal);
}

static enum mm_status find_init(struct mm_q35_machine *machine, struct mm_pi_file *ret_file,
				struct mm_pi_module *ret_module)
{
	struct mm_refusal refusal = { "file", 0, 0 };
	struct mm_pi_file_iter iter = mm_pi_file_iter(&machine->volume);
	enum mm_status status = mm_pi_file_next_type(&iter, MM_FFS_TYPE_MM_CORE_STANDALONE, ret_file, &refusal);

	if (status == MM_OK)
		status = mm_pi_module_decode_untrusted(ret_file, ret_module, &refusal);
	return explain(status, "the file of init", &refusal);
}

enum mm_status mm_q35_volume_load_init(struct mm_q35_machine *machine, struct mm_q35_init_image *ret_image)
{
	struct mm_refusal refusal = { "image", 0, 0 };
	struct mm_region tseg = machine->memory.tseg;
	struct mm_pi_pe_facts facts;
	struct mm_pi_module module;
	struct mm_pi_file file;
	struct mm_region region;
	enum mm_status status = find_init(machine, &file, &module);

	if (status == MM_OK)
		status = explain(mm_pi_pe_decode_untrusted(module.pe32, &facts, &refusal), "init's image", &refusal);
	if (status != MM_OK)
		return status;
	if (facts.image_bytes > tseg.bytes / 2)
		return MM_E_NO_MEMORY;
	region = mm_region_create(mm_region_end(tseg) - facts.image_bytes, facts.image_bytes);
	status = mm_pi_pe_load(&facts, module.pe32, (uint8_t *)(uintptr_t)region.base, region.bytes, region.base);
	if (status != MM_OK)
		return status;
	ret_image->region = region;
	ret_image->entry = region.base + facts.entry_rva;
	ret_image->name = file.name;
	mm_q35_log("init (%s) at %llx, %u KiB", module.ui_name, region.base, facts.image_bytes >> 10);
	return MM_OK;
}

bool mm_q35_volume_has_module(const struct mm_q35_machine *machine, const struct mm_guid *name, const char *ui_name)
{
	struct mm_pi_module module;
	struct mm_pi_file file;

	return mm_pi_fv_find_file(&machine->volume, name, &file, NULL) == MM_OK &&
	       mm_pi_module_decode_untrusted(&file, &module, NULL) == MM_OK &&
	       mm_q35_text_equal(module.ui_name, ui_name);
}
