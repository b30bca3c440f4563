/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "traps.h"

#include <stddef.h>

#include "log.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"
#include "mm/hal/x86_64_hal.h"

#define EXCEPTION_COUNT	   32u
#define GATE_COUNT	   (MM_Q35_WAKE_VECTOR + 1u)
#define ENTRY_BYTES	   16u
#define CODE_SELECTOR	   0x10u
#define TASK_SELECTOR	   0x20u
#define TASK_DESCRIPTOR	   0x89u
#define DOUBLE_FAULT_STACK 4096u
#define INTERRUPT_GATE	   0x8eu
#define FLAG_DF		   (1ull << 10)
#define FLAG_AC		   (1ull << 18)
#define VECTOR_DF	   8u
#define VECTOR_GP	   13u
#define VECTOR_PF	   14u
#define VECTOR_AC	   17u

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

/* Task state segment (Intel SDM vol. 3, 8.7): only the first interrupt stack is in use. */
struct task_state {
	uint32_t reserved;
	uint64_t rsp[3];
	uint64_t reserved2;
	uint64_t ist[7];
	uint64_t reserved3;
	uint16_t reserved4;
	uint16_t port_bitmap;
} MM_PACKED;
MM_STATIC_ASSERT(sizeof(struct task_state) == 104, task_state_size);

extern uint64_t mm_q35_gdt[];

/* For double faults on the BSP. */
static struct {
	struct task_state state;
	uint8_t stack[DOUBLE_FAULT_STACK] MM_ALIGNED(16);
} task;

static void set_gate(unsigned int vector, uint64_t handler)
{
	struct gate gate = {
		.offset_low = (uint16_t)handler,
		.selector = CODE_SELECTOR,
		.stack = vector == VECTOR_DF ? 1 : 0,
		.type = INTERRUPT_GATE,
		.offset_middle = (uint16_t)(handler >> 16),
		.offset_high = (uint32_t)(handler >> 32),
	};

	traps[vector] = gate;
}

void mm_q35_traps_init(void)
{
	for (unsigned int vector = 0; vector < EXCEPTION_COUNT; vector++)
		set_gate(vector, (uint64_t)(uintptr_t)mm_q35_trap_entries + (uint64_t)vector * ENTRY_BYTES);
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

void mm_q35_traps_load_stack(void)
{
	uint64_t base = (uint64_t)(uintptr_t)&task.state;
	uint64_t limit = sizeof(task.state) - 1;

	task.state.ist[0] = (uint64_t)(uintptr_t)(task.stack + sizeof(task.stack));
	task.state.port_bitmap = sizeof(task.state);
	mm_q35_gdt[TASK_SELECTOR / 8] =
		limit | (base & 0xffffffu) << 16 | (uint64_t)TASK_DESCRIPTOR << 40 | (base >> 24 & 0xffu) << 56;
	mm_q35_gdt[TASK_SELECTOR / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK_SELECTOR) : "memory");
}

/* Intel SDM vol. 3, table 6-1; NULL for what is reserved. */
static const char *const names[EXCEPTION_COUNT] = {
	"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", NULL,  "#TS",
	"#NP", "#SS", "#GP", "#PF", NULL,  "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
};

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
	mm_q35_fatal("exception %llu (%s) on the CPU with APIC id %u, error code %llx, at %llx, CR2 %llx",
		     frame->vector, names[frame->vector % EXCEPTION_COUNT], ebx >> 24, frame->error, frame->rip,
		     mm_x86_read_cr2());
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
