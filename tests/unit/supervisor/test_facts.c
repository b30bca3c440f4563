/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What init hands over: the good list as facts, and each way to spoil it with its own status and field. */
#include "facts.h"

#include <stdlib.h>

#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "world.h"

#define INIT_FACTS_REVISION_AT 0u
#define INIT_FACTS_BASE_AT     16u
#define INIT_FACTS_BYTES_AT    24u

static void accepts_what_init_hands_over(void **state)
{
	struct world *world = *state;
	const struct mm_supv_facts *facts = world->facts;

	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(facts->cpu_count, 1);
	assert_int_equal(facts->hob_region.base, WORLD_HOBS);
	assert_int_equal(facts->hob_region.bytes, world->hob_bytes);
	assert_int_equal(facts->pass_down.mmi_entry_bytes, 0x200);
	assert_int_equal(facts->tsc_hz, WORLD_TSC_HZ);
	assert_int_equal(facts->init_image.base, WORLD_INIT_IMAGE);
	assert_int_equal(facts->supervisor_image.base, WORLD_SUPERVISOR);
	assert_true(facts->has_user_channel && facts->has_supervisor_channel);
	assert_int_equal(facts->user_channel.buffer.base, WORLD_USER_BUFFER);
	assert_int_equal(facts->supervisor_channel.buffer.base, WORLD_SUPERVISOR_BUFFER);
}

static void joins_ranges_of_mmram_and_keeps_free_ones_apart(void **state)
{
	struct world *world = *state;
	const struct mm_supv_facts *facts = world->facts;

	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(facts->mmram_count, 1); /* given as two, the higher one first */
	assert_int_equal(facts->mmram[0].base, WORLD_MMRAM_BASE);
	assert_int_equal(facts->mmram[0].bytes, WORLD_MMRAM_BYTES);
	assert_int_equal(facts->free_count, 1);
	assert_int_equal(facts->free[0].base, WORLD_FREE);
	assert_int_equal(mm_region_end(facts->free[0]), WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES);
}

static void sorts_ranges_that_come_in_any_order(void **state)
{
	struct world *world = *state;
	struct mm_pi_mmram *mmram = world->hobs.mmram;
	uint32_t i;

	/* The free quarter in four pieces with gaps, the last one first. */
	for (i = 0; i < 4; i++) {
		mmram[2 + i] = mmram[0];
		mmram[2 + i].region = mm_region_create(WORLD_FREE + (3 - i) * 0x40000u, 0x20000);
	}
	mmram[0].region = mm_region_create(WORLD_FREE + 0x200000u, 0x1000);
	world->hobs.mmram_count = 6;
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(world->facts->free_count, 5);
	for (i = 0; i < 4; i++)
		assert_int_equal(world->facts->free[i].base, WORLD_FREE + i * 0x40000u);
	assert_int_equal(world->facts->mmram[0].bytes, WORLD_FREE + 0x20000u - WORLD_MMRAM_BASE);
}

static void puts_user_core_first_wherever_its_hob_stands(void **state)
{
	struct world *world = *state;
	struct world_module *modules = world->hobs.modules;
	struct world_module core = modules[1];
	const struct mm_supv_facts *facts = world->facts;

	modules[1] = modules[2];
	modules[2] = modules[3];
	modules[3] = core;
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(facts->module_count, 3);
	assert_int_equal(facts->modules[0].image.base, WORLD_USER_CORE);
	assert_int_equal(facts->modules[0].entry, WORLD_USER_CORE + 0x100u);
	assert_int_equal(facts->modules[1].image.base, WORLD_DRIVER_1);
	assert_true(mm_guid_equal(&facts->modules[2].guid, &world_driver_2));
}

static void takes_as_many_modules_as_there_are_places(void **state)
{
	struct world *world = *state;
	struct world_module *modules = world->hobs.modules;
	uint32_t i;

	for (i = 4; i < MM_SUPV_MODULE_MAX + 1u; i++)
		modules[i] = (struct world_module){ world_driver_1,
						    { WORLD_TABLES + i * 0x1000u, 0x1000 },
						    WORLD_TABLES + i * 0x1000u };
	world->hobs.module_count = MM_SUPV_MODULE_MAX + 1u; /* the supervisor takes none */
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(world->facts->module_count, MM_SUPV_MODULE_MAX);
}

