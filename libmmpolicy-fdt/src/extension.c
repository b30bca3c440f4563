/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The extension: settings, then the tables, then what could only be known at the end. */
#include "mm/policy/extension.h"

#include "extension.h"

static const struct row blank_row;

static enum mm_status add_reasons_of(struct extension *x, const struct root_kind *kind, int root)
{
	uint32_t entry = 0;
	int node;

	for (node = mm_policy_source_first(x->source, root); node >= 0; node = mm_policy_source_next(x->source, node)) {
		uint32_t place = 0;
		uint32_t count = 0;
		enum mm_status status = mm_policy_ext_read_reason(x, node, &place);

		if (status == MM_OK)
			status = mm_policy_count_entries(x->source, kind, node, &count);
		for (; status == MM_OK && count > 0; count--, entry++) {
			struct row row = blank_row;

			mm_store_u32(row.bytes, kind->type);
			mm_store_u32(row.bytes + 4, entry);
			mm_store_u32(row.bytes + 8, place);
			if (place != 0)
				status = mm_policy_ext_insert(x, &x->reasons, &row, UINT32_MAX, node);
		}
		if (status != MM_OK)
			return status;
	}
	return MM_OK;
}

static enum mm_status add_reasons(struct extension *x)
{
	enum mm_status status = MM_OK;
	size_t i;

	mm_policy_ext_begin_table(x, &x->reasons, sizeof(struct mm_policy_wire_reason));
	for (i = 0; i < ROOT_KINDS && status == MM_OK; i++) {
		int root = fdt_subnode_offset(x->source->fdt, 0, mm_policy_root_kinds[i].node);

		if (root >= 0)
			status = add_reasons_of(x, &mm_policy_root_kinds[i], root);
	}
	return status;
}

static enum mm_status read_optional_u32(const struct extension *x, int node, const char *property, uint32_t least,
					uint8_t *ret_field)
{
	uint32_t value = 0;
	enum mm_status status = mm_policy_source_read_u32(x->source, node, property, least, UINT32_MAX, &value);

	mm_store_u32(ret_field, value);
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

static enum mm_status read_domain_flags(const struct extension *x, int node, uint8_t *ret_field)
{
	bool suffice = false;
	bool restartable = false;
	enum mm_status status = mm_policy_source_read_flag(x->source, node, "roots-suffice", &suffice);

	if (status == MM_OK)
		status = mm_policy_source_read_flag(x->source, node, "restartable", &restartable);
	if (status == MM_OK && suffice && fdt_subnode_offset(x->source->fdt, node, "grants") >= 0)
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, "roots-suffice", 0);
	mm_store_u32(ret_field,
		     (suffice ? MM_POLICY_DOMAIN_ROOTS_SUFFICE : 0) | (restartable ? MM_POLICY_DOMAIN_RESTARTABLE : 0));
	return status;
}

/* Below a domain lie "grants" and "drivers", below a driver "grants" and "on-abort", and nothing else. */
static enum mm_status check_children(const struct extension *x, int node, const char *first, const char *second)
{
	int a = fdt_subnode_offset(x->source->fdt, node, first);
	int b = fdt_subnode_offset(x->source->fdt, node, second);
	int child;

	for (child = mm_policy_source_first(x->source, node); child >= 0;
	     child = mm_policy_source_next(x->source, child)) {
		if (child != a && child != b)
			return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_NODE, child, "", 0);
	}
	return MM_OK;
}

static enum mm_status add_domain(struct extension *x, int node)
{
	static const char *const known[] = { "roots-suffice", "restartable",	  "page-quota", "activation-budget-us",
					     "smi-budget-us", "second-budget-us", "routes",	NULL };
	struct row row = blank_row;
	enum mm_status status = mm_policy_source_check_node(x->source, node, known, true);

	if (status == MM_OK)
		status = check_children(x, node, "grants", "drivers");
	mm_store_u32(row.bytes, mm_policy_ext_text_place(x, fdt_get_name(x->source->fdt, node, NULL)));
	if (status == MM_OK)
		status = read_domain_flags(x, node, row.bytes + 4);
	if (status == MM_OK)
		status = read_optional_u32(x, node, "page-quota", 1, row.bytes + 8);
	if (status == MM_OK)
		status = read_optional_u32(x, node, "activation-budget-us", 1, row.bytes + 12);
	if (status == MM_OK)
		status = read_optional_u32(x, node, "smi-budget-us", 1, row.bytes + 16);
	if (status == MM_OK)
		status = read_optional_u32(x, node, "second-budget-us", 1, row.bytes + 20);
	return status == MM_OK ? mm_policy_ext_insert(x, &x->domains, &row, MM_POLICY_DOMAINS_MAX, node) : status;
}

