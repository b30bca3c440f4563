/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fv_writer.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/fv.h"
#include "mm/pi/section.h"
#include "tests/mm_test.h"

#define BYTES 0x10000u

/* A volume with a driver, a raw file and a policy, and its facts. */
struct fixture {
	uint8_t data[BYTES];
	struct mm_fv_writer writer;
	struct mm_pi_fv fv;
};

static const uint8_t depex_true[] = { 6, 8 };
static const uint8_t fake_pe[] = { 'M', 'Z', 1, 2, 3 };

static struct mm_fv_writer_file driver_file(const struct mm_fv_writer_section *sections, size_t count)
{
	struct mm_fv_writer_file file = {
		mm_guid_edk2_fvb_file, MM_FFS_TYPE_MM_STANDALONE, 0, true, false, sections, count
	};

	return file;
}

static void add_files(struct fixture *f)
{
	const struct mm_fv_writer_section sections[] = {
		{ MM_SECTION_USER_INTERFACE, mm_bytes("Driver", 6) },
		{ MM_SECTION_MM_DEPEX, mm_bytes(depex_true, 2) },
		{ MM_SECTION_PE32, mm_bytes(fake_pe, sizeof(fake_pe)) },
	};
	const struct mm_fv_writer_section bytes = { 0, mm_bytes("raw bytes", 9) };
	const struct mm_fv_writer_section policy = { MM_SECTION_RAW, mm_bytes("policy", 6) };
	struct mm_fv_writer_file file = driver_file(sections, 3);

	assert_status(mm_fv_writer_add_file(&f->writer, &file), MM_OK);
	file = driver_file(&bytes, 1);
	file.name = mm_guid_supv_aux_file;
	file.type = MM_FFS_TYPE_RAW;
	file.has_checksum = false;
	assert_status(mm_fv_writer_add_file(&f->writer, &file), MM_OK);
	file = driver_file(&policy, 1);
	file.name = mm_guid_supv_policy_file;
	file.type = MM_FFS_TYPE_FREEFORM;
	file.alignment = 4096;
	file.is_crc32 = true;
	assert_status(mm_fv_writer_add_file(&f->writer, &file), MM_OK);
}

static void check(struct fixture *f)
{
	assert_status(mm_pi_fv_check_untrusted(mm_bytes(f->data, BYTES), &f->fv, NULL), MM_OK);
}

static int build(void **state)
{
	static struct fixture fixture;
	const struct mm_fv_writer_config config = { 0, 4, &mm_guid_supv_init, false };

	assert_status(mm_fv_writer_init(&fixture.writer, fixture.data, BYTES, &config), MM_OK);
	add_files(&fixture);
	check(&fixture);
	*state = &fixture;
	return 0;
}

static void gives_the_facts_of_the_header(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->fv.bytes.count, BYTES);
	assert_int_equal(f->fv.erased_byte, 0xFF);
	assert_false(f->fv.is_ffs3);
	assert_true(f->fv.has_name);
	assert_true(mm_guid_equal(&f->fv.name, &mm_guid_supv_init));
	assert_int_equal(f->fv.first_file, 0x60);
	assert_int_equal(f->fv.attributes >> MM_FV_ATTR_ALIGNMENT_SHIFT & MM_FV_ATTR_ALIGNMENT_MASK, 12);
}

static void takes_only_its_own_bytes_of_a_longer_span(void **state)
{
	struct fixture *f = *state;
	static uint8_t longer[BYTES + 64];
	struct mm_pi_fv fv;

	memcpy(longer, f->data, BYTES);
	assert_status(mm_pi_fv_check_untrusted(mm_bytes(longer, sizeof(longer)), &fv, NULL), MM_OK);
	assert_int_equal(fv.bytes.count, BYTES);
}

static void walks_all_files_in_order(void **state)
{
	static const uint8_t types[] = { MM_FFS_TYPE_MM_STANDALONE, MM_FFS_TYPE_RAW, MM_FFS_TYPE_PAD,
					 MM_FFS_TYPE_FREEFORM };
	struct fixture *f = *state;
	struct mm_pi_file_iter iter = mm_pi_file_iter(&f->fv);
	struct mm_pi_file file;
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		assert_status(mm_pi_file_next(&iter, &file, NULL), MM_OK);
		assert_int_equal(file.type, types[i]);
		assert_int_equal(file.offset % 8, 0);
	}
	assert_int_equal((file.offset + file.header_bytes) % 4096, 0);
	assert_int_equal(file.alignment, 4096);
	assert_status(mm_pi_file_next(&iter, &file, NULL), MM_E_NOT_FOUND);
	assert_status(mm_pi_file_next(&iter, &file, NULL), MM_E_NOT_FOUND);
}

