/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Rows of libmmpi: a list of n HOBs, a volume of n drivers, an image of n relocations, an expression of n GUIDs; one
 * operation is one HOB, driver, relocation or GUID, each checked completely. The peer trusts what it walks.
 */
#include <stdlib.h>

#include "bench.h"
#include "fv_writer.h"
#include "mm/abi/depex.h"
#include "mm/base/addr.h"
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/pi/depex.h"
#include "mm/pi/fv.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_writer.h"
#include "mm/pi/pe.h"
#include "mm/pi/section.h"
#include "pe_builder.h"

#define HOB_BYTES      64u   /* enough for one */
#define DRIVER_BYTES   1024u /* of a driver's file */
#define PAYLOAD_BYTES  512u  /* of its image */
#define FIXUP_BYTES    16u   /* of image for each relocation */
#define LOAD_ADDRESS   0x200000000u
#define DEPEX_LEAST_OP 2u /* AND and the like, END */

struct pi_bench {
	uint8_t *data;
	size_t bytes;
	struct mm_pi_pe_facts facts;
	uint8_t *loaded;
};

static struct mm_guid guid_of(uint64_t number)
{
	struct mm_guid guid = { (uint32_t)number, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };

	return guid;
}

static struct pi_bench *create(size_t bytes)
{
	struct pi_bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL)
		return NULL;
	bench->data = calloc(1, bytes);
	bench->bytes = bytes;
	return bench->data != NULL ? bench : NULL;
}

static bool teardown(const struct mm_bench_row *row, void *state)
{
	struct pi_bench *bench = state;

	(void)row;
	free(bench->data);
	free(bench->loaded);
	free(bench);
	return true;
}

static void *setup_hobs(const struct mm_bench_row *row)
{
	struct pi_bench *bench = create((row->n + 4) * HOB_BYTES);
	struct mm_pi_hob_writer writer;
	bool is_right;

	if (bench == NULL)
		return NULL;
	is_right = mm_pi_hob_writer_init(&writer, bench->data, bench->bytes, 0, 0) == MM_OK;
	for (uint64_t i = 0; i < row->n; i++) {
		const struct mm_guid name = guid_of(i);
		const struct mm_region region = mm_region_create((i + 1) << 20, MM_PAGE_BYTES);

		is_right &= (i % 2 == 0 ? mm_pi_hob_add_memory(&writer, &name, region, 0)
					: mm_pi_hob_add_guid(&writer, &name, mm_bytes(&name, sizeof(name)))) == MM_OK;
	}
	return is_right && mm_pi_hob_writer_finish(&writer, &bench->bytes) == MM_OK ? bench : NULL;
}

static bool run_hobs(const struct mm_bench_row *row, void *state)
{
	struct pi_bench *bench = state;
	struct mm_pi_hob_list list;
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;
	uint64_t count = 0;

	if (mm_pi_hob_list_check_untrusted(mm_bytes(bench->data, bench->bytes), MM_PI_HOB_EXACT, &list, NULL) != MM_OK)
		return false;
	for (iter = mm_pi_hob_iter(&list); mm_pi_hob_next(&iter, &hob);)
		count++;
	return count == row->n + 1; /* and the hand-off HOB */
}

static bool add_driver(struct mm_fv_writer *writer, uint64_t number)
{
	static const uint8_t payload[PAYLOAD_BYTES];
	static const uint8_t depex[] = { MM_DEPEX_TRUE, MM_DEPEX_END };
	const struct mm_fv_writer_section sections[] = {
		{ MM_SECTION_PE32, mm_bytes(payload, sizeof(payload)) },
		{ MM_SECTION_USER_INTERFACE, mm_bytes("Driver", 6) },
		{ MM_SECTION_MM_DEPEX, mm_bytes(depex, sizeof(depex)) },
	};
	const struct mm_fv_writer_file file = {
		.name = guid_of(number),
		.type = MM_FFS_TYPE_MM_STANDALONE,
		.has_checksum = true,
		.sections = sections,
		.section_count = MM_ARRAY_COUNT(sections),
	};

	return mm_fv_writer_add_file(writer, &file) == MM_OK;
}

static void *setup_volume(const struct mm_bench_row *row)
{
	static const struct mm_fv_writer_config config = { 0, 0, NULL, false };
	struct pi_bench *bench = create((row->n * DRIVER_BYTES + 2 * MM_PAGE_BYTES) & ~MM_PAGE_MASK);
	struct mm_fv_writer writer;
	bool is_right;

	if (bench == NULL)
		return NULL;
	is_right = mm_fv_writer_init(&writer, bench->data, bench->bytes, &config) == MM_OK;
	for (uint64_t i = 0; i < row->n; i++)
		is_right &= add_driver(&writer, i);
	return is_right && mm_fv_writer_finish(&writer) == MM_OK ? bench : NULL;
}

