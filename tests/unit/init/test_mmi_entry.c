/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stdio.h>

#include "mm/abi/mmi_entry.h"
#include "mmi_entry.h"
#include "tests/mm_test.h"

struct blob {
	uint8_t bytes[4096];
	size_t count;
};

static int read_entry(void **state)
{
	static struct blob blob;
	FILE *file = fopen(MM_MMI_ENTRY, "rb");

	assert_non_null(file);
	blob.count = fread(blob.bytes, 1, sizeof(blob.bytes), file);
	assert_int_equal(fclose(file), 0);
	*state = &blob;
	return 0;
}

static enum mm_status decode(const struct blob *blob, struct mm_init_mmi_template *ret_template,
			     struct mm_refusal *reterr)
{
	return mm_init_mmi_template_decode(mm_bytes(blob->bytes, blob->count), ret_template, reterr);
}

static uint8_t *block_of(struct blob *blob)
{
	return blob->bytes + blob->count - 4 - MM_MMI_FIXUP_BYTES;
}

static void accepts_our_entry(void **state)
{
	struct mm_init_mmi_template t;

	assert_status(decode(*state, &t, NULL), MM_OK);
	assert_int_equal(t.fixup_offset + MM_MMI_FIXUP_BYTES + 4, t.bytes.count);
	assert_true(t.far_pointer_offset + 6 <= t.fixup_offset);
	assert_true(t.cr4_offset + 4 <= t.fixup_offset);
	assert_true(t.long_mode_entry < t.far_pointer_offset);
	/* The jump leads to ring 0's 64-bit code segment. */
	assert_int_equal(mm_load_u16(t.bytes.data + t.far_pointer_offset + 4), MM_SEL_CODE64);
}

static void leaves_with_rsm_and_nothing_behind_it(void **state)
{
	struct blob *blob = *state;
	struct mm_init_mmi_template t;
	size_t at;

	assert_status(decode(blob, &t, NULL), MM_OK);
	at = t.far_pointer_offset;
	/* Padding before the data is zero; the last code bytes are 0F AA. */
	while (blob->bytes[at - 1] == 0)
		at--;
	assert_int_equal(blob->bytes[at - 2], 0x0f);
	assert_int_equal(blob->bytes[at - 1], 0xaa);
}

static void holds_no_cpu_facts_of_its_own(void **state)
{
	struct blob *blob = *state;

	for (size_t i = 0; i < 7 * 8; i++)
		assert_int_equal(block_of(blob)[MM_MMI_FIXUP64 + i], 0);
	for (size_t i = 0; i < 7 * 4; i++)
		assert_int_equal(block_of(blob)[MM_MMI_FIXUP32 + i], 0);
}

static void fills_in_what_differs_between_cpus(void **state)
{
	const struct mm_init_mmi_values v = {
		.rendezvous = 0x3f001010,
		.idtr = 0x3f002110,
		.hob_list = 0x3f003000,
		.gdtr = 0x3f002100,
		.cr3 = 0x3f004000,
		.cr4 = 0x300668,
		.stack = 0x3f005ff0,
		.smbase = 0x3dff9000,
		.has_misc_enable = true,
		.refills_return_stack = true,
	};
	struct mm_init_mmi_template t;
	uint8_t entry[4096];
	const uint8_t *block;

	assert_status(decode(*state, &t, NULL), MM_OK);
	mm_init_mmi_entry_write(&t, &v, entry);
	block = entry + t.fixup_offset;
	assert_int_equal(mm_load_u64(block + MM_MMI_FIXUP64 + 8 * MM_MMI_FIXUP64_RENDEZVOUS), v.rendezvous);
	assert_int_equal(mm_load_u64(block + MM_MMI_FIXUP64 + 8 * MM_MMI_FIXUP64_IDTR), v.idtr);
	assert_int_equal(mm_load_u64(block + MM_MMI_FIXUP64 + 8 * MM_MMI_FIXUP64_HOB), v.hob_list);
	assert_int_equal(mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_GDTR), v.gdtr);
	assert_int_equal(mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_CR3), v.cr3);
	assert_int_equal(mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_STACK), v.stack);
	assert_int_equal(mm_load_u32(block + MM_MMI_FIXUP32 + 4 * MM_MMI_FIXUP32_SMBASE), v.smbase);
	assert_int_equal(mm_load_u32(entry + t.cr4_offset), v.cr4);
	assert_int_equal(mm_load_u32(entry + t.far_pointer_offset), v.smbase + 0x8000 + t.long_mode_entry);
	assert_int_equal(block[MM_MMI_FIXUP8 + 1], 1);
	assert_int_equal(block[MM_MMI_FIXUP8 + 4], 1);
	assert_memory_equal(entry, t.bytes.data, t.far_pointer_offset);
}

