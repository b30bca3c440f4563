/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "mmi_records.h"

/* True if the chain holds together and all its handlers are of `entry`; adds their number. */
static bool chain_holds(const struct mm_mmi *self, const struct mm_mmi_chain *chain, const struct mm_mmi_entry *entry,
			uint32_t *inout_count)
{
	const struct mm_mmi_handler *handler;
	const struct mm_mmi_handler *prev = NULL;
	uint32_t count = 0;

	for (handler = chain->first; handler != NULL; handler = handler->next) {
		if (handler->prev != prev || handler->entry != entry || !mm_slot_is_live(&handler->slot) ||
		    handler->sequence > self->sequence || (prev != NULL && handler->sequence <= prev->sequence) ||
		    ++count > chain->count)
			return false;
		prev = handler;
	}
	*inout_count += count;
	return chain->last == prev && count == chain->count;
}

static bool entries_hold(const struct mm_mmi *self, uint32_t *inout_count)
{
	struct mm_slot *slot = mm_slots_next(&self->entries, NULL);

	for (; slot != NULL; slot = mm_slots_next(&self->entries, slot)) {
		const struct mm_mmi_entry *entry = MM_CONTAINER_OF(slot, struct mm_mmi_entry, slot);

		if (entry->chain.first == NULL || mmi_find_entry(self, entry->key) != entry ||
		    !chain_holds(self, &entry->chain, entry, inout_count))
			return false;
	}
	return true;
}

enum mm_status mm_mmi_check(const struct mm_mmi *self)
{
	uint32_t count = 0;

	if (self->depth > MM_MMI_DEPTH_MAX || !mm_slots_check(&self->handlers) || !mm_slots_check(&self->entries) ||
	    !mm_hash_check(&self->by_guid) || mm_hash_count(&self->by_guid) != mm_slots_live_count(&self->entries) ||
	    !chain_holds(self, &self->root, NULL, &count) || !entries_hold(self, &count) ||
	    count != mm_slots_live_count(&self->handlers))
		return MM_E_CORRUPT;
	return MM_OK;
}
