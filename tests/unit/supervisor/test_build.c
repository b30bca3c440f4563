/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the first SMI builds: rights of every page, the taken-over MMI entries, the domain, and what stops it. */
#include "build.h"

#include "cpus.h"
#include "descriptors.h"
#include "mm/abi/init_facts.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "world.h"

#define U MM_HAL_PAGE_USER

static void assert_rights(struct world *world, struct mm_region region, uint32_t attributes)
{
	uint64_t page;

	assert_false(mm_region_is_empty(region));
	for (page = region.base; page < mm_region_end(region); page += MM_PAGE_BYTES)
		assert_int_equal(world_attributes(world, page), attributes);
}

static void maps_channels_for_the_supervisor_alone(void **state)
{
	struct world *world = *state;

	assert_rights(world, mm_region_create(WORLD_USER_BUFFER, WORLD_CHANNEL_BYTES), MM_HAL_PAGE_RW);
	assert_rights(world, mm_region_create(WORLD_SUPERVISOR_BUFFER, WORLD_CHANNEL_BYTES), MM_HAL_PAGE_RW);
	assert_int_equal(world_attributes(world, WORLD_USER_STATUS), MM_HAL_PAGE_RW);
	assert_int_equal(world_attributes(world, WORLD_SUPERVISOR_STATUS), MM_HAL_PAGE_RW);
	assert_int_equal(world_attributes(world, WORLD_USER_BUFFER - 1u), 0);
	assert_int_equal(world_attributes(world, WORLD_USER_STATUS + MM_PAGE_BYTES), 0);
}

static void maps_both_pages_of_a_status_block_that_crosses(void **state)
{
	struct world *world = *state;

	world->hobs.user_channel.status.base = WORLD_UNMAPPED + MM_PAGE_BYTES - 8u;
	world_build(world);
	assert_int_equal(world_attributes(world, WORLD_UNMAPPED), MM_HAL_PAGE_RW);
	assert_int_equal(world_attributes(world, WORLD_UNMAPPED + MM_PAGE_BYTES), MM_HAL_PAGE_RW);
}

static void gives_each_depth_a_guarded_stack(void **state)
{
	struct world *world = *state;
	const struct mm_domain *domain = &world->supv->domain;
	uint32_t depth;

	for (depth = 0; depth < MM_SUPV_DEPTH_MAX; depth++) {
		uint64_t top = domain->stack_top[depth].v;
		uint64_t base = top - MM_SUPV_USER_STACK_BYTES;

		assert_true(mm_is_page_aligned(top));
		assert_rights(world, mm_region_create(base, MM_SUPV_USER_STACK_BYTES), MM_HAL_PAGE_RW | U);
		assert_int_equal(world_attributes(world, base - MM_PAGE_BYTES), 0);
		assert_true(mm_region_contains(domain->fixed, mm_region_create(base, MM_SUPV_USER_STACK_BYTES)));
	}
}

static void gives_ring_3_hobs_to_read_and_pages_to_write(void **state)
{
	struct world *world = *state;
	const struct mm_domain *domain = &world->supv->domain;

	assert_rights(world, mm_region_create(domain->hobs.v, mm_pages_for(world->hob_bytes) * MM_PAGE_BYTES),
		      MM_HAL_PAGE_R | U);
	assert_int_equal(world_attributes(world, domain->shared.v), MM_HAL_PAGE_RW | U);
	assert_int_equal(domain->shadow.bytes, WORLD_CHANNEL_BYTES);
	assert_rights(world, domain->shadow, MM_HAL_PAGE_RW | U);
	assert_false(world_can(world, domain->hobs.v, U | MM_HAL_PAGE_WRITE));
	assert_false(world_can(world, domain->shadow.base, U | MM_HAL_PAGE_EXECUTE));
}

/* The pages that ring 3 may see, from which all others must differ. */
static bool is_of_ring_3(const struct world *world, uint64_t page)
{
	const struct mm_region given = mm_region_create(WORLD_USER_STACKS, WORLD_CPU_MAX * 0x2000u);
	uint16_t i;

	for (i = 0; i < world->supv->module_count; i++) {
		if (mm_region_contains_addr(world->supv->modules[i].image, page))
			return true;
	}
	return mm_region_contains_addr(world->supv->domain.fixed, page) || mm_region_contains_addr(given, page);
}

