/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The header, the roots and how the parts tile the policy: one defect per test. */
#include "policy_test.h"

#define HEADER 0x28u
#define ROOT   0x18u

/* Ports (2 entries), MSRs (1 entry): roots at 0x28 and 0x40, descriptors at 0x58 and 0x68, 0x70 bytes. */
static struct mm_bytes small_policy(struct fake_policy *fake)
{
	struct mm_bytes blob;

	fake_policy_root(fake, MM_POLICY_PORT, MM_POLICY_ALLOW_LIST);
	fake_policy_root(fake, MM_POLICY_MSR, MM_POLICY_DENY_LIST);
	fake_policy_port(fake, 0x70, 2, RW);
	fake_policy_port(fake, 0x80, 1, W);
	fake_policy_msr(fake, 0x10, 1, R);
	blob = fake_policy_blob(fake);
	assert_int_equal(blob.count, 0x70);
	assert_status(fake_policy_decode_bytes(fake, blob, NULL), MM_OK);
	return blob;
}

static void spoil_u8(struct fake_policy *fake, uint32_t at, uint8_t value, enum mm_status expected, const char *field)
{
	struct mm_bytes blob = small_policy(fake);

	fake->blob[at] = value;
	assert_refused(fake, blob, expected, field);
}

static void spoil_u32(struct fake_policy *fake, uint32_t at, uint32_t value, enum mm_status expected, const char *field)
{
	struct mm_bytes blob = small_policy(fake);

	mm_store_u32(fake->blob + at, value);
	assert_refused(fake, blob, expected, field);
}

static void keeps_the_result_untouched_on_refusal(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_policy before;
	struct mm_bytes blob = small_policy(fake);

	memcpy(&before, &fake->policy, sizeof(before));
	fake->blob[2] = 9;
	assert_refused(fake, blob, MM_E_POLICY_VERSION, "header VersionMajor");
	assert_memory_equal(&before, &fake->policy, sizeof(before));
}

static void refuses_bytes_that_end_inside_the_header(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_bytes blob = small_policy(fake);
	size_t count;

	for (count = 0; count < HEADER; count++)
		assert_refused(fake, mm_bytes(blob.data, count), MM_E_TRUNCATED, "policy header");
}

static void refuses_bytes_that_end_before_the_declared_size(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_bytes blob = small_policy(fake);
	size_t count;

	for (count = HEADER; count < blob.count; count++)
		assert_refused(fake, mm_bytes(blob.data, count), MM_E_TRUNCATED, "header Size");
}

static void refuses_another_minor_version(void **state)
{
	spoil_u8(*state, 0, 1, MM_E_POLICY_VERSION, "header VersionMinor");
}

static void refuses_another_major_version(void **state)
{
	spoil_u8(*state, 2, 2, MM_E_POLICY_VERSION, "header VersionMajor");
}

static void refuses_a_legacy_memory_policy(void **state)
{
	spoil_u32(*state, 0x0c, 1, MM_E_POLICY_RESERVED, "header MemoryPolicyCount");
}

static void ignores_the_legacy_offset(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_bytes blob = small_policy(fake);

	mm_store_u32(fake->blob + 8, 0xffffffff);
	assert_status(fake_policy_decode_bytes(fake, blob, NULL), MM_OK);
}

static void refuses_flags_alone(void **state)
{
	spoil_u32(*state, 0x10, 0x80000000, MM_E_POLICY_RESERVED, "header Flags");
}

static void refuses_capabilities_alone(void **state)
{
	spoil_u32(*state, 0x14, 1, MM_E_POLICY_RESERVED, "header Capabilities");
}

static void refuses_the_reserved_field_alone(void **state)
{
	spoil_u8(*state, 0x18, 1, MM_E_POLICY_RESERVED, "header Reserved");
}

static void refuses_the_last_reserved_byte_alone(void **state)
{
	spoil_u8(*state, 0x1f, 1, MM_E_POLICY_RESERVED, "header Reserved");
}

static void refuses_a_size_below_the_header(void **state)
{
	spoil_u32(*state, 4, 0x20, MM_E_POLICY_SIZE, "header Size");
}

