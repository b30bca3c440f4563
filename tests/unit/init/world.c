/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#include "mm/abi/depex.h"
#include "mm/abi/fv.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "tests/mm_test.h"

#define LOW_RAM_BASE  0x3d000000u
#define LOW_RAM_BYTES 0x1000000u
#define LIST_4CPU     0x3dbe1000u
#define LIST_1CPU     0x3dc14000u
#define LIST_ROOM     0x10000u

size_t world_read_file(const char *path, uint8_t *ret_bytes, size_t capacity)
{
	FILE *file = fopen(path, "rb");
	size_t count;

	assert_non_null(file);
	count = fread(ret_bytes, 1, capacity, file);
	assert_int_equal(fclose(file), 0);
	assert_true(count > 0 && count < capacity);
	return count;
}

/*
 * What the hardware and a supervisor do between an SMI and the mark that init waits for: the entry at SMBASE + 0x8000
 * leads to the CPU's number and to the HOB list, the list to the array.
 */
static void take_smi(struct fake_machine *machine, void *context, enum mm_hal_ipi kind, uint8_t vector, uint32_t target)
{
	struct world *world = context;
	uint8_t *entry = fake_machine_bytes(machine, world->init->handoff.smbase[target] + MM_MMI_ENTRY_OFFSET, 0x1000);
	const uint8_t *block = entry + world->init->mmi_entry.count - 4u - MM_MMI_FIXUP_BYTES;
	uint32_t stack = mm_load_u32(block + MM_MMI_FIXUP32 + 4u * MM_MMI_FIXUP32_STACK);
	const uint8_t *slot = fake_machine_bytes(machine, stack, 8);
	uint64_t array;

	assert_int_equal(kind, MM_HAL_IPI_SMI);
	assert_int_equal(vector, 0);
	assert_int_equal(mm_load_u64(slot), target);
	assert_true(world->smi_count < MM_ARRAY_COUNT(world->smi_cpu));
	world->smi_cpu[world->smi_count++] = target;
	if (target == world->deaf_cpu)
		return;
	array = world_pass_down(world).initialized_array;
	*(uint8_t *)fake_machine_bytes(machine, array + target, 1) = 1;
}

static struct world *create(uint32_t cpu_count)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	world->init = calloc(1, sizeof(*world->init));
	assert_non_null(world->init);
	world->machine = fake_machine_create(cpu_count);
	world->deaf_cpu = UINT32_MAX;
	world->list_address = cpu_count == 1 ? LIST_1CPU : LIST_4CPU;
	return world;
}

static void place_list(struct world *world)
{
	const char *path = world->list_address == LIST_1CPU ? MM_CORPUS "/hob/good-edk2-1cpu.bin"
							    : MM_CORPUS "/hob/good-edk2-4cpu.bin";

	world->list = fake_machine_bytes(world->machine, world->list_address, LIST_ROOM);
	assert_non_null(world->list);
	world->list_bytes = world_read_file(path, world->list, LIST_ROOM);
	world->init->hob_start = mm_pa(world->list_address);
}

struct world *world_create_list(uint32_t cpu_count)
{
	struct world *world = create(cpu_count);

	fake_machine_add_memory(world->machine, world->list_address, LIST_ROOM);
	place_list(world);
	return world;
}

struct world *world_create(uint32_t cpu_count)
{
	struct world *world = create(cpu_count);
	struct fake_machine *machine = world->machine;
	struct mm_init *init = world->init;

	fake_machine_add_memory(machine, LOW_RAM_BASE, LOW_RAM_BYTES);
	fake_machine_add_memory(machine, WORLD_MMRAM_BASE, WORLD_MMRAM_BYTES);
	/* The captured volume HOB says 0xe80000 bytes; the volume inside may be smaller. */
	volume_begin(&world->volume, fake_machine_add_memory(machine, WORLD_VOLUME_BASE, 0xe80000), WORLD_VOLUME_BYTES);
	fake_machine_add_pit(machine);
	machine->on_ipi = take_smi;
	machine->on_ipi_context = world;
	place_list(world);
	init->machine = (struct mm_init_machine){ &machine->cpu,  &machine->io,	  &machine->mem,
						  &machine->mmio, &machine->time, &machine->console };
	init->mmi_entry = mm_bytes(world->mmi_entry, world_read_file(MM_MMI_ENTRY, world->mmi_entry, 4096));
	return world;
}

void world_destroy(struct world *world)
{
	fake_machine_destroy(world->machine);
	free(world->init);
	free(world);
}

int world_setup(void **state)
{
	*state = world_create(4);
	return 0;
}

int world_setup_list(void **state)
{
	*state = world_create_list(4);
	return 0;
}

int world_setup_filled(void **state)
{
	*state = world_create(4);
	world_fill_volume(*state);
	return 0;
}

int world_teardown(void **state)
{
	world_destroy(*state);
	return 0;
}

