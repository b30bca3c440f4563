/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The rows of the extension's tables: references, order, ranges. One checker per table. */
#include "extension_internal.h"
#include "internal.h"

/* Where a checker is: the policy, the place of the extension in its section, and whom to tell. */
struct check {
	const struct mm_policy *policy;
	uint32_t at;
	struct mm_refusal *reterr;
};

static enum mm_status refuse(const struct check *c, enum mm_status status, const char *field, const uint8_t *wire,
			     uint64_t value)
{
	return mm_refuse(c->reterr, status, field, c->at + (uint64_t)(wire - c->policy->extension.data), value);
}

static enum mm_status check_text(const struct check *c, const uint8_t *wire, const char *field)
{
	uint32_t offset = mm_load_u32(wire);
	uint32_t strings = c->policy->tables.strings.offset;

	if (offset >= c->policy->tables.strings.count ||
	    (offset != 0 && c->policy->extension.data[strings + offset - 1u] != 0))
		return refuse(c, MM_E_POLICY_EXT_STRING, field, wire, offset);
	return MM_OK;
}

static enum mm_status check_zero(const struct check *c, const uint8_t *wire, uint32_t bytes, const char *field)
{
	uint32_t i;

	for (i = 0; i < bytes; i++) {
		if (wire[i] != 0)
			return refuse(c, MM_E_POLICY_EXT_RESERVED, field, wire + i, wire[i]);
	}
	return MM_OK;
}

#define REASON_AT(field) offsetof(struct mm_policy_wire_reason, field)

static enum mm_status check_reason(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t type = mm_load_u32(wire + REASON_AT(type));
	uint32_t entry = mm_load_u32(wire + REASON_AT(entry));
	enum mm_status status = check_zero(c, wire + REASON_AT(reserved), 4, "reason Reserved");

	if (status != MM_OK)
		return status;
	if (type < MM_POLICY_MEMORY || type > MM_POLICY_SAVE_STATE || entry >= c->policy->lists[type].count)
		return refuse(c, MM_E_POLICY_EXT_REFERENCE, "reason Entry", wire, (uint64_t)type << 32 | entry);
	if (before != NULL &&
	    (mm_load_u32(before + REASON_AT(type)) > type ||
	     (mm_load_u32(before + REASON_AT(type)) == type && mm_load_u32(before + REASON_AT(entry)) >= entry)))
		return refuse(c, MM_E_POLICY_EXT_ORDER, "reason Entry", wire, (uint64_t)type << 32 | entry);
	return check_text(c, wire + REASON_AT(text), "reason Text");
}

#define DOMAIN_AT(field) offsetof(struct mm_policy_wire_domain, field)

static enum mm_status check_domain(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t flags = mm_load_u32(wire + DOMAIN_AT(flags));
	enum mm_status status = check_zero(c, wire + DOMAIN_AT(reserved), 8, "domain Reserved");

	(void)before;
	if (status != MM_OK)
		return status;
	if ((flags & ~MM_POLICY_DOMAIN_FLAGS) != 0)
		return refuse(c, MM_E_POLICY_EXT_VALUE, "domain Flags", wire + DOMAIN_AT(flags), flags);
	return check_text(c, wire + DOMAIN_AT(name), "domain Name");
}

static bool is_ascending(const uint8_t *before, const uint8_t *wire)
{
	struct mm_guid a;
	struct mm_guid b;

	if (before == NULL)
		return true;
	a = mm_guid_load(before);
	b = mm_guid_load(wire);
	return mm_guid_compare(&a, &b) < 0;
}

#define DRIVER_AT(field) offsetof(struct mm_policy_wire_driver, field)

static enum mm_status check_driver(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t domain = mm_load_u32(wire + DRIVER_AT(domain));
	uint32_t flags = mm_load_u32(wire + DRIVER_AT(flags));
	enum mm_status status = check_zero(c, wire + DRIVER_AT(reserved), 4, "driver Reserved");

	if (status != MM_OK)
		return status;
	if (!is_ascending(before, wire))
		return refuse(c, MM_E_POLICY_EXT_ORDER, "driver Guid", wire, mm_load_u32(wire));
	if (domain >= c->policy->tables.domains.count)
		return refuse(c, MM_E_POLICY_EXT_REFERENCE, "driver Domain", wire + DRIVER_AT(domain), domain);
	if ((flags & ~MM_POLICY_DRIVER_FLAGS) != 0)
		return refuse(c, MM_E_POLICY_EXT_VALUE, "driver Flags", wire + DRIVER_AT(flags), flags);
	return check_text(c, wire + DRIVER_AT(name), "driver Name");
}

