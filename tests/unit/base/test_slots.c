/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdlib.h>

#include "mm/base/slots.h"
#include "tests/mm_test.h"

#define TAG 0x123u

struct record {
	struct mm_slot slot;
	uint64_t payload;
};

static int setup(void **state)
{
	struct mm_slots *slots = malloc(sizeof(*slots));

	mm_slots_init(slots, sizeof(struct record), TAG);
	*state = slots;
	return 0;
}

static int teardown(void **state)
{
	struct mm_slots *slots = *state;
	bool holds = mm_slots_check(slots);
	void *chunk;

	while ((chunk = mm_slots_drop_chunk(slots)) != NULL)
		free(chunk);
	free(slots);
	return holds ? 0 : -1;
}

static struct mm_slot *take(struct mm_slots *slots)
{
	struct mm_slot *slot = mm_slots_take(slots);

	if (slot == NULL) {
		mm_slots_add_chunk(slots, malloc(mm_slots_next_chunk_bytes(slots)));
		slot = mm_slots_take(slots);
	}
	assert_non_null(slot);
	return slot;
}

static void gives_nothing_before_it_has_memory(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *slot = NULL;

	assert_null(mm_slots_take(slots));
	assert_null(mm_slots_next(slots, NULL));
	assert_status(mm_slots_find(slots, (uint64_t)TAG << 52, &slot), MM_E_INVALID);
	assert_int_equal(mm_slots_next_chunk_bytes(slots), MM_SLOTS_FIRST_CHUNK * sizeof(struct record));
}

static void token_names_its_record(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *first = take(slots);
	struct mm_slot *second = take(slots);
	struct mm_slot *found = NULL;

	assert_true(mm_slots_token(slots, first) != mm_slots_token(slots, second));
	assert_status(mm_slots_find(slots, mm_slots_token(slots, second), &found), MM_OK);
	assert_ptr_equal(found, second);
}

static void token_of_a_record_put_back_is_stale(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *slot = take(slots);
	uint64_t token = mm_slots_token(slots, slot);
	struct mm_slot *found = NULL;

	mm_slots_put(slots, slot);
	assert_status(mm_slots_find(slots, token, &found), MM_E_STALE);
	assert_ptr_equal(take(slots), slot);
	assert_status(mm_slots_find(slots, token, &found), MM_E_STALE);
	assert_null(found);
}

static void refuses_tokens_it_never_gave_out(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *slot = take(slots);
	struct mm_slot *other = take(slots);
	uint64_t token = mm_slots_token(slots, slot);
	uint64_t put_token = mm_slots_token(slots, other);
	struct mm_slot *found = NULL;

	mm_slots_put(slots, other);
	assert_status(mm_slots_find(slots, 0, &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, token ^ ((uint64_t)1 << 52), &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, token + 5, &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, token + ((uint64_t)1 << 20), &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, token - ((uint64_t)1 << 20), &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, put_token + ((uint64_t)1 << 20), &found), MM_E_INVALID);
	assert_status(mm_slots_find(slots, (uint64_t)(uintptr_t)slot, &found), MM_E_INVALID);
}

static void records_keep_their_place_while_the_table_grows(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *taken[1000];
	uint64_t tokens[1000];
	uint32_t i;

	for (i = 0; i < 1000; i++) {
		taken[i] = take(slots);
		((struct record *)taken[i])->payload = i;
		tokens[i] = mm_slots_token(slots, taken[i]);
	}
	for (i = 0; i < 1000; i++) {
		struct mm_slot *found = NULL;

		assert_status(mm_slots_find(slots, tokens[i], &found), MM_OK);
		assert_int_equal(((struct record *)found)->payload, i);
	}
	assert_int_equal(mm_slots_live_count(slots), 1000);
}

static void walk_visits_live_records_only(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *taken[40];
	struct mm_slot *slot;
	uint32_t i;

	for (i = 0; i < 40; i++)
		taken[i] = take(slots);
	for (i = 0; i < 40; i += 2)
		mm_slots_put(slots, taken[i]);
	i = 1;
	for (slot = mm_slots_next(slots, NULL); slot != NULL; slot = mm_slots_next(slots, slot), i += 2)
		assert_ptr_equal(slot, taken[i]);
	assert_int_equal(i, 41);
}

static void record_with_no_generation_left_is_retired(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *slot = take(slots);
	struct mm_slot *found = NULL;
	uint64_t token;

	slot->generation = UINT32_MAX;
	token = mm_slots_token(slots, slot);
	assert_status(mm_slots_find(slots, token, &found), MM_OK);
	mm_slots_put(slots, slot);
	assert_status(mm_slots_find(slots, token, &found), MM_E_STALE);
	assert_true(take(slots) != slot);
	assert_true(mm_slots_check(slots));
}

static void stops_growing_at_its_limit(void **state)
{
	struct mm_slots *slots = *state;
	uint32_t i;

	for (i = 0; i < MM_SLOTS_CHUNKS_MAX; i++)
		mm_slots_add_chunk(slots, NULL);
	assert_int_equal(mm_slots_next_chunk_bytes(slots), 0);
	assert_int_equal(slots->capacity, MM_SLOTS_RECORDS_MAX);
	for (i = 0; i < MM_SLOTS_CHUNKS_MAX; i++)
		assert_null(mm_slots_drop_chunk(slots));
	assert_int_equal(slots->capacity, 0);
}

static void check_sees_overwritten_records(void **state)
{
	struct mm_slots *slots = *state;
	struct mm_slot *first = take(slots);
	struct mm_slot *second = take(slots);
	struct mm_slot *third = take(slots);

	mm_slots_put(slots, first);
	mm_slots_put(slots, second);
	assert_true(mm_slots_check(slots));
	second->next_free = second;
	assert_false(mm_slots_check(slots));
	second->next_free = third;
	assert_false(mm_slots_check(slots));
	second->next_free = NULL;
	assert_false(mm_slots_check(slots));
	second->next_free = first;
	first->next_free = second;
	assert_false(mm_slots_check(slots));
	first->next_free = NULL;
	third->index = 0;
	assert_false(mm_slots_check(slots));
	third->index = 2;
	slots->live_count = 9;
	assert_false(mm_slots_check(slots));
	slots->live_count = 1;
	slots->fresh = 17;
	assert_false(mm_slots_check(slots));
	slots->fresh = 3;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_nothing_before_it_has_memory),
		TEST(token_names_its_record),
		TEST(token_of_a_record_put_back_is_stale),
		TEST(refuses_tokens_it_never_gave_out),
		TEST(records_keep_their_place_while_the_table_grows),
		TEST(walk_visits_live_records_only),
		TEST(record_with_no_generation_left_is_retired),
		TEST(stops_growing_at_its_limit),
		TEST(check_sees_overwritten_records),
	};

	return cmocka_run_group_tests_name("base/slots", tests, NULL, NULL);
}
