/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The v1.0 part: header, roots in the order of their nodes, then the descriptors in the same order. */
#include "internal.h"

struct root_plan {
	const struct root_kind *kind;
	int node;
	uint32_t list_kind;
	uint32_t count;
	uint32_t offset;
};

struct plan {
	struct root_plan roots[ROOT_KINDS];
	uint32_t root_count;
	uint32_t bytes;
};

/* Every pair of a tree costs 8 bytes and becomes at most a grant of 32 or an entry with its reason, 24. */
size_t mm_policy_fdt_blob_bytes(size_t dtb_bytes)
{
	return 4u * dtb_bytes + 512u;
}

/*
 * True if each tag lies behind the one before it. libfdt adds a property's length to the offset as it stands in the
 * tree, and releases before 1.6.2 let a huge one lead backwards: every later walk would then turn in circles.
 */
static bool goes_forward(const void *fdt)
{
	int offset = 0;
	int next;
	uint32_t tag;

	do {
		tag = fdt_next_tag(fdt, offset, &next);
		if (tag != FDT_END && next <= offset)
			return false;
		offset = next;
	} while (tag != FDT_END);
	return true;
}

static enum mm_status check_tree(const struct source *source, size_t bytes)
{
	int error;

	if (bytes < sizeof(struct fdt_header))
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, -1, "", bytes);
	error = fdt_check_header(source->fdt);
	if (error != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, -1, "", (uint64_t)-error);
	if (fdt_totalsize(source->fdt) > bytes)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, -1, "", fdt_totalsize(source->fdt));
	if (!goes_forward(source->fdt))
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_TREE, -1, "",
					       fdt_size_dt_struct(source->fdt));
	if (fdt_node_check_compatible(source->fdt, 0, "ringfence,mm-policy-1") != 0)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_COMPATIBLE, 0, "compatible", 0);
	return MM_OK;
}

static enum mm_status plan_root(const struct source *source, struct root_plan *root)
{
	static const char *const known[] = { "allow-list", "deny-list", NULL };
	bool allow = false;
	bool deny = false;
	int node;
	enum mm_status status = mm_policy_source_check_node(source, root->node, known, true);

	if (status == MM_OK)
		status = mm_policy_source_read_flag(source, root->node, "allow-list", &allow);
	if (status == MM_OK)
		status = mm_policy_source_read_flag(source, root->node, "deny-list", &deny);
	if (status != MM_OK)
		return status;
	if (allow == deny)
		return mm_policy_source_refuse(source, allow ? MM_E_POLICY_SOURCE_TWICE : MM_E_POLICY_SOURCE_MISSING,
					       root->node, "allow-list", 0);
	root->list_kind = allow ? MM_POLICY_ALLOW_LIST : MM_POLICY_DENY_LIST;
	root->count = 0;
	for (node = mm_policy_source_first(source, root->node); node >= 0; node = mm_policy_source_next(source, node)) {
		uint32_t count = 0;

		status = mm_policy_count_entries(source, root->kind, node, &count);
		if (status != MM_OK)
			return status;
		root->count += count;
		if (count > MM_POLICY_ENTRIES_MAX || root->count > MM_POLICY_ENTRIES_MAX)
			return mm_policy_source_refuse(source, MM_E_LIMIT, root->node, "", root->count);
	}
	return MM_OK;
}

static enum mm_status check_top(const struct source *source)
{
	static const char *const known[] = {
		"compatible",	    "isolation-level", "violation",	  "unblock",	   "mandatory-protections",
		"quarantine-after", "restart-limit",   "waive-rsm-bytes", "runtime-debug", NULL
	};

	return mm_policy_source_check_node(source, 0, known, true);
}

static enum mm_status plan_roots(const struct source *source, struct plan *plan)
{
	int domains = fdt_subnode_offset(source->fdt, 0, "domains");
	int node;
	enum mm_status status = check_top(source);

	plan->root_count = 0;
	for (node = mm_policy_source_first(source, 0); node >= 0 && status == MM_OK;
	     node = mm_policy_source_next(source, node)) {
		const struct root_kind *kind = mm_policy_root_kind(source, node);

		if (node == domains)
			continue;
		if (kind == NULL || plan->root_count == ROOT_KINDS)
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_NODE, node, "", 0);
		plan->roots[plan->root_count].kind = kind;
		plan->roots[plan->root_count].node = node;
		status = plan_root(source, &plan->roots[plan->root_count++]);
	}
	return status;
}