static void refuses_a_size_of_odd_bytes(void **state)
{
	spoil_u32(*state, 4, 0x6f, MM_E_POLICY_SIZE, "header Size");
}

static void refuses_a_size_beyond_the_bytes(void **state)
{
	spoil_u32(*state, 4, 0x78, MM_E_TRUNCATED, "header Size");
}

static void refuses_a_size_that_leaves_bytes_unexplained(void **state)
{
	struct fake_policy *fake = *state;
	uint8_t longer[0x78] = { 0 };

	memcpy(longer, small_policy(fake).data, 0x70);
	mm_store_u32(longer + 4, 0x78);
	assert_refused(fake, mm_bytes(longer, sizeof(longer)), MM_E_POLICY_SIZE, "header Size");
}

static void accepts_zeroes_behind_the_policy(void **state)
{
	struct fake_policy *fake = *state;
	uint8_t longer[0x70 + 13] = { 0 };

	memcpy(longer, small_policy(fake).data, 0x70);
	assert_status(fake_policy_decode_bytes(fake, mm_bytes(longer, sizeof(longer)), NULL), MM_OK);
	assert_int_equal(fake->policy.blob.count, 0x70);
	assert_int_equal(fake->policy.extension.count, 0);
}

static void refuses_rubbish_behind_the_policy(void **state)
{
	struct fake_policy *fake = *state;
	uint8_t longer[0x70 + 13] = { 0 };

	memcpy(longer, small_policy(fake).data, 0x70);
	longer[0x70 + 12] = 1;
	assert_refused(fake, mm_bytes(longer, sizeof(longer)), MM_E_POLICY_TRAILER, "byte after the policy");
}

static void refuses_a_policy_without_roots(void **state)
{
	struct fake_policy *fake = *state;

	assert_refused(fake, fake_policy_blob(fake), MM_E_POLICY_EMPTY, "header PolicyRootCount");
}

static void refuses_more_roots_than_types(void **state)
{
	spoil_u32(*state, 0x24, 6, MM_E_LIMIT, "header PolicyRootCount");
}

static void refuses_a_root_table_inside_the_header(void **state)
{
	spoil_u32(*state, 0x20, 0x20, MM_E_POLICY_OFFSET, "header PolicyRootOffset");
}

static void refuses_a_root_table_beyond_the_policy(void **state)
{
	spoil_u32(*state, 0x20, 0x70, MM_E_POLICY_OFFSET, "header PolicyRootOffset");
}

static void refuses_a_root_table_offset_that_would_wrap(void **state)
{
	spoil_u32(*state, 0x20, 0xfffffff8, MM_E_POLICY_OFFSET, "header PolicyRootOffset");
}

static void refuses_a_misaligned_root_table(void **state)
{
	spoil_u32(*state, 0x20, 0x2c, MM_E_POLICY_ALIGNMENT, "header PolicyRootOffset");
}

static void refuses_another_root_version(void **state)
{
	spoil_u32(*state, HEADER, 2, MM_E_POLICY_ROOT_VERSION, "root Version");
}

static void refuses_another_root_size(void **state)
{
	spoil_u32(*state, HEADER + 4, 0x20, MM_E_POLICY_ROOT_SIZE, "root PolicyRootSize");
}

static void refuses_type_zero(void **state)
{
	spoil_u32(*state, HEADER + 8, 0, MM_E_POLICY_ROOT_TYPE, "root Type");
}

static void refuses_a_type_beyond_the_last(void **state)
{
	spoil_u32(*state, HEADER + 8, 6, MM_E_POLICY_ROOT_TYPE, "root Type");
}

static void refuses_a_type_that_would_overflow_a_shift(void **state)
{
	spoil_u32(*state, HEADER + 8, 66, MM_E_POLICY_ROOT_TYPE, "root Type");
}

static void refuses_two_roots_of_one_type(void **state)
{
	spoil_u32(*state, HEADER + 8, MM_POLICY_MSR, MM_E_POLICY_ROOT_DUPLICATE, "root Type");
}

