/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The calling CPU's local APIC, in xAPIC (memory-mapped) or x2APIC (MSR) mode, whichever the CPU is in at the moment
 * of each call: the OS chooses mode and place and is not trusted with either, so every call reads IA32_APIC_BASE first
 * and refuses an APIC that is off or not at the page given at construction (Intel SDM vol. 3, chapter 11).
 *
 * Built from the CPU and MMIO interfaces, so it is the same code in init, supervisor, platform and on the host.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/status.h"

struct mm_hal_cpu;
struct mm_hal_mmio;

/* Where firmware leaves the APIC and every OS expects it. */
#define MM_HAL_LAPIC_BASE 0xfee00000ull

enum mm_hal_lapic_mode {
	MM_HAL_LAPIC_XAPIC,
	MM_HAL_LAPIC_X2APIC,
};

/* The delivery modes in use; the numbers are those of the interrupt command register. */
enum mm_hal_ipi {
	MM_HAL_IPI_FIXED = 0,
	MM_HAL_IPI_SMI = 2,
	MM_HAL_IPI_NMI = 4,
	MM_HAL_IPI_INIT = 5,
	MM_HAL_IPI_STARTUP = 6,
};

struct mm_hal_lapic {
	struct mm_hal_cpu *cpu;
	struct mm_hal_mmio *mmio;
	struct mm_pa base;
};

struct mm_hal_lapic_state {
	enum mm_hal_lapic_mode mode;
	bool is_bsp; /* IA32_APIC_BASE.BSP */
	uint32_t id; /* the full 32 bits in x2APIC mode, 8 bits otherwise */
};

/* `cpu` and `mmio` outlive it; `base` is the page that the image maps uncached. MM_OK or MM_E_MISALIGNED. */
enum mm_status mm_hal_lapic_init(struct mm_hal_lapic *self, struct mm_hal_cpu *cpu, struct mm_hal_mmio *mmio,
				 struct mm_pa base);

/*
 * Mode, BSP flag and id of the calling CPU.
 * MM_OK; MM_E_HAL_LAPIC_OFF; MM_E_HAL_LAPIC_MOVED; MM_E_FAULT if the registers do not answer.
 */
enum mm_status mm_hal_lapic_get_state(struct mm_hal_lapic *self, struct mm_hal_lapic_state *ret_state);

/*
 * Sends one interrupt to the CPU with APIC id `id`, resp. to all CPUs but this one, resp. to this one (SMI to self
 * is sent by the id form: the self shorthand exists for fixed delivery only). `vector` is the vector (fixed), the
 * page number (startup) or 0. The OS's half-written command is put back: in xAPIC mode the destination half is saved
 * and restored, and a send in progress is awaited a bounded time before and after.
 * MM_OK; MM_E_INVALID for an unknown kind or an id over 254 in xAPIC mode; MM_E_HAL_LAPIC_OFF; MM_E_HAL_LAPIC_MOVED;
 * MM_E_HAL_LAPIC_STUCK; MM_E_FAULT.
 */
enum mm_status mm_hal_lapic_send(struct mm_hal_lapic *self, enum mm_hal_ipi kind, uint8_t vector, uint32_t id);
enum mm_status mm_hal_lapic_send_others(struct mm_hal_lapic *self, enum mm_hal_ipi kind, uint8_t vector);
