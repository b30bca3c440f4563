/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The intrusive ring. */
#include "mm/base/compiler.h"
#include "mm/base/list.h"
#include "tests/mm_test.h"

struct item {
	char name;
	struct mm_list link;
};

struct fixture {
	struct mm_list head;
	struct item items[4];
};

static int setup(void **state)
{
	static struct fixture f;
	size_t i;

	mm_list_init(&f.head);
	for (i = 0; i < MM_ARRAY_COUNT(f.items); i++) {
		f.items[i].name = (char)('a' + i);
		mm_list_init(&f.items[i].link);
	}
	*state = &f;
	return 0;
}

/* The names from the front on; walking backwards must give the same. */
static void assert_order(const struct fixture *f, const char *expected)
{
	const struct mm_list *node = f->head.next;
	char names[8] = "";
	size_t count = 0;

	for (; node != &f->head && count < sizeof(names); node = node->next)
		names[count++] =
			((const struct item *)(const void *)((const char *)node - offsetof(struct item, link)))->name;
	assert_int_equal(count, strlen(expected));
	assert_memory_equal(names, expected, count);
	for (node = f->head.prev; node != &f->head; node = node->prev)
		count--;
	assert_int_equal(count, 0);
}

static void a_new_ring_is_empty(void **state)
{
	struct fixture *f = *state;

	assert_true(mm_list_is_empty(&f->head));
	assert_order(f, "");
}

static void grows_at_both_ends(void **state)
{
	struct fixture *f = *state;

	mm_list_push_back(&f->head, &f->items[1].link);
	mm_list_push_back(&f->head, &f->items[2].link);
	mm_list_push_front(&f->head, &f->items[0].link);
	assert_false(mm_list_is_empty(&f->head));
	assert_order(f, "abc");
}

static void inserts_before_a_place(void **state)
{
	struct fixture *f = *state;

	mm_list_push_back(&f->head, &f->items[0].link);
	mm_list_push_back(&f->head, &f->items[2].link);
	mm_list_insert_before(&f->items[2].link, &f->items[1].link);
	assert_order(f, "abc");
}

static void removing_twice_is_harmless(void **state)
{
	struct fixture *f = *state;

	mm_list_push_back(&f->head, &f->items[0].link);
	mm_list_push_back(&f->head, &f->items[1].link);
	mm_list_remove(&f->items[0].link);
	mm_list_remove(&f->items[0].link);
	assert_order(f, "b");
	assert_true(mm_list_is_empty(&f->items[0].link));
	mm_list_push_back(&f->head, &f->items[0].link);
	assert_order(f, "ba");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_new_ring_is_empty, setup),
		cmocka_unit_test_setup(grows_at_both_ends, setup),
		cmocka_unit_test_setup(inserts_before_a_place, setup),
		cmocka_unit_test_setup(removing_twice_is_harmless, setup),
	};

	return cmocka_run_group_tests_name("base/list", tests, NULL, NULL);
}
