/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The whole of init on the fake machine, with the captured lists as its hand-off. */
#include "mm/abi/init_facts.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/depex.h"
#include "tests/mm_test.h"
#include "world.h"

#define CR0_IN_MM  0x80010033u
#define EFER_IN_MM 0x901u

/* The world after a whole run. */
static int run_setup(void **state)
{
	struct world *world;

	assert_int_equal(world_setup_filled(state), 0);
	world = *state;
	assert_status(world_run(world), MM_OK);
	return 0;
}

static const struct mm_init_module *module_at(const struct world *world, uint32_t index)
{
	assert_true(index < world->init->modules.count);
	return &world->init->modules.modules[index];
}

static void accepts_the_captured_list_of_4_cpus(void **state)
{
	struct world *world = *state;

	assert_int_equal(world->init->modules.count, 3);
	assert_true(world_log_has(world, "init: first SMI answered by 4 of 4 CPUs\n"));
	assert_true(world_log_has(world, "init: done, 3 modules handed over\n"));
	assert_false(world_log_has(world, "refused"));
}

static void accepts_the_captured_list_of_1_cpu(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world_fill_volume(world);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->smi_count, 1);
	world_destroy(world);
}

static void sends_each_cpu_one_smi_and_the_bsp_the_first(void **state)
{
	struct world *world = *state;

	assert_int_equal(world->smi_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(world->smi_cpu[i], i);
}

static void passes_down_what_the_supervisor_needs(void **state)
{
	struct world *world = *state;
	struct mm_pi_pass_down p = world_pass_down(world);
	const uint8_t *smbase = fake_machine_bytes(world->machine, p.smbase_array, 32);
	struct policy_file policy;

	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(mm_load_u64(smbase + 8 * i), 0x3dff9000 + 0x2000 * i);
	assert_int_equal(p.user_stack_bytes_per_cpu, 0x2000);
	assert_int_equal(p.mmi_entry_bytes, world->init->mmi_entry.count);
	build_policy(&policy, false, 0, 0);
	assert_int_equal(p.policy.bytes, policy.count);
	assert_memory_equal(fake_machine_bytes(world->machine, p.policy.base, p.policy.bytes), policy.bytes,
			    policy.count);
}

static void reports_what_it_measured(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_init_facts facts;
	struct mm_bytes payload;

	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_init_facts_hob, &payload));
	assert_int_equal(payload.count, sizeof(facts));
	memcpy(&facts, payload.data, sizeof(facts));
	assert_int_equal(facts.revision, MM_INIT_FACTS_REVISION);
	assert_int_equal(facts.cpu_count, 4);
	assert_int_equal(facts.init_image_base, 0x3fff0000);
	assert_int_equal(facts.init_image_bytes, 0x10000);
	assert_int_equal(facts.missing_protections, 0);
	/* The fake clock runs at 1 GHz; measured against the timer it may be off by a percent. */
	assert_in_range(facts.tsc_hz, 990000000, 1010000000);
}

static bool next_module(struct mm_pi_hob_iter *iter, struct mm_pi_hob *ret_hob)
{
	while (mm_pi_hob_next(iter, ret_hob)) {
		if (mm_pi_hob_is_mm_module(ret_hob))
			return true;
	}
	return false;
}

static void lists_the_modules_in_order(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_pi_hob_iter iter = mm_pi_hob_iter(&list);
	struct mm_guid driver = world_driver_guid(1);
	struct mm_pi_hob hob;

	assert_true(next_module(&iter, &hob));
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_core));
	assert_int_equal(hob.u.memory.entry, hob.u.memory.region.base + TEST_IMAGE_ENTRY_RVA);
	assert_int_equal(hob.u.memory.region.bytes, TEST_IMAGE_BYTES);
	assert_true(next_module(&iter, &hob));
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &mm_guid_supv_user));
	assert_true(next_module(&iter, &hob));
	assert_true(mm_guid_equal(&hob.u.memory.module_name, &driver));
	/* A driver's depex stands right behind it. */
	assert_true(mm_pi_hob_next(&iter, &hob));
	assert_true(mm_guid_equal(&hob.u.guid.name, &mm_guid_supv_depex_hob));
	assert_false(next_module(&iter, &hob));
}