static void opens_no_other_page_of_mmram_to_ring_3(void **state)
{
	struct world *world = *state;
	uint64_t page;

	for (page = WORLD_MMRAM_BASE; page < WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES; page += MM_PAGE_BYTES) {
		uint32_t attributes = world_attributes(world, page);

		if (!is_of_ring_3(world, page))
			assert_int_equal(attributes & U, 0);
		assert_int_not_equal(attributes & (MM_HAL_PAGE_WRITE | MM_HAL_PAGE_EXECUTE),
				     MM_HAL_PAGE_WRITE | MM_HAL_PAGE_EXECUTE);
	}
}

static void guards_each_stack_of_the_descriptor_blocks(void **state)
{
	struct world *world = *state;
	uint32_t cpu;
	uint32_t ist;

	for (cpu = 0; cpu < 4; cpu++) {
		uint64_t block = world_cpu(world, cpu)->descriptors;

		for (ist = 1; ist <= MM_SUPV_IST_COUNT; ist++) {
			assert_int_equal(world_attributes(world, block + (2u * ist - 1u) * MM_PAGE_BYTES), 0);
			assert_int_equal(world_attributes(world, block + 2u * ist * MM_PAGE_BYTES), MM_HAL_PAGE_RW);
		}
	}
}

static void takes_each_mmi_entry_over_by_its_pointers(void **state)
{
	struct world *world = *state;
	const uint64_t gates = (uint64_t)(uintptr_t)world->wiring->gates;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		const uint8_t *gdtr = world_bytes(world, WORLD_TABLES_INIT + i * 0x1000u + WORLD_GDTR, 10);
		const uint8_t *idtr = world_bytes(world, WORLD_TABLES_INIT + i * 0x1000u + WORLD_IDTR, 10);

		assert_int_equal(mm_load_u16(gdtr), MM_GDT_BYTES - 1u);
		assert_int_equal(mm_load_u64(gdtr + 2), world_cpu(world, i)->descriptors);
		assert_int_equal(mm_load_u16(idtr), MM_SUPV_IDT_BYTES - 1u);
		assert_int_equal(mm_load_u64(idtr + 2), gates);
	}
}

static void changes_nothing_else_of_an_mmi_entry(void **state)
{
	struct world *world = *state;
	uint8_t before[MM_PAGE_BYTES];

	memcpy(before, world_bytes(world, WORLD_TILES, MM_PAGE_BYTES), MM_PAGE_BYTES);
	world_boot(world);
	assert_memory_equal(before, world_bytes(world, WORLD_TILES, MM_PAGE_BYTES), MM_PAGE_BYTES);
	assert_int_equal(world_attributes(world, WORLD_TILES), MM_HAL_PAGE_RX);
}

static void starts_ring_0_below_the_frame_of_the_mmi_entry(void **state)
{
	struct world *world = *state;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		const struct mm_supv_cpu *cpu = world_cpu(world, i);
		uint64_t end = WORLD_RING0_STACKS + (i + 1u) * WORLD_RING0_STRIDE;

		assert_ptr_equal(cpu->self, cpu);
		assert_int_equal(cpu->index, i);
		assert_int_equal(cpu->apic_id, i);
		assert_int_equal(cpu->kernel_rsp % 16u, 0);
		/* 512 bytes of FXSAVE image, the home area, a return address, eight registers. */
		assert_true(cpu->kernel_rsp <= end - 16u - 0x200u - 0x20u - 8u - 64u);
		assert_true(cpu->kernel_rsp > end - 0x400u);
	}
}

/* The entry's frame may be smaller than reserved, never larger, and never on another stack. */
static void knows_the_stack_that_a_cpu_must_come_on(void **state)
{
	struct world *world = *state;
	const struct mm_supv_cpu *cpu = world_cpu(world, 2);
	uint64_t stack = WORLD_RING0_STACKS + 3u * WORLD_RING0_STRIDE - 16u;

	assert_true(mm_supv_cpu_fits_stack(cpu, stack - 0x200u - 0x20u - 8u - 64u)); /* our MMI entry */
	assert_true(mm_supv_cpu_fits_stack(cpu, cpu->kernel_rsp));
	assert_false(mm_supv_cpu_fits_stack(cpu, cpu->kernel_rsp - 8u));
	assert_false(mm_supv_cpu_fits_stack(cpu, stack + 16u));
	assert_false(mm_supv_cpu_fits_stack(cpu, stack + WORLD_RING0_STRIDE));
	assert_false(mm_supv_cpu_fits_stack(cpu, 0));
}

