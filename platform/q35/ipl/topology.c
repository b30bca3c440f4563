/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "topology.h"

#include "mm/hal/x86_64.h"

#define LEAF_TOPOLOGY 0xbu
#define SHIFT_MASK    0x1fu

struct mm_q35_topology mm_q35_topology_read(void)
{
	struct mm_q35_topology topology = { 0, 0 };
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;

	mm_x86_cpuid(0, 0, &eax, &ebx, &ecx, &edx);
	if (eax < LEAF_TOPOLOGY)
		return topology;
	mm_x86_cpuid(LEAF_TOPOLOGY, 0, &eax, &ebx, &ecx, &edx);
	if (ebx == 0)
		return topology;
	topology.thread_bits = (uint8_t)(eax & SHIFT_MASK);
	mm_x86_cpuid(LEAF_TOPOLOGY, 1, &eax, &ebx, &ecx, &edx);
	topology.package_shift = ebx == 0 ? topology.thread_bits : (uint8_t)(eax & SHIFT_MASK);
	return topology;
}
