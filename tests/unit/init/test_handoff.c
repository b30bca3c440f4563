/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The decoder of what the IPL hands over: the captured lists, and one defect at a time in the list of 4 CPUs. */
#include "mm/abi/efi.h"
#include "mm/abi/hob.h"
#include "mm/base/guid_table.h"
#include "tests/mm_test.h"
#include "world.h"

/* Places in the captured list of 4 CPUs. */
#define AT_END_POINTER	   0x030u
#define AT_LAPIC_BASE	   0x118u
#define AT_COMM_BASE	   0x170u
#define AT_COMM_PAGES	   0x178u
#define AT_COMM_STATUS	   0x180u
#define AT_MODULE_NAME	   0x190u
#define AT_MODULE_BASE	   0x1a0u
#define AT_FV_TYPE	   0x1d0u
#define AT_FV_BASE	   0x1d8u
#define AT_S3		   0x200u
#define AT_SMBASE_NAME	   0x260u
#define AT_SMBASE_FIRST	   0x270u
#define AT_SMBASE(cpu)	   (0x278u + 8u * (cpu))
#define AT_MMRAM_NAME	   0x2a0u
#define AT_MMRAM_COUNT	   0x2b0u
#define AT_MMRAM(n, field) (0x2b8u + 0x20u * (n) + 8u * (field))
#define AT_MP_NAME	   0x340u
#define AT_MP_COUNT	   0x350u
#define AT_CPU_ID(cpu)	   (0x360u + 0x38u * (cpu))
#define AT_CPU_STATUS(cpu) (0x368u + 0x38u * (cpu))
#define AT_MEMORY_BASE	   0x4c0u

static void accepts_the_captured_list_of_4_cpus(void **state)
{
	struct world *world = *state;
	const struct mm_init_handoff *handoff = &world->init->handoff;

	assert_status(world_decode(world, NULL), MM_OK);
	assert_int_equal(handoff->cpu_count, 4);
	assert_int_equal(handoff->bsp, 0);
	assert_int_equal(handoff->smbase[0], 0x3dff9000);
	assert_int_equal(handoff->smbase[3], 0x3dfff000);
	assert_int_equal(handoff->mmram_count, 4);
	assert_int_equal(handoff->image.base, 0x3fff0000);
	assert_int_equal(handoff->image.bytes, 0x10000);
	assert_int_equal(handoff->user.buffer.base, 0x3dcbf000);
	assert_int_equal(handoff->user.buffer.bytes, 0x80000);
	assert_int_equal(handoff->user.status.base, 0x3dcbe000);
	assert_false(handoff->supervisor.exists);
	assert_int_equal(handoff->volume_count, 1);
	assert_int_equal(handoff->volumes[0].base, 0x900000);
	assert_int_equal(handoff->mmio_count, 2);
	assert_int_equal(handoff->unblocked_count, 0);
	assert_true(handoff->offers_s3);
}

static void accepts_the_captured_list_of_1_cpu(void **state)
{
	struct world *world = world_create_list(1);

	(void)state;
	assert_status(world_decode(world, NULL), MM_OK);
	assert_int_equal(world->init->handoff.cpu_count, 1);
	assert_int_equal(world->init->handoff.user.buffer.base, 0x3dcd7000);
	world_destroy(world);
}

static void copies_the_list_before_it_reads_it(void **state)
{
	struct world *world = *state;

	assert_status(world_decode(world, NULL), MM_OK);
	memset(world->list, 0xee, world->list_bytes);
	assert_true(mm_pi_hob_find_guid(&world->init->handoff.list, &mm_guid_smbase_hob, &(struct mm_bytes){ 0 }));
}