static enum mm_status add_driver(struct extension *x, int node, uint32_t domain)
{
	static const char *const known[] = { "guid", "restartable", NULL };
	struct row row = blank_row;
	bool restartable = false;
	enum mm_status status = mm_policy_source_check_node(x->source, node, known, true);

	if (status == MM_OK)
		status = check_children(x, node, "grants", "on-abort");
	if (status == MM_OK)
		status = mm_policy_source_read_guid(x->source, node, "guid", 0, row.bytes);
	if (status == MM_OK)
		status = mm_policy_source_read_flag(x->source, node, "restartable", &restartable);
	mm_store_u32(row.bytes + 16, domain);
	mm_store_u32(row.bytes + 20, mm_policy_ext_text_place(x, fdt_get_name(x->source->fdt, node, NULL)));
	mm_store_u32(row.bytes + 24, restartable ? MM_POLICY_DRIVER_RESTARTABLE : 0);
	return status == MM_OK ? mm_policy_ext_insert(x, &x->drivers, &row, MM_POLICY_DRIVERS_MAX, node) : status;
}

/* The index of a driver node whose row was inserted before. */
static uint32_t driver_index(const struct extension *x, int node)
{
	uint8_t guid[16] = { 0 };
	uint32_t i;

	(void)mm_policy_source_read_guid(x->source, node, "guid", 0, guid); /* was read for the row */
	for (i = 0; i < x->drivers.count; i++) {
		if (mm_policy_ext_compare(mm_policy_ext_row(x, &x->drivers, i), guid, sizeof(guid)) == 0)
			break;
	}
	return i;
}

static enum mm_status add_routes(struct extension *x, int node, uint32_t domain)
{
	int texts = fdt_stringlist_count(x->source->fdt, node, "routes");
	enum mm_status status = MM_OK;
	int i;

	if (texts < 0 && mm_policy_source_has(x->source, node, "routes"))
		return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_SHAPE, node, "routes", 0);
	for (i = 0; i < texts && status == MM_OK; i++) {
		struct row row = blank_row;

		status = mm_policy_source_read_guid(x->source, node, "routes", i, row.bytes);
		mm_store_u32(row.bytes + 16, domain);
		if (status == MM_OK)
			status = mm_policy_ext_insert(x, &x->routes, &row, MM_POLICY_ROUTES_MAX, node);
	}
	return status;
}

enum mm_status mm_policy_ext_add_children(struct extension *x, int node, const char *name, uint32_t owner,
					  extension_add *add)
{
	static const char *const known[] = { NULL };
	int holder = fdt_subnode_offset(x->source->fdt, node, name);
	enum mm_status status;
	int child;

	if (holder < 0)
		return MM_OK;
	status = mm_policy_source_check_node(x->source, holder, known, true);
	for (child = mm_policy_source_first(x->source, holder); child >= 0 && status == MM_OK;
	     child = mm_policy_source_next(x->source, child))
		status = add(x, child, owner);
	return status;
}

static enum mm_status add_domain_drivers(struct extension *x, int node, uint32_t domain)
{
	return mm_policy_ext_add_children(x, node, "drivers", domain, add_driver);
}

static enum mm_status add_driver_grants(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return mm_policy_ext_add_children(x, node, "grants", MM_POLICY_OWNER_DRIVER | driver_index(x, node),
					  mm_policy_ext_add_grant);
}

static enum mm_status add_domain_grants(struct extension *x, int node, uint32_t domain)
{
	enum mm_status status = mm_policy_ext_add_children(x, node, "grants", domain, mm_policy_ext_add_grant);

	return status == MM_OK ? mm_policy_ext_add_children(x, node, "drivers", domain, add_driver_grants) : status;
}

static enum mm_status add_driver_aborts(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return mm_policy_ext_add_children(x, node, "on-abort", driver_index(x, node), mm_policy_ext_add_abort);
}

static enum mm_status add_domain_aborts(struct extension *x, int node, uint32_t domain)
{
	return mm_policy_ext_add_children(x, node, "drivers", domain, add_driver_aborts);
}

static enum mm_status add_domain_row(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return add_domain(x, node);
}

static enum mm_status for_each_domain(struct extension *x, extension_add *add)
{
	int holder = fdt_subnode_offset(x->source->fdt, 0, "domains");
	enum mm_status status = MM_OK;
	uint32_t domain = 0;
	int node;

	if (holder < 0)
		return MM_OK;
	for (node = mm_policy_source_first(x->source, holder); node >= 0 && status == MM_OK;
	     node = mm_policy_source_next(x->source, node))
		status = add(x, node, domain++);
	return status;
}

static enum mm_status add_tables(struct extension *x)
{
	static const char *const known[] = { NULL };
	int holder = fdt_subnode_offset(x->source->fdt, 0, "domains");
	enum mm_status status = add_reasons(x);

