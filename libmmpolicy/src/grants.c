/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The gate for one driver: what the roots give, narrowed to the grants of the driver and its domain. */
#include "extension_internal.h"
#include "internal.h"

#define AT(field) offsetof(struct mm_policy_wire_grant, field)

/* One group of grants: rows [first, end) of one owner, one type, ranged or strict, ascending by base. */
struct group {
	uint32_t first;
	uint32_t end;
};

static const uint8_t *grant_row(const struct mm_policy *policy, uint32_t index)
{
	return mm_policy_row(policy, policy->tables.grants, index, sizeof(struct mm_policy_wire_grant));
}

static uint64_t group_key(uint32_t owner, enum mm_policy_type type, bool strict)
{
	return (uint64_t)owner << 32 | (uint64_t)type << 1 | strict;
}

static uint64_t row_key(const uint8_t *wire)
{
	return group_key(mm_load_u32(wire), (enum mm_policy_type)mm_load_u16(wire + AT(type)),
			 (mm_load_u16(wire + AT(attr)) & MM_POLICY_STRICT_WIDTH) != 0);
}

/* The first row whose (key, base) is not below (key, base). */
static uint32_t lower_bound(const struct mm_policy *policy, uint64_t key, uint64_t base)
{
	uint32_t low = 0;
	uint32_t count = policy->tables.grants.count;

	while (count > 0) {
		uint32_t half = count / 2u;
		const uint8_t *wire = grant_row(policy, low + half);
		uint64_t found = row_key(wire);

		if (found < key || (found == key && mm_load_u64(wire + AT(base)) < base)) {
			low += half + 1u;
			count -= half + 1u;
		} else {
			count = half;
		}
	}
	return low;
}

/* Last address that `owner` may reach without a gap from `first` on by one grant; false if not even `first`. */
static bool grant_reach(const struct mm_policy *policy, uint32_t owner, enum mm_policy_type type, uint64_t first,
			uint32_t access, uint64_t *ret_last)
{
	uint64_t key = group_key(owner, type, false);
	uint32_t at = lower_bound(policy, key, first);
	const uint8_t *wire;
	uint64_t base;
	uint64_t length;

	/* Either the row that begins at `first`, or the one before it. */
	if (at == policy->tables.grants.count || row_key(grant_row(policy, at)) != key ||
	    mm_load_u64(grant_row(policy, at) + AT(base)) != first) {
		if (at == 0 || row_key(grant_row(policy, at - 1u)) != key)
			return false;
		at--;
	}
	wire = grant_row(policy, at);
	base = mm_load_u64(wire + AT(base));
	length = mm_load_u64(wire + AT(length));
	if (length - 1u < first - base || (mm_load_u16(wire + AT(attr)) & access) != access)
		return false;
	*ret_last = base + (length - 1u);
	return true;
}

static bool grant_strict(const struct mm_policy *policy, uint32_t owner, uint64_t port, uint64_t bytes, uint32_t access)
{
	uint64_t key = group_key(owner, MM_POLICY_PORT, true);
	uint32_t at;

	for (at = lower_bound(policy, key, port); at < policy->tables.grants.count; at++) {
		const uint8_t *wire = grant_row(policy, at);

		if (row_key(wire) != key || mm_load_u64(wire + AT(base)) != port)
			return false;
		if (mm_load_u64(wire + AT(length)) == bytes)
			return (mm_load_u16(wire + AT(attr)) & access) == access;
	}
	return false;
}

/* Domain and driver are two lists; together they must cover every byte. */
static bool union_covers(const struct mm_policy *policy, const uint32_t owners[2], enum mm_policy_type type,
			 uint64_t first, uint64_t last, uint32_t access)
{
	for (;;) {
		uint64_t reach;

		if (!grant_reach(policy, owners[0], type, first, access, &reach) &&
		    (owners[1] == MM_POLICY_NO_ENTRY || !grant_reach(policy, owners[1], type, first, access, &reach)))
			return false;
		if (reach >= last)
			return true;
		first = reach + 1u;
	}
}

/*
 * Who grants to this driver: its domain, and the driver itself. MM_OK with `ret_all` set when the roots
 * suffice; MM_E_INVALID for an unknown driver.
 */
static enum mm_status find_owners(const struct mm_policy *policy, uint32_t driver, uint32_t ret_owners[2],
				  bool *ret_all)
{
	struct mm_policy_domain domain = { "", MM_POLICY_DOMAIN_ROOTS_SUFFICE, 0, 0, 0, 0 };
	struct mm_policy_driver facts = { .domain = 0 };

	if (driver != MM_POLICY_NO_ENTRY && mm_policy_driver_at(policy, driver, &facts) != MM_OK)
		return MM_E_INVALID;
	/* A policy without domains has one, whose drivers get what the roots grant. */
	(void)mm_policy_domain_at(policy, facts.domain, &domain);
	ret_owners[0] = facts.domain;
	ret_owners[1] = driver == MM_POLICY_NO_ENTRY ? MM_POLICY_NO_ENTRY : MM_POLICY_OWNER_DRIVER | driver;
	*ret_all = (domain.flags & MM_POLICY_DOMAIN_ROOTS_SUFFICE) != 0;
	return MM_OK;
}

