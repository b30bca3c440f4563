/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "mm/base/hash.h"
#include "tests/mm_test.h"

struct item {
	struct mm_hash_node node;
	uint64_t key;
};

struct fixture {
	struct mm_hash table;
	struct mm_hash_node *buckets[4];
	struct mm_hash_node *more_buckets[16];
	struct item items[12];
};

static int setup(void **state)
{
	static struct fixture fixture;
	uint32_t i;

	mm_hash_init(&fixture.table, fixture.buckets, 4);
	for (i = 0; i < MM_ARRAY_COUNT(fixture.items); i++)
		fixture.items[i].key = i;
	*state = &fixture;
	return 0;
}

static struct item *find(const struct mm_hash *table, uint64_t key, uint32_t hash)
{
	struct mm_hash_node *node;

	for (node = mm_hash_first(table, hash); node != NULL; node = mm_hash_next(node)) {
		struct item *item = MM_CONTAINER_OF(node, struct item, node);

		if (item->key == key)
			return item;
	}
	return NULL;
}

static void finds_only_what_was_inserted(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 6; i++)
		mm_hash_insert(&f->table, &f->items[i].node, mm_hash_u64(i, 1));
	for (i = 0; i < 6; i++)
		assert_ptr_equal(find(&f->table, i, mm_hash_u64(i, 1)), &f->items[i]);
	assert_null(find(&f->table, 6, mm_hash_u64(6, 1)));
	assert_true(mm_hash_check(&f->table));
}

static void tells_equal_hashes_apart_newest_first(void **state)
{
	struct fixture *f = *state;

	mm_hash_insert(&f->table, &f->items[0].node, 42);
	mm_hash_insert(&f->table, &f->items[1].node, 42 + 4); /* same bucket, another hash */
	mm_hash_insert(&f->table, &f->items[2].node, 42);
	assert_ptr_equal(mm_hash_first(&f->table, 42), &f->items[2].node);
	assert_ptr_equal(mm_hash_next(&f->items[2].node), &f->items[0].node);
	assert_null(mm_hash_next(&f->items[0].node));
}

static void removes_from_the_middle_of_a_chain(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 3; i++)
		mm_hash_insert(&f->table, &f->items[i].node, 8);
	mm_hash_remove(&f->table, &f->items[1].node);
	assert_null(find(&f->table, 1, 8));
	assert_ptr_equal(find(&f->table, 0, 8), &f->items[0]);
	assert_int_equal(mm_hash_count(&f->table), 2);
	assert_true(mm_hash_check(&f->table));
}

static void wants_more_buckets_once_nodes_outnumber_them(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 4; i++)
		mm_hash_insert(&f->table, &f->items[i].node, i);
	assert_int_equal(mm_hash_wanted_buckets(&f->table), 0);
	mm_hash_insert(&f->table, &f->items[4].node, 4);
	assert_int_equal(mm_hash_wanted_buckets(&f->table), 8);
}

static void rehash_keeps_all_nodes_and_their_order(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 12; i++)
		mm_hash_insert(&f->table, &f->items[i].node, i % 3);
	assert_ptr_equal(mm_hash_rehash(&f->table, f->more_buckets, 16), f->buckets);
	assert_true(mm_hash_check(&f->table));
	assert_int_equal(mm_hash_count(&f->table), 12);
	assert_ptr_equal(mm_hash_first(&f->table, 1), &f->items[10].node);
	assert_ptr_equal(mm_hash_next(&f->items[10].node), &f->items[7].node);
}

static void check_sees_a_node_in_a_foreign_bucket(void **state)
{
	struct fixture *f = *state;

	mm_hash_insert(&f->table, &f->items[0].node, 1);
	f->items[0].node.hash = 2;
	assert_false(mm_hash_check(&f->table));
	f->items[0].node.hash = 1;
	f->table.count = 2;
	assert_false(mm_hash_check(&f->table));
	f->table.count = 0;
	assert_false(mm_hash_check(&f->table));
}

static void seed_changes_the_hash(void **state)
{
	(void)state;
	assert_int_not_equal(mm_hash_u64(5, 1), mm_hash_u64(5, 2));
	assert_int_not_equal(mm_hash_u64(5, 1), mm_hash_u64(6, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_only_what_was_inserted, setup),
		cmocka_unit_test_setup(tells_equal_hashes_apart_newest_first, setup),
		cmocka_unit_test_setup(removes_from_the_middle_of_a_chain, setup),
		cmocka_unit_test_setup(wants_more_buckets_once_nodes_outnumber_them, setup),
		cmocka_unit_test_setup(rehash_keeps_all_nodes_and_their_order, setup),
		cmocka_unit_test_setup(check_sees_a_node_in_a_foreign_bucket, setup),
		cmocka_unit_test(seed_changes_the_hash),
	};

	return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
