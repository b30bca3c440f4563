/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the database consists of, and the steps its files share. Private to the room. */
#include "mm/base/compiler.h"
#include "mm/base/guid_key.h"
#include "mm/protodb/protodb.h"

/* Kinds of tokens; with the instance they make a slot table's tag. */
enum token_kind {
	TOKEN_HANDLE = 1,
	TOKEN_REGISTRATION,
	TOKEN_BINDING,
	TOKEN_ENTRY,
};

/* Index of each hash table's own first buckets. */
enum table {
	TABLE_PROTOCOL,
	TABLE_HANDLE,
	TABLE_FUNCTION,
};

/* A GUID that is installed, registered for or watched; it ends when it is none of these. */
struct mm_protodb_entry {
	struct mm_slot slot;
	struct mm_hash_node by_protocol;
	struct mm_guid_key key;
	struct mm_guid protocol;
	struct mm_tree bindings;  /* by the sequence of their handles */
	struct mm_list installed; /* the same in the order of installation */
	struct mm_list registrations;
	struct mm_list watches;
};

struct mm_protodb_handle {
	struct mm_slot slot;
	struct mm_list order;
	struct mm_list bindings; /* in the order of installation */
	uint64_t sequence;
};

/* One protocol on one handle. */
struct mm_protodb_binding {
	struct mm_slot slot;
	struct mm_hash_node by_handle;
	uint64_t token; /* of the handle: what a search compares, without touching handle or entry */
	struct mm_guid_key key;
	uint64_t interface;
	struct mm_protodb_entry *entry;
	struct mm_protodb_handle *handle;
	struct mm_tree_node of_entry;
	struct mm_list installed;
	struct mm_list of_handle;
	uint64_t sequence; /* of its installation, renewed by reinstalling */
	uint16_t owner;
	bool is_condemned; /* found by an uninstallation of several */
};

struct mm_protodb_registration {
	struct mm_slot slot;
	struct mm_hash_node by_function;
	struct mm_protodb_entry *entry;
	uint64_t function;
	struct mm_list of_entry;
	struct mm_protodb_binding *unseen; /* the next new one, NULL if there is none */
	uint64_t sequence;
	uint16_t owner;
};

static inline struct mm_protodb_binding *binding_of_tree(struct mm_tree_node *node)
{
	return MM_CONTAINER_OF(node, struct mm_protodb_binding, of_entry);
}

static inline struct mm_protodb_registration *registration_of_list(struct mm_list *node)
{
	return MM_CONTAINER_OF(node, struct mm_protodb_registration, of_entry);
}

/* The binding installed next after this one, or NULL. */
static inline struct mm_protodb_binding *binding_after(const struct mm_protodb_binding *binding)
{
	struct mm_list *next = binding->installed.next;

	return next == &binding->entry->installed ? NULL : MM_CONTAINER_OF(next, struct mm_protodb_binding, installed);
}

/* The registration made next after this one, or NULL. */
static inline struct mm_protodb_registration *registration_after(const struct mm_protodb_registration *registration)
{
	struct mm_list *next = registration->of_entry.next;

	return next == &registration->entry->registrations ? NULL : registration_of_list(next);
}

static inline uint32_t protodb_hash_key(const struct mm_protodb *self, struct mm_guid_key key)
{
	return mm_guid_key_hash(key, self->seed);
}

/* Of a protocol's hash together with a handle or a function. The two are mixed apart: numbers in step cancel not. */
static inline uint32_t protodb_hash_pair(const struct mm_protodb *self, uint32_t hash, uint64_t number)
{
	return hash ^ mm_hash_u64(number, self->seed);
}

/* The entry of a protocol whose hash is `hash`, or NULL. */
static inline struct mm_protodb_entry *protodb_find_entry(const struct mm_protodb *self, struct mm_guid_key key,
							  uint32_t hash)
{
	struct mm_hash_node *node;

	for (node = mm_hash_first(&self->by_protocol, hash); node != NULL; node = mm_hash_next(node)) {
		struct mm_protodb_entry *entry = MM_CONTAINER_OF(node, struct mm_protodb_entry, by_protocol);

		if (MM_LIKELY(mm_guid_key_equal(entry->key, key)))
			return entry;
	}
	return NULL;
}

/* What a protocol whose hash is `hash` is bound to on a handle, or NULL. */
static inline struct mm_protodb_binding *protodb_find_binding(const struct mm_protodb *self, uint64_t handle,
							      struct mm_guid_key key, uint32_t hash)
{
	struct mm_hash_node *node = mm_hash_first(&self->by_handle, protodb_hash_pair(self, hash, handle));

	for (; node != NULL; node = mm_hash_next(node)) {
		struct mm_protodb_binding *binding = MM_CONTAINER_OF(node, struct mm_protodb_binding, by_handle);

		if (MM_LIKELY(binding->token == handle && mm_guid_key_equal(binding->key, key)))
			return binding;
	}
	return NULL;
}

/* The same for a protocol that is not hashed yet. */
static inline struct mm_protodb_binding *protodb_find(const struct mm_protodb *self, uint64_t handle,
						      const struct mm_guid *protocol)
{
	struct mm_guid_key key = mm_guid_key(protocol);

	return protodb_find_binding(self, handle, key, protodb_hash_key(self, key));
}

/* protodb.c: the entry of a protocol, made if need be. A status of mm_protodb_store_take(). */
enum mm_status protodb_get_entry(struct mm_protodb *self, const struct mm_guid *protocol,
				 struct mm_protodb_entry **ret_entry);

/* Ends the entry if nothing is left of it. */
void protodb_release_entry(struct mm_protodb *self, struct mm_protodb_entry *entry);

/* watch.c: presence of the GUID changed. */
void protodb_fire_watches(struct mm_protodb_entry *entry);

/* notify.c: tells all registrations of the binding's protocol, and forgets what can no longer be told. */
void protodb_announce(struct mm_protodb *self, struct mm_protodb_binding *binding);
void protodb_forget_binding(struct mm_protodb *self, const struct mm_protodb_binding *binding);
void protodb_end_registration(struct mm_protodb *self, struct mm_protodb_registration *registration);

/* Makes the binding the newest of its entry, for the registrations too. */
void protodb_append_installed(struct mm_protodb_binding *binding);

/* Takes the binding out of the order of installation, for the registrations too. */
void protodb_remove_installed(struct mm_protodb_binding *binding);

/* install.c: removes a binding, its handle if that is left empty, and its entry if it is unused. */
void protodb_remove_binding(struct mm_protodb *self, struct mm_protodb_binding *binding);
