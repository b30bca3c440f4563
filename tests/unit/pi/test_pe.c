/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "mm/base/bytes.h"
#include "mm/pi/pe.h"
#include "pe_builder.h"
#include "tests/mm_test.h"

#define ADDRESS 0x7F400000u

/* The sample image, its facts, and room to load it. */
struct fixture {
	uint8_t file[PE_BUILDER_SAMPLE_BYTES];
	size_t count;
	struct mm_pi_pe_facts facts;
	uint8_t image[0x8000];
};

static int build(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0xCC, sizeof(fixture));
	fixture.count = pe_builder_sample(fixture.file, sizeof(fixture.file));
	assert_true(fixture.count > 0);
	assert_status(mm_pi_pe_decode_untrusted(mm_bytes(fixture.file, fixture.count), &fixture.facts, NULL), MM_OK);
	*state = &fixture;
	return 0;
}

static enum mm_status decode(struct fixture *f)
{
	return mm_pi_pe_decode_untrusted(mm_bytes(f->file, f->count), &f->facts, NULL);
}

static enum mm_status load(struct fixture *f)
{
	return mm_pi_pe_load(&f->facts, mm_bytes(f->file, f->count), f->image, sizeof(f->image), ADDRESS);
}

static void decodes_the_headers(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->facts.image_base, PE_BUILDER_IMAGE_BASE);
	assert_int_equal(f->facts.image_bytes, 0x8000);
	assert_int_equal(f->facts.load_bytes, 0x6000);
	assert_int_equal(f->facts.header_bytes, PE_BUILDER_HEADER_BYTES);
	assert_int_equal(f->facts.entry_rva, 0x1010);
	assert_int_equal(f->facts.subsystem, MM_PE_SUBSYSTEM_EFI_BOOT_DRIVER);
	assert_int_equal(f->facts.image_version, 0x10002);
	assert_int_equal(f->facts.subsystem_version, 0x30004);
	assert_int_equal(f->facts.relocation_count, 2);
}

static void decodes_the_sections(void **state)
{
	static const struct {
		const char *name;
		uint32_t rva;
		uint32_t access;
		bool is_discardable;
	} expected[] = {
		{ ".text", 0x1000, MM_PI_PE_READ | MM_PI_PE_EXECUTE, false },
		{ ".rdata", 0x2000, MM_PI_PE_READ, false },
		{ ".data", 0x3000, MM_PI_PE_READ | MM_PI_PE_WRITE, false },
		{ ".reloc", 0x6000, MM_PI_PE_READ, true },
		{ ".debug", 0x7000, MM_PI_PE_READ, true },
	};
	struct fixture *f = *state;
	uint32_t i;

	assert_int_equal(f->facts.section_count, 5);
	for (i = 0; i < 5; i++) {
		assert_string_equal(f->facts.sections[i].name, expected[i].name);
		assert_int_equal(f->facts.sections[i].rva, expected[i].rva);
		assert_int_equal(f->facts.sections[i].access, expected[i].access);
		assert_int_equal(f->facts.sections[i].is_discardable, expected[i].is_discardable);
	}
	assert_int_equal(f->facts.sections[0].file_bytes, 0x40);
	assert_int_equal(f->facts.sections[2].virtual_bytes, 0x2800);
	assert_int_equal(f->facts.sections[2].file_bytes, 0x200);
}

static void names_the_image_by_its_codeview_path(void **state)
{
	static const char *const paths[][2] = { { "/a/b/Echo.dll.pdb", "Echo.dll" },
						{ "plain", "plain" },
						{ "d:\\x\\.hidden", ".hidden" },
						{ "bad\x01name.pdb", "bad?name" },
						{ "/ends/", "" } };
	const struct pe_builder_section text = { ".text", "\xC3", 1, 0, PE_BUILDER_TEXT };
	struct fixture *f = *state;
	size_t i;

	assert_string_equal(f->facts.debug_name, "sample");
	for (i = 0; i < 5; i++) {
		const struct pe_builder plan = { &text, 1, 0x1000, NULL, 0, paths[i][0] };

		f->count = pe_builder_write(&plan, f->file, sizeof(f->file));
		assert_status(decode(f), MM_OK);
		assert_string_equal(f->facts.debug_name, paths[i][1]);
	}
}

