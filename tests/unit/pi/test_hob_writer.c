/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob_writer.h"
#include "tests/mm_test.h"

#define ADDRESS 0x7F000000u
#define BYTES	0x80000u

/* A writer over a large buffer, and the list once it is finished. */
struct fixture {
	uint8_t *bytes;
	struct mm_pi_hob_writer writer;
	struct mm_pi_hob_list list;
};

static int start(void **state)
{
	static struct fixture fixture;

	fixture.bytes = malloc(BYTES);
	assert_non_null(fixture.bytes);
	memset(fixture.bytes, 0xCC, BYTES);
	assert_status(mm_pi_hob_writer_init(&fixture.writer, fixture.bytes, BYTES, ADDRESS, 0x11), MM_OK);
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *f = *state;

	free(f->bytes);
	return 0;
}

static void finish(struct fixture *f)
{
	size_t count;

	assert_status(mm_pi_hob_writer_finish(&f->writer, &count), MM_OK);
	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(f->bytes, count), MM_PI_HOB_EXACT, &f->list, NULL),
		      MM_OK);
	assert_true(mm_pi_hob_list_is_at(&f->list, ADDRESS));
}

static struct mm_bytes payload_of(struct fixture *f, const struct mm_guid *name)
{
	struct mm_bytes payload = { NULL, 0 };

	finish(f);
	assert_true(mm_pi_hob_find_guid(&f->list, name, &payload));
	return payload;
}

static void writes_the_handoff_hob(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;

	finish(f);
	iter = mm_pi_hob_iter(&f->list);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.u.handoff.boot_mode, 0x11);
	assert_int_equal(hob.u.handoff.memory_top, 0);
	assert_int_equal(hob.u.handoff.end_of_hob_list, ADDRESS + 0x38);
	assert_int_equal(f->list.hob_count, 1);
}

static void refuses_misaligned_places(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_writer writer = { NULL, 1, 2, 3, true };

	assert_status(mm_pi_hob_writer_init(&writer, f->bytes + 4, 256, ADDRESS, 0), MM_E_MISALIGNED);
	assert_status(mm_pi_hob_writer_init(&writer, f->bytes, 256, ADDRESS + 4, 0), MM_E_MISALIGNED);
	assert_int_equal(writer.capacity, 1);
}

static void refuses_a_buffer_without_room_for_the_smallest_list(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_writer writer;
	size_t count;

	assert_status(mm_pi_hob_writer_init(&writer, f->bytes, 0x3F, ADDRESS, 0), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_writer_init(&writer, f->bytes, 0x40, ADDRESS, 0), MM_OK);
	assert_status(mm_pi_hob_add_cpu(&writer, 48, 16), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_writer_finish(&writer, &count), MM_OK);
	assert_int_equal(count, 0x40);
	assert_int_equal(f->bytes[0x40], 0xCC);
}

static void a_refused_append_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_writer writer;
	size_t used;

	assert_status(mm_pi_hob_writer_init(&writer, f->bytes, 0x60, ADDRESS, 0), MM_OK);
	used = writer.used;
	assert_status(mm_pi_hob_add_memory(&writer, &mm_guid_hob_alloc_stack, mm_region_create(0, 1), 0),
		      MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(writer.used, used);
	assert_status(mm_pi_hob_add_fv(&writer, mm_region_create(0, 1)), MM_OK);
	assert_int_equal(writer.used, used + 0x18);
}

static void refuses_a_length_that_sixteen_bits_cannot_hold(void **state)
{
	struct fixture *f = *state;
	uint8_t *payload;

	assert_status(mm_pi_hob_add_guid_space(&f->writer, &mm_guid_mseg_hob, MM_HOB_GUID_PAYLOAD_MAX + 1, &payload),
		      MM_E_LIMIT);
	assert_status(mm_pi_hob_add_guid_space(&f->writer, &mm_guid_mseg_hob, SIZE_MAX, &payload), MM_E_LIMIT);
	assert_status(mm_pi_hob_add_guid_space(&f->writer, &mm_guid_mseg_hob, MM_HOB_GUID_PAYLOAD_MAX, &payload),
		      MM_OK);
	assert_int_equal(payload_of(f, &mm_guid_mseg_hob).count, MM_HOB_GUID_PAYLOAD_MAX);
}

