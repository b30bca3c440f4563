/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/protodb/protodb.h"

#include "mm/protodb/store.h"
#include "records.h"

bool mm_protodb_listener_is_complete(const struct mm_protodb_listener *listener)
{
	return listener != NULL && listener->ops != NULL && listener->ops->notify != NULL;
}

static uint32_t tag_of(enum token_kind kind, uint8_t instance)
{
	return ((uint32_t)kind << 8) | instance;
}

enum mm_status mm_protodb_init(struct mm_protodb *self, const struct mm_protodb_config *config)
{
	if (config->pool == NULL || !mm_pool_is_complete(config->pool) ||
	    !mm_protodb_listener_is_complete(config->listener))
		return MM_E_INVALID;
	__builtin_memset(self, 0, sizeof(*self));
	self->pool = config->pool;
	self->listener = config->listener;
	self->seed = config->seed;
	mm_hash_init(&self->by_protocol, self->first_buckets[TABLE_PROTOCOL], MM_PROTODB_FIRST_BUCKETS);
	mm_hash_init(&self->by_handle, self->first_buckets[TABLE_HANDLE], MM_PROTODB_FIRST_BUCKETS);
	mm_hash_init(&self->by_function, self->first_buckets[TABLE_FUNCTION], MM_PROTODB_FIRST_BUCKETS);
	mm_slots_init(&self->entries, sizeof(struct mm_protodb_entry), tag_of(TOKEN_ENTRY, config->instance));
	mm_slots_init(&self->handles, sizeof(struct mm_protodb_handle), tag_of(TOKEN_HANDLE, config->instance));
	mm_slots_init(&self->bindings, sizeof(struct mm_protodb_binding), tag_of(TOKEN_BINDING, config->instance));
	mm_slots_init(&self->registrations, sizeof(struct mm_protodb_registration),
		      tag_of(TOKEN_REGISTRATION, config->instance));
	mm_list_init(&self->handle_order);
	return MM_OK;
}

void mm_protodb_finish(struct mm_protodb *self)
{
	if (self == NULL || self->pool == NULL)
		return;
	mm_protodb_store_drop_hash(self->pool, &self->by_protocol, self->first_buckets[TABLE_PROTOCOL]);
	mm_protodb_store_drop_hash(self->pool, &self->by_handle, self->first_buckets[TABLE_HANDLE]);
	mm_protodb_store_drop_hash(self->pool, &self->by_function, self->first_buckets[TABLE_FUNCTION]);
	mm_protodb_store_drop_slots(self->pool, &self->entries);
	mm_protodb_store_drop_slots(self->pool, &self->handles);
	mm_protodb_store_drop_slots(self->pool, &self->bindings);
	mm_protodb_store_drop_slots(self->pool, &self->registrations);
	__builtin_memset(self, 0, sizeof(*self));
}

static enum mm_status make_entry(struct mm_protodb *self, const struct mm_guid *protocol, uint32_t hash,
				 struct mm_protodb_entry **ret_entry)
{
	struct mm_protodb_entry *entry;
	struct mm_slot *slot;
	enum mm_status status = mm_protodb_store_take(self->pool, &self->entries, &slot);

	if (status != MM_OK)
		return status;
	entry = MM_CONTAINER_OF(slot, struct mm_protodb_entry, slot);
	entry->key = mm_guid_key(protocol);
	entry->protocol = *protocol;
	mm_tree_init(&entry->bindings);
	mm_list_init(&entry->installed);
	mm_list_init(&entry->registrations);
	mm_list_init(&entry->watches);
	mm_hash_insert(&self->by_protocol, &entry->by_protocol, hash);
	mm_protodb_store_widen_hash(self->pool, &self->by_protocol, self->first_buckets[TABLE_PROTOCOL]);
	*ret_entry = entry;
	return MM_OK;
}

enum mm_status protodb_get_entry(struct mm_protodb *self, const struct mm_guid *protocol,
				 struct mm_protodb_entry **ret_entry)
{
	struct mm_guid_key key = mm_guid_key(protocol);
	uint32_t hash = protodb_hash_key(self, key);
	struct mm_protodb_entry *entry = protodb_find_entry(self, key, hash);

	if (entry == NULL)
		return make_entry(self, protocol, hash, ret_entry);
	*ret_entry = entry;
	return MM_OK;
}

void protodb_release_entry(struct mm_protodb *self, struct mm_protodb_entry *entry)
{
	if (!mm_tree_is_empty(&entry->bindings) || !mm_list_is_empty(&entry->registrations) ||
	    !mm_list_is_empty(&entry->watches))
		return;
	mm_hash_remove(&self->by_protocol, &entry->by_protocol);
	mm_slots_put(&self->entries, &entry->slot);
}

size_t mm_protodb_withdraw_owner(struct mm_protodb *self, uint16_t owner)
{
	struct mm_slot *slot;
	size_t count = 0;

	for (slot = mm_slots_next(&self->registrations, NULL); slot != NULL;
	     slot = mm_slots_next(&self->registrations, slot)) {
		struct mm_protodb_registration *registration =
			MM_CONTAINER_OF(slot, struct mm_protodb_registration, slot);

		if (registration->owner == owner) {
			protodb_end_registration(self, registration);
			count++;
		}
	}
	for (slot = mm_slots_next(&self->bindings, NULL); slot != NULL; slot = mm_slots_next(&self->bindings, slot)) {
		struct mm_protodb_binding *binding = MM_CONTAINER_OF(slot, struct mm_protodb_binding, slot);

		if (binding->owner == owner) {
			protodb_remove_binding(self, binding);
			count++;
		}
	}
	return count;
}