static void works_without_a_word_from_our_init(void **state)
{
	struct world *world = *state;

	world->hobs.init_facts_bytes = 0;
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_int_equal(world->facts->tsc_hz, 0);
	assert_true(mm_region_is_empty(world->facts->init_image));
}

static void works_without_channels(void **state)
{
	struct world *world = *state;

	world->hobs.user_channel.buffer.bytes = 0;
	world->hobs.supervisor_channel.buffer.bytes = 0;
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_false(world->facts->has_user_channel);
	assert_false(world->facts->has_supervisor_channel);
}

static void knows_mmram_from_what_touches_it(void **state)
{
	struct world *world = *state;
	const struct mm_supv_facts *facts = world->facts;
	const uint64_t end = WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES;

	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_true(mm_supv_facts_is_mmram(facts, mm_region_create(end - 8, 8)));
	assert_false(mm_supv_facts_is_mmram(facts, mm_region_create(end - 8, 9)));
	assert_true(mm_supv_facts_touches_mmram(facts, mm_region_create(end - 8, 9)));
	assert_false(mm_supv_facts_touches_mmram(facts, mm_region_create(end, 9)));
	assert_true(mm_supv_facts_is_in_use(facts, mm_region_create(WORLD_FREE - 8, 8)));
	assert_false(mm_supv_facts_is_in_use(facts, mm_region_create(WORLD_FREE - 8, 9)));
}

/* One defect: `spoil` changes what the list will say, `deface` the bytes of the list. */
struct defect {
	const char *claim;
	void (*spoil)(struct world_hobs *hobs);
	void (*deface)(struct world *world, uint8_t *list);
	enum mm_status status;
	const char *field; /* NULL: whatever the decoder of the payload calls it */
};

static void no_mmram(struct world_hobs *hobs)
{
	hobs->mmram_count = 0;
}

static void many_ranges(struct world_hobs *hobs)
{
	uint32_t i;

	for (i = 2; i < MM_SUPV_MMRAM_MAX + 2u; i++) {
		hobs->mmram[i] = hobs->mmram[0];
		hobs->mmram[i].region = mm_region_create(0x30000000u + i * 0x10000u, 0x1000);
	}
	hobs->mmram_count = MM_SUPV_MMRAM_MAX + 2u;
}

static void mmram_elsewhere(struct world_hobs *hobs)
{
	hobs->mmram[1].region.base = 0x30000000u;
}

static void mmram_without_list(struct world_hobs *hobs)
{
	hobs->mmram[1].region = mm_region_create(WORLD_INIT_IMAGE, WORLD_FREE - WORLD_INIT_IMAGE);
}

static void all_free(struct world_hobs *hobs)
{
	hobs->mmram[1].state = MM_HOB_MMRAM_CLOSED;
}

static void no_cpus(struct world_hobs *hobs)
{
	hobs->cpu_count = 0;
}

static void many_cpus(struct world_hobs *hobs)
{
	hobs->cpu_count = MM_SUPV_CPU_MAX + 1u;
}

static void no_pass_down(struct world_hobs *hobs)
{
	hobs->has_pass_down = false;
}

static void stacks_outside(struct world_hobs *hobs)
{
	hobs->pass_down.user_stack_base = WORLD_OS_BASE;
}

static void stacks_beyond_mmram(struct world_hobs *hobs)
{
	hobs->pass_down.user_stack_bytes_per_cpu = WORLD_MMRAM_BYTES;
}

static void stacks_that_overflow(struct world_hobs *hobs)
{
	hobs->cpu_count = 4;
	hobs->pass_down.user_stack_bytes_per_cpu = (uint64_t)1 << 63;
}

static void stacks_in_free_memory(struct world_hobs *hobs)
{
	hobs->pass_down.user_stack_base = WORLD_FREE;
}

static void smbase_outside(struct world_hobs *hobs)
{
	hobs->pass_down.smbase_array = WORLD_OS_BASE;
}

static void smbase_in_free_memory(struct world_hobs *hobs)
{
	hobs->pass_down.smbase_array = WORLD_FREE + 8;
}

static void initialized_outside(struct world_hobs *hobs)
{
	hobs->pass_down.initialized_array = WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES;
}

static void policy_outside(struct world_hobs *hobs)
{
	hobs->pass_down.policy.base = WORLD_OS_BASE;
}

