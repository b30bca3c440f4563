/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The image's own objects and the machine under it: never built for the host. Three mutable things exist (house.md 5):
 * the sealed wiring, the state, and the per-CPU array, which lives in pages of its own.
 */
#include "mm/hal/console_port.h"
#include "mm/hal/x86_64_hal.h"

#include "memory.h"
#include "supv.h"

/* Written at the first SMI, then read-only: whole pages. */
struct mm_supv_sealed {
	struct mm_supv_wiring wiring; /* first: the trap entries read it */
	struct mm_hal_x86 hal;
	struct mm_hal_console_port console;
	struct mm_hal_lapic lapic;
} __attribute__((aligned(4096)));

struct mm_supv_object {
	struct mm_supv_state state; /* first: the entry reads it */
	struct mm_supv_memory memory;
	struct mm_supv_facts facts; /* what init said; boot only */
	uint32_t boot_claimed;	    /* the CPU that set it builds; set by the entry assembly */
	_Atomic uint32_t boot_finished;
};

extern struct mm_supv_sealed mm_supv_wiring_object;
extern struct mm_supv_object mm_supv_state_object;

/* entry/entry.nasm */
void mm_supv_entry(uint64_t cpu_index, void *hobs);
void mm_supv_syscall_entry(void);
extern const uint8_t mm_supv_trap_stubs[];
void mm_supv_load_descriptors(const void *gdtr, const void *idtr);
void mm_supv_load_idt(const void *idtr);

/* The switches and writes that only the real machine can do. */
extern const struct mm_supv_ring3_ops mm_supv_machine_ops;

/* Fills the sealed object's interfaces and the gates and loads the IDT, so that a fault from here on is reported. */
void mm_supv_machine_init(void);

/* Reads CR0, CR3, CR4, EFER and CPUID. MM_OK; MM_E_SUPV_STATE if NX, WP or SYSCALL is off. */
struct mm_supv_machine_facts;
enum mm_status mm_supv_machine_read(struct mm_supv_machine_facts *ret_machine, struct mm_refusal *reterr);
