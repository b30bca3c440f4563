/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Lookups in the checked tables of the extension. */
#include "extension_internal.h"

enum mm_status mm_policy_domain_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_domain *ret_domain)
{
	const uint8_t *wire;

	if (index >= policy->tables.domains.count)
		return MM_E_NOT_FOUND;
	wire = mm_policy_row(policy, policy->tables.domains, index, sizeof(struct mm_policy_wire_domain));
	ret_domain->name = mm_policy_string(policy, mm_load_u32(wire));
	ret_domain->flags = mm_load_u32(wire + offsetof(struct mm_policy_wire_domain, flags));
	ret_domain->page_quota = mm_load_u32(wire + offsetof(struct mm_policy_wire_domain, page_quota));
	ret_domain->budget_us = mm_load_u32(wire + offsetof(struct mm_policy_wire_domain, budget_us));
	ret_domain->budget_smi_us = mm_load_u32(wire + offsetof(struct mm_policy_wire_domain, budget_smi_us));
	ret_domain->budget_second_us = mm_load_u32(wire + offsetof(struct mm_policy_wire_domain, budget_second_us));
	return MM_OK;
}

enum mm_status mm_policy_driver_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_driver *ret_driver)
{
	const uint8_t *wire;

	if (index >= policy->tables.drivers.count)
		return MM_E_NOT_FOUND;
	wire = mm_policy_row(policy, policy->tables.drivers, index, sizeof(struct mm_policy_wire_driver));
	ret_driver->guid = mm_guid_load(wire);
	ret_driver->domain = mm_load_u32(wire + offsetof(struct mm_policy_wire_driver, domain));
	ret_driver->name = mm_policy_string(policy, mm_load_u32(wire + offsetof(struct mm_policy_wire_driver, name)));
	ret_driver->flags = mm_load_u32(wire + offsetof(struct mm_policy_wire_driver, flags));
	return MM_OK;
}

enum mm_status mm_policy_grant_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_grant *ret_grant)
{
	const uint8_t *wire;

	if (index >= policy->tables.grants.count)
		return MM_E_NOT_FOUND;
	wire = mm_policy_row(policy, policy->tables.grants, index, sizeof(struct mm_policy_wire_grant));
	ret_grant->owner = mm_load_u32(wire);
	ret_grant->type = (enum mm_policy_type)mm_load_u16(wire + offsetof(struct mm_policy_wire_grant, type));
	ret_grant->attr = mm_load_u16(wire + offsetof(struct mm_policy_wire_grant, attr));
	ret_grant->base = mm_load_u64(wire + offsetof(struct mm_policy_wire_grant, base));
	ret_grant->length = mm_load_u64(wire + offsetof(struct mm_policy_wire_grant, length));
	ret_grant->reason = mm_policy_string(policy, mm_load_u32(wire + offsetof(struct mm_policy_wire_grant, reason)));
	return MM_OK;
}

enum mm_status mm_policy_abort_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_abort *ret_abort)
{
	const uint8_t *wire;

	if (index >= policy->tables.aborts.count)
		return MM_E_NOT_FOUND;
	wire = mm_policy_row(policy, policy->tables.aborts, index, sizeof(struct mm_policy_wire_abort));
	ret_abort->driver = mm_load_u32(wire);
	ret_abort->type = (enum mm_policy_type)mm_load_u16(wire + offsetof(struct mm_policy_wire_abort, type));
	ret_abort->width = mm_load_u16(wire + offsetof(struct mm_policy_wire_abort, width));
	ret_abort->address = mm_load_u64(wire + offsetof(struct mm_policy_wire_abort, address));
	ret_abort->value = mm_load_u64(wire + offsetof(struct mm_policy_wire_abort, value));
	return MM_OK;
}

enum mm_status mm_policy_route_at(const struct mm_policy *policy, uint32_t index, struct mm_guid *ret_guid,
				  uint32_t *ret_domain)
{
	const uint8_t *wire;

	if (index >= policy->tables.routes.count)
		return MM_E_NOT_FOUND;
	wire = mm_policy_row(policy, policy->tables.routes, index, sizeof(struct mm_policy_wire_route));
	*ret_guid = mm_guid_load(wire);
	*ret_domain = mm_load_u32(wire + offsetof(struct mm_policy_wire_route, domain));
	return MM_OK;
}

/* Binary search in a table whose rows begin with a GUID. */
static enum mm_status find_guid(const struct mm_policy *policy, struct mm_policy_wire_table table, size_t record_bytes,
				const struct mm_guid *guid, uint32_t *ret_index)
{
	uint32_t low = 0;
	uint32_t count = table.count;

	while (count > 0) {
		uint32_t half = count / 2u;
		struct mm_guid found = mm_guid_load(mm_policy_row(policy, table, low + half, record_bytes));
		int order = mm_guid_compare(&found, guid);

		if (order == 0) {
			*ret_index = low + half;
			return MM_OK;
		}
		if (order < 0) {
			low += half + 1u;
			count -= half + 1u;
		} else {
			count = half;
		}
	}
	return MM_E_NOT_FOUND;
}

enum mm_status mm_policy_find_driver(const struct mm_policy *policy, const struct mm_guid *guid, uint32_t *ret_index)
{
	return find_guid(policy, policy->tables.drivers, sizeof(struct mm_policy_wire_driver), guid, ret_index);
}

enum mm_status mm_policy_find_route(const struct mm_policy *policy, const struct mm_guid *guid, uint32_t *ret_domain)
{
	struct mm_guid found;
	uint32_t index = 0;
	enum mm_status status =
		find_guid(policy, policy->tables.routes, sizeof(struct mm_policy_wire_route), guid, &index);

	return status == MM_OK ? mm_policy_route_at(policy, index, &found, ret_domain) : status;
}

const char *mm_policy_entry_reason(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index)
{
	struct mm_policy_wire_table table = policy->tables.reasons;
	uint64_t key = (uint64_t)type << 32 | index;
	uint32_t low = 0;
	uint32_t count = table.count;

	while (count > 0) {
		uint32_t half = count / 2u;
		const uint8_t *wire = mm_policy_row(policy, table, low + half, sizeof(struct mm_policy_wire_reason));
		uint64_t found = (uint64_t)mm_load_u32(wire) << 32 | mm_load_u32(wire + 4);

		if (found == key)
			return mm_policy_string(policy, mm_load_u32(wire + 8));
		if (found < key) {
			low += half + 1u;
			count -= half + 1u;
		} else {
			count = half;
		}
	}
	return "";
}

const char *mm_policy_protection_name(uint32_t bit)
{
	static const char *const names[] = { "nx",    "wp",	     "smep",	    "smap",	"umip",
					     "smram", "code-access", "speculation", "watchdog", "iommu" };

	MM_STATIC_ASSERT(MM_ARRAY_COUNT(names) == MM_POLICY_PROTECTION_COUNT, protection_names);
	return bit < MM_POLICY_PROTECTION_COUNT ? names[bit] : "?";
}
