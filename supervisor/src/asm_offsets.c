/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Not linked: compiled to assembly text, from which tools/asm_offsets.py makes offsets.inc, so that the assembly
 * sees the compiler's layout.
 */
#include "image.h"

#define DEFINE(name, value) __asm__ volatile(".ascii \"-> " #name " %c0\"\n" : : "i"((uint64_t)(value)))

void mm_supv_asm_offsets(void);

void mm_supv_asm_offsets(void)
{
	DEFINE(CPU_BYTES, sizeof(struct mm_supv_cpu));
	DEFINE(CPU_SELF, offsetof(struct mm_supv_cpu, self));
	DEFINE(CPU_USER_RSP, offsetof(struct mm_supv_cpu, user_rsp));
	DEFINE(CPU_KERNEL_RSP, offsetof(struct mm_supv_cpu, kernel_rsp));
	DEFINE(CPU_EXIT_RSP, offsetof(struct mm_supv_cpu, exit_rsp));
	DEFINE(CPU_READY, offsetof(struct mm_supv_cpu, ready));
	DEFINE(SYS_RETURN, MM_SYS_RETURN);
	DEFINE(STATE_CPUS, offsetof(struct mm_supv_state, cpus));
	DEFINE(OBJECT_BOOT_CLAIMED, offsetof(struct mm_supv_object, boot_claimed));
	DEFINE(STATE_CPU_COUNT, offsetof(struct mm_supv_state, cpu_count));
	DEFINE(WIRING_HAS_SMAP, offsetof(struct mm_supv_wiring, has_smap));
	DEFINE(GPRS_BYTES, sizeof(struct mm_supv_gprs));
	DEFINE(TRAP_CS, offsetof(struct mm_supv_trap, cs));
	DEFINE(TRAP_RSP, offsetof(struct mm_supv_trap, rsp));
	DEFINE(ENTRY_RIP, offsetof(struct mm_supv_user_entry, rip));
	DEFINE(ENTRY_RSP, offsetof(struct mm_supv_user_entry, rsp));
	DEFINE(ENTRY_RBX, offsetof(struct mm_supv_user_entry, rbx));
	DEFINE(ENTRY_R10, offsetof(struct mm_supv_user_entry, r10));
	DEFINE(ENTRY_RDX, offsetof(struct mm_supv_user_entry, rdx));
	DEFINE(ENTRY_R8, offsetof(struct mm_supv_user_entry, r8));
	DEFINE(ENTRY_R9, offsetof(struct mm_supv_user_entry, r9));
	DEFINE(RESUME_RIP, offsetof(struct mm_supv_user_resume, rip));
	DEFINE(RESUME_RFLAGS, offsetof(struct mm_supv_user_resume, rflags));
	DEFINE(RESUME_RSP, offsetof(struct mm_supv_user_resume, rsp));
	DEFINE(RESUME_RBX, offsetof(struct mm_supv_user_resume, rbx));
	DEFINE(RESUME_RBP, offsetof(struct mm_supv_user_resume, rbp));
	DEFINE(RESUME_RDI, offsetof(struct mm_supv_user_resume, rdi));
	DEFINE(RESUME_RSI, offsetof(struct mm_supv_user_resume, rsi));
	DEFINE(RESUME_R12, offsetof(struct mm_supv_user_resume, r12));
	DEFINE(RESUME_R13, offsetof(struct mm_supv_user_resume, r13));
	DEFINE(RESUME_R14, offsetof(struct mm_supv_user_resume, r14));
	DEFINE(RESUME_R15, offsetof(struct mm_supv_user_resume, r15));
	DEFINE(RESUME_RAX, offsetof(struct mm_supv_user_resume, rax));
	DEFINE(RESUME_RDX, offsetof(struct mm_supv_user_resume, rdx));
}
