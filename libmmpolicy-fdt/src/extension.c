/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The extension. Rows are inserted in the order the layout demands; their strings are first kept as offsets
 * into the device tree and become offsets into the string table at the very end, in row order, so that the
 * same policy always yields the same bytes.
 */
#include "mm/policy/extension.h"

#include "internal.h"

#define ROW_MAX 0x20u

struct table {
	size_t at; /* in the sink */
	uint32_t count;
	uint32_t record_bytes;
};

struct extension {
	const struct source *source;
	struct sink *sink;
	size_t start;
	struct table reasons;
	struct table domains;
	struct table drivers;
	struct table grants;
	struct table routes;
	struct table aborts;
};

/* A row under construction. */
struct row {
	uint8_t bytes[ROW_MAX];
};

static const struct row blank_row;

static void begin_table(struct extension *x, struct table *table, uint32_t record_bytes)
{
	table->at = x->sink->count;
	table->count = 0;
	table->record_bytes = record_bytes;
}

static uint8_t *row_at(const struct extension *x, const struct table *table, uint32_t index)
{
	return x->sink->data + table->at + (size_t)index * table->record_bytes;
}

static uint64_t grant_key(const uint8_t *row)
{
	uint64_t strict = (mm_load_u16(row + 6) & MM_POLICY_STRICT_WIDTH) != 0;

	return (uint64_t)mm_load_u32(row) << 32 | (uint64_t)mm_load_u16(row + 4) << 1 | strict;
}

static bool grant_before(const uint8_t *a, const uint8_t *b)
{
	if (grant_key(a) != grant_key(b))
		return grant_key(a) < grant_key(b);
	if (mm_load_u64(a + 8) != mm_load_u64(b + 8))
		return mm_load_u64(a + 8) < mm_load_u64(b + 8);
	return mm_load_u64(a + 16) < mm_load_u64(b + 16);
}

static int compare_bytes(const uint8_t *a, const uint8_t *b, size_t count)
{
	size_t i = 0;

	while (i < count && a[i] == b[i])
		i++;
	return i == count ? 0 : (int)a[i] - (int)b[i];
}

/* With its terminating zero. */
static size_t text_bytes(const char *text)
{
	size_t count = 0;

	while (text[count] != 0)
		count++;
	return count + 1u;
}

static bool row_before(const struct extension *x, const struct table *table, const uint8_t *a, const uint8_t *b)
{
	if (table == &x->grants)
		return grant_before(a, b);
	if (table == &x->aborts)
		return mm_load_u32(a) < mm_load_u32(b);
	if (table == &x->drivers || table == &x->routes)
		return compare_bytes(a, b, 16) < 0;
	return false;
}

/* Inserts behind all rows that are not greater, so that equal rows keep the order of the source. */
static enum mm_status insert_row(struct extension *x, struct table *table, const struct row *row, uint32_t max,
				 int node)
{
	uint32_t at;

	if (table->count == max)
		return source_refuse(x->source, MM_E_LIMIT, node, "", max);
	mm_policy_sink_bytes(x->sink, row->bytes, table->record_bytes);
	if (x->sink->full)
		return source_refuse(x->source, MM_E_BUFFER_TOO_SMALL, node, "", x->sink->capacity);
	for (at = table->count++; at > 0 && row_before(x, table, row->bytes, row_at(x, table, at - 1u)); at--)
		mm_bytes_copy(row_at(x, table, at), row_at(x, table, at - 1u), table->record_bytes);
	mm_bytes_copy(row_at(x, table, at), row->bytes, table->record_bytes);
	return MM_OK;
}

/* The place of a text in the tree; 0, which is the tree's own header, stands for no text. */
static uint32_t text_place(const struct extension *x, const char *text)
{
	return (uint32_t)(text - (const char *)x->source->fdt);
}

static enum mm_status read_reason(const struct extension *x, int node, uint32_t *ret_place)
{
	const char *text;
	const char *at;
	enum mm_status status = source_read_text(x->source, node, "reason", &text);

	*ret_place = 0;
	if (status == MM_E_NOT_FOUND)
		return MM_OK;
	if (status != MM_OK)
		return status;
	for (at = text; *at != 0; at++) {
		if (*at < 0x20 || *at > 0x7e)
			return source_refuse(x->source, MM_E_POLICY_SOURCE_VALUE, node, "reason", (uint8_t)*at);
	}
	*ret_place = *text == 0 ? 0 : text_place(x, text);
	return MM_OK;
}

