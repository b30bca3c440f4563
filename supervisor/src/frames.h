/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The frames that assembly and C share. Their offsets reach the assembly through asm_offsets.c; nothing in
 * entry/ types a number of these by hand.
 */
#include <stdint.h>

/* General registers as every entry into ring 0 pushes them, lowest address first. */
struct mm_supv_gprs {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
};

/* A system call: SYSCALL left the return address in RCX and the flags in R11. */
struct mm_supv_call {
	struct mm_supv_gprs gprs;
	uint64_t rsp;
};

/* An exception: the stub pushed the vector and, where the CPU does not, a zero error code. */
struct mm_supv_trap {
	struct mm_supv_gprs gprs;
	uint64_t vector;
	uint64_t error;
	uint64_t rip;
	uint64_t cs;
	uint64_t rflags;
	uint64_t rsp;
	uint64_t ss;
};

/* Registers of a fresh entry into ring 3 (mm/abi/user.h); all others are zero. */
struct mm_supv_user_entry {
	uint64_t rip;
	uint64_t rsp;
	uint64_t rbx;
	uint64_t r10;
	uint64_t rdx;
	uint64_t r8;
	uint64_t r9;
};

/*
 * Where suspended ring-3 code goes on: written by ring 0 from what the CPU saved, never by ring 3. RAX and RDX
 * carry the result; R8 to R10 are cleared.
 */
struct mm_supv_user_resume {
	uint64_t rip;
	uint64_t rflags;
	uint64_t rsp;
	uint64_t rbx;
	uint64_t rbp;
	uint64_t rdi;
	uint64_t rsi;
	uint64_t r12;
	uint64_t r13;
	uint64_t r14;
	uint64_t r15;
	uint64_t rax;
	uint64_t rdx;
};

/* The x87/SSE image of FXSAVE64 (Intel SDM volume 1, 10.5.1). */
struct mm_supv_fx {
	uint8_t bytes[512] __attribute__((aligned(16)));
};