static void hands_over_a_depex_that_can_be_evaluated(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_guid driver = world_driver_guid(1);
	struct mm_pi_depex_hob hob;
	struct mm_pi_depex depex;
	struct mm_bytes payload;

	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_supv_depex_hob, &payload));
	assert_status(mm_pi_depex_hob_decode_untrusted(payload, &hob, NULL), MM_OK);
	assert_true(mm_guid_equal(&hob.file_name, &driver));
	assert_status(mm_pi_depex_check_untrusted(hob.depex, &depex, NULL), MM_OK);
	assert_true(mm_pi_depex_evaluate(&depex, NULL, NULL));
}

static void copies_the_ipls_hobs(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_pi_channel channel;
	struct mm_bytes payload;
	bool flag = false;

	assert_true(mm_pi_hob_list_is_at(&list, world->init->hob_pages.base));
	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_comm_buffer_hob, &payload));
	assert_status(mm_pi_comm_buffer_decode_untrusted(payload, &channel, NULL), MM_OK);
	assert_int_equal(channel.buffer.base, 0x3dcbf000);
	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_acpi_s3_enable_hob, &payload));
	assert_status(mm_pi_flag_decode_untrusted(payload, &flag, NULL), MM_OK);
	assert_true(flag);
}

static struct mm_pi_mmram_list handed_mmram(struct world *world)
{
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_pi_mmram_list mmram;
	struct mm_bytes payload;

	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_mmram_hob, &payload));
	assert_status(mm_pi_mmram_decode_untrusted(payload, &mmram, NULL), MM_OK);
	return mmram;
}

static bool is_listed_in_use(struct world *world, struct mm_region region)
{
	struct mm_pi_mmram_list list = handed_mmram(world);

	for (uint32_t i = 0; i < list.count; i++) {
		struct mm_pi_mmram mmram = mm_pi_mmram_at(&list, i);

		if (mm_region_contains(mmram.region, region))
			return (mmram.state & MM_HOB_MMRAM_ALLOCATED) != 0;
	}
	return false;
}

static void lists_what_is_in_use_as_allocated(void **state)
{
	struct world *world = *state;
	const struct mm_init *init = world->init;

	for (uint32_t i = 0; i < 3; i++)
		assert_true(is_listed_in_use(world, module_at(world, i)->image));
	for (uint32_t i = 0; i < 4; i++)
		assert_true(is_listed_in_use(world, init->processors.blocks[i]));
	assert_true(is_listed_in_use(world, init->hob_pages));
	assert_true(is_listed_in_use(world, init->policy.pages));
	assert_true(is_listed_in_use(world, init->processors.user_stacks));
	assert_true(is_listed_in_use(world, mm_region_create(WORLD_TILE_BASE, 0xe000)));
	assert_true(is_listed_in_use(world, init->handoff.image));
	assert_false(is_listed_in_use(world, init->memory.metadata));
}

static void lists_all_of_mmram_and_leaves_the_free_part_zero(void **state)
{
	struct world *world = *state;
	struct mm_pi_mmram_list list = handed_mmram(world);
	uint64_t sum = 0;
	uint64_t free_bytes = 0;

	for (uint32_t i = 0; i < list.count; i++) {
		struct mm_pi_mmram mmram = mm_pi_mmram_at(&list, i);
		const uint8_t *bytes = fake_machine_bytes(world->machine, mmram.region.base, mmram.region.bytes);

		sum += mmram.region.bytes;
		if ((mmram.state & MM_HOB_MMRAM_ALLOCATED) != 0)
			continue;
		free_bytes += mmram.region.bytes;
		assert_int_equal(bytes[0], 0);
		/* All bytes equal the first one. */
		assert_memory_equal(bytes, bytes + 1, mmram.region.bytes - 1);
	}
	assert_int_equal(sum, WORLD_MMRAM_BYTES);
	assert_true(free_bytes > WORLD_MMRAM_BYTES - 0x200000);
}

