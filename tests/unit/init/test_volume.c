/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What init makes of the volume: whom it loads, whom it refuses by name, and what stops the boot. */
#include "mm/abi/depex.h"
#include "mm/abi/fv.h"
#include "mm/abi/policy.h"
#include "mm/base/guid_table.h"
#include "mm/policy/policy.h"
#include "tests/mm_test.h"
#include "world.h"

static const uint8_t harmless[] = { 0x90, 0xc3 };
static const uint8_t with_rsm[] = { 0x90, 0x0f, 0xaa, 0xc3 };
/* As the tail of one instruction and the head of the next: alignment does not count. */
static const uint8_t with_sysenter[] = { 0xb8, 0x00, 0x00, 0x00, 0x0f, 0x34, 0x90 };

static void add_cores(struct world *world)
{
	world_add_supervisor(world);
	world_add_user_core(world);
}

static void refuses_rsm_in_a_driver_by_name_and_goes_on(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_driver(world, 1, "Hostile", with_rsm, sizeof(with_rsm));
	world_add_driver(world, 2, "Good", harmless, sizeof(harmless));
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 3);
	assert_string_equal(world->init->modules.modules[2].name, "Good");
	assert_true(world_log_has(world, "init: Hostile: refused: the executable bytes hold an instruction that ring 3 "
					 "may not have (RSM at 0x1001 is 0xfaa)\n"));
}

static void refuses_sysenter_at_any_alignment(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_driver(world, 1, "Hostile", with_sysenter, sizeof(with_sysenter));
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 2);
	assert_true(world_log_has(world, "init: Hostile: refused: "));
	assert_true(world_log_has(world, "(SYSENTER at 0x1004 is 0xf34)\n"));
}

static void loads_them_where_the_policy_waives_the_rule(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_driver(world, 1, "Hostile", with_sysenter, sizeof(with_sysenter));
	world_add_policy(world, true, 0, MM_POLICY_FLAG_WAIVE_RSM_BYTES);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 3);
	assert_true(world_log_has(world, "waives RSM and SYSENTER"));
}

static void refuses_rsm_in_the_user_core_for_good(void **state)
{
	struct world *world = *state;
	struct image_file image;

	world_add_supervisor(world);
	build_image(&image, with_rsm, sizeof(with_rsm));
	volume_add_module(&world->volume, MM_FFS_TYPE_MM_CORE_STANDALONE, &mm_guid_supv_user, "UserCore", &image, NULL,
			  0);
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_E_INIT_FORBIDDEN_CODE);
	assert_int_equal(world->smi_count, 0);
}

static void does_not_search_the_supervisor(void **state)
{
	struct world *world = *state;
	struct image_file image;

	build_image(&image, with_rsm, sizeof(with_rsm));
	volume_add_module(&world->volume, MM_FFS_TYPE_MM_CORE_STANDALONE, &mm_guid_supv_core, "Supervisor", &image,
			  NULL, 0);
	world_add_user_core(world);
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_OK);
}

static void refuses_to_start_without_supervisor(void **state)
{
	struct world *world = *state;

	world_add_user_core(world);
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_E_INIT_MISSING);
	assert_true(world_log_has(world, "init: volume: refused: the hand-off lacks something that is mandatory "
					 "(supervisor at 0x0 is 0x0)\n"));
}

static void refuses_to_start_without_user_core(void **state)
{
	struct world *world = *state;

	world_add_supervisor(world);
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_E_INIT_MISSING);
	assert_true(world_log_has(world, "(user core at"));
}

static void refuses_to_start_without_policy(void **state)
{
	struct world *world = *state;

	add_cores(world);
	assert_status(world_run(world), MM_E_INIT_MISSING);
	assert_true(world_log_has(world, "(policy file at"));
}

static void leaves_a_plain_rsm_when_it_refuses(void **state)
{
	static const uint8_t rsm[4] = { 0x0f, 0xaa, 0, 0 };
	struct world *world = *state;

	add_cores(world);
	assert_status(world_run(world), MM_E_INIT_MISSING);
	for (uint32_t i = 0; i < 4; i++)
		assert_memory_equal(fake_machine_bytes(world->machine, WORLD_TILE_BASE + 0x2000 * i, 4), rsm, 4);
	assert_true(world_log_has(world, "init: there is no MM: every SMI returns at once\n"));
	assert_int_equal(world->smi_count, 0);
}

static void refuses_two_policies(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_policy(world, false, 0, 0);
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_E_EXISTS);
}

