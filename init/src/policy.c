/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy.h"

#include <stddef.h>

#include "mm/abi/policy.h"
#include "mm/base/addr.h"
#include "mm/policy/policy.h"
#include "policy_mmio.h"
#include "policy_tree.h"

/* Whole decode of the copy, with storage that is given back before the answer. */
static enum mm_status decode(struct mm_bytes copy, const struct mm_init_handoff *handoff, struct mm_init_memory *memory,
			     struct mm_init_policy *ret_policy, struct mm_refusal *reterr)
{
	struct mm_region storage = { 0, 0 };
	uint8_t *bytes = NULL;
	struct mm_policy policy;
	struct mm_policy_header header;
	enum mm_status status;

	status = mm_policy_decode_header_untrusted(copy, &header, reterr);
	if (status == MM_OK)
		status = mm_init_memory_take(memory, mm_pages_for(mm_policy_storage_bytes(copy.count)),
					     mm_owner_supervisor(), &storage, &bytes);
	if (status != MM_OK)
		return status;
	status = mm_policy_decode_untrusted(copy, bytes, (size_t)storage.bytes, &policy, reterr);
	if (status == MM_OK) {
		ret_policy->bytes = header.bytes;
		if (header.extension_bytes != 0)
			ret_policy->bytes = (uint64_t)header.extension_offset + header.extension_bytes;
		ret_policy->protections = policy.settings.protections;
		ret_policy->waives_forbidden_code = (policy.settings.flags & MM_POLICY_FLAG_WAIVE_RSM_BYTES) != 0;
		status = mm_init_policy_collect_mmio(&policy, handoff, ret_policy, reterr);
	}
	mm_init_memory_give_back(memory, storage, mm_owner_supervisor());
	return status;
}

/* A flattened device tree begins with this number, high byte first. */
#define TREE_MAGIC 0xedfe0dd0u

bool mm_init_policy_is_tree(struct mm_bytes section)
{
	return section.count >= sizeof(uint32_t) && mm_load_u32(section.data) == TREE_MAGIC;
}

struct copy {
	struct mm_region pages;
	struct mm_bytes bytes;
};

static enum mm_status take_copy(struct mm_bytes section, struct mm_init_memory *memory, struct copy *ret_copy,
				struct mm_refusal *reterr)
{
	uint8_t *bytes = NULL;
	enum mm_status status;

	if (section.count == 0 || section.count > MM_POLICY_BYTES_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "size of the policy section", 0, section.count);
	status = mm_init_memory_take(memory, mm_pages_for(section.count), mm_owner_supervisor(), &ret_copy->pages,
				     &bytes);
	if (status != MM_OK)
		return status;
	mm_bytes_copy(bytes, section.data, section.count);
	ret_copy->bytes = mm_bytes(bytes, section.count);
	return MM_OK;
}

/* Replaces a copy that is a device tree by the policy it states; the tree's pages are given back in any case. */
static enum mm_status convert(struct copy *copy, struct mm_init_memory *memory, struct mm_refusal *reterr)
{
	struct copy tree = *copy;
	uint8_t *bytes = NULL;
	size_t count = 0;
	enum mm_status status =
		mm_init_memory_take(memory, mm_pages_for(mm_init_policy_tree_blob_bytes(tree.bytes.count)),
				    mm_owner_supervisor(), &copy->pages, &bytes);

	if (status == MM_OK) {
		status = mm_init_policy_convert_tree(tree.bytes, bytes, (size_t)copy->pages.bytes, &count, reterr);
		if (status != MM_OK)
			mm_init_memory_give_back(memory, copy->pages, mm_owner_supervisor());
	}
	mm_init_memory_give_back(memory, tree.pages, mm_owner_supervisor());
	copy->bytes = mm_bytes(bytes, count);
	return status;
}

enum mm_status mm_init_policy_accept(struct mm_init_policy *self, struct mm_bytes section,
				     const struct mm_init_handoff *handoff, struct mm_init_memory *memory,
				     struct mm_refusal *reterr)
{
	struct mm_init_policy policy = { .bytes = 0 };
	struct copy copy = { { 0, 0 }, { NULL, 0 } };
	enum mm_status status = take_copy(section, memory, &copy, reterr);

	if (status == MM_OK && mm_init_policy_is_tree(copy.bytes))
		status = convert(&copy, memory, reterr);
	if (status != MM_OK)
		return status;
	policy.pages = copy.pages;
	status = decode(copy.bytes, handoff, memory, &policy, reterr);
	if (status != MM_OK) {
		mm_init_memory_give_back(memory, copy.pages, mm_owner_supervisor());
		return status;
	}
	*self = policy;
	return MM_OK;
}