static void refuses_a_list_of_neither_kind(void **state)
{
	spoil_u8(*state, HEADER + 0x14, 2, MM_E_POLICY_LIST_KIND, "root AccessAttr");
}

static void refuses_each_reserved_byte_of_a_root(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_bytes blob = small_policy(fake);
	uint32_t i;

	for (i = 0; i < 3; i++) {
		fake->blob[HEADER + ROOT + 0x15 + i] = 0x80;
		assert_refused(fake, blob, MM_E_POLICY_RESERVED, "root Reserved");
		fake->blob[HEADER + ROOT + 0x15 + i] = 0;
	}
}

static void refuses_descriptors_inside_the_header(void **state)
{
	spoil_u32(*state, HEADER + 12, 0x18, MM_E_POLICY_OFFSET, "root Offset");
}

static void refuses_descriptors_beyond_the_policy(void **state)
{
	spoil_u32(*state, HEADER + 12, 0x78, MM_E_POLICY_OFFSET, "root Offset");
}

static void refuses_misaligned_descriptors(void **state)
{
	spoil_u32(*state, HEADER + 12, 0x5a, MM_E_POLICY_ALIGNMENT, "root Offset");
}

static void refuses_a_count_that_reaches_beyond_the_policy(void **state)
{
	spoil_u32(*state, HEADER + 16, 4, MM_E_POLICY_OFFSET, "root Count");
}

static void refuses_a_count_whose_product_would_wrap(void **state)
{
	spoil_u32(*state, HEADER + 16, 0x20000001, MM_E_POLICY_OFFSET, "root Count");
}

static void refuses_descriptors_shared_by_two_roots(void **state)
{
	spoil_u32(*state, HEADER + 16, 3, MM_E_POLICY_ARRAY_OVERLAP, "root Offset");
}

static void refuses_descriptors_that_lie_in_the_root_table(void **state)
{
	spoil_u32(*state, HEADER + 12, 0x40, MM_E_POLICY_ARRAY_OVERLAP, "root Offset");
}

static void refuses_a_count_one_too_small(void **state)
{
	spoil_u32(*state, HEADER + 16, 1, MM_E_POLICY_SIZE, "header Size");
}