static void pads_payloads_with_zeroes(void **state)
{
	static const uint8_t abc[3] = { 'a', 'b', 'c' };
	static const uint8_t padded[8] = { 'a', 'b', 'c' };
	struct fixture *f = *state;
	struct mm_bytes payload;

	assert_status(mm_pi_hob_add_guid(&f->writer, &mm_guid_mseg_hob, mm_bytes(abc, 3)), MM_OK);
	payload = payload_of(f, &mm_guid_mseg_hob);
	assert_int_equal(payload.count, 8);
	assert_memory_equal(payload.data, padded, 8);
}

static void takes_nothing_after_finish(void **state)
{
	struct fixture *f = *state;
	size_t count = 3;

	finish(f);
	assert_status(mm_pi_hob_add_cpu(&f->writer, 48, 16), MM_E_INVALID);
	assert_status(mm_pi_hob_writer_finish(&f->writer, &count), MM_E_INVALID);
	assert_int_equal(count, 3);
}

static void writes_plain_hobs_that_read_back(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;

	assert_status(mm_pi_hob_add_memory(&f->writer, &mm_guid_hob_alloc_stack, mm_region_create(0x1000, 0x2000),
					   MM_EFI_BOOT_SERVICES_DATA),
		      MM_OK);
	assert_status(mm_pi_hob_add_fv(&f->writer, mm_region_create(0xFFF00000, 0x100000)), MM_OK);
	assert_status(mm_pi_hob_add_cpu(&f->writer, 48, 16), MM_OK);
	finish(f);
	iter = mm_pi_hob_iter(&f->list);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_false(hob.u.memory.is_module);
	assert_int_equal(hob.u.memory.memory_type, MM_EFI_BOOT_SERVICES_DATA);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.u.fv.region.base, 0xFFF00000);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.u.cpu.memory_space_bits, 48);
	assert_int_equal(hob.u.cpu.io_space_bits, 16);
}

static void writes_resources_of_both_versions(void **state)
{
	struct fixture *f = *state;
	struct mm_pi_hob_resource resource = { mm_guid_ipl_owner, MM_HOB_RESOURCE_MMIO, 7, { 0x1000, 0x1000 }, 0 };
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;

	assert_status(mm_pi_hob_add_resource(&f->writer, &resource), MM_OK);
	resource.memory_attributes = MM_EFI_MEMORY_UC;
	assert_status(mm_pi_hob_add_resource(&f->writer, &resource), MM_OK);
	finish(f);
	iter = mm_pi_hob_iter(&f->list);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.type, MM_HOB_TYPE_RESOURCE_DESCRIPTOR);
	assert_int_equal(hob.u.resource.memory_attributes, 0);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_int_equal(hob.type, MM_HOB_TYPE_RESOURCE_DESCRIPTOR2);
	assert_int_equal(hob.u.resource.memory_attributes, MM_EFI_MEMORY_UC);
	assert_true(mm_guid_equal(&hob.u.resource.owner, &mm_guid_ipl_owner));
}

static void refuses_a_module_with_its_entry_outside(void **state)
{
	struct fixture *f = *state;

	assert_status(mm_pi_hob_add_module(&f->writer, &mm_guid_supv_module_hob, mm_region_create(0x1000, 0x1000),
					   &mm_guid_supv_user, 0x2000),
		      MM_E_INVALID);
	finish(f);
	assert_int_equal(f->list.hob_count, 1);
}

static void copies_hobs_of_another_list(void **state)
{
	struct fixture *f = *state;
	_Alignas(8) uint8_t copy[256];
	struct mm_pi_hob_writer writer;
	struct mm_pi_hob_iter iter;
	struct mm_pi_hob hob;
	size_t count;

	assert_status(mm_pi_hob_add_flag(&f->writer, &mm_guid_acpi_s3_enable_hob, true), MM_OK);
	finish(f);
	assert_status(mm_pi_hob_writer_init(&writer, copy, sizeof(copy), ADDRESS, 0x11), MM_OK);
	iter = mm_pi_hob_iter(&f->list);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_status(mm_pi_hob_add_copy(&writer, &hob), MM_E_INVALID);
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_status(mm_pi_hob_add_copy(&writer, &hob), MM_OK);
	assert_status(mm_pi_hob_writer_finish(&writer, &count), MM_OK);
	assert_int_equal(count, f->list.bytes.count);
	assert_memory_equal(copy, f->list.bytes.data, count);
}

