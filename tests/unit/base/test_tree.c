/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdio.h>

#include "mm/base/compiler.h"
#include "mm/base/tree.h"
#include "tests/mm_random.h"
#include "tests/mm_test.h"

#define NODES 512u

struct item {
	struct mm_tree_node node;
	uint32_t order;
	bool is_in;
};

static struct item *item_of(struct mm_tree_node *node)
{
	return MM_CONTAINER_OF(node, struct item, node);
}

static void empty_tree_has_nothing(void **state)
{
	struct mm_tree tree;

	(void)state;
	mm_tree_init(&tree);
	assert_true(mm_tree_is_empty(&tree));
	assert_null(mm_tree_first(&tree));
	assert_null(mm_tree_find(&tree, 0));
	assert_null(mm_tree_find_at_least(&tree, 0));
	assert_null(mm_tree_find_at_most(&tree, UINT64_MAX));
	assert_true(mm_tree_check(&tree));
}

static void finds_exact_and_nearest_keys(void **state)
{
	struct mm_tree tree;
	struct item items[3];

	(void)state;
	mm_tree_init(&tree);
	mm_tree_insert(&tree, &items[0].node, 20);
	mm_tree_insert(&tree, &items[1].node, 10);
	mm_tree_insert(&tree, &items[2].node, 30);
	assert_ptr_equal(mm_tree_find(&tree, 10), &items[1].node);
	assert_null(mm_tree_find(&tree, 15));
	assert_ptr_equal(mm_tree_find_at_least(&tree, 15), &items[0].node);
	assert_ptr_equal(mm_tree_find_at_most(&tree, 15), &items[1].node);
	assert_null(mm_tree_find_at_least(&tree, 31));
	assert_null(mm_tree_find_at_most(&tree, 9));
	assert_ptr_equal(mm_tree_prev(&items[0].node), &items[1].node);
	assert_null(mm_tree_prev(&items[1].node));
}

static void equal_keys_keep_their_order_of_insertion(void **state)
{
	struct mm_tree tree;
	struct item items[20];
	struct mm_tree_node *node;
	uint32_t i;

	(void)state;
	mm_tree_init(&tree);
	for (i = 0; i < MM_ARRAY_COUNT(items); i++) {
		items[i].order = i;
		mm_tree_insert(&tree, &items[i].node, 7);
		assert_true(mm_tree_check(&tree));
	}
	i = 0;
	for (node = mm_tree_first(&tree); node != NULL; node = mm_tree_next(node))
		assert_int_equal(item_of(node)->order, i++);
	assert_int_equal(i, MM_ARRAY_COUNT(items));
	assert_ptr_equal(mm_tree_find(&tree, 7), &items[0].node);
	assert_ptr_equal(mm_tree_find_at_most(&tree, 7), &items[19].node);
}

static void first_follows_insertion_and_removal(void **state)
{
	struct mm_tree tree;
	struct item items[3];

	(void)state;
	mm_tree_init(&tree);
	mm_tree_insert(&tree, &items[0].node, 2);
	mm_tree_insert(&tree, &items[1].node, 1);
	assert_ptr_equal(mm_tree_first(&tree), &items[1].node);
	mm_tree_remove(&tree, &items[1].node);
	assert_ptr_equal(mm_tree_first(&tree), &items[0].node);
	mm_tree_remove(&tree, &items[0].node);
	assert_null(mm_tree_first(&tree));
	assert_int_equal(mm_tree_count(&tree), 0);
}

static void stays_balanced_whether_keys_rise_or_fall(void **state)
{
	struct mm_tree tree;
	static struct item items[NODES];
	uint32_t i;

	(void)state;
	mm_tree_init(&tree);
	for (i = 0; i < NODES; i++)
		mm_tree_insert(&tree, &items[i].node, i < NODES / 2 ? i : 2 * NODES - i);
	assert_true(mm_tree_check(&tree));
	for (i = 0; i < NODES; i++) {
		mm_tree_remove(&tree, &items[i].node);
		assert_true(mm_tree_check(&tree));
	}
	assert_true(mm_tree_is_empty(&tree));
}

static void check_sees_a_broken_order_and_a_wrong_count(void **state)
{
	struct mm_tree tree;
	struct item items[3];
	uint32_t i;

	(void)state;
	mm_tree_init(&tree);
	for (i = 0; i < 3; i++)
		mm_tree_insert(&tree, &items[i].node, i);
	items[2].node.key = 0;
	items[1].node.key = 5;
	assert_false(mm_tree_check(&tree));
	items[2].node.key = 9;
	assert_true(mm_tree_check(&tree));
	items[1].node.tilt = 1;
	assert_false(mm_tree_check(&tree));
	items[1].node.tilt = 0;
	items[0].node.parent = &items[2].node;
	assert_false(mm_tree_check(&tree));
	items[0].node.parent = &items[1].node;
	tree.count = 2;
	assert_false(mm_tree_check(&tree));
	tree.count = 3;
	tree.first = &items[1].node;
	assert_false(mm_tree_check(&tree));
}

/* The least key of the model that is at least `key`. */
static const struct item *model_at_least(const struct item *items, uint64_t key)
{
	const struct item *best = NULL;
	uint32_t i;

	for (i = 0; i < NODES; i++) {
		if (items[i].is_in && items[i].node.key >= key && (best == NULL || items[i].node.key < best->node.key))
			best = &items[i];
	}
	return best;
}

static void agrees_with_a_plain_array_under_random_changes(void **state)
{
	static struct item items[NODES];
	struct mm_random random = { 0x7ee5eed };
	struct mm_tree tree;
	uint32_t op;

	(void)state;
	printf("seed 0x%llx\n", (unsigned long long)random.state);
	memset(items, 0, sizeof(items));
	mm_tree_init(&tree);
	for (op = 0; op < 20000; op++) {
		struct item *item = &items[mm_random_below(&random, NODES)];
		uint64_t key = mm_random_below(&random, 400);
		const struct item *model = model_at_least(items, key);
		const struct mm_tree_node *found = mm_tree_find_at_least(&tree, key);

		assert_int_equal(found == NULL, model == NULL);
		if (found != NULL)
			assert_int_equal(mm_tree_key(found), model->node.key);
		if (item->is_in)
			mm_tree_remove(&tree, &item->node);
		else
			mm_tree_insert(&tree, &item->node, key);
		item->is_in = !item->is_in;
		if (op % 500 == 0)
			assert_true(mm_tree_check(&tree));
	}
	assert_true(mm_tree_check(&tree));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_tree_has_nothing),
		cmocka_unit_test(finds_exact_and_nearest_keys),
		cmocka_unit_test(equal_keys_keep_their_order_of_insertion),
		cmocka_unit_test(first_follows_insertion_and_removal),
		cmocka_unit_test(stays_balanced_whether_keys_rise_or_fall),
		cmocka_unit_test(check_sees_a_broken_order_and_a_wrong_count),
		cmocka_unit_test(agrees_with_a_plain_array_under_random_changes),
	};

	return cmocka_run_group_tests_name("base/tree", tests, NULL, NULL);
}
