/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What init leaves behind: memory, page tables, MMI entries, the HOB list. */
#include <stdlib.h>

#include "mm/abi/init_facts.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob_writer.h"
#include "world.h"

#define MMI_ENTRY_BYTES 0x200u
#define CR0_VALUE	0x80010033u /* PG, WP, NE, ET, MP, PE */
#define CR4_VALUE	0x00300e20u /* SMAP, SMEP, UMIP, OSXMMEXCPT, OSFXSR, PAE */
#define EFER_VALUE	0xd01u	    /* NXE, LMA, LME, SCE */
#define EFER		0xc0000080u

const struct mm_guid world_driver_1 = { 0xd1000001u, 0x1111, 0x2222, { 0x91, 2, 3, 4, 5, 6, 7, 8 } };
const struct mm_guid world_driver_2 = { 0xd1000002u, 0x1111, 0x2222, { 0x92, 2, 3, 4, 5, 6, 7, 8 } };

static struct world *world_of(struct mm_hal_pagetable *self)
{
	return MM_CONTAINER_OF(self, struct world, init_tables);
}

static enum mm_status init_get_page(struct mm_hal_pagetable *self, struct mm_pa *ret_page)
{
	struct world *world = world_of(self);

	if (world->next_table == WORLD_TABLES + WORLD_TABLES_BYTES)
		return MM_E_NO_MEMORY;
	*ret_page = mm_pa(world->next_table);
	world->next_table += MM_PAGE_BYTES;
	return MM_OK;
}

static void init_put_page(struct mm_hal_pagetable *self, struct mm_pa page)
{
	fail_msg("init's editor gives a table back");
}

static const uint64_t *init_map_table(struct mm_hal_pagetable *self, struct mm_pa page)
{
	return fake_machine_bytes(world_of(self)->machine, page.v, MM_PAGE_BYTES);
}

static void init_write_entry(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value)
{
	*(uint64_t *)(uintptr_t)entry = value;
}

static const struct mm_hal_pagetable_ops init_ops = {
	.get_page = init_get_page,
	.put_page = init_put_page,
	.map_table = init_map_table,
	.write_entry = init_write_entry,
};

/* In 4 KiB leaves, as the contract wants it for all of MMRAM. */
static void init_map(struct world *world, uint64_t base, uint64_t bytes, uint32_t attributes)
{
	const struct mm_hal_pagetable_change change = {
		.action = MM_HAL_PAGETABLE_MAP,
		.range = mm_region_create(base, bytes),
		.pa = mm_pa(base),
		.attributes = attributes,
		.small_only = true,
	};

	assert_status(mm_hal_pagetable_apply(&world->init_tables, &change), MM_OK);
}