static void cuts_a_name_that_is_too_long(void **state)
{
	const struct pe_builder_section text = { ".text", "\xC3", 1, 0, PE_BUILDER_TEXT };
	char path[200];
	const struct pe_builder plan = { &text, 1, 0x1000, NULL, 0, path };
	struct fixture *f = *state;

	memset(path, 'n', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	f->count = pe_builder_write(&plan, f->file, sizeof(f->file));
	assert_status(decode(f), MM_OK);
	assert_int_equal(strlen(f->facts.debug_name), MM_PI_PE_NAME_BYTES - 1);
}

static void an_image_without_relocations_or_name_is_fine(void **state)
{
	const struct pe_builder_section text = { ".text", "\xC3", 1, 0, PE_BUILDER_TEXT };
	const struct pe_builder plan = { &text, 1, 0x1000, NULL, 0, NULL };
	struct fixture *f = *state;

	f->count = pe_builder_write(&plan, f->file, sizeof(f->file));
	assert_status(decode(f), MM_OK);
	assert_int_equal(f->facts.relocation_count, 0);
	assert_string_equal(f->facts.debug_name, "");
	assert_status(load(f), MM_OK);
	assert_int_equal(f->image[0x1000], 0xC3);
}

static void an_image_with_few_directories_is_fine(void **state)
{
	struct fixture *f = *state;

	mm_store_u32(f->file + PE_BUILDER_OPTIONAL(directory_count), 2);
	assert_status(decode(f), MM_OK);
	assert_int_equal(f->facts.relocation_count, 0);
}

static void loads_sections_and_zeroes_the_rest(void **state)
{
	struct fixture *f = *state;
	size_t i;

	assert_status(load(f), MM_OK);
	assert_memory_equal(f->image, f->file, PE_BUILDER_HEADER_BYTES);
	for (i = PE_BUILDER_HEADER_BYTES; i < 0x1000; i++)
		assert_int_equal(f->image[i], 0);
	assert_int_equal(f->image[0x1010], 0xC3);
	assert_int_equal(f->image[0x103F], 0x90);
	for (i = 0x1040; i < 0x2000; i++)
		assert_int_equal(f->image[i], 0);
	for (i = 0x3020; i < 0x6000; i++)
		assert_int_equal(f->image[i], 0);
	assert_int_equal(f->image[0x6000], 0xCC); /* discardable, and beyond load_bytes */
}

static void relocates_by_the_distance_moved(void **state)
{
	struct fixture *f = *state;

	assert_status(load(f), MM_OK);
	assert_int_equal(mm_load_u64(f->image + 0x2000), ADDRESS + 0x1010);
	assert_int_equal(mm_load_u64(f->image + 0x3008), ADDRESS + 0x2000);
	assert_int_equal(mm_load_u64(f->image + 0x3000), 0);
}

static void relocates_downwards_and_upwards(void **state)
{
	struct fixture *f = *state;
	const uint64_t high = 0xFFFF800000000000u;

	assert_status(mm_pi_pe_load(&f->facts, mm_bytes(f->file, f->count), f->image, sizeof(f->image), high), MM_OK);
	assert_int_equal(mm_load_u64(f->image + 0x2000), high + 0x1010);
	assert_status(mm_pi_pe_load(&f->facts, mm_bytes(f->file, f->count), f->image, sizeof(f->image), 0), MM_OK);
	assert_int_equal(mm_load_u64(f->image + 0x2000), 0x1010);
}

static void load_refuses_bad_arguments_untouched(void **state)
{
	struct fixture *f = *state;
	struct mm_bytes file = mm_bytes(f->file, f->count);

	assert_status(mm_pi_pe_load(&f->facts, file, f->image, 0x5FFF, ADDRESS), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_pe_load(&f->facts, file, f->image, 0x6000, ADDRESS + 8), MM_E_MISALIGNED);
	assert_status(mm_pi_pe_load(&f->facts, file, f->image, 0x6000, 0xFFFFFFFFFFFFF000u), MM_E_OVERFLOW);
	assert_int_equal(f->image[0], 0xCC);
	assert_int_equal(f->image[0x2000], 0xCC);
}

static void load_refuses_another_file_than_was_decoded(void **state)
{
	struct fixture *f = *state;
	uint32_t at = f->facts.relocation_offset;

	assert_status(mm_pi_pe_load(&f->facts, mm_bytes(f->file, 0x300), f->image, sizeof(f->image), ADDRESS),
		      MM_E_CORRUPT);
	assert_status(mm_pi_pe_load(&f->facts, mm_bytes(f->file, 0x800), f->image, sizeof(f->image), ADDRESS),
		      MM_E_CORRUPT);
	mm_store_u32(f->file + at, 0x7FFFF000); /* a target far outside */
	assert_status(load(f), MM_E_CORRUPT);
	mm_store_u32(f->file + at, 0x2000);
	mm_store_u16(f->file + at + 8, 0x3000); /* a type nobody knows */
	assert_status(load(f), MM_E_CORRUPT);
}

static void reports_runs_with_their_permissions(void **state)
{
	static const struct mm_pi_pe_run expected[] = {
		{ 0, 0x1000, MM_PI_PE_READ },
		{ 0x1000, 0x1000, MM_PI_PE_READ | MM_PI_PE_EXECUTE },
		{ 0x2000, 0x1000, MM_PI_PE_READ },
		{ 0x3000, 0x3000, MM_PI_PE_READ | MM_PI_PE_WRITE },
	};
	struct fixture *f = *state;
	struct mm_pi_pe_run run;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		assert_true(mm_pi_pe_run_at(&f->facts, i, &run));
		assert_memory_equal(&run, &expected[i], sizeof(run));
	}
	assert_false(mm_pi_pe_run_at(&f->facts, 4, &run));
}

