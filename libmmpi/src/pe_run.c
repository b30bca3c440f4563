/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The loaded image seen as pages: permissions, and what its executable pages hold. */
#include "mm/base/addr.h"
#include "mm/pi/pe.h"

static uint32_t whole_pages(uint64_t bytes)
{
	return (uint32_t)mm_page_floor(bytes + MM_PAGE_MASK);
}

bool mm_pi_pe_run_at(const struct mm_pi_pe_facts *facts, uint32_t index, struct mm_pi_pe_run *ret_run)
{
	uint32_t i;

	if (index == 0) {
		ret_run->rva = 0;
		ret_run->bytes = whole_pages(facts->header_bytes);
		ret_run->access = MM_PI_PE_READ;
		return true;
	}
	for (i = 0; i < facts->section_count; i++) {
		const struct mm_pi_pe_section *section = &facts->sections[i];

		if (section->is_discardable || --index != 0)
			continue;
		ret_run->rva = section->rva;
		ret_run->bytes = whole_pages(section->virtual_bytes);
		ret_run->access = section->access;
		return true;
	}
	return false;
}

/* Whether the two bytes are an instruction ring 3 may not have. */
static bool is_forbidden(uint8_t first, uint8_t second, enum mm_pi_pe_forbidden *ret_kind)
{
	if (first != 0x0F || (second != 0xAA && second != 0x34))
		return false;
	*ret_kind = second == 0xAA ? MM_PI_PE_RSM : MM_PI_PE_SYSENTER;
	return true;
}

bool mm_pi_pe_find_forbidden_code(const struct mm_pi_pe_facts *facts, struct mm_bytes loaded, uint32_t from_rva,
				  uint32_t *ret_rva, enum mm_pi_pe_forbidden *ret_kind)
{
	struct mm_pi_pe_run run;
	uint32_t previous_end = 0; /* of the executable run before, 0 when there is none */
	uint32_t index;

	for (index = 0; mm_pi_pe_run_at(facts, index, &run); index++) {
		uint32_t end = run.rva + run.bytes;
		/* An instruction may begin in the last byte of an adjoining run. */
		uint32_t rva = run.rva == previous_end && previous_end != 0 ? run.rva - 1u : run.rva;

		if ((run.access & MM_PI_PE_EXECUTE) == 0)
			continue;
		previous_end = end;
		if (rva < from_rva)
			rva = from_rva;
		for (; rva + 1u < end && rva + 1u < loaded.count; rva++) {
			if (is_forbidden(loaded.data[rva], loaded.data[rva + 1u], ret_kind)) {
				*ret_rva = rva;
				return true;
			}
		}
	}
	return false;
}

const char *mm_pi_pe_forbidden_name(enum mm_pi_pe_forbidden kind)
{
	return kind == MM_PI_PE_RSM ? "RSM" : "SYSENTER";
}
