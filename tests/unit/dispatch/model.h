/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A dispatcher as simple as can be, after the book: passes over all drivers, every expression evaluated afresh in each.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MODEL_PROTOCOLS 10u
#define MODEL_DRIVERS	40u
#define MODEL_EFFECTS	3u
#define MODEL_OPCODES	24u

enum model_kind {
	MODEL_EXPRESSION,
	MODEL_BEFORE,
	MODEL_AFTER,
};

enum model_effect_kind {
	EFFECT_NONE,
	EFFECT_INSTALL,
	EFFECT_UNINSTALL,
	EFFECT_ADD,
	EFFECT_REQUEST,
};

struct model_effect {
	enum model_effect_kind kind;
	uint32_t operand; /* protocol or driver */
};

/* What a driver is, decided before anything starts. Opcodes: a digit pushes that protocol, & | ! T F operate. */
struct model_driver {
	enum model_kind kind;
	uint32_t target;
	bool is_sor;
	bool fails;
	char opcodes[MODEL_OPCODES + 1];
	struct model_effect effects[MODEL_EFFECTS];
};

enum model_state {
	MODEL_ABSENT, /* not added */
	MODEL_UNREQUESTED,
	MODEL_WAITING,
	MODEL_SCHEDULED,
	MODEL_STARTED,
	MODEL_FAILED,
};

struct model {
	struct model_driver drivers[MODEL_DRIVERS];
	enum model_state states[MODEL_DRIVERS];
	uint32_t added[MODEL_DRIVERS]; /* in the order of adding */
	uint32_t added_count;
	bool present[MODEL_PROTOCOLS];
	uint32_t queue[MODEL_DRIVERS]; /* scheduled, not started */
	uint32_t queue_count;
	uint32_t starts[MODEL_DRIVERS];
	uint32_t start_count;
};

/* The value of the operand that ends at `*inout_end`, which moves in front of it. */
static inline bool model_value(const struct model *m, const char *opcodes, int *inout_end)
{
	char opcode = opcodes[(*inout_end)--];
	bool right, left;

	if (opcode >= '0' && opcode <= '9')
		return m->present[opcode - '0'];
	if (opcode == 'T' || opcode == 'F')
		return opcode == 'T';
	right = model_value(m, opcodes, inout_end);
	if (opcode == '!')
		return !right;
	left = model_value(m, opcodes, inout_end);
	return opcode == '&' ? left && right : left || right;
}

static inline bool model_holds(const struct model *m, uint32_t id)
{
	int end = (int)strlen(m->drivers[id].opcodes) - 1;

	return end < 0 || model_value(m, m->drivers[id].opcodes, &end);
}

/* Collects, first ones first, the protocols that keep the operand ending at `*inout_end` from being `wanted`. */
static inline void model_lacks(const struct model *m, const char *opcodes, int *inout_end, bool wanted,
			       bool ret_lacks[MODEL_PROTOCOLS])
{
	int end = *inout_end;
	char opcode = opcodes[end];
	bool ignored[MODEL_PROTOCOLS];
	bool *where = model_value(m, opcodes, &end) == wanted ? ignored : ret_lacks;

	(*inout_end)--;
	if (opcode >= '0' && opcode <= '9')
		where[opcode - '0'] = true;
	if (opcode == '!')
		model_lacks(m, opcodes, inout_end, !wanted, where);
	if (opcode == '&' || opcode == '|') {
		model_lacks(m, opcodes, inout_end, wanted, where);
		model_lacks(m, opcodes, inout_end, wanted, where);
	}
}

static inline void model_add(struct model *m, uint32_t id)
{
	if (m->states[id] != MODEL_ABSENT)
		return;
	m->states[id] = m->drivers[id].is_sor ? MODEL_UNREQUESTED : MODEL_WAITING;
	m->added[m->added_count++] = id;
}

static inline void model_request(struct model *m, uint32_t id)
{
	if (m->states[id] == MODEL_UNREQUESTED)
		m->states[id] = MODEL_WAITING;
}

static inline void model_enqueue(struct model *m, uint32_t id)
{
	m->states[id] = MODEL_SCHEDULED;
	m->queue[m->queue_count++] = id;
}

/* Schedules the driver between those before and those after it. */
static inline void model_schedule(struct model *m, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < m->added_count; i++) {
		const struct model_driver *other = &m->drivers[m->added[i]];

		if (m->states[m->added[i]] == MODEL_WAITING && other->kind == MODEL_BEFORE && other->target == id)
			model_schedule(m, m->added[i]);
	}
	model_enqueue(m, id);
	for (i = 0; i < m->added_count; i++) {
		const struct model_driver *other = &m->drivers[m->added[i]];

		if (m->states[m->added[i]] == MODEL_WAITING && other->kind == MODEL_AFTER && other->target == id)
			model_schedule(m, m->added[i]);
	}
}

static inline void model_apriori(struct model *m, uint32_t id)
{
	if (m->states[id] == MODEL_WAITING || m->states[id] == MODEL_UNREQUESTED)
		model_enqueue(m, id);
}

static inline bool model_may_start(const struct model *m, uint32_t id)
{
	const struct model_driver *driver = &m->drivers[id];

	if (m->states[id] != MODEL_WAITING)
		return false;
	if (driver->kind == MODEL_EXPRESSION)
		return model_holds(m, id);
	return driver->kind == MODEL_AFTER && m->states[driver->target] >= MODEL_SCHEDULED;
}

static inline void model_start(struct model *m, uint32_t id)
{
	uint32_t i;

	m->starts[m->start_count++] = id;
	for (i = 0; i < MODEL_EFFECTS; i++) {
		const struct model_effect *effect = &m->drivers[id].effects[i];

		if (effect->kind == EFFECT_INSTALL || effect->kind == EFFECT_UNINSTALL)
			m->present[effect->operand] = effect->kind == EFFECT_INSTALL;
		if (effect->kind == EFFECT_ADD)
			model_add(m, effect->operand);
		if (effect->kind == EFFECT_REQUEST)
			model_request(m, effect->operand);
	}
	m->states[id] = m->drivers[id].fails ? MODEL_FAILED : MODEL_STARTED;
}

/* What a pass takes is decided before it takes anything. */
static inline void model_begin_pass(struct model *m)
{
	bool may_start[MODEL_DRIVERS];
	uint32_t i;

	for (i = 0; i < m->added_count; i++)
		may_start[i] = model_may_start(m, m->added[i]);
	for (i = 0; i < m->added_count; i++) {
		if (may_start[i] && m->states[m->added[i]] == MODEL_WAITING)
			model_schedule(m, m->added[i]);
	}
}

static inline void model_run(struct model *m)
{
	uint32_t i;

	m->start_count = 0;
	for (;;) {
		if (m->queue_count == 0)
			model_begin_pass(m);
		if (m->queue_count == 0)
			return;
		for (i = 0; i < m->queue_count; i++)
			model_start(m, m->queue[i]);
		m->queue_count = 0;
	}
}
