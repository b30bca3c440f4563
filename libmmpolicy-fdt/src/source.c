/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading properties: each reader knows one form and refuses every other. */
#include "mm/base/guid.h"

#include "internal.h"

static void copy_cut(char *ret_text, size_t capacity, const char *text)
{
	size_t i;

	for (i = 0; i + 1u < capacity && text[i] != 0; i++)
		ret_text[i] = text[i];
	ret_text[i] = 0;
}

enum mm_status mm_policy_source_refuse(const struct source *source, enum mm_status status, int node,
				       const char *property, uint64_t value)
{
	struct mm_policy_fdt_error *error = source->error;

	if (error == NULL)
		return status;
	error->node[0] = 0;
	if (node >= 0 && fdt_get_path(source->fdt, node, error->node, sizeof(error->node)) < 0)
		copy_cut(error->node, sizeof(error->node), "(path too long)");
	copy_cut(error->property, sizeof(error->property), property);
	error->value = value;
	return status;
}

static bool same_text(const char *a, const char *b)
{
	while (*a != 0 && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static bool is_known(const char *name, const char *const *known)
{
	for (; *known != NULL; known++) {
		if (same_text(name, *known))
			return true;
	}
	return false;
}

enum mm_status mm_policy_source_check_node(const struct source *source, int node, const char *const *known,
					   bool has_children)
{
	int property;

	for (property = fdt_first_property_offset(source->fdt, node); property >= 0;
	     property = fdt_next_property_offset(source->fdt, property)) {
		const char *name = NULL;

		if (fdt_getprop_by_offset(source->fdt, property, &name, NULL) == NULL || name == NULL)
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, node, "", 0);
		if (!is_known(name, known))
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_PROPERTY, node, name, 0);
	}
	if (property != -FDT_ERR_NOTFOUND)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, node, "", (uint64_t)-property);
	if (!has_children && mm_policy_source_first(source, node) >= 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_NODE, mm_policy_source_first(source, node),
					       "", 0);
	return MM_OK;
}

bool mm_policy_source_has(const struct source *source, int node, const char *property)
{
	return fdt_getprop(source->fdt, node, property, NULL) != NULL;
}

enum mm_status mm_policy_source_read_flag(const struct source *source, int node, const char *property, bool *ret_set)
{
	int length = 0;
	bool set = fdt_getprop(source->fdt, node, property, &length) != NULL;

	if (set && length != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, (uint64_t)length);
	*ret_set = set;
	return MM_OK;
}

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

enum mm_status mm_policy_source_read_u32(const struct source *source, int node, const char *property, uint32_t least,
					 uint32_t most, uint32_t *ret_value)
{
	int length = 0;
	const uint8_t *cell = fdt_getprop(source->fdt, node, property, &length);
	uint32_t value;

	if (cell == NULL)
		return MM_E_NOT_FOUND;
	if (length != 4)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, (uint64_t)length);
	value = load_be32(cell);
	if (value < least || value > most)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_VALUE, node, property, value);
	*ret_value = value;
	return MM_OK;
}

enum mm_status mm_policy_source_read_text(const struct source *source, int node, const char *property,
					  const char **ret_text)
{
	const char *text;

	if (!mm_policy_source_has(source, node, property))
		return MM_E_NOT_FOUND;
	if (fdt_stringlist_count(source->fdt, node, property) != 1)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, 0);
	text = fdt_stringlist_get(source->fdt, node, property, 0, NULL);
	*ret_text = text;
	return MM_OK;
}

enum mm_status mm_policy_source_read_guid(const struct source *source, int node, const char *property, int index,
					  uint8_t ret_guid[16])
{
	int length = 0;
	const char *text = fdt_stringlist_get(source->fdt, node, property, index, &length);
	struct mm_guid guid;

	if (text == NULL)
		return mm_policy_source_refuse(source,
					       mm_policy_source_has(source, node, property)
						       ? MM_E_POLICY_SOURCE_SHAPE
						       : MM_E_POLICY_SOURCE_MISSING,
					       node, property, 0);
	if (mm_guid_parse(text, (size_t)length, &guid) != MM_OK)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, (uint64_t)length);
	mm_guid_store(ret_guid, &guid);
	return MM_OK;
}

