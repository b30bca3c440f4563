/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Random drivers on random graphs, with protocols that come and go and drivers that add and request others, against a
 * dispatcher after the book: the same drivers must start in the same order, and the same GUIDs be lacking. Soaking
 * does a million operations.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "mm/base/compiler.h"
#include "model.h"
#include "tests/mm_random.h"
#include "tests/mm_soak.h"

#define OPERATIONS_PER_WORLD 150u

static uint32_t operation_count = 6000;

struct world {
	struct fixture *f;
	struct model model;
	struct mm_random random;
	uint64_t handles[MODEL_PROTOCOLS]; /* 0: not installed */
	bool is_added[MODEL_DRIVERS];
	uint32_t starts[MODEL_DRIVERS];
	uint32_t start_count;
};

static uint32_t below(struct world *w, uint32_t limit)
{
	return mm_random_below(&w->random, limit);
}

/* A postfix expression with `pushes` operands. */
static void make_expression(struct world *w, char *ret_opcodes, uint32_t pushes)
{
	uint32_t depth = 0;

	while (pushes > 0 || depth > 1) {
		if (pushes > 0 && (depth < 2 || below(w, 2) == 0)) {
			uint32_t kind = below(w, 24);

			*ret_opcodes++ = kind == 0 ? 'T' : kind == 1 ? 'F' : (char)('0' + below(w, MODEL_PROTOCOLS));
			pushes--;
			depth++;
		} else {
			*ret_opcodes++ = below(w, 3) == 0 ? '|' : '&';
			depth--;
		}
		if (below(w, 8) == 0)
			*ret_opcodes++ = '!';
	}
	*ret_opcodes = '\0';
}

static void make_driver(struct world *w, struct model_driver *ret_driver)
{
	uint32_t kind = below(w, 10), i;

	memset(ret_driver, 0, sizeof(*ret_driver));
	ret_driver->fails = below(w, 8) == 0;
	ret_driver->kind = kind == 0 ? MODEL_BEFORE : kind == 1 ? MODEL_AFTER : MODEL_EXPRESSION;
	ret_driver->target = below(w, MODEL_DRIVERS);
	if (ret_driver->kind == MODEL_EXPRESSION && kind > 2) {
		make_expression(w, ret_driver->opcodes, 1 + below(w, 5));
		ret_driver->is_sor = kind == 3;
	}
	for (i = 0; i < MODEL_EFFECTS; i++) {
		static const enum model_effect_kind kinds[] = {
			EFFECT_INSTALL, EFFECT_INSTALL, EFFECT_INSTALL, EFFECT_UNINSTALL, EFFECT_ADD, EFFECT_REQUEST,
		};
		struct model_effect *effect = &ret_driver->effects[i];

		effect->kind = kinds[below(w, MM_ARRAY_COUNT(kinds))];
		effect->operand = below(w, effect->kind < EFFECT_ADD ? MODEL_PROTOCOLS : MODEL_DRIVERS);
	}
}

static void really_set(struct world *w, uint32_t protocol, bool is_present)
{
	if (is_present && w->handles[protocol] == 0) {
		w->handles[protocol] = install(w->f, protocol);
	} else if (!is_present && w->handles[protocol] != 0) {
		uninstall(w->f, protocol, w->handles[protocol]);
		w->handles[protocol] = 0;
	}
}

static void really_add(struct world *w, uint32_t id)
{
	const struct model_driver *driver = &w->model.drivers[id];
	struct mm_guid target = file(driver->target);
	struct depex depex = { .count = 0 };

	if (driver->kind != MODEL_EXPRESSION) {
		put_opcode(&depex, driver->kind == MODEL_BEFORE ? MM_DEPEX_BEFORE : MM_DEPEX_AFTER, &target);
		put_opcode(&depex, MM_DEPEX_END, NULL);
	} else if (driver->opcodes[0] != '\0') {
		char text[MODEL_OPCODES + 2] = "s";

		depex = write_depex(driver->is_sor ? strcat(text, driver->opcodes) : driver->opcodes);
	}
	assert_status(try_add(w->f, id, &depex), w->is_added[id] ? MM_E_EXISTS : MM_OK);
	w->is_added[id] = true;
}

static enum mm_status really_start(void *context, uint64_t id)
{
	struct world *w = context;
	uint32_t i;

	assert_true(w->start_count < MODEL_DRIVERS);
	w->starts[w->start_count++] = (uint32_t)id;
	for (i = 0; i < MODEL_EFFECTS; i++) {
		const struct model_effect *effect = &w->model.drivers[id].effects[i];
		const struct mm_guid guid = file(effect->operand);

		if (effect->kind == EFFECT_INSTALL || effect->kind == EFFECT_UNINSTALL)
			really_set(w, effect->operand, effect->kind == EFFECT_INSTALL);
		if (effect->kind == EFFECT_ADD)
			really_add(w, effect->operand);
		if (effect->kind == EFFECT_REQUEST)
			(void)mm_dispatch_request(&w->f->dispatch, &guid); /* refused as often as not */
	}
	return w->model.drivers[id].fails ? MM_E_FAULT : MM_OK;
}

