/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A database over fakes, and names for what the tests put into it. */
#include "fake_protodb.h"
#include "tests/mm_test.h"

#define OWNER_A 7u
#define OWNER_B 9u

struct fixture {
	struct mm_protodb db;
	struct fake_protodb_listener listener;
	struct fake_heap heap;
};

/* The GUIDs of the tests; any number below 2^32 has one. */
static inline struct mm_guid guid(uint32_t number)
{
	struct mm_guid g = { number, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };

	return g;
}

static inline int fixture_setup(void **state)
{
	static struct fixture f;
	const struct mm_protodb_config config = {
		.pool = &f.heap.pool,
		.listener = &f.listener.listener,
		.seed = 0x5eed,
		.instance = 3,
	};

	fake_heap_init(&f.heap);
	fake_protodb_listener_init(&f.listener);
	*state = &f;
	return mm_protodb_init(&f.db, &config) == MM_OK ? 0 : -1;
}

/* Every test ends with all invariants holding and no memory lost. */
static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	enum mm_status status = mm_protodb_check(&f->db);

	mm_protodb_finish(&f->db);
	return status == MM_OK && f->heap.live_count == 0 ? 0 : -1;
}

/* Installs protocol `number` with an interface on a handle (0: a new one) for OWNER_A; returns the handle. */
static inline uint64_t install(struct fixture *f, uint64_t handle, uint32_t number, uint64_t interface)
{
	const struct mm_guid protocol = guid(number);

	assert_status(mm_protodb_install(&f->db, OWNER_A, &protocol, interface, &handle), MM_OK);
	return handle;
}

static inline enum mm_status uninstall(struct fixture *f, uint64_t handle, uint32_t number, uint64_t interface)
{
	const struct mm_guid protocol = guid(number);

	return mm_protodb_uninstall(&f->db, handle, &protocol, interface);
}

/* Registers a function of OWNER_B for a protocol; returns the registration. */
static inline uint64_t listen_to(struct fixture *f, uint32_t number, uint64_t function)
{
	const struct mm_guid protocol = guid(number);
	uint64_t registration = 0;

	assert_status(mm_protodb_register_notify(&f->db, OWNER_B, &protocol, function, &registration), MM_OK);
	assert_int_not_equal(registration, 0);
	return registration;
}

static inline bool is_present(struct fixture *f, uint32_t number)
{
	const struct mm_guid protocol = guid(number);

	return mm_protodb_is_present(&f->db, &protocol);
}

/* The interface found by GUID; fails if there is none. */
static inline uint64_t locate(struct fixture *f, uint32_t number)
{
	const struct mm_guid protocol = guid(number);
	uint64_t interface = 0;

	assert_status(mm_protodb_locate(&f->db, &protocol, &interface), MM_OK);
	return interface;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
