/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Entry nodes of the five roots into descriptors. */
#include "internal.h"

#define ACCESS (MM_POLICY_READ | MM_POLICY_WRITE)

const struct root_kind mm_policy_root_kinds[ROOT_KINDS] = {
	{ "memory", MM_POLICY_MEMORY, sizeof(struct mm_policy_wire_memory) },
	{ "io", MM_POLICY_PORT, sizeof(struct mm_policy_wire_port) },
	{ "msr", MM_POLICY_MSR, sizeof(struct mm_policy_wire_msr) },
	{ "instruction", MM_POLICY_INSTRUCTION, sizeof(struct mm_policy_wire_instruction) },
	{ "save-state", MM_POLICY_SAVE_STATE, sizeof(struct mm_policy_wire_save_state) },
};

const struct root_kind *mm_policy_root_kind(const struct source *source, int node)
{
	size_t i;

	for (i = 0; i < ROOT_KINDS; i++) {
		if (fdt_subnode_offset(source->fdt, 0, mm_policy_root_kinds[i].node) == node)
			return &mm_policy_root_kinds[i];
	}
	return NULL;
}

static enum mm_status read_entry_pairs(const struct source *source, const struct root_kind *kind, int node,
				       struct pairs *ret_pairs)
{
	if (kind->type == MM_POLICY_PORT)
		return mm_policy_source_read_pairs(source, node, "ports", 4, ret_pairs);
	if (kind->type == MM_POLICY_MSR)
		return mm_policy_source_read_pairs(source, node, "msrs", 4, ret_pairs);
	return mm_policy_source_read_pairs(source, node, "regions", 8, ret_pairs);
}

enum mm_status mm_policy_count_entries(const struct source *source, const struct root_kind *kind, int node,
				       uint32_t *ret_count)
{
	struct pairs pairs;
	enum mm_status status;

	if (kind->type == MM_POLICY_INSTRUCTION || kind->type == MM_POLICY_SAVE_STATE) {
		*ret_count = 1;
		return MM_OK;
	}
	status = read_entry_pairs(source, kind, node, &pairs);
	if (status == MM_OK)
		*ret_count = pairs.count;
	return status;
}

static enum mm_status write_ports(const struct source *source, const struct pairs *pairs, uint32_t attr, int node,
				  struct sink *sink)
{
	uint32_t i;

	for (i = 0; i < pairs->count; i++) {
		uint64_t base;
		uint64_t length;

		mm_policy_source_pair(pairs, i, &base, &length);
		if (base > UINT16_MAX || length > UINT16_MAX)
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_VALUE, node, "ports",
						       base > UINT16_MAX ? base : length);
		mm_policy_sink_u16(sink, (uint32_t)base);
		mm_policy_sink_u16(sink, (uint32_t)length);
		mm_policy_sink_u16(sink, attr);
		mm_policy_sink_u16(sink, 0);
	}
	return MM_OK;
}

static enum mm_status write_msrs(const struct source *source, const struct pairs *pairs, uint32_t attr, int node,
				 struct sink *sink)
{
	uint32_t i;

	for (i = 0; i < pairs->count; i++) {
		uint64_t base;
		uint64_t length;

		mm_policy_source_pair(pairs, i, &base, &length);
		if (length > UINT16_MAX)
			return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_VALUE, node, "msrs", length);
		mm_policy_sink_u32(sink, (uint32_t)base);
		mm_policy_sink_u16(sink, (uint32_t)length);
		mm_policy_sink_u16(sink, attr);
	}
	return MM_OK;
}

static void write_regions(const struct pairs *pairs, uint32_t attr, struct sink *sink)
{
	uint32_t i;

	for (i = 0; i < pairs->count; i++) {
		uint64_t base;
		uint64_t length;

		mm_policy_source_pair(pairs, i, &base, &length);
		mm_policy_sink_u64(sink, base);
		mm_policy_sink_u64(sink, length);
		mm_policy_sink_u32(sink, attr);
		mm_policy_sink_u32(sink, 0);
	}
}