static void passes_clean_code(void **state)
{
	struct fixture *f = *state;
	enum mm_pi_pe_forbidden kind;
	uint32_t rva;

	assert_status(load(f), MM_OK);
	assert_false(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x6000), 0, &rva, &kind));
	f->image[0x2100] = 0x0F; /* data may hold what it likes */
	f->image[0x2101] = 0xAA;
	assert_false(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x6000), 0, &rva, &kind));
}

static void finds_each_forbidden_instruction_in_turn(void **state)
{
	struct fixture *f = *state;
	enum mm_pi_pe_forbidden kind;
	uint32_t rva;

	assert_status(load(f), MM_OK);
	memcpy(f->image + 0x1007, "\x0F\xAA", 2);
	memcpy(f->image + 0x1FFE, "\x0F\x34", 2);
	assert_true(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x6000), 0, &rva, &kind));
	assert_int_equal(rva, 0x1007);
	assert_string_equal(mm_pi_pe_forbidden_name(kind), "RSM");
	assert_true(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x6000), rva + 1, &rva, &kind));
	assert_int_equal(rva, 0x1FFE);
	assert_string_equal(mm_pi_pe_forbidden_name(kind), "SYSENTER");
	assert_false(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x6000), rva + 1, &rva, &kind));
}

static void an_instruction_cannot_hide_across_adjoining_sections(void **state)
{
	static uint8_t first[0x1000];
	const struct pe_builder_section sections[] = {
		{ ".text", first, sizeof(first), 0, PE_BUILDER_TEXT },
		{ ".more", "\xAA", 1, 0, PE_BUILDER_TEXT },
	};
	const struct pe_builder plan = { sections, 2, 0x1000, NULL, 0, NULL };
	struct fixture *f = *state;
	static uint8_t file[0x2000];
	enum mm_pi_pe_forbidden kind;
	uint32_t rva;

	first[0xFFF] = 0x0F;
	assert_true(pe_builder_write(&plan, file, sizeof(file)) == 0x1600);
	assert_status(mm_pi_pe_decode_untrusted(mm_bytes(file, 0x1600), &f->facts, NULL), MM_OK);
	assert_status(mm_pi_pe_load(&f->facts, mm_bytes(file, 0x1600), f->image, sizeof(f->image), ADDRESS), MM_OK);
	assert_true(mm_pi_pe_find_forbidden_code(&f->facts, mm_bytes(f->image, 0x3000), 0, &rva, &kind));
	assert_int_equal(rva, 0x1FFF);
}

