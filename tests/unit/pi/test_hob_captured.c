/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Two HOB lists captured from EDK2's Standalone MM IPL, with 1 and with 4 CPUs: every HOB by its value. argv[1] is the
 * corpus folder. The lists lay at 0x3DC14000 and 0x3DBE1000.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"
#include "tests/mm_test.h"

static const char *corpus_folder;

/* A captured list and a walk through it. */
struct capture {
	uint8_t bytes[2048];
	struct mm_pi_hob_list list;
	struct mm_pi_hob_iter iter;
};

static void open_capture(struct capture *capture, const char *name)
{
	char path[4096];
	FILE *stream;
	size_t count;

	(void)snprintf(path, sizeof(path), "%s/hob/%s", corpus_folder, name);
	stream = fopen(path, "rb");
	assert_non_null(stream);
	count = fread(capture->bytes, 1, sizeof(capture->bytes), stream);
	(void)fclose(stream);
	assert_status(
		mm_pi_hob_list_check_untrusted(mm_bytes(capture->bytes, count), MM_PI_HOB_EXACT, &capture->list, NULL),
		MM_OK);
	capture->iter = mm_pi_hob_iter(&capture->list);
}

static int open_one_cpu(void **state)
{
	static struct capture capture;

	open_capture(&capture, "good-edk2-1cpu.bin");
	*state = &capture;
	return 0;
}

static int open_four_cpus(void **state)
{
	static struct capture capture;

	open_capture(&capture, "good-edk2-4cpu.bin");
	*state = &capture;
	return 0;
}

static struct mm_pi_hob next(struct capture *capture, uint16_t type, uint32_t offset)
{
	struct mm_pi_hob hob;

	assert_true(mm_pi_hob_next(&capture->iter, &hob));
	assert_int_equal(hob.type, type);
	assert_int_equal(hob.offset, offset);
	return hob;
}

static void expect_handoff(struct capture *capture, uint64_t end)
{
	struct mm_pi_hob hob = next(capture, MM_HOB_TYPE_HANDOFF, 0);

	assert_int_equal(hob.u.handoff.boot_mode, 0);
	assert_int_equal(hob.u.handoff.memory_top, 0);
	assert_int_equal(hob.u.handoff.memory_bottom, 0);
	assert_int_equal(hob.u.handoff.free_memory_top, 0);
	assert_int_equal(hob.u.handoff.free_memory_bottom, 0);
	assert_int_equal(hob.u.handoff.end_of_hob_list, end);
}

static struct mm_bytes expect_guid(struct capture *capture, uint32_t offset, const struct mm_guid *name,
				   size_t payload_bytes)
{
	struct mm_pi_hob hob = next(capture, MM_HOB_TYPE_GUID_EXTENSION, offset);

	assert_true(mm_guid_equal(&hob.u.guid.name, name));
	assert_int_equal(hob.u.guid.payload.count, payload_bytes);
	return hob.u.guid.payload;
}

static void expect_resource(struct capture *capture, uint32_t offset, uint32_t type, uint32_t attributes,
			    const struct mm_guid *owner, uint64_t base, uint64_t bytes)
{
	struct mm_pi_hob hob = next(capture, MM_HOB_TYPE_RESOURCE_DESCRIPTOR, offset);

	assert_int_equal(hob.u.resource.type, type);
	assert_int_equal(hob.u.resource.attributes, attributes);
	assert_true(mm_guid_equal(&hob.u.resource.owner, owner));
	assert_int_equal(hob.u.resource.region.base, base);
	assert_int_equal(hob.u.resource.region.bytes, bytes);
}

static void expect_comm_buffer(struct mm_bytes payload, uint64_t base, uint64_t status)
{
	struct mm_pi_channel channel;

	assert_status(mm_pi_comm_buffer_decode_untrusted(payload, &channel, NULL), MM_OK);
	assert_int_equal(channel.type, MM_HOB_REGION_USER);
	assert_int_equal(channel.buffer.base, base);
	assert_int_equal(channel.buffer.bytes, 512 * 1024);
	assert_int_equal(channel.status.base, status);
}

static void expect_core_and_volume(struct capture *capture)
{
	struct mm_pi_hob hob = next(capture, MM_HOB_TYPE_MEMORY_ALLOCATION, 0x188);

	assert_true(hob.u.memory.is_module);
	assert_true(mm_guid_equal(&hob.u.memory.name, &mm_guid_hob_alloc_module));
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &mm_guid_edk2_mm_core_file));
	assert_int_equal(hob.u.memory.region.base, 0x3FFF0000);
	assert_int_equal(hob.u.memory.region.bytes, 0x10000);
	assert_int_equal(hob.u.memory.entry, 0x3FFFA9C0);
	assert_int_equal(hob.u.memory.memory_type, MM_EFI_RESERVED_MEMORY);
	assert_false(mm_pi_hob_is_mm_module(&hob));
	hob = next(capture, MM_HOB_TYPE_FV, 0x1D0);
	assert_int_equal(hob.u.fv.region.base, 0x900000);
	assert_int_equal(hob.u.fv.region.bytes, 0xE80000);
	assert_false(hob.u.fv.has_names);
}