static enum mm_status add_reasons_of(struct extension *x, const struct root_kind *kind, int root)
{
	uint32_t entry = 0;
	int node;

	for (node = source_first(x->source, root); node >= 0; node = source_next(x->source, node)) {
		uint32_t place = 0;
		uint32_t count = 0;
		enum mm_status status = read_reason(x, node, &place);

		if (status == MM_OK)
			status = mm_policy_count_entries(x->source, kind, node, &count);
		for (; status == MM_OK && count > 0; count--, entry++) {
			struct row row = blank_row;

			mm_store_u32(row.bytes, kind->type);
			mm_store_u32(row.bytes + 4, entry);
			mm_store_u32(row.bytes + 8, place);
			if (place != 0)
				status = insert_row(x, &x->reasons, &row, UINT32_MAX, node);
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

	begin_table(x, &x->reasons, sizeof(struct mm_policy_wire_reason));
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
	enum mm_status status = source_read_u32(x->source, node, property, least, UINT32_MAX, &value);

	mm_store_u32(ret_field, value);
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

static enum mm_status read_domain_flags(const struct extension *x, int node, uint8_t *ret_field)
{
	bool suffice = false;
	bool restartable = false;
	enum mm_status status = source_read_flag(x->source, node, "roots-suffice", &suffice);

	if (status == MM_OK)
		status = source_read_flag(x->source, node, "restartable", &restartable);
	if (status == MM_OK && suffice && fdt_subnode_offset(x->source->fdt, node, "grants") >= 0)
		return source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, "roots-suffice", 0);
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

	for (child = source_first(x->source, node); child >= 0; child = source_next(x->source, child)) {
		if (child != a && child != b)
			return source_refuse(x->source, MM_E_POLICY_SOURCE_NODE, child, "", 0);
	}
	return MM_OK;
}

static enum mm_status add_domain(struct extension *x, int node)
{
	static const char *const known[] = { "roots-suffice", "restartable",	  "page-quota", "activation-budget-us",
					     "smi-budget-us", "second-budget-us", "routes",	NULL };
	struct row row = blank_row;
	enum mm_status status = source_check_node(x->source, node, known, true);

	if (status == MM_OK)
		status = check_children(x, node, "grants", "drivers");
	mm_store_u32(row.bytes, text_place(x, fdt_get_name(x->source->fdt, node, NULL)));
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
	return status == MM_OK ? insert_row(x, &x->domains, &row, MM_POLICY_DOMAINS_MAX, node) : status;
}

static enum mm_status add_driver(struct extension *x, int node, uint32_t domain)
{
	static const char *const known[] = { "guid", "restartable", NULL };
	struct row row = blank_row;
	bool restartable = false;
	enum mm_status status = source_check_node(x->source, node, known, true);

	if (status == MM_OK)
		status = check_children(x, node, "grants", "on-abort");
	if (status == MM_OK)
		status = source_read_guid(x->source, node, "guid", 0, row.bytes);
	if (status == MM_OK)
		status = source_read_flag(x->source, node, "restartable", &restartable);
	mm_store_u32(row.bytes + 16, domain);
	mm_store_u32(row.bytes + 20, text_place(x, fdt_get_name(x->source->fdt, node, NULL)));
	mm_store_u32(row.bytes + 24, restartable ? MM_POLICY_DRIVER_RESTARTABLE : 0);
	return status == MM_OK ? insert_row(x, &x->drivers, &row, MM_POLICY_DRIVERS_MAX, node) : status;
}

/* The index of a driver node whose row was inserted before. */
static uint32_t driver_index(const struct extension *x, int node)
{
	uint8_t guid[16] = { 0 };
	uint32_t i;

	(void)source_read_guid(x->source, node, "guid", 0, guid); /* was read for the row */
	for (i = 0; i < x->drivers.count; i++) {
		if (compare_bytes(row_at(x, &x->drivers, i), guid, sizeof(guid)) == 0)
			break;
	}
	return i;
}

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
		if (source_has(x->source, node, forms[i].property)) {
			*ret_form = forms[i];
			found++;
		}
	}
	if (found == 0)
		return source_refuse(x->source, MM_E_POLICY_SOURCE_MISSING, node, "ports", 0);
	return found == 1u ? MM_OK
			   : source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, ret_form->property, found);
}

