/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The images' memory functions and stack cookie, assembled for this machine with the prefix under_test_. */
#include "tests/mm_test.h"

#include "mm/base/compiler.h"

void *MM_EFIAPI under_test_memcpy(void *to, const void *from, uint64_t bytes);
void *MM_EFIAPI under_test_memmove(void *to, const void *from, uint64_t bytes);
void *MM_EFIAPI under_test_memset(void *to, int value, uint64_t bytes);
int MM_EFIAPI under_test_memcmp(const void *a, const void *b, uint64_t bytes);
void MM_EFIAPI under_test___security_check_cookie(uint64_t value);
void MM_EFIAPI under_test_mm_image_seed_stack_cookie(uint64_t entropy);
void MM_EFIAPI under_test_mm_image_stack_smashed(void);
extern uint64_t under_test___security_cookie;

#define SIZE_MAX_TESTED 200u
#define MARGIN		16u

static jmp_buf smashed;

/* The image's part of the bargain: does not return. */
void MM_EFIAPI under_test_mm_image_stack_smashed(void)
{
	longjmp(smashed, 1);
}

static void fill_pattern(uint8_t *bytes, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		bytes[i] = (uint8_t)(i * 7u + 1u);
}

static void memcpy_copies_every_length_and_no_more(void **state)
{
	uint8_t from[SIZE_MAX_TESTED + 2 * MARGIN];
	uint8_t to[sizeof(from)];
	uint8_t expected[sizeof(from)];
	unsigned n;

	fill_pattern(from, sizeof(from));
	for (n = 0; n <= SIZE_MAX_TESTED; n++) {
		memset(to, 0xee, sizeof(to));
		memset(expected, 0xee, sizeof(expected));
		memcpy(expected + MARGIN, from + 5, n);
		assert_ptr_equal(under_test_memcpy(to + MARGIN, from + 5, n), to + MARGIN);
		assert_memory_equal(to, expected, sizeof(to));
	}
}

static void memmove_survives_every_overlap(void **state)
{
	uint8_t bytes[2 * SIZE_MAX_TESTED];
	uint8_t expected[sizeof(bytes)];
	unsigned n;
	unsigned shift;

	for (n = 0; n <= 100; n++) {
		for (shift = 0; shift <= 100; shift++) {
			fill_pattern(bytes, sizeof(bytes));
			fill_pattern(expected, sizeof(expected));
			memmove(expected + shift, expected + 50, n);
			assert_ptr_equal(under_test_memmove(bytes + shift, bytes + 50, n), bytes + shift);
			assert_memory_equal(bytes, expected, sizeof(bytes));
		}
	}
}

static void memset_fills_every_length_and_no_more(void **state)
{
	uint8_t to[SIZE_MAX_TESTED + 2 * MARGIN];
	uint8_t expected[sizeof(to)];
	unsigned n;

	for (n = 0; n <= SIZE_MAX_TESTED; n++) {
		memset(to, 0x11, sizeof(to));
		memset(expected, 0x11, sizeof(expected));
		memset(expected + MARGIN, 0xa9, n);
		assert_ptr_equal(under_test_memset(to + MARGIN, 0x5a9, n), to + MARGIN);
		assert_memory_equal(to, expected, sizeof(to));
	}
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void memcmp_orders_by_the_first_difference(void **state)
{
	uint8_t a[64];
	uint8_t b[64];
	unsigned n;
	unsigned at;

	for (n = 0; n <= sizeof(a); n++) {
		fill_pattern(a, sizeof(a));
		fill_pattern(b, sizeof(b));
		assert_int_equal(under_test_memcmp(a, b, n), 0);
		for (at = 0; at < n; at++) {
			b[at] = (uint8_t)(a[at] + 0x80u);
			if (at + 1 < n)
				b[n - 1] = (uint8_t)~a[n - 1];
			assert_int_equal(sign(under_test_memcmp(a, b, n)), sign(memcmp(a, b, n)));
			assert_int_equal(sign(under_test_memcmp(b, a, n)), sign(memcmp(b, a, n)));
			b[at] = a[at];
			b[n - 1] = a[n - 1];
		}
	}
}

static void large_copies_are_exact(void **state)
{
	static uint8_t from[70001];
	static uint8_t to[70001];

	fill_pattern(from, sizeof(from));
	under_test_memcpy(to, from, sizeof(from));
	assert_int_equal(under_test_memcmp(to, from, sizeof(from)), 0);
	to[70000] ^= 1;
	assert_int_not_equal(under_test_memcmp(to, from, sizeof(from)), 0);
}

static void an_intact_cookie_passes(void **state)
{
	if (setjmp(smashed) != 0)
		fail_msg("the check refused the cookie itself");
	under_test_mm_image_seed_stack_cookie(0x123456789abcdef0ull);
	assert_true(under_test___security_cookie == 0x56789abcdef0ull);
	under_test___security_check_cookie(under_test___security_cookie);
}

static void a_changed_cookie_calls_the_image(void **state)
{
	if (setjmp(smashed) == 0) {
		under_test___security_check_cookie(under_test___security_cookie ^ 1);
		fail_msg("the check returned");
	}
}

static void no_seed_makes_a_cookie_of_zero(void **state)
{
	under_test_mm_image_seed_stack_cookie(0);
	assert_true(under_test___security_cookie != 0);
	under_test_mm_image_seed_stack_cookie(0xffffull << 48);
	assert_true(under_test___security_cookie != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memcpy_copies_every_length_and_no_more),
		cmocka_unit_test(memmove_survives_every_overlap),
		cmocka_unit_test(memset_fills_every_length_and_no_more),
		cmocka_unit_test(memcmp_orders_by_the_first_difference),
		cmocka_unit_test(large_copies_are_exact),
		cmocka_unit_test(an_intact_cookie_passes),
		cmocka_unit_test(a_changed_cookie_calls_the_image),
		cmocka_unit_test(no_seed_makes_a_cookie_of_zero),
	};

	return cmocka_run_group_tests_name("hal/image_runtime", tests, NULL, NULL);
}