static void expect_flag(struct mm_bytes payload, bool expected)
{
	bool flag = !expected;

	assert_status(mm_pi_flag_decode_untrusted(payload, &flag, NULL), MM_OK);
	assert_int_equal(flag, expected);
}

static void expect_settings(struct capture *capture)
{
	struct mm_pi_cpu_sync_config config;

	expect_flag(expect_guid(capture, 0x1E8, &mm_guid_acpi_s3_enable_hob, 8), true);
	assert_status(mm_pi_cpu_sync_config_decode_untrusted(
			      expect_guid(capture, 0x208, &mm_guid_cpu_sync_config_hob, 24), &config, NULL),
		      MM_OK);
	assert_false(config.relaxed);
	assert_int_equal(config.timeout_us, 1000000);
	assert_int_equal(config.timeout2_us, 1000000);
	expect_flag(expect_guid(capture, 0x238, &mm_guid_status_code_use_serial_hob, 8), false);
}

static void expect_mmram(struct mm_bytes payload, const uint64_t (*expected)[3], uint32_t count)
{
	struct mm_pi_mmram_list list;
	uint32_t i;

	assert_status(mm_pi_mmram_decode_untrusted(payload, &list, NULL), MM_OK);
	assert_int_equal(list.count, count);
	for (i = 0; i < count; i++) {
		struct mm_pi_mmram mmram = mm_pi_mmram_at(&list, i);

		assert_int_equal(mmram.region.base, expected[i][0]);
		assert_int_equal(mmram.cpu_start, expected[i][0]);
		assert_int_equal(mmram.region.bytes, expected[i][1]);
		assert_int_equal(mmram.state, expected[i][2]);
	}
}

static void expect_s3_page(struct mm_bytes payload)
{
	struct mm_pi_mmram mmram;

	assert_status(mm_pi_mmram_one_decode_untrusted(payload, &mmram, NULL), MM_OK);
	assert_int_equal(mmram.region.base, 0x3E000000);
	assert_int_equal(mmram.region.bytes, 0x1000);
	assert_int_equal(mmram.state, MM_HOB_MMRAM_CLOSED | MM_HOB_MMRAM_CACHEABLE | MM_HOB_MMRAM_ALLOCATED);
}

static void expect_end(struct capture *capture)
{
	struct mm_pi_hob hob;

	assert_false(mm_pi_hob_next(&capture->iter, &hob));
	assert_false(mm_pi_hob_next(&capture->iter, &hob));
}

static void reads_each_hob_of_the_list_with_one_cpu(void **state)
{
	static const uint64_t mmram[4][3] = { { 0x3E000000, 0x1000, 0x1A },
					      { 0x3E001000, 0x8000, 0x1A },
					      { 0x3E009000, 0x1FE7000, 0x0A },
					      { 0x3FFF0000, 0x10000, 0x1A } };
	const struct mm_guid nobody = { 0 };
	struct capture *capture = *state;

	assert_int_equal(capture->list.hob_count, 17);
	expect_handoff(capture, 0x3DC14440);
	(void)expect_guid(capture, 0x38, &mm_guid_ovmf_platform_info_hob, 0xA8);
	expect_resource(capture, 0xF8, MM_HOB_RESOURCE_MMIO, 0x407, &nobody, 0xFEE00000, 0x100000);
	expect_resource(capture, 0x128, MM_HOB_RESOURCE_MMIO, 0x407, &nobody, 0xFFC00000, 0x400000);
	expect_comm_buffer(expect_guid(capture, 0x158, &mm_guid_comm_buffer_hob, 24), 0x3DCD7000, 0x3DCD6000);
	expect_core_and_volume(capture);
	expect_settings(capture);
	(void)expect_guid(capture, 0x258, &mm_guid_smbase_hob, 16);
	expect_mmram(expect_guid(capture, 0x280, &mm_guid_mmram_hob, 0x88), mmram, 4);
	(void)expect_guid(capture, 0x320, &mm_guid_mp_information2_hob, 72);
	(void)expect_guid(capture, 0x380, &mm_guid_mp_information2_hob, 16);
	expect_s3_page(expect_guid(capture, 0x3A8, &mm_guid_acpi_variable_hob, 32));
	expect_resource(capture, 0x3E0, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, &mm_guid_ipl_owner, 0x3DCD7000, 0x80000);
	expect_resource(capture, 0x410, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, &mm_guid_ipl_owner, 0x3DCD6000, 0x1000);
	expect_end(capture);
}

