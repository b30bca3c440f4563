/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "handoff.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob.h"
#include "mm/pi/hob_payload.h"
#include "tests/mm_test.h"

#include <stdlib.h>

#define MIB	  0x100000ull
#define LIST_AT	  0x1f0000000ull
#define INIT_SIZE 0x20000ull

/* A machine with as many CPUs as there can be, its list written and read back. */
struct fixture {
	struct mm_q35_memory memory;
	struct mm_q35_topology topology;
	uint32_t apic_ids[MM_Q35_CPU_MAX];
	struct mm_q35_handoff facts;
	uint64_t buffer[0x10000 / 8];
	struct mm_pi_hob_list list;
};

static void prepare(struct fixture *it, uint32_t cpu_count)
{
	struct mm_q35_e820 map = { 1, { { 0, 128 * MIB, MM_Q35_E820_RAM } } };

	assert_status(mm_q35_memory_plan(&map, 8 * MIB, &it->memory), MM_OK);
	for (uint32_t i = 0; i < cpu_count; i++)
		it->apic_ids[i] = i * 3;
	it->topology = (struct mm_q35_topology){ 1, 3 };
	it->facts = (struct mm_q35_handoff){
		.memory = &it->memory,
		.rom = mm_region_create(0xfff00000, MIB),
		.init_image = mm_region_create(128 * MIB - INIT_SIZE, INIT_SIZE),
		.init_entry = 128 * MIB - INIT_SIZE + 0x1000,
		.init_name = mm_guid_supv_init,
		.topology = &it->topology,
		.apic_ids = it->apic_ids,
		.cpu_count = cpu_count,
	};
}

static void write_and_read(struct fixture *it)
{
	size_t bytes = 0;

	assert_status(mm_q35_handoff_write(&it->facts, it->buffer, sizeof(it->buffer), LIST_AT, &bytes), MM_OK);
	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(it->buffer, bytes), MM_PI_HOB_EXACT, &it->list, NULL),
		      MM_OK);
}

static int setup(void **state)
{
	static struct fixture fixture;

	prepare(&fixture, MM_Q35_CPU_MAX);
	write_and_read(&fixture);
	*state = &fixture;
	return 0;
}

static struct mm_bytes payload_of(const struct fixture *it, const struct mm_guid *name)
{
	struct mm_bytes payload = { NULL, 0 };

	assert_true(mm_pi_hob_find_guid(&it->list, name, &payload));
	return payload;
}

static void the_list_knows_where_it_lies(void **state)
{
	const struct fixture *it = *state;

	assert_true(mm_pi_hob_list_is_at(&it->list, LIST_AT));
}

static void every_cpu_has_its_smbase(void **state)
{
	const struct fixture *it = *state;
	uint64_t smbase[MM_Q35_CPU_MAX];

	assert_status(mm_pi_smbase_collect_untrusted(&it->list, MM_Q35_CPU_MAX, smbase, NULL), MM_OK);
	for (uint32_t i = 0; i < MM_Q35_CPU_MAX; i++)
		assert_int_equal(smbase[i], mm_q35_memory_smbase(&it->memory, i));
}

static void cpus_are_told_apart_by_their_apic_ids(void **state)
{
	const struct fixture *it = *state;
	struct mm_pi_cpu cpus[MM_Q35_CPU_MAX];
	uint32_t count = 0;

	assert_status(mm_pi_cpus_collect_untrusted(&it->list, cpus, MM_Q35_CPU_MAX, &count, NULL), MM_OK);
	assert_int_equal(count, MM_Q35_CPU_MAX);
	assert_int_equal(cpus[0].status & MM_HOB_CPU_IS_BSP, MM_HOB_CPU_IS_BSP);
	assert_int_equal(cpus[5].processor_id, 15);
	assert_int_equal(cpus[5].thread, 1);
	assert_int_equal(cpus[5].core, 3);
	assert_int_equal(cpus[5].package, 1);
	assert_int_equal(cpus[5].status & MM_HOB_CPU_IS_BSP, 0);
}

static void mmram_is_all_of_tseg_with_tiles_and_init_taken(void **state)
{
	const struct fixture *it = *state;
	struct mm_pi_mmram_list ranges;
	uint64_t next = it->memory.tseg.base;

	assert_status(mm_pi_mmram_decode_untrusted(payload_of(it, &mm_guid_mmram_hob), &ranges, NULL), MM_OK);
	assert_int_equal(ranges.count, 4);
	for (uint32_t i = 0; i < ranges.count; i++) {
		struct mm_pi_mmram range = mm_pi_mmram_at(&ranges, i);

		assert_int_equal(range.region.base, next);
		assert_int_equal((range.state & MM_HOB_MMRAM_ALLOCATED) != 0, i % 2);
		next = mm_region_end(range.region);
	}
	assert_int_equal(next, mm_region_end(it->memory.tseg));
	assert_int_equal(mm_pi_mmram_at(&ranges, 1).region.base, mm_q35_memory_tiles(&it->memory, 64).base);
	assert_int_equal(mm_pi_mmram_at(&ranges, 3).region.base, it->facts.init_image.base);
}