static enum mm_status judge_grants(const struct mm_policy *policy, uint32_t driver, enum mm_policy_type type,
				   uint64_t first, uint64_t last, uint32_t access)
{
	uint32_t owners[2];
	bool all;
	enum mm_status status = find_owners(policy, driver, owners, &all);

	if (status != MM_OK || all)
		return status;
	if (type == MM_POLICY_PORT &&
	    (grant_strict(policy, owners[0], first, last - first + 1u, access) ||
	     (owners[1] != MM_POLICY_NO_ENTRY && grant_strict(policy, owners[1], first, last - first + 1u, access))))
		return MM_OK;
	return union_covers(policy, owners, type, first, last, access) ? MM_OK : MM_E_POLICY_NO_GRANT;
}

enum mm_status mm_policy_gate_driver_port(const struct mm_policy *policy, uint32_t driver, uint32_t port,
					  uint32_t bytes, uint32_t access)
{
	enum mm_status status = mm_policy_gate_port(policy, port, bytes, access);

	if (status != MM_OK)
		return status;
	return judge_grants(policy, driver, MM_POLICY_PORT, port, (uint64_t)port + bytes - 1u, access);
}

enum mm_status mm_policy_gate_driver_msr(const struct mm_policy *policy, uint32_t driver, uint32_t msr, uint32_t access)
{
	enum mm_status status = mm_policy_gate_msr(policy, msr, access);

	return status == MM_OK ? judge_grants(policy, driver, MM_POLICY_MSR, msr, msr, access) : status;
}

enum mm_status mm_policy_gate_driver_memory(const struct mm_policy *policy, uint32_t driver, uint64_t base,
					    uint64_t bytes, uint32_t access)
{
	enum mm_status status = mm_policy_gate_memory(policy, base, bytes, access);

	if (status != MM_OK)
		return status;
	return judge_grants(policy, driver, MM_POLICY_MEMORY, base, base + (bytes - 1u), access);
}

static bool may_use(const struct mm_policy *policy, uint32_t driver, uint32_t port)
{
	return judge_grants(policy, driver, MM_POLICY_PORT, port, port, ACCESS_MASK) == MM_OK;
}

/*
 * True if all drivers of the domain may use the port as one byte. In domain 0 that includes the drivers that
 * the policy does not name, and in every domain those that are not there yet, so a domain's own grants count alone
 * when it names no driver.
 */
static bool all_may_use(const struct mm_policy *policy, uint32_t domain, uint32_t port)
{
	uint32_t own[2] = { domain, MM_POLICY_NO_ENTRY };
	bool named = false;
	uint32_t i;

	if (union_covers(policy, own, MM_POLICY_PORT, port, port, ACCESS_MASK))
		return true;
	if (domain == 0)
		return false;
	for (i = 0; i < policy->tables.drivers.count; i++) {
		struct mm_policy_driver driver;

		if (mm_policy_driver_at(policy, i, &driver) != MM_OK || driver.domain != domain)
			continue;
		named = true;
		if (!may_use(policy, i, port))
			return false;
	}
	return named;
}

enum mm_status mm_policy_build_domain_bitmap(const struct mm_policy *policy, uint32_t domain,
					     uint8_t ret_bitmap[MM_POLICY_PORT_BITMAP_BYTES], uint32_t *ret_opened)
{
	struct mm_policy_domain facts = { "", MM_POLICY_DOMAIN_ROOTS_SUFFICE, 0, 0, 0, 0 };
	uint32_t opened;
	uint32_t port;

	if (mm_policy_domain_at(policy, domain, &facts) != MM_OK && domain != 0)
		return MM_E_NOT_FOUND;
	opened = mm_policy_build_port_bitmap(policy, ret_bitmap);
	if ((facts.flags & MM_POLICY_DOMAIN_ROOTS_SUFFICE) == 0) {
		for (port = 0; port < PORT_COUNT; port++) {
			uint8_t bit = (uint8_t)(1u << (port % 8u));

			if ((ret_bitmap[port / 8u] & bit) != 0 || all_may_use(policy, domain, port))
				continue;
			ret_bitmap[port / 8u] |= bit;
			opened--;
		}
	}
	if (ret_opened != NULL)
		*ret_opened = opened;
	return MM_OK;
}
