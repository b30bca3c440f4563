/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The descriptors of each root: bytes in, checked facts out. */
#include "internal.h"

static const uint8_t *descriptor(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index,
				 uint32_t *ret_at)
{
	*ret_at = policy->lists[type].offset + index * mm_policy_descriptor_bytes(type);
	return policy->blob.data + *ret_at;
}

/* For a refusal about a whole entry, such as an overlap. */
static enum mm_status refuse_entry(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index,
				   enum mm_status status, const char *field, struct mm_refusal *reterr)
{
	uint32_t at;

	(void)descriptor(policy, type, index, &at);
	return mm_refuse(reterr, status, field, at, index);
}

/* All of `attr` must be in `allowed`, some of it in `useful`: an entry about no access is a mistake. */
static enum mm_status check_attr(uint32_t attr, uint32_t allowed, uint32_t useful, const char *field, uint64_t at,
				 struct mm_refusal *reterr)
{
	if ((attr & ~allowed) != 0 || (attr & useful) == 0)
		return mm_refuse(reterr, MM_E_POLICY_ATTRIBUTE, field, at, attr);
	return MM_OK;
}

static enum mm_status decode_port(const uint8_t *wire, uint32_t at, struct mm_policy_span *ret_span,
				  struct mm_refusal *reterr)
{
	uint32_t port = mm_load_u16(wire);
	uint32_t length = mm_load_u16(wire + 2);
	uint32_t attr = mm_load_u16(wire + 4);
	uint32_t reserved = mm_load_u16(wire + 6);
	enum mm_status status = check_attr(attr, ACCESS_MASK | MM_POLICY_EXECUTE | MM_POLICY_STRICT_WIDTH, ACCESS_MASK,
					   "IO Attributes", at + 4, reterr);

	if (status != MM_OK)
		return status;
	if (reserved != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "IO Reserved", at + 6, reserved);
	if ((attr & MM_POLICY_STRICT_WIDTH) != 0 && length != 1 && length != 2 && length != 4)
		return mm_refuse(reterr, MM_E_POLICY_WIDTH, "IO LengthOrWidth", at + 2, length);
	if (length == 0 || length > PORT_COUNT - port)
		return mm_refuse(reterr, MM_E_POLICY_RANGE, "IO LengthOrWidth", at + 2, length);
	ret_span->first = port;
	ret_span->last = port + length - 1u;
	ret_span->attr = attr;
	return MM_OK;
}

/* Ranged entries fill the array from the front, strict ones from the back. */
static enum mm_status split_ports(struct mm_policy *policy, struct mm_policy_span *spans, struct mm_refusal *reterr)
{
	uint32_t count = policy->lists[MM_POLICY_PORT].count;
	uint32_t ranged = 0;
	uint32_t strict = count;
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct mm_policy_span span = { 0, 0, 0, i };
		uint32_t at;
		const uint8_t *wire = descriptor(policy, MM_POLICY_PORT, i, &at);
		enum mm_status status = decode_port(wire, at, &span, reterr);

		if (status != MM_OK)
			return status;
		if ((span.attr & MM_POLICY_STRICT_WIDTH) != 0)
			spans[--strict] = span;
		else
			spans[ranged++] = span;
	}
	policy->ports.spans = spans;
	policy->ports.span_count = ranged;
	policy->ports.strict = spans + strict;
	policy->ports.strict_count = count - strict;
	mm_policy_sort_spans(spans, ranged);
	mm_policy_sort_spans(spans + strict, count - strict);
	return MM_OK;
}

static enum mm_status check_strict_unique(const struct mm_policy *policy, struct mm_refusal *reterr)
{
	const struct mm_policy_span *strict = policy->ports.strict;
	uint32_t i;

	for (i = 1; i < policy->ports.strict_count; i++) {
		if (strict[i].first == strict[i - 1u].first && strict[i].last == strict[i - 1u].last)
			return refuse_entry(policy, MM_POLICY_PORT,
					    strict[i].entry > strict[i - 1u].entry ? strict[i].entry
										   : strict[i - 1u].entry,
					    MM_E_POLICY_DUPLICATE, "IO entry", reterr);
	}
	return MM_OK;
}

