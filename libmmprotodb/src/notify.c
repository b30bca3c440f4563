/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/protodb/store.h"
#include "records.h"

static struct mm_protodb_registration *first_registration(const struct mm_protodb_entry *entry)
{
	struct mm_list *first = entry->registrations.next;

	return first == &entry->registrations ? NULL : registration_of_list(first);
}

static void tell(struct mm_protodb *self, const struct mm_protodb_registration *registration,
		 const struct mm_protodb_binding *binding)
{
	const struct mm_protodb_notice notice = {
		.function = registration->function,
		.registration = mm_slots_token(&self->registrations, &registration->slot),
		.interface = binding->interface,
		.handle = binding->token,
		.protocol = binding->entry->protocol,
		.owner = registration->owner,
	};

	self->listener->ops->notify(self->listener, &notice);
}

/*
 * While a function runs, the round in the database is the only thing that knows what is left to do: whoever ends a
 * binding or a registration corrects it there.
 */
void protodb_announce(struct mm_protodb *self, struct mm_protodb_binding *binding)
{
	struct mm_protodb_registration *registration = first_registration(binding->entry);
	struct mm_protodb_round *round;
	uint32_t depth = self->depth;

	if (registration == NULL)
		return;
	round = &self->rounds[depth];
	round->binding = binding;
	round->next = registration;
	round->last_registration = binding->sequence;
	self->depth = depth + 1u;
	while (round->binding != NULL && round->next != NULL && round->next->sequence <= round->last_registration) {
		registration = round->next;
		round->next = registration_after(registration);
		tell(self, registration, round->binding);
	}
	self->depth = depth;
}

void mm_protodb_abandon(struct mm_protodb *self, uint32_t depth)
{
	if (depth < self->depth)
		self->depth = depth;
}

void protodb_forget_binding(struct mm_protodb *self, const struct mm_protodb_binding *binding)
{
	uint32_t i;

	for (i = 0; i < self->depth; i++) {
		if (self->rounds[i].binding == binding)
			self->rounds[i].binding = NULL;
	}
}

void protodb_append_installed(struct mm_protodb_binding *binding)
{
	struct mm_protodb_entry *entry = binding->entry;
	struct mm_list *node;

	mm_list_push_back(&entry->installed, &binding->installed);
	for (node = entry->registrations.next; node != &entry->registrations; node = node->next) {
		if (registration_of_list(node)->unseen == NULL)
			registration_of_list(node)->unseen = binding;
	}
}

void protodb_remove_installed(struct mm_protodb_binding *binding)
{
	struct mm_protodb_entry *entry = binding->entry;
	struct mm_protodb_binding *after = binding_after(binding);
	struct mm_list *node;

	for (node = entry->registrations.next; node != &entry->registrations; node = node->next) {
		if (registration_of_list(node)->unseen == binding)
			registration_of_list(node)->unseen = after;
	}
	mm_list_remove(&binding->installed);
}

static struct mm_protodb_registration *find_registration(const struct mm_protodb *self, const struct mm_guid *protocol,
							 uint64_t function)
{
	struct mm_guid_key key = mm_guid_key(protocol);
	uint32_t hash = protodb_hash_pair(self, protodb_hash_key(self, key), function);
	struct mm_hash_node *node = mm_hash_first(&self->by_function, hash);

	for (; node != NULL; node = mm_hash_next(node)) {
		struct mm_protodb_registration *registration =
			MM_CONTAINER_OF(node, struct mm_protodb_registration, by_function);

		if (registration->function == function && mm_guid_key_equal(registration->entry->key, key))
			return registration;
	}
	return NULL;
}

/* A new registration of a function, its owner still to be set. */
static enum mm_status make_registration(struct mm_protodb *self, const struct mm_guid *protocol, uint64_t function,
					struct mm_protodb_registration **ret_registration)
{
	struct mm_protodb_registration *registration;
	struct mm_protodb_entry *entry;
	struct mm_slot *slot;
	enum mm_status status;

