/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The walker sees each kind of damage. Reaches into the room's private records on purpose. */
#include "fixture.h"

#include "mm/base/compiler.h"
#include "records.h"

/* Damages one place, asks the walker, repairs it. */
#define assert_seen(f, place, wrong)                                            \
	do {                                                                    \
		__typeof__(place) was = (place);                                \
		(place) = (wrong);                                              \
		assert_status(mm_dispatch_check(&(f)->dispatch), MM_E_CORRUPT); \
		(place) = was;                                                  \
		assert_status(mm_dispatch_check(&(f)->dispatch), MM_OK);        \
	} while (0)

static struct mm_dispatch_driver *driver(struct fixture *f, uint32_t number)
{
	const struct mm_guid name = file(number);

	return dispatch_find_driver(&f->dispatch, &name);
}

static void sees_damaged_gates(void **state)
{
	struct fixture *f = *state;
	struct mm_dispatch_gate *gates;

	add(f, 1, "12&3!|T&");
	gates = driver(f, 1)->gates;
	assert_seen(f, gates[0].value, true);
	assert_seen(f, gates[0].parent, 0);
	assert_seen(f, gates[0].parent, 99);
	assert_seen(f, gates[2].true_count, 1);
	assert_seen(f, gates[2].value, true);
	assert_seen(f, gates[4].value, false);
	assert_seen(f, gates[5].value, false);
	assert_seen(f, gates[6].value, false);
	assert_seen(f, gates[1].driver, NULL);
}

static void sees_damaged_drivers(void **state)
{
	struct fixture *f = *state;
	struct mm_dispatch_name *name;

	add(f, 1, "1");
	add(f, 2, NULL);
	add(f, 3, ">1");
	assert_seen(f, driver(f, 1)->state, MM_DISPATCH_READY);
	assert_seen(f, driver(f, 1)->state, MM_DISPATCH_SCHEDULED);
	assert_seen(f, driver(f, 2)->state, MM_DISPATCH_STARTED);
	assert_seen(f, driver(f, 2)->state, MM_DISPATCH_STARTING);
	assert_seen(f, driver(f, 2)->state, MM_DISPATCH_FAILED);
	assert_seen(f, driver(f, 2)->state, MM_DISPATCH_WAITING);
	assert_seen(f, driver(f, 2)->status, MM_E_BUSY);
	assert_seen(f, driver(f, 3)->kind, MM_PI_DEPEX_EXPRESSION);
	name = driver(f, 3)->name;
	assert_seen(f, name->driver, NULL);
	assert_seen(f, f->dispatch.started_count, 5);
	assert_seen(f, f->dispatch.failed_count, 5);
}

static void sees_damaged_names(void **state)
{
	struct fixture *f = *state;
	struct mm_dispatch_name *name;

	add(f, 1, "1");
	name = driver(f, 1)->gates[0].name;
	assert_seen(f, name->use_count, 0);
	assert_seen(f, name->use_count, 2);
	assert_seen(f, name->guid.data1, 7);
	assert_seen(f, name->watch.entry, NULL);
	assert_seen(f, f->dispatch.by_name.count, 1);
	name->is_present = true;
	driver(f, 1)->gates[0].value = true;
	driver(f, 1)->state = MM_DISPATCH_UNREQUESTED;
	assert_status(mm_dispatch_check(&f->dispatch), MM_E_CORRUPT);
	name->is_present = false;
	driver(f, 1)->gates[0].value = false;
	driver(f, 1)->state = MM_DISPATCH_WAITING;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sees_damaged_gates),
		TEST(sees_damaged_drivers),
		TEST(sees_damaged_names),
	};

	return cmocka_run_group_tests_name("dispatch/check", tests, NULL, NULL);
}