static bool find_word(const struct word *words, size_t count, const char *text, uint32_t *ret_value)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (same_text(words[i].text, text)) {
			*ret_value = words[i].value;
			return true;
		}
	}
	return false;
}

enum mm_status mm_policy_source_read_word(const struct source *source, int node, const char *property,
					  const struct word *words, size_t count, uint32_t *ret_value)
{
	const char *text;
	enum mm_status status = mm_policy_source_read_text(source, node, property, &text);

	if (status != MM_OK)
		return status;
	if (!find_word(words, count, text, ret_value))
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_WORD, node, property, 0);
	return MM_OK;
}

enum mm_status mm_policy_source_read_words(const struct source *source, int node, const char *property,
					   const struct word *words, size_t count, uint32_t *ret_value)
{
	int texts;
	int i;
	uint32_t all = 0;

	if (!mm_policy_source_has(source, node, property))
		return MM_E_NOT_FOUND;
	texts = fdt_stringlist_count(source->fdt, node, property);
	if (texts <= 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, 0);
	for (i = 0; i < texts; i++) {
		uint32_t value = 0;
		const char *text = fdt_stringlist_get(source->fdt, node, property, i, NULL);

		if (text == NULL || !find_word(words, count, text, &value))
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_WORD, node, property, (uint64_t)i);
		all |= value;
	}
	*ret_value = all;
	return MM_OK;
}

enum mm_status mm_policy_source_read_pairs(const struct source *source, int node, const char *property,
					   uint32_t cell_bytes, struct pairs *ret_pairs)
{
	int length = 0;
	const uint8_t *cells = fdt_getprop(source->fdt, node, property, &length);

	if (cells == NULL)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_MISSING, node, property, 0);
	if (length == 0 || (uint32_t)length % (2u * cell_bytes) != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_SHAPE, node, property, (uint64_t)length);
	ret_pairs->cells = cells;
	ret_pairs->cell_bytes = cell_bytes;
	ret_pairs->count = (uint32_t)length / (2u * cell_bytes);
	return MM_OK;
}

static uint64_t load_cell(const uint8_t *cell, uint32_t bytes)
{
	return bytes == 4u ? load_be32(cell) : (uint64_t)load_be32(cell) << 32 | load_be32(cell + 4);
}

void mm_policy_source_pair(const struct pairs *pairs, uint32_t index, uint64_t *ret_base, uint64_t *ret_length)
{
	const uint8_t *cells = pairs->cells + (size_t)index * 2u * pairs->cell_bytes;

	*ret_base = load_cell(cells, pairs->cell_bytes);
	*ret_length = load_cell(cells + pairs->cell_bytes, pairs->cell_bytes);
}

int mm_policy_source_first(const struct source *source, int parent)
{
	return fdt_first_subnode(source->fdt, parent);
}

int mm_policy_source_next(const struct source *source, int node)
{
	return fdt_next_subnode(source->fdt, node);
}

enum mm_status mm_policy_source_read_access(const struct source *source, int node, uint32_t allowed, uint32_t fallback,
					    uint32_t *ret_attr)
{
	static const struct word words[] = {
		{ "read", MM_POLICY_READ },
		{ "write", MM_POLICY_WRITE },
		{ "execute", MM_POLICY_EXECUTE },
		{ "conditional-read", MM_POLICY_COND_READ },
	};
	uint32_t attr = fallback;
	bool strict = false;
	enum mm_status status =
		mm_policy_source_read_words(source, node, "access", words, MM_ARRAY_COUNT(words), &attr);

	if (status == MM_E_NOT_FOUND && fallback == 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_MISSING, node, "access", 0);
	if (status != MM_OK && status != MM_E_NOT_FOUND)
		return status;
	status = mm_policy_source_read_flag(source, node, "strict-width", &strict);
	if (status != MM_OK)
		return status;
	attr |= strict ? MM_POLICY_STRICT_WIDTH : 0;
	if ((attr & ~allowed) != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_VALUE, node,
					       strict ? "strict-width" : "access", attr);
	*ret_attr = attr;
	return MM_OK;
}