static void sorts_mmram_and_knows_what_is_in_use(void **state)
{
	struct world *world = *state;
	struct mm_init_handoff *handoff = &world->init->handoff;
	uint8_t first[32];

	memcpy(first, world->list + AT_MMRAM(0, 0), 32);
	memcpy(world->list + AT_MMRAM(0, 0), world->list + AT_MMRAM(3, 0), 32);
	memcpy(world->list + AT_MMRAM(3, 0), first, 32);
	assert_status(world_decode(world, NULL), MM_OK);
	for (uint32_t i = 1; i < handoff->mmram_count; i++)
		assert_true(handoff->mmram[i - 1].region.base < handoff->mmram[i].region.base);
	assert_true(mm_init_handoff_is_allocated(handoff, mm_region_create(WORLD_TILE_BASE, 0x1000)));
	assert_false(mm_init_handoff_is_allocated(handoff, mm_region_create(0x3e100000, 0x1000)));
	assert_true(mm_init_handoff_touches_mmram(handoff, mm_region_create(0x3dfff000, 0x1001)));
	assert_false(mm_init_handoff_touches_mmram(handoff, mm_region_create(0x3dfff000, 0x1000)));
}

static void add_supervisor_channel(struct world *world, uint64_t base, uint64_t status)
{
	const struct mm_hob_common_region region = { MM_HOB_REGION_SUPERVISOR, base, 16, status };

	world_add_guid_hob(world, &mm_guid_supv_common_region_hob, &region, sizeof(region));
}

static void takes_both_channels(void **state)
{
	struct world *world = *state;

	add_supervisor_channel(world, 0x3da00000, 0x3da10000);
	assert_status(world_decode(world, NULL), MM_OK);
	assert_true(world->init->handoff.supervisor.exists);
	assert_int_equal(world->init->handoff.supervisor.buffer.bytes, 0x10000);
	assert_int_equal(world->init->handoff.supervisor.status.base, 0x3da10000);
}

static void refuses_channels_that_share_a_page(void **state)
{
	struct world *world = *state;
	struct mm_refusal refusal = { NULL, 0, 0 };

	add_supervisor_channel(world, 0x3da00000, 0x3dcbe800);
	assert_status(world_decode(world, &refusal), MM_E_OVERLAP);
	assert_string_equal(refusal.field, "channels: they share a page");
}

static void refuses_a_second_channel_of_a_kind(void **state)
{
	struct world *world = *state;

	add_supervisor_channel(world, 0x3da00000, 0x3da10000);
	add_supervisor_channel(world, 0x3db00000, 0x3db10000);
	assert_status(world_decode(world, NULL), MM_E_EXISTS);
}

static void add_unblock(struct world *world, uint64_t base, uint64_t pages, uint64_t attributes)
{
	uint8_t payload[MM_HOB_UNBLOCK_REGION_BYTES] = { 0 };
	const struct mm_efi_memory_descriptor memory = {
		.type = MM_EFI_RUNTIME_SERVICES_DATA,
		.physical_start = base,
		.page_count = pages,
		.attribute = attributes,
	};

	memcpy(payload, &memory, sizeof(memory));
	memcpy(payload + sizeof(memory), &mm_guid_mm_variable, MM_GUID_BYTES);
	world_add_guid_hob(world, &mm_guid_supv_unblock_region_hob, payload, sizeof(payload));
}

static void takes_unblocked_ranges(void **state)
{
	struct world *world = *state;
	const struct mm_init_handoff *handoff = &world->init->handoff;

	add_unblock(world, 0x3da00000, 2, 0);
	add_unblock(world, 0x3db00000, 1, MM_EFI_MEMORY_SP);
	assert_status(world_decode(world, NULL), MM_OK);
	assert_int_equal(handoff->unblocked_count, 2);
	assert_int_equal(handoff->unblocked[0].region.bytes, 0x2000);
	assert_false(handoff->unblocked[0].is_supervisor);
	assert_true(handoff->unblocked[1].is_supervisor);
}

static void refuses_unblocked_mmram(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0x3dfff000, 2, 0);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_an_unblocked_range_twice(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0x3da00000, 2, 0);
	add_unblock(world, 0x3da01000, 2, 0);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_an_unblocked_channel(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0x3dcbf000, 1, 0);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_to_unblock_what_the_floor_keeps(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0xfed90000, 1, 0);
	assert_status(world_decode(world, NULL), MM_E_POLICY_FLOOR);
}

