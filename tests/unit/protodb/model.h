/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A protocol database as simple as can be: arrays in the order of making, searched from the front. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mm/base/status.h"

#define MODEL_PROTOCOLS	    6u
#define MODEL_OWNERS	    5u
#define MODEL_HANDLES	    64u
#define MODEL_BINDINGS	    256u
#define MODEL_REGISTRATIONS 32u
#define MODEL_ENDED	    16u

struct model_item {
	uint32_t protocol;
	uint64_t interface;
};

struct model_handle {
	uint64_t token; /* written by the database under test */
	uint64_t id;
};

struct model_binding {
	uint64_t handle_id;
	uint32_t protocol;
	uint64_t interface;
	uint64_t sequence;
	uint16_t owner;
};

struct model_registration {
	uint64_t token;
	uint32_t protocol;
	uint64_t function;
	uint64_t sequence;
	uint64_t seen; /* sequence of the last binding taken as new */
	uint16_t owner;
};

struct model {
	uint64_t sequence;
	struct model_handle handles[MODEL_HANDLES]; /* in the order of creation */
	uint32_t handle_count;
	struct model_binding bindings[MODEL_BINDINGS]; /* in the order of installation */
	uint32_t binding_count;
	struct model_registration registrations[MODEL_REGISTRATIONS];
	uint32_t registration_count;
	uint64_t ended[MODEL_ENDED]; /* handles that were */
	uint32_t ended_next;
};

/* An operation under way: for each binding it announces, who was registered when it began. */
struct model_operation {
	uint64_t bindings[3];				/* sequences */
	uint64_t registrations[3][MODEL_REGISTRATIONS]; /* sequences */
	uint32_t registration_counts[3];
	uint32_t count;
	uint32_t current;
	uint32_t next;
};

static inline bool model_is_full(const struct model *m)
{
	return m->handle_count == MODEL_HANDLES || m->binding_count + 3 > MODEL_BINDINGS;
}

static inline struct model_handle *model_find_handle(struct model *m, uint64_t token)
{
	uint32_t i;

	for (i = 0; i < m->handle_count; i++) {
		if (m->handles[i].token == token)
			return &m->handles[i];
	}
	return NULL;
}

static inline enum mm_status model_handle_status(struct model *m, uint64_t token)
{
	uint32_t i;

	if (token != 0 && model_find_handle(m, token) != NULL)
		return MM_OK;
	for (i = 0; i < MODEL_ENDED; i++) {
		if (token != 0 && m->ended[i] == token)
			return MM_E_STALE;
	}
	return MM_E_INVALID;
}

static inline uint64_t model_token(const struct model *m, const struct model_binding *binding)
{
	uint32_t i;

	for (i = 0; m->handles[i].id != binding->handle_id; i++)
		;
	return m->handles[i].token;
}

static inline struct model_binding *model_find_on(struct model *m, uint64_t handle_id, uint32_t protocol)
{
	uint32_t i;

	for (i = 0; i < m->binding_count; i++) {
		if (m->bindings[i].handle_id == handle_id && m->bindings[i].protocol == protocol)
			return &m->bindings[i];
	}
	return NULL;
}

static inline struct model_binding *model_find_binding(struct model *m, uint64_t token, uint32_t protocol)
{
	const struct model_handle *handle = token == 0 ? NULL : model_find_handle(m, token);

	return handle == NULL ? NULL : model_find_on(m, handle->id, protocol);
}

/* The binding that is `skip` further than the first one of a handle, or its last; NULL if there is none. */
static inline struct model_binding *model_any_binding(struct model *m, uint64_t token, uint32_t skip)
{
	const struct model_handle *handle = token == 0 ? NULL : model_find_handle(m, token);
	struct model_binding *found = NULL;
	uint32_t i;

	for (i = 0; handle != NULL && i < m->binding_count; i++) {
		if (m->bindings[i].handle_id == handle->id && (found == NULL || skip-- > 0))
			found = &m->bindings[i];
	}
	return found;
}

/* Of the earliest handle that has the protocol. */
static inline struct model_binding *model_first_binding(struct model *m, uint32_t protocol)
{
	struct model_binding *found = NULL;
	uint32_t i;

	for (i = 0; i < m->handle_count && found == NULL; i++)
		found = model_find_on(m, m->handles[i].id, protocol);
	return found;
}

static inline size_t model_list(struct model *m, uint32_t protocol, uint64_t *ret_tokens)
{
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < m->handle_count; i++) {
		if (model_find_on(m, m->handles[i].id, protocol) != NULL)
			ret_tokens[count++] = m->handles[i].token;
	}
	return count;
}

static inline void model_remove_binding(struct model *m, struct model_binding *binding)
{
	uint64_t id = binding->handle_id;
	uint32_t place = (uint32_t)(binding - m->bindings), i;

	memmove(binding, binding + 1, (--m->binding_count - place) * sizeof(*binding));
	for (i = 0; i < m->binding_count; i++) {
		if (m->bindings[i].handle_id == id)
			return;
	}
	for (i = 0; m->handles[i].id != id; i++)
		;
	m->ended[m->ended_next++ % MODEL_ENDED] = m->handles[i].token;
	memmove(&m->handles[i], &m->handles[i + 1], (--m->handle_count - i) * sizeof(m->handles[0]));
}

/* Remembers who is to be told of a binding. */
static inline void model_announce(struct model *m, struct model_operation *operation,
				  const struct model_binding *binding)
{
	uint32_t round = operation->count++, i;

	operation->bindings[round] = binding->sequence;
	for (i = 0; i < m->registration_count; i++) {
		if (m->registrations[i].protocol == binding->protocol)
			operation->registrations[round][operation->registration_counts[round]++] =
				m->registrations[i].sequence;
	}
}

