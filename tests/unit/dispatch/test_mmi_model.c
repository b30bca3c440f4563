/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Random registrations, removals and managing, nested in handlers too, against an array of handlers in the order of
 * registration. Soaking does a million operations.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fake_dispatch.h"
#include "fake_protodb.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "tests/mm_random.h"
#include "tests/mm_soak.h"
#include "tests/mm_test.h"

#define GUIDS	    6u
#define ROOT	    GUIDS /* the number that stands for the root handlers */
#define HANDLERS    40u
#define OWNERS	    4u
#define NEST_MAX    4u
#define CHECK_EVERY 1000u

static uint32_t operation_count = 20000;

struct handler {
	uint64_t handle;
	uint64_t entry_point;
	uint64_t sequence;
	uint32_t of; /* a GUID's number, or ROOT */
	uint16_t owner;
};

/* Managing under way: who was there when it began, and who of them comes next. */
struct managing {
	uint64_t sequences[HANDLERS];
	uint32_t count;
	uint32_t next;
	uint32_t of;
	struct mm_mmi_outcome outcome;
	bool is_concluded;
};

struct world {
	struct mm_mmi mmi;
	struct fake_mmi_host host;
	struct fake_heap heap;
	struct mm_random random;
	struct handler handlers[HANDLERS];
	uint32_t handler_count;
	uint64_t sequence;
	struct managing managings[NEST_MAX];
	uint32_t nesting;
};

static uint32_t below(struct world *w, uint32_t limit)
{
	return mm_random_below(&w->random, limit);
}

static struct mm_guid guid(uint32_t number)
{
	struct mm_guid g = { 0x1000, (uint16_t)number, 7, { 0 } };

	return g;
}

static void forget(struct world *w, uint32_t place)
{
	w->handler_count--;
	memmove(&w->handlers[place], &w->handlers[place + 1], (w->handler_count - place) * sizeof(w->handlers[0]));
}

static void do_register(struct world *w)
{
	struct handler *handler = &w->handlers[w->handler_count];
	const struct mm_guid of = guid(handler->of = below(w, GUIDS + 1));

	if (w->handler_count + 1 == HANDLERS)
		return;
	handler->entry_point = 1 + below(w, 1000);
	handler->owner = (uint16_t)below(w, OWNERS);
	handler->sequence = ++w->sequence;
	assert_status(mm_mmi_register(&w->mmi, handler->owner, handler->of == ROOT ? NULL : &of, handler->entry_point,
				      &handler->handle),
		      MM_OK);
	w->handler_count++;
}

static void do_unregister(struct world *w)
{
	uint32_t place;
	uint64_t handle;

	if (w->handler_count == 0)
		return;
	place = below(w, w->handler_count);
	handle = w->handlers[place].handle;
	assert_status(mm_mmi_unregister(&w->mmi, handle ^ 1u << 18), MM_E_INVALID);
	assert_status(mm_mmi_unregister(&w->mmi, handle), MM_OK);
	assert_status(mm_mmi_unregister(&w->mmi, handle), MM_E_STALE);
	forget(w, place);
}

static void do_withdraw(struct world *w)
{
	uint16_t owner = (uint16_t)below(w, OWNERS);
	size_t count = 0;
	uint32_t i;

	if (below(w, 16) != 0)
		return;
	for (i = w->handler_count; i-- > 0;) {
		if (w->handlers[i].owner == owner) {
			forget(w, i);
			count++;
		}
	}
	assert_int_equal(mm_mmi_withdraw_owner(&w->mmi, owner), count);
}

/* Who is called next: the next that is still registered, unless the managing is concluded. */
static const struct handler *next_called(const struct world *w, struct managing *managing)
{
	uint32_t i;

	for (; !managing->is_concluded && managing->next < managing->count; managing->next++) {
		for (i = 0; i < w->handler_count; i++) {
			if (w->handlers[i].sequence == managing->sequences[managing->next])
				return &w->handlers[i];
		}
	}
	return NULL;
}

