/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/protodb/store.h"
#include "records.h"

static struct mm_protodb_handle *handle_of_slot(struct mm_slot *slot)
{
	return MM_CONTAINER_OF(slot, struct mm_protodb_handle, slot);
}

/* The handle of a token, a new one for 0. */
static enum mm_status get_handle(struct mm_protodb *self, uint64_t token, struct mm_protodb_handle **ret_handle)
{
	struct mm_protodb_handle *handle;
	struct mm_slot *slot;
	enum mm_status status;

	if (token != 0)
		status = mm_slots_find(&self->handles, token, &slot);
	else
		status = mm_protodb_store_take(self->pool, &self->handles, &slot);
	if (status != MM_OK)
		return status;
	handle = handle_of_slot(slot);
	if (token == 0) {
		mm_list_init(&handle->bindings);
		mm_list_push_back(&self->handle_order, &handle->order);
		handle->sequence = ++self->sequence;
	}
	*ret_handle = handle;
	return MM_OK;
}

static void release_handle(struct mm_protodb *self, struct mm_protodb_handle *handle)
{
	if (!mm_list_is_empty(&handle->bindings))
		return;
	mm_list_remove(&handle->order);
	mm_slots_put(&self->handles, &handle->slot);
}

/* Takes a record for a binding of this entry, unless announcing it would nest too deeply. */
static enum mm_status take_binding(struct mm_protodb *self, const struct mm_protodb_entry *entry,
				   struct mm_slot **ret_slot)
{
	if (self->depth >= MM_PROTODB_DEPTH_MAX && !mm_list_is_empty(&entry->registrations))
		return MM_E_LIMIT;
	return mm_protodb_store_take(self->pool, &self->bindings, ret_slot);
}

static void bind(struct mm_protodb *self, struct mm_protodb_entry *entry, struct mm_protodb_handle *handle,
		 struct mm_protodb_binding *binding)
{
	uint32_t hash = protodb_hash_pair(self, entry->by_protocol.hash, binding->token);

	binding->key = entry->key;
	binding->entry = entry;
	binding->handle = handle;
	binding->sequence = ++self->sequence;
	binding->is_condemned = false;
	mm_hash_insert(&self->by_handle, &binding->by_handle, hash);
	mm_protodb_store_widen_hash(self->pool, &self->by_handle, self->first_buckets[TABLE_HANDLE]);
	mm_tree_insert(&entry->bindings, &binding->of_entry, handle->sequence);
	mm_list_push_back(&handle->bindings, &binding->of_handle);
	protodb_append_installed(binding);
}

/* Everything an installation does before it becomes known. */
static enum mm_status add_binding(struct mm_protodb *self, uint16_t owner, struct mm_protodb_handle *handle,
				  const struct mm_protodb_item *item)
{
	uint64_t token = mm_slots_token(&self->handles, &handle->slot);
	struct mm_protodb_binding *binding;
	struct mm_protodb_entry *entry;
	struct mm_slot *slot;
	enum mm_status status;

	if (!mm_list_is_empty(&handle->bindings) && protodb_find(self, token, item->protocol) != NULL)
		return MM_E_EXISTS;
	status = protodb_get_entry(self, item->protocol, &entry);
	if (status != MM_OK)
		return status;
	status = take_binding(self, entry, &slot);
	if (status != MM_OK) {
		protodb_release_entry(self, entry);
		return status;
	}
	binding = MM_CONTAINER_OF(slot, struct mm_protodb_binding, slot);
	binding->token = token;
	binding->interface = item->interface;
	binding->owner = owner;
	bind(self, entry, handle, binding);
	return MM_OK;
}

/* Undoes add_binding(). */
static void drop_binding(struct mm_protodb *self, struct mm_protodb_binding *binding)
{
	struct mm_protodb_entry *entry = binding->entry;

	protodb_remove_installed(binding);
	mm_list_remove(&binding->of_handle);
	mm_tree_remove(&entry->bindings, &binding->of_entry);
	mm_hash_remove(&self->by_handle, &binding->by_handle);
	mm_slots_put(&self->bindings, &binding->slot);
	protodb_release_entry(self, entry);
}

/* Adds all items or none; the bindings get consecutive sequence numbers. */
static enum mm_status add_bindings(struct mm_protodb *self, uint16_t owner, struct mm_protodb_handle *handle,
				   const struct mm_protodb_item *items, size_t count)
{
	enum mm_status status = MM_OK;
	size_t added;

	for (added = 0; added < count; added++) {
		status = add_binding(self, owner, handle, &items[added]);
		if (status != MM_OK)
			break;
	}
	if (status == MM_OK)
		return MM_OK;
	for (; added > 0; added--) {
		struct mm_list *newest = handle->bindings.prev;

		drop_binding(self, MM_CONTAINER_OF(newest, struct mm_protodb_binding, of_handle));
	}
	return status;
}

/*
 * Tells the world of bindings that were added, in turn. Whoever is told may remove or replace those to come, so each is
 * looked for again and known by its number.
 */
static void announce_bindings(struct mm_protodb *self, uint64_t handle, const struct mm_protodb_item *items,
			      size_t count, uint64_t first_sequence)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct mm_protodb_binding *binding = protodb_find(self, handle, items[i].protocol);

		if (binding != NULL && binding->sequence == first_sequence + i)
			protodb_announce(self, binding);
	}
}

