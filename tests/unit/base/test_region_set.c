/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sets of regions, by example and against one bit for each of 64 addresses. */
#include "mm/base/compiler.h"
#include "mm/base/region_set.h"
#include "tests/mm_random.h"
#include "tests/mm_test.h"

#define PLACES	 16u
#define SPACE	 64u
#define SEQUENCE 20000u

struct fixture {
	struct mm_region places[PLACES];
	struct mm_region_set set;
};

static int setup(void **state)
{
	static struct fixture f;

	mm_region_set_init(&f.set, f.places, PLACES);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	return mm_region_set_check(&f->set) ? 0 : -1;
}

static void add(struct fixture *f, uint64_t base, uint64_t bytes)
{
	assert_status(mm_region_set_add(&f->set, mm_region_create(base, bytes)), MM_OK);
}

static void assert_at(const struct mm_region_set *set, size_t index, uint64_t base, uint64_t bytes)
{
	assert_true(index < mm_region_set_count(set));
	assert_int_equal(mm_region_set_at(set, index).base, base);
	assert_int_equal(mm_region_set_at(set, index).bytes, bytes);
}

static void an_empty_set_holds_nothing_but_the_empty_region(void **state)
{
	struct mm_region_set none;

	(void)state;
	mm_region_set_init(&none, NULL, 0);
	assert_true(mm_region_set_check(&none));
	assert_int_equal(mm_region_set_bytes(&none), 0);
	assert_true(mm_region_set_contains(&none, mm_region_create(5, 0)));
	assert_false(mm_region_set_contains(&none, mm_region_create(5, 1)));
	assert_false(mm_region_set_overlaps(&none, mm_region_create(5, 1)));
	assert_status(mm_region_set_add(&none, mm_region_create(5, 0)), MM_OK);
	assert_status(mm_region_set_add(&none, mm_region_create(5, 1)), MM_E_LIMIT);
}

static void neighbours_and_overlaps_become_one(void **state)
{
	struct fixture *f = *state;

	add(f, 30, 10);
	add(f, 10, 10);
	assert_int_equal(mm_region_set_count(&f->set), 2);
	add(f, 20, 10);
	assert_int_equal(mm_region_set_count(&f->set), 1);
	assert_at(&f->set, 0, 10, 30);
	add(f, 5, 100);
	assert_at(&f->set, 0, 5, 100);
	add(f, 20, 1);
	assert_at(&f->set, 0, 5, 100);
}

static void removing_the_middle_leaves_both_ends(void **state)
{
	struct fixture *f = *state;

	add(f, 10, 10);
	add(f, 30, 10);
	add(f, 50, 10);
	assert_status(mm_region_set_remove(&f->set, mm_region_create(15, 40)), MM_OK);
	assert_int_equal(mm_region_set_count(&f->set), 2);
	assert_at(&f->set, 0, 10, 5);
	assert_at(&f->set, 1, 55, 5);
	assert_status(mm_region_set_remove(&f->set, mm_region_create(0, 10)), MM_OK);
	assert_status(mm_region_set_remove(&f->set, mm_region_create(12, 0)), MM_OK);
	assert_int_equal(mm_region_set_bytes(&f->set), 10);
}

static void a_change_that_does_not_fit_changes_nothing(void **state)
{
	struct mm_region places[2];
	struct mm_region_set set;

	(void)state;
	mm_region_set_init(&set, places, 2);
	assert_status(mm_region_set_add(&set, mm_region_create(0, 10)), MM_OK);
	assert_status(mm_region_set_add(&set, mm_region_create(20, 10)), MM_OK);
	assert_status(mm_region_set_add(&set, mm_region_create(40, 10)), MM_E_LIMIT);
	assert_status(mm_region_set_remove(&set, mm_region_create(2, 2)), MM_E_LIMIT);
	assert_at(&set, 0, 0, 10);
	assert_at(&set, 1, 20, 10);
	assert_status(mm_region_set_add(&set, mm_region_create(30, 10)), MM_OK);
	assert_at(&set, 1, 20, 20);
}

