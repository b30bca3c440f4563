/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the files of this room share. Every reader refuses through mm_policy_source_refuse(), so that errors have a
 * place. */
#include <libfdt.h>

#include "mm/policy_fdt/convert.h"

struct source {
	const void *fdt;
	struct mm_policy_fdt_error *error; /* may be NULL */
};

/* The blob as it grows. Once something does not fit, `full` stays set and nothing more is written. */
struct sink {
	uint8_t *data;
	size_t capacity;
	size_t count;
	bool full;
};

void mm_policy_sink_u8(struct sink *sink, uint32_t v);
void mm_policy_sink_u16(struct sink *sink, uint32_t v);
void mm_policy_sink_u32(struct sink *sink, uint32_t v);
void mm_policy_sink_u64(struct sink *sink, uint64_t v);
void mm_policy_sink_bytes(struct sink *sink, const void *bytes, size_t count);
/* Overwrites four bytes that were written before. */
void mm_policy_sink_patch_u32(struct sink *sink, size_t at, uint32_t v);

/* A word of the binding and the number it stands for. */
struct word {
	const char *text;
	uint32_t value;
};

enum mm_status mm_policy_source_refuse(const struct source *source, enum mm_status status, int node,
				       const char *property, uint64_t value);

/* Refuses properties not in `known`, and nodes when `has_children` is false. `known` ends with NULL. */
enum mm_status mm_policy_source_check_node(const struct source *source, int node, const char *const *known,
					   bool has_children);

bool mm_policy_source_has(const struct source *source, int node, const char *property);

/* A property without a value. MM_OK (present or not), MM_E_POLICY_SOURCE_SHAPE. */
enum mm_status mm_policy_source_read_flag(const struct source *source, int node, const char *property, bool *ret_set);

/* One cell, `least` to `most`. MM_E_NOT_FOUND when absent; _SHAPE, _VALUE. */
enum mm_status mm_policy_source_read_u32(const struct source *source, int node, const char *property, uint32_t least,
					 uint32_t most, uint32_t *ret_value);

/* One string, valid while the tree is. MM_E_NOT_FOUND when absent; _SHAPE. */
enum mm_status mm_policy_source_read_text(const struct source *source, int node, const char *property,
					  const char **ret_text);

/* A GUID in its printed form. MM_E_POLICY_SOURCE_MISSING when absent; _SHAPE. */
enum mm_status mm_policy_source_read_guid(const struct source *source, int node, const char *property, int index,
					  uint8_t ret_guid[16]);

/* One word. MM_E_NOT_FOUND when absent; _SHAPE, _WORD. */
enum mm_status mm_policy_source_read_word(const struct source *source, int node, const char *property,
					  const struct word *words, size_t count, uint32_t *ret_value);

/* A list of words, or-ed together. MM_E_NOT_FOUND when absent; _SHAPE, _WORD. */
enum mm_status mm_policy_source_read_words(const struct source *source, int node, const char *property,
					   const struct word *words, size_t count, uint32_t *ret_value);

/* What an entry or a grant speaks about: (base, length) pairs of 32-bit cells, or of 64-bit ones for memory. */
struct pairs {
	const uint8_t *cells;
	uint32_t cell_bytes;
	uint32_t count;
};

enum mm_status mm_policy_source_read_pairs(const struct source *source, int node, const char *property,
					   uint32_t cell_bytes, struct pairs *ret_pairs);
void mm_policy_source_pair(const struct pairs *pairs, uint32_t index, uint64_t *ret_base, uint64_t *ret_length);

/* Each child of `parent` in turn: for (n = mm_policy_source_first(s, p); n >= 0; n = mm_policy_source_next(s, n)). */
int mm_policy_source_first(const struct source *source, int parent);
int mm_policy_source_next(const struct source *source, int node);

/* READ, WRITE and so on from "access" and "strict-width", kept within `allowed`; `fallback` when "access" is absent. */
enum mm_status mm_policy_source_read_access(const struct source *source, int node, uint32_t allowed, uint32_t fallback,
					    uint32_t *ret_attr);

/* The five kinds of root. */
struct root_kind {
	const char *node;
	enum mm_policy_type type;
	uint32_t descriptor_bytes;
};
#define ROOT_KINDS 5u
extern const struct root_kind mm_policy_root_kinds[ROOT_KINDS];

/* NULL when the node is no root. */
const struct root_kind *mm_policy_root_kind(const struct source *source, int node);

/* Descriptors that an entry node makes. */
enum mm_status mm_policy_count_entries(const struct source *source, const struct root_kind *kind, int node,
				       uint32_t *ret_count);
enum mm_status mm_policy_write_entry(const struct source *source, const struct root_kind *kind, int node,
				     struct sink *sink);

/* True if the tree says anything that v1.0 cannot. */
bool mm_policy_needs_extension(const struct source *source);
enum mm_status mm_policy_write_extension(const struct source *source, struct sink *sink);
