/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pi_drive.h"

#include <stdlib.h>

#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/depex.h"
#include "mm/pi/fv.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"
#include "mm/pi/pe.h"
#include "mm/pi/section.h"

/* A payload decoder with its result thrown away. */
struct payload_row {
	const struct mm_guid *name;
	enum mm_status (*drive)(struct mm_bytes payload, struct mm_refusal *reterr);
};

static enum mm_status drive_mmram(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_mmram_list list;
	enum mm_status status = mm_pi_mmram_decode_untrusted(payload, &list, reterr);
	uint32_t i;

	for (i = 0; status == MM_OK && i < list.count; i++) {
		if (mm_region_is_empty(mm_pi_mmram_at(&list, i).region))
			abort();
	}
	return status;
}

static enum mm_status drive_mmram_one(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_mmram mmram;

	return mm_pi_mmram_one_decode_untrusted(payload, &mmram, reterr);
}

static enum mm_status drive_comm_buffer(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_channel channel;

	return mm_pi_comm_buffer_decode_untrusted(payload, &channel, reterr);
}

static enum mm_status drive_common_region(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_channel channel;

	return mm_pi_common_region_decode_untrusted(payload, &channel, reterr);
}

static enum mm_status drive_protected_region(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_region region;

	return mm_pi_protected_region_decode_untrusted(payload, &region, reterr);
}

static enum mm_status drive_unblock(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_unblock unblock;

	return mm_pi_unblock_decode_untrusted(payload, &unblock, reterr);
}

static enum mm_status drive_sync_config(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_cpu_sync_config config;

	return mm_pi_cpu_sync_config_decode_untrusted(payload, &config, reterr);
}

static enum mm_status drive_flag(struct mm_bytes payload, struct mm_refusal *reterr)
{
	bool flag;

	return mm_pi_flag_decode_untrusted(payload, &flag, reterr);
}

static enum mm_status drive_pass_down(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_pass_down pass_down;

	return mm_pi_pass_down_decode_untrusted(payload, &pass_down, reterr);
}

static enum mm_status drive_depex_hob(struct mm_bytes payload, struct mm_refusal *reterr)
{
	struct mm_pi_depex_hob depex;
	enum mm_status status = mm_pi_depex_hob_decode_untrusted(payload, &depex, reterr);

	return status == MM_OK ? pi_drive_depex(depex.depex, reterr) : status;
}

static enum mm_status drive_payload(const struct mm_guid *name, struct mm_bytes payload, struct mm_refusal *reterr)
{
	static const struct payload_row rows[] = {
		{ &mm_guid_mmram_hob, drive_mmram },
		{ &mm_guid_mmram_reserve_hob, drive_mmram },
		{ &mm_guid_mseg_hob, drive_mmram_one },
		{ &mm_guid_acpi_variable_hob, drive_mmram_one },
		{ &mm_guid_comm_buffer_hob, drive_comm_buffer },
		{ &mm_guid_supv_common_region_hob, drive_common_region },
		{ &mm_guid_supv_protected_region_hob, drive_protected_region },
		{ &mm_guid_supv_unblock_region_hob, drive_unblock },
		{ &mm_guid_cpu_sync_config_hob, drive_sync_config },
		{ &mm_guid_acpi_s3_enable_hob, drive_flag },
		{ &mm_guid_status_code_use_serial_hob, drive_flag },
		{ &mm_guid_supv_pass_down_hob, drive_pass_down },
		{ &mm_guid_supv_depex_hob, drive_depex_hob },
	};
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		if (mm_guid_equal(rows[i].name, name))
			return rows[i].drive(payload, reterr);
	}
	return MM_OK;
}

#define CPUS_MAX 4096u

/* CPUs and their SMBASEs, where the list describes them. */
static enum mm_status drive_cpus(const struct mm_pi_hob_list *list, struct mm_refusal *reterr)
{
	static struct mm_pi_cpu cpus[CPUS_MAX];
	static uint64_t smbase[CPUS_MAX];
	uint32_t count;
	enum mm_status status = mm_pi_cpus_collect_untrusted(list, cpus, CPUS_MAX, &count, reterr);

