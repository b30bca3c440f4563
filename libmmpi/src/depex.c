/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/depex.h"

#include "mm/base/guid.h"

/* Operands taken and values left by each opcode of an expression. */
struct effect {
	uint8_t pops;
	uint8_t pushes;
};

static const struct effect effects[] = {
	{ 0, 0 }, /* BEFORE: never in an expression */
	{ 0, 0 }, /* AFTER: likewise */
	{ 0, 1 }, /* PUSH */
	{ 2, 1 }, /* AND */
	{ 2, 1 }, /* OR */
	{ 1, 1 }, /* NOT */
	{ 0, 1 }, /* TRUE */
	{ 0, 1 }, /* FALSE */
	{ 0, 0 }, /* END */
};

static size_t opcode_bytes(uint8_t opcode)
{
	return opcode <= MM_DEPEX_PUSH ? 1u + MM_GUID_BYTES : 1u;
}

/* BEFORE or AFTER: a GUID, END, and nothing else. */
static enum mm_status check_relative(struct mm_bytes bytes, struct mm_pi_depex *ret, struct mm_refusal *reterr)
{
	size_t end = 1u + MM_GUID_BYTES;

	if (bytes.count < end)
		return mm_refuse(reterr, MM_E_TRUNCATED, "guid", 1, bytes.count);
	if (bytes.count == end)
		return mm_refuse(reterr, MM_E_DEPEX_NO_END, "depex", end, bytes.count);
	if (bytes.data[end] != MM_DEPEX_END)
		return mm_refuse(reterr, MM_E_DEPEX_ORDER, "opcode", end, bytes.data[end]);
	if (bytes.count != end + 1)
		return mm_refuse(reterr, MM_E_DEPEX_TRAILING, "depex", end + 1, bytes.count);
	ret->kind = bytes.data[0] == MM_DEPEX_BEFORE ? MM_PI_DEPEX_BEFORE : MM_PI_DEPEX_AFTER;
	ret->target = mm_guid_load(bytes.data + 1);
	ret->bytes = bytes;
	return MM_OK;
}

/* Whether the opcode at `offset` may stand there and is whole. */
static enum mm_status check_opcode(struct mm_bytes bytes, size_t offset, struct mm_refusal *reterr)
{
	uint8_t opcode = bytes.data[offset];

	if (opcode > MM_DEPEX_SOR)
		return mm_refuse(reterr, MM_E_DEPEX_OPCODE, "opcode", offset, opcode);
	if (opcode == MM_DEPEX_SOR || opcode < MM_DEPEX_PUSH)
		return mm_refuse(reterr, MM_E_DEPEX_ORDER, "opcode", offset, opcode);
	if (!mm_bytes_has(bytes, offset, opcode_bytes(opcode)))
		return mm_refuse(reterr, MM_E_TRUNCATED, "guid", offset + 1, bytes.count);
	return MM_OK;
}

/* Applies one opcode to the depth of the stack. */
static enum mm_status apply_effect(uint8_t opcode, size_t offset, struct mm_pi_depex *depex, uint32_t *depth,
				   struct mm_refusal *reterr)
{
	if (*depth < effects[opcode].pops)
		return mm_refuse(reterr, MM_E_DEPEX_STACK_EMPTY, "opcode", offset, opcode);
	*depth = *depth - effects[opcode].pops + effects[opcode].pushes;
	if (*depth > MM_PI_DEPEX_STACK_MAX)
		return mm_refuse(reterr, MM_E_DEPEX_STACK_FULL, "opcode", offset, *depth);
	if (*depth > depex->stack_depth)
		depex->stack_depth = *depth;
	depex->push_count += opcode == MM_DEPEX_PUSH;
	return MM_OK;
}

static enum mm_status check_expression(struct mm_bytes bytes, size_t offset, struct mm_pi_depex *ret,
				       struct mm_refusal *reterr)
{
	size_t start = offset;
	uint32_t depth = 0;
	enum mm_status status;
	uint8_t opcode;