enum mm_status mm_policy_decode_ports(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr)
{
	struct mm_policy_span *spans =
		mm_policy_storage_take(storage, policy->lists[MM_POLICY_PORT].count, sizeof(struct mm_policy_span));
	uint32_t entry = 0;
	enum mm_status status;

	if (spans == NULL)
		return MM_E_BUFFER_TOO_SMALL;
	status = split_ports(policy, spans, reterr);
	if (status != MM_OK)
		return status;
	status = mm_policy_check_disjoint(policy->ports.spans, policy->ports.span_count, &entry);
	if (status == MM_OK)
		status = mm_policy_check_apart(policy->ports.spans, policy->ports.span_count, policy->ports.strict,
					       policy->ports.strict_count, &entry);
	if (status != MM_OK)
		return refuse_entry(policy, MM_POLICY_PORT, entry, status, "IO entry", reterr);
	return check_strict_unique(policy, reterr);
}

static enum mm_status decode_msr(const uint8_t *wire, uint32_t at, struct mm_policy_span *ret_span,
				 struct mm_refusal *reterr)
{
	uint32_t msr = mm_load_u32(wire);
	uint32_t length = mm_load_u16(wire + 4);
	uint32_t attr = mm_load_u16(wire + 6);

	if (length == 0 || length > MSR_COUNT - msr)
		return mm_refuse(reterr, MM_E_POLICY_RANGE, "MSR Length", at + 4, length);
	ret_span->first = msr;
	ret_span->last = (uint64_t)msr + length - 1u;
	ret_span->attr = attr;
	return check_attr(attr, ACCESS_MASK | MM_POLICY_EXECUTE, ACCESS_MASK, "MSR Attributes", at + 6, reterr);
}

static enum mm_status decode_region(const uint8_t *wire, uint32_t at, struct mm_policy_span *ret_span,
				    struct mm_refusal *reterr)
{
	uint64_t base = mm_load_u64(wire);
	uint64_t bytes = mm_load_u64(wire + 8);
	uint32_t attr = mm_load_u32(wire + 16);
	uint32_t reserved = mm_load_u32(wire + 20);

	if (reserved != 0)
		return mm_refuse(reterr, MM_E_POLICY_RESERVED, "MEM Reserved", at + 20, reserved);
	if (bytes == 0 || bytes - 1u > UINT64_MAX - base)
		return mm_refuse(reterr, MM_E_POLICY_RANGE, "MEM Size", at + 8, bytes);
	ret_span->first = base;
	ret_span->last = base + (bytes - 1u);
	ret_span->attr = attr;
	return check_attr(attr, ACCESS_MASK | MM_POLICY_EXECUTE, ACCESS_MASK | MM_POLICY_EXECUTE, "MEM Attributes",
			  at + 16, reterr);
}

/* MSRs and memory: ranges without strict entries. */
static enum mm_status decode_ranges(struct mm_policy *policy, enum mm_policy_type type, struct storage *storage,
				    struct mm_policy_space *space, struct mm_refusal *reterr)
{
	uint32_t count = policy->lists[type].count;
	struct mm_policy_span *spans = mm_policy_storage_take(storage, count, sizeof(*spans));
	enum mm_status status;
	uint32_t entry = 0;
	uint32_t i;

	if (spans == NULL)
		return MM_E_BUFFER_TOO_SMALL;
	for (i = 0; i < count; i++) {
		uint32_t at;
		const uint8_t *wire = descriptor(policy, type, i, &at);

		spans[i].entry = i;
		status = type == MM_POLICY_MSR ? decode_msr(wire, at, &spans[i], reterr)
					       : decode_region(wire, at, &spans[i], reterr);
		if (status != MM_OK)
			return status;
	}
	mm_policy_sort_spans(spans, count);
	space->spans = spans;
	space->span_count = count;
	status = mm_policy_check_disjoint(spans, count, &entry);
	if (status != MM_OK)
		return refuse_entry(policy, type, entry, status, type == MM_POLICY_MSR ? "MSR entry" : "MEM entry",
				    reterr);
	return MM_OK;
}

