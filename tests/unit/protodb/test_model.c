/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Random operations on the database and on a naive model of it, which knows nothing but arrays and linear search. Every
 * status, every result, the order of every list and of every notification must agree, with operations nested inside
 * notifications too. Soaking does a million operations.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "mm/base/compiler.h"
#include "model.h"
#include "tests/mm_random.h"
#include "tests/mm_soak.h"

#define NEST_MAX    3u
#define CHECK_EVERY 1000u

static uint32_t operation_count = 20000;

struct world {
	struct fixture *f;
	struct model model;
	struct mm_random random;
	struct model_operation operations[NEST_MAX + 1]; /* under way, the innermost last */
	uint32_t nesting;
};

static uint32_t below(struct world *w, uint32_t limit)
{
	return mm_random_below(&w->random, limit);
}

/* A handle to try: mostly live, sometimes new, ended or made up. */
static uint64_t pick_handle(struct world *w)
{
	uint32_t kind = below(w, 16);

	if (kind == 0)
		return w->model.ended[below(w, MODEL_ENDED)];
	if (kind == 1)
		return mm_random_u64(&w->random) | 1u;
	if (kind < 5 || w->model.handle_count == 0)
		return 0;
	return w->model.handles[below(w, w->model.handle_count)].token;
}

/* Begins an operation that announces bindings from `first_sequence` on. */
static struct model_operation *begin(struct world *w)
{
	struct model_operation *operation = &w->operations[w->nesting];

	memset(operation, 0, sizeof(*operation));
	w->nesting++;
	return operation;
}

static void end(struct world *w)
{
	struct model_operation *operation = &w->operations[--w->nesting];

	assert_null(model_next_told(&w->model, operation));
}

static void do_install(struct world *w)
{
	struct mm_guid guids[3];
	struct mm_protodb_item items[3];
	struct model_item model_items[3];
	uint64_t handle = pick_handle(w);
	uint64_t *place = &handle;
	uint32_t count = 1 + below(w, 3), i;
	uint16_t owner = (uint16_t)below(w, MODEL_OWNERS);
	bool was_new = handle == 0;
	enum mm_status expected;

	for (i = 0; i < count; i++) {
		model_items[i].protocol = below(w, MODEL_PROTOCOLS);
		model_items[i].interface = below(w, 5);
		guids[i] = guid(model_items[i].protocol);
		items[i].protocol = &guids[i];
		items[i].interface = model_items[i].interface;
	}
	if (model_is_full(&w->model))
		return;
	expected = model_install(&w->model, begin(w), owner, model_items, count, handle);
	if (expected == MM_OK && was_new)
		place = &w->model.handles[w->model.handle_count - 1].token; /* known before the first notification */
	if (count == 1)
		assert_status(mm_protodb_install(&w->f->db, owner, &guids[0], items[0].interface, place), expected);
	else
		assert_status(mm_protodb_install_many(&w->f->db, owner, items, count, place), expected);
	end(w);
}

/* Names up to three protocols of a handle, rightly or not. */
static void do_uninstall(struct world *w)
{
	struct mm_guid guids[3];
	struct mm_protodb_item items[3];
	struct model_item model_items[3];
	uint64_t handle = pick_handle(w);
	uint32_t count = 1 + below(w, 2), i;
	enum mm_status expected;

	for (i = 0; i < count; i++) {
		const struct model_binding *binding = model_any_binding(&w->model, handle, below(w, 8));

		model_items[i].protocol = binding != NULL ? binding->protocol : below(w, MODEL_PROTOCOLS);
		model_items[i].interface = binding != NULL && below(w, 8) != 0 ? binding->interface : below(w, 5);
		guids[i] = guid(model_items[i].protocol);
		items[i].protocol = &guids[i];
		items[i].interface = model_items[i].interface;
	}
	expected = model_uninstall(&w->model, model_items, count, handle);
	if (count == 1)
		assert_status(mm_protodb_uninstall(&w->f->db, handle, &guids[0], items[0].interface), expected);
	else
		assert_status(mm_protodb_uninstall_many(&w->f->db, handle, items, count), expected);
}