	if (status == MM_OK && holder >= 0)
		status = mm_policy_source_check_node(x->source, holder, known, true);
	mm_policy_ext_begin_table(x, &x->domains, sizeof(struct mm_policy_wire_domain));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_row);
	mm_policy_ext_begin_table(x, &x->drivers, sizeof(struct mm_policy_wire_driver));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_drivers);
	mm_policy_ext_begin_table(x, &x->grants, sizeof(struct mm_policy_wire_grant));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_grants);
	mm_policy_ext_begin_table(x, &x->routes, sizeof(struct mm_policy_wire_route));
	if (status == MM_OK)
		status = for_each_domain(x, add_routes);
	mm_policy_ext_begin_table(x, &x->aborts, sizeof(struct mm_policy_wire_abort));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_aborts);
	return status;
}

static void patch_table(struct extension *x, size_t field, size_t at, uint32_t count)
{
	mm_policy_sink_patch_u32(x->sink, x->start + field, (uint32_t)(at - x->start));
	mm_policy_sink_patch_u32(x->sink, x->start + field + 4u, count);
}

#define AT(field) offsetof(struct mm_policy_wire_extension, field)

static void finish(struct extension *x)
{
	size_t strings = x->sink->count;
	uint32_t string_bytes = mm_policy_ext_write_strings(x);

	while (x->sink->count % 8u != 0 && !x->sink->full)
		mm_policy_sink_u8(x->sink, 0);
	patch_table(x, AT(reasons), x->reasons.at, x->reasons.count);
	patch_table(x, AT(domains), x->domains.at, x->domains.count);
	patch_table(x, AT(drivers), x->drivers.at, x->drivers.count);
	patch_table(x, AT(grants), x->grants.at, x->grants.count);
	patch_table(x, AT(routes), x->routes.at, x->routes.count);
	patch_table(x, AT(aborts), x->aborts.at, x->aborts.count);
	patch_table(x, AT(strings), strings, string_bytes);
	mm_policy_sink_patch_u32(x->sink, x->start + AT(bytes), (uint32_t)(x->sink->count - x->start));
	if (!x->sink->full)
		mm_policy_sink_patch_u32(x->sink, x->start + AT(crc32),
					 mm_policy_extension_crc(x->sink->data + x->start, x->sink->count - x->start));
}

static void write_header(const struct settings *s, struct sink *sink)
{
	uint32_t i;

	mm_policy_sink_u32(sink, MM_POLICY_EXT_MAGIC);
	mm_policy_sink_u16(sink, MM_POLICY_EXT_VERSION_MINOR);
	mm_policy_sink_u16(sink, MM_POLICY_EXT_VERSION_MAJOR);
	mm_policy_sink_u32(sink, 0); /* bytes and crc32 come last */
	mm_policy_sink_u32(sink, 0);
	mm_policy_sink_u8(sink, s->violation);
	mm_policy_sink_u8(sink, s->unblock);
	mm_policy_sink_u8(sink, s->level);
	mm_policy_sink_u8(sink, 0);
	mm_policy_sink_u32(sink, s->protections);
	mm_policy_sink_u32(sink, s->flags);
	mm_policy_sink_u16(sink, s->quarantine_after);
	mm_policy_sink_u16(sink, s->restart_limit);
	for (i = 0; i < 7u; i++)
		mm_policy_sink_u64(sink, 0);
}

enum mm_status mm_policy_write_extension(const struct source *source, struct sink *sink)
{
	struct settings settings = { MM_POLICY_QUARANTINE, MM_POLICY_UNBLOCK_HOB_ONLY, 0, 0, 0, 1, 0 };
	struct extension x = { .source = source, .sink = sink, .start = sink->count };
	enum mm_status status = mm_policy_ext_read_settings(source, &settings);

	if (status != MM_OK)
		return status;
	write_header(&settings, sink);
	status = add_tables(&x);
	if (status == MM_OK && !sink->full)
		finish(&x);
	return status;
}

static bool has_reason(const struct source *source)
{
	size_t i;

	for (i = 0; i < ROOT_KINDS; i++) {
		int root = fdt_subnode_offset(source->fdt, 0, mm_policy_root_kinds[i].node);
		int node;

		if (root < 0)
			continue;
		for (node = mm_policy_source_first(source, root); node >= 0;
		     node = mm_policy_source_next(source, node)) {
			if (mm_policy_source_has(source, node, "reason"))
				return true;
		}
	}
	return false;
}

bool mm_policy_needs_extension(const struct source *source)
{
	return mm_policy_ext_has_settings(source) || fdt_subnode_offset(source->fdt, 0, "domains") >= 0 ||
	       has_reason(source);
}
