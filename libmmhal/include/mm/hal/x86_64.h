/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Single x86-64 instructions for the hot paths of images (never included by libraries or host code that runs tests).
 * Nothing here survives a fault: use it where the operand is known to be good, and the ops of mm/hal/cpu.h elsewhere.
 */
#include <stdint.h>

static inline uint64_t mm_x86_rdtsc(void)
{
	uint32_t low;
	uint32_t high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return ((uint64_t)high << 32) | low;
}

static inline uint64_t mm_x86_rdmsr(uint32_t index)
{
	uint32_t low;
	uint32_t high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index) : "memory");
	return ((uint64_t)high << 32) | low;
}

static inline void mm_x86_wrmsr(uint32_t index, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static inline void mm_x86_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *ret_eax, uint32_t *ret_ebx,
				uint32_t *ret_ecx, uint32_t *ret_edx)
{
	__asm__ volatile("cpuid"
			 : "=a"(*ret_eax), "=b"(*ret_ebx), "=c"(*ret_ecx), "=d"(*ret_edx)
			 : "a"(leaf), "c"(subleaf));
}

static inline uint8_t mm_x86_in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint16_t mm_x86_in16(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint32_t mm_x86_in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline void mm_x86_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void mm_x86_out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void mm_x86_out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void mm_x86_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}

static inline void mm_x86_cli(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static inline void mm_x86_hlt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

static inline void mm_x86_wbinvd(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}

/* Opens ring-3 pages to ring 0; close again with mm_x86_clac(). Only where CR4.SMAP is set. */
static inline void mm_x86_stac(void)
{
	__asm__ volatile("stac" : : : "memory", "cc");
}

static inline void mm_x86_clac(void)
{
	__asm__ volatile("clac" : : : "memory", "cc");
}

static inline uint64_t mm_x86_read_flags(void)
{
	uint64_t value;

	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(value) : : "memory");
	return value;
}

#define MM_X86_CONTROL_REGISTER(n)                                                  \
	static inline uint64_t mm_x86_read_cr##n(void)                              \
	{                                                                           \
		uint64_t value;                                                     \
		__asm__ volatile("movq %%cr" #n ", %0" : "=r"(value) : : "memory"); \
		return value;                                                       \
	}                                                                           \
	static inline void mm_x86_write_cr##n(uint64_t value)                       \
	{                                                                           \
		__asm__ volatile("movq %0, %%cr" #n : : "r"(value) : "memory");     \
	}
MM_X86_CONTROL_REGISTER(0)
MM_X86_CONTROL_REGISTER(2)
MM_X86_CONTROL_REGISTER(3)
MM_X86_CONTROL_REGISTER(4)
#undef MM_X86_CONTROL_REGISTER

/* Debug registers 0..3, 6, 7. */
#define MM_X86_DEBUG_REGISTER(n)                                                    \
	static inline uint64_t mm_x86_read_dr##n(void)                              \
	{                                                                           \
		uint64_t value;                                                     \
		__asm__ volatile("movq %%dr" #n ", %0" : "=r"(value) : : "memory"); \
		return value;                                                       \
	}                                                                           \
	static inline void mm_x86_write_dr##n(uint64_t value)                       \
	{                                                                           \
		__asm__ volatile("movq %0, %%dr" #n : : "r"(value) : "memory");     \
	}
MM_X86_DEBUG_REGISTER(0)
MM_X86_DEBUG_REGISTER(1)
MM_X86_DEBUG_REGISTER(2)
MM_X86_DEBUG_REGISTER(3)
MM_X86_DEBUG_REGISTER(6)
MM_X86_DEBUG_REGISTER(7)
#undef MM_X86_DEBUG_REGISTER

static inline void mm_x86_invlpg(uint64_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/* Drops all non-global translations; MM has no global ones. */
static inline void mm_x86_flush_tlb(void)
{
	mm_x86_write_cr3(mm_x86_read_cr3());
}
