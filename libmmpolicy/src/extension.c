/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Checks the header of the extension and that its tables tile it; the rows are checked in extension_rows.c. */
#include "mm/policy/extension.h"

#include "extension_internal.h"
#include "internal.h"

#define AT(field) ((uint32_t)offsetof(struct mm_policy_wire_extension, field))

uint32_t mm_policy_extension_crc(const uint8_t *extension, size_t count)
{
	/* CRC-32 of IEEE 802.3, four bits at a time: small, and boot time does not notice. */
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffffu;
	size_t i;

	for (i = 0; i < count; i++) {
		uint8_t byte = i - AT(crc32) < 4u ? 0 : extension[i];

		crc ^= byte;
		crc = crc >> 4 ^ nibble[crc & 15u];
		crc = crc >> 4 ^ nibble[crc & 15u];
	}
	return ~crc;
}

static enum mm_status check_identity(const struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr)
{
	const uint8_t *wire = policy->extension.data;
	uint32_t version = mm_load_u32(wire + AT(version_minor));
	uint32_t crc = mm_load_u32(wire + AT(crc32));

	if (version != (MM_POLICY_EXT_VERSION_MAJOR << 16 | MM_POLICY_EXT_VERSION_MINOR))
		return mm_refuse(reterr, MM_E_POLICY_EXT_VERSION, "extension Version", at + AT(version_minor), version);
	if (crc != mm_policy_extension_crc(wire, policy->extension.count))
		return mm_refuse(reterr, MM_E_POLICY_EXT_CHECKSUM, "extension Crc32", at + AT(crc32), crc);
	return MM_OK;
}

static enum mm_status check_settings(const uint8_t *wire, uint32_t at, struct mm_refusal *reterr)
{
	uint32_t level = wire[AT(isolation_level)];
	uint32_t protections = mm_load_u32(wire + AT(protections));
	uint32_t flags = mm_load_u32(wire + AT(flags));

	if (wire[AT(violation)] > MM_POLICY_HALT)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension Violation", at + AT(violation),
				 wire[AT(violation)]);
	if (wire[AT(unblock)] > MM_POLICY_UNBLOCK_UNTIL_LOCK)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension Unblock", at + AT(unblock),
				 wire[AT(unblock)]);
	if (level != 0 && level != 10u && level != 20u && level != 30u)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension IsolationLevel", at + AT(isolation_level),
				 level);
	if (wire[AT(reserved8)] != 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_RESERVED, "extension Reserved", at + AT(reserved8),
				 wire[AT(reserved8)]);
	if ((protections & ~MM_POLICY_PROTECT_ALL) != 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension Protections", at + AT(protections),
				 protections);
	if ((flags & ~MM_POLICY_FLAG_ALL) != 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension Flags", at + AT(flags), flags);
	if (mm_load_u16(wire + AT(quarantine_after)) == 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_VALUE, "extension QuarantineAfter", at + AT(quarantine_after),
				 0);
	return MM_OK;
}

static void read_settings(const uint8_t *wire, struct mm_policy_settings *settings)
{
	settings->violation = (enum mm_policy_violation)wire[AT(violation)];
	settings->unblock = (enum mm_policy_unblock)wire[AT(unblock)];
	settings->isolation_level = wire[AT(isolation_level)];
	settings->protections = mm_load_u32(wire + AT(protections));
	settings->flags = mm_load_u32(wire + AT(flags));
	settings->quarantine_after = mm_load_u16(wire + AT(quarantine_after));
	settings->restart_limit = mm_load_u16(wire + AT(restart_limit));
}

/* One table: where its description lies in the header, the size and the greatest number of its records. */
struct table_shape {
	uint32_t at;
	uint32_t record_bytes;
	uint32_t max;
	const char *field;
};

#define REASONS_MAX (MM_POLICY_TYPE_COUNT * MM_POLICY_ENTRIES_MAX)

static const struct table_shape table_shapes[] = {
	{ AT(reasons), sizeof(struct mm_policy_wire_reason), REASONS_MAX, "extension Reasons" },
	{ AT(domains), sizeof(struct mm_policy_wire_domain), MM_POLICY_DOMAINS_MAX, "extension Domains" },
	{ AT(drivers), sizeof(struct mm_policy_wire_driver), MM_POLICY_DRIVERS_MAX, "extension Drivers" },
	{ AT(grants), sizeof(struct mm_policy_wire_grant), MM_POLICY_GRANTS_MAX, "extension Grants" },
	{ AT(routes), sizeof(struct mm_policy_wire_route), MM_POLICY_ROUTES_MAX, "extension Routes" },
	{ AT(aborts), sizeof(struct mm_policy_wire_abort), MM_POLICY_ABORTS_MAX, "extension Aborts" },
	{ AT(strings), 1, MM_POLICY_BYTES_MAX, "extension Strings" },
};

