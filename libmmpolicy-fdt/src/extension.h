/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The extension as it is built. Rows are inserted in the order the layout demands; their strings are first kept as
 * offsets into the device tree and become offsets into the string table at the very end, in row order, so that
 * the same policy always yields the same bytes.
 */
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

void mm_policy_ext_begin_table(struct extension *x, struct table *table, uint32_t record_bytes);
uint8_t *mm_policy_ext_row(const struct extension *x, const struct table *table, uint32_t index);

/* Inserts behind all rows that are not greater, so that equal rows keep the order of the source. */
enum mm_status mm_policy_ext_insert(struct extension *x, struct table *table, const struct row *row, uint32_t max,
				    int node);

/* Negative, zero, positive, as memcmp. */
int mm_policy_ext_compare(const uint8_t *a, const uint8_t *b, size_t count);

/* The place of a text in the tree; 0, which is the tree's own header, stands for no text. */
uint32_t mm_policy_ext_text_place(const struct extension *x, const char *text);
enum mm_status mm_policy_ext_read_reason(const struct extension *x, int node, uint32_t *ret_place);

/* Replaces the places of texts by offsets into a string table, which is written here. Returns its bytes. */
uint32_t mm_policy_ext_write_strings(struct extension *x);

/* `add` for each child of the child `name` of `node`; the holder itself has no properties. */
typedef enum mm_status extension_add(struct extension *x, int node, uint32_t owner);
enum mm_status mm_policy_ext_add_children(struct extension *x, int node, const char *name, uint32_t owner,
					  extension_add *add);

/* What a domain or a driver may have: the rows of its grants and of its on-abort writes. */
enum mm_status mm_policy_ext_add_grant(struct extension *x, int node, uint32_t owner);
enum mm_status mm_policy_ext_add_abort(struct extension *x, int node, uint32_t driver);

/* The properties of the root node. */
struct settings {
	uint32_t violation;
	uint32_t unblock;
	uint32_t level;
	uint32_t protections;
	uint32_t flags;
	uint32_t quarantine_after;
	uint32_t restart_limit;
};

/* Overwrites the defaults in `s` with what the source states. */
enum mm_status mm_policy_ext_read_settings(const struct source *source, struct settings *s);
bool mm_policy_ext_has_settings(const struct source *source);
