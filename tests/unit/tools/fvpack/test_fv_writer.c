/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "fv_writer.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/fv.h"
#include "mm/pi/section.h"
#include "tests/mm_test.h"

#define BYTES 0x4000u

static uint8_t data[BYTES];

static const struct mm_fv_writer_config plain = { 0, 4, NULL, false };

static struct mm_fv_writer start(const struct mm_fv_writer_config *config)
{
	struct mm_fv_writer writer;

	assert_status(mm_fv_writer_init(&writer, data, BYTES, config), MM_OK);
	return writer;
}

static struct mm_fv_writer_file raw_file(const struct mm_fv_writer_section *section)
{
	struct mm_fv_writer_file file = { mm_guid_supv_aux_file, MM_FFS_TYPE_FREEFORM, 0, true, false, section, 1 };

	return file;
}

static uint32_t count_files(struct mm_bytes bytes)
{
	struct mm_pi_fv fv;
	uint32_t count;

	assert_status(mm_pi_fv_check_untrusted(bytes, &fv, NULL), MM_OK);
	assert_status(mm_pi_fv_check_files_untrusted(&fv, &count, NULL), MM_OK);
	return count;
}

static void an_empty_volume_is_a_volume(void **state)
{
	struct mm_fv_writer writer = start(&plain);

	(void)state;
	assert_status(mm_fv_writer_finish(&writer), MM_OK);
	assert_status(mm_fv_writer_finish(&writer), MM_E_INVALID);
	assert_int_equal(count_files(mm_bytes(data, BYTES)), 0);
}

static void refuses_blocks_that_do_not_divide_the_volume(void **state)
{
	struct mm_fv_writer_config config = plain;
	struct mm_fv_writer writer;

	(void)state;
	config.block_bytes = 0x3000;
	assert_status(mm_fv_writer_init(&writer, data, BYTES, &config), MM_E_INVALID);
	config.block_bytes = 0x8000;
	assert_status(mm_fv_writer_init(&writer, data, BYTES, &config), MM_E_INVALID);
	config.block_bytes = 8;
	assert_status(mm_fv_writer_init(&writer, data, 64, &config), MM_E_BUFFER_TOO_SMALL);
	config.alignment_log2 = 32;
	assert_status(mm_fv_writer_init(&writer, data, BYTES, &config), MM_E_INVALID);
}

static void fills_a_volume_to_the_last_byte(void **state)
{
	struct mm_fv_writer writer = start(&plain);
	const size_t room = mm_fv_writer_free_bytes(&writer);
	struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes(calloc(1, BYTES), room - 24 - 4 + 1) };
	struct mm_fv_writer_file file = raw_file(&section);

	(void)state;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(mm_fv_writer_free_bytes(&writer), room);
	section.body.count--;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_OK);
	assert_int_equal(mm_fv_writer_free_bytes(&writer), 0);
	assert_int_equal(count_files(mm_bytes(data, BYTES)), 1);
	free((void *)(uintptr_t)section.body.data);
}

static void aligns_content_with_pad_files(void **state)
{
	static const uint32_t alignments[] = { 16, 128, 512, 1024, 4096 };
	const struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes("abc", 3) };
	struct mm_fv_writer writer = start(&plain);
	struct mm_fv_writer_file file = raw_file(&section);
	struct mm_pi_file_iter iter;
	struct mm_pi_file read;
	struct mm_pi_fv fv;
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		file.alignment = alignments[i];
		assert_status(mm_fv_writer_add_file(&writer, &file), MM_OK);
	}
	assert_int_equal(count_files(mm_bytes(data, BYTES)), 5);
	assert_status(mm_pi_fv_check_untrusted(mm_bytes(data, BYTES), &fv, NULL), MM_OK);
	iter = mm_pi_file_iter(&fv);
	for (i = 0; i < 5; i++) {
		assert_status(mm_pi_file_next_type(&iter, MM_FFS_TYPE_FREEFORM, &read, NULL), MM_OK);
		assert_int_equal(read.alignment, alignments[i]);
	}
	assert_int_equal(fv.attributes >> MM_FV_ATTR_ALIGNMENT_SHIFT & MM_FV_ATTR_ALIGNMENT_MASK, 12);
}

static void refuses_alignments_that_ffs_cannot_say(void **state)
{
	const struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes("abc", 3) };
	struct mm_fv_writer writer = start(&plain);
	struct mm_fv_writer_file file = raw_file(&section);

	(void)state;
	file.alignment = 64;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_MISALIGNED);
	file.alignment = 0x2000000;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_MISALIGNED);
}

static void takes_nothing_after_finish(void **state)
{
	const struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes("abc", 3) };
	struct mm_fv_writer writer = start(&plain);
	struct mm_fv_writer_file file = raw_file(&section);

	(void)state;
	assert_status(mm_fv_writer_finish(&writer), MM_OK);
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_INVALID);
	assert_status(mm_fv_writer_add_volume_top(&writer, "top", section.body), MM_E_INVALID);
}