static bool run_volume(const struct mm_bench_row *row, void *state)
{
	struct pi_bench *bench = state;
	struct mm_pi_file_iter iter;
	struct mm_pi_module module;
	struct mm_pi_file file;
	struct mm_pi_fv fv;
	uint64_t count = 0;

	if (mm_pi_fv_check_untrusted(mm_bytes(bench->data, bench->bytes), &fv, NULL) != MM_OK)
		return false;
	iter = mm_pi_file_iter(&fv);
	while (mm_pi_file_next(&iter, &file, NULL) == MM_OK)
		count += mm_pi_module_decode_untrusted(&file, &module, NULL) == MM_OK;
	return count == row->n;
}

/* Code, and n pointers into it. */
static void *setup_image(const struct mm_bench_row *row)
{
	static const uint8_t code[] = { 0xc3 };
	size_t data_bytes = row->n * FIXUP_BYTES;
	struct pi_bench *bench = create(8 * MM_PAGE_BYTES + 2 * data_bytes);
	uint8_t *data = calloc(1, data_bytes);
	uint32_t *rvas = calloc(row->n, sizeof(*rvas));
	const struct pe_builder_section sections[] = {
		{ ".text", code, sizeof(code), 0, PE_BUILDER_TEXT },
		{ ".data", data, (uint32_t)data_bytes, 0, PE_BUILDER_DATA },
	};
	const struct pe_builder plan = {
		.sections = sections,
		.section_count = MM_ARRAY_COUNT(sections),
		.entry_rva = 0x1000,
		.relocations = rvas,
		.relocation_count = (uint32_t)row->n,
	};
	bool is_right = bench != NULL && data != NULL && rvas != NULL;

	for (uint64_t i = 0; i < row->n && is_right; i++)
		rvas[i] = 0x2000 + (uint32_t)i * FIXUP_BYTES;
	if (is_right) {
		bench->bytes = pe_builder_write(&plan, bench->data, bench->bytes);
		is_right = mm_pi_pe_decode_untrusted(mm_bytes(bench->data, bench->bytes), &bench->facts, NULL) == MM_OK;
		bench->loaded = calloc(1, bench->facts.load_bytes);
	}
	free(data);
	free(rvas);
	return is_right && bench->loaded != NULL ? bench : NULL;
}

static bool run_image(const struct mm_bench_row *row, void *state)
{
	struct pi_bench *bench = state;
	const struct mm_bytes file = mm_bytes(bench->data, bench->bytes);

	return mm_pi_pe_decode_untrusted(file, &bench->facts, NULL) == MM_OK &&
	       bench->facts.relocation_count == row->n &&
	       mm_pi_pe_load(&bench->facts, file, bench->loaded, bench->facts.load_bytes, LOAD_ADDRESS) == MM_OK;
}

/* The n-fold conjunction, pushed as it is used. */
static void *setup_depex(const struct mm_bench_row *row)
{
	struct pi_bench *bench = create(row->n * (1 + MM_GUID_BYTES + 1) + DEPEX_LEAST_OP);
	uint8_t *to = bench != NULL ? bench->data : NULL;

	for (uint64_t i = 0; i < row->n && to != NULL; i++) {
		const struct mm_guid guid = guid_of(i);

		*to++ = MM_DEPEX_PUSH;
		mm_guid_store(to, &guid);
		to += MM_GUID_BYTES;
		if (i > 0)
			*to++ = MM_DEPEX_AND;
	}
	if (to == NULL)
		return NULL;
	*to++ = MM_DEPEX_END;
	bench->bytes = (size_t)(to - bench->data);
	return bench;
}

static bool says_yes(void *context, const struct mm_guid *guid)
{
	(void)context;
	(void)guid;
	return true;
}

static bool run_depex(const struct mm_bench_row *row, void *state)
{
	struct pi_bench *bench = state;
	struct mm_pi_depex depex;

	return mm_pi_depex_check_untrusted(mm_bytes(bench->data, bench->bytes), &depex, NULL) == MM_OK &&
	       depex.push_count == row->n && mm_pi_depex_evaluate(&depex, says_yes, NULL);
}

#define ROW(name_, n_, stem) \
	{ .name = name_, .n = n_, .ops = n_, .setup = setup_##stem, .run = run_##stem, .teardown = teardown }

static const struct mm_bench_row rows[] = {
	ROW("pi-hob", 100, hobs),	ROW("pi-hob", 10000, hobs),   ROW("pi-volume", 10, volume),
	ROW("pi-volume", 1000, volume), ROW("pi-image", 100, image),  ROW("pi-image", 10000, image),
	ROW("pi-depex", 10, depex),	ROW("pi-depex", 1000, depex),
};

const struct mm_bench_suite mm_bench_pi = { rows, MM_ARRAY_COUNT(rows) };