static void makes_read_only_what_no_longer_changes(void **state)
{
	struct world *world = *state;
	uint32_t i;

	assert_rights(world, world->wiring->policy_storage, MM_HAL_PAGE_R);
	for (i = 0; i < 4; i++)
		assert_int_equal(world_attributes(world, world_cpu(world, i)->descriptors), MM_HAL_PAGE_R);
}

static enum mm_status assert_table_is_read_only(void *context, struct mm_pa page)
{
	struct world *world = context;

	assert_int_equal(world_attributes(world, page.v), MM_HAL_PAGE_R);
	assert_false(world_can(world, page.v, MM_HAL_PAGE_WRITE));
	return MM_OK;
}

static void makes_every_page_table_read_only(void **state)
{
	struct world *world = *state;

	assert_status(mm_hal_pagetable_walk_tables(&world->memory->tables.editor, assert_table_is_read_only, world),
		      MM_OK);
}

static void reads_the_list_into_the_state(void **state)
{
	struct world *world = *state;
	const struct mm_supv_state *supv = world->supv;

	assert_int_equal(supv->module_count, 3);
	assert_int_equal(supv->domain.entry.v, WORLD_USER_CORE + 0x100u);
	assert_int_equal(supv->image.base, WORLD_SUPERVISOR);
	assert_int_equal(supv->init_image.base, WORLD_INIT_IMAGE);
	assert_int_equal(supv->user_channel.bytes, WORLD_CHANNEL_BYTES);
	assert_int_equal(supv->wiring->missing_protections, MM_POLICY_PROTECT_UMIP);
	assert_int_equal(supv->wiring->policy.settings.quarantine_after > 0, 1);
	assert_true(supv->wiring->arrival_grace_ticks < supv->wiring->arrival_limit_ticks);
	assert_int_equal(supv->wiring->arrival_limit_ticks, WORLD_TSC_HZ / 10u); /* 100 ms */
}

static void zeroes_what_was_free(void **state)
{
	struct world *world = *state;
	struct mm_region pages;
	uint64_t i;

	assert_status(mm_supv_pages_get(world->supv, 8, &pages), MM_OK);
	for (i = 0; i < pages.bytes; i++)
		assert_int_equal(world_bytes(world, pages.base, pages.bytes)[i], 0);
}

static struct mm_pi_hob_list ring_3_hobs(struct world *world)
{
	const void *bytes = world_bytes(world, world->supv->domain.hobs.v, world->hob_bytes);
	struct mm_pi_hob_list list;

	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(bytes, world->hob_bytes), MM_PI_HOB_EXACT, &list, NULL),
		      MM_OK);
	return list;
}

static void hands_ring_3_a_list_that_knows_its_place(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = ring_3_hobs(world);

	assert_true(mm_pi_hob_list_is_at(&list, world->supv->domain.hobs.v));
	assert_int_equal(list.hob_count, world->facts->hobs.hob_count);
}

/* True if any of the bytes holds `value`. */
static bool has_u64(struct mm_bytes bytes, uint64_t value)
{
	size_t i;

	for (i = 0; i + 8u <= bytes.count; i += 8u) {
		if (mm_load_u64(bytes.data + i) == value)
			return true;
	}
	return false;
}

static void blots_out_what_only_ring_0_needs(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = ring_3_hobs(world);
	struct mm_bytes payload;

	assert_false(mm_pi_hob_find_guid(&list, &mm_guid_supv_pass_down_hob, &payload));
	assert_false(mm_pi_hob_find_guid(&list, &mm_guid_init_facts_hob, &payload));
	assert_false(mm_pi_hob_find_guid(&list, &mm_guid_smbase_hob, &payload));
	assert_false(mm_pi_hob_find_guid(&list, &mm_guid_supv_common_region_hob, &payload));
	assert_false(has_u64(list.bytes, WORLD_SMBASE));
	assert_false(has_u64(list.bytes, WORLD_INITIALIZED));
	assert_false(has_u64(list.bytes, WORLD_POLICY));
	assert_false(has_u64(list.bytes, WORLD_TSC_HZ));
	assert_false(has_u64(list.bytes, WORLD_TILES - MM_MMI_ENTRY_OFFSET));
	assert_false(has_u64(list.bytes, WORLD_SUPERVISOR_BUFFER));
}

