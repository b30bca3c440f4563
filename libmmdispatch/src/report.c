/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "records.h"

/* Collects lacks as far as there is room, and counts them all. */
struct lacks {
	struct mm_dispatch_lack *room;
	size_t capacity;
	size_t count;
};

static void put_lack(struct lacks *lacks, enum mm_dispatch_lack_kind kind, const struct mm_guid *guid)
{
	if (lacks->count < lacks->capacity) {
		lacks->room[lacks->count].kind = kind;
		lacks->room[lacks->count].guid = *guid;
	}
	lacks->count++;
}

static void collect_gates(struct mm_dispatch *self, const struct mm_dispatch_driver *driver, struct lacks *lacks)
{
	uint32_t i;

	self->mark++;
	for (i = 0; i < driver->gate_count; i++) {
		const struct mm_dispatch_gate *gate = &driver->gates[i];

		if (gate->opcode != MM_DEPEX_PUSH || gate->name->mark == self->mark ||
		    !dispatch_gate_matters(driver, i))
			continue;
		gate->name->mark = self->mark;
		put_lack(lacks, gate->value ? MM_DISPATCH_LACKS_ABSENCE : MM_DISPATCH_LACKS_PROTOCOL,
			 &gate->name->guid);
	}
}

static void collect(struct mm_dispatch *self, const struct mm_dispatch_driver *driver, struct lacks *lacks)
{
	if (driver->state != MM_DISPATCH_WAITING && driver->state != MM_DISPATCH_UNREQUESTED)
		return;
	if (driver->kind == MM_PI_DEPEX_BEFORE)
		put_lack(lacks, MM_DISPATCH_LACKS_BEFORE, &driver->target->guid);
	else if (driver->kind == MM_PI_DEPEX_AFTER)
		put_lack(lacks, MM_DISPATCH_LACKS_AFTER, &driver->target->guid);
	else
		collect_gates(self, driver, lacks);
}

enum mm_status mm_dispatch_list_lacks(struct mm_dispatch *self, const struct mm_guid *guid,
				      struct mm_dispatch_lack *ret_lacks, size_t *inout_count)
{
	const struct mm_dispatch_driver *driver = dispatch_find_driver(self, guid);
	struct lacks wanted = { NULL, 0, 0 };
	struct lacks lacks = { ret_lacks, *inout_count, 0 };

	if (driver == NULL)
		return MM_E_NOT_FOUND;
	dispatch_settle(self);
	collect(self, driver, &wanted);
	*inout_count = wanted.count;
	if (wanted.count > lacks.capacity)
		return MM_E_BUFFER_TOO_SMALL;
	collect(self, driver, &lacks);
	return MM_OK;
}

/* The cursor is one more than the index of the driver last reported. */
enum mm_status mm_dispatch_next_report(struct mm_dispatch *self, uint32_t *inout_cursor,
				       struct mm_dispatch_report *ret_report)
{
	const struct mm_dispatch_driver *driver;
	const struct mm_slot last = { .index = *inout_cursor - 1u };
	struct mm_slot *slot;

	dispatch_settle(self);
	slot = mm_slots_next(&self->drivers, &last);
	if (slot == NULL)
		return MM_E_NOT_FOUND;
	driver = MM_CONTAINER_OF(slot, struct mm_dispatch_driver, slot);
	*inout_cursor = slot->index + 1u;
	ret_report->id = driver->id;
	ret_report->guid = driver->name->guid;
	ret_report->state = driver->state;
	ret_report->status = driver->status;
	return MM_OK;
}