static void the_volume_top_image_ends_the_volume(void **state)
{
	size_t length;

	(void)state;
	for (length = 1; length <= 64; length++) {
		struct mm_fv_writer writer = start(&plain);
		uint8_t image[64];
		struct mm_pi_file file;
		struct mm_pi_fv fv;

		memset(image, (int)length, sizeof(image));
		assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes(image, length)), MM_OK);
		assert_memory_equal(data + BYTES - length, image, length);
		assert_int_equal(count_files(mm_bytes(data, BYTES)), 1);
		assert_status(mm_pi_fv_check_untrusted(mm_bytes(data, BYTES), &fv, NULL), MM_OK);
		assert_status(mm_pi_fv_find_file(&fv, &mm_guid_ffs_volume_top, &file, NULL), MM_OK);
		assert_ptr_equal(file.body.data + file.body.count, data + BYTES);
	}
}

static void refuses_a_volume_top_without_room_or_content(void **state)
{
	struct mm_fv_writer writer = start(&plain);
	size_t room = mm_fv_writer_free_bytes(&writer);
	static uint8_t image[BYTES];

	(void)state;
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes(image, 0)), MM_E_INVALID);
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes(image, room)), MM_E_BUFFER_TOO_SMALL);
	/* Eight bytes would be left: too few for a pad file, too many for none. */
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes(image, room - 24 - 16 - 4 - 8)),
		      MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes(image, room - 24 - 16 - 4)), MM_OK);
	assert_int_equal(mm_fv_writer_free_bytes(&writer), 0);
	assert_int_equal(count_files(mm_bytes(data, BYTES)), 1);
}

static void large_files_want_ffs3(void **state)
{
	const size_t bytes = 0x2000000;
	uint8_t *volume = malloc(bytes);
	struct mm_fv_writer_config config = { 0x1000, 4, NULL, false };
	struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes(calloc(1, 0x1100000), 0x1100000) };
	struct mm_fv_writer_file file = raw_file(&section);
	struct mm_fv_writer writer;

	(void)state;
	assert_non_null(volume);
	assert_non_null(section.body.data);
	assert_status(mm_fv_writer_init(&writer, volume, bytes, &config), MM_OK);
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_LIMIT);
	config.is_ffs3 = true;
	file.is_crc32 = true;
	assert_status(mm_fv_writer_init(&writer, volume, bytes, &config), MM_OK);
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_OK);
	assert_int_equal(count_files(mm_bytes(volume, bytes)), 1);
	free((void *)(uintptr_t)section.body.data);
	free(volume);
}

static void gaps_too_wide_for_ffs2_are_refused(void **state)
{
	const size_t bytes = 0x2000000;
	uint8_t *volume = malloc(bytes);
	struct mm_fv_writer_config config = { 0x1000, 4, NULL, false };
	struct mm_fv_writer writer;

	(void)state;
	assert_non_null(volume);
	assert_status(mm_fv_writer_init(&writer, volume, bytes, &config), MM_OK);
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes("1234", 4)), MM_E_LIMIT);
	config.is_ffs3 = true;
	assert_status(mm_fv_writer_init(&writer, volume, bytes, &config), MM_OK);
	assert_status(mm_fv_writer_add_volume_top(&writer, "reset", mm_bytes("1234", 4)), MM_OK);
	assert_int_equal(count_files(mm_bytes(volume, bytes)), 1);
	free(volume);
}

static void raw_files_hold_one_run_of_bytes(void **state)
{
	const struct mm_fv_writer_section sections[2] = { { 0, mm_bytes("abc", 3) }, { 0, mm_bytes("def", 3) } };
	struct mm_fv_writer writer = start(&plain);
	struct mm_fv_writer_file file = raw_file(sections);

	(void)state;
	file.type = MM_FFS_TYPE_RAW;
	file.section_count = 2;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_E_INVALID);
	file.section_count = 1;
	assert_status(mm_fv_writer_add_file(&writer, &file), MM_OK);
	assert_int_equal(count_files(mm_bytes(data, BYTES)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_volume_is_a_volume),
		cmocka_unit_test(refuses_blocks_that_do_not_divide_the_volume),
		cmocka_unit_test(fills_a_volume_to_the_last_byte),
		cmocka_unit_test(aligns_content_with_pad_files),
		cmocka_unit_test(refuses_alignments_that_ffs_cannot_say),
		cmocka_unit_test(takes_nothing_after_finish),
		cmocka_unit_test(the_volume_top_image_ends_the_volume),
		cmocka_unit_test(refuses_a_volume_top_without_room_or_content),
		cmocka_unit_test(large_files_want_ffs3),
		cmocka_unit_test(gaps_too_wide_for_ffs2_are_refused),
		cmocka_unit_test(raw_files_hold_one_run_of_bytes),
	};

	return cmocka_run_group_tests_name("tools/fv_writer", tests, NULL, NULL);
}
