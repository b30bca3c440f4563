/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "main.h"

#include "chipset.h"
#include "client.h"
#include "handoff.h"
#include "lifecycle.h"
#include "linux_boot.h"
#include "log.h"
#include "machine.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"
#include "paging.h"
#include "smbase.h"
#include "topology.h"
#include "traps.h"
#include "verify.h"
#include "volume.h"

#define ADDRESS_BITS 32u /* of what the IPL maps */
#define FOUR_GIB     0x100000000ull

typedef uint64_t(MM_EFIAPI *init_entry)(void *hob_start);

static struct mm_q35_machine machine;

static uint64_t measure_rate(void)
{
	uint64_t rate;

	mm_q35_require(mm_hal_time_calibrate(&machine.hal.time, &machine.hal.cpu, &machine.hal.io, NULL, &rate),
		       "calibrating the time-stamp counter");
	return rate;
}

/* Console, exceptions, clock: what everything after it reports with. */
static void bring_up_basics(uint64_t volume)
{
	const struct mm_hal_x86_config config = { .pa_bits = ADDRESS_BITS, .user_limit = FOUR_GIB };

	mm_q35_traps_init();
	mm_q35_traps_load();
	mm_q35_traps_load_stack();
	mm_q35_paging_init();
	if (mm_hal_x86_init(&machine.hal, &config) != MM_OK)
		mm_q35_exit(MM_Q35_EXIT_FATAL);
	mm_q35_log_init(&machine.hal.io);
	mm_q35_phase("reset");
	machine.rom = mm_region_create(volume, FOUR_GIB - volume);
	mm_q35_require(mm_hal_lapic_init(&machine.lapic, &machine.hal.cpu, &machine.hal.mmio, mm_pa(MM_HAL_LAPIC_BASE)),
		       "local APIC");
	mm_q35_require(mm_hal_time_set_rate(&machine.hal.time, measure_rate()), "time-stamp counter");
	mm_q35_require(mm_q35_fwcfg_init(&machine.fwcfg, &machine.hal.io, &machine.hal.time), "fw_cfg");
	mm_q35_require(mm_q35_chipset_check(&machine.hal.io), "chipset");
	mm_q35_require(mm_q35_volume_open(&machine), "volume");
}

static void plan_memory(void)
{
	uint8_t entries[MM_Q35_E820_MAX * sizeof(struct mm_q35_e820_entry)];
	struct mm_q35_memory *memory = &machine.memory;
	uint32_t bytes;

	mm_q35_phase("memory");
	mm_q35_chipset_place_windows(&machine.hal.io);
	mm_q35_require(mm_q35_fwcfg_read_file(&machine.fwcfg, "etc/e820", entries, sizeof(entries), &bytes),
		       "reading the memory map");
	mm_q35_require(mm_q35_e820_decode_untrusted(entries, bytes, &machine.map), "memory map");
	mm_q35_require(mm_q35_memory_plan(&machine.map, mm_q35_chipset_tseg_bytes(&machine.hal.io), memory),
		       "memory below 4 GiB");
	mm_q35_channel_init(&machine.user, &machine.hal.time, memory->user_buffer, memory->user_status);
	mm_q35_channel_init(&machine.supervisor, &machine.hal.time, memory->supervisor_buffer,
			    memory->supervisor_status);
	mm_q35_log("TSEG at %llx, %llu MiB; channels at %llx and %llx", memory->tseg.base, memory->tseg.bytes >> 20,
		   memory->user_buffer.base, memory->supervisor_buffer.base);
}

static void start_processors(void)
{
	uint16_t count;

	mm_q35_phase("processors");
	mm_q35_require(mm_q35_fwcfg_read(&machine.fwcfg, MM_Q35_FWCFG_CPU_COUNT, &count, sizeof(count)),
		       "reading the number of processors");
	mm_q35_require(mm_q35_processors_start(&machine, count), "starting the processors");
	mm_q35_require(mm_q35_smbase_relocate(&machine), "relocating SMBASE");
	mm_q35_smbase_close_default(&machine);
	mm_q35_log("%u CPUs, APIC ids 0 to %u; default SMBASE %s", count,
		   machine.processors.cpu[machine.processors.count - 1].apic_id,
		   machine.default_smram_closed ? "closed" : "left open: the machine cannot close it");
}

