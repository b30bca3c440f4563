/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Grants and on-abort writes of a domain or a driver. */
#include "mm/policy/extension.h"

#include "extension.h"

static const struct row blank_row;

struct grant_form {
	const char *property;
	enum mm_policy_type type;
	uint32_t cell_bytes;
};

static enum mm_status grant_form(const struct extension *x, int node, struct grant_form *ret_form)
{
	static const struct grant_form forms[] = {
		{ "regions", MM_POLICY_MEMORY, 8 },
		{ "ports", MM_POLICY_PORT, 4 },
		{ "msrs", MM_POLICY_MSR, 4 },
	};
	uint32_t found = 0;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(forms); i++) {
		if (mm_policy_source_has(x->source, node, forms[i].property)) {
			*ret_form = forms[i];
			found++;
		}
	}
	if (found == 0)
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_MISSING, node, "ports", 0);
	return found == 1u
		       ? MM_OK
		       : mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, ret_form->property, found);
}

enum mm_status mm_policy_ext_add_grant(struct extension *x, int node, uint32_t owner)
{
	static const char *const known[] = { "ports", "msrs", "regions", "access", "strict-width", "reason", NULL };
	struct row row = blank_row;
	struct grant_form form;
	struct pairs pairs = { NULL, 4, 0 };
	uint32_t attr = 0;
	uint32_t place = 0;
	uint32_t i;
	enum mm_status status = mm_policy_source_check_node(x->source, node, known, false);

	if (status == MM_OK)
		status = grant_form(x, node, &form);
	if (status == MM_OK)
		status = mm_policy_source_read_pairs(x->source, node, form.property, form.cell_bytes, &pairs);
	if (status == MM_OK)
		status = mm_policy_source_read_access(
			x->source, node,
			MM_POLICY_READ | MM_POLICY_WRITE | (form.type == MM_POLICY_PORT ? MM_POLICY_STRICT_WIDTH : 0),
			0, &attr);
	if (status == MM_OK)
		status = mm_policy_ext_read_reason(x, node, &place);
	for (i = 0; status == MM_OK && i < pairs.count; i++) {
		uint64_t base;
		uint64_t length;

		mm_policy_source_pair(&pairs, i, &base, &length);
		mm_store_u32(row.bytes, owner);
		mm_store_u16(row.bytes + 4, (uint16_t)form.type);
		mm_store_u16(row.bytes + 6, (uint16_t)attr);
		mm_store_u64(row.bytes + 8, base);
		mm_store_u64(row.bytes + 16, length);
		mm_store_u32(row.bytes + 24, place);
		status = mm_policy_ext_insert(x, &x->grants, &row, MM_POLICY_GRANTS_MAX, node);
	}
	return status;
}

enum mm_status mm_policy_ext_add_abort(struct extension *x, int node, uint32_t driver)
{
	static const char *const known[] = { "port", "address", "width", "value", NULL };
	struct row row = blank_row;
	bool is_port = mm_policy_source_has(x->source, node, "port");
	const char *property = is_port ? "port" : "address";
	struct pairs pair = { NULL, 4, 0 };
	uint32_t width = 0;
	uint64_t address;
	uint64_t value;
	enum mm_status status = mm_policy_source_check_node(x->source, node, known, false);

	if (status == MM_OK && is_port && mm_policy_source_has(x->source, node, "address"))
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, "address", 0);
	if (status == MM_OK)
		status = mm_policy_source_read_u32(x->source, node, "width", 1, 8, &width);
	if (status == MM_E_NOT_FOUND)
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_MISSING, node, "width", 0);
	/* (place, value) is one pair: of cells for a port, of 64-bit cells for memory. */
	if (status == MM_OK)
		status = mm_policy_source_read_pairs(x->source, node, property, is_port ? 4 : 8, &pair);
	if (status != MM_OK)
		return status;
	if (pair.count != 1u)
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_SHAPE, node, property, pair.count);
	mm_policy_source_pair(&pair, 0, &address, &value);
	mm_store_u32(row.bytes, driver);
	mm_store_u16(row.bytes + 4, is_port ? MM_POLICY_PORT : MM_POLICY_MEMORY);
	mm_store_u16(row.bytes + 6, (uint16_t)width);
	mm_store_u64(row.bytes + 8, address);
	mm_store_u64(row.bytes + 16, value);
	return mm_policy_ext_insert(x, &x->aborts, &row, MM_POLICY_ABORTS_MAX, node);
}
