/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A small working machine for host tests: CPUs with MSRs and control registers, CPUID, ports, sparse physical memory,
 * a TLB that keeps stale entries until flushed, local APICs that deliver interrupts to a hook, time that advances.
 * It implements every interface of libmmhal. One thread; `current` names the CPU that "executes".
 *
 *	struct fake_machine *m = fake_machine_create(4);
 *	fake_machine_add_memory(m, 0x3e000000, 0x1000000);
 *	init_main(&m->cpu, &m->mem, ...);
 *	fake_machine_destroy(m);
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/hal/console.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/lapic.h"
#include "mm/hal/mem.h"
#include "mm/hal/mmio.h"
#include "mm/hal/time.h"
#include "mm/hal/user.h"

#define FAKE_CPU_MAX	 64u
#define FAKE_CONSOLE_MAX 65536u

struct fake_machine;
struct fake_cpu;	/* private */
struct fake_region;	/* private */
struct fake_port_range; /* private */
struct fake_cpuid_row;	/* private */

/* An interrupt was sent to CPU `target` (index, not APIC id), once per addressed CPU. `current` is the sender. */
typedef void fake_ipi_hook(struct fake_machine *machine, void *context, enum mm_hal_ipi kind, uint8_t vector,
			   uint32_t target);
/* One port access in a hooked range: reads return the value, writes are told. */
typedef uint32_t fake_port_hook(struct fake_machine *machine, void *context, uint16_t port, enum mm_hal_width width,
				bool is_write, uint32_t value);
/* One access to a hooked MMIO range; false refuses it (a fault). */
typedef bool fake_mmio_hook(struct fake_machine *machine, void *context, uint64_t pa, enum mm_hal_width width,
			    bool is_write, uint64_t *value);
/* The code under test executed PAUSE: other CPUs' turn. */
typedef void fake_pause_hook(struct fake_machine *machine, void *context);

struct fake_machine {
	/* The interfaces; hand out their addresses. All act on CPU `current`. */
	struct mm_hal_cpu cpu;
	struct mm_hal_io io;
	struct mm_hal_mem mem;
	struct mm_hal_mmio mmio;
	struct mm_hal_time time;
	struct mm_hal_user user;
	struct mm_hal_console console;

	uint32_t current;
	uint32_t cpu_count;

	/* Time: each ticks() and each pause() advances the clock by these. */
	uint64_t now;
	uint64_t ticks_per_read;
	uint64_t ticks_per_pause;

	/* Counters, for assertions; reset freely. */
	uint64_t msr_reads;
	uint64_t msr_writes;
	uint64_t page_flushes;
	uint64_t full_flushes;
	uint64_t ipis;
	uint64_t faults; /* accesses that would have faulted */
	uint64_t
		window_escapes; /* user-window pages that were not ring 3's: hardware lets them pass, a gate must not */

	/* What the console got, zero-terminated. */
	char console_text[FAKE_CONSOLE_MAX];
	size_t console_count;

	/* Defects to order: the APIC's page faults; its send bit never clears. */
	bool lapic_absent;
	bool lapic_stuck;

	fake_ipi_hook *on_ipi;
	void *on_ipi_context;
	fake_pause_hook *on_pause;
	void *on_pause_context;

	/* private: */
	struct fake_cpu *cpus;
	struct fake_region *regions;
	struct fake_port_range *ports;
	struct fake_cpuid_row *cpuids;
};

/*
 * A machine with 1..FAKE_CPU_MAX CPUs, APIC ids 0.., CPU 0 current and BSP, xAPIC at MM_HAL_LAPIC_BASE, no memory,
 * paging off, a 1 GHz clock (rate set), CPUID of a plain x86-64 CPU with NX, SMEP, SMAP, UMIP, 1 GiB pages, 48/40 bits.
 * MSRs present: those of architecture that MM code touches (see the source); any other faults. Fails the test when
 * the host has no memory.
 */
struct fake_machine *fake_machine_create(uint32_t cpu_count);
void fake_machine_destroy(struct fake_machine *machine);

/* Backs [base, base + bytes) with zeroed host memory. Regions do not overlap. Returns the host bytes. */
void *fake_machine_add_memory(struct fake_machine *machine, uint64_t base, uint64_t bytes);
/* The host bytes of [base, base + bytes), NULL unless one region holds all of it. */
void *fake_machine_bytes(struct fake_machine *machine, uint64_t base, uint64_t bytes);
/* A read-only view: writes through mem.write(), user copies and MMIO fault (map() cannot know). */
void fake_machine_set_read_only(struct fake_machine *machine, uint64_t base, bool read_only);
/* Hooks MMIO in [base, base + bytes). */
void fake_machine_add_mmio(struct fake_machine *machine, uint64_t base, uint64_t bytes, fake_mmio_hook *hook,
			   void *context);

/* Makes an MSR present on all CPUs with this value, or absent (it faults) on all. */
void fake_machine_set_msr(struct fake_machine *machine, uint32_t index, uint64_t value);
void fake_machine_remove_msr(struct fake_machine *machine, uint32_t index);
/* One CPU's MSR without the side effects of rdmsr; fails the test if absent. */
uint64_t fake_machine_get_msr(struct fake_machine *machine, uint32_t cpu, uint32_t index);
/* Bits of `index` that fault when written as one. */
void fake_machine_set_msr_reserved(struct fake_machine *machine, uint32_t index, uint64_t reserved);

void fake_machine_set_cpuid(struct fake_machine *machine, uint32_t leaf, uint32_t subleaf, struct mm_hal_cpuid value);
void fake_machine_set_apic_id(struct fake_machine *machine, uint32_t cpu, uint32_t apic_id);
/* Index of the CPU with that APIC id, cpu_count if none. */
uint32_t fake_machine_find_apic_id(struct fake_machine *machine, uint32_t apic_id);

/* Hooks ports [first, last]; later hooks win. Ports without a hook read as ones and are counted nowhere. */
void fake_machine_add_ports(struct fake_machine *machine, uint16_t first, uint16_t last, fake_port_hook *hook,
			    void *context);
/* Scripted port: successive reads return these values, the last one for ever; writes are recorded. */
struct fake_port_script {
	const uint32_t *reads;
	size_t read_count;
	size_t read_next;
	uint32_t writes[64];
	size_t write_count;
};
fake_port_hook fake_port_scripted; /* context: struct fake_port_script */
/* An 8254 with a 1.193182 MHz channel 2 behind ports 0x40-0x43 and 0x61, driven by `now`. */
void fake_machine_add_pit(struct fake_machine *machine);

/*
 * A linear address of CPU `current` through its TLB or, on a miss, its page tables (CR0.PG, CR4, EFER of that CPU;
 * without paging the identity). `access` is MM_HAL_PAGE_WRITE, _EXECUTE and _USER bits as wanted; `ac` is RFLAGS.AC.
 * True and `ret_pa` if allowed, false for a page fault. SMAP, SMEP, WP and NX are honoured.
 */
bool fake_machine_translate(struct fake_machine *machine, uint64_t va, uint32_t access, bool ac, uint64_t *ret_pa);
