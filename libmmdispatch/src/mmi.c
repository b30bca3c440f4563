/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/dispatch/mmi.h"

#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mm/protodb/store.h"
#include "mmi_records.h"

/* Kinds of tokens; with the instance they make a slot table's tag. They differ from the database's. */
#define TOKEN_HANDLER 0x8u
#define TOKEN_ENTRY   0x9u

bool mm_mmi_host_is_complete(const struct mm_mmi_host *host)
{
	return host != NULL && host->ops != NULL && host->ops->call != NULL;
}

enum mm_status mm_mmi_init(struct mm_mmi *self, const struct mm_mmi_config *config)
{
	if (config->pool == NULL || !mm_pool_is_complete(config->pool) || !mm_mmi_host_is_complete(config->host))
		return MM_E_INVALID;
	__builtin_memset(self, 0, sizeof(*self));
	self->pool = config->pool;
	self->host = config->host;
	self->seed = config->seed;
	mm_hash_init(&self->by_guid, self->first_buckets, MM_MMI_FIRST_BUCKETS);
	mm_slots_init(&self->handlers, sizeof(struct mm_mmi_handler), (TOKEN_HANDLER << 8) | config->instance);
	mm_slots_init(&self->entries, sizeof(struct mm_mmi_entry), (TOKEN_ENTRY << 8) | config->instance);
	return MM_OK;
}

void mm_mmi_finish(struct mm_mmi *self)
{
	if (self == NULL || self->pool == NULL)
		return;
	mm_protodb_store_drop_hash(self->pool, &self->by_guid, self->first_buckets);
	mm_protodb_store_drop_slots(self->pool, &self->handlers);
	mm_protodb_store_drop_slots(self->pool, &self->entries);
	__builtin_memset(self, 0, sizeof(*self));
}

struct mm_mmi_entry *mmi_find_entry(const struct mm_mmi *self, struct mm_guid_key key)
{
	struct mm_hash_node *node = mm_hash_first(&self->by_guid, mm_guid_key_hash(key, self->seed));

	for (; node != NULL; node = mm_hash_next(node)) {
		struct mm_mmi_entry *entry = MM_CONTAINER_OF(node, struct mm_mmi_entry, by_guid);

		if (MM_LIKELY(mm_guid_key_equal(entry->key, key)))
			return entry;
	}
	return NULL;
}

static enum mm_status get_entry(struct mm_mmi *self, const struct mm_guid *guid, struct mm_mmi_entry **ret_entry)
{
	struct mm_guid_key key = mm_guid_key(guid);
	struct mm_mmi_entry *entry = mmi_find_entry(self, key);
	struct mm_slot *slot;
	enum mm_status status;

	if (entry == NULL) {
		status = mm_protodb_store_take(self->pool, &self->entries, &slot);
		if (status != MM_OK)
			return status;
		entry = MM_CONTAINER_OF(slot, struct mm_mmi_entry, slot);
		entry->key = key;
		__builtin_memset(&entry->chain, 0, sizeof(entry->chain));
		mm_hash_insert(&self->by_guid, &entry->by_guid, mm_guid_key_hash(key, self->seed));
		mm_protodb_store_widen_hash(self->pool, &self->by_guid, self->first_buckets);
	}
	*ret_entry = entry;
	return MM_OK;
}

static void release_entry(struct mm_mmi *self, struct mm_mmi_entry *entry)
{
	if (entry == NULL || entry->chain.first != NULL)
		return;
	mm_hash_remove(&self->by_guid, &entry->by_guid);
	mm_slots_put(&self->entries, &entry->slot);
}

static struct mm_mmi_chain *chain_of(struct mm_mmi *self, struct mm_mmi_entry *entry)
{
	return entry == NULL ? &self->root : &entry->chain;
}

/* Chains end in NULL, not in their head: a frame stays right when the entry ends under it. */
static void append(struct mm_mmi_chain *chain, struct mm_mmi_handler *handler)
{
	handler->next = NULL;
	handler->prev = chain->last;
	if (chain->last == NULL)
		chain->first = handler;
	else
		chain->last->next = handler;
	chain->last = handler;
	chain->count++;
}

static void detach(struct mm_mmi_chain *chain, struct mm_mmi_handler *handler)
{
	if (handler->prev == NULL)
		chain->first = handler->next;
	else
		handler->prev->next = handler->next;
	if (handler->next == NULL)
		chain->last = handler->prev;
	else
		handler->next->prev = handler->prev;
	chain->count--;
}

