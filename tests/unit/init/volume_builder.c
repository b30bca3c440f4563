/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "volume_builder.h"

#include "mm/abi/fv.h"
#include "mm/abi/pe.h"
#include "mm/abi/policy.h"
#include "mm/base/bytes.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/policy/extension.h"
#include "tests/mm_test.h"

#define PE_OFFSET	   0x40u
#define HEADER_BYTES	   0x400u
#define SECTION_FILE_BYTES 0x200u
#define LINKED_AT	   0x180000000ull

static void put_section_header(uint8_t *at, const char *name, uint32_t rva, uint32_t virtual_bytes, uint32_t offset,
			       uint32_t characteristics)
{
	struct mm_pe_section_header h = {
		.virtual_bytes = virtual_bytes,
		.rva = rva,
		.file_bytes = SECTION_FILE_BYTES,
		.file_offset = offset,
		.characteristics = characteristics,
	};

	memcpy(h.name, name, strlen(name));
	memcpy(at, &h, sizeof(h));
}

static void put_headers(uint8_t *bytes)
{
	const struct mm_pe_file_header file = {
		.machine = MM_PE_MACHINE_X64,
		.section_count = 4,
		.optional_header_bytes = sizeof(struct mm_pe_optional_header) + 16u * 8u,
		.characteristics = MM_PE_FILE_EXECUTABLE,
	};
	const struct mm_pe_optional_header optional = {
		.magic = MM_PE_MAGIC_PLUS,
		.entry_rva = TEST_IMAGE_ENTRY_RVA,
		.image_base = LINKED_AT,
		.section_alignment = 0x1000,
		.file_alignment = 0x200,
		.image_bytes = 0x6000,
		.header_bytes = HEADER_BYTES,
		.subsystem = MM_PE_SUBSYSTEM_NATIVE,
		.directory_count = 16,
	};
	uint8_t *at = bytes + PE_OFFSET;

	mm_store_u16(bytes, MM_PE_DOS_MAGIC);
	mm_store_u32(bytes + MM_PE_DOS_NEW_OFFSET, PE_OFFSET);
	mm_store_u32(at, MM_PE_SIGNATURE);
	memcpy(at + 4, &file, sizeof(file));
	memcpy(at + 4 + sizeof(file), &optional, sizeof(optional));
	at += 4 + sizeof(file) + sizeof(optional);
	mm_store_u32(at + MM_PE_DIRECTORY_RELOCATION * 8u, 0x5000);
	mm_store_u32(at + MM_PE_DIRECTORY_RELOCATION * 8u + 4u, 12);
	at += 16u * 8u;
	put_section_header(at, ".text", TEST_IMAGE_TEXT_RVA, 0x200, 0x400,
			   MM_PE_SECTION_CODE | MM_PE_SECTION_READ | MM_PE_SECTION_EXECUTE);
	put_section_header(at + 40, ".rdata", TEST_IMAGE_RDATA_RVA, 0x200, 0x600,
			   MM_PE_SECTION_INITIALIZED | MM_PE_SECTION_READ);
	put_section_header(at + 80, ".data", TEST_IMAGE_DATA_RVA, 0x1800, 0x800,
			   MM_PE_SECTION_INITIALIZED | MM_PE_SECTION_READ | MM_PE_SECTION_WRITE);
	put_section_header(at + 120, ".reloc", 0x5000, 0x200, 0xa00,
			   MM_PE_SECTION_INITIALIZED | MM_PE_SECTION_READ | MM_PE_SECTION_DISCARDABLE);
}

void build_image(struct image_file *ret_image, const uint8_t *code, size_t code_count)
{
	uint8_t *bytes = ret_image->bytes;

	memset(bytes, 0, sizeof(ret_image->bytes));
	put_headers(bytes);
	memset(bytes + 0x400, 0xc3, SECTION_FILE_BYTES);
	memcpy(bytes + 0x400, code, code_count);
	mm_store_u64(bytes + 0x600, LINKED_AT + TEST_IMAGE_ENTRY_RVA);
	memset(bytes + 0x800, 0xda, SECTION_FILE_BYTES);
	mm_store_u32(bytes + 0xa00, TEST_IMAGE_RDATA_RVA);
	mm_store_u32(bytes + 0xa04, 12);
	mm_store_u16(bytes + 0xa08, (uint16_t)(MM_PE_RELOCATION_DIR64 << 12));
	ret_image->count = 0xc00;
}

static size_t put_extension(uint8_t *at, uint32_t protections, uint32_t flags)
{
	const uint32_t tables = sizeof(struct mm_policy_wire_extension);
	struct mm_policy_wire_extension e = {
		.magic = MM_POLICY_EXT_MAGIC,
		.version_minor = MM_POLICY_EXT_VERSION_MINOR,
		.version_major = MM_POLICY_EXT_VERSION_MAJOR,
		.bytes = tables + 8u,
		.protections = protections,
		.flags = flags,
		.quarantine_after = 1,
		.reasons = { tables, 0 },
		.domains = { tables, 0 },
		.drivers = { tables, 0 },
		.grants = { tables, 0 },
		.routes = { tables, 0 },
		.aborts = { tables, 0 },
		.strings = { tables, 1 },
	};

	memcpy(at, &e, sizeof(e));
	e.crc32 = mm_policy_extension_crc(at, e.bytes);
	memcpy(at, &e, sizeof(e));
	return e.bytes;
}