static void mmram_reads_back(void **state)
{
	const struct mm_pi_mmram ranges[2] = { { { 0x7F000000, 0x1000 }, 0x7F000000, MM_HOB_MMRAM_ALLOCATED },
					       { { 0x7F001000, 0xFF000 }, 0x7F001000, MM_HOB_MMRAM_CLOSED } };
	struct fixture *f = *state;
	struct mm_pi_mmram_list list;

	assert_status(mm_pi_hob_add_mmram(&f->writer, ranges, 0), MM_E_INVALID);
	assert_status(mm_pi_hob_add_mmram(&f->writer, ranges, MM_PI_MMRAM_COUNT_MAX + 1), MM_E_INVALID);
	assert_status(mm_pi_hob_add_mmram(&f->writer, ranges, 2), MM_OK);
	assert_status(mm_pi_mmram_decode_untrusted(payload_of(f, &mm_guid_mmram_hob), &list, NULL), MM_OK);
	assert_int_equal(list.count, 2);
	assert_int_equal(mm_pi_mmram_at(&list, 0).state, MM_HOB_MMRAM_ALLOCATED);
	assert_int_equal(mm_pi_mmram_at(&list, 1).region.bytes, 0xFF000);
}

/* 5,000 CPUs need several HOBs of either kind. */
#define MANY 5000u

static void thousands_of_cpus_read_back(void **state)
{
	static struct mm_pi_cpu cpus[MANY];
	static struct mm_pi_cpu read[MANY];
	struct fixture *f = *state;
	uint32_t count;
	uint32_t i;

	for (i = 0; i < MANY; i++) {
		struct mm_pi_cpu cpu = { i * 2, i == 0 ? 7 : 6, i / 64, i / 2 % 32, i % 2 };

		cpus[i] = cpu;
	}
	assert_status(mm_pi_hob_add_cpus(&f->writer, cpus, MANY), MM_OK);
	finish(f);
	assert_int_equal(f->list.hob_count, 1 + (MANY + 1168) / 1169 + 1);
	assert_status(mm_pi_cpus_collect_untrusted(&f->list, read, MANY, &count, NULL), MM_OK);
	assert_int_equal(count, MANY);
	assert_memory_equal(cpus, read, sizeof(cpus));
}

static void thousands_of_smbases_read_back(void **state)
{
	static uint64_t smbase[9000];
	static uint64_t read[9000];
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 9000; i++)
		smbase[i] = 0x7F000000u + i * 0x2000u;
	assert_status(mm_pi_hob_add_smbase(&f->writer, smbase, 9000), MM_OK);
	finish(f);
	assert_int_equal(f->list.hob_count, 3);
	assert_status(mm_pi_smbase_collect_untrusted(&f->list, 9000, read, NULL), MM_OK);
	assert_memory_equal(smbase, read, sizeof(smbase));
}