static void zeroes_mmram_that_was_not_clean(void **state)
{
	struct world *world = *state;
	uint8_t *old = fake_machine_bytes(world->machine, 0x3f000000, 0x1000);

	memset(old, 0x5a, 0x1000);
	assert_status(world_run(world), MM_OK);
	assert_false(is_listed_in_use(world, mm_region_create(0x3f000000, 0x1000)));
	assert_int_equal(old[0], 0);
	assert_int_equal(old[0xfff], 0);
}

static void places_an_entry_at_each_smbase(void **state)
{
	struct world *world = *state;
	size_t count = world->init->mmi_entry.count;

	for (uint32_t i = 0; i < 4; i++) {
		const uint8_t *entry = fake_machine_bytes(world->machine, WORLD_TILE_BASE + 0x2000 * i, 0x1000);
		const uint8_t *block = entry + count - 4 - MM_MMI_FIXUP_BYTES;
		uint32_t stack = mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_STACK);
		uint32_t gdtr = mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_GDTR);
		const uint8_t *pseudo = fake_machine_bytes(world->machine, gdtr, 10);

		assert_memory_equal(entry, world->mmi_entry, 0x100);
		assert_int_equal(mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_SMBASE),
				 0x3dff9000 + 0x2000 * i);
		assert_int_equal(stack % 16, 0);
		assert_int_equal(mm_load_u64(fake_machine_bytes(world->machine, stack, 8)), i);
		assert_int_equal(mm_load_u64(block + MM_MMI_FIXUP64 + 8 * MM_MMI_FIXUP64_RENDEZVOUS),
				 module_at(world, 0)->entry);
		assert_int_equal(mm_load_u16(pseudo), MM_GDT_BYTES - 1);
		assert_int_equal(mm_load_u64(pseudo + 2), mm_page_floor(gdtr));
	}
}

static void relocates_what_it_loads(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 0; i < 3; i++) {
		const struct mm_init_module *module = module_at(world, i);
		const uint8_t *image = fake_machine_bytes(world->machine, module->image.base, module->image.bytes);

		assert_int_equal(mm_load_u64(image + TEST_IMAGE_RDATA_RVA), module->entry);
		assert_int_equal(image[TEST_IMAGE_DATA_RVA], 0xda);
		assert_int_equal(image[TEST_IMAGE_DATA_RVA + 0x200], 0);
	}
}

static void keeps_ring_0_and_ring_3_in_different_2_mib_windows(void **state)
{
	struct world *world = *state;
	uint64_t supervisor = module_at(world, 0)->image.base / MM_PAGES_WINDOW_BYTES;

	assert_true(module_at(world, 1)->image.base / MM_PAGES_WINDOW_BYTES != supervisor);
	assert_true(module_at(world, 2)->image.base / MM_PAGES_WINDOW_BYTES != supervisor);
	assert_true(world->init->processors.user_stacks.base / MM_PAGES_WINDOW_BYTES != supervisor);
}

/* CPU 0 with the registers that the MMI entry loads. */
static int paged_setup(void **state)
{
	struct world *world;
	struct mm_hal_cpu *cpu;

	assert_int_equal(run_setup(state), 0);
	world = *state;
	cpu = &world->machine->cpu;
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR3, mm_hal_pagetable_root(&world->init->tables.pagetable).v),
		      MM_OK);
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR4, world->init->protections.cr4), MM_OK);
	assert_status(mm_hal_cpu_wrmsr(cpu, 0xc0000080, EFER_IN_MM), MM_OK);
	assert_status(mm_hal_cpu_set_register(cpu, MM_HAL_CR0, CR0_IN_MM), MM_OK);
	return 0;
}

