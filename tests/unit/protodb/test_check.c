/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The walker sees each kind of damage. Reaches into the room's private records on purpose. */
#include "fixture.h"

#include "mm/base/compiler.h"
#include "records.h"

struct damage {
	struct mm_protodb *db;
	struct mm_protodb_binding *first;
	struct mm_protodb_binding *second;
	struct mm_protodb_registration *registration;
};

static struct damage build(struct fixture *f)
{
	struct damage d = { .db = &f->db };
	struct mm_slot *slot;

	slot = (listen_to(f, 1, 0x100), mm_slots_next(&f->db.registrations, NULL));
	d.registration = MM_CONTAINER_OF(slot, struct mm_protodb_registration, slot);
	(void)install(f, 0, 1, 10);
	(void)install(f, 0, 1, 20);
	slot = mm_slots_next(&f->db.bindings, NULL);
	d.first = MM_CONTAINER_OF(slot, struct mm_protodb_binding, slot);
	slot = mm_slots_next(&f->db.bindings, slot);
	d.second = MM_CONTAINER_OF(slot, struct mm_protodb_binding, slot);
	assert_status(mm_protodb_check(&f->db), MM_OK);
	return d;
}

/* Damages one place, asks the walker, repairs it. */
#define assert_seen(d, place, wrong)                                   \
	do {                                                           \
		__typeof__(place) was = (place);                       \
		(place) = (wrong);                                     \
		assert_status(mm_protodb_check((d).db), MM_E_CORRUPT); \
		(place) = was;                                         \
		assert_status(mm_protodb_check((d).db), MM_OK);        \
	} while (0)

static void sees_damaged_bindings(void **state)
{
	struct damage d = build(*state);

	assert_seen(d, d.first->token, d.second->token);
	assert_seen(d, d.first->handle, d.second->handle);
	assert_seen(d, d.first->sequence, d.second->sequence);
	assert_seen(d, d.second->sequence, UINT64_MAX);
	assert_seen(d, d.first->is_condemned, true);
	assert_seen(d, d.first->by_handle.hash, d.first->by_handle.hash + 1);
	assert_seen(d, d.first->slot.next_free, NULL);
	assert_seen(d, d.first->entry, (struct mm_protodb_entry *)NULL);
}

static void sees_damaged_registrations(void **state)
{
	struct damage d = build(*state);

	assert_seen(d, d.registration->sequence, UINT64_MAX);
	assert_seen(d, d.registration->entry, (struct mm_protodb_entry *)(void *)d.registration);
	assert_seen(d, d.registration->by_function.hash, d.registration->by_function.hash + 1);
	assert_seen(d, d.registration->unseen->slot.generation, 0);
}

static void sees_damaged_entries_and_handles(void **state)
{
	struct damage d = build(*state);

	assert_seen(d, d.first->entry->protocol.data1, 5);
	assert_seen(d, d.first->entry->by_protocol.hash, 5);
	assert_seen(d, d.first->entry->bindings.count, 1);
	assert_seen(d, d.first->handle->sequence, 0);
	assert_seen(d, d.first->handle->sequence, d.second->handle->sequence);
	assert_seen(d, d.first->handle->order.prev, &d.first->handle->order);
	assert_seen(d, d.first->handle->bindings.next, &d.first->handle->bindings);
}

static void sees_damaged_counts(void **state)
{
	struct damage d = build(*state);

	assert_seen(d, d.db->depth, MM_PROTODB_DEPTH_MAX + 1);
	assert_seen(d, d.db->handles.live_count, 3);
	assert_seen(d, d.db->by_protocol.count, 2);
	assert_seen(d, d.db->by_handle.count, 1);
	assert_seen(d, d.db->by_function.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sees_damaged_bindings),
		TEST(sees_damaged_registrations),
		TEST(sees_damaged_entries_and_handles),
		TEST(sees_damaged_counts),
	};

	return cmocka_run_group_tests_name("protodb/check", tests, NULL, NULL);
}
