/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "records.h"

/* Why nothing is bound. */
static MM_COLD enum mm_status explain_unbound(const struct mm_protodb *self, uint64_t handle)
{
	struct mm_slot *slot;
	enum mm_status status = mm_slots_find(&self->handles, handle, &slot);

	return status == MM_OK ? MM_E_UNSUPPORTED : status;
}

/* A token names a handle in its generation, so what is bound to it under this token belongs to a live handle. */
enum mm_status mm_protodb_open(const struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
			       uint64_t *ret_interface)
{
	const struct mm_protodb_binding *binding = protodb_find(self, handle, protocol);

	if (MM_UNLIKELY(binding == NULL))
		return explain_unbound(self, handle);
	*ret_interface = binding->interface;
	return MM_OK;
}

static inline const struct mm_protodb_entry *entry_of(const struct mm_protodb *self, const struct mm_guid *protocol)
{
	struct mm_guid_key key = mm_guid_key(protocol);

	return protodb_find_entry(self, key, protodb_hash_key(self, key));
}

/* The binding on the earliest handle that has the protocol, or NULL. */
static inline const struct mm_protodb_binding *first_binding(const struct mm_protodb *self,
							     const struct mm_guid *protocol)
{
	const struct mm_protodb_entry *entry = entry_of(self, protocol);

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

/* What a list of `count` handles answers before it writes any. */
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
	const struct mm_protodb_entry *entry = entry_of(self, protocol);
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
