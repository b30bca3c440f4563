/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The calling CPU: model-specific registers, identification, control registers, its TLB. Every call acts on the CPU
 * that makes it. Ring 0 (x86_64), ring 3 (by system call) and the fake machine implement it.
 */
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/status.h"

struct mm_hal_cpu;

struct mm_hal_cpuid {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

enum mm_hal_register {
	MM_HAL_CR0,
	MM_HAL_CR2,
	MM_HAL_CR3,
	MM_HAL_CR4,
	MM_HAL_EFER,
	MM_HAL_REGISTER_COUNT,
};

/* An MSR that belongs to someone else while ours is needed. */
struct mm_hal_msr_swap {
	uint32_t index;
	uint32_t reserved;
	uint64_t ours;
	uint64_t theirs; /* as found by mm_hal_cpu_swap_msrs_in() */
};

struct mm_hal_cpu_ops {
	enum mm_status (*rdmsr)(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value);
	enum mm_status (*wrmsr)(struct mm_hal_cpu *self, uint32_t index, uint64_t value);
	enum mm_status (*swap_msrs_in)(struct mm_hal_cpu *self, struct mm_hal_msr_swap *rows, uint32_t count);
	enum mm_status (*swap_msrs_out)(struct mm_hal_cpu *self, const struct mm_hal_msr_swap *rows, uint32_t count);
	struct mm_hal_cpuid (*cpuid)(struct mm_hal_cpu *self, uint32_t leaf, uint32_t subleaf);
	enum mm_status (*get_register)(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t *ret_value);
	enum mm_status (*set_register)(struct mm_hal_cpu *self, enum mm_hal_register which, uint64_t value);
	void (*flush_page)(struct mm_hal_cpu *self, struct mm_va va);
	void (*flush_all)(struct mm_hal_cpu *self);
	void (*pause)(struct mm_hal_cpu *self);
};

struct mm_hal_cpu {
	const struct mm_hal_cpu_ops *ops;
};

/*
 * Reads an MSR. MM_OK; MM_E_FAULT if the CPU refuses (absent MSR); ring 3: MM_E_DENIED where policy answers a refusal
 * with a status instead of ending the activation.
 */
enum mm_status mm_hal_cpu_rdmsr(struct mm_hal_cpu *cpu, uint32_t index, uint64_t *ret_value);

/* Writes an MSR. Statuses as mm_hal_cpu_rdmsr(); MM_E_FAULT also for a value with reserved bits set. */
enum mm_status mm_hal_cpu_wrmsr(struct mm_hal_cpu *cpu, uint32_t index, uint64_t value);

/*
 * For each row (1 or more), in order: keeps what the MSR holds in `theirs` and loads `ours`; resp. puts `theirs` back.
 * One call for all, because this is the price of each entry into ring 3. MM_OK; MM_E_FAULT if the CPU refuses one, with
 * the rows before it done; MM_E_UNSUPPORTED in ring 3.
 */
enum mm_status mm_hal_cpu_swap_msrs_in(struct mm_hal_cpu *cpu, struct mm_hal_msr_swap *rows, uint32_t count);
enum mm_status mm_hal_cpu_swap_msrs_out(struct mm_hal_cpu *cpu, const struct mm_hal_msr_swap *rows, uint32_t count);

/*
 * Identification. A leaf above the highest one of its kind (basic, 0x4000xxxx, 0x8000xxxx) reads as all zero here,
 * unlike the instruction, which then repeats some other leaf.
 */
struct mm_hal_cpuid mm_hal_cpu_cpuid(struct mm_hal_cpu *cpu, uint32_t leaf, uint32_t subleaf);

/*
 * Control registers and EFER. MM_OK; MM_E_INVALID for a number outside the enum; MM_E_UNSUPPORTED in ring 3;
 * setting: MM_E_FAULT if the CPU refuses the value. Callers gate every CR4 bit on CPUID first: some emulators hang on
 * a bit the CPU lacks instead of faulting.
 */
enum mm_status mm_hal_cpu_get_register(struct mm_hal_cpu *cpu, enum mm_hal_register which, uint64_t *ret_value);
enum mm_status mm_hal_cpu_set_register(struct mm_hal_cpu *cpu, enum mm_hal_register which, uint64_t value);

/* Forgets this CPU's translation of the page of `va`, resp. all of its translations. Nothing in ring 3. */
void mm_hal_cpu_flush_page(struct mm_hal_cpu *cpu, struct mm_va va);
void mm_hal_cpu_flush_all(struct mm_hal_cpu *cpu);

/* A hint inside a spin loop; the fake machine lets time and other CPUs advance here. */
void mm_hal_cpu_pause(struct mm_hal_cpu *cpu);

/*
 * The same for the innermost loops of images: there the bare instruction, which needs no right and has no effect that
 * a caller could miss; elsewhere mm_hal_cpu_pause().
 */
static inline void mm_hal_cpu_relax(struct mm_hal_cpu *cpu)
{
#if defined(__STDC_HOSTED__) && __STDC_HOSTED__ == 0
	(void)cpu;
	__asm__ volatile("pause" : : : "memory");
#else
	mm_hal_cpu_pause(cpu);
#endif
}
