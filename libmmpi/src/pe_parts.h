/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Shared by the parts of the image decoder; not a door. */
#include "mm/pi/pe.h"

/* An image that is being decoded. Offsets are in the file. */
struct mm_pi_pe_draft {
	struct mm_bytes file;
	uint64_t file_header;
	uint64_t optional_header;
	uint64_t section_table;
	uint32_t directory_count;
	uint32_t data_offset[MM_PI_PE_SECTION_MAX]; /* of each section's data, uncut */
	uint32_t data_bytes[MM_PI_PE_SECTION_MAX];
	struct mm_pi_pe_facts facts;
};

/* Data directory `index`, all 0 when the image has none, and where it is written. */
struct mm_pe_data_directory mm_pi_pe_directory(const struct mm_pi_pe_draft *draft, uint32_t index, uint64_t *ret_at);

/* The section that holds [rva, rva + bytes) wholly, or NULL. */
const struct mm_pi_pe_section *mm_pi_pe_section_of(const struct mm_pi_pe_facts *facts, uint64_t rva, uint64_t bytes);

/* Where [rva, rva + bytes) lies in the file; false if the file does not hold it. */
bool mm_pi_pe_file_offset(const struct mm_pi_pe_facts *facts, uint32_t rva, uint32_t bytes, uint32_t *ret_offset);

enum mm_status mm_pi_pe_decode_relocations(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr);
enum mm_status mm_pi_pe_decode_debug(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr);