/* One defect: `count` bytes cut off the front of the file (the block is found from its end), or a changed byte. */
struct defect {
	const char *name;
	size_t keep;	 /* bytes kept at the end; 0: all */
	size_t at_block; /* offset in the block of the changed field; SIZE_MAX: the trailer */
	uint32_t value;
	uint32_t bytes;
	enum mm_status expected;
};

static const struct defect defects[] = {
	{ "refuses_an_entry_shorter_than_its_block", 100, 0, 5, 4, MM_E_TRUNCATED },
	{ "refuses_another_block_size", 0, SIZE_MAX, 131, 4, MM_E_UNSUPPORTED },
	{ "refuses_another_revision", 0, MM_MMI_FIXUP_HEADER_VERSION, 4, 4, MM_E_UNSUPPORTED },
	{ "refuses_a_far_pointer_of_another_size", 0, MM_MMI_FIXUP_STRUCT, 10, 2, MM_E_INVALID },
	{ "refuses_a_far_pointer_inside_the_block", 0, MM_MMI_FIXUP_STRUCT + 2, 0xff0, 2, MM_E_INVALID },
	{ "refuses_cr4_outside_the_entry", 0, MM_MMI_FIXUP_STRUCT + 6, 0xffff, 2, MM_E_INVALID },
};

static void refuses_defect(void **state)
{
	const struct defect *defect = *state;
	struct mm_init_mmi_template t = { .fixup_offset = 77 };
	struct mm_refusal refusal = { NULL, 0, 0 };
	void *fresh = NULL;
	struct blob blob;
	uint8_t *at;

	assert_int_equal(read_entry(&fresh), 0);
	blob = *(struct blob *)fresh;
	at = defect->at_block == SIZE_MAX ? blob.bytes + blob.count - 4 : block_of(&blob) + defect->at_block;
	for (uint32_t i = 0; i < defect->bytes; i++)
		at[i] = (uint8_t)(defect->value >> (8 * i));
	if (defect->keep != 0) {
		memmove(blob.bytes, blob.bytes + blob.count - defect->keep, defect->keep);
		blob.count = defect->keep;
	}
	assert_status(decode(&blob, &t, &refusal), defect->expected);
	assert_non_null(refusal.field);
	assert_int_equal(t.fixup_offset, 77);
}

static void refuses_an_entry_larger_than_its_page(void **state)
{
	static const uint8_t bytes[4097];
	struct mm_init_mmi_template t;

	(void)state;
	assert_status(mm_init_mmi_template_decode(mm_bytes(bytes, sizeof(bytes)), &t, NULL), MM_E_LIMIT);
}

int main(void)
{
	struct CMUnitTest tests[5 + MM_ARRAY_COUNT(defects)] = {
		cmocka_unit_test_setup(accepts_our_entry, read_entry),
		cmocka_unit_test_setup(leaves_with_rsm_and_nothing_behind_it, read_entry),
		cmocka_unit_test_setup(holds_no_cpu_facts_of_its_own, read_entry),
		cmocka_unit_test_setup(fills_in_what_differs_between_cpus, read_entry),
		cmocka_unit_test(refuses_an_entry_larger_than_its_page),
	};

	for (size_t i = 0; i < MM_ARRAY_COUNT(defects); i++)
		tests[5 + i] = (struct CMUnitTest){ defects[i].name, refuses_defect, NULL, NULL,
						    (void *)(uintptr_t)&defects[i] };
	return cmocka_run_group_tests_name("init/mmi-entry", tests, NULL, NULL);
}
