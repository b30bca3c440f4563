/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Segment, task and interrupt descriptors, byte by byte as the manuals lay them out. */
#include "descriptors.h"

#include "mm/abi/mmi_entry.h"
#include "world.h"

#define BLOCK 0x0000001234567000u
#define RSP0  0x00000000105ffd40u
#define STUBS 0xfedcba9876543210u

static int write_page(void **state)
{
	static uint8_t page[MM_PAGE_BYTES];

	memset(page, 0, sizeof(page));
	mm_supv_descriptors_write(page, BLOCK, RSP0);
	*state = page;
	return 0;
}

static void lays_segments_where_the_selectors_say(void **state)
{
	static const struct {
		uint32_t selector;
		uint8_t bytes[8];
	} rows[] = {
		/* limit, base, base, access, granularity and mode */
		{ MM_SEL_CODE32, { 0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0 } },
		{ MM_SEL_DATA32, { 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0 } },
		{ MM_SEL_CODE64, { 0xff, 0xff, 0, 0, 0, 0x9b, 0xaf, 0 } },
		{ MM_SEL_DATA64, { 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0 } },
		{ MM_SEL_USER_DATA, { 0xff, 0xff, 0, 0, 0, 0xf3, 0xcf, 0 } },
		{ MM_SEL_USER_CODE, { 0xff, 0xff, 0, 0, 0, 0xfb, 0xaf, 0 } },
	};
	const uint8_t *page = *state;
	size_t i;

	for (i = 0; i < MM_ARRAY_COUNT(rows); i++)
		assert_memory_equal(page + (rows[i].selector & ~7u), rows[i].bytes, 8);
}

static void leaves_every_other_slot_empty(void **state)
{
	const uint8_t *page = *state;
	uint32_t used = 1u << 2 | 1u << 4 | 1u << 7 | 1u << 8 | 1u << 10 | 1u << 11 | 1u << 14 | 1u << 15;
	uint32_t slot;

	for (slot = 0; slot < MM_GDT_BYTES / 8u; slot++) {
		if ((used >> slot & 1u) == 0)
			assert_int_equal(mm_load_u64(page + 8u * slot), 0);
	}
}

static void fits_the_selectors_that_sysret_and_syscall_derive(void **state)
{
	assert_int_equal(MM_SEL_SYSRET_BASE + 8u, MM_SEL_USER_DATA);
	assert_int_equal(MM_SEL_SYSRET_BASE + 16u, MM_SEL_USER_CODE);
	assert_int_equal(MM_SEL_CODE64 + 8u, MM_SEL_DATA64);
}

static void describes_an_available_task_at_its_place(void **state)
{
	/* limit 103; base 0x1234567080: available 64-bit TSS, DPL 0 */
	static const uint8_t expected[16] = { 0x67, 0x00, 0x80, 0x70, 0x56, 0x89, 0x00, 0x34, 0x12 };
	const uint8_t *page = *state;

	assert_memory_equal(page + MM_SEL_TSS, expected, sizeof(expected));
}

static void gives_exceptions_of_ring_3_the_ring_0_stack(void **state)
{
	const uint8_t *tss = (const uint8_t *)*state + MM_TSS_OFFSET;

	assert_int_equal(mm_load_u64(tss + 4), RSP0);
	assert_int_equal(mm_load_u64(tss + 12), 0); /* RSP1, RSP2: no ring 1 or 2 */
	assert_int_equal(mm_load_u64(tss + 20), 0);
}

static void gives_each_ist_its_page_above_a_guard(void **state)
{
	const uint8_t *tss = (const uint8_t *)*state + MM_TSS_OFFSET;
	uint32_t ist;

	for (ist = 1; ist <= 7; ist++) {
		uint64_t top = mm_load_u64(tss + 36 + 8u * (ist - 1u));

		assert_int_equal(top, ist <= MM_SUPV_IST_COUNT ? BLOCK + (2u * ist + 1u) * MM_PAGE_BYTES : 0);
		if (ist <= MM_SUPV_IST_COUNT)
			assert_int_equal(mm_region_end(mm_supv_ist_guard(BLOCK, ist)), top - MM_PAGE_BYTES);
	}
}

static void opens_no_port_by_the_task_state(void **state)
{
	const uint8_t *tss = (const uint8_t *)*state + MM_TSS_OFFSET;

	assert_int_equal(mm_load_u16(tss + 102), 104); /* behind the limit */
}

static void leads_every_vector_to_its_stub_in_ring_0_only(void **state)
{
	static uint8_t idt[MM_SUPV_IDT_BYTES];
	uint32_t vector;

	mm_supv_idt_write(idt, STUBS);
	for (vector = 0; vector < 256; vector++) {
		const uint8_t *gate = idt + 16u * vector;
		uint64_t target = mm_load_u16(gate) | (uint64_t)mm_load_u16(gate + 6) << 16 |
				  (uint64_t)mm_load_u32(gate + 8) << 32;

		assert_int_equal(target, STUBS + 16u * vector);
		assert_int_equal(mm_load_u16(gate + 2), MM_SEL_CODE64);
		assert_int_equal(gate[5], 0x8e); /* present, interrupt gate, DPL 0: INT n of ring 3 is #GP */
		assert_int_equal(mm_load_u32(gate + 12), 0);
	}
}

static void gives_own_stacks_to_what_may_strike_anywhere(void **state)
{
	static uint8_t idt[MM_SUPV_IDT_BYTES];
	uint32_t vector;

	mm_supv_idt_write(idt, STUBS);
	for (vector = 0; vector < 256; vector++) {
		uint8_t ist = idt[16u * vector + 4];

		assert_int_equal(ist, vector == 1 ? 1 : vector == 2 ? 2 : vector == 8 ? 3 : vector == 18 ? 4 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lays_segments_where_the_selectors_say, write_page),
		cmocka_unit_test_setup(leaves_every_other_slot_empty, write_page),
		cmocka_unit_test(fits_the_selectors_that_sysret_and_syscall_derive),
		cmocka_unit_test_setup(describes_an_available_task_at_its_place, write_page),
		cmocka_unit_test_setup(gives_exceptions_of_ring_3_the_ring_0_stack, write_page),
		cmocka_unit_test_setup(gives_each_ist_its_page_above_a_guard, write_page),
		cmocka_unit_test_setup(opens_no_port_by_the_task_state, write_page),
		cmocka_unit_test(leads_every_vector_to_its_stub_in_ring_0_only),
		cmocka_unit_test(gives_own_stacks_to_what_may_strike_anywhere),
	};

	return cmocka_run_group_tests_name("supervisor/descriptors", tests, NULL, NULL);
}