static void policy_reaches_free_memory(struct world_hobs *hobs)
{
	hobs->pass_down.policy.bytes = WORLD_FREE - WORLD_POLICY + 1u;
}

static void user_buffer_in_mmram(struct world_hobs *hobs)
{
	hobs->user_channel.buffer.base = WORLD_FREE;
}

static void user_buffer_over_the_border(struct world_hobs *hobs)
{
	hobs->user_channel.buffer.base = WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES - 0x1000u;
}

static void user_status_in_mmram(struct world_hobs *hobs)
{
	hobs->user_channel.status.base = WORLD_SUPERVISOR + 0x9000u;
}

static void supervisor_buffer_in_mmram(struct world_hobs *hobs)
{
	hobs->supervisor_channel.buffer.base = WORLD_MMRAM_BASE;
}

static void supervisor_status_in_mmram(struct world_hobs *hobs)
{
	hobs->supervisor_channel.status.base = WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES - 8u;
}

static void channels_overlap(struct world_hobs *hobs)
{
	hobs->supervisor_channel.buffer.base = WORLD_USER_BUFFER + 0xf000u;
}

static void user_buffer_at_0(struct world_hobs *hobs)
{
	hobs->user_channel.buffer.base = 0;
}

static void user_status_on_page_0(struct world_hobs *hobs)
{
	hobs->user_channel.status.base = 0xff8;
}

static void supervisor_status_in_user_buffer(struct world_hobs *hobs)
{
	hobs->supervisor_channel.status.base = WORLD_USER_BUFFER + 0x8000u;
}

static void user_status_in_supervisor_buffer(struct world_hobs *hobs)
{
	hobs->user_channel.status.base = WORLD_SUPERVISOR_BUFFER + WORLD_CHANNEL_BYTES - 8u;
}

static void one_status_for_both(struct world_hobs *hobs)
{
	hobs->user_channel.status.base = WORLD_SUPERVISOR_STATUS + 16u;
}

static void no_user_core(struct world_hobs *hobs)
{
	hobs->modules[1].name = world_driver_1;
}

static void two_user_cores(struct world_hobs *hobs)
{
	hobs->modules[3].name = mm_guid_supv_user;
}

static void no_supervisor(struct world_hobs *hobs)
{
	hobs->modules[0].name = world_driver_1;
}

static void two_supervisors(struct world_hobs *hobs)
{
	hobs->modules[3].name = mm_guid_supv_core;
}

static void another_supervisor(struct world_hobs *hobs)
{
	hobs->modules[0].region = mm_region_create(WORLD_SUPERVISOR + 0x2000u, 0x1000);
	hobs->modules[0].entry = WORLD_SUPERVISOR + 0x2000u;
}

static void too_many_modules(struct world_hobs *hobs)
{
	uint32_t i;

	for (i = 4; i < MM_SUPV_MODULE_MAX + 2u; i++)
		hobs->modules[i] = (struct world_module){ world_driver_1,
							  { WORLD_TABLES + i * 0x1000u, 0x1000 },
							  WORLD_TABLES + i * 0x1000u };
	hobs->module_count = MM_SUPV_MODULE_MAX + 2u;
}

static void modules_overlap(struct world_hobs *hobs)
{
	hobs->modules[3].region.base = WORLD_DRIVER_1 + WORLD_MODULE_BYTES - 1u;
	hobs->modules[3].entry = hobs->modules[3].region.base;
}

static void module_over_supervisor(struct world_hobs *hobs)
{
	hobs->modules[2].region.base = WORLD_SUPERVISOR + 0x1000u;
	hobs->modules[2].entry = hobs->modules[2].region.base;
}

static void supervisor_over_earlier_module(struct world_hobs *hobs)
{
	struct world_module supervisor = hobs->modules[0];

	module_over_supervisor(hobs);
	hobs->modules[0] = hobs->modules[2];
	hobs->modules[2] = supervisor;
}

static void module_outside(struct world_hobs *hobs)
{
	hobs->modules[2].region.base = WORLD_OS_BASE;
	hobs->modules[2].entry = WORLD_OS_BASE;
}

static void module_in_free_memory(struct world_hobs *hobs)
{
	hobs->modules[1].region.base = WORLD_FREE - 0x1000u;
	hobs->modules[1].entry = WORLD_FREE;
}

static void facts_too_long(struct world_hobs *hobs)
{
	hobs->init_facts_bytes += 8;
}