static void refuses_a_policy_that_does_not_decode(void **state)
{
	struct world *world = *state;
	struct policy_file policy;
	struct section section = { MM_SECTION_RAW, policy.bytes, 0 };

	add_cores(world);
	build_policy(&policy, false, 0, 0);
	policy.bytes[2] = 9; /* major version */
	section.count = policy.count;
	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_policy_file, &section, 1);
	assert_status(world_run(world), MM_E_POLICY_VERSION);
	assert_true(world_log_has(world, "init: policy: refused: "));
}

/* The policy in its source form, `cut` bytes shorter than it says. */
static void add_tree_policy(struct world *world, size_t cut)
{
	uint8_t tree[4096];
	struct section section = { MM_SECTION_RAW, tree, 0 };

	section.count = world_read_file(MM_TREE_POLICY, tree, sizeof(tree)) - cut;
	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_policy_file, &section, 1);
}

static void compiles_a_policy_in_device_tree_form(void **state)
{
	struct world *world = *state;
	struct mm_pi_pass_down pass_down;
	struct mm_policy_header header;
	const void *blob;

	add_cores(world);
	add_tree_policy(world, 0);
	assert_status(world_run(world), MM_OK);
	pass_down = world_pass_down(world);
	blob = fake_machine_bytes(world->machine, pass_down.policy.base, pass_down.policy.bytes);
	assert_status(mm_policy_decode_header_untrusted(mm_bytes(blob, pass_down.policy.bytes), &header, NULL), MM_OK);
	assert_true(header.root_count >= 1);
}

static void refuses_a_device_tree_that_is_cut(void **state)
{
	struct world *world = *state;

	add_cores(world);
	add_tree_policy(world, 8);
	assert_status(world_run(world), MM_E_POLICY_SOURCE_TREE);
	assert_true(world_log_has(world, "(policy in device-tree form at"));
}

static void run_with_memory_policy(struct world *world, uint8_t list_kind, uint64_t base, uint64_t bytes, uint32_t attr)
{
	struct policy_file policy;
	struct section section = { MM_SECTION_RAW, policy.bytes, 0 };

	add_cores(world);
	build_memory_policy(&policy, list_kind, base, bytes, attr);
	section.count = policy.count;
	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_policy_file, &section, 1);
	assert_status(world_run(world), MM_OK);
}

/* The captured lists name two ranges of MMIO: the local APIC's megabyte, and 4 MiB of flash at 0xffc00000. */
static void maps_the_mmio_that_the_policy_grants(void **state)
{
	struct world *world = *state;
	const uint32_t user = MM_HAL_PAGE_USER | MM_HAL_PAGE_UNCACHED;

	run_with_memory_policy(world, MM_POLICY_ALLOW_LIST, 0xffc00000, 0x84000, MM_POLICY_READ | MM_POLICY_WRITE);
	assert_int_equal(world_attributes(world, 0xffc00000), MM_HAL_PAGE_RW | user);
	assert_int_equal(world_attributes(world, 0xffc83000), MM_HAL_PAGE_RW | user);
	assert_int_equal(world_attributes(world, 0xffc84000), 0);
}

static void maps_granted_mmio_read_only_and_in_whole_pages(void **state)
{
	struct world *world = *state;

	run_with_memory_policy(world, MM_POLICY_ALLOW_LIST, 0xffc00800, 0x2000, MM_POLICY_READ);
	assert_int_equal(world_attributes(world, 0xffc00000), 0);
	assert_int_equal(world_attributes(world, 0xffc01000), MM_HAL_PAGE_R | MM_HAL_PAGE_USER | MM_HAL_PAGE_UNCACHED);
	assert_int_equal(world_attributes(world, 0xffc02000), 0);
}

static void never_maps_the_floor_for_ring_3(void **state)
{
	struct world *world = *state;

	run_with_memory_policy(world, MM_POLICY_ALLOW_LIST, 0xfee00000, 0x100000, MM_POLICY_READ | MM_POLICY_WRITE);
	assert_int_equal(world->init->policy.mmio_count, 0);
	assert_int_equal(world_attributes(world, 0xfee00000), MM_HAL_PAGE_RW | MM_HAL_PAGE_UNCACHED);
}

static void maps_no_memory_that_is_not_the_platforms_mmio(void **state)
{
	struct world *world = *state;

	run_with_memory_policy(world, MM_POLICY_ALLOW_LIST, 0x100000, 0x10000000, MM_POLICY_READ | MM_POLICY_WRITE);
	assert_int_equal(world->init->policy.mmio_count, 0);
}