static void finds_files_by_name_and_type(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_file_iter iter = mm_pi_file_iter(&f->fv);
	struct mm_pi_file file;

	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_aux_file, &file, NULL), MM_OK);
	assert_int_equal(file.body.count, 9);
	assert_memory_equal(file.body.data, "raw bytes", 9);
	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_core, &file, NULL), MM_E_NOT_FOUND);
	assert_status(mm_pi_file_next_type(&iter, MM_FFS_TYPE_FREEFORM, &file, NULL), MM_OK);
	assert_true(mm_guid_equal(&file.name, &mm_guid_supv_policy_file));
	assert_status(mm_pi_file_next_type(&iter, MM_FFS_TYPE_FREEFORM, &file, NULL), MM_E_NOT_FOUND);
}

static void counts_files_without_pads(void **state)
{
	struct fixture *f = *state;
	uint32_t count;

	assert_status(mm_pi_fv_check_files_untrusted(&f->fv, &count, NULL), MM_OK);
	assert_int_equal(count, 3);
}

static void decodes_a_module(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_module module;
	struct mm_pi_file file;

	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_edk2_fvb_file, &file, NULL), MM_OK);
	assert_status(mm_pi_module_decode_untrusted(&file, &module, NULL), MM_OK);
	assert_string_equal(module.ui_name, "Driver");
	assert_int_equal(module.pe32.count, sizeof(fake_pe));
	assert_memory_equal(module.pe32.data, fake_pe, sizeof(fake_pe));
	assert_true(module.has_depex);
	assert_memory_equal(module.depex.data, depex_true, 2);
}

static void a_raw_file_is_no_module(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_module module;
	struct mm_pi_file file;

	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_aux_file, &file, NULL), MM_OK);
	assert_status(mm_pi_module_decode_untrusted(&file, &module, NULL), MM_E_NOT_FOUND);
}

static void a_refused_file_stops_the_iterator_where_it_is(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_file_iter iter = mm_pi_file_iter(&f->fv);
	struct mm_pi_file file;
	struct mm_refusal refusal;
	int i;

	f->data[f->fv.first_file + 3] ^= 1; /* its name */
	for (i = 0; i < 2; i++) {
		assert_status(mm_pi_file_next(&iter, &file, &refusal), MM_E_FFS_HEADER_CHECKSUM);
		assert_int_equal(refusal.offset, f->fv.first_file + offsetof(struct mm_ffs_header, header_checksum));
		assert_string_equal(refusal.field, "file.header_checksum");
	}
}

static void deleted_files_are_passed_over(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_file file;

	f->data[f->fv.first_file + offsetof(struct mm_ffs_header, state)] &= (uint8_t)~MM_FFS_STATE_DELETED;
	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_edk2_fvb_file, &file, NULL), MM_E_NOT_FOUND);
	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_policy_file, &file, NULL), MM_OK);
}

static void a_file_marked_for_update_is_still_valid(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_file file;

	f->data[f->fv.first_file + offsetof(struct mm_ffs_header, state)] &= (uint8_t)~MM_FFS_STATE_MARKED_FOR_UPDATE;
	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_edk2_fvb_file, &file, NULL), MM_OK);
	assert_true(file.is_being_updated);
}

static void finds_a_section_inside_a_crc_section(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_section section;
	struct mm_pi_file file;

	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_policy_file, &file, NULL), MM_OK);
	assert_status(mm_pi_section_find(file.body, MM_SECTION_RAW, &section, NULL), MM_OK);
	assert_int_equal(section.shape, MM_PI_SECTION_LEAF);
	assert_memory_equal(section.body.data, "policy", 6);
	assert_int_equal(section.offset, 28);
	assert_status(mm_pi_section_find(file.body, MM_SECTION_PE32, &section, NULL), MM_E_NOT_FOUND);
	assert_status(mm_pi_section_find(file.body, MM_SECTION_GUID_DEFINED, &section, NULL), MM_OK);
	assert_true(mm_guid_equal(&section.guid, &mm_guid_section_crc32));
}

static void refusals_count_from_the_outermost_stream(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_section section;
	struct mm_refusal refusal;
	static uint8_t stream[64];
	struct mm_pi_file file;

	assert_status(mm_pi_fv_find_file(&f->fv, &mm_guid_supv_policy_file, &file, NULL), MM_OK);
	memcpy(stream, file.body.data, file.body.count);
	memcpy(stream + 4, &mm_guid_section_signed, 16); /* any definition that needs no processing */
	stream[28 + 3] = 0x44;				 /* the inner section's type */
	assert_status(mm_pi_section_find(mm_bytes(stream, file.body.count), MM_SECTION_RAW, &section, &refusal),
		      MM_E_SECTION_TYPE);
	assert_int_equal(refusal.offset, 28 + 3);
	assert_int_equal(refusal.value, 0x44);
}