static void shows_ring_3_the_shadow_for_the_channel(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = ring_3_hobs(world);
	struct mm_bytes payload;

	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_comm_buffer_hob, &payload));
	assert_int_equal(mm_load_u64(payload.data), world->supv->domain.shadow.base);
	assert_int_equal(mm_load_u64(payload.data + 8), WORLD_CHANNEL_BYTES / MM_PAGE_BYTES);
	assert_false(has_u64(list.bytes, WORLD_USER_BUFFER));
}

static void keeps_every_other_hob_of_ring_3(void **state)
{
	struct world *world = *state;
	struct mm_pi_hob_list list = ring_3_hobs(world);
	struct mm_pi_hob_iter before = mm_pi_hob_iter(&world->facts->hobs);
	struct mm_pi_hob_iter after = mm_pi_hob_iter(&list);
	struct mm_pi_hob a;
	struct mm_pi_hob b;
	uint32_t equal = 0;

	while (mm_pi_hob_next(&before, &a) && mm_pi_hob_next(&after, &b)) {
		assert_int_equal(a.offset, b.offset);
		assert_int_equal(a.bytes.count, b.bytes.count);
		equal += memcmp(a.bytes.data, b.bytes.data, a.bytes.count) == 0 ? 1 : 0;
	}
	/* Changed: hand-off, user channel; blotted out: PassDown, init facts, SMBASE, supervisor channel. */
	assert_int_equal(equal, list.hob_count - 6u);
}

static void edits_no_byte_behind_a_hob_without_payload(void **state)
{
	struct world *world = *state;

	world->hobs.has_empty_channel = true;
	world_boot(world);
	(void)ring_3_hobs(world); /* its END HOB is in its place */
}

static void works_without_channels(void **state)
{
	struct world *world = *state;

	world->hobs.user_channel.buffer.bytes = 0;
	world->hobs.supervisor_channel.buffer.bytes = 0;
	world_boot(world);
	assert_int_equal(world->supv->user_channel.bytes, 0);
	assert_true(mm_region_is_empty(world->supv->domain.shadow));
	world_smi(world, 0); /* nothing to serve, nothing to touch */
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
}

static void starts_the_user_core_with_hobs_and_shared_page(void **state)
{
	struct world *world = *state;
	const struct mm_domain *domain = &world->supv->domain;

	world_boot(world);
	/* world_boot() forgets the events, not what they hold: the first was the entry. */
	assert_int_equal(world->events[0].kind, WORLD_ENTER);
	assert_int_equal(world->events[0].entry.rip, WORLD_USER_CORE + 0x100u);
	assert_int_equal(world->events[0].entry.rbx, 0);
	assert_int_equal(world->events[0].entry.r10, MM_USER_START);
	assert_int_equal(world->events[0].entry.rdx, domain->hobs.v);
	assert_int_equal(world->events[0].entry.r8, domain->shared.v);
	assert_int_equal(world->events[1].kind, WORLD_LEAVE);
	assert_true(domain->started && !domain->failed);
}

static void never_serves_with_a_user_core_that_said_no(void **state)
{
	struct world *world = *state;

	world_build(world);
	assert_status(mm_supv_build_end(world->supv, MM_EFI_SUCCESS, MM_EFI_OUT_OF_RESOURCES), MM_OK);
	assert_true(world->supv->domain.failed);
	assert_true(world_log_has(world, "supv: the user core did not start: status 0x8000000000000009"));
}

static void never_serves_with_a_user_core_that_died(void **state)
{
	struct world *world = *state;

	world_build(world);
	assert_status(mm_supv_build_end(world->supv, MM_EFI_ABORTED, 0), MM_OK);
	assert_true(world->supv->domain.failed);
	assert_int_equal(world_attributes(world, world->supv->cpus[0].descriptors),
			 MM_HAL_PAGE_R); /* sealed all the same */
}

/* One defect of what lies behind the list, with the status and field that stop the build. */
struct defect {
	const char *claim;
	void (*spoil)(struct world *world);
	enum mm_status status;
	const char *field;
};

