/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "state.h"

#include "mm/hal/lapic.h"
#include "mm/hal/x86_64.h"

#define LAPIC_ICR_LOW  (MM_HAL_LAPIC_BASE + 0x300u)
#define LAPIC_ICR_HIGH (MM_HAL_LAPIC_BASE + 0x310u)
#define ICR_HIGH_MASK  0xff000000u
#define ICR_SMI_CALL   0x4200u	   /* SMI, level asserted, no shorthand, delivered */
#define DR7_PATTERN    0x00000455u /* four enabled breakpoints on addresses where nobody runs */
#define CANONICAL_HIGH 0xffff800000000000ull
#define CANONICAL_MASK 0x00007ffffffff000ull
#define LOW32	       0xffffffffull

enum special_kind {
	SPECIAL_MSR,
	SPECIAL_CR0,
	SPECIAL_CR2,
	SPECIAL_CR3,
	SPECIAL_CR4,
	SPECIAL_DR0,
	SPECIAL_DR1,
	SPECIAL_DR2,
	SPECIAL_DR3,
	SPECIAL_DR6,
	SPECIAL_DR7,
	SPECIAL_ICR_LOW,
	SPECIAL_ICR_HIGH,
};

/* What a pattern may look like. */
enum special_pattern {
	PATTERN_NONE, /* only compared */
	PATTERN_ADDRESS,
	PATTERN_U32,
};

static const struct {
	const char *name;
	enum special_kind kind;
	enum special_pattern pattern;
	uint32_t msr;
} rows[] = {
	{ "STAR", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000081 },
	{ "LSTAR", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000082 },
	{ "CSTAR", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000083 },
	{ "FMASK", SPECIAL_MSR, PATTERN_U32, 0xc0000084 },
	{ "FS base", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000100 },
	{ "GS base", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000101 },
	{ "KERNEL_GS_BASE", SPECIAL_MSR, PATTERN_ADDRESS, 0xc0000102 },
	{ "SYSENTER_CS", SPECIAL_MSR, PATTERN_U32, 0x174 },
	{ "SYSENTER_ESP", SPECIAL_MSR, PATTERN_ADDRESS, 0x175 },
	{ "SYSENTER_EIP", SPECIAL_MSR, PATTERN_ADDRESS, 0x176 },
	{ "EFER", SPECIAL_MSR, PATTERN_NONE, 0xc0000080 },
	{ "PAT", SPECIAL_MSR, PATTERN_NONE, 0x277 },
	{ "APIC base", SPECIAL_MSR, PATTERN_NONE, 0x1b },
	{ "CR0", SPECIAL_CR0, PATTERN_NONE, 0 },
	{ "CR2", SPECIAL_CR2, PATTERN_ADDRESS, 0 },
	{ "CR3", SPECIAL_CR3, PATTERN_NONE, 0 },
	{ "CR4", SPECIAL_CR4, PATTERN_NONE, 0 },
	{ "DR0", SPECIAL_DR0, PATTERN_ADDRESS, 0 },
	{ "DR1", SPECIAL_DR1, PATTERN_ADDRESS, 0 },
	{ "DR2", SPECIAL_DR2, PATTERN_ADDRESS, 0 },
	{ "DR3", SPECIAL_DR3, PATTERN_ADDRESS, 0 },
	{ "DR6", SPECIAL_DR6, PATTERN_NONE, 0 },
	{ "DR7", SPECIAL_DR7, PATTERN_U32, 0 },
	{ "ICR low", SPECIAL_ICR_LOW, PATTERN_NONE, 0 },
	{ "ICR high", SPECIAL_ICR_HIGH, PATTERN_U32, 0 },
};
MM_STATIC_ASSERT(MM_ARRAY_COUNT(rows) <= MM_Q35_SPECIAL_COUNT, special_rows_fit);

static volatile uint32_t *lapic_register(uint64_t address)
{
	return (volatile uint32_t *)(uintptr_t)address;
}

