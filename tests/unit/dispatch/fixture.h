/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* A dispatcher with a real database over fakes, and a way to write expressions down. */
#include "fake_dispatch.h"
#include "fake_protodb.h"
#include "mm/abi/depex.h"
#include "mm/base/guid.h"
#include "tests/mm_test.h"

#define DEPEX_MAX 512u

struct fixture {
	struct mm_dispatch dispatch;
	struct mm_protodb db;
	struct fake_dispatch_host host;
	struct fake_protodb_listener listener;
	struct fake_heap heap;
};

/* Protocols and drivers are numbers; so are their GUIDs. */
static inline struct mm_guid guid(uint32_t number)
{
	struct mm_guid g = { number, 0xfeed, 0xbeef, { 8, 7, 6, 5, 4, 3, 2, 1 } };

	return g;
}

/* Drivers have GUIDs of their own. */
static inline struct mm_guid file(uint32_t number)
{
	return guid(0x80000000u + number);
}

struct depex {
	uint8_t bytes[DEPEX_MAX];
	size_t count;
};

static inline void put_opcode(struct depex *depex, uint8_t opcode, const struct mm_guid *operand)
{
	depex->bytes[depex->count++] = opcode;
	if (operand != NULL) {
		mm_guid_store(depex->bytes + depex->count, operand);
		depex->count += MM_GUID_BYTES;
	}
}

/*
 * An expression in postfix: a digit pushes that protocol, & | ! T F are the operators, s is SOR, < and > followed by a
 * digit mean BEFORE and AFTER that driver. END is added.
 */
static inline struct depex write_depex(const char *text)
{
	struct depex depex = { .count = 0 };

	for (; *text != '\0'; text++) {
		struct mm_guid operand;

		if (*text >= '0' && *text <= '9') {
			operand = guid((uint32_t)(*text - '0'));
			put_opcode(&depex, MM_DEPEX_PUSH, &operand);
		} else if (*text == '<' || *text == '>') {
			operand = file((uint32_t)(text[1] - '0'));
			put_opcode(&depex, *text++ == '<' ? MM_DEPEX_BEFORE : MM_DEPEX_AFTER, &operand);
		} else {
			const char *found = strchr("&3|4!5T6F7s9", *text);

			put_opcode(&depex, (uint8_t)(found[1] - '0'), NULL);
		}
	}
	put_opcode(&depex, MM_DEPEX_END, NULL);
	return depex;
}

static inline enum mm_status try_add(struct fixture *f, uint32_t number, const struct depex *depex)
{
	struct mm_refusal refusal = { "", 0, 0 };
	const struct mm_dispatch_module module = {
		.id = number,
		.guid = file(number),
		.depex = mm_bytes(depex->bytes, depex->count),
	};

	return mm_dispatch_add(&f->dispatch, &module, &refusal);
}

/* Adds driver `number` with an expression as above; NULL is no depex at all. */
static inline void add(struct fixture *f, uint32_t number, const char *text)
{
	struct depex depex = { .count = 0 };

	if (text != NULL)
		depex = write_depex(text);
	assert_status(try_add(f, number, &depex), MM_OK);
}

/* Installs protocol `number` on a handle of its own; returns the handle. */
static inline uint64_t install(struct fixture *f, uint32_t number)
{
	const struct mm_guid protocol = guid(number);
	uint64_t handle = 0;

	assert_status(mm_protodb_install(&f->db, 1, &protocol, number, &handle), MM_OK);
	return handle;
}

static inline void uninstall(struct fixture *f, uint32_t number, uint64_t handle)
{
	const struct mm_guid protocol = guid(number);

	assert_status(mm_protodb_uninstall(&f->db, handle, &protocol, number), MM_OK);
}

/* Runs; returns how many were started. */
static inline uint32_t run(struct fixture *f)
{
	uint32_t count = UINT32_MAX;

	assert_status(mm_dispatch_run(&f->dispatch, &count), MM_OK);
	return count;
}

/* The drivers started since the last time this was asked are those of `text`, in this order. */
static inline void assert_started(struct fixture *f, const char *text)
{
	char started[FAKE_DISPATCH_STARTS + 1];
	size_t i;

	for (i = 0; i < f->host.start_count; i++)
		started[i] = (char)('0' + f->host.starts[i]);
	started[i] = '\0';
	assert_string_equal(started, text);
	f->host.start_count = 0;
}

static inline enum mm_dispatch_state state_of(struct fixture *f, uint32_t number)
{
	struct mm_dispatch_report report = { .id = UINT64_MAX };
	uint32_t cursor = 0;

	while (report.id != number)
		assert_status(mm_dispatch_next_report(&f->dispatch, &cursor, &report), MM_OK);
	return report.state;
}

static inline int fixture_setup(void **state)
{
	static struct fixture f;
	const struct mm_protodb_config db_config = { &f.heap.pool, &f.listener.listener, 1, 1 };
	const struct mm_dispatch_config config = { &f.heap.pool, &f.db, &f.host.host, 2 };

	memset(&f, 0, sizeof(f));
	fake_heap_init(&f.heap);
	fake_protodb_listener_init(&f.listener);
	fake_dispatch_host_init(&f.host);
	f.host.context = &f;
	*state = &f;
	if (mm_protodb_init(&f.db, &db_config) != MM_OK)
		return -1;
	return mm_dispatch_init(&f.dispatch, &config) == MM_OK ? 0 : -1;
}

/* Every test ends with all invariants holding and no memory lost. */
static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	enum mm_status status = mm_dispatch_check(&f->dispatch);

	mm_dispatch_finish(&f->dispatch);
	if (status == MM_OK)
		status = mm_protodb_check(&f->db);
	mm_protodb_finish(&f->db);
	return status == MM_OK && f->heap.live_count == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