enum mm_status mm_mmi_register(struct mm_mmi *self, uint16_t owner, const struct mm_guid *guid, uint64_t entry_point,
			       uint64_t *ret_handle)
{
	struct mm_mmi_entry *entry = NULL;
	struct mm_mmi_handler *handler;
	struct mm_slot *slot;
	enum mm_status status;

	if (entry_point == 0)
		return MM_E_INVALID;
	if (guid != NULL) {
		status = get_entry(self, guid, &entry);
		if (status != MM_OK)
			return status;
	}
	status = mm_protodb_store_take(self->pool, &self->handlers, &slot);
	if (status != MM_OK) {
		release_entry(self, entry);
		return status;
	}
	handler = MM_CONTAINER_OF(slot, struct mm_mmi_handler, slot);
	handler->entry = entry;
	handler->entry_point = entry_point;
	handler->sequence = ++self->sequence;
	handler->owner = owner;
	append(chain_of(self, entry), handler);
	*ret_handle = mm_slots_token(&self->handlers, slot);
	return MM_OK;
}

/* Managing under way goes on behind the handler. */
static void remove_handler(struct mm_mmi *self, struct mm_mmi_handler *handler)
{
	struct mm_mmi_entry *entry = handler->entry;
	uint32_t i;

	for (i = 0; i < self->depth; i++) {
		if (self->frames[i].next == handler)
			self->frames[i].next = handler->next;
	}
	detach(chain_of(self, entry), handler);
	mm_slots_put(&self->handlers, &handler->slot);
	release_entry(self, entry);
}

enum mm_status mm_mmi_unregister(struct mm_mmi *self, uint64_t handle)
{
	struct mm_slot *slot;
	enum mm_status status = mm_slots_find(&self->handlers, handle, &slot);

	if (status == MM_OK)
		remove_handler(self, MM_CONTAINER_OF(slot, struct mm_mmi_handler, slot));
	return status;
}

size_t mm_mmi_withdraw_owner(struct mm_mmi *self, uint16_t owner)
{
	struct mm_slot *slot = mm_slots_next(&self->handlers, NULL);
	size_t count = 0;

	for (; slot != NULL; slot = mm_slots_next(&self->handlers, slot)) {
		struct mm_mmi_handler *handler = MM_CONTAINER_OF(slot, struct mm_mmi_handler, slot);

		if (handler->owner == owner) {
			remove_handler(self, handler);
			count++;
		}
	}
	return count;
}

/* Adds a handler's answer to the outcome; true if no other handler is to be called. */
static bool conclude(struct mm_mmi_outcome *outcome, uint64_t answer, bool is_root)
{
	outcome->called_count++;
	switch (answer) {
	case MM_EFI_SUCCESS:
		outcome->efi_status = MM_EFI_SUCCESS;
		return !is_root;
	case MM_EFI_INTERRUPT_PENDING:
		if (is_root)
			return false;
		outcome->efi_status = MM_EFI_INTERRUPT_PENDING;
		return true;
	case MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED:
		outcome->efi_status = MM_EFI_SUCCESS;
		return false;
	case MM_EFI_WARN_INTERRUPT_SOURCE_PENDING:
		if (outcome->efi_status != MM_EFI_SUCCESS)
			outcome->efi_status = answer;
		return false;
	default:
		if (outcome->error_count++ == 0)
			outcome->first_error = answer;
		return false;
	}
}

/* Calls from `frame->next` on; the frame is all that is known between two calls. */
static void run_frame(struct mm_mmi *self, struct mm_mmi_frame *frame, bool is_root, struct mm_mmi_call *call,
		      struct mm_mmi_outcome *outcome)
{
	while (frame->next != NULL && frame->next->sequence <= frame->last_sequence) {
		const struct mm_mmi_handler *handler = frame->next;

		frame->next = handler->next;
		call->entry_point = handler->entry_point;
		call->handle = mm_slots_token(&self->handlers, &handler->slot);
		call->owner = handler->owner;
		if (conclude(outcome, self->host->ops->call(self->host, call), is_root))
			return;
	}
}

enum mm_status mm_mmi_manage(struct mm_mmi *self, const struct mm_guid *guid, uint64_t context, void *buffer,
			     uint64_t *inout_bytes, struct mm_mmi_outcome *ret_outcome)
{
	struct mm_mmi_outcome outcome = { .efi_status = MM_EFI_NOT_FOUND };
	struct mm_mmi_call call = { .context = context, .buffer = buffer, .inout_bytes = inout_bytes };
	const struct mm_mmi_entry *entry = guid == NULL ? NULL : mmi_find_entry(self, mm_guid_key(guid));
	struct mm_mmi_handler *first = guid == NULL ? self->root.first : NULL;
	uint32_t depth = self->depth;

	if (depth >= MM_MMI_DEPTH_MAX)
		return MM_E_LIMIT;
	if (entry != NULL)
		first = entry->chain.first;
	if (first != NULL) {
		struct mm_mmi_frame *frame = &self->frames[depth];

		frame->next = first;
		frame->last_sequence = self->sequence;
		self->depth = depth + 1u;
		run_frame(self, frame, guid == NULL, &call, &outcome);
		self->depth = depth;
	}
	*ret_outcome = outcome;
	return MM_OK;
}

void mm_mmi_abandon(struct mm_mmi *self, uint32_t depth)
{
	if (depth < self->depth)
		self->depth = depth;
}
