/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/addr.h"
#include "pe_parts.h"

#define BLOCK_HEADER_BYTES sizeof(struct mm_pe_relocation_block)
#define TARGET_BYTES	   8u

/* A place among the blocks; both the check and the loader walk with it. */
struct walk {
	struct mm_bytes blocks;
	uint64_t base;	    /* of the blocks, in the file */
	uint64_t at;	    /* of the next entry */
	uint64_t block_end; /* of the current block */
	uint32_t page_rva;  /* of the current block */
};

/* Enters the block at `walk->at`. */
static enum mm_status enter_block(struct walk *walk, struct mm_refusal *reterr)
{
	uint64_t at = walk->at;
	uint32_t bytes;

	if (!mm_bytes_has(walk->blocks, at, BLOCK_HEADER_BYTES))
		return mm_refuse(reterr, MM_E_PE_RELOCATION_BLOCK, "pe.relocation_block", walk->base + at,
				 walk->blocks.count);
	walk->page_rva = mm_load_u32(walk->blocks.data + at);
	bytes = mm_load_u32(walk->blocks.data + at + 4);
	if (!mm_is_page_aligned(walk->page_rva))
		return mm_refuse(reterr, MM_E_PE_RELOCATION_BLOCK, "pe.relocation_block.page_rva", walk->base + at,
				 walk->page_rva);
	if (bytes < BLOCK_HEADER_BYTES || bytes % 4 != 0 || !mm_bytes_has(walk->blocks, at, bytes))
		return mm_refuse(reterr, MM_E_PE_RELOCATION_BLOCK, "pe.relocation_block.bytes", walk->base + at + 4,
				 bytes);
	walk->block_end = at + bytes;
	walk->at = at + BLOCK_HEADER_BYTES;
	return MM_OK;
}

/* The next DIR64 relocation's target; MM_E_NOT_FOUND at the end. `ret_at`: its entry, in the file. */
static enum mm_status next_target(struct walk *walk, uint64_t *ret_rva, uint64_t *ret_at, struct mm_refusal *reterr)
{
	enum mm_status status;
	uint16_t entry;

	for (;;) {
		while (walk->at == walk->block_end) {
			if (walk->at == walk->blocks.count)
				return MM_E_NOT_FOUND;
			status = enter_block(walk, reterr);
			if (status != MM_OK)
				return status;
		}
		entry = mm_load_u16(walk->blocks.data + walk->at);
		*ret_at = walk->base + walk->at;
		walk->at += 2;
		if (entry >> 12 == MM_PE_RELOCATION_DIR64)
			break;
		if (entry >> 12 != MM_PE_RELOCATION_ABSOLUTE)
			return mm_refuse(reterr, MM_E_PE_RELOCATION_TYPE, "pe.relocation.type", *ret_at, entry >> 12);
	}
	*ret_rva = (uint64_t)walk->page_rva + (entry & 0xFFFu);
	return MM_OK;
}

static struct walk walk_blocks(struct mm_bytes file, uint32_t offset, uint32_t bytes)
{
	struct walk walk = { mm_bytes_slice(file, offset, bytes), offset, 0, 0, 0 };

	return walk;
}

enum mm_status mm_pi_pe_decode_relocations(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	struct mm_pi_pe_facts *facts = &draft->facts;
	uint64_t at;
	struct mm_pe_data_directory directory = mm_pi_pe_directory(draft, MM_PE_DIRECTORY_RELOCATION, &at);
	struct walk walk;
	enum mm_status status;
	uint64_t rva;

	facts->relocation_offset = 0;
	facts->relocation_bytes = directory.bytes;
	facts->relocation_count = 0;
	if (directory.bytes == 0)
		return MM_OK;
	if (!mm_pi_pe_file_offset(facts, directory.rva, directory.bytes, &facts->relocation_offset))
		return mm_refuse(reterr, MM_E_PE_DIRECTORY, "pe.directory.relocation", at, directory.rva);
	walk = walk_blocks(draft->file, facts->relocation_offset, facts->relocation_bytes);
	while ((status = next_target(&walk, &rva, &at, reterr)) == MM_OK) {
		const struct mm_pi_pe_section *section = mm_pi_pe_section_of(facts, rva, TARGET_BYTES);

		if (section == NULL)
			return mm_refuse(reterr, MM_E_PE_RELOCATION_TARGET, "pe.relocation.target", at, rva);
		facts->relocation_count += !section->is_discardable;
	}
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

static void copy_sections(const struct mm_pi_pe_facts *facts, struct mm_bytes file, uint8_t *destination)
{
	uint32_t i;

	mm_bytes_copy(destination, file.data, facts->header_bytes);
	for (i = 0; i < facts->section_count; i++) {
		const struct mm_pi_pe_section *section = &facts->sections[i];

		if (!section->is_discardable)
			mm_bytes_copy(destination + section->rva, file.data + section->file_offset,
				      section->file_bytes);
	}
}

/* The relocations are read a second time here, so every target is judged a second time. */
static enum mm_status relocate(const struct mm_pi_pe_facts *facts, struct mm_bytes file, uint8_t *destination,
			       uint64_t delta)
{
	struct walk walk = walk_blocks(file, facts->relocation_offset, facts->relocation_bytes);
	enum mm_status status;
	uint64_t rva;
	uint64_t at;

	while ((status = next_target(&walk, &rva, &at, NULL)) == MM_OK) {
		const struct mm_pi_pe_section *section = mm_pi_pe_section_of(facts, rva, TARGET_BYTES);

		if (section == NULL)
			return MM_E_CORRUPT;
		if (!section->is_discardable)
			mm_store_u64(destination + rva, mm_load_u64(destination + rva) + delta);
	}
	return status == MM_E_NOT_FOUND ? MM_OK : MM_E_CORRUPT;
}

static bool holds_what_facts_say(const struct mm_pi_pe_facts *facts, struct mm_bytes file)
{
	uint32_t i;

	if (file.count < facts->header_bytes)
		return false;
	for (i = 0; i < facts->section_count; i++) {
		if (facts->sections[i].file_bytes != 0 &&
		    !mm_bytes_has(file, facts->sections[i].file_offset, facts->sections[i].file_bytes))
			return false;
	}
	return mm_bytes_has(file, facts->relocation_offset, facts->relocation_bytes);
}

enum mm_status mm_pi_pe_load(const struct mm_pi_pe_facts *facts, struct mm_bytes file, uint8_t *destination,
			     size_t destination_bytes, uint64_t address)
{
	if (destination_bytes < facts->load_bytes)
		return MM_E_BUFFER_TOO_SMALL;
	if (!mm_is_page_aligned(address))
		return MM_E_MISALIGNED;
	if (address > UINT64_MAX - facts->image_bytes)
		return MM_E_OVERFLOW;
	if (!holds_what_facts_say(facts, file))
		return MM_E_CORRUPT;
	mm_bytes_fill(destination, 0, facts->load_bytes);
	copy_sections(facts, file, destination);
	return relocate(facts, file, destination, address - facts->image_base);
}