static void facts_of_later_revision(struct world_hobs *hobs)
{
	mm_store_u32(hobs->init_facts + INIT_FACTS_REVISION_AT, 2);
}

static void init_misaligned(struct world_hobs *hobs)
{
	mm_store_u64(hobs->init_facts + INIT_FACTS_BASE_AT, WORLD_INIT_IMAGE + 8u);
}

static void init_with_part_of_a_page(struct world_hobs *hobs)
{
	mm_store_u64(hobs->init_facts + INIT_FACTS_BYTES_AT, WORLD_INIT_BYTES - 8u);
}

static void init_outside(struct world_hobs *hobs)
{
	mm_store_u64(hobs->init_facts + INIT_FACTS_BASE_AT, WORLD_OS_BASE);
}

static void init_that_wraps(struct world_hobs *hobs)
{
	mm_store_u64(hobs->init_facts + INIT_FACTS_BYTES_AT, UINT64_MAX & ~(uint64_t)0xfff);
}

static void init_over_supervisor(struct world_hobs *hobs)
{
	mm_store_u64(hobs->init_facts + INIT_FACTS_BYTES_AT, WORLD_INIT_BYTES + 0x1000u);
}

static void set_end(uint8_t *list, uint64_t end)
{
	mm_store_u64(list + offsetof(struct mm_hob_handoff, end_of_hob_list), end);
}

static void ends_before_it_starts(struct world *world, uint8_t *list)
{
	set_end(list, WORLD_HOBS - 8u);
}

static void ends_too_far_away(struct world *world, uint8_t *list)
{
	set_end(list, WORLD_HOBS + 0x100008u);
}

static void ends_early(struct world *world, uint8_t *list)
{
	set_end(list, WORLD_HOBS + world->hob_bytes - 16u);
}

static void ends_late(struct world *world, uint8_t *list)
{
	set_end(list, WORLD_HOBS + world->hob_bytes);
}

static void is_no_list(struct world *world, uint8_t *list)
{
	mm_store_u16(list, MM_HOB_TYPE_UNUSED);
}

