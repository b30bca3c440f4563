/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Headers and sections of an image; relocations are in pe_relocation.c, debug information in pe_debug.c. */
#include "mm/pi/pe.h"

#include "mm/base/addr.h"
#include "mm/base/checked.h"
#include "pe_parts.h"

#define FILE_ALIGNMENT_MAX 0x10000u

static uint16_t file_u16(const struct mm_pi_pe_draft *draft, uint64_t at)
{
	return mm_load_u16(draft->file.data + at);
}

static uint32_t file_u32(const struct mm_pi_pe_draft *draft, uint64_t at)
{
	return mm_load_u32(draft->file.data + at);
}

static enum mm_status decode_dos(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at;

	if (draft->file.count < MM_PE_DOS_BYTES)
		return mm_refuse(reterr, MM_E_TRUNCATED, "pe.dos_header", 0, draft->file.count);
	if (file_u16(draft, 0) == MM_TE_MAGIC)
		return mm_refuse(reterr, MM_E_PE_TERSE, "pe.dos_magic", 0, MM_TE_MAGIC);
	if (file_u16(draft, 0) != MM_PE_DOS_MAGIC)
		return mm_refuse(reterr, MM_E_PE_MAGIC, "pe.dos_magic", 0, file_u16(draft, 0));
	at = file_u32(draft, MM_PE_DOS_NEW_OFFSET);
	draft->file_header = at + 4;
	draft->optional_header = draft->file_header + sizeof(struct mm_pe_file_header);
	if (!mm_bytes_has(draft->file, at, 4 + sizeof(struct mm_pe_file_header) + sizeof(struct mm_pe_optional_header)))
		return mm_refuse(reterr, MM_E_TRUNCATED, "pe.header", MM_PE_DOS_NEW_OFFSET, at);
	if (file_u32(draft, at) != MM_PE_SIGNATURE)
		return mm_refuse(reterr, MM_E_PE_MAGIC, "pe.signature", at, file_u32(draft, at));
	return MM_OK;
}

static enum mm_status decode_file_header(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at = draft->file_header;
	uint16_t characteristics = file_u16(draft, at + offsetof(struct mm_pe_file_header, characteristics));
	uint32_t count = file_u16(draft, at + offsetof(struct mm_pe_file_header, section_count));

	if (file_u16(draft, at) != MM_PE_MACHINE_X64)
		return mm_refuse(reterr, MM_E_PE_MACHINE, "pe.machine", at, file_u16(draft, at));
	if (count == 0 || count > MM_PI_PE_SECTION_MAX)
		return mm_refuse(reterr, MM_E_PE_SECTION_COUNT, "pe.section_count",
				 at + offsetof(struct mm_pe_file_header, section_count), count);
	if ((characteristics & MM_PE_FILE_EXECUTABLE) == 0)
		return mm_refuse(reterr, MM_E_PE_KIND, "pe.characteristics",
				 at + offsetof(struct mm_pe_file_header, characteristics), characteristics);
	if ((characteristics & MM_PE_FILE_RELOCS_STRIPPED) != 0)
		return mm_refuse(reterr, MM_E_PE_STRIPPED, "pe.characteristics",
				 at + offsetof(struct mm_pe_file_header, characteristics), characteristics);
	draft->facts.section_count = count;
	return MM_OK;
}

/* Data directories fill the optional header; the section table follows it. */
static enum mm_status decode_layout(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at = draft->optional_header;
	uint64_t size_at = draft->file_header + offsetof(struct mm_pe_file_header, optional_header_bytes);
	uint32_t bytes = file_u16(draft, size_at);
	uint32_t count = file_u32(draft, at + offsetof(struct mm_pe_optional_header, directory_count));
	uint64_t table_end;

	if (file_u16(draft, at) != MM_PE_MAGIC_PLUS)
		return mm_refuse(reterr, MM_E_PE_KIND, "pe.magic", at, file_u16(draft, at));
	if (count > MM_PE_DIRECTORY_MAX ||
	    bytes < sizeof(struct mm_pe_optional_header) + count * sizeof(struct mm_pe_data_directory))
		return mm_refuse(reterr, MM_E_PE_HEADER, "pe.directory_count",
				 at + offsetof(struct mm_pe_optional_header, directory_count), count);
	draft->directory_count = count;
	draft->section_table = at + bytes;
	table_end = draft->section_table + draft->facts.section_count * sizeof(struct mm_pe_section_header);
	if (table_end > draft->file.count)
		return mm_refuse(reterr, MM_E_TRUNCATED, "pe.section_table", draft->section_table, table_end);
	if (draft->facts.header_bytes < table_end || draft->facts.header_bytes > draft->file.count)
		return mm_refuse(reterr, MM_E_PE_HEADER, "pe.header_bytes",
				 at + offsetof(struct mm_pe_optional_header, header_bytes), draft->facts.header_bytes);
	return MM_OK;
}