static enum mm_status write_ranges(const struct source *source, const struct root_kind *kind, int node,
				   struct sink *sink)
{
	static const char *const known[3][5] = {
		{ "regions", "access", "reason", NULL, NULL },
		{ "ports", "access", "strict-width", "reason", NULL },
		{ "msrs", "access", "reason", NULL, NULL },
	};
	uint32_t allowed = ACCESS | MM_POLICY_EXECUTE | (kind->type == MM_POLICY_PORT ? MM_POLICY_STRICT_WIDTH : 0);
	struct pairs pairs;
	uint32_t attr = 0;
	enum mm_status status = mm_policy_source_check_node(source, node, known[kind->type - MM_POLICY_MEMORY], false);

	if (status == MM_OK)
		status = read_entry_pairs(source, kind, node, &pairs);
	if (status == MM_OK)
		status = mm_policy_source_read_access(source, node, allowed, 0, &attr);
	if (status != MM_OK)
		return status;
	if (kind->type == MM_POLICY_PORT)
		return write_ports(source, &pairs, attr, node, sink);
	if (kind->type == MM_POLICY_MSR)
		return write_msrs(source, &pairs, attr, node, sink);
	write_regions(&pairs, attr, sink);
	return MM_OK;
}

static enum mm_status write_instruction(const struct source *source, int node, struct sink *sink)
{
	static const char *const known[] = { "instruction", "reason", NULL };
	static const struct word words[] = {
		{ "cli", MM_POLICY_CLI },
		{ "wbinvd", MM_POLICY_WBINVD },
		{ "hlt", MM_POLICY_HLT },
	};
	uint32_t index = 0;
	enum mm_status status = mm_policy_source_check_node(source, node, known, false);

	if (status == MM_OK)
		status = mm_policy_source_read_word(source, node, "instruction", words, MM_ARRAY_COUNT(words), &index);
	if (status == MM_E_NOT_FOUND)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_MISSING, node, "instruction", 0);
	if (status != MM_OK)
		return status;
	mm_policy_sink_u16(sink, index);
	mm_policy_sink_u16(sink, MM_POLICY_EXECUTE);
	mm_policy_sink_u32(sink, 0);
	return MM_OK;
}

static enum mm_status write_save_state(const struct source *source, int node, struct sink *sink)
{
	static const char *const known[] = { "field", "access", "condition", "reason", NULL };
	static const struct word fields[] = { { "rax", MM_POLICY_SAVE_RAX }, { "io-trap", MM_POLICY_SAVE_IO_TRAP } };
	static const struct word conditions[] = {
		{ "io-read", MM_POLICY_IF_IO_READ },
		{ "io-write", MM_POLICY_IF_IO_WRITE },
	};
	uint32_t field = 0;
	uint32_t attr = 0;
	uint32_t condition = MM_POLICY_ALWAYS;
	enum mm_status status = mm_policy_source_check_node(source, node, known, false);

	if (status == MM_OK)
		status = mm_policy_source_read_word(source, node, "field", fields, MM_ARRAY_COUNT(fields), &field);
	if (status == MM_E_NOT_FOUND)
		return mm_policy_source_refuse(source, MM_E_POLICY_SOURCE_MISSING, node, "field", 0);
	if (status == MM_OK)
		status = mm_policy_source_read_access(source, node, MM_POLICY_READ | MM_POLICY_COND_READ, 0, &attr);
	if (status == MM_OK)
		status = mm_policy_source_read_word(source, node, "condition", conditions, MM_ARRAY_COUNT(conditions),
						    &condition);
	if (status != MM_OK && status != MM_E_NOT_FOUND)
		return status;
	mm_policy_sink_u32(sink, field);
	mm_policy_sink_u32(sink, attr);
	mm_policy_sink_u32(sink, condition);
	mm_policy_sink_u32(sink, 0);
	return MM_OK;
}

enum mm_status mm_policy_write_entry(const struct source *source, const struct root_kind *kind, int node,
				     struct sink *sink)
{
	if (kind->type == MM_POLICY_INSTRUCTION)
		return write_instruction(source, node, sink);
	if (kind->type == MM_POLICY_SAVE_STATE)
		return write_save_state(source, node, sink);
	return write_ranges(source, kind, node, sink);
}
