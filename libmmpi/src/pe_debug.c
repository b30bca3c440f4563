/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The name of an image, from its CodeView record. */
#include "pe_parts.h"

/* File offset of the path in a CodeView record, relative to the record; 0 for an unknown signature. */
static uint32_t path_offset(uint32_t signature)
{
	if (signature == MM_PE_CODEVIEW_RSDS)
		return MM_PE_CODEVIEW_RSDS_BYTES;
	return signature == MM_PE_CODEVIEW_NB10 ? MM_PE_CODEVIEW_NB10_BYTES : 0;
}

/* Copies the last part of a path without its extension; what is not printable becomes '?', what is too long is cut. */
static void copy_stem(struct mm_bytes path, char ret_name[MM_PI_PE_NAME_BYTES])
{
	size_t start = 0;
	size_t end = path.count;
	size_t i;

	for (i = 0; i < path.count; i++) {
		if (path.data[i] == '/' || path.data[i] == '\\')
			start = i + 1;
	}
	for (i = start + 1; i < path.count; i++) {
		if (path.data[i] == '.')
			end = i;
	}
	if (end - start > MM_PI_PE_NAME_BYTES - 1u)
		end = start + MM_PI_PE_NAME_BYTES - 1u;
	for (i = start; i < end; i++)
		ret_name[i - start] = path.data[i] >= 0x20 && path.data[i] < 0x7F ? (char)path.data[i] : '?';
	ret_name[end - start] = '\0';
}

/* A CodeView record of a known kind ends in a zero-terminated path; other kinds are passed over. */
static enum mm_status decode_codeview(struct mm_pi_pe_draft *draft, uint32_t offset, uint32_t bytes,
				      struct mm_refusal *reterr)
{
	const uint8_t *record = draft->file.data + offset;
	uint32_t start;
	uint32_t end;

	if (bytes < 4)
		return mm_refuse(reterr, MM_E_PE_DEBUG, "pe.codeview.bytes", offset, bytes);
	start = path_offset(mm_load_u32(record));
	if (start == 0)
		return MM_OK;
	for (end = start; end < bytes && record[end] != 0; end++)
		;
	if (end >= bytes)
		return mm_refuse(reterr, MM_E_PE_DEBUG, "pe.codeview.path", offset, bytes);
	copy_stem(mm_bytes(record + start, end - start), draft->facts.debug_name);
	return MM_OK;
}

enum mm_status mm_pi_pe_decode_debug(struct mm_pi_pe_draft *draft, struct mm_refusal *reterr)
{
	uint64_t at;
	struct mm_pe_data_directory directory = mm_pi_pe_directory(draft, MM_PE_DIRECTORY_DEBUG, &at);
	uint32_t table;
	uint32_t i;

	if (directory.bytes == 0)
		return MM_OK;
	if (directory.bytes % sizeof(struct mm_pe_debug_entry) != 0 ||
	    !mm_pi_pe_file_offset(&draft->facts, directory.rva, directory.bytes, &table))
		return mm_refuse(reterr, MM_E_PE_DEBUG, "pe.directory.debug", at, directory.rva);
	for (i = 0; i < directory.bytes; i += sizeof(struct mm_pe_debug_entry)) {
		const uint8_t *entry = draft->file.data + table + i;
		uint32_t offset = mm_load_u32(entry + offsetof(struct mm_pe_debug_entry, file_offset));
		uint32_t bytes = mm_load_u32(entry + offsetof(struct mm_pe_debug_entry, bytes));

		if (mm_load_u32(entry + offsetof(struct mm_pe_debug_entry, type)) != MM_PE_DEBUG_CODEVIEW)
			continue;
		if (!mm_bytes_has(draft->file, offset, bytes))
			return mm_refuse(reterr, MM_E_PE_DEBUG, "pe.debug.file_offset", (uint64_t)table + i, offset);
		return decode_codeview(draft, offset, bytes, reterr);
	}
	return MM_OK;
}
