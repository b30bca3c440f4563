/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "records.h"

/* What the walk over all drivers finds. */
struct found {
	uint32_t ready;
	uint32_t scheduled;
	uint32_t starting;
	uint32_t started;
	uint32_t failed;
	uint32_t uses; /* of names */
};

/* The length of a ring if it is sound and at most `limit`, else UINT32_MAX. */
static uint32_t ring_length(const struct mm_list *head, uint32_t limit)
{
	struct mm_list *node;
	uint32_t count = 0;

	for (node = head->next; node != head; node = node->next) {
		if (node->next->prev != node || node->prev->next != node || count++ >= limit)
			return UINT32_MAX;
	}
	return count;
}

/* How many true operands a gate has, counted afresh. */
static uint8_t count_true(const struct mm_dispatch_driver *driver, uint32_t index)
{
	uint8_t count = 0;
	uint32_t i;

	for (i = 0; i < index; i++)
		count = (uint8_t)(count + (driver->gates[i].parent == index && driver->gates[i].value));
	return count;
}

static bool gate_holds(const struct mm_dispatch_driver *driver, uint32_t index)
{
	const struct mm_dispatch_gate *gate = &driver->gates[index];
	bool is_root = index + 1u == driver->gate_count;

	if (gate->driver != driver || gate->parent >= driver->gate_count || (gate->parent == index) != is_root ||
	    gate->parent < index)
		return false;
	switch (gate->opcode) {
	case MM_DEPEX_PUSH:
		return gate->value == gate->name->is_present && !mm_list_is_empty(&gate->of_name);
	case MM_DEPEX_AND:
		return gate->true_count == count_true(driver, index) && gate->value == (gate->true_count == 2);
	case MM_DEPEX_OR:
		return gate->true_count == count_true(driver, index) && gate->value == (gate->true_count != 0);
	case MM_DEPEX_NOT:
		return gate->true_count == count_true(driver, index) && gate->value == (gate->true_count == 0);
	default:
		return gate->value == (gate->opcode == MM_DEPEX_TRUE);
	}
}

static bool gates_hold(const struct mm_dispatch_driver *driver, struct found *found)
{
	uint32_t i;

	if (driver->gates != NULL && driver->state >= MM_DISPATCH_SCHEDULED)
		return false;
	for (i = 0; i < driver->gate_count; i++) {
		if (!gate_holds(driver, i))
			return false;
		found->uses += driver->gates[i].opcode == MM_DEPEX_PUSH;
	}
	return true;
}

static bool state_holds(const struct mm_dispatch *self, const struct mm_dispatch_driver *driver, struct found *found)
{
	bool is_expression = driver->kind == MM_PI_DEPEX_EXPRESSION;

	found->ready += driver->state == MM_DISPATCH_READY;
	found->scheduled += driver->state == MM_DISPATCH_SCHEDULED;
	found->starting += driver->state == MM_DISPATCH_STARTING;
	found->started += driver->state == MM_DISPATCH_STARTED;
	found->failed += driver->state == MM_DISPATCH_FAILED;
	if ((driver->state == MM_DISPATCH_FAILED) != (driver->status != MM_OK))
		return false;
	switch (driver->state) {
	case MM_DISPATCH_WAITING:
		return !is_expression || !dispatch_expression_holds(driver);
	case MM_DISPATCH_READY:
		return !is_expression || dispatch_expression_holds(driver);
	case MM_DISPATCH_STARTING:
		return self->current == driver;
	default:
		return true;
	}
}

static bool driver_holds(const struct mm_dispatch *self, const struct mm_dispatch_driver *driver, struct found *found)
{
	bool is_waiting = driver->state == MM_DISPATCH_WAITING && driver->target != NULL;

	found->uses += 1u + (driver->target != NULL);
	return driver->name->driver == driver && (driver->target != NULL) == (driver->kind != MM_PI_DEPEX_EXPRESSION) &&
	       mm_list_is_empty(&driver->of_target) == !is_waiting && gates_hold(driver, found) &&
	       state_holds(self, driver, found);
}

static bool drivers_hold(const struct mm_dispatch *self, struct found *found)
{
	struct mm_slot *slot = mm_slots_next(&self->drivers, NULL);

	for (; slot != NULL; slot = mm_slots_next(&self->drivers, slot)) {
		if (!driver_holds(self, MM_CONTAINER_OF(slot, struct mm_dispatch_driver, slot), found))
			return false;
	}
	return found->ready == mm_tree_count(&self->ready) && mm_tree_check(&self->ready) &&
	       found->scheduled == ring_length(&self->scheduled, found->scheduled) &&
	       found->starting == (self->current != NULL) && found->started == self->started_count &&
	       found->failed == self->failed_count;
}

static bool names_hold(const struct mm_dispatch *self, uint32_t wanted_uses)
{
	struct mm_slot *slot = mm_slots_next(&self->names, NULL);
	uint32_t uses = 0;

	for (; slot != NULL; slot = mm_slots_next(&self->names, slot)) {
		const struct mm_dispatch_name *name = MM_CONTAINER_OF(slot, struct mm_dispatch_name, slot);
		bool is_armed = name->watch.entry != NULL;

		if (name->use_count == 0 || dispatch_find_name(self, &name->guid) != name ||
		    is_armed == mm_list_is_empty(&name->gates))
			return false;
		if (is_armed && mm_list_is_empty(&name->watch.fired) &&
		    name->is_present != mm_protodb_is_present(self->protodb, &name->guid))
			return false;
		uses += name->use_count;
	}
	return uses == wanted_uses;
}

enum mm_status mm_dispatch_check(const struct mm_dispatch *self)
{
	struct found found = { 0, 0, 0, 0, 0, 0 };

	if (!mm_slots_check(&self->drivers) || !mm_slots_check(&self->names) || !mm_hash_check(&self->by_name) ||
	    mm_hash_count(&self->by_name) != mm_slots_live_count(&self->names) || !drivers_hold(self, &found) ||
	    !names_hold(self, found.uses))
		return MM_E_CORRUPT;
	return MM_OK;
}