static void keeping_cuts_at_both_ends(void **state)
{
	struct fixture *f = *state;

	add(f, 10, 10);
	add(f, 30, 10);
	add(f, 50, 10);
	mm_region_set_keep(&f->set, mm_region_create(15, 40));
	assert_int_equal(mm_region_set_count(&f->set), 3);
	assert_at(&f->set, 0, 15, 5);
	assert_at(&f->set, 2, 50, 5);
	mm_region_set_keep(&f->set, mm_region_create(0, 0));
	assert_int_equal(mm_region_set_count(&f->set), 0);
}

static void any_regions_are_put_in_order(void **state)
{
	struct mm_region places[6] = { { 50, 5 }, { 10, 10 }, { 70, 0 }, { 15, 20 }, { 10, 10 }, { 55, 1 } };
	struct mm_region_set set;

	(void)state;
	mm_region_set_init_from(&set, places, MM_ARRAY_COUNT(places), MM_ARRAY_COUNT(places));
	assert_true(mm_region_set_check(&set));
	assert_int_equal(mm_region_set_count(&set), 2);
	assert_at(&set, 0, 10, 25);
	assert_at(&set, 1, 50, 6);
}

static void an_intersection_that_does_not_fit_is_empty(void **state)
{
	struct fixture *f = *state;
	struct mm_region wide[1] = { { 0, 100 } };
	struct mm_region places[1];
	struct mm_region_set other;
	struct mm_region_set shared;

	add(f, 10, 10);
	add(f, 30, 10);
	mm_region_set_init_from(&other, wide, 1, 1);
	mm_region_set_init(&shared, places, 1);
	assert_status(mm_region_set_intersect(&f->set, &other, &shared), MM_E_LIMIT);
	assert_int_equal(mm_region_set_count(&shared), 0);
	mm_region_set_keep(&f->set, mm_region_create(0, 25));
	assert_status(mm_region_set_intersect(&f->set, &other, &shared), MM_OK);
	assert_true(mm_region_set_equal(&shared, &f->set));
}

static void regions_reach_the_top_of_the_space(void **state)
{
	struct fixture *f = *state;

	add(f, UINT64_MAX - 10, 10);
	add(f, 0, UINT64_MAX - 10);
	assert_int_equal(mm_region_set_count(&f->set), 1);
	assert_int_equal(mm_region_set_bytes(&f->set), UINT64_MAX);
	assert_true(mm_region_set_contains(&f->set, mm_region_create(UINT64_MAX - 1, 1)));
}

static void the_walker_sees_damage(void **state)
{
	struct mm_region good[2] = { { 10, 10 }, { 30, 10 } };
	static const struct mm_region bad[][2] = {
		{ { 10, 0 }, { 30, 10 } },  /* an empty one */
		{ { 10, 20 }, { 30, 10 } }, /* they touch */
		{ { 40, 10 }, { 30, 10 } }, /* they descend */
		{ { 10, 10 }, { UINT64_MAX, 10 } },
	};
	struct mm_region_set set;
	size_t i;

	(void)state;
	mm_region_set_init_from(&set, good, 2, 2);
	assert_true(mm_region_set_check(&set));
	for (i = 0; i < MM_ARRAY_COUNT(bad); i++) {
		good[0] = bad[i][0];
		good[1] = bad[i][1];
		assert_false(mm_region_set_check(&set));
	}
	set.capacity = 1;
	assert_false(mm_region_set_check(&set));
}

/* -- against a model: bit n says that address n is in the set --------------------------------------------------------
 */

static struct mm_region random_region(struct mm_random *random)
{
	uint32_t base = mm_random_below(random, SPACE);

	return mm_region_create(base, mm_random_below(random, SPACE - base + 1) >> mm_random_below(random, 4));
}

static uint64_t bits_of(struct mm_region region)
{
	uint64_t bits = 0;
	uint64_t i;

	for (i = region.base; i < mm_region_end(region); i++)
		bits |= (uint64_t)1 << i;
	return bits;
}