static void add_mmio(struct world *world, uint64_t base, uint64_t bytes)
{
	const struct mm_hob_resource hob = {
		.header = { MM_HOB_TYPE_RESOURCE_DESCRIPTOR, sizeof(hob), 0 },
		.type = MM_HOB_RESOURCE_MMIO,
		.base = base,
		.bytes = bytes,
	};

	world_add_hob(world, &hob, sizeof(hob));
}

static void refuses_mmio_over_a_channel(void **state)
{
	struct world *world = *state;

	add_mmio(world, 0x3dcbe000, 0x1000);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_mmio_twice(void **state)
{
	struct world *world = *state;

	add_mmio(world, 0xffd00000, 0x1000);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_mmio_over_an_unblocked_range(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0x3da00000, 2, 0);
	add_mmio(world, 0x3da01000, 0x1000);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_mmio_at_page_0(void **state)
{
	struct world *world = *state;

	add_mmio(world, 0, 0x1000);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_to_unblock_too_much(void **state)
{
	struct world *world = *state;

	add_unblock(world, 0x100000000, MM_INIT_UNBLOCK_BYTES_MAX / 4096 + 1, 0);
	assert_status(world_decode(world, NULL), MM_E_LIMIT);
}

static void refuses_a_protected_range_that_is_unblocked(void **state)
{
	struct world *world = *state;
	const struct mm_hob_protected_region region = { 0, 0x3da01000, 1 };

	world_add_guid_hob(world, &mm_guid_supv_protected_region_hob, &region, sizeof(region));
	add_unblock(world, 0x3da00000, 2, 0);
	assert_status(world_decode(world, NULL), MM_E_OVERLAP);
}

static void refuses_a_second_mmram_hob(void **state)
{
	struct world *world = *state;

	world_add_guid_hob(world, &mm_guid_mmram_hob, world->list + AT_MMRAM_COUNT, 0x88);
	assert_status(world_decode(world, NULL), MM_E_EXISTS);
}

static void works_without_a_user_channel(void **state)
{
	struct world *world = *state;

	mm_store_u32(world->list + AT_COMM_BASE - 16, 0);
	/* The HOB is somebody else's now; its memory is listed as a resource all the same. */
	assert_status(world_decode(world, NULL), MM_OK);
	assert_false(world->init->handoff.user.exists);
	assert_int_equal(world->init->handoff.unblocked_count, 2);
}

static void refuses_a_list_that_is_not_in_memory(void **state)
{
	struct world *world = *state;
	struct mm_refusal refusal = { NULL, 0, 0 };

	assert_status(mm_init_handoff_decode(&world->machine->mem, mm_pa(0x50000000), &world->init->handoff, &refusal),
		      MM_E_FAULT);
	assert_string_equal(refusal.field, "address of the HOB list");
	assert_status(mm_init_handoff_decode(&world->machine->mem, mm_pa(0), &world->init->handoff, NULL),
		      MM_E_MISALIGNED);
	assert_status(mm_init_handoff_decode(&world->machine->mem, mm_pa(0x3dbe1004), &world->init->handoff, NULL),
		      MM_E_MISALIGNED);
}

/* One changed field of the captured list, and how the decoder must call it. */
struct defect {
	const char *name;
	uint32_t offset;
	uint32_t bytes;
	uint64_t value;
	enum mm_status expected;
};

static const struct defect defects[] = {
	{ "refuses_a_list_that_ends_before_it_starts", AT_END_POINTER, 8, 0x3dbe0000, MM_E_TRUNCATED },
	{ "refuses_a_list_of_more_than_64_KiB", AT_END_POINTER, 8, 0x3dc00000, MM_E_LIMIT },
	{ "refuses_a_list_longer_than_its_hobs", AT_END_POINTER, 8, 0x3dbe1508, MM_E_HOB_TRAILING },
	{ "refuses_a_list_that_wraps", AT_END_POINTER, 8, UINT64_MAX, MM_E_LIMIT },
	{ "refuses_an_unknown_hob", 0x0f8, 2, 0x1234, MM_E_HOB_TYPE },
	{ "refuses_a_hob_of_length_0", 0x0fa, 2, 0, MM_E_HOB_LENGTH },
	{ "refuses_a_list_without_mmram", AT_MMRAM_NAME, 4, 0, MM_E_INIT_MISSING },
	{ "refuses_no_mmram_descriptors", AT_MMRAM_COUNT, 4, 0, MM_E_HOB_COUNT },
	{ "refuses_more_descriptors_than_the_hob_holds", AT_MMRAM_COUNT, 4, 5, MM_E_HOB_PAYLOAD },
	{ "refuses_empty_mmram", AT_MMRAM(2, 2), 8, 0, MM_E_HOB_RANGE },
	{ "refuses_mmram_that_wraps", AT_MMRAM(2, 2), 8, 0xfffffffffffff000, MM_E_HOB_RANGE },
	{ "refuses_mmram_that_is_not_in_pages", AT_MMRAM(2, 2), 8, 0x1fe1001, MM_E_HOB_RANGE },
	{ "refuses_mmram_that_overlaps", AT_MMRAM(2, 2), 8, 0x1fe2000, MM_E_OVERLAP },
	{ "refuses_mmram_above_4_gib", AT_MMRAM(2, 0), 8, 0x13e00f000, MM_E_UNSUPPORTED },
	{ "refuses_mmram_that_the_cpu_sees_elsewhere", AT_MMRAM(2, 1), 8, 0x1000, MM_E_UNSUPPORTED },
	{ "refuses_a_list_without_init", AT_MODULE_NAME, 4, 0, MM_E_INIT_MISSING },
	{ "refuses_init_outside_mmram", AT_MODULE_BASE, 8, 0x3fff8000, MM_E_INVALID },
	{ "refuses_a_list_without_cpus", AT_MP_NAME, 4, 0, MM_E_HOB_SEQUENCE },
	{ "refuses_a_cpu_too_few", AT_MP_COUNT, 2, 3, MM_E_HOB_PAYLOAD },
	{ "refuses_two_cpus_of_one_apic_id", AT_CPU_ID(2), 8, 1, MM_E_EXISTS },
	{ "refuses_an_apic_id_beyond_32_bits", AT_CPU_ID(2), 8, 0x100000000, MM_E_UNSUPPORTED },
	{ "refuses_two_bsps", AT_CPU_STATUS(1), 4, 7, MM_E_HOB_SEQUENCE },
	{ "refuses_no_bsp", AT_CPU_STATUS(0), 4, 6, MM_E_HOB_SEQUENCE },
	{ "refuses_a_list_without_smbase", AT_SMBASE_NAME, 4, 0, MM_E_INIT_MISSING },
	{ "refuses_smbases_that_begin_at_cpu_1", AT_SMBASE_FIRST, 4, 1, MM_E_HOB_SEQUENCE },
	{ "refuses_an_smbase_off_a_page", AT_SMBASE(1), 8, 0x3dffb100, MM_E_MISALIGNED },
	{ "refuses_an_smbase_outside_mmram", AT_SMBASE(0), 8, 0x3dff0000, MM_E_INVALID },
	{ "refuses_an_smbase_in_free_mmram", AT_SMBASE(3), 8, 0x3e800000, MM_E_INVALID },
	{ "refuses_an_smbase_in_init", AT_SMBASE(3), 8, 0x3ffe8000, MM_E_OVERLAP },
	{ "refuses_two_cpus_at_one_smbase", AT_SMBASE(3), 8, 0x3dff9000, MM_E_OVERLAP },
	{ "refuses_an_entry_on_another_save_state", AT_SMBASE(3), 8, 0x3e000000, MM_E_OVERLAP },
	{ "refuses_a_channel_in_mmram", AT_COMM_BASE, 8, 0x3e100000, MM_E_OVERLAP },
	{ "refuses_a_channel_that_reaches_mmram", AT_COMM_PAGES, 8, 0x400, MM_E_OVERLAP },
	{ "refuses_a_channel_of_no_pages", AT_COMM_PAGES, 8, 0, MM_E_HOB_RANGE },
	{ "refuses_a_channel_that_wraps", AT_COMM_PAGES, 8, 0xfffffffffffff, MM_E_HOB_RANGE },
	{ "refuses_a_status_in_mmram", AT_COMM_STATUS, 8, 0x3e001000, MM_E_OVERLAP },
	{ "refuses_a_status_in_the_apic", AT_COMM_STATUS, 8, 0xfee00300, MM_E_OVERLAP },
	{ "refuses_a_status_in_its_buffer", AT_COMM_STATUS, 8, 0x3dcbf000, MM_E_OVERLAP },
	{ "refuses_a_list_without_volume", AT_FV_TYPE, 2, MM_HOB_TYPE_UNUSED, MM_E_INIT_MISSING },
	{ "refuses_a_volume_in_mmram", AT_FV_BASE, 8, 0x3e100000, MM_E_OVERLAP },
	{ "refuses_mmio_in_mmram", AT_LAPIC_BASE, 8, 0x3ff80000, MM_E_OVERLAP },
	{ "refuses_memory_in_mmram", AT_MEMORY_BASE, 8, 0x3e100000, MM_E_OVERLAP },
	{ "refuses_memory_that_overlaps_a_channel", AT_MEMORY_BASE, 8, 0x3dcc0000, MM_E_OVERLAP },
	{ "refuses_memory_off_a_page", AT_MEMORY_BASE, 8, 0x3d100010, MM_E_MISALIGNED },
	{ "refuses_a_flag_that_is_neither", AT_S3, 1, 2, MM_E_HOB_VALUE },
};

static void refuses_defect(void **state)
{
	const struct defect *defect = *state;
	struct world *world = world_create_list(4);
	struct mm_refusal refusal = { NULL, 0, 0 };

	for (uint32_t i = 0; i < defect->bytes; i++)
		world->list[defect->offset + i] = (uint8_t)(defect->value >> (8 * i));
	assert_status(world_decode(world, &refusal), defect->expected);
	assert_non_null(refusal.field);
	world_destroy(world);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup_list, world_teardown)

static const struct CMUnitTest plain_tests[] = {
	IN_WORLD(accepts_the_captured_list_of_4_cpus),
	cmocka_unit_test(accepts_the_captured_list_of_1_cpu),
	IN_WORLD(copies_the_list_before_it_reads_it),
	IN_WORLD(sorts_mmram_and_knows_what_is_in_use),
	IN_WORLD(takes_both_channels),
	IN_WORLD(refuses_channels_that_share_a_page),
	IN_WORLD(refuses_a_second_channel_of_a_kind),
	IN_WORLD(takes_unblocked_ranges),
	IN_WORLD(refuses_unblocked_mmram),
	IN_WORLD(refuses_an_unblocked_range_twice),
	IN_WORLD(refuses_an_unblocked_channel),
	IN_WORLD(refuses_to_unblock_what_the_floor_keeps),
	IN_WORLD(refuses_mmio_over_a_channel),
	IN_WORLD(refuses_mmio_twice),
	IN_WORLD(refuses_mmio_over_an_unblocked_range),
	IN_WORLD(refuses_mmio_at_page_0),
	IN_WORLD(refuses_to_unblock_too_much),
	IN_WORLD(refuses_a_protected_range_that_is_unblocked),
	IN_WORLD(refuses_a_second_mmram_hob),
	IN_WORLD(works_without_a_user_channel),
	IN_WORLD(refuses_a_list_that_is_not_in_memory),
};

int main(void)
{
	struct CMUnitTest tests[MM_ARRAY_COUNT(plain_tests) + MM_ARRAY_COUNT(defects)];
	size_t count = MM_ARRAY_COUNT(plain_tests);

	memcpy(tests, plain_tests, sizeof(plain_tests));
	for (size_t i = 0; i < MM_ARRAY_COUNT(defects); i++)
		tests[count++] = (struct CMUnitTest){ defects[i].name, refuses_defect, NULL, NULL,
						      (void *)(uintptr_t)&defects[i] };
	return cmocka_run_group_tests_name("init/handoff", tests, NULL, NULL);
}
