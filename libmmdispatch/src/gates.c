/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An expression is a circuit: each opcode is a gate that counts how many of its operands are true. When a GUID comes
 * or goes, only the gates above its PUSH are looked at, and only as far as their value changes; so long as protocols
 * only come, a gate without NOT above or below changes once in its life.
 */
#include "mm/alloc/pool.h"
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "records.h"

/* Building: the operands not yet used, as indices of gates. */
struct builder {
	struct mm_dispatch *self;
	struct mm_dispatch_driver *driver;
	uint32_t stack[MM_PI_DEPEX_STACK_MAX];
	uint32_t depth;
};

static size_t opcode_bytes(uint8_t opcode)
{
	return opcode == MM_DEPEX_PUSH ? 1 + MM_GUID_BYTES : 1;
}

/* Opcodes before END. */
static uint32_t count_opcodes(struct mm_bytes bytes)
{
	uint32_t count = 0;
	size_t at;

	for (at = 0; bytes.data[at] != MM_DEPEX_END; at += opcode_bytes(bytes.data[at]))
		count++;
	return count;
}

static bool value_of(const struct mm_dispatch_gate *gate)
{
	switch (gate->opcode) {
	case MM_DEPEX_AND:
		return gate->true_count == 2;
	case MM_DEPEX_OR:
		return gate->true_count != 0;
	case MM_DEPEX_NOT:
		return gate->true_count == 0;
	case MM_DEPEX_PUSH:
		return gate->name->is_present;
	default:
		return gate->opcode == MM_DEPEX_TRUE;
	}
}

/* The first gate of a name arms its watch. */
static enum mm_status attach_push(struct mm_dispatch *self, struct mm_dispatch_gate *gate, const struct mm_guid *guid)
{
	struct mm_dispatch_name *name;
	enum mm_status status = dispatch_get_name(self, guid, &name);

	if (status != MM_OK)
		return status;
	if (mm_list_is_empty(&name->gates)) {
		status = mm_protodb_watch_arm(self->protodb, &name->watch, guid, &self->fired, &name->is_present);
		if (status != MM_OK) {
			dispatch_put_name(self, name);
			return status;
		}
	}
	gate->name = name;
	mm_list_push_back(&name->gates, &gate->of_name);
	return MM_OK;
}

static void detach_push(struct mm_dispatch *self, struct mm_dispatch_gate *gate)
{
	struct mm_dispatch_name *name = gate->name;

	mm_list_remove(&gate->of_name);
	if (mm_list_is_empty(&name->gates))
		mm_protodb_watch_disarm(self->protodb, &name->watch);
	dispatch_put_name(self, name);
}

/* Takes the newest operand for the gate at `index`. */
static void take_operand(struct builder *builder, uint32_t index)
{
	struct mm_dispatch_gate *gates = builder->driver->gates;
	uint32_t operand = builder->stack[--builder->depth];

	gates[operand].parent = index;
	gates[index].true_count += gates[operand].value;
}

static enum mm_status build_gate(struct builder *builder, const uint8_t *opcode, uint32_t index)
{
	struct mm_dispatch_gate *gate = &builder->driver->gates[index];
	struct mm_guid guid;
	enum mm_status status;

	gate->driver = builder->driver;
	gate->opcode = *opcode;
	gate->true_count = 0;
	gate->parent = index;
	if (gate->opcode == MM_DEPEX_PUSH) {
		guid = mm_guid_load(opcode + 1);
		status = attach_push(builder->self, gate, &guid);
		if (status != MM_OK)
			return status;
	}
	if (gate->opcode == MM_DEPEX_AND || gate->opcode == MM_DEPEX_OR)
		take_operand(builder, index);
	if (gate->opcode == MM_DEPEX_AND || gate->opcode == MM_DEPEX_OR || gate->opcode == MM_DEPEX_NOT)
		take_operand(builder, index);
	gate->value = value_of(gate);
	builder->stack[builder->depth++] = index;
	return MM_OK;
}

enum mm_status dispatch_build_gates(struct mm_dispatch *self, struct mm_dispatch_driver *driver,
				    const struct mm_pi_depex *depex)
{
	struct builder builder = { .self = self, .driver = driver };
	uint32_t count = count_opcodes(depex->bytes);
	enum mm_status status;
	size_t at = 0;
	void *memory;

	status = mm_pool_alloc_bytes(self->pool, count * sizeof(struct mm_dispatch_gate), &memory);
	if (status != MM_OK)
		return status;
	driver->gates = memory;
	for (driver->gate_count = 0; driver->gate_count < count; driver->gate_count++) {
		status = build_gate(&builder, depex->bytes.data + at, driver->gate_count);
		if (status != MM_OK) {
			dispatch_drop_gates(self, driver);
			return status;
		}
		at += opcode_bytes(depex->bytes.data[at]);
	}
	return MM_OK;
}

void dispatch_drop_gates(struct mm_dispatch *self, struct mm_dispatch_driver *driver)
{
	uint32_t i;

	if (driver->gates == NULL)
		return;
	for (i = 0; i < driver->gate_count; i++) {
		if (driver->gates[i].opcode == MM_DEPEX_PUSH)
			detach_push(self, &driver->gates[i]);
	}
	/* A pool that does not take its own memory back reports that itself. */
	(void)mm_pool_free(self->pool, driver->gates);
	driver->gates = NULL;
	driver->gate_count = 0;
}

bool dispatch_expression_holds(const struct mm_dispatch_driver *driver)
{
	return driver->gates == NULL || driver->gates[driver->gate_count - 1u].value;
}

/*
 * A gate keeps a false root false exactly if no operator above it hides it: from the gate to the root each AND and OR
 * has the value of the operand below it, and each NOT has the opposite one anyway.
 */
bool dispatch_gate_matters(const struct mm_dispatch_driver *driver, uint32_t index)
{
	const struct mm_dispatch_gate *gate = &driver->gates[index];

	while (gate->parent != index) {
		const struct mm_dispatch_gate *parent = &driver->gates[gate->parent];

		if (parent->opcode != MM_DEPEX_NOT && parent->value != gate->value)
			return false;
		index = gate->parent;
		gate = parent;
	}
	return !gate->value;
}

/* A PUSH has changed: carries that upwards until a gate does not change with it. */
static void carry(struct mm_dispatch *self, struct mm_dispatch_gate *gate)
{
	struct mm_dispatch_driver *driver = gate->driver;
	uint32_t root = driver->gate_count - 1u;

	gate->value = value_of(gate);
	while (gate != &driver->gates[root]) {
		bool rose = gate->value;

		gate = &driver->gates[gate->parent];
		gate->true_count = (uint8_t)(rose ? gate->true_count + 1 : gate->true_count - 1);
		if (value_of(gate) == gate->value)
			return;
		gate->value = !gate->value;
	}
	dispatch_reconsider(self, driver);
}

void dispatch_settle(struct mm_dispatch *self)
{
	struct mm_protodb_watch *watch;
	bool is_present;

	while ((watch = mm_protodb_watch_take_fired(&self->fired, &is_present)) != NULL) {
		struct mm_dispatch_name *name = MM_CONTAINER_OF(watch, struct mm_dispatch_name, watch);
		struct mm_list *node;

		if (name->is_present == is_present)
			continue;
		name->is_present = is_present;
		for (node = name->gates.next; node != &name->gates; node = node->next)
			carry(self, MM_CONTAINER_OF(node, struct mm_dispatch_gate, of_name));
	}
}
