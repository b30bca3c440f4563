/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Tables of rows in the sink, and the string table that ends them. */
#include "extension.h"

void mm_policy_ext_begin_table(struct extension *x, struct table *table, uint32_t record_bytes)
{
	table->at = x->sink->count;
	table->count = 0;
	table->record_bytes = record_bytes;
}

uint8_t *mm_policy_ext_row(const struct extension *x, const struct table *table, uint32_t index)
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

int mm_policy_ext_compare(const uint8_t *a, const uint8_t *b, size_t count)
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
		return mm_policy_ext_compare(a, b, 16) < 0;
	return false;
}

enum mm_status mm_policy_ext_insert(struct extension *x, struct table *table, const struct row *row, uint32_t max,
				    int node)
{
	uint32_t at;

	if (table->count == max)
		return mm_policy_source_refuse(x->source, MM_E_LIMIT, node, "", max);
	mm_policy_sink_bytes(x->sink, row->bytes, table->record_bytes);
	if (x->sink->full)
		return mm_policy_source_refuse(x->source, MM_E_BUFFER_TOO_SMALL, node, "", x->sink->capacity);
	for (at = table->count++; at > 0 && row_before(x, table, row->bytes, mm_policy_ext_row(x, table, at - 1u));
	     at--)
		mm_bytes_copy(mm_policy_ext_row(x, table, at), mm_policy_ext_row(x, table, at - 1u),
			      table->record_bytes);
	mm_bytes_copy(mm_policy_ext_row(x, table, at), row->bytes, table->record_bytes);
	return MM_OK;
}

uint32_t mm_policy_ext_text_place(const struct extension *x, const char *text)
{
	return (uint32_t)(text - (const char *)x->source->fdt);
}

enum mm_status mm_policy_ext_read_reason(const struct extension *x, int node, uint32_t *ret_place)
{
	const char *text;
	const char *at;
	enum mm_status status = mm_policy_source_read_text(x->source, node, "reason", &text);

	*ret_place = 0;
	if (status == MM_E_NOT_FOUND)
		return MM_OK;
	if (status != MM_OK)
		return status;
	for (at = text; *at != 0; at++) {
		if (*at < 0x20 || *at > 0x7e)
			return mm_policy_source_refuse(x->source, MM_E_POLICY_SOURCE_VALUE, node, "reason",
						       (uint8_t)*at);
	}
	*ret_place = *text == 0 ? 0 : mm_policy_ext_text_place(x, text);
	return MM_OK;
}

/* The offset of `text` in the string table that begins at `strings` and grows at the sink's end. */
static uint32_t intern(struct extension *x, size_t strings, const char *text)
{
	size_t bytes = text_bytes(text);
	size_t at = strings;

	while (at < x->sink->count) {
		const char *have = (const char *)x->sink->data + at;
		size_t have_bytes = text_bytes(have);

		if (have_bytes == bytes &&
		    mm_policy_ext_compare((const uint8_t *)have, (const uint8_t *)text, bytes) == 0)
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
		uint8_t *field = mm_policy_ext_row(x, table, i) + column;
		uint32_t place = mm_load_u32(field);

		mm_store_u32(field, place == 0 ? 0 : intern(x, strings, (const char *)x->source->fdt + place));
	}
}

uint32_t mm_policy_ext_write_strings(struct extension *x)
{
	size_t strings = x->sink->count;

	mm_policy_sink_u8(x->sink, 0);
	intern_column(x, strings, &x->reasons, offsetof(struct mm_policy_wire_reason, text));
	intern_column(x, strings, &x->domains, offsetof(struct mm_policy_wire_domain, name));
	intern_column(x, strings, &x->drivers, offsetof(struct mm_policy_wire_driver, name));
	intern_column(x, strings, &x->grants, offsetof(struct mm_policy_wire_grant, reason));
	return (uint32_t)(x->sink->count - strings);
}