static enum mm_status add_grant(struct extension *x, int node, uint32_t owner)
{
	static const char *const known[] = { "ports", "msrs", "regions", "access", "strict-width", "reason", NULL };
	struct row row = blank_row;
	struct grant_form form;
	struct pairs pairs = { NULL, 4, 0 };
	uint32_t attr = 0;
	uint32_t place = 0;
	uint32_t i;
	enum mm_status status = source_check_node(x->source, node, known, false);

	if (status == MM_OK)
		status = grant_form(x, node, &form);
	if (status == MM_OK)
		status = source_read_pairs(x->source, node, form.property, form.cell_bytes, &pairs);
	if (status == MM_OK)
		status = source_read_access(x->source, node,
					    MM_POLICY_READ | MM_POLICY_WRITE |
						    (form.type == MM_POLICY_PORT ? MM_POLICY_STRICT_WIDTH : 0),
					    0, &attr);
	if (status == MM_OK)
		status = read_reason(x, node, &place);
	for (i = 0; status == MM_OK && i < pairs.count; i++) {
		uint64_t base;
		uint64_t length;

		source_pair(&pairs, i, &base, &length);
		mm_store_u32(row.bytes, owner);
		mm_store_u16(row.bytes + 4, (uint16_t)form.type);
		mm_store_u16(row.bytes + 6, (uint16_t)attr);
		mm_store_u64(row.bytes + 8, base);
		mm_store_u64(row.bytes + 16, length);
		mm_store_u32(row.bytes + 24, place);
		status = insert_row(x, &x->grants, &row, MM_POLICY_GRANTS_MAX, node);
	}
	return status;
}

static enum mm_status add_abort(struct extension *x, int node, uint32_t driver)
{
	static const char *const known[] = { "port", "address", "width", "value", NULL };
	struct row row = blank_row;
	bool is_port = source_has(x->source, node, "port");
	const char *property = is_port ? "port" : "address";
	struct pairs pair = { NULL, 4, 0 };
	uint32_t width = 0;
	uint64_t address;
	uint64_t value;
	enum mm_status status = source_check_node(x->source, node, known, false);

	if (status == MM_OK && is_port && source_has(x->source, node, "address"))
		return source_refuse(x->source, MM_E_POLICY_SOURCE_TWICE, node, "address", 0);
	if (status == MM_OK)
		status = source_read_u32(x->source, node, "width", 1, 8, &width);
	if (status == MM_E_NOT_FOUND)
		return source_refuse(x->source, MM_E_POLICY_SOURCE_MISSING, node, "width", 0);
	/* (place, value) is one pair: of cells for a port, of 64-bit cells for memory. */
	if (status == MM_OK)
		status = source_read_pairs(x->source, node, property, is_port ? 4 : 8, &pair);
	if (status != MM_OK)
		return status;
	if (pair.count != 1u)
		return source_refuse(x->source, MM_E_POLICY_SOURCE_SHAPE, node, property, pair.count);
	source_pair(&pair, 0, &address, &value);
	mm_store_u32(row.bytes, driver);
	mm_store_u16(row.bytes + 4, is_port ? MM_POLICY_PORT : MM_POLICY_MEMORY);
	mm_store_u16(row.bytes + 6, (uint16_t)width);
	mm_store_u64(row.bytes + 8, address);
	mm_store_u64(row.bytes + 16, value);
	return insert_row(x, &x->aborts, &row, MM_POLICY_ABORTS_MAX, node);
}

static enum mm_status add_routes(struct extension *x, int node, uint32_t domain)
{
	int texts = fdt_stringlist_count(x->source->fdt, node, "routes");
	enum mm_status status = MM_OK;
	int i;

	if (texts < 0 && source_has(x->source, node, "routes"))
		return source_refuse(x->source, MM_E_POLICY_SOURCE_SHAPE, node, "routes", 0);
	for (i = 0; i < texts && status == MM_OK; i++) {
		struct row row = blank_row;

		status = source_read_guid(x->source, node, "routes", i, row.bytes);
		mm_store_u32(row.bytes + 16, domain);
		if (status == MM_OK)
			status = insert_row(x, &x->routes, &row, MM_POLICY_ROUTES_MAX, node);
	}
	return status;
}

