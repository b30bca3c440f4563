/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the files of the fake machine share. */
#include "fake_machine.h"

#define FAKE_MSR_MAX	  160u
#define FAKE_TLB_MAX	  1024u
#define FAKE_LAPIC_DWORDS 0x400u

#define FAKE_MSR_TSC	    0x10u
#define FAKE_MSR_APIC_BASE  0x1bu
#define FAKE_MSR_X2APIC	    0x800u
#define FAKE_MSR_X2APIC_END 0x900u
#define FAKE_MSR_EFER	    0xc0000080u

#define FAKE_CR0_WP   (1ull << 16)
#define FAKE_CR0_PG   (1ull << 31)
#define FAKE_CR4_LA57 (1ull << 12)
#define FAKE_CR4_SMEP (1ull << 20)
#define FAKE_CR4_SMAP (1ull << 21)
#define FAKE_EFER_NXE (1ull << 11)

struct fake_msr {
	uint32_t index;
	uint64_t value;
	uint64_t reserved;
};

/* One cached translation of a 4 KiB page. */
struct fake_translation {
	bool valid;
	uint64_t page;
	uint64_t pa;
	uint32_t attributes;
};

struct fake_cpu {
	uint32_t apic_id;
	uint64_t registers[MM_HAL_REGISTER_COUNT]; /* EFER lives among the MSRs */
	struct fake_msr msrs[FAKE_MSR_MAX];
	size_t msr_count;
	struct fake_translation tlb[FAKE_TLB_MAX];
	uint32_t lapic[FAKE_LAPIC_DWORDS];
};

struct fake_region {
	struct fake_region *next;
	uint64_t base;
	uint64_t bytes;
	bool read_only;
	uint8_t *data;	      /* NULL: MMIO */
	fake_mmio_hook *hook; /* NULL: memory */
	void *context;
};

struct fake_port_range {
	struct fake_port_range *next;
	uint16_t first;
	uint16_t last;
	fake_port_hook *hook;
	void *context;
	bool owned; /* context is freed with the machine */
};

struct fake_cpuid_row {
	struct fake_cpuid_row *next;
	uint32_t leaf;
	uint32_t subleaf;
	struct mm_hal_cpuid value;
};

/* Zeroed memory, or the test fails. */
void *fake_allocate(size_t bytes);

struct fake_cpu *fake_current(struct fake_machine *machine);
struct fake_region *fake_find_region(struct fake_machine *machine, uint64_t base, uint64_t bytes);
struct fake_msr *fake_find_msr(struct fake_cpu *cpu, uint32_t index);
enum mm_status fake_fault(struct fake_machine *machine);

/* One access to the local APIC of CPU `current`, by offset in its page; false for an access it does not take. */
bool fake_lapic_access(struct fake_machine *machine, uint32_t offset, enum mm_hal_width width, bool is_write,
		       uint64_t *value);
bool fake_lapic_rdmsr(struct fake_machine *machine, uint32_t index, uint64_t *ret_value);
bool fake_lapic_wrmsr(struct fake_machine *machine, uint32_t index, uint64_t value);
void fake_lapic_reset(struct fake_machine *machine, uint32_t cpu);

/* Fills the interfaces of the machine. */
void fake_cpu_wire(struct fake_machine *machine);
void fake_bus_wire(struct fake_machine *machine);