static void names_encoded_sections_when_the_search_fails(void **state)
{
	static uint8_t stream[32] = { 28, 0, 0, MM_SECTION_GUID_DEFINED };
	struct mm_pi_section section;
	struct mm_refusal refusal;

	(void)state;
	mm_guid_store(stream + 4, &mm_guid_section_lzma);
	stream[20] = 24;
	stream[22] = MM_SECTION_GUIDED_PROCESSING_REQUIRED;
	assert_status(mm_pi_section_find(mm_bytes(stream, 28), MM_SECTION_PE32, &section, &refusal),
		      MM_E_SECTION_ENCODED);
	assert_string_equal(refusal.field, "section.definition");
	assert_int_equal(refusal.value, mm_guid_section_lzma.data1);
}

static void freeform_sections_give_their_subtype(void **state)
{
	static uint8_t stream[24] = { 24, 0, 0, MM_SECTION_FREEFORM_SUBTYPE_GUID };
	struct mm_pi_section_iter iter = mm_pi_section_iter(mm_bytes(stream, 24));
	struct mm_pi_section section;

	(void)state;
	mm_guid_store(stream + 4, &mm_guid_mseg_hob);
	memcpy(stream + 20, "data", 4);
	assert_status(mm_pi_section_next(&iter, &section, NULL), MM_OK);
	assert_true(mm_guid_equal(&section.guid, &mm_guid_mseg_hob));
	assert_memory_equal(section.body.data, "data", 4);
	assert_status(mm_pi_section_next(&iter, &section, NULL), MM_E_NOT_FOUND);
}

static void ui_names_become_ascii(void **state)
{
	static const uint8_t body[] = { 'a', 0, 0xE9, 0, 'z', 0x20, '~', 0, 0, 0 };
	char name[MM_PI_UI_NAME_BYTES];

	(void)state;
	assert_status(mm_pi_ui_name_decode_untrusted(mm_bytes(body, sizeof(body)), name, NULL), MM_OK);
	assert_string_equal(name, "a??~");
}

static void long_ui_names_are_cut(void **state)
{
	static uint8_t body[2 * 100 + 2];
	char name[MM_PI_UI_NAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		body[2 * i] = 'x';
	assert_status(mm_pi_ui_name_decode_untrusted(mm_bytes(body, sizeof(body)), name, NULL), MM_OK);
	assert_int_equal(strlen(name), MM_PI_UI_NAME_BYTES - 1);
}

static void types_have_names(void **state)
{
	(void)state;
	assert_string_equal(mm_pi_file_type_name(MM_FFS_TYPE_MM_CORE_STANDALONE), "mm_core_standalone");
	assert_string_equal(mm_pi_file_type_name(MM_FFS_TYPE_MM_STANDALONE), "mm_standalone");
	assert_string_equal(mm_pi_file_type_name(MM_FFS_TYPE_RAW), "raw");
	assert_string_equal(mm_pi_file_type_name(MM_FFS_TYPE_PAD), "pad");
	assert_string_equal(mm_pi_file_type_name(0xC1), "?");
}

static void survives_any_single_changed_byte(void **state)
{
	struct fixture *f = *state;
	uint32_t count;
	size_t i;

	for (i = 0; i < 0x1080; i++) {
		struct mm_pi_fv fv;

		f->data[i] ^= 0x5A;
		/* An update may be marked and a reset vector is free; everything else is under a checksum. */
		if (mm_pi_fv_check_untrusted(mm_bytes(f->data, BYTES), &fv, NULL) == MM_OK && i >= 16)
			(void)mm_pi_fv_check_files_untrusted(&fv, &count, NULL); /* only that it ends */
		f->data[i] ^= 0x5A;
	}
	check(f);
	assert_status(mm_pi_fv_check_files_untrusted(&f->fv, &count, NULL), MM_OK);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup(test, build)
	const struct CMUnitTest tests[] = {
		ROW(gives_the_facts_of_the_header),
		ROW(takes_only_its_own_bytes_of_a_longer_span),
		ROW(walks_all_files_in_order),
		ROW(finds_files_by_name_and_type),
		ROW(counts_files_without_pads),
		ROW(decodes_a_module),
		ROW(a_raw_file_is_no_module),
		ROW(a_refused_file_stops_the_iterator_where_it_is),
		ROW(deleted_files_are_passed_over),
		ROW(a_file_marked_for_update_is_still_valid),
		ROW(finds_a_section_inside_a_crc_section),
		ROW(refusals_count_from_the_outermost_stream),
		ROW(names_encoded_sections_when_the_search_fails),
		ROW(freeform_sections_give_their_subtype),
		ROW(ui_names_become_ascii),
		ROW(long_ui_names_are_cut),
		ROW(types_have_names),
		ROW(survives_any_single_changed_byte),
	};

	return cmocka_run_group_tests_name("pi/fv", tests, NULL, NULL);
}
