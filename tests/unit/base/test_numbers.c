/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Checked arithmetic, typed addresses, and reading and writing little-endian bytes. */
#include "mm/base/addr.h"
#include "mm/base/bytes.h"
#include "mm/base/checked.h"
#include "tests/mm_test.h"

static void sums_that_do_not_fit_are_refused_and_written_nowhere(void **state)
{
	uint64_t wide = 7;
	uint32_t narrow = 7;

	(void)state;
	assert_false(mm_add_u64(UINT64_MAX, 1, &wide));
	assert_false(mm_add_u32(UINT32_MAX, 1, &narrow));
	assert_int_equal(wide, 7);
	assert_int_equal(narrow, 7);
	assert_true(mm_add_u64(UINT64_MAX - 1, 1, &wide));
	assert_true(mm_add_u32(UINT32_MAX - 1, 1, &narrow));
	assert_int_equal(wide, UINT64_MAX);
	assert_int_equal(narrow, UINT32_MAX);
}

static void differences_below_zero_are_refused(void **state)
{
	uint64_t wide = 7;
	uint32_t narrow = 7;

	(void)state;
	assert_false(mm_sub_u64(3, 4, &wide));
	assert_false(mm_sub_u32(3, 4, &narrow));
	assert_int_equal(wide, 7);
	assert_int_equal(narrow, 7);
	assert_true(mm_sub_u64(4, 4, &wide));
	assert_true(mm_sub_u32(4, 4, &narrow));
	assert_int_equal(wide, 0);
	assert_int_equal(narrow, 0);
}

static void products_that_do_not_fit_are_refused(void **state)
{
	uint64_t wide = 7;
	uint32_t narrow = 7;

	(void)state;
	assert_false(mm_mul_u64((uint64_t)1 << 32, (uint64_t)1 << 32, &wide));
	assert_false(mm_mul_u32(0x10000, 0x10000, &narrow));
	assert_int_equal(wide, 7);
	assert_int_equal(narrow, 7);
	assert_true(mm_mul_u64(0, UINT64_MAX, &wide));
	assert_true(mm_mul_u32(0, UINT32_MAX, &narrow));
	assert_int_equal(wide, 0);
	assert_int_equal(narrow, 0);
	assert_true(mm_mul_u64(UINT32_MAX, UINT32_MAX, &wide));
	assert_true(mm_mul_u32(0xffff, 0x10001, &narrow));
	assert_int_equal(wide, 0xfffffffe00000001);
	assert_int_equal(narrow, UINT32_MAX);
}

static void narrowing_keeps_the_number_or_refuses(void **state)
{
	uint32_t narrow = 7;

	(void)state;
	assert_false(mm_narrow_u32((uint64_t)UINT32_MAX + 1, &narrow));
	assert_int_equal(narrow, 7);
	assert_true(mm_narrow_u32(UINT32_MAX, &narrow));
	assert_int_equal(narrow, UINT32_MAX);
}

static void aligns_to_powers_of_two_only(void **state)
{
	uint64_t aligned = 7;

	(void)state;
	assert_false(mm_align_up_u64(5, 0, &aligned));
	assert_false(mm_align_up_u64(5, 24, &aligned));
	assert_false(mm_align_up_u64(UINT64_MAX, 8, &aligned));
	assert_int_equal(aligned, 7);
	assert_true(mm_align_up_u64(17, 16, &aligned));
	assert_int_equal(aligned, 32);
	assert_true(mm_align_up_u64(32, 16, &aligned));
	assert_int_equal(aligned, 32);
	assert_true(mm_is_power_of_two((uint64_t)1 << 63));
}

static void pages_are_counted_without_wrapping(void **state)
{
	(void)state;
	assert_int_equal(mm_pages_for(0), 0);
	assert_int_equal(mm_pages_for(1), 1);
	assert_int_equal(mm_pages_for(4096), 1);
	assert_int_equal(mm_pages_for(4097), 2);
	assert_int_equal(mm_pages_for(UINT64_MAX), (uint64_t)1 << 52);
	assert_int_equal(mm_page_floor(0x1fff), 0x1000);
	assert_true(mm_is_page_aligned(0x3000));
	assert_false(mm_is_page_aligned(0x3001));
}

static void each_kind_of_address_holds_its_number(void **state)
{
	(void)state;
	assert_int_equal(mm_pa(0x1000).v, 0x1000);
	assert_int_equal(mm_va(UINT64_MAX).v, UINT64_MAX);
	assert_int_equal(mm_user_va(0x7000).v, 0x7000);
}

static void bytes_are_little_endian_at_any_alignment(void **state)
{
	uint8_t memory[9] = { 0 };

	(void)state;
	mm_store_u64(memory + 1, 0x0102030405060708);
	assert_int_equal(memory[1], 0x08);
	assert_int_equal(memory[8], 0x01);
	assert_int_equal(mm_load_u64(memory + 1), 0x0102030405060708);
	assert_int_equal(mm_load_u32(memory + 1), 0x05060708);
	assert_int_equal(mm_load_u16(memory + 1), 0x0708);
	mm_store_u16(memory + 3, 0xfffe);
	assert_int_equal(mm_load_u64(memory + 1), 0x01020304fffe0708);
}

static void a_span_has_only_what_lies_inside(void **state)
{
	static const uint8_t memory[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	struct mm_bytes span = mm_bytes(memory, sizeof(memory));

	(void)state;
	assert_true(mm_bytes_has(span, 0, 8));
	assert_true(mm_bytes_has(span, 8, 0));
	assert_false(mm_bytes_has(span, 9, 0));
	assert_false(mm_bytes_has(span, 1, 8));
	assert_false(mm_bytes_has(span, UINT64_MAX, 2));
	assert_false(mm_bytes_has(span, 1, UINT64_MAX));
	assert_int_equal(mm_bytes_slice(span, 3, 2).data[0], 3);
	assert_int_equal(mm_bytes_slice(span, 3, 2).count, 2);
}

static void copies_and_fills_no_more_than_told(void **state)
{
	static const uint8_t from[3] = { 1, 2, 3 };
	uint8_t to[5] = { 9, 9, 9, 9, 9 };

	(void)state;
	mm_bytes_copy(to + 1, from, sizeof(from));
	assert_memory_equal(to, ((const uint8_t[]){ 9, 1, 2, 3, 9 }), 5);
	mm_bytes_fill(to + 1, 0, 2);
	assert_memory_equal(to, ((const uint8_t[]){ 9, 0, 0, 3, 9 }), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_that_do_not_fit_are_refused_and_written_nowhere),
		cmocka_unit_test(differences_below_zero_are_refused),
		cmocka_unit_test(products_that_do_not_fit_are_refused),
		cmocka_unit_test(narrowing_keeps_the_number_or_refuses),
		cmocka_unit_test(aligns_to_powers_of_two_only),
		cmocka_unit_test(pages_are_counted_without_wrapping),
		cmocka_unit_test(each_kind_of_address_holds_its_number),
		cmocka_unit_test(bytes_are_little_endian_at_any_alignment),
		cmocka_unit_test(a_span_has_only_what_lies_inside),
		cmocka_unit_test(copies_and_fills_no_more_than_told),
	};

	return cmocka_run_group_tests_name("base/numbers", tests, NULL, NULL);
}
