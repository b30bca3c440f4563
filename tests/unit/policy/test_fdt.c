/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The converter's own door: what the corpus of sources cannot show. Arguments: a compiled tree that says everything
 * once (good-full.dtb).
 */
#include "policy_test.h"

#include "mm/policy_fdt/convert.h"

static const char *tree_path;
static uint64_t tree[2048];
static size_t tree_bytes;
static uint8_t blob[0x8000];

static void load_tree(void)
{
	FILE *file = fopen(tree_path, "rb");

	assert_non_null(file);
	tree_bytes = fread(tree, 1, sizeof(tree), file);
	assert_int_equal(fclose(file), 0);
	assert_true(tree_bytes > 0 && tree_bytes < sizeof(tree));
}

static int setup(void **state)
{
	(void)state;
	load_tree();
	return 0;
}

static enum mm_status convert(struct mm_bytes dtb, size_t capacity, struct mm_policy_fdt_error *error)
{
	size_t bytes = 0;

	return mm_policy_fdt_convert_untrusted(dtb, 0, blob, capacity, &bytes, error);
}

static void the_bound_suffices_and_less_is_refused(void **state)
{
	struct mm_policy_fdt_error error = { "", "", 0 };
	size_t bytes = 0;
	size_t capacity;

	(void)state;
	assert_true(mm_policy_fdt_blob_bytes(tree_bytes) <= sizeof(blob));
	assert_status(mm_policy_fdt_convert_untrusted(mm_bytes(tree, tree_bytes), 0, blob,
						      mm_policy_fdt_blob_bytes(tree_bytes), &bytes, NULL),
		      MM_OK);
	for (capacity = 0; capacity < bytes; capacity++)
		assert_status(convert(mm_bytes(tree, tree_bytes), capacity, &error), MM_E_BUFFER_TOO_SMALL);
	assert_status(convert(mm_bytes(tree, tree_bytes), bytes, NULL), MM_OK);
}

static void refuses_unknown_options(void **state)
{
	size_t bytes = 7;

	(void)state;
	assert_status(mm_policy_fdt_convert_untrusted(mm_bytes(tree, tree_bytes), 2, blob, sizeof(blob), &bytes, NULL),
		      MM_E_INVALID);
	assert_int_equal(bytes, 7);
}

static void refuses_bytes_that_are_no_tree(void **state)
{
	struct mm_policy_fdt_error error = { "x", "x", 0 };

	(void)state;
	assert_status(convert(mm_bytes(tree, 0), sizeof(blob), &error), MM_E_POLICY_SOURCE_TREE);
	assert_string_equal(error.node, "");
	((uint8_t *)tree)[0] ^= 1;
	assert_status(convert(mm_bytes(tree, tree_bytes), sizeof(blob), &error), MM_E_POLICY_SOURCE_TREE);
}

static void refuses_a_tree_that_is_cut(void **state)
{
	size_t count;

	(void)state;
	for (count = 0; count < tree_bytes; count += 7) {
		uint64_t *cut = malloc(count + 8);

		assert_non_null(cut);
		memcpy(cut, tree, count);
		assert_status(convert(mm_bytes(cut, count), sizeof(blob), NULL), MM_E_POLICY_SOURCE_TREE);
		free(cut);
	}
}

static void names_the_property_it_does_not_know(void **state)
{
	static const char from[] = "roots-suffice";
	struct mm_policy_fdt_error error = { "", "", 0 };
	uint8_t *at = (uint8_t *)tree;
	size_t i;

	(void)state;
	/* The property's name in the strings block becomes an unknown one. */
	for (i = 0; i + sizeof(from) < tree_bytes && memcmp(at + i, from, sizeof(from)) != 0; i++)
		;
	at[i] = 'R';
	assert_status(convert(mm_bytes(tree, tree_bytes), sizeof(blob), &error), MM_E_POLICY_SOURCE_PROPERTY);
	assert_string_equal(error.node, "/domains/open");
	assert_string_equal(error.property, "Roots-suffice");
}

static void finds_the_node_of_each_entry(void **state)
{
	char path[MM_POLICY_FDT_PATH_BYTES] = "";
	struct mm_bytes dtb = mm_bytes(tree, tree_bytes);

	(void)state;
	assert_status(mm_policy_fdt_find_entry(dtb, MM_POLICY_PORT, 0, path), MM_OK);
	assert_string_equal(path, "/io/rtc");
	assert_status(mm_policy_fdt_find_entry(dtb, MM_POLICY_PORT, 2, path), MM_OK);
	assert_string_equal(path, "/io/fw-cfg");
	assert_status(mm_policy_fdt_find_entry(dtb, MM_POLICY_SAVE_STATE, 0, path), MM_OK);
	assert_string_equal(path, "/save-state/rax");
	assert_status(mm_policy_fdt_find_entry(dtb, MM_POLICY_PORT, 4, path), MM_E_NOT_FOUND);
	assert_status(mm_policy_fdt_find_entry(mm_bytes(tree, 8), MM_POLICY_PORT, 0, path), MM_E_POLICY_SOURCE_TREE);
}

/* Whatever a spoiled tree becomes, it is a status or bytes that the decoder judges; ASan watches. */
static void no_spoiled_tree_does_worse_than_be_refused(void **state)
{
	uint32_t roll = 0x2545f491;
	uint32_t round;
	uint32_t converted = 0;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct fake_policy fake;
		size_t bytes = 0;
		uint32_t flips;

		load_tree();
		for (flips = 1 + round % 3; flips > 0; flips--) {
			roll = roll * 1664525u + 1013904223u;
			((uint8_t *)tree)[(roll >> 8) % tree_bytes] = (uint8_t)(roll >> 3);
		}
		if (mm_policy_fdt_convert_untrusted(mm_bytes(tree, tree_bytes), 0, blob, sizeof(blob), &bytes, NULL) !=
		    MM_OK)
			continue;
		converted++;
		fake_policy_init(&fake);
		(void)fake_policy_decode_bytes(&fake, mm_bytes(blob, bytes), NULL); /* any answer */
		fake_policy_finish(&fake);
	}
	assert_true(converted > 0);
}

#define fdt_test(f) cmocka_unit_test_setup(f, setup)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		fdt_test(the_bound_suffices_and_less_is_refused),
		fdt_test(refuses_unknown_options),
		fdt_test(refuses_bytes_that_are_no_tree),
		fdt_test(refuses_a_tree_that_is_cut),
		fdt_test(names_the_property_it_does_not_know),
		fdt_test(finds_the_node_of_each_entry),
		fdt_test(no_spoiled_tree_does_worse_than_be_refused),
	};

	if (argc != 2)
		return 2;
	tree_path = argv[1];
	return cmocka_run_group_tests_name("policy/fdt", tests, NULL, NULL);
}
