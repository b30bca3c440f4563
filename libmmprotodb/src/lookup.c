/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "records.h"

struct mm_protodb_entry *protodb_find_entry(const struct mm_protodb *self, const struct mm_guid *protocol,
					    uint32_t hash)
{
	struct mm_hash_node *node;

	for (node = mm_hash_first(&self->by_protocol, hash); node != NULL; node = mm_hash_next(node)) {
		struct mm_protodb_entry *entry = MM_CONTAINER_OF(node, struct mm_protodb_entry, by_protocol);

		if (mm_guid_equal(&entry->protocol, protocol))
			return entry;
	}
	return NULL;
}

struct mm_protodb_binding *protodb_find_binding(const struct mm_protodb *self, uint64_t handle,
						const struct mm_guid *protocol, uint32_t hash)
{
	struct mm_hash_node *node = mm_hash_first(&self->by_handle, protodb_hash_pair(self, hash, handle));

	for (; node != NULL; node = mm_hash_next(node)) {
		struct mm_protodb_binding *binding = MM_CONTAINER_OF(node, struct mm_protodb_binding, by_handle);

		if (binding->token == handle && mm_guid_equal(&binding->entry->protocol, protocol))
			return binding;
	}
	return NULL;
}

/* A token names a handle in its generation, so what is bound to it under this token belongs to a live handle. */
enum mm_status mm_protodb_open(const struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
			       uint64_t *ret_interface)
{
	const struct mm_protodb_binding *binding =
		protodb_find_binding(self, handle, protocol, protodb_hash_protocol(self, protocol));
	struct mm_slot *slot;
	enum mm_status status;

	if (MM_LIKELY(binding != NULL)) {
		*ret_interface = binding->interface;
		return MM_OK;
	}
	status = mm_slots_find(&self->handles, handle, &slot);
	return status == MM_OK ? MM_E_UNSUPPORTED : status;
}

/* The binding on the earliest handle that has the protocol, or NULL. */
static const struct mm_protodb_binding *first_binding(const struct mm_protodb *self, const struct mm_guid *protocol)
{
	struct mm_protodb_entry *entry = protodb_find_entry(self, protocol, protodb_hash_protocol(self, protocol));

	if (entry == NULL || mm_tree_is_empty(&entry->bindings))
		return NULL;
	return binding_of_tree(mm_tree_first(&entry->bindings));
}

enum mm_status mm_protodb_locate(const struct mm_protodb *self, const struct mm_guid *protocol, uint64_t *ret_interface)
{
	const struct mm_protodb_binding *binding = first_binding(self, protocol);

	if (binding == NULL)
		return MM_E_NOT_FOUND;
	*ret_interface = binding->interface;
	return MM_OK;
}

bool mm_protodb_is_present(const struct mm_protodb *self, const struct mm_guid *protocol)
{
	return first_binding(self, protocol) != NULL;
}

/* Answers for a list of `count` handles: true if there is something to write. */
static enum mm_status check_room(size_t count, size_t *inout_count)
{
	size_t room = *inout_count;

	if (count == 0)
		return MM_E_NOT_FOUND;
	*inout_count = count;
	return room < count ? MM_E_BUFFER_TOO_SMALL : MM_OK;
}

enum mm_status mm_protodb_list_handles_by_protocol(const struct mm_protodb *self, const struct mm_guid *protocol,
						   uint64_t *ret_handles, size_t *inout_count)
{
	const struct mm_protodb_entry *entry =
		protodb_find_entry(self, protocol, protodb_hash_protocol(self, protocol));
	enum mm_status status = check_room(entry == NULL ? 0 : mm_tree_count(&entry->bindings), inout_count);
	struct mm_tree_node *node;

	if (status != MM_OK)
		return status;
	for (node = mm_tree_first(&entry->bindings); node != NULL; node = mm_tree_next(node))
		*ret_handles++ = binding_of_tree(node)->token;
	return MM_OK;
}

enum mm_status mm_protodb_list_handles(const struct mm_protodb *self, uint64_t *ret_handles, size_t *inout_count)
{
	enum mm_status status = check_room(mm_slots_live_count(&self->handles), inout_count);
	struct mm_list *node;

	if (status != MM_OK)
		return status;
	for (node = self->handle_order.next; node != &self->handle_order; node = node->next) {
		const struct mm_protodb_handle *handle = MM_CONTAINER_OF(node, struct mm_protodb_handle, order);

		*ret_handles++ = mm_slots_token(&self->handles, &handle->slot);
	}
	return MM_OK;
}