static inline struct model_binding *model_binding_by_sequence(struct model *m, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < m->binding_count; i++) {
		if (m->bindings[i].sequence == sequence)
			return &m->bindings[i];
	}
	return NULL;
}

static inline struct model_binding *model_binding_of_round(struct model *m, const struct model_operation *operation)
{
	return model_binding_by_sequence(m, operation->bindings[operation->current]);
}

/* Who is told next: the next one that is still registered, of the next binding that is still what it was; or NULL. */
static inline struct model_registration *model_next_told(struct model *m, struct model_operation *operation)
{
	for (; operation->current < operation->count; operation->current++, operation->next = 0) {
		uint32_t round = operation->current, i;

		if (model_binding_of_round(m, operation) == NULL)
			continue;
		for (; operation->next < operation->registration_counts[round]; operation->next++) {
			for (i = 0; i < m->registration_count; i++) {
				if (m->registrations[i].sequence == operation->registrations[round][operation->next])
					return &m->registrations[i];
			}
		}
	}
	return NULL;
}

static inline void model_mark_told(struct model_operation *operation)
{
	operation->next++;
}

static inline enum mm_status model_install(struct model *m, struct model_operation *operation, uint16_t owner,
					   const struct model_item *items, uint32_t count, uint64_t token)
{
	struct model_handle *handle;
	uint32_t i, k;

	if (token != 0 && model_handle_status(m, token) != MM_OK)
		return model_handle_status(m, token);
	for (i = 0; i < count; i++) {
		if (model_find_binding(m, token, items[i].protocol) != NULL)
			return MM_E_EXISTS;
		for (k = 0; k < i; k++) {
			if (items[k].protocol == items[i].protocol)
				return MM_E_EXISTS;
		}
	}
	handle = token == 0 ? &m->handles[m->handle_count++] : model_find_handle(m, token);
	if (token == 0)
		*handle = (struct model_handle){ 0, ++m->sequence };
	for (i = 0; i < count; i++) {
		struct model_binding *binding = &m->bindings[m->binding_count++];

		*binding = (struct model_binding){ handle->id, items[i].protocol, items[i].interface, ++m->sequence,
						   owner };
		model_announce(m, operation, binding);
	}
	return MM_OK;
}

static inline enum mm_status model_uninstall(struct model *m, const struct model_item *items, uint32_t count,
					     uint64_t token)
{
	enum mm_status status = model_handle_status(m, token);
	uint32_t i, k;

	for (i = 0; i < count && status == MM_OK; i++) {
		const struct model_binding *binding = model_find_binding(m, token, items[i].protocol);

		if (binding == NULL || binding->interface != items[i].interface)
			status = MM_E_NOT_FOUND;
		for (k = 0; k < i; k++) {
			if (items[k].protocol == items[i].protocol)
				status = MM_E_NOT_FOUND;
		}
	}
	for (i = 0; i < count && status == MM_OK; i++)
		model_remove_binding(m, model_find_binding(m, token, items[i].protocol));
	return status;
}

static inline enum mm_status model_reinstall(struct model *m, struct model_operation *operation, uint16_t owner,
					     const struct model_item *old, uint64_t interface, uint64_t token)
{
	enum mm_status status = model_handle_status(m, token);
	struct model_binding *binding = model_find_binding(m, token, old->protocol);
	struct model_binding renewed;
	uint32_t place;

	if (status != MM_OK)
		return status;
	if (binding == NULL || binding->interface != old->interface)
		return MM_E_NOT_FOUND;
	renewed = *binding;
	renewed.interface = interface;
	renewed.owner = owner;
	renewed.sequence = ++m->sequence;
	place = (uint32_t)(binding - m->bindings);
	memmove(binding, binding + 1, (m->binding_count - 1 - place) * sizeof(*binding));
	m->bindings[m->binding_count - 1] = renewed;
	model_announce(m, operation, &renewed);
	return MM_OK;
}

static inline struct model_registration *model_find_function(struct model *m, uint32_t protocol, uint64_t function)
{
	uint32_t i;

	for (i = 0; i < m->registration_count; i++) {
		if (m->registrations[i].protocol == protocol && m->registrations[i].function == function)
			return &m->registrations[i];
	}
	return NULL;
}

static inline void model_register(struct model *m, uint16_t owner, uint32_t protocol, uint64_t function, uint64_t token)
{
	uint64_t now = ++m->sequence;

	m->registrations[m->registration_count++] =
		(struct model_registration){ token, protocol, function, now, now, owner };
}

static inline void model_unregister(struct model *m, struct model_registration *registration)
{
	uint32_t place = (uint32_t)(registration - m->registrations);

	memmove(registration, registration + 1, (--m->registration_count - place) * sizeof(*registration));
}

static inline struct model_binding *model_take_new(struct model *m, struct model_registration *registration)
{
	uint32_t i;

	for (i = 0; i < m->binding_count; i++) {
		if (m->bindings[i].protocol == registration->protocol && m->bindings[i].sequence > registration->seen) {
			registration->seen = m->bindings[i].sequence;
			return &m->bindings[i];
		}
	}
	return NULL;
}

static inline size_t model_withdraw(struct model *m, uint16_t owner)
{
	size_t count = 0;
	uint32_t i;

	for (i = m->registration_count; i-- > 0;) {
		if (m->registrations[i].owner == owner) {
			model_unregister(m, &m->registrations[i]);
			count++;
		}
	}
	for (i = m->binding_count; i-- > 0;) {
		if (m->bindings[i].owner == owner) {
			model_remove_binding(m, &m->bindings[i]);
			count++;
		}
	}
	return count;
}