	do {
		if (offset == bytes.count)
			return mm_refuse(reterr, MM_E_DEPEX_NO_END, "depex", offset, bytes.count);
		status = check_opcode(bytes, offset, reterr);
		if (status != MM_OK)
			return status;
		opcode = bytes.data[offset];
		status = apply_effect(opcode, offset, ret, &depth, reterr);
		if (status != MM_OK)
			return status;
		offset += opcode_bytes(opcode);
	} while (opcode != MM_DEPEX_END);
	if (depth != 1)
		return mm_refuse(reterr, MM_E_DEPEX_UNBALANCED, "depex", offset - 1, depth);
	if (offset != bytes.count)
		return mm_refuse(reterr, MM_E_DEPEX_TRAILING, "depex", offset, bytes.count);
	ret->bytes = mm_bytes_slice(bytes, start, offset - start);
	return MM_OK;
}

enum mm_status mm_pi_depex_check_untrusted(struct mm_bytes bytes, struct mm_pi_depex *ret_depex,
					   struct mm_refusal *reterr)
{
	struct mm_pi_depex depex = { MM_PI_DEPEX_EXPRESSION, false, { 0, 0, 0, { 0 } }, { NULL, 0 }, 0, 0 };
	enum mm_status status;

	if (bytes.count > 0 && bytes.data[0] < MM_DEPEX_PUSH) {
		status = check_relative(bytes, &depex, reterr);
	} else {
		depex.is_sor = bytes.count > 0 && bytes.data[0] == MM_DEPEX_SOR;
		status = check_expression(bytes, depex.is_sor ? 1 : 0, &depex, reterr);
	}
	if (status == MM_OK)
		*ret_depex = depex;
	return status;
}

static struct mm_guid guid_behind(const struct mm_pi_depex *depex, size_t offset)
{
	return mm_guid_load(depex->bytes.data + offset + 1);
}

/* Replaces the two topmost values, bit 0 and bit 1, by one. */
static uint64_t fold(uint64_t stack, uint64_t value)
{
	return ((stack >> 2) << 1) | value;
}

bool mm_pi_depex_evaluate(const struct mm_pi_depex *depex, mm_pi_depex_installed_fn *is_installed, void *context)
{
	uint64_t stack = 0; /* bit 0 is the top */
	size_t offset;
	struct mm_guid guid;

	if (depex->kind != MM_PI_DEPEX_EXPRESSION)
		return false;
	for (offset = 0; depex->bytes.data[offset] != MM_DEPEX_END; offset += opcode_bytes(depex->bytes.data[offset])) {
		switch (depex->bytes.data[offset]) {
		case MM_DEPEX_PUSH:
			guid = guid_behind(depex, offset);
			stack = (stack << 1) | (is_installed(context, &guid) ? 1u : 0u);
			break;
		case MM_DEPEX_AND:
			stack = fold(stack, stack & (stack >> 1) & 1u);
			break;
		case MM_DEPEX_OR:
			stack = fold(stack, (stack | (stack >> 1)) & 1u);
			break;
		case MM_DEPEX_NOT:
			stack ^= 1u;
			break;
		default: /* TRUE or FALSE: the check let nothing else through */
			stack = (stack << 1) | (depex->bytes.data[offset] == MM_DEPEX_TRUE ? 1u : 0u);
			break;
		}
	}
	return (stack & 1u) != 0;
}

bool mm_pi_depex_next_guid(const struct mm_pi_depex *depex, size_t *cursor, struct mm_guid *ret_guid)
{
	size_t offset = *cursor;

	if (depex->kind != MM_PI_DEPEX_EXPRESSION)
		return false;
	while (depex->bytes.data[offset] != MM_DEPEX_END && depex->bytes.data[offset] != MM_DEPEX_PUSH)
		offset += opcode_bytes(depex->bytes.data[offset]);
	if (depex->bytes.data[offset] == MM_DEPEX_END)
		return false;
	*ret_guid = guid_behind(depex, offset);
	*cursor = offset + opcode_bytes(MM_DEPEX_PUSH);
	return true;
}
