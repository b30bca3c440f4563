/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Complaints: file and line, node or offset, field, value, and the rule that is broken. */
#include <inttypes.h>
#include <string.h>

#include "mmpolicy.h"

/* One complaint, in words or as JSON. `node` may be "". */
struct complaint {
	const char *file;
	const char *line; /* "FILE:LINE" or "" */
	const char *node;
	const char *field;
	bool has_offset;
	uint64_t offset;
	uint64_t value;
	enum mm_status status;
};

static void print_json(const struct complaint *c)
{
	fprintf(stderr, "{\"file\": ");
	print_quoted(stderr, c->file);
	fprintf(stderr, ", \"place\": ");
	print_quoted(stderr, c->line);
	fprintf(stderr, ", \"node\": ");
	print_quoted(stderr, c->node);
	if (c->has_offset)
		fprintf(stderr, ", \"offset\": %" PRIu64, c->offset);
	fprintf(stderr, ", \"field\": ");
	print_quoted(stderr, c->field);
	fprintf(stderr, ", \"value\": %" PRIu64 ", \"status\": \"%s\", \"rule\": ", c->value,
		mm_status_name(c->status));
	print_quoted(stderr, mm_status_text(c->status));
	fprintf(stderr, "}\n");
}

static void print_complaint(const struct options *options, const struct complaint *c)
{
	if (options->json) {
		print_json(c);
		return;
	}
	fprintf(stderr, "mmpolicy: %s:", c->line[0] != 0 ? c->line : c->file);
	if (c->node[0] != 0)
		fprintf(stderr, " %s:", c->node);
	if (c->has_offset)
		fprintf(stderr, " offset 0x%" PRIx64 ",", c->offset);
	if (c->field[0] != 0)
		fprintf(stderr, " %s (0x%" PRIx64 "):", c->field, c->value);
	fprintf(stderr, " %s (%s)\n", mm_status_text(c->status), mm_status_name(c->status));
}

/* The node that states the descriptor at `offset`, if the policy came from a tree and the offset is in a root. */
static void find_node(const struct loaded *loaded, uint64_t offset, char ret_node[MM_POLICY_FDT_PATH_BYTES])
{
	static const uint32_t widths[] = { 0, 0x18, 8, 8, 8, 0x10 };
	const uint8_t *blob = loaded->section.data;
	uint32_t roots = mm_load_u32(blob + offsetof(struct mm_policy_wire_header, root_count));
	uint32_t i;

	ret_node[0] = 0;
	/* The converter wrote these bytes, so its root table is where it always is. */
	for (i = 0; loaded->dtb.data != NULL && i < roots; i++) {
		const uint8_t *root =
			blob + sizeof(struct mm_policy_wire_header) + i * sizeof(struct mm_policy_wire_root);
		uint32_t type = mm_load_u32(root + offsetof(struct mm_policy_wire_root, type));
		uint32_t first = mm_load_u32(root + offsetof(struct mm_policy_wire_root, offset));
		uint32_t count = mm_load_u32(root + offsetof(struct mm_policy_wire_root, count));

		if (offset >= first && offset < first + (uint64_t)count * widths[type])
			(void)mm_policy_fdt_find_entry(mm_bytes(loaded->dtb.data, loaded->dtb.bytes),
						       (enum mm_policy_type)type,
						       (uint32_t)((offset - first) / widths[type]), ret_node);
	}
}

void report_refusal(const struct options *options, const struct loaded *loaded, enum mm_status status,
		    const struct mm_refusal *refusal)
{
	char node[MM_POLICY_FDT_PATH_BYTES];
	char line[512] = "";
	struct complaint complaint = { loaded->path,	line,		node,  refusal->field, true,
				       refusal->offset, refusal->value, status };

	find_node(loaded, refusal->offset, node);
	if (node[0] != 0)
		locate_node(options, loaded->path, node, "", line, sizeof(line));
	print_complaint(options, &complaint);
}

void report_source_error(const struct options *options, const char *path, enum mm_status status,
			 const struct mm_policy_fdt_error *error)
{
	char line[512] = "";
	struct complaint complaint = { path, line, error->node, error->property, false, 0, error->value, status };

	if (error->node[0] != 0)
		locate_node(options, path, error->node, error->property, line, sizeof(line));
	print_complaint(options, &complaint);
}