static void map_module(struct world *world, uint64_t base)
{
	init_map(world, base, 0x1000, MM_HAL_PAGE_RX | MM_HAL_PAGE_USER);
	init_map(world, base + 0x1000, 0x1000, MM_HAL_PAGE_R | MM_HAL_PAGE_USER);
	init_map(world, base + 0x2000, 0x2000, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
}

/* Guard pages and whatever is not listed stay absent, page 0 with them. */
static void map_everything(struct world *world)
{
	uint32_t i;

	for (i = 0; i < WORLD_CPU_MAX; i++) {
		init_map(world, WORLD_TILES + i * 0x2000u, 0x1000, MM_HAL_PAGE_RX);
		init_map(world, WORLD_TILES + 0x7000u + i * 0x2000u, 0x1000, MM_HAL_PAGE_RW);
		init_map(world, WORLD_RING0_STACKS + i * WORLD_RING0_STRIDE + 0x1000u, 0x4000, MM_HAL_PAGE_RW);
	}
	init_map(world, WORLD_TABLES_INIT, WORLD_CPU_MAX * 0x1000u, MM_HAL_PAGE_R);
	init_map(world, WORLD_SMBASE, 0x1000, MM_HAL_PAGE_R);
	init_map(world, WORLD_INITIALIZED, 0x1000, MM_HAL_PAGE_RW);
	init_map(world, WORLD_POLICY, WORLD_POLICY_BYTES, MM_HAL_PAGE_R);
	init_map(world, WORLD_HOBS, WORLD_HOBS_BYTES, MM_HAL_PAGE_R);
	init_map(world, WORLD_INIT_IMAGE, WORLD_INIT_BYTES, MM_HAL_PAGE_RX);
	init_map(world, WORLD_SUPERVISOR, 0x8000, MM_HAL_PAGE_RX);
	init_map(world, WORLD_SUPERVISOR + 0x8000u, WORLD_SUPV_BYTES - 0x8000u, MM_HAL_PAGE_RW);
	map_module(world, WORLD_USER_CORE);
	map_module(world, WORLD_DRIVER_1);
	map_module(world, WORLD_DRIVER_2);
	init_map(world, WORLD_USER_STACKS, WORLD_CPU_MAX * 0x2000u, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	init_map(world, WORLD_FREE, WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES - WORLD_FREE, MM_HAL_PAGE_RW);
	init_map(world, WORLD_UNBLOCKED, 0x1000, MM_HAL_PAGE_RW | MM_HAL_PAGE_USER);
	init_map(world, WORLD_TABLES, WORLD_TABLES_BYTES, MM_HAL_PAGE_R);
}

static void build_tables(struct world *world)
{
	const struct mm_hal_pagetable_config config = {
		.ops = &init_ops,
		.levels = 4,
		.pa_bits = 40,
		.can_execute_disable = true,
	};
	uint32_t i;

	world->next_table = WORLD_TABLES;
	assert_status(mm_hal_pagetable_init(&config, &world->init_tables), MM_OK);
	map_everything(world);
	for (i = world->machine->cpu_count; i-- > 0;) {
		world->machine->current = i; /* CPU 0 stays current */
		assert_status(mm_hal_cpu_set_register(&world->machine->cpu, MM_HAL_CR3, world->init_tables.root.v),
			      MM_OK);
		assert_status(mm_hal_cpu_set_register(&world->machine->cpu, MM_HAL_CR4, CR4_VALUE), MM_OK);
		assert_status(mm_hal_cpu_set_register(&world->machine->cpu, MM_HAL_CR0, CR0_VALUE), MM_OK);
	}
	fake_machine_set_msr(world->machine, EFER, EFER_VALUE);
}

uint8_t *world_fixup_block(struct world *world, uint32_t cpu)
{
	return world_bytes(world, WORLD_TILES + cpu * 0x2000u, MMI_ENTRY_BYTES) + MMI_ENTRY_BYTES - 4u -
	       MM_MMI_FIXUP_BYTES;
}

static void build_entry(struct world *world, uint32_t cpu)
{
	uint64_t tables = WORLD_TABLES_INIT + cpu * 0x1000u;
	uint64_t stack = WORLD_RING0_STACKS + (cpu + 1u) * WORLD_RING0_STRIDE - 16u;
	uint8_t *block = world_fixup_block(world, cpu);

	mm_store_u64(world_bytes(world, WORLD_SMBASE + 8u * cpu, 8), WORLD_TILES + cpu * 0x2000u - MM_MMI_ENTRY_OFFSET);
	mm_store_u32(block, MM_MMI_FIXUP_VERSION);
	mm_store_u32(block + MM_MMI_FIXUP_BYTES, MM_MMI_FIXUP_BYTES);
	mm_store_u32(block + MM_MMI_FIXUP32 + 4u * MM_MMI_FIXUP32_GDTR, (uint32_t)tables + WORLD_GDTR);
	mm_store_u32(block + MM_MMI_FIXUP32 + 4u * MM_MMI_FIXUP32_STACK, (uint32_t)stack);
	mm_store_u64(block + MM_MMI_FIXUP64 + 8u * MM_MMI_FIXUP64_IDTR, tables + WORLD_IDTR);
	mm_store_u64(world_bytes(world, stack, 8), cpu);
}

static void default_modules(struct world_hobs *hobs)
{
	const struct world_module modules[] = {
		{ mm_guid_supv_core, { WORLD_SUPERVISOR, WORLD_SUPV_BYTES }, WORLD_ANCHOR },
		{ mm_guid_supv_user, { WORLD_USER_CORE, WORLD_MODULE_BYTES }, WORLD_USER_CORE + 0x100u },
		{ world_driver_1, { WORLD_DRIVER_1, WORLD_MODULE_BYTES }, WORLD_DRIVER_1 + 0x200u },
		{ world_driver_2, { WORLD_DRIVER_2, WORLD_MODULE_BYTES }, WORLD_DRIVER_2 + 0x300u },
	};

	memcpy(hobs->modules, modules, sizeof(modules));
	hobs->module_count = MM_ARRAY_COUNT(modules);
}

static void default_channels(struct world_hobs *hobs)
{
	hobs->user_channel.type = MM_HOB_REGION_USER;
	hobs->user_channel.buffer = mm_region_create(WORLD_USER_BUFFER, WORLD_CHANNEL_BYTES);
	hobs->user_channel.status = mm_region_create(WORLD_USER_STATUS, sizeof(struct mm_comm_status));
	hobs->supervisor_channel.type = MM_HOB_REGION_SUPERVISOR;
	hobs->supervisor_channel.buffer = mm_region_create(WORLD_SUPERVISOR_BUFFER, WORLD_CHANNEL_BYTES);
	hobs->supervisor_channel.status = mm_region_create(WORLD_SUPERVISOR_STATUS, sizeof(struct mm_comm_status));
}

static void default_hobs(struct world *world)
{
	struct world_hobs *hobs = &world->hobs;
	const struct mm_init_facts facts = {
		.revision = MM_INIT_FACTS_REVISION,
		.cpu_count = world->machine->cpu_count,
		.tsc_hz = WORLD_TSC_HZ,
		.init_image_base = WORLD_INIT_IMAGE,
		.init_image_bytes = WORLD_INIT_BYTES,
	};
	uint64_t in_use = WORLD_FREE - WORLD_MMRAM_BASE;

	hobs->mmram[0].region = mm_region_create(WORLD_FREE, WORLD_MMRAM_BYTES - in_use);
	hobs->mmram[0].state = MM_HOB_MMRAM_CLOSED;
	hobs->mmram[1].region = mm_region_create(WORLD_MMRAM_BASE, in_use);
	hobs->mmram[1].state = MM_HOB_MMRAM_CLOSED | MM_HOB_MMRAM_ALLOCATED;
	hobs->mmram_count = 2;
	hobs->cpu_count = world->machine->cpu_count;
	hobs->has_pass_down = true;
	hobs->pass_down = (struct mm_pi_pass_down){
		.user_stack_base = WORLD_USER_STACKS,
		.user_stack_bytes_per_cpu = 0x2000,
		.smbase_array = WORLD_SMBASE,
		.initialized_array = WORLD_INITIALIZED,
		.policy = mm_region_create(WORLD_POLICY, 0), /* sized when the policy is laid out */
		.mmi_entry_bytes = MMI_ENTRY_BYTES,
	};
	default_channels(hobs);
	default_modules(hobs);
	memcpy(hobs->init_facts, &facts, sizeof(facts));
	hobs->init_facts_bytes = sizeof(facts);
}

void world_leave_by_init(struct world *world)
{
	uint32_t i;

	fake_machine_add_memory(world->machine, WORLD_MMRAM_BASE, WORLD_MMRAM_BYTES);
	fake_machine_add_memory(world->machine, WORLD_OS_BASE, WORLD_OS_BYTES);
	/* What is free was used before. */
	memset(world_bytes(world, WORLD_FREE, 0x100000), 0xc5, 0x100000);
	memset(world_bytes(world, WORLD_INIT_IMAGE, WORLD_INIT_BYTES), 0x90, WORLD_INIT_BYTES);
	build_tables(world);
	for (i = 0; i < world->machine->cpu_count; i++)
		build_entry(world, i);
	default_hobs(world);
}

/* Ports 0x70, 0x71 and 0x80 (write only, 8 bits), MSR 0x198 and 0x199, all instructions. */
static void default_policy(struct fake_policy *policy)
{
	uint32_t i;

	fake_policy_root(policy, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_port(policy, 0x70, 2, MM_POLICY_READ | MM_POLICY_WRITE);
	fake_policy_port(policy, 0x80, 1, MM_POLICY_WRITE);
	fake_policy_root(policy, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	fake_policy_msr(policy, 0x198, 2, MM_POLICY_READ | MM_POLICY_WRITE);
	fake_policy_root(policy, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	for (i = 0; i < MM_POLICY_INSTRUCTION_COUNT; i++)
		fake_policy_instruction(policy, i, MM_POLICY_EXECUTE);
}

static void write_policy(struct world *world)
{
	struct mm_bytes blob;

	if (world->policy.root_count == 0)
		default_policy(&world->policy);
	blob = fake_policy_blob(&world->policy);
	assert_true(blob.count <= WORLD_POLICY_BYTES);
	memcpy(world_bytes(world, WORLD_POLICY, blob.count), blob.data, blob.count);
	if (world->hobs.pass_down.policy.bytes == 0)
		world->hobs.pass_down.policy.bytes = blob.count;
}

static void add_modules(const struct world_hobs *hobs, struct mm_pi_hob_writer *writer)
{
	static const uint8_t depex[] = { 0x06, 0x08 };
	uint32_t i;

	for (i = 0; i < hobs->module_count; i++) {
		const struct world_module *module = &hobs->modules[i];

		assert_status(mm_pi_hob_add_module(writer, &mm_guid_supv_module_hob, module->region, &module->name,
						   module->entry),
			      MM_OK);
		if (i >= 2)
			assert_status(mm_pi_hob_add_depex(writer, &module->name, mm_bytes(depex, sizeof(depex))),
				      MM_OK);
	}
}

static void add_smbase(const struct world_hobs *hobs, struct mm_pi_hob_writer *writer)
{
	uint64_t smbase[WORLD_CPU_MAX];
	uint32_t i;

	for (i = 0; i < WORLD_CPU_MAX; i++)
		smbase[i] = WORLD_TILES + i * 0x2000u - MM_MMI_ENTRY_OFFSET;
	assert_status(
		mm_pi_hob_add_smbase(writer, smbase, hobs->cpu_count < WORLD_CPU_MAX ? hobs->cpu_count : WORLD_CPU_MAX),
		MM_OK);
}

static void add_cpus(const struct world_hobs *hobs, struct mm_pi_hob_writer *writer)
{
	struct mm_pi_cpu *cpus = calloc(hobs->cpu_count, sizeof(*cpus));
	uint32_t i;

	assert_non_null(cpus);
	for (i = 0; i < hobs->cpu_count; i++) {
		cpus[i].processor_id = i;
		cpus[i].status = MM_HOB_CPU_ENABLED | MM_HOB_CPU_HEALTHY | (i == 0 ? MM_HOB_CPU_IS_BSP : 0);
	}
	assert_status(mm_pi_hob_add_cpus(writer, cpus, hobs->cpu_count), MM_OK);
	free(cpus);
}

void world_write_hobs(struct world *world)
{
	const struct world_hobs *hobs = &world->hobs;
	struct mm_pi_hob_writer writer;

	write_policy(world);
	assert_status(mm_pi_hob_writer_init(&writer, world_bytes(world, WORLD_HOBS, WORLD_HOBS_BYTES), WORLD_HOBS_BYTES,
					    WORLD_HOBS, 0),
		      MM_OK);
	if (hobs->cpu_count != 0) {
		add_cpus(hobs, &writer);
		add_smbase(hobs, &writer);
	}
	if (!mm_region_is_empty(hobs->user_channel.buffer))
		assert_status(mm_pi_hob_add_channel(&writer, &hobs->user_channel), MM_OK);
	if (!mm_region_is_empty(hobs->supervisor_channel.buffer))
		assert_status(mm_pi_hob_add_channel(&writer, &hobs->supervisor_channel), MM_OK);
	if (hobs->mmram_count != 0)
		assert_status(mm_pi_hob_add_mmram(&writer, hobs->mmram, hobs->mmram_count), MM_OK);
	add_modules(hobs, &writer);
	if (hobs->has_pass_down)
		assert_status(mm_pi_hob_add_pass_down(&writer, &hobs->pass_down), MM_OK);
	if (hobs->init_facts_bytes != 0)
		assert_status(mm_pi_hob_add_guid(&writer, &mm_guid_init_facts_hob,
						 mm_bytes(hobs->init_facts, hobs->init_facts_bytes)),
			      MM_OK);
	if (hobs->has_empty_channel)
		assert_status(mm_pi_hob_add_guid(&writer, &mm_guid_comm_buffer_hob, mm_bytes(NULL, 0)), MM_OK);
	assert_status(mm_pi_hob_writer_finish(&writer, &world->hob_bytes), MM_OK);
}