static void spoil_size(struct world *world)
{
	world_fixup_block(world, 0)[MM_MMI_FIXUP_BYTES]++;
}

static void shorten_entry(struct world *world)
{
	world->hobs.pass_down.mmi_entry_bytes = MM_MMI_FIXUP_BYTES + 3u;
}

static void spoil_revision(struct world *world)
{
	mm_store_u32(world_fixup_block(world, 0), 4);
}

static void set_fixup32(struct world *world, uint32_t which, uint64_t value)
{
	mm_store_u32(world_fixup_block(world, 0) + MM_MMI_FIXUP32 + 4u * which, (uint32_t)value);
}

static void gdtr_outside(struct world *world)
{
	set_fixup32(world, MM_MMI_FIXUP32_GDTR, WORLD_OS_BASE);
}

static void gdtr_over_the_border(struct world *world)
{
	set_fixup32(world, MM_MMI_FIXUP32_GDTR, WORLD_FREE - 9u);
}

static void idtr_outside(struct world *world)
{
	mm_store_u64(world_fixup_block(world, 0) + MM_MMI_FIXUP64 + 8u * MM_MMI_FIXUP64_IDTR, UINT64_MAX - 4u);
}

static void stack_in_free_memory(struct world *world)
{
	set_fixup32(world, MM_MMI_FIXUP32_STACK, WORLD_FREE + 0x8000u);
}

static void smbase_elsewhere(struct world *world)
{
	mm_store_u64(world_bytes(world, WORLD_SMBASE, 8), 0x30000);
}

static void smbase_that_wraps(struct world *world)
{
	mm_store_u64(world_bytes(world, WORLD_SMBASE, 8), UINT64_MAX - MM_MMI_ENTRY_OFFSET - 0x10u);
}

static void entry_in_free_memory(struct world *world)
{
	memcpy(world_bytes(world, WORLD_FREE, 0x200), world_bytes(world, WORLD_TILES, 0x200), 0x200);
	mm_store_u64(world_bytes(world, WORLD_SMBASE, 8), WORLD_FREE - MM_MMI_ENTRY_OFFSET);
}

static void tables_in_free_memory(struct world *world)
{
	/* The table that the tree's first page went to is now given away. */
	world->hobs.mmram[2] = world->hobs.mmram[0];
	world->hobs.mmram[2].region = mm_region_create(WORLD_TABLES, 0x1000);
	world->hobs.mmram[1].region.bytes = WORLD_TABLES - WORLD_MMRAM_BASE;
	world->hobs.mmram[3] = world->hobs.mmram[1];
	world->hobs.mmram[3].region = mm_region_create(WORLD_TABLES + 0x1000u, WORLD_TABLES_BYTES - 0x1000u);
	world->hobs.mmram_count = 4;
}

static void nothing_free(struct world *world)
{
	world->hobs.mmram[0].state |= MM_HOB_MMRAM_ALLOCATED;
}

static void too_little_free(struct world *world)
{
	world->hobs.mmram[0].region.bytes = 0x1000;
}

static void hardly_enough_free(struct world *world)
{
	world->hobs.mmram[0].region.bytes = 0x20000;
}

static void no_clock(struct world *world)
{
	world->machine->time.ticks_per_second = 0;
}

static void no_policy(struct world *world)
{
	world->hobs.pass_down.policy.bytes = 16;
}

