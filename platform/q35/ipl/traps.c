/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "traps.h"

#include "log.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"
#include "mm/hal/x86_64_hal.h"

#define EXCEPTION_COUNT 32u
#define GATE_COUNT	(MM_Q35_WAKE_VECTOR + 1u)
#define ENTRY_BYTES	16u
#define CODE_SELECTOR	0x10u
#define INTERRUPT_GATE	0x8eu
#define FLAG_DF		(1ull << 10)
#define FLAG_AC		(1ull << 18)
#define VECTOR_GP	13u
#define VECTOR_PF	14u
#define VECTOR_AC	17u

struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t stack;
	uint8_t type;
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct gate) == 16, gate_size);

/* As traps.nasm pushes it. */
struct mm_q35_trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector;
	uint64_t error;
	uint64_t rip;
	uint64_t cs;
	uint64_t flags;
	uint64_t rsp;
	uint64_t ss;
};

extern const uint8_t mm_q35_trap_entries[];
extern const uint8_t mm_q35_wake_entry[];
void mm_q35_trap(struct mm_q35_trap_frame *frame);

static struct gate traps[GATE_COUNT];

static void set_gate(unsigned int vector, uint64_t handler)
{
	struct gate gate = {
		.offset_low = (uint16_t)handler,
		.selector = CODE_SELECTOR,
		.type = INTERRUPT_GATE,
		.offset_middle = (uint16_t)(handler >> 16),
		.offset_high = (uint32_t)(handler >> 32),
	};

	traps[vector] = gate;
}

void mm_q35_traps_init(void)
{
	for (unsigned int vector = 0; vector < EXCEPTION_COUNT; vector++)
		set_gate(vector, (uint64_t)(uintptr_t)mm_q35_trap_entries + vector * ENTRY_BYTES);
	set_gate(MM_Q35_WAKE_VECTOR, (uint64_t)(uintptr_t)mm_q35_wake_entry);
}

void mm_q35_traps_load(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} MM_PACKED pointer = { sizeof(traps) - 1, (uint64_t)(uintptr_t)traps };

	__asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}

static void report(const struct mm_q35_trap_frame *frame)
{
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;

	mm_x86_cpuid(1, 0, &eax, &ebx, &ecx, &edx);
	mm_q35_log("RAX %016llx RBX %016llx RCX %016llx RDX %016llx", frame->rax, frame->rbx, frame->rcx, frame->rdx);
	mm_q35_log("RSI %016llx RDI %016llx RBP %016llx RSP %016llx", frame->rsi, frame->rdi, frame->rbp, frame->rsp);
	mm_q35_log("R8  %016llx R9  %016llx R10 %016llx R11 %016llx", frame->r8, frame->r9, frame->r10, frame->r11);
	mm_q35_log("R12 %016llx R13 %016llx R14 %016llx R15 %016llx", frame->r12, frame->r13, frame->r14, frame->r15);
	mm_q35_fatal("exception %llu on the CPU with APIC id %u, error code %llx, at %llx, CR2 %llx", frame->vector,
		     ebx >> 24, frame->error, frame->rip, mm_x86_read_cr2());
}

/* Called by traps.nasm on every exception; returns to resume at frame->rip. */
void mm_q35_trap(struct mm_q35_trap_frame *frame)
{
	uint64_t fixup;
	bool may_be_expected = frame->vector == VECTOR_GP || frame->vector == VECTOR_PF || frame->vector == VECTOR_AC;

	if (!may_be_expected || !mm_hal_x86_extable_find(frame->rip, &fixup)) {
		report(frame);
		return;
	}
	frame->rip = fixup;
	frame->flags &= ~(FLAG_DF | FLAG_AC);
}