static const struct defect defects[] = {
	{ "refuses_list_without_mmram", no_mmram, NULL, MM_E_NOT_FOUND, "MMRAM HOB" },
	{ "refuses_more_ranges_than_it_knows", many_ranges, NULL, MM_E_LIMIT, "MMRAM ranges" },
	{ "refuses_mmram_that_does_not_hold_this_image", mmram_elsewhere, NULL, MM_E_SUPV_OUTSIDE, "supervisor image" },
	{ "refuses_list_outside_mmram", mmram_without_list, NULL, MM_E_SUPV_OUTSIDE, "HOB list" },
	{ "refuses_list_in_free_memory", all_free, NULL, MM_E_SUPV_OUTSIDE, "HOB list" },
	{ "refuses_list_without_processors", no_cpus, NULL, MM_E_NOT_FOUND, NULL },
	{ "refuses_more_processors_than_it_knows", many_cpus, NULL, MM_E_LIMIT, "NumberOfProcessors" },
	{ "refuses_list_without_pass_down", no_pass_down, NULL, MM_E_NOT_FOUND, "PassDown HOB" },
	{ "refuses_stacks_outside_mmram", stacks_outside, NULL, MM_E_SUPV_OUTSIDE, "Cpl3StackBase" },
	{ "refuses_stacks_that_leave_mmram", stacks_beyond_mmram, NULL, MM_E_SUPV_OUTSIDE, "Cpl3StackBase" },
	{ "refuses_stacks_in_free_memory", stacks_in_free_memory, NULL, MM_E_SUPV_OUTSIDE, "Cpl3StackBase" },
	{ "refuses_stacks_whose_size_overflows", stacks_that_overflow, NULL, MM_E_OVERFLOW, "Cpl3PerCoreStackSize" },
	{ "refuses_smbase_array_outside_mmram", smbase_outside, NULL, MM_E_SUPV_OUTSIDE, "SmBase" },
	{ "refuses_smbase_array_in_free_memory", smbase_in_free_memory, NULL, MM_E_SUPV_OUTSIDE, "SmBase" },
	{ "refuses_initialized_bytes_outside_mmram", initialized_outside, NULL, MM_E_SUPV_OUTSIDE,
	  "MmInitializedBuffer" },
	{ "refuses_policy_outside_mmram", policy_outside, NULL, MM_E_SUPV_OUTSIDE, "FirmwarePolicyBuffer" },
	{ "refuses_policy_that_reaches_free_memory", policy_reaches_free_memory, NULL, MM_E_SUPV_OUTSIDE,
	  "FirmwarePolicyBuffer" },
	{ "refuses_user_channel_in_mmram", user_buffer_in_mmram, NULL, MM_E_SUPV_OUTSIDE, "channel buffer" },
	{ "refuses_user_channel_over_the_border", user_buffer_over_the_border, NULL, MM_E_SUPV_OUTSIDE,
	  "channel buffer" },
	{ "refuses_user_status_in_mmram", user_status_in_mmram, NULL, MM_E_SUPV_OUTSIDE, "channel status" },
	{ "refuses_supervisor_channel_in_mmram", supervisor_buffer_in_mmram, NULL, MM_E_SUPV_OUTSIDE,
	  "channel buffer" },
	{ "refuses_supervisor_status_over_the_border", supervisor_status_in_mmram, NULL, MM_E_SUPV_OUTSIDE,
	  "channel status" },
	{ "refuses_channels_that_overlap", channels_overlap, NULL, MM_E_OVERLAP, "channel buffers" },
	{ "refuses_channel_on_page_0", user_buffer_at_0, NULL, MM_E_SUPV_OUTSIDE, "channel buffer" },
	{ "refuses_status_on_page_0", user_status_on_page_0, NULL, MM_E_SUPV_OUTSIDE, "channel status" },
	{ "refuses_supervisor_status_that_ring_3_can_write", supervisor_status_in_user_buffer, NULL, MM_E_OVERLAP,
	  "channel status" },
	{ "refuses_user_status_in_supervisor_channel", user_status_in_supervisor_buffer, NULL, MM_E_OVERLAP,
	  "channel status" },
	{ "refuses_one_status_block_for_both_channels", one_status_for_both, NULL, MM_E_OVERLAP, "channel status" },
	{ "refuses_list_without_user_core", no_user_core, NULL, MM_E_SUPV_MODULES, "user core" },
	{ "refuses_second_user_core", two_user_cores, NULL, MM_E_SUPV_MODULES, "second user core" },
	{ "refuses_list_without_supervisor", no_supervisor, NULL, MM_E_SUPV_MODULES, "supervisor" },
	{ "refuses_second_supervisor", two_supervisors, NULL, MM_E_SUPV_MODULES, "second supervisor" },
	{ "refuses_list_of_another_supervisor", another_supervisor, NULL, MM_E_SUPV_MODULES, "supervisor" },
	{ "refuses_more_modules_than_places", too_many_modules, NULL, MM_E_SUPV_MODULES, "module count" },
	{ "refuses_modules_that_overlap", modules_overlap, NULL, MM_E_SUPV_MODULES, "module overlap" },
	{ "refuses_module_over_supervisor", module_over_supervisor, NULL, MM_E_SUPV_MODULES, "module over supervisor" },
	{ "refuses_supervisor_over_earlier_module", supervisor_over_earlier_module, NULL, MM_E_SUPV_MODULES,
	  "module overlap" },
	{ "refuses_module_outside_mmram", module_outside, NULL, MM_E_SUPV_OUTSIDE, "module" },
	{ "refuses_module_in_free_memory", module_in_free_memory, NULL, MM_E_SUPV_OUTSIDE, "module" },
	{ "refuses_init_facts_of_wrong_size", facts_too_long, NULL, MM_E_HOB_PAYLOAD, "init facts" },
	{ "refuses_init_facts_of_later_revision", facts_of_later_revision, NULL, MM_E_HOB_REVISION,
	  "init facts revision" },
	{ "refuses_init_image_off_a_page", init_misaligned, NULL, MM_E_MISALIGNED, "init image" },
	{ "refuses_init_image_with_part_of_a_page", init_with_part_of_a_page, NULL, MM_E_MISALIGNED, "init image" },
	{ "refuses_init_image_outside_mmram", init_outside, NULL, MM_E_SUPV_OUTSIDE, "init image" },
	{ "refuses_init_image_that_wraps", init_that_wraps, NULL, MM_E_SUPV_OUTSIDE, "init image" },
	{ "refuses_to_erase_the_supervisor_as_init", init_over_supervisor, NULL, MM_E_SUPV_MODULES,
	  "module over supervisor" },
	{ "refuses_list_that_ends_before_it_starts", NULL, ends_before_it_starts, MM_E_HOB_LENGTH, "EfiEndOfHobList" },
	{ "refuses_list_longer_than_any", NULL, ends_too_far_away, MM_E_HOB_LENGTH, "EfiEndOfHobList" },
	{ "refuses_list_whose_end_lies_early", NULL, ends_early, MM_E_HOB_NO_END, NULL },
	{ "refuses_list_whose_end_lies_late", NULL, ends_late, MM_E_HOB_TRAILING, NULL },
	{ "refuses_bytes_that_are_no_list", NULL, is_no_list, MM_E_HOB_NO_HANDOFF, NULL },
};