static uint64_t bits_of_set(const struct mm_region_set *set)
{
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < mm_region_set_count(set); i++)
		bits |= bits_of(mm_region_set_at(set, i));
	return bits;
}

/* As many places as runs of ones: neighbouring runs never share a place. */
static size_t runs_of(uint64_t bits)
{
	return (size_t)__builtin_popcountll(bits & ~(bits << 1));
}

/* One random change of set and model, or none when the set refuses rightly. */
static void change(struct mm_region_set *set, uint64_t *inout_bits, struct mm_random *random)
{
	struct mm_region region = random_region(random);
	uint32_t kind = mm_random_below(random, 8);
	uint64_t wanted = kind == 0  ? *inout_bits & bits_of(region)
			  : kind < 4 ? *inout_bits & ~bits_of(region)
				     : *inout_bits | bits_of(region);
	enum mm_status status = MM_OK;

	if (kind == 0)
		mm_region_set_keep(set, region);
	else
		status = kind < 4 ? mm_region_set_remove(set, region) : mm_region_set_add(set, region);
	assert_status(status, runs_of(wanted) > set->capacity ? MM_E_LIMIT : MM_OK);
	if (status == MM_OK)
		*inout_bits = wanted;
	assert_int_equal(bits_of_set(set), *inout_bits);
	assert_int_equal(mm_region_set_bytes(set), __builtin_popcountll(*inout_bits));
}

static void ask(const struct mm_region_set *set, uint64_t bits, struct mm_random *random)
{
	struct mm_region region = random_region(random);

	assert_int_equal(mm_region_set_contains(set, region), (bits_of(region) & ~bits) == 0);
	assert_int_equal(mm_region_set_overlaps(set, region), (bits_of(region) & bits) != 0);
}

static void agrees_with_a_bit_for_each_address(void **state)
{
	struct mm_random random = { 0x736574 };
	struct mm_region places[3][PLACES];
	struct mm_region_set sets[3];
	uint64_t bits[2] = { 0, 0 };
	uint32_t step;

	(void)state;
	mm_region_set_init(&sets[0], places[0], PLACES);
	mm_region_set_init(&sets[1], places[1], 4);
	mm_region_set_init(&sets[2], places[2], PLACES);
	for (step = 0; step < SEQUENCE; step++) {
		uint32_t which = step & 1u;

		change(&sets[which], &bits[which], &random);
		assert_true(mm_region_set_check(&sets[which]));
		ask(&sets[which], bits[which], &random);
		assert_status(mm_region_set_intersect(&sets[0], &sets[1], &sets[2]),
			      runs_of(bits[0] & bits[1]) > PLACES ? MM_E_LIMIT : MM_OK);
		assert_int_equal(bits_of_set(&sets[2]), bits[0] & bits[1]);
		assert_int_equal(mm_region_set_equal(&sets[0], &sets[1]), bits[0] == bits[1]);
	}
}

static void any_order_makes_the_same_set(void **state)
{
	struct mm_random random = { 0x6f72646572 };
	uint32_t round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct mm_region places[PLACES];
		struct mm_region_set set;
		uint64_t bits = 0;
		size_t i;

		for (i = 0; i < PLACES; i++) {
			places[i] = random_region(&random);
			bits |= bits_of(places[i]);
		}
		mm_region_set_init_from(&set, places, PLACES, PLACES);
		assert_true(mm_region_set_check(&set));
		assert_int_equal(bits_of_set(&set), bits);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_set_holds_nothing_but_the_empty_region),
		TEST(neighbours_and_overlaps_become_one),
		TEST(removing_the_middle_leaves_both_ends),
		TEST(a_change_that_does_not_fit_changes_nothing),
		TEST(keeping_cuts_at_both_ends),
		TEST(any_regions_are_put_in_order),
		TEST(an_intersection_that_does_not_fit_is_empty),
		TEST(regions_reach_the_top_of_the_space),
		TEST(the_walker_sees_damage),
		TEST(agrees_with_a_bit_for_each_address),
		TEST(any_order_makes_the_same_set),
	};

	return cmocka_run_group_tests_name("base/region_set", tests, NULL, NULL);
}