static enum mm_status check_sizes(const struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at = draft->optional_header;
	uint32_t alignment = file_u32(draft, at + offsetof(struct mm_pe_optional_header, section_alignment));
	uint32_t file_alignment = file_u32(draft, at + offsetof(struct mm_pe_optional_header, file_alignment));
	uint32_t bytes = draft->facts.image_bytes;

	if (alignment != MM_PAGE_BYTES)
		return mm_refuse(reterr, MM_E_PE_ALIGNMENT, "pe.section_alignment",
				 at + offsetof(struct mm_pe_optional_header, section_alignment), alignment);
	if (!mm_is_power_of_two(file_alignment) || file_alignment > FILE_ALIGNMENT_MAX)
		return mm_refuse(reterr, MM_E_PE_ALIGNMENT, "pe.file_alignment",
				 at + offsetof(struct mm_pe_optional_header, file_alignment), file_alignment);
	if (bytes == 0 || !mm_is_page_aligned(bytes) || bytes > MM_PI_PE_IMAGE_BYTES_MAX)
		return mm_refuse(reterr, MM_E_PE_SIZE, "pe.image_bytes",
				 at + offsetof(struct mm_pe_optional_header, image_bytes), bytes);
	if (draft->facts.image_base > UINT64_MAX - bytes)
		return mm_refuse(reterr, MM_E_PE_SIZE, "pe.image_base",
				 at + offsetof(struct mm_pe_optional_header, image_base), draft->facts.image_base);
	return MM_OK;
}

static uint32_t version_at(const struct mm_pi_pe_draft *draft, uint64_t at)
{
	return ((uint32_t)file_u16(draft, at) << 16) | file_u16(draft, at + 2);
}

static enum mm_status decode_optional_header(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at = draft->optional_header;
	struct mm_pi_pe_facts *facts = &draft->facts;
	enum mm_status status;

	facts->entry_rva = file_u32(draft, at + offsetof(struct mm_pe_optional_header, entry_rva));
	facts->image_base = mm_load_u64(draft->file.data + at + offsetof(struct mm_pe_optional_header, image_base));
	facts->image_bytes = file_u32(draft, at + offsetof(struct mm_pe_optional_header, image_bytes));
	facts->header_bytes = file_u32(draft, at + offsetof(struct mm_pe_optional_header, header_bytes));
	facts->subsystem = file_u16(draft, at + offsetof(struct mm_pe_optional_header, subsystem));
	facts->image_version = version_at(draft, at + offsetof(struct mm_pe_optional_header, image_major));
	facts->subsystem_version = version_at(draft, at + offsetof(struct mm_pe_optional_header, subsystem_major));
	status = decode_layout(draft, reterr);
	return status == MM_OK ? check_sizes(draft, reterr) : status;
}

static uint32_t access_of(uint32_t characteristics)
{
	uint32_t access = 0;

	if ((characteristics & MM_PE_SECTION_READ) != 0)
		access |= MM_PI_PE_READ;
	if ((characteristics & MM_PE_SECTION_WRITE) != 0)
		access |= MM_PI_PE_WRITE;
	if ((characteristics & MM_PE_SECTION_EXECUTE) != 0)
		access |= MM_PI_PE_EXECUTE;
	return access;
}

static void load_name(const uint8_t *from, char ret_name[MM_PE_SECTION_NAME_BYTES + 1u])
{
	size_t i;

	for (i = 0; i < MM_PE_SECTION_NAME_BYTES; i++)
		ret_name[i] = from[i] < 0x7F ? (char)from[i] : '?';
	ret_name[MM_PE_SECTION_NAME_BYTES] = '\0';
}