/* Each table begins where the one before ends; so the offsets carry no freedom and cannot overlap. */
static enum mm_status check_table(struct mm_bytes extension, const struct table_shape *shape, uint32_t *next,
				  uint32_t at, struct mm_refusal *reterr)
{
	uint32_t offset = mm_load_u32(extension.data + shape->at);
	uint32_t count = mm_load_u32(extension.data + shape->at + 4u);

	if (offset != *next)
		return mm_refuse(reterr, MM_E_POLICY_EXT_TABLE, shape->field, at + shape->at, offset);
	if (count > shape->max)
		return mm_refuse(reterr, MM_E_LIMIT, shape->field, at + shape->at + 4u, count);
	if (count > (extension.count - offset) / shape->record_bytes)
		return mm_refuse(reterr, MM_E_POLICY_EXT_TABLE, shape->field, at + shape->at + 4u, count);
	*next = offset + count * shape->record_bytes;
	return MM_OK;
}

static enum mm_status check_tables(struct mm_bytes extension, uint32_t at, struct mm_refusal *reterr)
{
	uint32_t next = sizeof(struct mm_policy_wire_extension);
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(table_shapes); i++) {
		enum mm_status status = check_table(extension, &table_shapes[i], &next, at, reterr);

		if (status != MM_OK)
			return status;
	}
	if (((next + 7u) & ~7u) != extension.count)
		return mm_refuse(reterr, MM_E_POLICY_EXT_TABLE, "extension Size", at + AT(bytes), extension.count);
	for (; next < extension.count; next++) {
		if (extension.data[next] != 0)
			return mm_refuse(reterr, MM_E_POLICY_EXT_RESERVED, "extension padding", at + next,
					 extension.data[next]);
	}
	return MM_OK;
}

static struct mm_policy_wire_table read_table(const uint8_t *wire)
{
	struct mm_policy_wire_table table = { mm_load_u32(wire), mm_load_u32(wire + 4) };

	return table;
}

static void read_tables(const uint8_t *wire, struct mm_policy_tables *tables)
{
	tables->reasons = read_table(wire + AT(reasons));
	tables->domains = read_table(wire + AT(domains));
	tables->drivers = read_table(wire + AT(drivers));
	tables->grants = read_table(wire + AT(grants));
	tables->routes = read_table(wire + AT(routes));
	tables->aborts = read_table(wire + AT(aborts));
	tables->strings = read_table(wire + AT(strings));
}

/* First and last byte zero: offset 0 is the empty string and every string ends inside the table. */
static enum mm_status check_strings(const struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr)
{
	struct mm_policy_wire_table table = policy->tables.strings;
	const uint8_t *text = policy->extension.data + table.offset;
	uint32_t i;

	if (table.count == 0 || text[0] != 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_STRING, "extension Strings", at + table.offset, table.count);
	for (i = 0; i < table.count; i++) {
		if (text[i] != 0 && (text[i] < 0x20u || text[i] > 0x7eu))
			return mm_refuse(reterr, MM_E_POLICY_EXT_STRING, "extension Strings", at + table.offset + i,
					 text[i]);
	}
	if (text[table.count - 1u] != 0)
		return mm_refuse(reterr, MM_E_POLICY_EXT_STRING, "extension Strings",
				 at + table.offset + table.count - 1u, text[table.count - 1u]);
	return MM_OK;
}

enum mm_status mm_policy_decode_extension(struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr)
{
	const uint8_t *wire = policy->extension.data;
	enum mm_status status = check_identity(policy, at, reterr);

	if (status == MM_OK)
		status = check_settings(wire, at, reterr);
	if (status == MM_OK)
		status = check_tables(policy->extension, at, reterr);
	if (status != MM_OK)
		return status;
	read_settings(wire, &policy->settings);
	read_tables(wire, &policy->tables);
	status = check_strings(policy, at, reterr);
	if (status == MM_OK)
		status = mm_policy_check_extension_rows(policy, at, reterr);
	return status;
}