#define ROUTE_AT(field) offsetof(struct mm_policy_wire_route, field)

static enum mm_status check_route(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t domain = mm_load_u32(wire + ROUTE_AT(domain));
	enum mm_status status = check_zero(c, wire + ROUTE_AT(reserved), 4, "route Reserved");

	if (status != MM_OK)
		return status;
	if (!is_ascending(before, wire))
		return refuse(c, MM_E_POLICY_EXT_ORDER, "route Guid", wire, mm_load_u32(wire));
	if (domain >= c->policy->tables.domains.count)
		return refuse(c, MM_E_POLICY_EXT_REFERENCE, "route Domain", wire + ROUTE_AT(domain), domain);
	return MM_OK;
}

#define GRANT_AT(field) offsetof(struct mm_policy_wire_grant, field)

static uint64_t last_of_space(uint32_t type)
{
	if (type == MM_POLICY_PORT)
		return PORT_COUNT - 1u;
	return type == MM_POLICY_MSR ? MSR_COUNT - 1u : UINT64_MAX;
}

static enum mm_status check_grant_facts(const struct check *c, const uint8_t *wire)
{
	uint32_t type = mm_load_u16(wire + GRANT_AT(type));
	uint32_t attr = mm_load_u16(wire + GRANT_AT(attr));
	uint64_t base = mm_load_u64(wire + GRANT_AT(base));
	uint64_t length = mm_load_u64(wire + GRANT_AT(length));
	bool strict = (attr & MM_POLICY_STRICT_WIDTH) != 0;

	if (type < MM_POLICY_MEMORY || type > MM_POLICY_MSR)
		return refuse(c, MM_E_POLICY_EXT_VALUE, "grant Type", wire + GRANT_AT(type), type);
	if (!mm_policy_is_access(attr & ~MM_POLICY_STRICT_WIDTH) || (strict && type != MM_POLICY_PORT))
		return refuse(c, MM_E_POLICY_EXT_VALUE, "grant Attributes", wire + GRANT_AT(attr), attr);
	if (base > last_of_space(type))
		return refuse(c, MM_E_POLICY_EXT_RANGE, "grant Base", wire + GRANT_AT(base), base);
	if (length == 0 || length - 1u > last_of_space(type) - base ||
	    (strict && length != 1u && length != 2u && length != 4u))
		return refuse(c, MM_E_POLICY_EXT_RANGE, "grant Length", wire + GRANT_AT(length), length);
	return MM_OK;
}

/* Owner, type, strictness: grants are searched within one such group. */
static uint64_t grant_group(const uint8_t *wire)
{
	uint64_t strict = (mm_load_u16(wire + GRANT_AT(attr)) & MM_POLICY_STRICT_WIDTH) != 0;

	return (uint64_t)mm_load_u32(wire + GRANT_AT(owner)) << 32 | (uint64_t)mm_load_u16(wire + GRANT_AT(type)) << 1 |
	       strict;
}

static enum mm_status check_grant_order(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint64_t base = mm_load_u64(wire + GRANT_AT(base));
	uint64_t base_before;
	uint64_t length_before;

	if (before == NULL || grant_group(before) < grant_group(wire))
		return MM_OK;
	base_before = mm_load_u64(before + GRANT_AT(base));
	length_before = mm_load_u64(before + GRANT_AT(length));
	if (grant_group(before) > grant_group(wire) || base_before > base)
		return refuse(c, MM_E_POLICY_EXT_ORDER, "grant Base", wire + GRANT_AT(base), base);
	if ((grant_group(wire) & 1u) != 0) {
		if (base_before == base && length_before >= mm_load_u64(wire + GRANT_AT(length)))
			return refuse(c, MM_E_POLICY_EXT_ORDER, "grant Length", wire + GRANT_AT(length), length_before);
		return MM_OK;
	}
	if (length_before - 1u >= base - base_before)
		return refuse(c, MM_E_POLICY_EXT_OVERLAP, "grant Base", wire + GRANT_AT(base), base);
	return MM_OK;
}

