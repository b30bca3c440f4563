/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "protections.h"

#include <stddef.h>

#include "mm/abi/policy.h"
#include "mm/base/compiler.h"
#include "mm/hal/cpu.h"

#define CR4_DE	       (1u << 3)
#define CR4_PAE	       (1u << 5)
#define CR4_MCE	       (1u << 6)
#define CR4_OSFXSR     (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP       (1u << 11)
#define CR4_SMEP       (1u << 20)
#define CR4_SMAP       (1u << 21)

#define LEAF_FEATURES	       1u
#define LEAF_STRUCTURED	       7u
#define LEAF_EXTENDED_FEATURES 0x80000001u
#define LEAF_ADDRESS_SIZES     0x80000008u
#define PA_BITS_DEFAULT	       36u
#define PA_BITS_MIN	       32u
#define PA_BITS_MAX	       52u

enum output {
	EBX,
	ECX,
	EDX,
};

struct feature {
	const char *name;
	uint32_t leaf;
	enum output output;
	uint32_t bit;
	uint32_t cr4;	   /* what to switch on when the CPU has it */
	uint32_t reported; /* MM_POLICY_PROTECT_* when it is missing; 0: see `mandatory` */
	bool mandatory;
};

static const struct feature features[] = {
	{ "NX", LEAF_EXTENDED_FEATURES, EDX, 20, 0, 0, true },
	{ "SYSCALL", LEAF_EXTENDED_FEATURES, EDX, 11, 0, 0, true },
	{ "PAE", LEAF_FEATURES, EDX, 6, CR4_PAE, 0, true },
	{ "FXSAVE", LEAF_FEATURES, EDX, 24, CR4_OSFXSR, 0, true },
	{ "SSE", LEAF_FEATURES, EDX, 25, CR4_OSXMMEXCPT, 0, true },
	{ "DE", LEAF_FEATURES, EDX, 2, CR4_DE, 0, false },
	{ "MCE", LEAF_FEATURES, EDX, 7, CR4_MCE, 0, false },
	{ "SMEP", LEAF_STRUCTURED, EBX, 7, CR4_SMEP, MM_POLICY_PROTECT_SMEP, false },
	{ "SMAP", LEAF_STRUCTURED, EBX, 20, CR4_SMAP, MM_POLICY_PROTECT_SMAP, false },
	{ "UMIP", LEAF_STRUCTURED, ECX, 2, CR4_UMIP, MM_POLICY_PROTECT_UMIP, false },
};

static bool has_feature(struct mm_hal_cpu *cpu, const struct feature *feature)
{
	struct mm_hal_cpuid id = mm_hal_cpu_cpuid(cpu, feature->leaf, 0);
	const uint32_t outputs[] = { [EBX] = id.ebx, [ECX] = id.ecx, [EDX] = id.edx };

	return ((outputs[feature->output] >> feature->bit) & 1u) != 0;
}

/* IA32_MISC_ENABLE with its XD-disable bit is Intel's. */
static bool is_intel(struct mm_hal_cpu *cpu)
{
	struct mm_hal_cpuid id = mm_hal_cpu_cpuid(cpu, 0, 0);

	return id.ebx == 0x756e6547u && id.edx == 0x49656e69u && id.ecx == 0x6c65746eu;
}

/*
 * IBRS and IBPB: Intel names them in leaf 7, AMD (each by itself) in its own leaf. A CPU that names none has no
 * return-stack defence to speak of, or is an emulator that predicts nothing.
 */
static bool has_speculation_control(struct mm_hal_cpu *cpu)
{
	const uint32_t intel = 1u << 26;
	const uint32_t amd = (1u << 12) | (1u << 14);

	return (mm_hal_cpu_cpuid(cpu, LEAF_STRUCTURED, 0).edx & intel) != 0 ||
	       (mm_hal_cpu_cpuid(cpu, LEAF_ADDRESS_SIZES, 0).ebx & amd) != 0;
}

static uint8_t read_pa_bits(struct mm_hal_cpu *cpu)
{
	uint32_t bits = mm_hal_cpu_cpuid(cpu, LEAF_ADDRESS_SIZES, 0).eax & 0xffu;

	if (bits == 0)
		return PA_BITS_DEFAULT;
	if (bits < PA_BITS_MIN)
		return PA_BITS_MIN;
	return (uint8_t)(bits < PA_BITS_MAX ? bits : PA_BITS_MAX);
}

enum mm_status mm_init_protections_detect(struct mm_hal_cpu *cpu, struct mm_init_protections *ret_protections,
					  struct mm_refusal *reterr)
{
	struct mm_init_protections p = { 0 };

	for (size_t i = 0; i < MM_ARRAY_COUNT(features); i++) {
		const struct feature *feature = &features[i];

		if (has_feature(cpu, feature))
			p.cr4 |= feature->cr4;
		else if (feature->mandatory)
			return mm_refuse(reterr, MM_E_INIT_NO_PROTECTION, feature->name, feature->leaf, 0);
		else
			p.missing |= feature->reported;
	}
	p.has_misc_enable = is_intel(cpu);
	p.has_speculation_control = has_speculation_control(cpu);
	p.pa_bits = read_pa_bits(cpu);
	*ret_protections = p;
	return MM_OK;
}

/* What nobody establishes or verifies yet: whoever demands it must not boot in the belief of having it. */
static const struct {
	const char *name;
	uint32_t bit;
} unestablished[] = {
	{ "SMRAM range registers", MM_POLICY_PROTECT_SMRAM },
	{ "SMM code-access check", MM_POLICY_PROTECT_CODE },
	{ "speculation barriers", MM_POLICY_PROTECT_SPEC },
	{ "watchdog", MM_POLICY_PROTECT_WATCHDOG },
	{ "IOMMU", MM_POLICY_PROTECT_IOMMU },
};

const char *mm_init_protections_find_lacking(uint32_t demanded, uint32_t missing)
{
	for (size_t i = 0; i < MM_ARRAY_COUNT(features); i++) {
		if ((features[i].reported & demanded & missing) != 0)
			return features[i].name;
	}
	for (size_t i = 0; i < MM_ARRAY_COUNT(unestablished); i++) {
		if ((unestablished[i].bit & demanded) != 0)
			return unestablished[i].name;
	}
	return NULL;
}