static void write_handoff(const struct mm_q35_init_image *image)
{
	uint32_t apic_ids[MM_Q35_CPU_MAX];
	struct mm_q35_topology topology = mm_q35_topology_read();
	struct mm_region hobs = machine.memory.hobs;
	struct mm_q35_handoff facts = {
		.memory = &machine.memory,
		.rom = machine.rom,
		.init_image = image->region,
		.init_entry = image->entry,
		.init_name = image->name,
		.topology = &topology,
		.apic_ids = apic_ids,
		.cpu_count = machine.processors.count,
	};
	size_t bytes;

	for (uint32_t i = 0; i < facts.cpu_count; i++)
		apic_ids[i] = machine.processors.cpu[i].apic_id;
	mm_q35_require(mm_q35_handoff_write(&facts, (void *)(uintptr_t)hobs.base, hobs.bytes, hobs.base, &bytes),
		       "writing the hand-off");
}

static void run_init(void)
{
	struct mm_q35_init_image image;
	uint64_t answer;

	mm_q35_phase("init");
	mm_q35_require(mm_q35_volume_load_init(&machine, &image), "loading init");
	write_handoff(&image);
	mm_q35_paging_set_executable(image.region, true);
	answer = ((init_entry)(uintptr_t)image.entry)((void *)(uintptr_t)machine.memory.hobs.base);
	mm_q35_paging_set_executable(image.region, false);
	if (answer != MM_EFI_SUCCESS)
		mm_q35_fatal("init answered %llx", answer);
	/* The contract says that nobody needs the hand-off any more. */
	__builtin_memset((void *)(uintptr_t)machine.memory.hobs.base, 0, machine.memory.hobs.bytes);
}

static void verify_lock(void)
{
	uint64_t page = 0;

	if (!mm_q35_chipset_resists_unlock(&machine.hal.io, machine.default_smram_closed))
		mm_q35_fatal("the chipset's lock can be undone");
	if (!mm_q35_verify_tseg_reads_ff(&machine, &page))
		mm_q35_fatal("TSEG can be read at %llx", page);
	if (!mm_q35_verify_tseg_ignores_writes(&machine))
		mm_q35_fatal("TSEG can be written");
	if (!mm_q35_verify_default_smbase(&machine))
		mm_q35_fatal("the default SMBASE is open");
	if (!mm_q35_verify_refuses_dma(&machine))
		mm_q35_fatal("TSEG can be read by DMA");
}

static void lock_down(void)
{
	mm_q35_phase("lock");
	mm_q35_chipset_close_tseg(&machine.hal.io);
	mm_q35_chipset_enable_smi(&machine.hal.io);
	machine.is_broadcast = mm_q35_chipset_negotiate_broadcast(&machine.fwcfg) == MM_OK;
	mm_q35_chipset_lock(&machine.hal.io);
	verify_lock();
	mm_q35_log("MMRAM locked and verified; an SMI reaches %s",
		   machine.is_broadcast ? "all CPUs" : "one CPU, which calls the others");
}

static void send_lifecycle(void)
{
	uint32_t refused;

	mm_q35_phase("lifecycle");
	mm_q35_require(mm_q35_lifecycle_ask_version(&machine), "asking the supervisor for its version");
	mm_q35_require(mm_q35_lifecycle_send_all(&machine, &refused), "lifecycle messages");
	if (refused != 0)
		mm_q35_fatal("%u lifecycle messages were refused", refused);
}

static void finish(bool has_passed)
{
	if (!has_passed)
		mm_q35_exit(MM_Q35_EXIT_CLIENT_FAILED);
	if (!mm_q35_linux_is_wanted(&machine))
		mm_q35_exit(MM_Q35_EXIT_PASS);
	mm_q35_phase("linux");
	mm_q35_linux_boot(&machine);
}

void mm_q35_main(uint64_t volume)
{
	bool has_passed;

	bring_up_basics(volume);
	plan_memory();
	start_processors();
	run_init();
	lock_down();
	send_lifecycle();
	mm_q35_phase("client");
	has_passed = mm_q35_client_run(&machine);
	finish(has_passed);
}