static void do_reinstall(struct world *w)
{
	uint64_t handle = pick_handle(w);
	const struct model_binding *binding = model_any_binding(&w->model, handle, below(w, 8));
	struct model_item old = { below(w, MODEL_PROTOCOLS), below(w, 5) };
	uint64_t interface = below(w, 5);
	uint16_t owner = (uint16_t)below(w, MODEL_OWNERS);
	struct mm_guid protocol;
	enum mm_status expected;

	if (binding != NULL && below(w, 4) != 0)
		old = (struct model_item){ binding->protocol, binding->interface };
	protocol = guid(old.protocol);
	expected = model_reinstall(&w->model, begin(w), owner, &old, interface, handle);
	assert_status(mm_protodb_reinstall(&w->f->db, owner, handle, &protocol, old.interface, interface), expected);
	end(w);
}

static void do_register(struct world *w)
{
	uint32_t protocol = below(w, MODEL_PROTOCOLS);
	uint64_t function = 1 + below(w, 6);
	uint16_t owner = (uint16_t)below(w, MODEL_OWNERS);
	struct mm_guid protocol_guid = guid(protocol);
	struct model_registration *registration = model_find_function(&w->model, protocol, function);
	uint64_t token = 0;

	if (registration == NULL && w->model.registration_count == MODEL_REGISTRATIONS)
		return;
	assert_status(mm_protodb_register_notify(&w->f->db, owner, &protocol_guid, function, &token), MM_OK);
	if (registration != NULL)
		assert_true(token == registration->token);
	else
		model_register(&w->model, owner, protocol, function, token);
}

static void do_unregister(struct world *w)
{
	struct model_registration *registration;
	struct mm_guid protocol;
	uint64_t token;

	if (w->model.registration_count == 0)
		return;
	registration = &w->model.registrations[below(w, w->model.registration_count)];
	protocol = guid(registration->protocol);
	token = registration->token;
	assert_status(mm_protodb_unregister_notify(&w->f->db, &protocol, token ^ ((uint64_t)1 << 19)), MM_E_INVALID);
	model_unregister(&w->model, registration);
	assert_status(mm_protodb_unregister_notify(&w->f->db, &protocol, token), MM_OK);
	assert_status(mm_protodb_unregister_notify(&w->f->db, &protocol, token), MM_E_STALE);
}

static void do_locate(struct world *w)
{
	uint32_t protocol = below(w, MODEL_PROTOCOLS);
	const struct mm_guid protocol_guid = guid(protocol);
	const struct model_binding *expected = model_first_binding(&w->model, protocol);
	uint64_t interface = UINT64_MAX;

	assert_status(mm_protodb_locate(&w->f->db, &protocol_guid, &interface),
		      expected == NULL ? MM_E_NOT_FOUND : MM_OK);
	if (expected != NULL)
		assert_int_equal(interface, expected->interface);
	assert_int_equal(mm_protodb_is_present(&w->f->db, &protocol_guid), expected != NULL);
}

static void do_open(struct world *w)
{
	uint64_t handle = pick_handle(w);
	uint32_t protocol = below(w, MODEL_PROTOCOLS);
	const struct mm_guid protocol_guid = guid(protocol);
	const struct model_binding *expected = model_find_binding(&w->model, handle, protocol);
	enum mm_status status = model_handle_status(&w->model, handle);
	uint64_t interface = UINT64_MAX;

	if (status == MM_OK && expected == NULL)
		status = MM_E_UNSUPPORTED;
	assert_status(mm_protodb_open(&w->f->db, handle, &protocol_guid, &interface), status);
	if (status == MM_OK)
		assert_int_equal(interface, expected->interface);
}