static void names_field_offset_and_value_of_a_refusal(void **state)
{
	struct fixture *f = *state;
	struct mm_refusal refusal;

	mm_store_u32(f->file + PE_BUILDER_SECTION(0, characteristics), PE_BUILDER_TEXT | MM_PE_SECTION_WRITE);
	assert_status(mm_pi_pe_decode_untrusted(mm_bytes(f->file, f->count), &f->facts, &refusal),
		      MM_E_PE_WRITE_EXECUTE);
	assert_string_equal(refusal.field, "pe.section.characteristics");
	assert_int_equal(refusal.offset, PE_BUILDER_SECTION(0, characteristics));
	assert_int_equal(refusal.value, PE_BUILDER_TEXT | MM_PE_SECTION_WRITE);
}

static void keeps_its_facts_untouched_on_refusal(void **state)
{
	struct fixture *f = *state;

	mm_store_u32(f->file + PE_BUILDER_DIRECTORY(MM_PE_DIRECTORY_DEBUG), 0x9000); /* judged last of all */
	f->facts.entry_rva = 77;
	assert_status(decode(f), MM_E_PE_DEBUG);
	assert_int_equal(f->facts.entry_rva, 77);
}

static void refuses_every_shortened_image(void **state)
{
	struct fixture *f = *state;
	size_t count;

	for (count = 0; count < f->count; count++) {
		uint8_t *exact = malloc(count != 0 ? count : 1);
		enum mm_status status;

		assert_non_null(exact);
		memcpy(exact, f->file, count);
		status = mm_pi_pe_decode_untrusted(mm_bytes(exact, count), &f->facts, NULL);
		free(exact);
		assert_true(status != MM_OK);
	}
}

static void survives_any_single_changed_byte(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < f->count; i++) {
		uint8_t kept = f->file[i];
		int bit;

		for (bit = 0; bit < 8; bit++) {
			f->file[i] = (uint8_t)(kept ^ 1u << bit);
			if (decode(f) == MM_OK && f->facts.load_bytes <= sizeof(f->image))
				assert_status(load(f), MM_OK);
		}
		f->file[i] = kept;
	}
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup(test, build)
	const struct CMUnitTest tests[] = {
		ROW(decodes_the_headers),
		ROW(decodes_the_sections),
		ROW(names_the_image_by_its_codeview_path),
		ROW(cuts_a_name_that_is_too_long),
		ROW(an_image_without_relocations_or_name_is_fine),
		ROW(an_image_with_few_directories_is_fine),
		ROW(loads_sections_and_zeroes_the_rest),
		ROW(relocates_by_the_distance_moved),
		ROW(relocates_downwards_and_upwards),
		ROW(load_refuses_bad_arguments_untouched),
		ROW(load_refuses_another_file_than_was_decoded),
		ROW(reports_runs_with_their_permissions),
		ROW(passes_clean_code),
		ROW(finds_each_forbidden_instruction_in_turn),
		ROW(an_instruction_cannot_hide_across_adjoining_sections),
		ROW(names_field_offset_and_value_of_a_refusal),
		ROW(keeps_its_facts_untouched_on_refusal),
		ROW(refuses_every_shortened_image),
		ROW(survives_any_single_changed_byte),
	};

	return cmocka_run_group_tests_name("pi/pe", tests, NULL, NULL);
}