void build_policy(struct policy_file *ret_policy, bool extension, uint32_t protections, uint32_t flags)
{
	const struct mm_policy_wire_header header = {
		.version_major = MM_POLICY_VERSION_MAJOR,
		.bytes = 0x58,
		.root_offset = sizeof(struct mm_policy_wire_header),
		.root_count = 1,
	};
	const struct mm_policy_wire_root root = {
		.version = MM_POLICY_ROOT_VERSION,
		.bytes = sizeof(struct mm_policy_wire_root),
		.type = MM_POLICY_INSTRUCTION,
		.offset = 0x40,
		.count = 3,
		.list_kind = MM_POLICY_ALLOW_LIST,
	};
	uint8_t *bytes = ret_policy->bytes;

	memset(bytes, 0, sizeof(ret_policy->bytes));
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + 0x28, &root, sizeof(root));
	for (uint16_t i = 0; i < 3; i++) {
		const struct mm_policy_wire_instruction entry = { .index = i, .attr = MM_POLICY_EXECUTE };

		memcpy(bytes + 0x40 + i * sizeof(entry), &entry, sizeof(entry));
	}
	ret_policy->count = 0x58;
	if (extension)
		ret_policy->count += put_extension(bytes + 0x58, protections, flags);
}

void build_memory_policy(struct policy_file *ret_policy, uint8_t list_kind, uint64_t base, uint64_t bytes,
			 uint32_t attr)
{
	const struct mm_policy_wire_header header = {
		.version_major = MM_POLICY_VERSION_MAJOR,
		.bytes = 0x58,
		.root_offset = sizeof(struct mm_policy_wire_header),
		.root_count = 1,
	};
	const struct mm_policy_wire_root root = {
		.version = MM_POLICY_ROOT_VERSION,
		.bytes = sizeof(struct mm_policy_wire_root),
		.type = MM_POLICY_MEMORY,
		.offset = 0x40,
		.count = 1,
		.list_kind = list_kind,
	};
	const struct mm_policy_wire_memory entry = { .base = base, .bytes = bytes, .attr = attr };

	memset(ret_policy->bytes, 0, sizeof(ret_policy->bytes));
	memcpy(ret_policy->bytes, &header, sizeof(header));
	memcpy(ret_policy->bytes + 0x28, &root, sizeof(root));
	memcpy(ret_policy->bytes + 0x40, &entry, sizeof(entry));
	ret_policy->count = 0x58;
}

void volume_begin(struct volume *volume, uint8_t *bytes, size_t capacity)
{
	struct mm_fv_header h = {
		.file_system = mm_guid_ffs2,
		.bytes = capacity,
		.signature = MM_FV_SIGNATURE,
		.attributes = MM_FV_ATTR_ERASE_POLARITY,
		.header_bytes = sizeof(struct mm_fv_header) + 16u,
		.revision = MM_FV_REVISION,
	};
	uint16_t sum = 0;

	memset(bytes, 0xff, capacity);
	memcpy(bytes, &h, sizeof(h));
	mm_store_u32(bytes + sizeof(h), (uint32_t)(capacity / 0x1000u));
	mm_store_u32(bytes + sizeof(h) + 4u, 0x1000);
	mm_store_u64(bytes + sizeof(h) + 8u, 0);
	for (size_t i = 0; i < h.header_bytes; i += 2)
		sum = (uint16_t)(sum + mm_load_u16(bytes + i));
	mm_store_u16(bytes + offsetof(struct mm_fv_header, checksum), (uint16_t)(0u - sum));
	volume->bytes = bytes;
	volume->capacity = capacity;
	volume->used = h.header_bytes;
}

static void put_u24(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
}

static void seal_file(uint8_t *header, uint8_t type, const struct mm_guid *name, size_t bytes)
{
	struct mm_ffs_header h = { .name = *name, .type = type };
	uint8_t sum = 0;

	put_u24(h.bytes, bytes);
	for (size_t i = 0; i < sizeof(h); i++)
		sum = (uint8_t)(sum + ((const uint8_t *)&h)[i]);
	h.header_checksum = (uint8_t)(0u - sum);
	h.file_checksum = MM_FFS_FIXED_CHECKSUM;
	h.state = (uint8_t)~(MM_FFS_STATE_HEADER_CONSTRUCTION | MM_FFS_STATE_HEADER_VALID | MM_FFS_STATE_DATA_VALID);
	memcpy(header, &h, sizeof(h));
}

void volume_add_file(struct volume *volume, uint8_t type, const struct mm_guid *name, const struct section *sections,
		     size_t section_count)
{
	size_t start = (volume->used + 7u) & ~(size_t)7u;
	size_t at = start + sizeof(struct mm_ffs_header);

	for (size_t i = 0; i < section_count; i++) {
		size_t padded = (at - start - sizeof(struct mm_ffs_header) + 3u) & ~(size_t)3u;

		at = start + sizeof(struct mm_ffs_header) + padded;
		assert_true(at + sections[i].count + 4u <= volume->capacity);
		put_u24(volume->bytes + at, sections[i].count + 4u);
		volume->bytes[at + 3u] = sections[i].type;
		memcpy(volume->bytes + at + 4u, sections[i].bytes, sections[i].count);
		at += 4u + sections[i].count;
	}
	seal_file(volume->bytes + start, type, name, at - start);
	volume->used = at;
}

void volume_add_module(struct volume *volume, uint8_t type, const struct mm_guid *name, const char *ui_name,
		       const struct image_file *image, const void *depex, size_t depex_count)
{
	uint8_t ui[128] = { 0 };
	size_t length = strlen(ui_name);
	struct section sections[3] = {
		{ MM_SECTION_PE32, image->bytes, image->count },
		{ MM_SECTION_USER_INTERFACE, ui, 2u * (length + 1u) },
		{ MM_SECTION_MM_DEPEX, depex, depex_count },
	};

	assert_true(2u * (length + 1u) <= sizeof(ui));
	for (size_t i = 0; i < length; i++)
		ui[2u * i] = (uint8_t)ui_name[i];
	volume_add_file(volume, type, name, sections, depex_count != 0 ? 3 : 2);
}