static const struct defect defects[] = {
	{ "refuses_entry_without_fixup_block", spoil_size, MM_E_SUPV_ENTRY, "MMI entry size" },
	{ "refuses_entry_too_short_for_a_block", shorten_entry, MM_E_SUPV_ENTRY, "MMI entry size" },
	{ "refuses_block_of_another_revision", spoil_revision, MM_E_SUPV_ENTRY, "fix-up revision" },
	{ "refuses_gdt_pointer_outside_mmram", gdtr_outside, MM_E_SUPV_OUTSIDE, "MMI entry pointers" },
	{ "refuses_gdt_pointer_that_reaches_free_memory", gdtr_over_the_border, MM_E_SUPV_OUTSIDE,
	  "MMI entry pointers" },
	{ "refuses_idt_pointer_that_wraps", idtr_outside, MM_E_SUPV_OUTSIDE, "MMI entry pointers" },
	{ "refuses_ring_0_stack_in_free_memory", stack_in_free_memory, MM_E_SUPV_OUTSIDE, "MMI entry pointers" },
	{ "refuses_entry_outside_mmram", smbase_elsewhere, MM_E_SUPV_OUTSIDE, "MMI entry" },
	{ "refuses_entry_that_wraps", smbase_that_wraps, MM_E_SUPV_OUTSIDE, "MMI entry" },
	{ "refuses_entry_in_free_memory", entry_in_free_memory, MM_E_SUPV_OUTSIDE, "MMI entry" },
	{ "refuses_page_tables_in_free_memory", tables_in_free_memory, MM_E_SUPV_OUTSIDE, "memory" },
	{ "refuses_mmram_without_a_free_range", nothing_free, MM_E_NO_MEMORY, "memory" },
	{ "refuses_mmram_too_small_for_bookkeeping", too_little_free, MM_E_NO_MEMORY, "memory" },
	{ "refuses_mmram_too_small_for_the_rest", hardly_enough_free, MM_E_NO_MEMORY, NULL },
	{ "refuses_machine_without_a_clock", no_clock, MM_E_NOT_READY, "clock" },
	{ "refuses_policy_that_does_not_decode", no_policy, MM_E_TRUNCATED, NULL },
};

static void refuses(void **state)
{
	struct world *world = *state;
	const struct defect *defect = world->row;
	struct mm_refusal refusal = { NULL, 0, 0 };

	defect->spoil(world);
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_status(world_try_build(world, &refusal), defect->status);
	assert_non_null(refusal.field);
	if (defect->field != NULL)
		assert_string_equal(refusal.field, defect->field);
	world->wiring->pages = NULL; /* half built: no walker has anything to walk */
}

static void zeroes_nothing_before_the_tables_are_judged(void **state)
{
	struct world *world = *state;

	tables_in_free_memory(world);
	world_write_hobs(world);
	assert_status(world_read_facts(world, NULL), MM_OK);
	assert_status(world_try_build(world, NULL), MM_E_SUPV_OUTSIDE);
	assert_status(mm_hal_pagetable_check(&world->init_tables), MM_OK); /* as init left them */
	world->wiring->pages = NULL;
}

#define BUILT(test)   cmocka_unit_test_setup_teardown(test, world_setup_4, world_teardown)
#define UNBUILT(test) cmocka_unit_test_setup_teardown(test, world_setup_unbuilt, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BUILT(maps_channels_for_the_supervisor_alone),
		UNBUILT(maps_both_pages_of_a_status_block_that_crosses),
		BUILT(gives_each_depth_a_guarded_stack),
		BUILT(gives_ring_3_hobs_to_read_and_pages_to_write),
		BUILT(opens_no_other_page_of_mmram_to_ring_3),
		BUILT(guards_each_stack_of_the_descriptor_blocks),
		BUILT(takes_each_mmi_entry_over_by_its_pointers),
		UNBUILT(changes_nothing_else_of_an_mmi_entry),
		BUILT(starts_ring_0_below_the_frame_of_the_mmi_entry),
		BUILT(knows_the_stack_that_a_cpu_must_come_on),
		BUILT(makes_read_only_what_no_longer_changes),
		BUILT(makes_every_page_table_read_only),
		BUILT(reads_the_list_into_the_state),
		BUILT(zeroes_what_was_free),
		BUILT(hands_ring_3_a_list_that_knows_its_place),
		BUILT(blots_out_what_only_ring_0_needs),
		BUILT(shows_ring_3_the_shadow_for_the_channel),
		BUILT(keeps_every_other_hob_of_ring_3),
		UNBUILT(edits_no_byte_behind_a_hob_without_payload),
		UNBUILT(works_without_channels),
		UNBUILT(starts_the_user_core_with_hobs_and_shared_page),
		UNBUILT(never_serves_with_a_user_core_that_said_no),
		UNBUILT(never_serves_with_a_user_core_that_died),
		UNBUILT(zeroes_nothing_before_the_tables_are_judged),
	};
	struct CMUnitTest rows[MM_ARRAY_COUNT(defects)];
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(defects); i++)
		rows[i] = world_row(defects[i].claim, refuses, world_setup_unbuilt, &defects[i]);
	return cmocka_run_group_tests_name("supervisor/build", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("supervisor/build refusals", rows, NULL, NULL);
}