/* Watches hear of all new GUIDs before any function is called. */
static void fire_new(struct mm_protodb_handle *handle, size_t count)
{
	struct mm_list *node = handle->bindings.prev;

	for (; count > 0; count--, node = node->prev) {
		struct mm_protodb_entry *entry = MM_CONTAINER_OF(node, struct mm_protodb_binding, of_handle)->entry;

		if (mm_tree_count(&entry->bindings) == 1)
			protodb_fire_watches(entry);
	}
}

enum mm_status mm_protodb_install_many(struct mm_protodb *self, uint16_t owner, const struct mm_protodb_item *items,
				       size_t count, uint64_t *inout_handle)
{
	struct mm_protodb_handle *handle;
	uint64_t first_sequence;
	enum mm_status status;
	uint64_t token;

	if (count == 0)
		return MM_E_INVALID;
	status = get_handle(self, *inout_handle, &handle);
	if (status != MM_OK)
		return status;
	first_sequence = self->sequence + 1u;
	status = add_bindings(self, owner, handle, items, count);
	if (status != MM_OK) {
		release_handle(self, handle);
		return status;
	}
	token = mm_slots_token(&self->handles, &handle->slot);
	*inout_handle = token;
	fire_new(handle, count);
	announce_bindings(self, token, items, count, first_sequence);
	return MM_OK;
}

/* The same for one, which is its own newest binding and need not be looked for. */
enum mm_status mm_protodb_install(struct mm_protodb *self, uint16_t owner, const struct mm_guid *protocol,
				  uint64_t interface, uint64_t *inout_handle)
{
	const struct mm_protodb_item item = { protocol, interface };
	struct mm_protodb_handle *handle;
	struct mm_list *newest;
	enum mm_status status;

	status = get_handle(self, *inout_handle, &handle);
	if (status != MM_OK)
		return status;
	status = add_binding(self, owner, handle, &item);
	if (status != MM_OK) {
		release_handle(self, handle);
		return status;
	}
	*inout_handle = mm_slots_token(&self->handles, &handle->slot);
	fire_new(handle, 1);
	newest = handle->bindings.prev;
	protodb_announce(self, MM_CONTAINER_OF(newest, struct mm_protodb_binding, of_handle));
	return MM_OK;
}

void protodb_remove_binding(struct mm_protodb *self, struct mm_protodb_binding *binding)
{
	struct mm_protodb_handle *handle = binding->handle;

	protodb_forget_binding(self, binding);
	if (mm_tree_count(&binding->entry->bindings) == 1)
		protodb_fire_watches(binding->entry);
	drop_binding(self, binding);
	release_handle(self, handle);
}

/* The binding of exactly this interface, or why there is none. */
static enum mm_status find_installed(struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
				     uint64_t interface, struct mm_protodb_binding **ret_binding)
{
	struct mm_protodb_binding *binding = protodb_find(self, handle, protocol);
	struct mm_slot *slot;
	enum mm_status status;

	if (binding == NULL) {
		status = mm_slots_find(&self->handles, handle, &slot);
		return status == MM_OK ? MM_E_NOT_FOUND : status;
	}
	if (binding->interface != interface)
		return MM_E_NOT_FOUND;
	*ret_binding = binding;
	return MM_OK;
}

enum mm_status mm_protodb_uninstall(struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
				    uint64_t interface)
{
	struct mm_protodb_binding *binding;
	enum mm_status status;

	status = find_installed(self, handle, protocol, interface, &binding);
	if (status == MM_OK)
		protodb_remove_binding(self, binding);
	return status;
}

/* Marks the bindings of all items, each once. On failure `*reterr_marked` items are marked. */
static enum mm_status condemn(struct mm_protodb *self, uint64_t handle, const struct mm_protodb_item *items,
			      size_t count, size_t *reterr_marked)
{
	struct mm_protodb_binding *binding;
	enum mm_status status;
	size_t i;

	for (i = 0; i < count; i++) {
		*reterr_marked = i;
		status = find_installed(self, handle, items[i].protocol, items[i].interface, &binding);
		if (status != MM_OK)
			return status;
		if (binding->is_condemned)
			return MM_E_NOT_FOUND;
		binding->is_condemned = true;
	}
	return MM_OK;
}

static void pardon(struct mm_protodb *self, uint64_t handle, const struct mm_protodb_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		protodb_find(self, handle, items[i].protocol)->is_condemned = false;
}

enum mm_status mm_protodb_uninstall_many(struct mm_protodb *self, uint64_t handle, const struct mm_protodb_item *items,
					 size_t count)
{
	enum mm_status status;
	size_t marked = 0;
	size_t i;

	if (count == 0)
		return MM_E_INVALID;
	status = condemn(self, handle, items, count, &marked);
	if (status != MM_OK) {
		pardon(self, handle, items, marked);
		return status;
	}
	for (i = 0; i < count; i++)
		protodb_remove_binding(self, protodb_find(self, handle, items[i].protocol));
	return MM_OK;
}

enum mm_status mm_protodb_reinstall(struct mm_protodb *self, uint16_t owner, uint64_t handle,
				    const struct mm_guid *protocol, uint64_t old_interface, uint64_t new_interface)
{
	struct mm_protodb_binding *binding;
	enum mm_status status;

	status = find_installed(self, handle, protocol, old_interface, &binding);
	if (status != MM_OK)
		return status;
	if (self->depth >= MM_PROTODB_DEPTH_MAX && !mm_list_is_empty(&binding->entry->registrations))
		return MM_E_LIMIT;
	protodb_forget_binding(self, binding);
	protodb_remove_installed(binding);
	binding->interface = new_interface;
	binding->owner = owner;
	binding->sequence = ++self->sequence;
	protodb_append_installed(binding);
	protodb_announce(self, binding);
	return MM_OK;
}
