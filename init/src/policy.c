/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "policy.h"

#include <stddef.h>

#include "mm/abi/policy.h"
#include "mm/base/addr.h"
#include "mm/policy/policy.h"

/* Whole decode of the copy, with storage that is given back before the answer. */
static enum mm_status decode(struct mm_bytes copy, struct mm_init_memory *memory, struct mm_init_policy *ret_policy,
			     struct mm_refusal *reterr)
{
	struct mm_region storage;
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
	}
	mm_init_memory_give_back(memory, storage, mm_owner_supervisor());
	return status;
}

enum mm_status mm_init_policy_accept(struct mm_init_policy *self, struct mm_bytes section,
				     struct mm_init_memory *memory, struct mm_refusal *reterr)
{
	struct mm_init_policy policy = { 0 };
	uint8_t *copy = NULL;
	enum mm_status status;

	if (section.count == 0 || section.count > MM_POLICY_BYTES_MAX)
		return mm_refuse(reterr, MM_E_LIMIT, "size of the policy section", 0, section.count);
	status = mm_init_memory_take(memory, mm_pages_for(section.count), mm_owner_supervisor(), &policy.pages, &copy);
	if (status != MM_OK)
		return status;
	mm_bytes_copy(copy, section.data, section.count);
	status = decode(mm_bytes(copy, section.count), memory, &policy, reterr);
	if (status != MM_OK) {
		mm_init_memory_give_back(memory, policy.pages, mm_owner_supervisor());
		return status;
	}
	*self = policy;
	return MM_OK;
}