	status = protodb_get_entry(self, protocol, &entry);
	if (status != MM_OK)
		return status;
	status = mm_protodb_store_take(self->pool, &self->registrations, &slot);
	if (status != MM_OK) {
		protodb_release_entry(self, entry);
		return status;
	}
	registration = MM_CONTAINER_OF(slot, struct mm_protodb_registration, slot);
	registration->entry = entry;
	registration->function = function;
	registration->unseen = NULL;
	registration->sequence = ++self->sequence;
	mm_list_push_back(&entry->registrations, &registration->of_entry);
	mm_hash_insert(&self->by_function, &registration->by_function,
		       protodb_hash_pair(self, entry->by_protocol.hash, function));
	mm_protodb_store_widen_hash(self->pool, &self->by_function, self->first_buckets[TABLE_FUNCTION]);
	*ret_registration = registration;
	return MM_OK;
}

enum mm_status mm_protodb_register_notify(struct mm_protodb *self, uint16_t owner, const struct mm_guid *protocol,
					  uint64_t function, uint64_t *ret_registration)
{
	struct mm_protodb_registration *registration = find_registration(self, protocol, function);
	enum mm_status status;

	if (registration == NULL) {
		status = make_registration(self, protocol, function, &registration);
		if (status != MM_OK)
			return status;
		registration->owner = owner;
	}
	*ret_registration = mm_slots_token(&self->registrations, &registration->slot);
	return MM_OK;
}

void protodb_end_registration(struct mm_protodb *self, struct mm_protodb_registration *registration)
{
	struct mm_protodb_entry *entry = registration->entry;
	uint32_t i;

	for (i = 0; i < self->depth; i++) {
		if (self->rounds[i].next == registration)
			self->rounds[i].next = registration_after(registration);
	}
	mm_list_remove(&registration->of_entry);
	mm_hash_remove(&self->by_function, &registration->by_function);
	mm_slots_put(&self->registrations, &registration->slot);
	protodb_release_entry(self, entry);
}

static enum mm_status registration_of_token(const struct mm_protodb *self, uint64_t token,
					    struct mm_protodb_registration **ret_registration)
{
	struct mm_slot *slot;
	enum mm_status status = mm_slots_find(&self->registrations, token, &slot);

	if (status == MM_OK)
		*ret_registration = MM_CONTAINER_OF(slot, struct mm_protodb_registration, slot);
	return status;
}

enum mm_status mm_protodb_unregister_notify(struct mm_protodb *self, const struct mm_guid *protocol,
					    uint64_t registration)
{
	struct mm_protodb_registration *found;
	enum mm_status status = registration_of_token(self, registration, &found);

	if (status != MM_OK)
		return status;
	if (!mm_guid_key_equal(found->entry->key, mm_guid_key(protocol)))
		return MM_E_NOT_FOUND;
	protodb_end_registration(self, found);
	return MM_OK;
}

enum mm_status mm_protodb_locate_new(struct mm_protodb *self, uint64_t registration, uint64_t *ret_interface,
				     uint64_t *ret_handle)
{
	const struct mm_protodb_binding *binding;
	struct mm_protodb_registration *found;
	enum mm_status status = registration_of_token(self, registration, &found);

	if (status != MM_OK)
		return status;
	binding = found->unseen;
	if (binding == NULL)
		return MM_E_NOT_FOUND;
	found->unseen = binding_after(binding);
	if (ret_interface != NULL)
		*ret_interface = binding->interface;
	if (ret_handle != NULL)
		*ret_handle = binding->token;
	return MM_OK;
}

enum mm_status mm_protodb_list_handles_new(struct mm_protodb *self, uint64_t registration, uint64_t *ret_handles,
					   size_t *inout_count)
{
	struct mm_protodb_registration *found;
	enum mm_status status = registration_of_token(self, registration, &found);
	size_t room = *inout_count;

	if (status != MM_OK)
		return status;
	if (found->unseen == NULL)
		return MM_E_NOT_FOUND;
	*inout_count = 1;
	if (room == 0)
		return MM_E_BUFFER_TOO_SMALL;
	return mm_protodb_locate_new(self, registration, NULL, ret_handles);
}