static void refuses_more_entries_than_the_limit(void **state)
{
	struct fake_policy *fake = *state;
	uint32_t i;

	fake_policy_root(fake, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	for (i = 0; i <= MM_POLICY_ENTRIES_MAX; i++)
		fake_policy_msr(fake, i, 1, R);
	assert_refused(fake, fake_policy_blob(fake), MM_E_LIMIT, "root Count");
}

static void refuses_a_section_beyond_the_limit(void **state)
{
	struct fake_policy *fake = *state;
	uint8_t *large = calloc(1, MM_POLICY_BYTES_MAX + 1);

	assert_non_null(large);
	memcpy(large, small_policy(fake).data, 0x70);
	assert_refused(fake, mm_bytes(large, MM_POLICY_BYTES_MAX + 1), MM_E_LIMIT, "policy section");
	assert_status(fake_policy_decode_bytes(fake, mm_bytes(large, MM_POLICY_BYTES_MAX), NULL), MM_OK);
	free(large);
}

static void refuses_storage_that_is_too_small_or_misaligned(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_bytes blob = small_policy(fake);
	size_t need = mm_policy_storage_bytes(blob.count);
	struct mm_policy policy;
	struct mm_refusal refusal;
	uint8_t *storage = malloc(need + 8);

	assert_non_null(storage);
	assert_status(mm_policy_decode_untrusted(blob, storage, need - 1, &policy, &refusal), MM_E_BUFFER_TOO_SMALL);
	assert_status(mm_policy_decode_untrusted(blob, storage + 1, need, &policy, &refusal), MM_E_INVALID);
	assert_status(mm_policy_decode_untrusted(blob, storage, need, &policy, NULL), MM_OK);
	free(storage);
}

static void decodes_from_any_address(void **state)
{
	struct fake_policy *fake = *state;
	uint8_t moved[0x70 + 8];
	uint32_t shift;

	for (shift = 0; shift < 8; shift++) {
		struct fake_policy other;

		fake_policy_init(&other);
		memcpy(moved + shift, fake->root_count == 0 ? small_policy(fake).data : fake->blob, 0x70);
		assert_status(fake_policy_decode_bytes(&other, mm_bytes(moved + shift, 0x70), NULL), MM_OK);
		fake_policy_finish(&other);
	}
}

static void tells_each_root_and_entry(void **state)
{
	struct fake_policy *fake = *state;
	struct mm_policy_entry entry;

	(void)small_policy(fake);
	assert_true(fake->policy.lists[MM_POLICY_PORT].present);
	assert_int_equal(fake->policy.lists[MM_POLICY_MSR].kind, MM_POLICY_DENY_LIST);
	assert_false(fake->policy.lists[MM_POLICY_MEMORY].present);
	assert_status(mm_policy_entry_at(&fake->policy, MM_POLICY_PORT, 1, &entry), MM_OK);
	assert_int_equal(entry.base, 0x80);
	assert_int_equal(entry.length, 1);
	assert_int_equal(entry.attr, W);
	assert_status(mm_policy_entry_at(&fake->policy, MM_POLICY_PORT, 2, &entry), MM_E_NOT_FOUND);
	assert_status(mm_policy_entry_at(&fake->policy, MM_POLICY_MEMORY, 0, &entry), MM_E_NOT_FOUND);
	assert_string_equal(mm_policy_type_name(MM_POLICY_SAVE_STATE), "save-state");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		policy_test(keeps_the_result_untouched_on_refusal),
		policy_test(refuses_bytes_that_end_inside_the_header),
		policy_test(refuses_bytes_that_end_before_the_declared_size),
		policy_test(refuses_another_minor_version),
		policy_test(refuses_another_major_version),
		policy_test(refuses_a_legacy_memory_policy),
		policy_test(ignores_the_legacy_offset),
		policy_test(refuses_flags_alone),
		policy_test(refuses_capabilities_alone),
		policy_test(refuses_the_reserved_field_alone),
		policy_test(refuses_the_last_reserved_byte_alone),
		policy_test(refuses_a_size_below_the_header),
		policy_test(refuses_a_size_of_odd_bytes),
		policy_test(refuses_a_size_beyond_the_bytes),
		policy_test(refuses_a_size_that_leaves_bytes_unexplained),
		policy_test(accepts_zeroes_behind_the_policy),
		policy_test(refuses_rubbish_behind_the_policy),
		policy_test(refuses_a_policy_without_roots),
		policy_test(refuses_more_roots_than_types),
		policy_test(refuses_a_root_table_inside_the_header),
		policy_test(refuses_a_root_table_beyond_the_policy),
		policy_test(refuses_a_root_table_offset_that_would_wrap),
		policy_test(refuses_a_misaligned_root_table),
		policy_test(refuses_another_root_version),
		policy_test(refuses_another_root_size),
		policy_test(refuses_type_zero),
		policy_test(refuses_a_type_beyond_the_last),
		policy_test(refuses_a_type_that_would_overflow_a_shift),
		policy_test(refuses_two_roots_of_one_type),
		policy_test(refuses_a_list_of_neither_kind),
		policy_test(refuses_each_reserved_byte_of_a_root),
		policy_test(refuses_descriptors_inside_the_header),
		policy_test(refuses_descriptors_beyond_the_policy),
		policy_test(refuses_misaligned_descriptors),
		policy_test(refuses_a_count_that_reaches_beyond_the_policy),
		policy_test(refuses_a_count_whose_product_would_wrap),
		policy_test(refuses_descriptors_shared_by_two_roots),
		policy_test(refuses_descriptors_that_lie_in_the_root_table),
		policy_test(refuses_a_count_one_too_small),
		policy_test(refuses_more_entries_than_the_limit),
		policy_test(refuses_a_section_beyond_the_limit),
		policy_test(refuses_storage_that_is_too_small_or_misaligned),
		policy_test(decodes_from_any_address),
		policy_test(tells_each_root_and_entry),
	};

	return cmocka_run_group_tests_name("policy/decode", tests, NULL, NULL);
}