enum mm_status mm_policy_decode_msrs(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr)
{
	return decode_ranges(policy, MM_POLICY_MSR, storage, &policy->msrs, reterr);
}

enum mm_status mm_policy_decode_memory(struct mm_policy *policy, struct storage *storage, struct mm_refusal *reterr)
{
	return decode_ranges(policy, MM_POLICY_MEMORY, storage, &policy->memory, reterr);
}

enum mm_status mm_policy_decode_instructions(struct mm_policy *policy, struct mm_refusal *reterr)
{
	uint32_t i;

	for (i = 0; i < policy->lists[MM_POLICY_INSTRUCTION].count; i++) {
		uint32_t at;
		const uint8_t *wire = descriptor(policy, MM_POLICY_INSTRUCTION, i, &at);
		uint32_t index = mm_load_u16(wire);
		uint32_t attr = mm_load_u16(wire + 2);
		uint32_t reserved = mm_load_u32(wire + 4);

		if (index >= MM_POLICY_INSTRUCTION_COUNT)
			return mm_refuse(reterr, MM_E_POLICY_FIELD, "INSTRUCTION Index", at, index);
		if (attr != MM_POLICY_EXECUTE)
			return mm_refuse(reterr, MM_E_POLICY_ATTRIBUTE, "INSTRUCTION Attributes", at + 2, attr);
		if (reserved != 0)
			return mm_refuse(reterr, MM_E_POLICY_RESERVED, "INSTRUCTION Reserved", at + 4, reserved);
		if ((policy->instructions & (1u << index)) != 0)
			return mm_refuse(reterr, MM_E_POLICY_DUPLICATE, "INSTRUCTION Index", at, index);
		policy->instructions |= 1u << index;
	}
	return MM_OK;
}

/* A condition belongs to COND_READ and only to it: without one, a deny entry would never refuse. */
static enum mm_status check_save_rights(uint32_t attr, uint32_t condition, uint32_t at, struct mm_refusal *reterr)
{
	if (attr != MM_POLICY_READ && attr != MM_POLICY_COND_READ)
		return mm_refuse(reterr, MM_E_POLICY_ATTRIBUTE, "SAVE_STATE Attributes", at + 4, attr);
	if (condition > MM_POLICY_IF_IO_WRITE || (attr == MM_POLICY_COND_READ) != (condition != MM_POLICY_ALWAYS))
		return mm_refuse(reterr, MM_E_POLICY_CONDITION, "SAVE_STATE AccessCondition", at + 8, condition);
	return MM_OK;
}

enum mm_status mm_policy_decode_save_state(struct mm_policy *policy, struct mm_refusal *reterr)
{
	uint32_t i;

	for (i = 0; i < policy->lists[MM_POLICY_SAVE_STATE].count; i++) {
		uint32_t at;
		const uint8_t *wire = descriptor(policy, MM_POLICY_SAVE_STATE, i, &at);
		uint32_t field = mm_load_u32(wire);
		uint32_t attr = mm_load_u32(wire + 4);
		uint32_t condition = mm_load_u32(wire + 8);
		uint32_t reserved = mm_load_u32(wire + 12);
		enum mm_status status;

		if (field >= MM_POLICY_SAVE_FIELD_COUNT)
			return mm_refuse(reterr, MM_E_POLICY_FIELD, "SAVE_STATE MapField", at, field);
		if (reserved != 0)
			return mm_refuse(reterr, MM_E_POLICY_RESERVED, "SAVE_STATE Reserved", at + 12, reserved);
		status = check_save_rights(attr, condition, at, reterr);
		if (status != MM_OK)
			return status;
		if (policy->save_state[field].present)
			return mm_refuse(reterr, MM_E_POLICY_DUPLICATE, "SAVE_STATE MapField", at, field);
		policy->save_state[field].present = true;
		policy->save_state[field].attr = (uint8_t)attr;
		policy->save_state[field].condition = (uint8_t)condition;
		policy->save_state[field].entry = (uint16_t)i;
	}
	return MM_OK;
}
