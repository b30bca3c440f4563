/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mmi_entry.h"

#include <stddef.h>

#include "mm/abi/mmi_entry.h"
#include "mm/base/addr.h"

#define TRAILER_BYTES	   4u
#define STRUCT_FIXUP_BYTES 4u
#define FIXUP8_XD	   0u
#define FIXUP8_MISC_ENABLE 1u
#define FIXUP8_REFILL	   4u

/* What the template asks to have filled in besides the arrays of the fix-up block, in the order of its list. */
enum struct_fixup {
	FIXUP_FAR_POINTER,
	FIXUP_CR4,
	FIXUP_LONG_MODE_ENTRY,
	FIXUP_COUNT,
};

static const uint16_t fixup_bytes[FIXUP_COUNT] = {
	[FIXUP_FAR_POINTER] = 6,
	[FIXUP_CR4] = 4,
	[FIXUP_LONG_MODE_ENTRY] = 4,
};

static enum mm_status decode_block(struct mm_bytes bytes, uint32_t *ret_offset, struct mm_refusal *reterr)
{
	uint32_t size;
	uint32_t offset;
	uint32_t revision;

	if (bytes.count < MM_MMI_FIXUP_BYTES + TRAILER_BYTES)
		return mm_refuse(reterr, MM_E_TRUNCATED, "MMI entry size", 0, bytes.count);
	if (bytes.count > MM_PAGE_BYTES)
		return mm_refuse(reterr, MM_E_LIMIT, "MMI entry size", 0, bytes.count);
	size = mm_load_u32(bytes.data + bytes.count - TRAILER_BYTES);
	if (size != MM_MMI_FIXUP_BYTES)
		return mm_refuse(reterr, MM_E_UNSUPPORTED, "fix-up block size", bytes.count - TRAILER_BYTES, size);
	offset = (uint32_t)bytes.count - TRAILER_BYTES - size;
	revision = mm_load_u32(bytes.data + offset + MM_MMI_FIXUP_HEADER_VERSION);
	if (revision != MM_MMI_FIXUP_VERSION)
		return mm_refuse(reterr, MM_E_UNSUPPORTED, "fix-up block revision", offset, revision);
	*ret_offset = offset;
	return MM_OK;
}

static enum mm_status decode_struct_fixup(struct mm_bytes bytes, uint32_t block, enum struct_fixup which,
					  uint32_t *ret_offset, struct mm_refusal *reterr)
{
	uint32_t at = block + MM_MMI_FIXUP_STRUCT + (uint32_t)which * STRUCT_FIXUP_BYTES;
	uint16_t size = mm_load_u16(bytes.data + at);
	uint16_t offset = mm_load_u16(bytes.data + at + 2u);

	if (size != fixup_bytes[which])
		return mm_refuse(reterr, MM_E_INVALID, "structure fix-up size", at, size);
	if ((uint32_t)offset + size > block)
		return mm_refuse(reterr, MM_E_INVALID, "structure fix-up offset", at + 2u, offset);
	*ret_offset = offset;
	return MM_OK;
}

enum mm_status mm_init_mmi_template_decode(struct mm_bytes bytes, struct mm_init_mmi_template *ret_template,
					   struct mm_refusal *reterr)
{
	struct mm_init_mmi_template t = { .bytes = bytes };
	uint32_t place = 0;
	enum mm_status status;

	status = decode_block(bytes, &t.fixup_offset, reterr);
	if (status == MM_OK)
		status = decode_struct_fixup(bytes, t.fixup_offset, FIXUP_FAR_POINTER, &t.far_pointer_offset, reterr);
	if (status == MM_OK)
		status = decode_struct_fixup(bytes, t.fixup_offset, FIXUP_CR4, &t.cr4_offset, reterr);
	if (status == MM_OK)
		status = decode_struct_fixup(bytes, t.fixup_offset, FIXUP_LONG_MODE_ENTRY, &place, reterr);
	if (status != MM_OK)
		return status;
	t.long_mode_entry = mm_load_u32(bytes.data + place);
	if (t.long_mode_entry >= t.fixup_offset)
		return mm_refuse(reterr, MM_E_INVALID, "long-mode entry", place, t.long_mode_entry);
	*ret_template = t;
	return MM_OK;
}

static void store_fixup32(uint8_t *block, enum mm_mmi_fixup32 which, uint32_t value)
{
	mm_store_u32(block + MM_MMI_FIXUP32 + (size_t)which * 4u, value);
}

static void store_fixup64(uint8_t *block, enum mm_mmi_fixup64 which, uint64_t value)
{
	mm_store_u64(block + MM_MMI_FIXUP64 + (size_t)which * 8u, value);
}

void mm_init_mmi_entry_write(const struct mm_init_mmi_template *entry, const struct mm_init_mmi_values *values,
			     uint8_t *ret_entry)
{
	uint8_t *block = ret_entry + entry->fixup_offset;

	mm_bytes_copy(ret_entry, entry->bytes.data, entry->bytes.count);
	mm_store_u32(ret_entry + entry->far_pointer_offset,
		     values->smbase + MM_MMI_ENTRY_OFFSET + entry->long_mode_entry);
	mm_store_u32(ret_entry + entry->cr4_offset, values->cr4);
	store_fixup64(block, MM_MMI_FIXUP64_RENDEZVOUS, values->rendezvous);
	store_fixup64(block, MM_MMI_FIXUP64_IDTR, values->idtr);
	store_fixup64(block, MM_MMI_FIXUP64_HOB, values->hob_list);
	store_fixup32(block, MM_MMI_FIXUP32_GDTR, values->gdtr);
	store_fixup32(block, MM_MMI_FIXUP32_CR3, values->cr3);
	store_fixup32(block, MM_MMI_FIXUP32_STACK, values->stack);
	store_fixup32(block, MM_MMI_FIXUP32_SMBASE, values->smbase);
	block[MM_MMI_FIXUP8 + FIXUP8_XD] = 1;
	block[MM_MMI_FIXUP8 + FIXUP8_MISC_ENABLE] = values->has_misc_enable;
	block[MM_MMI_FIXUP8 + FIXUP8_REFILL] = values->refills_return_stack;
}