typedef enum mm_status add_leaf(struct extension *x, int node, uint32_t owner);

/* `add` for each child of the child `name` of `node`; the holder itself has no properties. */
static enum mm_status add_children(struct extension *x, int node, const char *name, uint32_t owner, add_leaf *add)
{
	static const char *const known[] = { NULL };
	int holder = fdt_subnode_offset(x->source->fdt, node, name);
	enum mm_status status;
	int child;

	if (holder < 0)
		return MM_OK;
	status = source_check_node(x->source, holder, known, true);
	for (child = source_first(x->source, holder); child >= 0 && status == MM_OK;
	     child = source_next(x->source, child))
		status = add(x, child, owner);
	return status;
}

static enum mm_status add_domain_drivers(struct extension *x, int node, uint32_t domain)
{
	return add_children(x, node, "drivers", domain, add_driver);
}

static enum mm_status add_driver_grants(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return add_children(x, node, "grants", MM_POLICY_OWNER_DRIVER | driver_index(x, node), add_grant);
}

static enum mm_status add_domain_grants(struct extension *x, int node, uint32_t domain)
{
	enum mm_status status = add_children(x, node, "grants", domain, add_grant);

	return status == MM_OK ? add_children(x, node, "drivers", domain, add_driver_grants) : status;
}

static enum mm_status add_driver_aborts(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return add_children(x, node, "on-abort", driver_index(x, node), add_abort);
}

static enum mm_status add_domain_aborts(struct extension *x, int node, uint32_t domain)
{
	return add_children(x, node, "drivers", domain, add_driver_aborts);
}

static enum mm_status add_domain_row(struct extension *x, int node, uint32_t domain)
{
	(void)domain;
	return add_domain(x, node);
}

static enum mm_status for_each_domain(struct extension *x, add_leaf *add)
{
	int holder = fdt_subnode_offset(x->source->fdt, 0, "domains");
	enum mm_status status = MM_OK;
	uint32_t domain = 0;
	int node;

	if (holder < 0)
		return MM_OK;
	for (node = source_first(x->source, holder); node >= 0 && status == MM_OK; node = source_next(x->source, node))
		status = add(x, node, domain++);
	return status;
}

static enum mm_status add_tables(struct extension *x)
{
	static const char *const known[] = { NULL };
	int holder = fdt_subnode_offset(x->source->fdt, 0, "domains");
	enum mm_status status = add_reasons(x);

	if (status == MM_OK && holder >= 0)
		status = source_check_node(x->source, holder, known, true);
	begin_table(x, &x->domains, sizeof(struct mm_policy_wire_domain));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_row);
	begin_table(x, &x->drivers, sizeof(struct mm_policy_wire_driver));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_drivers);
	begin_table(x, &x->grants, sizeof(struct mm_policy_wire_grant));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_grants);
	begin_table(x, &x->routes, sizeof(struct mm_policy_wire_route));
	if (status == MM_OK)
		status = for_each_domain(x, add_routes);
	begin_table(x, &x->aborts, sizeof(struct mm_policy_wire_abort));
	if (status == MM_OK)
		status = for_each_domain(x, add_domain_aborts);
	return status;
}

/* The offset of `text` in the string table that begins at `strings` and grows at the sink's end. */
static uint32_t intern(struct extension *x, size_t strings, const char *text)
{
	size_t bytes = text_bytes(text);
	size_t at = strings;

	while (at < x->sink->count) {
		const char *have = (const char *)x->sink->data + at;
		size_t have_bytes = text_bytes(have);

		if (have_bytes == bytes && compare_bytes((const uint8_t *)have, (const uint8_t *)text, bytes) == 0)
			return (uint32_t)(at - strings);
		at += have_bytes;
	}
	mm_policy_sink_bytes(x->sink, text, bytes);
	return (uint32_t)(at - strings);
}

static void intern_column(struct extension *x, size_t strings, const struct table *table, uint32_t column)
{
	uint32_t i;

	for (i = 0; i < table->count; i++) {
		uint8_t *field = row_at(x, table, i) + column;
		uint32_t place = mm_load_u32(field);

		mm_store_u32(field, place == 0 ? 0 : intern(x, strings, (const char *)x->source->fdt + place));
	}
}