static void do_manage(struct world *w)
{
	struct managing *managing = &w->managings[w->nesting];
	struct mm_mmi_outcome outcome;
	struct mm_guid of;
	uint32_t i;

	if (w->nesting == NEST_MAX)
		return;
	memset(managing, 0, sizeof(*managing));
	managing->outcome.efi_status = MM_EFI_NOT_FOUND;
	managing->of = below(w, GUIDS + 1);
	of = guid(managing->of);
	for (i = 0; i < w->handler_count; i++) {
		if (w->handlers[i].of == managing->of)
			managing->sequences[managing->count++] = w->handlers[i].sequence;
	}
	w->nesting++;
	assert_status(mm_mmi_manage(&w->mmi, managing->of == ROOT ? NULL : &of, w->nesting, NULL, NULL, &outcome),
		      MM_OK);
	w->nesting--;
	assert_null(next_called(w, managing));
	assert_memory_equal(&outcome, &managing->outcome, sizeof(outcome));
}

static void do_something(struct world *w)
{
	static void (*const actions[])(struct world *w) = { do_register, do_register, do_unregister,
							    do_manage,	 do_manage,   do_withdraw };

	actions[below(w, MM_ARRAY_COUNT(actions))](w);
}

/* The table of PI's specification, row by row. */
static void conclude(struct managing *managing, uint64_t answer)
{
	bool is_root = managing->of == ROOT;
	struct mm_mmi_outcome *outcome = &managing->outcome;

	outcome->called_count++;
	if (answer == MM_EFI_SUCCESS || answer == MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED)
		outcome->efi_status = MM_EFI_SUCCESS;
	if (answer == MM_EFI_WARN_INTERRUPT_SOURCE_PENDING && outcome->efi_status == MM_EFI_NOT_FOUND)
		outcome->efi_status = answer;
	if (answer == MM_EFI_INTERRUPT_PENDING && !is_root)
		outcome->efi_status = answer;
	if (answer == MM_EFI_DEVICE_ERROR && outcome->error_count++ == 0)
		outcome->first_error = answer;
	managing->is_concluded = !is_root && (answer == MM_EFI_SUCCESS || answer == MM_EFI_INTERRUPT_PENDING);
}

static uint64_t expect_call(void *context, const struct mm_mmi_call *call)
{
	static const uint64_t answers[] = {
		MM_EFI_SUCCESS,
		MM_EFI_INTERRUPT_PENDING,
		MM_EFI_WARN_INTERRUPT_SOURCE_QUIESCED,
		MM_EFI_WARN_INTERRUPT_SOURCE_PENDING,
		MM_EFI_WARN_INTERRUPT_SOURCE_PENDING,
		MM_EFI_DEVICE_ERROR,
	};
	struct world *w = context;
	struct managing *managing = &w->managings[w->nesting - 1];
	const struct handler *expected = next_called(w, managing);
	uint64_t answer = answers[below(w, MM_ARRAY_COUNT(answers))];

	assert_non_null(expected);
	assert_true(call->handle == expected->handle);
	assert_int_equal(call->entry_point, expected->entry_point);
	assert_int_equal(call->owner, expected->owner);
	assert_int_equal(call->context, w->nesting);
	managing->next++;
	assert_int_equal(mm_mmi_depth(&w->mmi), w->nesting);
	while (below(w, 2) == 0)
		do_something(w);
	conclude(managing, answer);
	return answer;
}

static void agrees_with_an_array(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct mm_mmi_config config = { &w->heap.pool, &w->host.host, 0xfeed, 1 };
	uint32_t i;

	(void)state;
	fake_heap_init(&w->heap);
	fake_mmi_host_init(&w->host);
	w->host.react = expect_call;
	w->host.context = w;
	w->random.state = 0x6d6d69;
	printf("%u operations, seed 0x%llx\n", operation_count, (unsigned long long)w->random.state);
	assert_status(mm_mmi_init(&w->mmi, &config), MM_OK);
	for (i = 0; i < operation_count; i++) {
		do_something(w);
		assert_int_equal(mm_mmi_handler_count(&w->mmi), w->handler_count);
		if (i % CHECK_EVERY == 0)
			assert_status(mm_mmi_check(&w->mmi), MM_OK);
	}
	assert_status(mm_mmi_check(&w->mmi), MM_OK);
	mm_mmi_finish(&w->mmi);
	assert_int_equal(w->heap.live_count, 0);
	free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_an_array),
	};

	if (mm_test_is_soaking(argc, argv))
		operation_count = 1000000;
	return cmocka_run_group_tests_name("dispatch/mmi_model", tests, NULL, NULL);
}