static void takes_a_deny_list_for_no_grant(void **state)
{
	struct world *world = *state;

	run_with_memory_policy(world, MM_POLICY_DENY_LIST, 0x100000, 0x1000, MM_POLICY_READ | MM_POLICY_WRITE);
	assert_int_equal(world->init->policy.mmio_count, 0);
	assert_int_equal(world_attributes(world, 0xffc00000), 0);
}

static void refuses_a_policy_without_its_section(void **state)
{
	struct world *world = *state;
	const struct section section = { MM_SECTION_VERSION, "\0\0\0", 4 };

	add_cores(world);
	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_policy_file, &section, 1);
	assert_status(world_run(world), MM_E_INIT_MISSING);
}

static void refuses_a_cpu_that_lacks_what_the_policy_demands(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_policy(world, true, MM_POLICY_PROTECT_SMAP, 0);
	fake_machine_set_cpuid(world->machine, 7, 0, (struct mm_hal_cpuid){ 0, 0x80, 4, 0 });
	assert_status(world_run(world), MM_E_INIT_NO_PROTECTION);
	assert_true(world_log_has(world, "(SMAP at"));
}

static void goes_on_without_what_the_policy_does_not_demand(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_policy(world, true, MM_POLICY_PROTECT_NX | MM_POLICY_PROTECT_SMEP, 0);
	fake_machine_set_cpuid(world->machine, 7, 0, (struct mm_hal_cpuid){ 0, 0x80, 4, 0 });
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->handover.missing_protections, MM_POLICY_PROTECT_SMAP);
	assert_true(world_log_has(world, "init: the processor lacks SMAP\n"));
}

static void refuses_a_broken_volume(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_policy(world, false, 0, 0);
	world->volume.bytes[0x10] ^= 1;
	assert_status(world_run(world), MM_E_FV_FILE_SYSTEM);
}

static void refuses_a_volume_whose_files_are_broken(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_policy(world, false, 0, 0);
	/* Into the name of the first file, which its checksum covers. */
	world->volume.bytes[0x48] ^= 1;
	assert_status(world_run(world), MM_E_FFS_HEADER_CHECKSUM);
}

static void refuses_a_volume_that_is_not_in_memory(void **state)
{
	struct world *world = *state;

	mm_store_u64(world->list + 0x1d8, 0x70000000);
	assert_status(world_run(world), MM_E_FAULT);
}

/* A driver file with a section of one kind changed; the rest of the boot goes on without it. */
static void refuse_driver(struct world *world, const struct section *sections, size_t count, const char *line)
{
	struct mm_guid guid = world_driver_guid(7);

	add_cores(world);
	volume_add_file(&world->volume, MM_FFS_TYPE_MM_STANDALONE, &guid, sections, count);
	world_add_driver(world, 1, "Good", harmless, sizeof(harmless));
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 3);
	assert_true(world_log_has(world, line));
}

static const uint8_t always[] = { MM_DEPEX_TRUE, MM_DEPEX_END };

static void refuses_a_driver_without_depex(void **state)
{
	struct image_file image;
	struct section section = { MM_SECTION_PE32, image.bytes, 0 };

	build_image(&image, harmless, sizeof(harmless));
	section.count = image.count;
	/* Without a UI section its GUID is its name. */
	refuse_driver(
		*state, &section, 1,
		"init: D0000007-1234-4567-89AB-010203040506: refused: the driver does not say what it depends on");
}

static void refuses_a_driver_with_a_broken_depex(void **state)
{
	static const uint8_t depex[] = { MM_DEPEX_AND, MM_DEPEX_END };
	struct image_file image;
	struct section sections[2] = { { MM_SECTION_PE32, image.bytes, 0 },
				       { MM_SECTION_MM_DEPEX, depex, sizeof(depex) } };

	build_image(&image, harmless, sizeof(harmless));
	sections[0].count = image.count;
	refuse_driver(*state, sections, 2, "init: D0000007-1234-4567-89AB-010203040506: refused: ");
}

static void refuses_a_driver_without_image(void **state)
{
	const struct section section = { MM_SECTION_MM_DEPEX, always, sizeof(always) };

	refuse_driver(*state, &section, 1, "init: D0000007-1234-4567-89AB-010203040506: refused: ");
}