	if (status == MM_OK)
		status = mm_pi_smbase_collect_untrusted(list, count, smbase, reterr);
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

enum mm_status pi_drive_hob(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	struct mm_pi_hob_list list;
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;
	enum mm_status status = mm_pi_hob_list_check_untrusted(bytes, MM_PI_HOB_EXACT, &list, reterr);
	uint32_t count = 0;

	if (status != MM_OK)
		return status;
	(void)mm_pi_hob_list_is_at(&list, 0x1000); /* either answer is right */
	for (iter = mm_pi_hob_iter(&list); mm_pi_hob_next(&iter, &hob); count++) {
		(void)mm_pi_hob_is_mm_module(&hob); /* likewise */
		if (hob.type != MM_HOB_TYPE_GUID_EXTENSION)
			continue;
		status = drive_payload(&hob.u.guid.name, hob.u.guid.payload, reterr);
		if (status != MM_OK)
			return status;
	}
	if (count != list.hob_count)
		abort();
	return drive_cpus(&list, reterr);
}

static bool holds_module(uint8_t type)
{
	return type == MM_FFS_TYPE_MM_STANDALONE || type == MM_FFS_TYPE_MM_CORE_STANDALONE;
}

enum mm_status pi_drive_fv(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	struct mm_pi_fv fv;
	struct mm_pi_file_iter iter;
	struct mm_pi_file file;
	struct mm_pi_module module;
	uint32_t count;
	enum mm_status status = mm_pi_fv_check_untrusted(bytes, &fv, reterr);

	if (status == MM_OK)
		status = mm_pi_fv_check_files_untrusted(&fv, &count, reterr);
	if (status != MM_OK)
		return status;
	iter = mm_pi_file_iter(&fv);
	while (mm_pi_file_next(&iter, &file, reterr) == MM_OK) {
		if (!holds_module(file.type))
			continue;
		status = mm_pi_module_decode_untrusted(&file, &module, reterr);
		if (status != MM_OK)
			return status;
	}
	return MM_OK;
}

/* Loads the image somewhere and looks at its pages. */
static enum mm_status load(const struct mm_pi_pe_facts *facts, struct mm_bytes file)
{
	uint8_t *image = malloc(facts->load_bytes);
	enum mm_pi_pe_forbidden kind;
	struct mm_pi_pe_run run;
	enum mm_status status;
	uint32_t index;
	uint32_t rva;

	if (image == NULL)
		abort();
	status = mm_pi_pe_load(facts, file, image, facts->load_bytes, 0x7F000000u);
	for (index = 0; mm_pi_pe_run_at(facts, index, &run); index++) {
		if ((uint64_t)run.rva + run.bytes > facts->load_bytes)
			abort();
	}
	if (status == MM_OK && mm_pi_pe_find_forbidden_code(facts, mm_bytes(image, facts->load_bytes), 0, &rva, &kind))
		status = MM_E_PE_FORBIDDEN_CODE;
	free(image);
	return status;
}

enum mm_status pi_drive_pe(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	struct mm_pi_pe_facts facts;
	enum mm_status status = mm_pi_pe_decode_untrusted(bytes, &facts, reterr);

	return status == MM_OK ? load(&facts, bytes) : status;
}

/* Says yes and no in turn, and counts. */
static bool installed_by_turns(void *context, const struct mm_guid *guid)
{
	uint32_t *asked = context;

	(void)guid;
	return (*asked)++ % 2 == 0;
}

enum mm_status pi_drive_depex(struct mm_bytes bytes, struct mm_refusal *reterr)
{
	struct mm_pi_depex depex;
	struct mm_guid guid;
	size_t cursor = 0;
	uint32_t listed = 0;
	uint32_t asked = 0;
	enum mm_status status = mm_pi_depex_check_untrusted(bytes, &depex, reterr);

	if (status != MM_OK)
		return status;
	(void)mm_pi_depex_evaluate(&depex, installed_by_turns, &asked); /* either value is right */
	while (mm_pi_depex_next_guid(&depex, &cursor, &guid))
		listed++;
	if (asked != listed || listed != depex.push_count)
		abort();
	return MM_OK;
}