static void do_list(struct world *w)
{
	uint32_t protocol = below(w, MODEL_PROTOCOLS);
	const struct mm_guid protocol_guid = guid(protocol);
	uint64_t expected[MODEL_HANDLES], listed[MODEL_HANDLES];
	size_t expected_count = model_list(&w->model, protocol, expected);
	size_t count = MODEL_HANDLES;

	assert_status(mm_protodb_list_handles_by_protocol(&w->f->db, &protocol_guid, listed, &count),
		      expected_count == 0 ? MM_E_NOT_FOUND : MM_OK);
	if (expected_count != 0) {
		assert_int_equal(count, expected_count);
		assert_memory_equal(listed, expected, count * sizeof(listed[0]));
	}
	count = MODEL_HANDLES;
	assert_status(mm_protodb_list_handles(&w->f->db, listed, &count),
		      w->model.handle_count == 0 ? MM_E_NOT_FOUND : MM_OK);
	if (w->model.handle_count != 0) {
		assert_int_equal(count, w->model.handle_count);
		for (count = 0; count < w->model.handle_count; count++)
			assert_true(listed[count] == w->model.handles[count].token);
	}
}

static void do_locate_new(struct world *w)
{
	struct model_registration *registration;
	const struct model_binding *expected;
	uint64_t interface = UINT64_MAX, handle = 0;

	if (w->model.registration_count == 0)
		return;
	registration = &w->model.registrations[below(w, w->model.registration_count)];
	expected = model_take_new(&w->model, registration);
	assert_status(mm_protodb_locate_new(&w->f->db, registration->token, &interface, &handle),
		      expected == NULL ? MM_E_NOT_FOUND : MM_OK);
	if (expected != NULL) {
		assert_int_equal(interface, expected->interface);
		assert_true(handle == model_token(&w->model, expected));
	}
}

static void do_withdraw(struct world *w)
{
	uint16_t owner = (uint16_t)below(w, MODEL_OWNERS);

	/* Rarely, or nothing ever grows. */
	if (below(w, 20) == 0)
		assert_int_equal(mm_protodb_withdraw_owner(&w->f->db, owner), model_withdraw(&w->model, owner));
}

static void do_something(struct world *w)
{
	static void (*const actions[])(struct world *w) = {
		do_install,   do_install,   do_install,	  do_install,	 do_uninstall,
		do_uninstall, do_uninstall, do_reinstall, do_register,	 do_unregister,
		do_locate,    do_open,	    do_list,	  do_locate_new, do_withdraw,
	};

	actions[below(w, MM_ARRAY_COUNT(actions))](w);
}

/* Called for each notification: it must be the very one the model expects next. */
static void expect_notice(void *context, const struct mm_protodb_notice *notice)
{
	struct world *w = context;
	struct model_operation *operation = &w->operations[w->nesting - 1];
	const struct model_registration *told = model_next_told(&w->model, operation);
	const struct model_binding *binding;
	const struct mm_guid protocol = guid(told == NULL ? 0 : told->protocol);

	assert_non_null(told);
	binding = model_binding_of_round(&w->model, operation);
	assert_true(notice->registration == told->token);
	assert_int_equal(notice->function, told->function);
	assert_int_equal(notice->owner, told->owner);
	assert_int_equal(notice->interface, binding->interface);
	assert_true(notice->handle == model_token(&w->model, binding));
	assert_memory_equal(&notice->protocol, &protocol, sizeof(protocol));
	model_mark_told(operation);
	assert_int_equal(mm_protodb_depth(&w->f->db), w->nesting);
	if (w->nesting < NEST_MAX && below(w, 2) == 0)
		do_something(w);
}

static void agrees_with_a_naive_model(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint32_t i;

	w->f = *state;
	w->random.state = 0x70726f746f6462;
	w->f->listener.react = expect_notice;
	w->f->listener.context = w;
	printf("%u operations, seed 0x%llx\n", operation_count, (unsigned long long)w->random.state);
	for (i = 0; i < operation_count; i++) {
		do_something(w);
		assert_int_equal(mm_protodb_handle_count(&w->f->db), w->model.handle_count);
		assert_int_equal(mm_protodb_binding_count(&w->f->db), w->model.binding_count);
		assert_int_equal(mm_protodb_registration_count(&w->f->db), w->model.registration_count);
		if (i % CHECK_EVERY == 0)
			assert_status(mm_protodb_check(&w->f->db), MM_OK);
	}
	free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(agrees_with_a_naive_model),
	};

	if (mm_test_is_soaking(argc, argv))
		operation_count = 1000000;
	return cmocka_run_group_tests_name("protodb/model", tests, NULL, NULL);
}
