/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "records.h"

/* The length of a ring if it is sound and at most `limit`, else SIZE_MAX. */
static size_t ring_length(const struct mm_list *head, size_t limit)
{
	struct mm_list *node;
	size_t count = 0;

	for (node = head->next; node != head; node = node->next) {
		if (node->next->prev != node || node->prev->next != node || count++ >= limit)
			return SIZE_MAX;
	}
	return count;
}

static bool unseen_holds(const struct mm_protodb_registration *registration)
{
	const struct mm_protodb_binding *unseen = registration->unseen;

	return unseen == NULL || (unseen->entry == registration->entry && mm_slot_is_live(&unseen->slot) &&
				  unseen->sequence > registration->sequence);
}

static bool registration_holds(const struct mm_protodb *self, const struct mm_protodb_registration *registration,
			       const struct mm_protodb_entry *entry)
{
	const struct mm_protodb_registration *after;

	if (registration->entry != entry || !mm_slot_is_live(&registration->slot) ||
	    registration->sequence > self->sequence)
		return false;
	after = registration_after(registration);
	return (after == NULL || after->sequence > registration->sequence) && unseen_holds(registration);
}

static bool registrations_hold(const struct mm_protodb *self, const struct mm_protodb_entry *entry, size_t *inout_count)
{
	size_t count = ring_length(&entry->registrations, mm_slots_live_count(&self->registrations));
	struct mm_list *node;

	if (count == SIZE_MAX)
		return false;
	for (node = entry->registrations.next; node != &entry->registrations; node = node->next) {
		if (!registration_holds(self, MM_CONTAINER_OF(node, struct mm_protodb_registration, of_entry), entry))
			return false;
	}
	*inout_count += count;
	return true;
}

/* The handle of a binding is live and is the one its token names. */
static bool handle_of_binding_holds(const struct mm_protodb *self, const struct mm_protodb_binding *binding)
{
	const struct mm_protodb_handle *handle = binding->handle;

	return mm_slot_is_live(&handle->slot) && binding->token == mm_slots_token(&self->handles, &handle->slot) &&
	       mm_tree_key(&binding->of_entry) == handle->sequence;
}

static bool binding_holds(const struct mm_protodb *self, const struct mm_protodb_binding *binding,
			  const struct mm_protodb_entry *entry)
{
	const struct mm_protodb_binding *after;

	if (binding->entry != entry || !mm_slot_is_live(&binding->slot) || binding->is_condemned ||
	    binding->sequence > self->sequence || !handle_of_binding_holds(self, binding))
		return false;
	after = binding_after(binding);
	return (after == NULL || after->sequence > binding->sequence) &&
	       protodb_find_binding(self, binding->token, entry->key, entry->by_protocol.hash) == binding;
}

static bool bindings_hold(const struct mm_protodb *self, const struct mm_protodb_entry *entry, size_t *inout_count)
{
	size_t count = mm_tree_count(&entry->bindings);
	struct mm_tree_node *node;

	if (!mm_tree_check(&entry->bindings) || ring_length(&entry->installed, count) != count)
		return false;
	for (node = mm_tree_first(&entry->bindings); node != NULL; node = mm_tree_next(node)) {
		if (!binding_holds(self, binding_of_tree(node), entry))
			return false;
	}
	*inout_count += count;
	return true;
}

static bool entries_hold(const struct mm_protodb *self)
{
	size_t bindings = 0;
	size_t registrations = 0;
	struct mm_slot *slot;

	for (slot = mm_slots_next(&self->entries, NULL); slot != NULL; slot = mm_slots_next(&self->entries, slot)) {
		struct mm_protodb_entry *entry = MM_CONTAINER_OF(slot, struct mm_protodb_entry, slot);

		if (!mm_guid_key_equal(entry->key, mm_guid_key(&entry->protocol)) ||
		    entry->by_protocol.hash != protodb_hash_key(self, entry->key) ||
		    protodb_find_entry(self, entry->key, entry->by_protocol.hash) != entry ||
		    !bindings_hold(self, entry, &bindings) || !registrations_hold(self, entry, &registrations))
			return false;
		if (mm_tree_is_empty(&entry->bindings) && mm_list_is_empty(&entry->registrations) &&
		    mm_list_is_empty(&entry->watches))
			return false;
	}
	return bindings == mm_slots_live_count(&self->bindings) &&
	       registrations == mm_slots_live_count(&self->registrations);
}

static bool handles_hold(const struct mm_protodb *self)
{
	size_t wanted = mm_slots_live_count(&self->bindings);
	size_t bindings = 0;
	uint64_t sequence = 0;
	struct mm_list *node;

	if (ring_length(&self->handle_order, mm_slots_live_count(&self->handles)) !=
	    mm_slots_live_count(&self->handles))
		return false;
	for (node = self->handle_order.next; node != &self->handle_order; node = node->next) {
		const struct mm_protodb_handle *handle = MM_CONTAINER_OF(node, struct mm_protodb_handle, order);
		size_t count = ring_length(&handle->bindings, wanted);

		if (!mm_slot_is_live(&handle->slot) || handle->sequence <= sequence || count == 0 || count == SIZE_MAX)
			return false;
		sequence = handle->sequence;
		bindings += count;
	}
	return bindings == wanted;
}

static bool containers_hold(const struct mm_protodb *self)
{
	return mm_slots_check(&self->entries) && mm_slots_check(&self->handles) && mm_slots_check(&self->bindings) &&
	       mm_slots_check(&self->registrations) && mm_hash_check(&self->by_protocol) &&
	       mm_hash_check(&self->by_handle) && mm_hash_check(&self->by_function) &&
	       mm_hash_count(&self->by_protocol) == mm_slots_live_count(&self->entries) &&
	       mm_hash_count(&self->by_handle) == mm_slots_live_count(&self->bindings) &&
	       mm_hash_count(&self->by_function) == mm_slots_live_count(&self->registrations);
}

enum mm_status mm_protodb_check(const struct mm_protodb *self)
{
	if (self->depth > MM_PROTODB_DEPTH_MAX || !containers_hold(self) || !entries_hold(self) || !handles_hold(self))
		return MM_E_CORRUPT;
	return MM_OK;
}