static void reads_each_hob_of_the_list_with_four_cpus(void **state)
{
	static const uint64_t mmram[4][3] = { { 0x3E000000, 0x1000, 0x1A },
					      { 0x3E001000, 0xE000, 0x1A },
					      { 0x3E00F000, 0x1FE1000, 0x0A },
					      { 0x3FFF0000, 0x10000, 0x1A } };
	const struct mm_guid nobody = { 0 };
	struct capture *capture = *state;

	assert_int_equal(capture->list.hob_count, 17);
	expect_handoff(capture, 0x3DBE1500);
	(void)expect_guid(capture, 0x38, &mm_guid_ovmf_platform_info_hob, 0xA8);
	expect_resource(capture, 0xF8, MM_HOB_RESOURCE_MMIO, 0x407, &nobody, 0xFEE00000, 0x100000);
	expect_resource(capture, 0x128, MM_HOB_RESOURCE_MMIO, 0x407, &nobody, 0xFFC00000, 0x400000);
	expect_comm_buffer(expect_guid(capture, 0x158, &mm_guid_comm_buffer_hob, 24), 0x3DCBF000, 0x3DCBE000);
	expect_core_and_volume(capture);
	expect_settings(capture);
	(void)expect_guid(capture, 0x258, &mm_guid_smbase_hob, 40);
	expect_mmram(expect_guid(capture, 0x298, &mm_guid_mmram_hob, 0x88), mmram, 4);
	(void)expect_guid(capture, 0x338, &mm_guid_mp_information2_hob, 240);
	(void)expect_guid(capture, 0x440, &mm_guid_mp_information2_hob, 16);
	expect_s3_page(expect_guid(capture, 0x468, &mm_guid_acpi_variable_hob, 32));
	expect_resource(capture, 0x4A0, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, &mm_guid_ipl_owner, 0x3DCBF000, 0x80000);
	expect_resource(capture, 0x4D0, MM_HOB_RESOURCE_SYSTEM_MEMORY, 0, &mm_guid_ipl_owner, 0x3DCBE000, 0x1000);
	expect_end(capture);
}

static void collects_the_one_cpu(void **state)
{
	struct capture *capture = *state;
	struct mm_pi_cpu cpu;
	uint64_t smbase;
	uint32_t count;

	assert_status(mm_pi_cpus_collect_untrusted(&capture->list, &cpu, 1, &count, NULL), MM_OK);
	assert_int_equal(count, 1);
	assert_int_equal(cpu.processor_id, 0);
	assert_int_equal(cpu.status, MM_HOB_CPU_IS_BSP | MM_HOB_CPU_ENABLED | MM_HOB_CPU_HEALTHY);
	assert_status(mm_pi_smbase_collect_untrusted(&capture->list, count, &smbase, NULL), MM_OK);
	assert_int_equal(smbase, 0x3DFF9000);
}

static void collects_the_four_cpus(void **state)
{
	struct capture *capture = *state;
	struct mm_pi_cpu cpus[8];
	uint64_t smbase[4];
	uint32_t count;
	uint32_t i;

	assert_status(mm_pi_cpus_collect_untrusted(&capture->list, NULL, 0, &count, NULL), MM_OK);
	assert_int_equal(count, 4);
	assert_status(mm_pi_cpus_collect_untrusted(&capture->list, cpus, 8, &count, NULL), MM_OK);
	assert_status(mm_pi_smbase_collect_untrusted(&capture->list, count, smbase, NULL), MM_OK);
	for (i = 0; i < 4; i++) {
		assert_int_equal(cpus[i].processor_id, i);
		assert_int_equal(cpus[i].status, i == 0 ? 7 : 6);
		assert_int_equal(cpus[i].package, 0);
		assert_int_equal(cpus[i].core, i);
		assert_int_equal(cpus[i].thread, 0);
		assert_int_equal(smbase[i], 0x3DFF9000 + i * 0x2000);
	}
}

static void refuses_an_array_too_small_for_the_cpus(void **state)
{
	struct capture *capture = *state;
	struct mm_pi_cpu cpus[3];
	uint32_t count = 77;

	assert_status(mm_pi_cpus_collect_untrusted(&capture->list, cpus, 3, &count, NULL), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(count, 77);
}

static void knows_where_the_list_lay(void **state)
{
	struct capture *capture = *state;

	assert_true(mm_pi_hob_list_is_at(&capture->list, 0x3DC14000));
	assert_false(mm_pi_hob_list_is_at(&capture->list, 0x3DC14008));
	assert_false(mm_pi_hob_list_is_at(&capture->list, (uintptr_t)capture->bytes));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_each_hob_of_the_list_with_one_cpu, open_one_cpu),
		cmocka_unit_test_setup(reads_each_hob_of_the_list_with_four_cpus, open_four_cpus),
		cmocka_unit_test_setup(collects_the_one_cpu, open_one_cpu),
		cmocka_unit_test_setup(collects_the_four_cpus, open_four_cpus),
		cmocka_unit_test_setup(refuses_an_array_too_small_for_the_cpus, open_four_cpus),
		cmocka_unit_test_setup(knows_where_the_list_lay, open_one_cpu),
	};

	if (argc != 2)
		return 2;
	corpus_folder = argv[1];
	return cmocka_run_group_tests_name("pi/hob_captured", tests, NULL, NULL);
}