static void both_channels_are_described(void **state)
{
	const struct fixture *it = *state;
	struct mm_pi_channel channel;

	assert_status(mm_pi_comm_buffer_decode_untrusted(payload_of(it, &mm_guid_comm_buffer_hob), &channel, NULL),
		      MM_OK);
	assert_int_equal(channel.buffer.base, it->memory.user_buffer.base);
	assert_int_equal(channel.status.base, it->memory.user_status.base);
	assert_status(
		mm_pi_common_region_decode_untrusted(payload_of(it, &mm_guid_supv_common_region_hob), &channel, NULL),
		MM_OK);
	assert_int_equal(channel.type, MM_HOB_REGION_SUPERVISOR);
	assert_int_equal(channel.buffer.base, it->memory.supervisor_buffer.base);
	assert_int_equal(channel.buffer.bytes, MM_Q35_CHANNEL_PAGES * 0x1000);
}

static bool has_resource(const struct fixture *it, uint32_t type, struct mm_region region)
{
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&it->list);
	struct mm_pi_hob hob;

	while (mm_pi_hob_next(&iter, &hob)) {
		if (hob.type == MM_HOB_TYPE_RESOURCE_DESCRIPTOR && hob.u.resource.type == type &&
		    hob.u.resource.region.base == region.base && hob.u.resource.region.bytes == region.bytes)
			return true;
	}
	return false;
}

static void resources_are_what_mm_may_touch_and_no_mmram(void **state)
{
	const struct fixture *it = *state;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&it->list);
	struct mm_pi_hob hob;

	assert_true(has_resource(it, MM_HOB_RESOURCE_SYSTEM_MEMORY, it->memory.user_buffer));
	assert_true(has_resource(it, MM_HOB_RESOURCE_SYSTEM_MEMORY, it->memory.user_status));
	assert_true(has_resource(it, MM_HOB_RESOURCE_SYSTEM_MEMORY, it->memory.supervisor_buffer));
	assert_true(has_resource(it, MM_HOB_RESOURCE_SYSTEM_MEMORY, it->memory.supervisor_status));
	assert_true(has_resource(it, MM_HOB_RESOURCE_MMIO, it->facts.rom));
	while (mm_pi_hob_next(&iter, &hob)) {
		if (hob.type == MM_HOB_TYPE_RESOURCE_DESCRIPTOR)
			assert_false(mm_region_overlaps(hob.u.resource.region, it->memory.tseg));
	}
}

static void init_is_named_with_its_place_and_entry(void **state)
{
	const struct fixture *it = *state;
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&it->list);
	struct mm_pi_hob hob = { .type = 0 };

	while (mm_pi_hob_next(&iter, &hob) && hob.type != MM_HOB_TYPE_MEMORY_ALLOCATION)
		continue;
	assert_int_equal(hob.type, MM_HOB_TYPE_MEMORY_ALLOCATION);
	assert_true(hob.u.memory.is_module);
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_init));
	assert_int_equal(hob.u.memory.entry, it->facts.init_entry);
	assert_int_equal(hob.u.memory.region.base, it->facts.init_image.base);
}

static void one_cpu_needs_no_more_than_one_tile(void **state)
{
	struct fixture *it = calloc(1, sizeof(*it));
	struct mm_pi_mmram_list ranges;

	(void)state;
	assert_non_null(it);
	prepare(it, 1);
	write_and_read(it);
	assert_status(mm_pi_mmram_decode_untrusted(payload_of(it, &mm_guid_mmram_hob), &ranges, NULL), MM_OK);
	assert_int_equal(mm_pi_mmram_at(&ranges, 1).region.bytes, 0x8000);
	free(it);
}

static void refuses_an_image_that_is_not_at_the_top(void **state)
{
	struct fixture *it = calloc(1, sizeof(*it));
	size_t bytes = 77;

	(void)state;
	assert_non_null(it);
	prepare(it, 4);
	it->facts.init_image.base -= 0x1000;
	assert_status(mm_q35_handoff_write(&it->facts, it->buffer, sizeof(it->buffer), LIST_AT, &bytes), MM_E_INVALID);
	prepare(it, 4);
	it->facts.cpu_count = MM_Q35_CPU_MAX + 1;
	assert_status(mm_q35_handoff_write(&it->facts, it->buffer, sizeof(it->buffer), LIST_AT, &bytes), MM_E_INVALID);
	prepare(it, 4);
	assert_status(mm_q35_handoff_write(&it->facts, it->buffer, 512, LIST_AT, &bytes), MM_E_BUFFER_TOO_SMALL);
	assert_int_equal(bytes, 77);
	free(it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_knows_where_it_lies),
		cmocka_unit_test(every_cpu_has_its_smbase),
		cmocka_unit_test(cpus_are_told_apart_by_their_apic_ids),
		cmocka_unit_test(mmram_is_all_of_tseg_with_tiles_and_init_taken),
		cmocka_unit_test(both_channels_are_described),
		cmocka_unit_test(resources_are_what_mm_may_touch_and_no_mmram),
		cmocka_unit_test(init_is_named_with_its_place_and_entry),
		cmocka_unit_test(one_cpu_needs_no_more_than_one_tile),
		cmocka_unit_test(refuses_an_image_that_is_not_at_the_top),
	};

	return cmocka_run_group_tests_name("platform/handoff", tests, setup, NULL);
}