static bool can(struct world *world, uint64_t address, uint32_t access)
{
	uint64_t pa = 0;

	if (!fake_machine_translate(world->machine, address, access, false, &pa))
		return false;
	assert_int_equal(pa, address);
	return true;
}

#define READ	0u
#define WRITE	MM_HAL_PAGE_WRITE
#define EXECUTE MM_HAL_PAGE_EXECUTE
#define AS_USER MM_HAL_PAGE_USER

static void maps_ring_0s_image_by_its_sections(void **state)
{
	struct world *world = *state;
	uint64_t base = module_at(world, 0)->image.base;

	assert_true(can(world, base, READ));
	assert_false(can(world, base, WRITE));
	assert_true(can(world, base + TEST_IMAGE_TEXT_RVA, EXECUTE));
	assert_false(can(world, base + TEST_IMAGE_TEXT_RVA, WRITE));
	assert_false(can(world, base + TEST_IMAGE_TEXT_RVA, READ | AS_USER));
	assert_false(can(world, base + TEST_IMAGE_RDATA_RVA, WRITE));
	assert_false(can(world, base + TEST_IMAGE_RDATA_RVA, EXECUTE));
	assert_true(can(world, base + TEST_IMAGE_DATA_RVA + 0x1000, WRITE));
	assert_false(can(world, base + TEST_IMAGE_DATA_RVA, EXECUTE));
}

static void maps_ring_3s_images_by_their_sections(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 1; i < 3; i++) {
		uint64_t base = module_at(world, i)->image.base;

		assert_true(can(world, base + TEST_IMAGE_TEXT_RVA, EXECUTE | AS_USER));
		assert_false(can(world, base + TEST_IMAGE_TEXT_RVA, WRITE | AS_USER));
		/* SMEP and SMAP: ring 0 neither runs nor reads it. */
		assert_false(can(world, base + TEST_IMAGE_TEXT_RVA, EXECUTE));
		assert_false(can(world, base + TEST_IMAGE_DATA_RVA, READ));
		assert_false(can(world, base + TEST_IMAGE_RDATA_RVA, WRITE | AS_USER));
		assert_true(can(world, base + TEST_IMAGE_DATA_RVA, WRITE | AS_USER));
		assert_false(can(world, base + TEST_IMAGE_DATA_RVA, EXECUTE | AS_USER));
	}
}

static void leaves_page_0_and_stack_guards_absent(void **state)
{
	struct world *world = *state;

	assert_false(can(world, 0, READ));
	for (uint32_t i = 0; i < 4; i++) {
		uint64_t stack = mm_init_processors_stack(&world->init->processors, i);
		uint64_t bottom = mm_page_floor(stack) - (MM_INIT_STACK_PAGES - 1) * MM_PAGE_BYTES;

		assert_true(can(world, stack, WRITE));
		assert_true(can(world, bottom, WRITE));
		assert_false(can(world, bottom - 1, READ));
		assert_false(can(world, stack, EXECUTE));
	}
}

static void maps_entries_executable_and_save_states_writable(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 0; i < 4; i++) {
		uint64_t entry = WORLD_TILE_BASE + 0x2000 * i;

		assert_true(can(world, entry, EXECUTE));
		assert_false(can(world, entry, WRITE));
		assert_false(can(world, entry, READ | AS_USER));
		assert_true(can(world, entry + 0x7c00, WRITE));
		assert_false(can(world, entry + 0x7c00, EXECUTE));
	}
}

static void write_protects_what_only_init_writes(void **state)
{
	struct world *world = *state;
	const struct mm_init *init = world->init;
	const uint64_t pages[] = {
		init->hob_pages.base,
		init->policy.pages.base,
		init->processors.smbase_pages.base,
		mm_init_processors_descriptors(&init->processors, 0).base,
		mm_init_processors_descriptors(&init->processors, 3).base,
	};

	for (size_t i = 0; i < MM_ARRAY_COUNT(pages); i++) {
		assert_true(can(world, pages[i], READ));
		assert_false(can(world, pages[i], WRITE));
		assert_false(can(world, pages[i], READ | AS_USER));
	}
	assert_true(can(world, init->processors.initialized_pages.base, WRITE));
}