static const uint8_t nothing[1] = { 0xc3 };

void world_add_policy(struct world *world, bool extension, uint32_t protections, uint32_t flags)
{
	struct policy_file policy;
	struct section section = { MM_SECTION_RAW, policy.bytes, 0 };

	build_policy(&policy, extension, protections, flags);
	section.count = policy.count;
	volume_add_file(&world->volume, MM_FFS_TYPE_FREEFORM, &mm_guid_supv_policy_file, &section, 1);
}

static void add_core(struct world *world, const struct mm_guid *name, const char *ui_name)
{
	struct image_file image;

	build_image(&image, nothing, sizeof(nothing));
	volume_add_module(&world->volume, MM_FFS_TYPE_MM_CORE_STANDALONE, name, ui_name, &image, NULL, 0);
}

void world_add_supervisor(struct world *world)
{
	add_core(world, &mm_guid_supv_core, "Supervisor");
}

void world_add_user_core(struct world *world)
{
	add_core(world, &mm_guid_supv_user, "UserCore");
}

struct mm_guid world_driver_guid(uint32_t number)
{
	struct mm_guid guid = { 0xd0000000u + number, 0x1234, 0x4567, { 0x89, 0xab, 1, 2, 3, 4, 5, 6 } };

	return guid;
}

void world_add_driver(struct world *world, uint32_t number, const char *ui_name, const uint8_t *code, size_t code_count)
{
	static const uint8_t depex[] = { MM_DEPEX_TRUE, MM_DEPEX_END };
	struct mm_guid guid = world_driver_guid(number);
	struct image_file image;

	build_image(&image, code, code_count);
	volume_add_module(&world->volume, MM_FFS_TYPE_MM_STANDALONE, &guid, ui_name, &image, depex, sizeof(depex));
}

void world_fill_volume(struct world *world)
{
	add_core(world, &mm_guid_supv_init, "Init");
	world_add_supervisor(world);
	world_add_user_core(world);
	world_add_driver(world, 1, "First", nothing, sizeof(nothing));
	world_add_policy(world, false, 0, 0);
}

void world_add_hob(struct world *world, const void *hob, size_t count)
{
	uint8_t end[8];

	assert_true(world->list_bytes + count < LIST_ROOM && count % 8 == 0);
	memcpy(end, world->list + world->list_bytes - 8, 8);
	memcpy(world->list + world->list_bytes - 8, hob, count);
	world->list_bytes += count;
	memcpy(world->list + world->list_bytes - 8, end, 8);
	mm_store_u64(world->list + offsetof(struct mm_hob_handoff, end_of_hob_list),
		     world->list_address + world->list_bytes - 8);
}

void world_add_guid_hob(struct world *world, const struct mm_guid *name, const void *payload, size_t count)
{
	uint8_t hob[1024] = { 0 };
	size_t bytes = (sizeof(struct mm_hob_guid) + count + 7u) & ~(size_t)7u;

	assert_true(bytes <= sizeof(hob));
	mm_store_u16(hob, MM_HOB_TYPE_GUID_EXTENSION);
	mm_store_u16(hob + 2, (uint16_t)bytes);
	mm_guid_store(hob + 8, name);
	memcpy(hob + sizeof(struct mm_hob_guid), payload, count);
	world_add_hob(world, hob, bytes);
}

enum mm_status world_run(struct world *world)
{
	return mm_init_run(world->init);
}

enum mm_status world_decode(struct world *world, struct mm_refusal *reterr)
{
	return mm_init_handoff_decode(&world->machine->mem, mm_pa(world->list_address), &world->init->handoff, reterr);
}

bool world_log_has(const struct world *world, const char *text)
{
	return strstr(world->machine->console_text, text) != NULL;
}

uint32_t world_attributes(struct world *world, uint64_t address)
{
	return mm_hal_pagetable_query(&world->init->tables.pagetable, address).attributes;
}

struct mm_pi_hob_list world_handover(struct world *world)
{
	struct mm_region pages = world->init->hob_pages;
	struct mm_pi_hob_list list;
	const void *bytes = fake_machine_bytes(world->machine, pages.base, pages.bytes);

	assert_non_null(bytes);
	assert_status(mm_pi_hob_list_check_untrusted(mm_bytes(bytes, pages.bytes), MM_PI_HOB_WITHIN, &list, NULL),
		      MM_OK);
	return list;
}

struct mm_pi_pass_down world_pass_down(struct world *world)
{
	struct mm_pi_hob_list list = world_handover(world);
	struct mm_pi_pass_down pass_down;
	struct mm_bytes payload;

	assert_true(mm_pi_hob_find_guid(&list, &mm_guid_supv_pass_down_hob, &payload));
	assert_status(mm_pi_pass_down_decode_untrusted(payload, &pass_down, NULL), MM_OK);
	return pass_down;
}