static void refuses(void **state)
{
	struct world *world = *state;
	const struct defect *defect = world->row;
	struct mm_refusal refusal = { "", 0, 0 };

	if (defect->spoil != NULL)
		defect->spoil(&world->hobs);
	world_write_hobs(world);
	if (defect->deface != NULL)
		defect->deface(world, world_bytes(world, WORLD_HOBS, WORLD_HOBS_BYTES));
	assert_status(world_read_facts(world, &refusal), defect->status);
	if (defect->field != NULL)
		assert_string_equal(refusal.field, defect->field);
	else
		assert_string_not_equal(refusal.field, "");
}

static void refuses_list_that_is_not_aligned(void **state)
{
	struct world *world = *state;
	struct mm_refusal refusal;

	world_write_hobs(world);
	assert_status(mm_supv_facts_read_untrusted(&world->machine->mem, mm_pa(WORLD_HOBS + 4u), WORLD_ANCHOR,
						   world->facts, &refusal),
		      MM_E_INVALID);
	assert_string_equal(refusal.field, "HOB list address");
}

static void refuses_list_where_there_is_no_memory(void **state)
{
	struct world *world = *state;
	struct mm_refusal refusal;

	assert_status(mm_supv_facts_read_untrusted(&world->machine->mem, mm_pa(0x50000000), WORLD_ANCHOR, world->facts,
						   &refusal),
		      MM_E_INVALID);
	assert_string_equal(refusal.field, "HOB list address");
}

static void refuses_list_that_leaves_memory(void **state)
{
	struct world *world = *state;
	struct mm_refusal refusal;
	uint64_t place = WORLD_OS_BASE + WORLD_OS_BYTES - 0x1000u;

	world_write_hobs(world);
	memcpy(world_bytes(world, place, 0x100), world_bytes(world, WORLD_HOBS, 0x100), 0x100);
	set_end(world_bytes(world, place, 0x100), place + 0x1000u);
	assert_status(
		mm_supv_facts_read_untrusted(&world->machine->mem, mm_pa(place), WORLD_ANCHOR, world->facts, &refusal),
		MM_E_INVALID);
	assert_string_equal(refusal.field, "HOB list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(accepts_what_init_hands_over, world_setup_unbuilt, world_teardown),
		cmocka_unit_test_setup_teardown(joins_ranges_of_mmram_and_keeps_free_ones_apart, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(sorts_ranges_that_come_in_any_order, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(puts_user_core_first_wherever_its_hob_stands, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(takes_as_many_modules_as_there_are_places, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(works_without_a_word_from_our_init, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(works_without_channels, world_setup_unbuilt, world_teardown),
		cmocka_unit_test_setup_teardown(knows_mmram_from_what_touches_it, world_setup_unbuilt, world_teardown),
		cmocka_unit_test_setup_teardown(refuses_list_that_is_not_aligned, world_setup_unbuilt, world_teardown),
		cmocka_unit_test_setup_teardown(refuses_list_where_there_is_no_memory, world_setup_unbuilt,
						world_teardown),
		cmocka_unit_test_setup_teardown(refuses_list_that_leaves_memory, world_setup_unbuilt, world_teardown),
	};
	struct CMUnitTest rows[MM_ARRAY_COUNT(defects)] = { { 0 } };
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(defects); i++) {
		rows[i].name = defects[i].claim;
		rows[i] = world_row(defects[i].claim, refuses, world_setup_unbuilt, &defects[i]);
	}
	return cmocka_run_group_tests_name("supervisor/facts", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/facts refusals", rows, NULL, NULL);
}