static enum mm_status check_table_page(void *context, struct mm_pa page)
{
	struct world *world = context;

	assert_true(can(world, page.v, READ));
	assert_false(can(world, page.v, WRITE));
	assert_true(is_listed_in_use(world, mm_region_create(page.v, MM_PAGE_BYTES)));
	return MM_OK;
}

static void write_protects_the_tables_themselves(void **state)
{
	struct world *world = *state;
	struct mm_hal_pagetable *pagetable = &world->init->tables.pagetable;

	assert_status(mm_hal_pagetable_walk_tables(pagetable, check_table_page, world), MM_OK);
	assert_status(mm_hal_pagetable_check(pagetable), MM_OK);
}

struct map_sums {
	uint64_t mmram;
	uint64_t outside;
	uint64_t write_execute;
};

static enum mm_status sum_run(void *context, const struct mm_hal_pagetable_run *run)
{
	struct map_sums *sums = context;

	if (run->va >= WORLD_MMRAM_BASE && run->va < WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES)
		sums->mmram += run->bytes;
	else
		sums->outside += run->bytes;
	if ((run->attributes & (WRITE | EXECUTE)) == (WRITE | EXECUTE))
		sums->write_execute += run->bytes;
	return MM_OK;
}

static void maps_nothing_else(void **state)
{
	struct world *world = *state;
	struct map_sums sums = { 0, 0, 0 };

	assert_status(
		mm_hal_pagetable_walk(&world->init->tables.pagetable, mm_region_create(0, UINT64_MAX), sum_run, &sums),
		MM_OK);
	/* Outside: the user channel, its status page, the local APIC. */
	assert_int_equal(sums.outside, 0x80000 + 0x1000 + 0x1000);
	assert_int_equal(sums.mmram, WORLD_MMRAM_BYTES - 4 * 0x1000);
	assert_int_equal(sums.write_execute, 0);
	assert_false(can(world, WORLD_VOLUME_BASE, READ));
}

static void maps_channel_and_apic_for_ring_0_only(void **state)
{
	struct world *world = *state;

	assert_true(can(world, 0x3dcbf000, WRITE));
	assert_false(can(world, 0x3dcbf000, READ | AS_USER));
	assert_false(can(world, 0x3dcbf000, EXECUTE));
	assert_true(can(world, 0x3dcbe000, WRITE));
	assert_true(can(world, MM_HAL_LAPIC_BASE, WRITE));
	assert_int_equal(world_attributes(world, MM_HAL_LAPIC_BASE), MM_HAL_PAGE_RW | MM_HAL_PAGE_UNCACHED);
	assert_false(can(world, MM_HAL_LAPIC_BASE + 0x1000, READ));
}

static void maps_user_stacks_for_ring_3(void **state)
{
	struct world *world = *state;
	struct mm_region stacks = world->init->processors.user_stacks;

	assert_int_equal(stacks.bytes, 4 * 0x2000);
	assert_true(can(world, stacks.base, WRITE | AS_USER));
	assert_true(can(world, mm_region_end(stacks) - 8, WRITE | AS_USER));
	assert_false(can(world, stacks.base, EXECUTE | AS_USER));
}