static void place_roots(struct plan *plan)
{
	uint32_t i;

	plan->bytes = (uint32_t)(sizeof(struct mm_policy_wire_header) +
				 plan->root_count * sizeof(struct mm_policy_wire_root));
	for (i = 0; i < plan->root_count; i++) {
		plan->roots[i].offset = plan->bytes;
		plan->bytes += plan->roots[i].count * plan->roots[i].kind->descriptor_bytes;
	}
}

static void write_header(const struct plan *plan, struct sink *sink)
{
	mm_policy_sink_u16(sink, MM_POLICY_VERSION_MINOR);
	mm_policy_sink_u16(sink, MM_POLICY_VERSION_MAJOR);
	mm_policy_sink_u32(sink, plan->bytes);
	mm_policy_sink_u32(sink, 0);
	mm_policy_sink_u32(sink, 0);
	mm_policy_sink_u32(sink, 0);
	mm_policy_sink_u32(sink, 0);
	mm_policy_sink_u64(sink, 0);
	mm_policy_sink_u32(sink, sizeof(struct mm_policy_wire_header));
	mm_policy_sink_u32(sink, plan->root_count);
}

static void write_root(const struct root_plan *root, struct sink *sink)
{
	mm_policy_sink_u32(sink, MM_POLICY_ROOT_VERSION);
	mm_policy_sink_u32(sink, sizeof(struct mm_policy_wire_root));
	mm_policy_sink_u32(sink, root->kind->type);
	mm_policy_sink_u32(sink, root->offset);
	mm_policy_sink_u32(sink, root->count);
	mm_policy_sink_u32(sink, root->list_kind);
}

static enum mm_status write_entries(const struct source *source, const struct root_plan *root, struct sink *sink)
{
	int node;
	enum mm_status status = MM_OK;

	for (node = mm_policy_source_first(source, root->node); node >= 0 && status == MM_OK;
	     node = mm_policy_source_next(source, node))
		status = mm_policy_write_entry(source, root->kind, node, sink);
	return status;
}

static enum mm_status write_policy(const struct source *source, const struct plan *plan, struct sink *sink)
{
	enum mm_status status = MM_OK;
	uint32_t i;

	write_header(plan, sink);
	for (i = 0; i < plan->root_count; i++)
		write_root(&plan->roots[i], sink);
	for (i = 0; i < plan->root_count && status == MM_OK; i++)
		status = write_entries(source, &plan->roots[i], sink);
	return status;
}

enum mm_status mm_policy_fdt_convert_untrusted(struct mm_bytes dtb, uint32_t options, uint8_t *ret_blob,
					       size_t capacity, size_t *ret_bytes, struct mm_policy_fdt_error *reterr)
{
	struct source source = { dtb.data, reterr };
	struct sink sink = { ret_blob, capacity, 0, false };
	struct plan plan;
	enum mm_status status;

	if ((options & ~MM_POLICY_FDT_V1_ONLY) != 0)
		return MM_E_INVALID;
	status = check_tree(&source, dtb.count);
	if (status == MM_OK)
		status = plan_roots(&source, &plan);
	if (status != MM_OK)
		return status;
	place_roots(&plan);
	status = write_policy(&source, &plan, &sink);
	if (status == MM_OK && options == 0 && mm_policy_needs_extension(&source))
		status = mm_policy_write_extension(&source, &sink);
	if (status == MM_OK && sink.full)
		status = mm_policy_source_refuse(&source, MM_E_BUFFER_TOO_SMALL, 0, "", capacity);
	if (status == MM_OK)
		*ret_bytes = sink.count;
	return status;
}

enum mm_status mm_policy_fdt_find_entry(struct mm_bytes dtb, enum mm_policy_type type, uint32_t index,
					char ret_path[MM_POLICY_FDT_PATH_BYTES])
{
	struct source source = { dtb.data, NULL };
	uint32_t next = 0;
	int root;
	int node;

	if (check_tree(&source, dtb.count) != MM_OK)
		return MM_E_POLICY_SOURCE_TREE;
	for (root = mm_policy_source_first(&source, 0); root >= 0; root = mm_policy_source_next(&source, root)) {
		const struct root_kind *kind = mm_policy_root_kind(&source, root);

		if (kind == NULL || kind->type != type)
			continue;
		for (node = mm_policy_source_first(&source, root); node >= 0;
		     node = mm_policy_source_next(&source, node)) {
			uint32_t count = 0;

			if (mm_policy_count_entries(&source, kind, node, &count) != MM_OK)
				return MM_E_NOT_FOUND;
			next += count;
			if (index < next)
				return fdt_get_path(dtb.data, node, ret_path, MM_POLICY_FDT_PATH_BYTES) == 0
					       ? MM_OK
					       : MM_E_NOT_FOUND;
		}
	}
	return MM_E_NOT_FOUND;
}