/* The section's place in the image: on a page, not empty, behind `free_rva`, inside. */
static enum mm_status check_place(const struct mm_pi_pe_draft *draft, const struct mm_pi_pe_section *section,
				  uint64_t at, uint64_t free_rva, struct mm_refusal *reterr)
{
	if (!mm_is_page_aligned(section->rva))
		return mm_refuse(reterr, MM_E_PE_ALIGNMENT, "pe.section.rva",
				 at + offsetof(struct mm_pe_section_header, rva), section->rva);
	if (section->virtual_bytes == 0)
		return mm_refuse(reterr, MM_E_PE_SECTION_RANGE, "pe.section.virtual_bytes",
				 at + offsetof(struct mm_pe_section_header, virtual_bytes), 0);
	if ((uint64_t)section->rva + section->virtual_bytes > draft->facts.image_bytes)
		return mm_refuse(reterr, MM_E_PE_SECTION_RANGE, "pe.section.rva",
				 at + offsetof(struct mm_pe_section_header, rva), section->rva);
	if (section->rva < free_rva)
		return mm_refuse(reterr, MM_E_PE_SECTION_OVERLAP, "pe.section.rva",
				 at + offsetof(struct mm_pe_section_header, rva), section->rva);
	return MM_OK;
}

/* The section's data in the file: inside it, behind the headers, apart from the data of earlier sections. */
static enum mm_status check_data(const struct mm_pi_pe_draft *draft, uint32_t index, uint64_t at, uint32_t offset,
				 uint32_t bytes, struct mm_refusal *reterr)
{
	uint64_t offset_at = at + offsetof(struct mm_pe_section_header, file_offset);
	uint32_t i;

	if (bytes == 0)
		return MM_OK;
	if (offset < draft->facts.header_bytes || !mm_bytes_has(draft->file, offset, bytes))
		return mm_refuse(reterr, MM_E_PE_SECTION_FILE, "pe.section.file_offset", offset_at, offset);
	for (i = 0; i < index; i++) {
		uint64_t other = draft->data_offset[i];

		if (draft->data_bytes[i] != 0 && offset < other + draft->data_bytes[i] &&
		    other < (uint64_t)offset + bytes)
			return mm_refuse(reterr, MM_E_PE_SECTION_FILE, "pe.section.file_offset", offset_at, offset);
	}
	return MM_OK;
}

static enum mm_status decode_section(struct mm_pi_pe_draft *draft, uint32_t index, uint64_t free_rva,
				     struct mm_refusal *reterr)
{
	uint64_t at = draft->section_table + index * sizeof(struct mm_pe_section_header);
	struct mm_pi_pe_section *section = &draft->facts.sections[index];
	uint32_t flags = file_u32(draft, at + offsetof(struct mm_pe_section_header, characteristics));
	enum mm_status status;

	load_name(draft->file.data + at, section->name);
	section->virtual_bytes = file_u32(draft, at + offsetof(struct mm_pe_section_header, virtual_bytes));
	section->rva = file_u32(draft, at + offsetof(struct mm_pe_section_header, rva));
	section->file_bytes = file_u32(draft, at + offsetof(struct mm_pe_section_header, file_bytes));
	section->file_offset = file_u32(draft, at + offsetof(struct mm_pe_section_header, file_offset));
	section->access = access_of(flags);
	section->is_discardable = (flags & MM_PE_SECTION_DISCARDABLE) != 0;
	draft->data_offset[index] = section->file_offset;
	draft->data_bytes[index] = section->file_bytes;
	if ((section->access & (MM_PI_PE_WRITE | MM_PI_PE_EXECUTE)) == (MM_PI_PE_WRITE | MM_PI_PE_EXECUTE))
		return mm_refuse(reterr, MM_E_PE_WRITE_EXECUTE, "pe.section.characteristics",
				 at + offsetof(struct mm_pe_section_header, characteristics), flags);
	status = check_place(draft, section, at, free_rva, reterr);
	if (status == MM_OK)
		status = check_data(draft, index, at, section->file_offset, section->file_bytes, reterr);
	/* What the file holds beyond the virtual size is alignment. */
	if (section->file_bytes > section->virtual_bytes)
		section->file_bytes = section->virtual_bytes;
	return status;
}

static uint64_t page_end(uint64_t rva)
{
	return mm_page_floor(rva + MM_PAGE_MASK);
}