static void refuses_a_driver_for_another_machine(void **state)
{
	struct image_file image;
	struct section sections[2] = { { MM_SECTION_PE32, image.bytes, 0 },
				       { MM_SECTION_MM_DEPEX, always, sizeof(always) } };

	build_image(&image, harmless, sizeof(harmless));
	image.bytes[0x44] = 0x4c;
	sections[0].count = image.count;
	refuse_driver(*state, sections, 2, "init: D0000007-1234-4567-89AB-010203040506: refused: ");
}

static void refuses_a_driver_twice(void **state)
{
	struct world *world = *state;

	add_cores(world);
	world_add_driver(world, 1, "First", harmless, sizeof(harmless));
	world_add_driver(world, 1, "Again", harmless, sizeof(harmless));
	world_add_policy(world, false, 0, 0);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 3);
	assert_true(world_log_has(world, "refused: the object exists already"));
}

static void gives_back_the_memory_of_a_refused_driver(void **state)
{
	struct world *world = *state;
	struct world *other = world_create(4);
	uint64_t used[2];

	add_cores(world);
	world_add_policy(world, false, 0, 0);
	add_cores(other);
	world_add_driver(other, 1, "Hostile", with_rsm, sizeof(with_rsm));
	world_add_policy(other, false, 0, 0);
	/* Both stop at the MMI entries, after the hand-over has been written. */
	for (int i = 0; i < 2; i++) {
		struct mm_init *init = i == 0 ? world->init : other->init;

		init->mmi_entry.count = 0;
		assert_status(mm_init_run(init), MM_E_TRUNCATED);
		used[i] = 0;
		for (uint32_t k = 0; k < init->handover.mmram_count; k++) {
			if ((init->handover.mmram[k].state & MM_HOB_MMRAM_ALLOCATED) != 0)
				used[i] += init->handover.mmram[k].region.bytes;
		}
	}
	assert_int_equal(used[0], used[1]);
	world_destroy(other);
}

static void ignores_files_it_has_no_use_for(void **state)
{
	struct world *world = *state;
	const struct section section = { MM_SECTION_RAW, "data", 4 };

	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_aux_file, &section, 1);
	world_fill_volume(world);
	assert_status(world_run(world), MM_OK);
	assert_int_equal(world->init->modules.count, 3);
	assert_false(world_log_has(world, "refused"));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(refuses_rsm_in_a_driver_by_name_and_goes_on),
		IN_WORLD(refuses_sysenter_at_any_alignment),
		IN_WORLD(loads_them_where_the_policy_waives_the_rule),
		IN_WORLD(refuses_rsm_in_the_user_core_for_good),
		IN_WORLD(does_not_search_the_supervisor),
		IN_WORLD(refuses_to_start_without_supervisor),
		IN_WORLD(refuses_to_start_without_user_core),
		IN_WORLD(refuses_to_start_without_policy),
		IN_WORLD(leaves_a_plain_rsm_when_it_refuses),
		IN_WORLD(refuses_two_policies),
		IN_WORLD(refuses_a_policy_that_does_not_decode),
		IN_WORLD(compiles_a_policy_in_device_tree_form),
		IN_WORLD(refuses_a_device_tree_that_is_cut),
		IN_WORLD(maps_the_mmio_that_the_policy_grants),
		IN_WORLD(maps_granted_mmio_read_only_and_in_whole_pages),
		IN_WORLD(never_maps_the_floor_for_ring_3),
		IN_WORLD(maps_no_memory_that_is_not_the_platforms_mmio),
		IN_WORLD(takes_a_deny_list_for_no_grant),
		IN_WORLD(refuses_a_policy_without_its_section),
		IN_WORLD(refuses_a_cpu_that_lacks_what_the_policy_demands),
		IN_WORLD(goes_on_without_what_the_policy_does_not_demand),
		IN_WORLD(refuses_a_broken_volume),
		IN_WORLD(refuses_a_volume_whose_files_are_broken),
		IN_WORLD(refuses_a_volume_that_is_not_in_memory),
		IN_WORLD(refuses_a_driver_without_depex),
		IN_WORLD(refuses_a_driver_with_a_broken_depex),
		IN_WORLD(refuses_a_driver_without_image),
		IN_WORLD(refuses_a_driver_for_another_machine),
		IN_WORLD(refuses_a_driver_twice),
		IN_WORLD(gives_back_the_memory_of_a_refused_driver),
		IN_WORLD(ignores_files_it_has_no_use_for),
	};

	return cmocka_run_group_tests_name("init/volume", tests, NULL, NULL);
}