static void do_add(struct world *w)
{
	uint32_t id = below(w, MODEL_DRIVERS);

	really_add(w, id);
	model_add(&w->model, id);
}

static void do_set(struct world *w)
{
	uint32_t protocol = below(w, MODEL_PROTOCOLS);
	bool is_present = below(w, 2) == 0;

	really_set(w, protocol, is_present);
	w->model.present[protocol] = is_present;
}

static void do_apriori(struct world *w)
{
	uint32_t id = below(w, MODEL_DRIVERS);
	const struct mm_guid guid = file(id);
	uint32_t queued = w->model.queue_count;

	if (below(w, 4) != 0)
		return;
	model_apriori(&w->model, id);
	assert_int_equal(mm_dispatch_add_apriori(&w->f->dispatch, &guid, 1), w->model.queue_count - queued);
}

static void do_request(struct world *w)
{
	uint32_t id = below(w, MODEL_DRIVERS);
	const struct mm_guid guid = file(id);
	enum model_state state = w->model.states[id];

	assert_status(mm_dispatch_request(&w->f->dispatch, &guid), state == MODEL_ABSENT	? MM_E_NOT_FOUND
								   : state == MODEL_UNREQUESTED ? MM_OK
												: MM_E_INVALID);
	model_request(&w->model, id);
}

static void do_run(struct world *w)
{
	uint32_t count = 0;

	if (below(w, 3) != 0)
		return;
	w->start_count = 0;
	assert_status(mm_dispatch_run(&w->f->dispatch, &count), MM_OK);
	model_run(&w->model);
	assert_int_equal(w->start_count, w->model.start_count);
	assert_memory_equal(w->starts, w->model.starts, w->start_count * sizeof(w->starts[0]));
	assert_false(mm_dispatch_has_work(&w->f->dispatch));
}

static bool waits(const struct world *w, uint32_t id)
{
	return (w->model.states[id] == MODEL_WAITING && !model_may_start(&w->model, id)) ||
	       w->model.states[id] == MODEL_UNREQUESTED;
}

/* The same GUIDs are lacking, those of an expression each once. */
static void do_lacks(struct world *w)
{
	uint32_t id = below(w, MODEL_DRIVERS), expected = 0, i;
	const struct model_driver *driver = &w->model.drivers[id];
	const struct mm_guid guid = file(id);
	struct mm_dispatch_lack lacks[MODEL_PROTOCOLS];
	bool wanted[MODEL_PROTOCOLS] = { false };
	size_t count = MODEL_PROTOCOLS;
	int end = (int)strlen(driver->opcodes) - 1;

	if (w->model.states[id] == MODEL_ABSENT)
		return;
	assert_status(mm_dispatch_list_lacks(&w->f->dispatch, &guid, lacks, &count), MM_OK);
	if (waits(w, id) && driver->kind != MODEL_EXPRESSION) {
		assert_int_equal(count, 1);
		assert_int_equal(lacks[0].guid.data1, file(driver->target).data1);
		return;
	}
	if (waits(w, id) && end >= 0)
		model_lacks(&w->model, driver->opcodes, &end, true, wanted);
	for (i = 0; i < MODEL_PROTOCOLS; i++)
		expected += wanted[i];
	assert_int_equal(count, expected);
	for (i = 0; i < count; i++) {
		bool is_present = w->model.present[lacks[i].guid.data1];

		assert_true(wanted[lacks[i].guid.data1]);
		assert_int_equal(lacks[i].kind, is_present ? MM_DISPATCH_LACKS_ABSENCE : MM_DISPATCH_LACKS_PROTOCOL);
	}
}

static void live_in_one_world(struct world *w, uint32_t operations)
{
	static void (*const actions[])(struct world *w) = { do_add,	do_add, do_set,	  do_set,  do_apriori,
							    do_request, do_run, do_lacks, do_lacks };
	uint32_t i;

	memset(&w->model, 0, sizeof(w->model));
	memset(w->handles, 0, sizeof(w->handles));
	memset(w->is_added, 0, sizeof(w->is_added));
	for (i = 0; i < MODEL_DRIVERS; i++)
		make_driver(w, &w->model.drivers[i]);
	w->f->host.react = really_start;
	w->f->host.context = w;
	for (i = 0; i < operations; i++)
		actions[below(w, MM_ARRAY_COUNT(actions))](w);
	assert_status(mm_dispatch_check(&w->f->dispatch), MM_OK);
}

static void agrees_with_passes_after_the_book(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint32_t done;

	w->random.state = 0x6469737061746368;
	printf("%u operations, seed 0x%llx\n", operation_count, (unsigned long long)w->random.state);
	for (done = 0; done < operation_count; done += OPERATIONS_PER_WORLD) {
		assert_int_equal(fixture_teardown(state), 0);
		assert_int_equal(fixture_setup(state), 0);
		w->f = *state;
		live_in_one_world(w, OPERATIONS_PER_WORLD);
	}
	free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(agrees_with_passes_after_the_book),
	};

	if (mm_test_is_soaking(argc, argv))
		operation_count = 1000000;
	return cmocka_run_group_tests_name("dispatch/model", tests, NULL, NULL);
}