static void arrays_are_written_wholly_or_not_at_all(void **state)
{
	static struct mm_pi_cpu cpus[MANY];
	static uint64_t smbase[20000];
	struct fixture *f = *state;
	struct mm_pi_hob_writer writer;

	assert_status(mm_pi_hob_writer_init(&writer, f->bytes, 0x14000, ADDRESS, 0), MM_OK);
	assert_status(mm_pi_hob_add_cpus(&writer, cpus, MANY), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(writer.used, 0x38);
	assert_status(mm_pi_hob_add_smbase(&writer, smbase, 20000), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(writer.used, 0x38);
	assert_status(mm_pi_hob_add_cpus(&writer, cpus, 0), MM_E_INVALID);
	assert_status(mm_pi_hob_add_smbase(&writer, smbase, 0), MM_E_INVALID);
}

/* By fields: the padding between them is nobody's. */
static void assert_channel(const struct mm_pi_channel *read, const struct mm_pi_channel *wanted)
{
	assert_int_equal(read->type, wanted->type);
	assert_int_equal(read->buffer.base, wanted->buffer.base);
	assert_int_equal(read->buffer.bytes, wanted->buffer.bytes);
	assert_int_equal(read->status.base, wanted->status.base);
	assert_int_equal(read->status.bytes, wanted->status.bytes);
}

static void channels_of_both_types_read_back(void **state)
{
	const struct mm_pi_channel user = { MM_HOB_REGION_USER, { 0x1000, 0x10000 }, { 0x11000, 24 } };
	const struct mm_pi_channel supervisor = { MM_HOB_REGION_SUPERVISOR, { 0x20000, 0x1000 }, { 0x21000, 24 } };
	struct fixture *f = *state;
	struct mm_pi_channel read;
	struct mm_bytes payload;

	assert_status(mm_pi_hob_add_channel(&f->writer, &user), MM_OK);
	assert_status(mm_pi_hob_add_channel(&f->writer, &supervisor), MM_OK);
	payload = payload_of(f, &mm_guid_comm_buffer_hob);
	assert_status(mm_pi_comm_buffer_decode_untrusted(payload, &read, NULL), MM_OK);
	assert_channel(&read, &user);
	assert_true(mm_pi_hob_find_guid(&f->list, &mm_guid_supv_common_region_hob, &payload));
	assert_status(mm_pi_common_region_decode_untrusted(payload, &read, NULL), MM_OK);
	assert_channel(&read, &supervisor);
}

static void refuses_channels_and_unblocks_off_pages(void **state)
{
	const struct mm_pi_channel channel = { MM_HOB_REGION_USER, { 0x1001, 0x10000 }, { 0x11000, 24 } };
	const struct mm_pi_unblock unblock = { { 0x1000, 0x10 }, 0, 0, mm_guid_supv_user };
	struct fixture *f = *state;

	assert_status(mm_pi_hob_add_channel(&f->writer, &channel), MM_E_MISALIGNED);
	assert_status(mm_pi_hob_add_unblock(&f->writer, &unblock), MM_E_MISALIGNED);
	finish(f);
	assert_int_equal(f->list.hob_count, 1);
}

static void unblock_reads_back(void **state)
{
	const struct mm_pi_unblock unblock = {
		{ 0x40000, 0x2000 }, MM_EFI_RUNTIME_SERVICES_DATA, MM_EFI_MEMORY_RP, mm_guid_supv_user
	};
	struct fixture *f = *state;
	struct mm_pi_unblock read;

	assert_status(mm_pi_hob_add_unblock(&f->writer, &unblock), MM_OK);
	assert_status(mm_pi_unblock_decode_untrusted(payload_of(f, &mm_guid_supv_unblock_region_hob), &read, NULL),
		      MM_OK);
	assert_int_equal(read.region.base, 0x40000);
	assert_int_equal(read.region.bytes, 0x2000);
	assert_int_equal(read.memory_type, MM_EFI_RUNTIME_SERVICES_DATA);
	assert_int_equal(read.attributes, MM_EFI_MEMORY_RP);
	assert_true(mm_guid_equal(&read.who, &mm_guid_supv_user));
}

static void sync_config_reads_back(void **state)
{
	const struct mm_pi_cpu_sync_config config = { true, 1000, 2000 };
	struct fixture *f = *state;
	struct mm_pi_cpu_sync_config read;

	assert_status(mm_pi_hob_add_cpu_sync_config(&f->writer, &config), MM_OK);
	assert_status(mm_pi_cpu_sync_config_decode_untrusted(payload_of(f, &mm_guid_cpu_sync_config_hob), &read, NULL),
		      MM_OK);
	assert_true(read.relaxed);
	assert_int_equal(read.timeout_us, 1000);
	assert_int_equal(read.timeout2_us, 2000);
}

static void pass_down_reads_back(void **state)
{
	const struct mm_pi_pass_down given = {
		0x7F100000, 0x4000, 0x7F200000, 0x7F201000, { 0x7F202000, 0x123 }, 0x300
	};
	struct fixture *f = *state;
	struct mm_pi_pass_down read;

	assert_status(mm_pi_hob_add_pass_down(&f->writer, &given), MM_OK);
	assert_status(mm_pi_pass_down_decode_untrusted(payload_of(f, &mm_guid_supv_pass_down_hob), &read, NULL), MM_OK);
	assert_memory_equal(&read, &given, sizeof(given));
}

static void depex_reads_back(void **state)
{
	static const uint8_t depex[] = { 6, 8 };
	struct fixture *f = *state;
	struct mm_pi_depex_hob read;

	assert_status(mm_pi_hob_add_depex(&f->writer, &mm_guid_edk2_fvb_file, mm_bytes(depex, MM_HOB_GUID_PAYLOAD_MAX)),
		      MM_E_LIMIT);
	assert_status(mm_pi_hob_add_depex(&f->writer, &mm_guid_edk2_fvb_file, mm_bytes(depex, 2)), MM_OK);
	assert_status(mm_pi_depex_hob_decode_untrusted(payload_of(f, &mm_guid_supv_depex_hob), &read, NULL), MM_OK);
	assert_true(mm_guid_equal(&read.file_name, &mm_guid_edk2_fvb_file));
	assert_int_equal(read.depex.count, 2);
	assert_memory_equal(read.depex.data, depex, 2);
}

static void every_append_refuses_a_full_buffer(void **state)
{
	static const uint8_t depex[] = { 6, 8 };
	const struct mm_pi_hob_resource resource = { { 0 }, 0, 0, { 0, 1 }, 0 };
	const struct mm_pi_mmram mmram = { { 0, 0x1000 }, 0, 0 };
	const struct mm_pi_channel channel = { MM_HOB_REGION_USER, { 0, 0x1000 }, { 0x1000, 24 } };
	const struct mm_pi_unblock unblock = { { 0, 0x1000 }, 0, 0, { 0 } };
	const struct mm_pi_cpu_sync_config config = { false, 0, 0 };
	const struct mm_pi_pass_down pass_down = { 0 };
	const struct mm_guid *name = &mm_guid_supv_user;
	struct fixture *f = *state;
	struct mm_pi_hob_writer w;

	assert_status(mm_pi_hob_writer_init(&w, f->bytes, 0x40, ADDRESS, 0), MM_OK);
	assert_status(mm_pi_hob_add_resource(&w, &resource), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_fv(&w, mm_region_create(0, 1)), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_module(&w, name, mm_region_create(0, 1), name, 0), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_mmram(&w, &mmram, 1), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_channel(&w, &channel), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_unblock(&w, &unblock), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_cpu_sync_config(&w, &config), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_pass_down(&w, &pass_down), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_pi_hob_add_depex(&w, name, mm_bytes(depex, 2)), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(w.used, 0x38);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		ROW(writes_the_handoff_hob),
		ROW(refuses_misaligned_places),
		ROW(refuses_a_buffer_without_room_for_the_smallest_list),
		ROW(a_refused_append_changes_nothing),
		ROW(refuses_a_length_that_sixteen_bits_cannot_hold),
		ROW(pads_payloads_with_zeroes),
		ROW(takes_nothing_after_finish),
		ROW(writes_plain_hobs_that_read_back),
		ROW(writes_resources_of_both_versions),
		ROW(refuses_a_module_with_its_entry_outside),
		ROW(copies_hobs_of_another_list),
		ROW(mmram_reads_back),
		ROW(thousands_of_cpus_read_back),
		ROW(thousands_of_smbases_read_back),
		ROW(arrays_are_written_wholly_or_not_at_all),
		ROW(channels_of_both_types_read_back),
		ROW(refuses_channels_and_unblocks_off_pages),
		ROW(unblock_reads_back),
		ROW(sync_config_reads_back),
		ROW(pass_down_reads_back),
		ROW(depex_reads_back),
		ROW(every_append_refuses_a_full_buffer),
	};

	return cmocka_run_group_tests_name("pi/hob_writer", tests, NULL, NULL);
}