static uint64_t read_special(enum special_kind kind, uint32_t msr)
{
	switch (kind) {
	case SPECIAL_MSR:
		return mm_x86_rdmsr(msr);
	case SPECIAL_CR0:
		return mm_x86_read_cr0();
	case SPECIAL_CR2:
		return mm_x86_read_cr2();
	case SPECIAL_CR3:
		return mm_x86_read_cr3();
	case SPECIAL_CR4:
		return mm_x86_read_cr4();
	case SPECIAL_DR0:
		return mm_x86_read_dr0();
	case SPECIAL_DR1:
		return mm_x86_read_dr1();
	case SPECIAL_DR2:
		return mm_x86_read_dr2();
	case SPECIAL_DR3:
		return mm_x86_read_dr3();
	case SPECIAL_DR6:
		return mm_x86_read_dr6();
	case SPECIAL_DR7:
		return mm_x86_read_dr7();
	case SPECIAL_ICR_LOW:
		return *lapic_register(LAPIC_ICR_LOW);
	case SPECIAL_ICR_HIGH:
		return *lapic_register(LAPIC_ICR_HIGH);
	}
	return 0;
}

/* Only for those that have a pattern. */
static void write_special(enum special_kind kind, uint32_t msr, uint64_t value)
{
	switch (kind) {
	case SPECIAL_MSR:
		mm_x86_wrmsr(msr, value);
		break;
	case SPECIAL_CR2:
		mm_x86_write_cr2(value);
		break;
	case SPECIAL_DR0:
		mm_x86_write_dr0(value);
		break;
	case SPECIAL_DR1:
		mm_x86_write_dr1(value);
		break;
	case SPECIAL_DR2:
		mm_x86_write_dr2(value);
		break;
	case SPECIAL_DR3:
		mm_x86_write_dr3(value);
		break;
	case SPECIAL_DR7:
		mm_x86_write_dr7(value);
		break;
	case SPECIAL_ICR_HIGH:
		*lapic_register(LAPIC_ICR_HIGH) = (uint32_t)value & ICR_HIGH_MASK;
		break;
	case SPECIAL_CR0:
	case SPECIAL_CR3:
	case SPECIAL_CR4:
	case SPECIAL_DR6:
	case SPECIAL_ICR_LOW:
		break;
	}
}

uint32_t mm_q35_special_count(void)
{
	return MM_ARRAY_COUNT(rows);
}

const char *mm_q35_special_name(uint32_t index)
{
	return rows[index].name;
}

bool mm_q35_special_may_be(uint32_t index, uint64_t before, uint64_t after)
{
	return after == before || (rows[index].kind == SPECIAL_ICR_LOW && after == ICR_SMI_CALL);
}

void mm_q35_special_read(struct mm_q35_special_state *ret_state)
{
	for (uint32_t i = 0; i < MM_ARRAY_COUNT(rows); i++)
		ret_state->value[i] = read_special(rows[i].kind, rows[i].msr);
}

static uint64_t make_pattern(uint32_t index, uint64_t seed)
{
	uint64_t value = (seed + index + 1) * 0x9e3779b97f4a7c15ull;

	if (rows[index].kind == SPECIAL_DR7)
		return DR7_PATTERN;
	if (rows[index].pattern == PATTERN_U32)
		return value & LOW32;
	return CANONICAL_HIGH | (value & CANONICAL_MASK);
}

void mm_q35_special_set(uint64_t seed)
{
	for (uint32_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		if (rows[i].pattern != PATTERN_NONE)
			write_special(rows[i].kind, rows[i].msr, make_pattern(i, seed));
	}
}

void mm_q35_special_restore(const struct mm_q35_special_state *state)
{
	/* Breakpoints off first. */
	mm_x86_write_dr7(0x400);
	for (uint32_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		if (rows[i].pattern != PATTERN_NONE)
			write_special(rows[i].kind, rows[i].msr, state->value[i]);
	}
}