static uint32_t write_strings(struct extension *x)
{
	size_t strings = x->sink->count;

	mm_policy_sink_u8(x->sink, 0);
	intern_column(x, strings, &x->reasons, offsetof(struct mm_policy_wire_reason, text));
	intern_column(x, strings, &x->domains, offsetof(struct mm_policy_wire_domain, name));
	intern_column(x, strings, &x->drivers, offsetof(struct mm_policy_wire_driver, name));
	intern_column(x, strings, &x->grants, offsetof(struct mm_policy_wire_grant, reason));
	return (uint32_t)(x->sink->count - strings);
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
	uint32_t string_bytes = write_strings(x);

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

static enum mm_status read_protections(const struct source *source, uint32_t *ret_mask)
{
	struct word words[MM_POLICY_PROTECTION_COUNT];
	uint32_t i;

	for (i = 0; i < MM_POLICY_PROTECTION_COUNT; i++) {
		words[i].text = mm_policy_protection_name(i);
		words[i].value = 1u << i;
	}
	return source_read_words(source, 0, "mandatory-protections", words, MM_POLICY_PROTECTION_COUNT, ret_mask);
}

static enum mm_status read_flags(const struct source *source, uint32_t *ret_flags)
{
	bool waive = false;
	bool debug = false;
	enum mm_status status = source_read_flag(source, 0, "waive-rsm-bytes", &waive);

	if (status == MM_OK)
		status = source_read_flag(source, 0, "runtime-debug", &debug);
	*ret_flags = (waive ? MM_POLICY_FLAG_WAIVE_RSM_BYTES : 0) | (debug ? MM_POLICY_FLAG_RUNTIME_DEBUG : 0);
	return status;
}

static enum mm_status tolerate_absence(enum mm_status status)
{
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

struct settings {
	uint32_t violation;
	uint32_t unblock;
	uint32_t level;
	uint32_t protections;
	uint32_t flags;
	uint32_t quarantine_after;
	uint32_t restart_limit;
};

static enum mm_status read_settings(const struct source *source, struct settings *s)
{
	static const struct word violations[] = { { "quarantine", MM_POLICY_QUARANTINE },
						  { "reset", MM_POLICY_RESET },
						  { "halt", MM_POLICY_HALT } };
	static const struct word unblocks[] = { { "hob-only", MM_POLICY_UNBLOCK_HOB_ONLY },
						{ "until-lock", MM_POLICY_UNBLOCK_UNTIL_LOCK } };
	enum mm_status status =
		tolerate_absence(source_read_word(source, 0, "violation", violations, 3, &s->violation));

	if (status == MM_OK)
		status = tolerate_absence(source_read_word(source, 0, "unblock", unblocks, 2, &s->unblock));
	if (status == MM_OK)
		status = tolerate_absence(source_read_u32(source, 0, "isolation-level", 10, 30, &s->level));
	if (status == MM_OK && s->level % 10u != 0)
		return source_refuse(source, MM_E_POLICY_SOURCE_VALUE, 0, "isolation-level", s->level);
	if (status == MM_OK)
		status = tolerate_absence(read_protections(source, &s->protections));
	if (status == MM_OK)
		status = read_flags(source, &s->flags);
	if (status == MM_OK)
		status = tolerate_absence(
			source_read_u32(source, 0, "quarantine-after", 1, UINT16_MAX, &s->quarantine_after));
	if (status == MM_OK)
		status =
			tolerate_absence(source_read_u32(source, 0, "restart-limit", 0, UINT16_MAX, &s->restart_limit));
	return status;
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
	enum mm_status status = read_settings(source, &settings);

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
		for (node = source_first(source, root); node >= 0; node = source_next(source, node)) {
			if (source_has(source, node, "reason"))
				return true;
		}
	}
	return false;
}

bool mm_policy_needs_extension(const struct source *source)
{
	static const char *const properties[] = { "isolation-level",	   "violation",	       "unblock",
						  "mandatory-protections", "quarantine-after", "restart-limit",
						  "waive-rsm-bytes",	   "runtime-debug" };
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(properties); i++) {
		if (source_has(source, 0, properties[i]))
			return true;
	}
	return fdt_subnode_offset(source->fdt, 0, "domains") >= 0 || has_reason(source);
}