static enum mm_status decode_sections(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	struct mm_pi_pe_facts *facts = &draft->facts;
	uint64_t free_rva = page_end(facts->header_bytes);
	enum mm_status status;
	uint32_t i;

	if (free_rva > facts->image_bytes)
		return mm_refuse(reterr, MM_E_PE_HEADER, "pe.header_bytes",
				 draft->optional_header + offsetof(struct mm_pe_optional_header, header_bytes),
				 facts->header_bytes);
	facts->load_bytes = (uint32_t)free_rva;
	for (i = 0; i < facts->section_count; i++) {
		const struct mm_pi_pe_section *section = &facts->sections[i];

		status = decode_section(draft, i, free_rva, reterr);
		if (status != MM_OK)
			return status;
		free_rva = page_end((uint64_t)section->rva + section->virtual_bytes);
		if (!section->is_discardable)
			facts->load_bytes = (uint32_t)free_rva;
	}
	return MM_OK;
}

const struct mm_pi_pe_section *mm_pi_pe_section_of(const struct mm_pi_pe_facts *facts, uint64_t rva, uint64_t bytes)
{
	uint32_t i;

	for (i = 0; i < facts->section_count; i++) {
		const struct mm_pi_pe_section *section = &facts->sections[i];

		if (rva >= section->rva && rva - section->rva < section->virtual_bytes)
			return bytes <= section->virtual_bytes - (rva - section->rva) ? section : NULL;
	}
	return NULL;
}

static enum mm_status check_entry(const struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	const struct mm_pi_pe_section *section = mm_pi_pe_section_of(&draft->facts, draft->facts.entry_rva, 1);

	if (section == NULL || section->is_discardable || (section->access & MM_PI_PE_EXECUTE) == 0)
		return mm_refuse(reterr, MM_E_PE_ENTRY, "pe.entry_rva",
				 draft->optional_header + offsetof(struct mm_pe_optional_header, entry_rva),
				 draft->facts.entry_rva);
	return MM_OK;
}

struct mm_pe_data_directory mm_pi_pe_directory(const struct mm_pi_pe_draft *draft, uint32_t index, uint64_t *ret_at)
{
	struct mm_pe_data_directory directory = { 0, 0 };
	uint64_t at = draft->optional_header + sizeof(struct mm_pe_optional_header) +
		      index * sizeof(struct mm_pe_data_directory);

	*ret_at = at;
	if (index >= draft->directory_count)
		return directory;
	directory.rva = file_u32(draft, at);
	directory.bytes = file_u32(draft, at + 4);
	return directory;
}

bool mm_pi_pe_file_offset(const struct mm_pi_pe_facts *facts, uint32_t rva, uint32_t bytes, uint32_t *ret_offset)
{
	const struct mm_pi_pe_section *section = mm_pi_pe_section_of(facts, rva, bytes);

	if (section == NULL || (uint64_t)(rva - section->rva) + bytes > section->file_bytes)
		return false;
	*ret_offset = section->file_offset + (rva - section->rva);
	return true;
}

/* Nobody here resolves imports or gives threads their storage. */
static enum mm_status check_imports(const struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	static const uint32_t refused[] = { MM_PE_DIRECTORY_IMPORT, MM_PE_DIRECTORY_TLS, MM_PE_DIRECTORY_BOUND_IMPORT,
					    MM_PE_DIRECTORY_DELAY_IMPORT, MM_PE_DIRECTORY_CLR };
	struct mm_pe_data_directory directory;
	uint64_t at;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(refused); i++) {
		directory = mm_pi_pe_directory(draft, refused[i], &at);
		if (directory.bytes != 0)
			return mm_refuse(reterr, MM_E_PE_IMPORTS, "pe.directory", at, refused[i]);
	}
	return MM_OK;
}

enum mm_status mm_pi_pe_decode_untrusted(struct mm_bytes file, struct mm_pi_pe_facts *ret_facts,
					 struct mm_refusal *reterr)
{
	struct mm_pi_pe_draft draft;
	enum mm_status status;

	draft.file = file;
	draft.facts.debug_name[0] = '\0';
	status = decode_dos(&draft, reterr);
	if (status == MM_OK)
		status = decode_file_header(&draft, reterr);
	if (status == MM_OK)
		status = decode_optional_header(&draft, reterr);
	if (status == MM_OK)
		status = decode_sections(&draft, reterr);
	if (status == MM_OK)
		status = check_entry(&draft, reterr);
	if (status == MM_OK)
		status = check_imports(&draft, reterr);
	if (status == MM_OK)
		status = mm_pi_pe_decode_relocations(&draft, reterr);
	if (status == MM_OK)
		status = mm_pi_pe_decode_debug(&draft, reterr);
	if (status == MM_OK)
		*ret_facts = draft.facts;
	return status;
}