static enum mm_status check_grant(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t owner = mm_load_u32(wire + GRANT_AT(owner));
	uint32_t index = owner & ~MM_POLICY_OWNER_DRIVER;
	uint32_t count = (owner & MM_POLICY_OWNER_DRIVER) != 0 ? c->policy->tables.drivers.count
							       : c->policy->tables.domains.count;
	enum mm_status status = check_zero(c, wire + GRANT_AT(reserved), 4, "grant Reserved");

	if (status != MM_OK)
		return status;
	if (index >= count)
		return refuse(c, MM_E_POLICY_EXT_REFERENCE, "grant Owner", wire, owner);
	status = check_grant_facts(c, wire);
	if (status == MM_OK)
		status = check_grant_order(c, wire, before);
	return status == MM_OK ? check_text(c, wire + GRANT_AT(reason), "grant Reason") : status;
}

#define ABORT_AT(field) offsetof(struct mm_policy_wire_abort, field)

static enum mm_status check_abort(const struct check *c, const uint8_t *wire, const uint8_t *before)
{
	uint32_t driver = mm_load_u32(wire + ABORT_AT(driver));
	uint32_t type = mm_load_u16(wire + ABORT_AT(type));
	uint32_t width = mm_load_u16(wire + ABORT_AT(width));
	uint64_t address = mm_load_u64(wire + ABORT_AT(address));
	uint64_t value = mm_load_u64(wire + ABORT_AT(value));

	if (driver >= c->policy->tables.drivers.count)
		return refuse(c, MM_E_POLICY_EXT_REFERENCE, "abort Driver", wire, driver);
	if (before != NULL && mm_load_u32(before + ABORT_AT(driver)) > driver)
		return refuse(c, MM_E_POLICY_EXT_ORDER, "abort Driver", wire, driver);
	if (type != MM_POLICY_MEMORY && type != MM_POLICY_PORT)
		return refuse(c, MM_E_POLICY_EXT_VALUE, "abort Type", wire + ABORT_AT(type), type);
	if (width != 1u && width != 2u && width != 4u && !(width == 8u && type == MM_POLICY_MEMORY))
		return refuse(c, MM_E_POLICY_EXT_RANGE, "abort Width", wire + ABORT_AT(width), width);
	if (width != 8u && value >> (8u * width) != 0)
		return refuse(c, MM_E_POLICY_EXT_RANGE, "abort Value", wire + ABORT_AT(value), value);
	if (address > last_of_space(type) - (width - 1u) || (type == MM_POLICY_MEMORY && address % width != 0))
		return refuse(c, MM_E_POLICY_EXT_RANGE, "abort Address", wire + ABORT_AT(address), address);
	return MM_OK;
}

typedef enum mm_status row_checker(const struct check *c, const uint8_t *wire, const uint8_t *before);

static enum mm_status check_rows(const struct check *c, struct mm_policy_wire_table table, size_t record_bytes,
				 row_checker *checker)
{
	const uint8_t *before = NULL;
	uint32_t i;

	for (i = 0; i < table.count; i++) {
		const uint8_t *wire = mm_policy_row(c->policy, table, i, record_bytes);
		enum mm_status status = checker(c, wire, before);

		if (status != MM_OK)
			return status;
		before = wire;
	}
	return MM_OK;
}

enum mm_status mm_policy_check_extension_rows(const struct mm_policy *policy, uint32_t at, struct mm_refusal *reterr)
{
	const struct mm_policy_tables *tables = &policy->tables;
	struct check c = { policy, at, reterr };
	enum mm_status status;

	status = check_rows(&c, tables->reasons, sizeof(struct mm_policy_wire_reason), check_reason);
	if (status == MM_OK)
		status = check_rows(&c, tables->domains, sizeof(struct mm_policy_wire_domain), check_domain);
	if (status == MM_OK)
		status = check_rows(&c, tables->drivers, sizeof(struct mm_policy_wire_driver), check_driver);
	if (status == MM_OK)
		status = check_rows(&c, tables->grants, sizeof(struct mm_policy_wire_grant), check_grant);
	if (status == MM_OK)
		status = check_rows(&c, tables->routes, sizeof(struct mm_policy_wire_route), check_route);
	if (status == MM_OK)
		status = check_rows(&c, tables->aborts, sizeof(struct mm_policy_wire_abort), check_abort);
	return status;
}
