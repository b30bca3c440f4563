/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "boot_params.h"
#include "tests/mm_test.h"

#define MIB 0x100000ull

/* The setup part of a kernel as far as it is looked at. */
struct fixture {
	uint8_t setup[1024];
	uint8_t page[MM_Q35_BOOT_PARAMS_BYTES];
	struct mm_q35_kernel kernel;
};

static int setup(void **state)
{
	static struct fixture it;

	memset(&it, 0, sizeof(it));
	mm_store_u16(it.setup + 0x1fe, 0xaa55);
	it.setup[0x201] = 0x6a;
	memcpy(it.setup + 0x202, "HdrS", 4);
	mm_store_u16(it.setup + 0x206, 0x020f);
	mm_store_u32(it.setup + 0x230, 0x200000);
	mm_store_u16(it.setup + 0x236, 0x7f);
	mm_store_u32(it.setup + 0x238, 2047);
	mm_store_u32(it.setup + 0x260, 40 * MIB);
	*state = &it;
	return 0;
}

static enum mm_status decode(struct fixture *it)
{
	return mm_q35_kernel_decode_untrusted(mm_bytes(it->setup, sizeof(it->setup)), &it->kernel);
}

static void reads_what_the_kernel_asks_for(void **state)
{
	struct fixture *it = *state;

	assert_status(decode(it), MM_OK);
	assert_int_equal(it->kernel.protocol, 0x020f);
	assert_int_equal(it->kernel.alignment, 0x200000);
	assert_int_equal(it->kernel.init_bytes, 40 * MIB);
	assert_int_equal(it->kernel.command_line_max, 2047);
	assert_int_equal(it->kernel.header.count, 0x202 + 0x6a - 0x1f1);
}

static void refuses_what_is_no_kernel(void **state)
{
	struct fixture *it = *state;

	it->setup[0x202] = 'h';
	assert_status(decode(it), MM_E_INVALID);
	it->setup[0x202] = 'H';
	it->setup[0x1ff] = 0;
	assert_status(decode(it), MM_E_INVALID);
	assert_status(mm_q35_kernel_decode_untrusted(mm_bytes(it->setup, 0x263), &it->kernel), MM_E_TRUNCATED);
}

static void refuses_a_kernel_without_64_bit_entry(void **state)
{
	struct fixture *it = *state;

	mm_store_u16(it->setup + 0x236, 0x7e);
	assert_status(decode(it), MM_E_UNSUPPORTED);
	mm_store_u16(it->setup + 0x236, 1);
	mm_store_u16(it->setup + 0x206, 0x020b);
	assert_status(decode(it), MM_E_UNSUPPORTED);
}

static void refuses_a_header_of_an_impossible_length(void **state)
{
	struct fixture *it = *state;

	it->setup[0x201] = 0x10;
	assert_status(decode(it), MM_E_INVALID);
	it->setup[0x201] = 0xff;
	assert_status(decode(it), MM_E_INVALID);
	it->setup[0x201] = 0x6a;
	mm_store_u32(it->setup + 0x230, 0x300000);
	assert_status(decode(it), MM_E_INVALID);
}

static void fills_in_everything_the_kernel_looks_for(void **state)
{
	struct fixture *it = *state;
	const struct mm_q35_e820 map = { 2, { { 0, 0x9f000, 1 }, { 0x100000000, MIB, 2 } } };
	const struct mm_q35_boot boot = { 0x1000000, 0x1e000000, 0x12345, 0x71000, 0x1fd22000, &map };

	it->setup[0x1f1] = 0x1f;
	assert_status(decode(it), MM_OK);
	assert_status(mm_q35_boot_params_fill(&it->kernel, &boot, it->page), MM_OK);
	assert_int_equal(it->page[0x1f1], 0x1f);
	assert_int_equal(it->page[0x210], 0xff);
	assert_int_equal(it->page[0x211] & 1, 1);
	assert_int_equal(mm_load_u32(it->page + 0x218), 0x1e000000);
	assert_int_equal(mm_load_u32(it->page + 0x21c), 0x12345);
	assert_int_equal(mm_load_u32(it->page + 0x228), 0x71000);
	assert_int_equal(mm_load_u64(it->page + 0x70), 0x1fd22000);
	assert_int_equal(it->page[0x1e8], 2);
	assert_int_equal(mm_load_u64(it->page + 0x2d0 + 20), 0x100000000);
	assert_int_equal(mm_load_u32(it->page + 0x2d0 + 36), 2);
}

static void without_a_disk_its_address_is_zero(void **state)
{
	struct fixture *it = *state;
	const struct mm_q35_e820 map = { 1, { { 0, 0x9f000, 1 } } };
	struct mm_q35_boot boot = { 0x1000000, 0x1e000000, 0, 0x71000, 0, &map };

	assert_status(decode(it), MM_OK);
	assert_status(mm_q35_boot_params_fill(&it->kernel, &boot, it->page), MM_OK);
	assert_int_equal(mm_load_u32(it->page + 0x218), 0);
	boot.command_line = 0x100000000;
	assert_status(mm_q35_boot_params_fill(&it->kernel, &boot, it->page), MM_E_OVERFLOW);
}

static void the_disk_goes_right_below_the_end(void **state)
{
	struct fixture *it = *state;
	uint64_t kernel = 0;
	uint64_t initrd = 0;

	assert_status(decode(it), MM_OK);
	assert_status(mm_q35_boot_place(&it->kernel, 8 * MIB, 3 * MIB + 5, 126 * MIB, &kernel, &initrd), MM_OK);
	assert_int_equal(kernel, 16 * MIB);
	assert_int_equal(initrd, 123 * MIB - 0x1000);
}

static void refuses_memory_that_does_not_hold_both(void **state)
{
	struct fixture *it = *state;
	uint64_t kernel = 1;
	uint64_t initrd = 2;

	assert_status(decode(it), MM_OK);
	assert_status(mm_q35_boot_place(&it->kernel, 8 * MIB, 3 * MIB, 59 * MIB - 1, &kernel, &initrd), MM_E_NO_MEMORY);
	assert_status(mm_q35_boot_place(&it->kernel, 8 * MIB, 90 * MIB, 64 * MIB, &kernel, &initrd), MM_E_NO_MEMORY);
	assert_int_equal(kernel, 1);
	assert_int_equal(initrd, 2);
	assert_status(mm_q35_boot_place(&it->kernel, 8 * MIB, 3 * MIB, 59 * MIB, &kernel, &initrd), MM_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_what_the_kernel_asks_for, setup),
		cmocka_unit_test_setup(refuses_what_is_no_kernel, setup),
		cmocka_unit_test_setup(refuses_a_kernel_without_64_bit_entry, setup),
		cmocka_unit_test_setup(refuses_a_header_of_an_impossible_length, setup),
		cmocka_unit_test_setup(fills_in_everything_the_kernel_looks_for, setup),
		cmocka_unit_test_setup(without_a_disk_its_address_is_zero, setup),
		cmocka_unit_test_setup(the_disk_goes_right_below_the_end, setup),
		cmocka_unit_test_setup(refuses_memory_that_does_not_hold_both, setup),
	};

	return cmocka_run_group_tests_name("platform/boot-params", tests, NULL, NULL);
}