static void maps_what_the_hand_off_unblocks(void **state)
{
	struct world *world = *state;
	const struct mm_hob_resource hob = {
		.header = { MM_HOB_TYPE_RESOURCE_DESCRIPTOR, sizeof(hob), 0 },
		.type = MM_HOB_RESOURCE_SYSTEM_MEMORY,
		.base = 0x3da00000,
		.bytes = 0x2000,
	};

	world_add_hob(world, &hob, sizeof(hob));
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world_attributes(world, 0x3da00000), MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	assert_int_equal(world_attributes(world, 0x3da01000), MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	assert_int_equal(world_attributes(world, 0x3da02000), 0);
}

static void gives_up_on_a_cpu_that_does_not_answer(void **state)
{
	struct world *world = *state;

	world->machine->ticks_per_pause = 1000000;
	world->deaf_cpu = 2;
	assert_status(world_run(world), MM_E_TIMEOUT);
	assert_true(world_log_has(world, "init: first SMI: refused: it did not happen in time "
					 "(first SMI of CPU at 0x0 is 0x2)\n"));
	/* CPU 3 was not asked any more; and what CPU 2 may still be running is left alone. */
	assert_int_equal(world->smi_count, 3);
	assert_memory_equal(fake_machine_bytes(world->machine, WORLD_TILE_BASE + 0x4000, 0x100), world->mmi_entry,
			    0x100);
}

static void refuses_an_apic_that_moved(void **state)
{
	struct world *world = *state;

	fake_machine_set_msr(world->machine, 0x1b, 0xfed00900);
	assert_status(world_run(world), MM_E_HAL_LAPIC_MOVED);
	assert_int_equal(world->smi_count, 0);
}

static void refuses_a_bad_hand_off_with_a_line(void **state)
{
	struct world *world = *state;

	world->list[0x2b0] = 9;
	assert_status(world_run(world), MM_E_HOB_PAYLOAD);
	assert_true(world_log_has(world, "init: hand-off: refused: "));
	assert_int_equal(world->smi_count, 0);
}

static void refuses_a_machine_without_a_clock(void **state)
{
	struct world *world = *state;

	/* The timer of a machine whose time stands still never counts. */
	world->machine->ticks_per_read = 0;
	world->machine->ticks_per_pause = 0;
	assert_status(world_run(world), MM_E_HAL_NO_CLOCK);
}

#define AFTER_RUN(test) cmocka_unit_test_setup_teardown(test, run_setup, world_teardown)
#define PAGED(test)	cmocka_unit_test_setup_teardown(test, paged_setup, world_teardown)
#define FILLED(test)	cmocka_unit_test_setup_teardown(test, world_setup_filled, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AFTER_RUN(accepts_the_captured_list_of_4_cpus),
		cmocka_unit_test(accepts_the_captured_list_of_1_cpu),
		AFTER_RUN(sends_each_cpu_one_smi_and_the_bsp_the_first),
		AFTER_RUN(passes_down_what_the_supervisor_needs),
		AFTER_RUN(reports_what_it_measured),
		AFTER_RUN(lists_the_modules_in_order),
		AFTER_RUN(hands_over_a_depex_that_can_be_evaluated),
		AFTER_RUN(copies_the_ipls_hobs),
		AFTER_RUN(lists_what_is_in_use_as_allocated),
		AFTER_RUN(lists_all_of_mmram_and_leaves_the_free_part_zero),
		FILLED(zeroes_mmram_that_was_not_clean),
		AFTER_RUN(places_an_entry_at_each_smbase),
		AFTER_RUN(relocates_what_it_loads),
		AFTER_RUN(keeps_ring_0_and_ring_3_in_different_2_mib_windows),
		PAGED(maps_ring_0s_image_by_its_sections),
		PAGED(maps_ring_3s_images_by_their_sections),
		PAGED(leaves_page_0_and_stack_guards_absent),
		PAGED(maps_entries_executable_and_save_states_writable),
		PAGED(write_protects_what_only_init_writes),
		PAGED(write_protects_the_tables_themselves),
		PAGED(maps_nothing_else),
		PAGED(maps_channel_and_apic_for_ring_0_only),
		PAGED(maps_user_stacks_for_ring_3),
		FILLED(maps_what_the_hand_off_unblocks),
		FILLED(gives_up_on_a_cpu_that_does_not_answer),
		FILLED(refuses_an_apic_that_moved),
		FILLED(refuses_a_bad_hand_off_with_a_line),
		FILLED(refuses_a_machine_without_a_clock),
	};

	return cmocka_run_group_tests_name("init/hand-off", tests, NULL, NULL);
}
