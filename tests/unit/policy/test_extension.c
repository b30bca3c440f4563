/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The extension, from a compiled device tree that says everything once (good-full.dts): what it means, and that
 * each spoiled field is refused. Arguments: the compiled tree.
 */
#include "policy_test.h"

#include <stdio.h>

#include "mm/base/guid.h"
#include "mm/policy/extension.h"
#include "mm/policy_fdt/convert.h"

#define EXT(field) ((uint32_t)offsetof(struct mm_policy_wire_extension, field))

static const char *tree_path;

struct fixture {
	struct fake_policy fake;
	uint8_t *blob;
	size_t bytes;
	uint32_t extension; /* where it begins */
};

static struct mm_bytes read_tree(void)
{
	static uint64_t tree[2048];
	FILE *file = fopen(tree_path, "rb");
	size_t bytes;

	assert_non_null(file);
	bytes = fread(tree, 1, sizeof(tree), file);
	assert_int_equal(fclose(file), 0);
	assert_true(bytes > 0 && bytes < sizeof(tree));
	return mm_bytes(tree, bytes);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct mm_bytes tree = read_tree();
	struct mm_policy_fdt_error error = { "", "", 0 };
	size_t capacity = mm_policy_fdt_blob_bytes(tree.count);
	enum mm_status status;

	assert_non_null(f);
	fake_policy_init(&f->fake);
	f->blob = malloc(capacity);
	assert_non_null(f->blob);
	status = mm_policy_fdt_convert_untrusted(tree, 0, f->blob, capacity, &f->bytes, &error);
	if (status != MM_OK)
		print_error("%s %s 0x%llx\n", error.node, error.property, (unsigned long long)error.value);
	assert_status(status, MM_OK);
	f->extension = mm_load_u32(f->blob + 4);
	assert_status(fake_policy_decode_bytes(&f->fake, mm_bytes(f->blob, f->bytes), NULL), MM_OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fake_policy_finish(&f->fake);
	free(f->blob);
	free(f);
	return 0;
}

/* Where row `index` of the table whose description lies at `table` begins, from the start of the blob. */
static uint32_t row_at(const struct fixture *f, uint32_t table, uint32_t index, uint32_t record_bytes)
{
	return f->extension + mm_load_u32(f->blob + f->extension + table) + index * record_bytes;
}

#define ROW(f, name, record, index) row_at(f, EXT(name), index, sizeof(struct record))

/* The checksum is right again, so that only the spoiled field can be the reason. */
static void assert_spoiled(struct fixture *f, enum mm_status expected, const char *field)
{
	mm_store_u32(f->blob + f->extension + EXT(crc32),
		     mm_policy_extension_crc(f->blob + f->extension, f->bytes - f->extension));
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes), expected, field);
}

static void spoil_u32(void **state, uint32_t at, uint32_t value, enum mm_status expected, const char *field)
{
	struct fixture *f = *state;

	mm_store_u32(f->blob + at, value);
	assert_spoiled(f, expected, field);
}

static void states_its_settings(void **state)
{
	const struct mm_policy_settings *settings = &((struct fixture *)*state)->fake.policy.settings;

	assert_int_equal(settings->violation, MM_POLICY_RESET);
	assert_int_equal(settings->unblock, MM_POLICY_UNBLOCK_UNTIL_LOCK);
	assert_int_equal(settings->isolation_level, 20);
	assert_int_equal(settings->protections,
			 MM_POLICY_PROTECT_NX | MM_POLICY_PROTECT_SMEP | MM_POLICY_PROTECT_IOMMU);
	assert_int_equal(settings->flags, MM_POLICY_FLAG_RUNTIME_DEBUG);
	assert_int_equal(settings->quarantine_after, 3);
	assert_int_equal(settings->restart_limit, 2);
}

static void a_policy_without_extension_has_the_defaults(void **state)
{
	struct fixture *f = *state;
	uint32_t found;
	struct mm_guid guid = { 0, 0, 0, { 0 } };
	struct mm_policy_domain domain;

	assert_status(fake_policy_decode_bytes(&f->fake, mm_bytes(f->blob, f->extension), NULL), MM_OK);
	assert_int_equal(f->fake.policy.settings.violation, MM_POLICY_QUARANTINE);
	assert_int_equal(f->fake.policy.settings.unblock, MM_POLICY_UNBLOCK_HOB_ONLY);
	assert_int_equal(f->fake.policy.settings.quarantine_after, 1);
	assert_int_equal(f->fake.policy.settings.isolation_level, 0);
	assert_string_equal(mm_policy_entry_reason(&f->fake.policy, MM_POLICY_PORT, 0), "");
	assert_status(mm_policy_find_driver(&f->fake.policy, &guid, &found), MM_E_NOT_FOUND);
	assert_status(mm_policy_domain_at(&f->fake.policy, 0, &domain), MM_E_NOT_FOUND);
	assert_status(mm_policy_gate_driver_port(&f->fake.policy, MM_POLICY_NO_ENTRY, 0x70, 1, RW), MM_OK);
	assert_status(mm_policy_gate_driver_port(&f->fake.policy, 0, 0x70, 1, RW), MM_E_INVALID);
}

static void gives_reasons(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	struct mm_policy_explanation why;

	assert_string_equal(mm_policy_entry_reason(policy, MM_POLICY_PORT, 0), "the clock driver reads the time");
	assert_string_equal(mm_policy_entry_reason(policy, MM_POLICY_PORT, 2), "time keeping");
	assert_string_equal(mm_policy_entry_reason(policy, MM_POLICY_PORT, 3), "");
	assert_string_equal(mm_policy_entry_reason(policy, MM_POLICY_MSR, 1), "time keeping");
	assert_string_equal(mm_policy_entry_reason(policy, MM_POLICY_SAVE_STATE, 0), "");
	assert_status(mm_policy_explain_port(policy, 0x70, 2, R, &why), MM_OK);
	assert_string_equal(why.reason, "the clock driver reads the time");
	assert_status(mm_policy_explain_instruction(policy, MM_POLICY_HLT, &why), MM_E_POLICY_REFUSED);
	assert_string_equal(why.reason, "a halted CPU misses its deadline");
}

static uint32_t driver(const struct mm_policy *policy, const char *text)
{
	struct mm_guid guid;
	uint32_t index = 99;

	assert_status(mm_guid_parse(text, 36, &guid), MM_OK);
	assert_status(mm_policy_find_driver(policy, &guid, &index), MM_OK);
	return index;
}

#define CONSOLE "11110000-1111-2222-3333-444444444444"
#define NVSTORE "55550000-1111-2222-3333-444444444444"
#define CLOCK	"99990000-1111-2222-3333-444444444444"

static void finds_domains_drivers_and_routes(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	struct mm_policy_domain domain;
	struct mm_policy_driver facts;
	struct mm_guid guid;
	uint32_t found = 9;

	assert_status(mm_policy_domain_at(policy, 1, &domain), MM_OK);
	assert_string_equal(domain.name, "storage");
	assert_int_equal(domain.flags, MM_POLICY_DOMAIN_RESTARTABLE);
	assert_int_equal(domain.budget_smi_us, 2000);
	assert_int_equal(domain.budget_second_us, 100000);
	assert_status(mm_policy_domain_at(policy, 0, &domain), MM_OK);
	assert_int_equal(domain.page_quota, 256);
	assert_int_equal(domain.budget_us, 500);
	assert_status(mm_policy_domain_at(policy, 3, &domain), MM_E_NOT_FOUND);
	assert_status(mm_policy_driver_at(policy, driver(policy, CLOCK), &facts), MM_OK);
	assert_string_equal(facts.name, "zclock");
	assert_int_equal(facts.flags, MM_POLICY_DRIVER_RESTARTABLE);
	assert_status(mm_policy_driver_at(policy, driver(policy, NVSTORE), &facts), MM_OK);
	assert_int_equal(facts.domain, 1);
	assert_status(mm_policy_driver_at(policy, 3, &facts), MM_E_NOT_FOUND);
	assert_status(mm_guid_parse("5A5A0002-0000-4000-8000-000000000002", 36, &guid), MM_OK);
	assert_status(mm_policy_find_route(policy, &guid, &found), MM_OK);
	assert_int_equal(found, 1);
	guid.data1 ^= 1;
	assert_status(mm_policy_find_route(policy, &guid, &found), MM_E_NOT_FOUND);
	assert_status(mm_policy_route_at(policy, 3, &guid, &found), MM_E_NOT_FOUND);
}

static void keeps_the_order_of_abort_writes(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	struct mm_policy_abort write;
	uint32_t clock = driver(policy, CLOCK);

	assert_status(mm_policy_abort_at(policy, 0, &write), MM_OK);
	assert_int_equal(write.driver, driver(policy, NVSTORE));
	assert_int_equal(write.type, MM_POLICY_MEMORY);
	assert_int_equal(write.width, 8);
	assert_status(mm_policy_abort_at(policy, 1, &write), MM_OK);
	assert_int_equal(write.driver, clock);
	assert_int_equal(write.address, 0x70);
	assert_int_equal(write.value, 0x0d);
	assert_status(mm_policy_abort_at(policy, 2, &write), MM_OK);
	assert_int_equal(write.address, 0x71);
	assert_status(mm_policy_abort_at(policy, 3, &write), MM_E_NOT_FOUND);
}

static void a_driver_gets_its_own_and_its_domains_grants(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	uint32_t clock = driver(policy, CLOCK);
	uint32_t console = driver(policy, CONSOLE);

	assert_status(mm_policy_gate_driver_port(policy, clock, 0x70, 2, RW), MM_OK);
	assert_status(mm_policy_gate_driver_port(policy, console, 0x70, 2, RW), MM_E_POLICY_NO_GRANT);
	assert_status(mm_policy_gate_driver_port(policy, console, 0x3fa, 4, RW), MM_OK);
	assert_status(mm_policy_gate_driver_port(policy, MM_POLICY_NO_ENTRY, 0x3f8, 1, RW), MM_OK);
	assert_status(mm_policy_gate_driver_port(policy, MM_POLICY_NO_ENTRY, 0x70, 1, R), MM_E_POLICY_NO_GRANT);
	assert_status(mm_policy_gate_driver_msr(policy, clock, 0x10, R), MM_OK);
	assert_status(mm_policy_gate_driver_msr(policy, console, 0x10, R), MM_E_POLICY_NO_GRANT);
	assert_status(mm_policy_gate_driver_port(policy, 3, 0x70, 1, R), MM_E_INVALID);
}

static void grants_never_exceed_roots_and_floor(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	uint32_t clock = driver(policy, CLOCK);

	assert_status(mm_policy_gate_driver_msr(policy, clock, 0x10, W), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_driver_port(policy, clock, 0xb2, 1, W), MM_E_POLICY_FLOOR);
	assert_status(mm_policy_gate_driver_port(policy, clock, 0x80, 1, W), MM_E_POLICY_NOT_GRANTED);
}

static void strict_grants_and_neighbouring_grants_count(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	uint32_t nvstore = driver(policy, NVSTORE);

	assert_status(mm_policy_gate_driver_port(policy, nvstore, 0x510, 1, W), MM_OK);
	assert_status(mm_policy_gate_driver_port(policy, nvstore, 0x512, 1, W), MM_E_POLICY_NO_GRANT);
	assert_status(mm_policy_gate_driver_memory(policy, nvstore, 0xffc00ff0, 0x20, RW), MM_OK);
	assert_status(mm_policy_gate_driver_memory(policy, nvstore, 0xffc83ff0, 0x20, R), MM_E_POLICY_NOT_GRANTED);
	assert_status(mm_policy_gate_driver_memory(policy, driver(policy, CLOCK), 0xffc00000, 1, R),
		      MM_E_POLICY_NO_GRANT);
}

static void each_domain_has_its_own_bitmap(void **state)
{
	const struct mm_policy *policy = &((struct fixture *)*state)->fake.policy;
	static uint8_t bitmap[MM_POLICY_PORT_BITMAP_BYTES];
	uint32_t opened = 99;

	/* Domain 0: drivers that no policy names live there too, so only the domain's own grants count. */
	assert_status(mm_policy_build_domain_bitmap(policy, 0, bitmap, &opened), MM_OK);
	assert_int_equal(opened, 8);
	assert_int_equal(bitmap[0x3f8 / 8], 0);
	assert_int_equal(bitmap[0x70 / 8], 0xff);
	/* Domain 1: one driver, whose grants all drivers of the domain have. */
	assert_status(mm_policy_build_domain_bitmap(policy, 1, bitmap, &opened), MM_OK);
	assert_int_equal(opened, 8);
	/* Domain 2: what the roots grant. */
	assert_status(mm_policy_build_domain_bitmap(policy, 2, bitmap, &opened), MM_OK);
	assert_int_equal(opened, 8 + 2);
	assert_status(mm_policy_build_domain_bitmap(policy, 3, bitmap, NULL), MM_E_NOT_FOUND);
}

static void protections_have_names(void **state)
{
	(void)state;
	assert_string_equal(mm_policy_protection_name(0), "nx");
	assert_string_equal(mm_policy_protection_name(9), "iommu");
	assert_string_equal(mm_policy_protection_name(10), "?");
}

static void tells_which_features_are_used(void **state)
{
	struct fixture *f = *state;
	uint32_t bit;

	assert_int_equal(mm_policy_used_features(&f->fake.policy),
			 (1u << MM_POLICY_FEATURE_COUNT) - 1u - MM_POLICY_FEATURE_RSM_WAIVER);
	assert_status(fake_policy_decode_bytes(&f->fake, mm_bytes(f->blob, f->extension), NULL), MM_OK);
	assert_int_equal(mm_policy_used_features(&f->fake.policy), 0);
	for (bit = 0; bit < MM_POLICY_FEATURE_COUNT; bit++)
		assert_true(strlen(mm_policy_feature_name(bit)) > 4);
	assert_string_equal(mm_policy_feature_name(bit), "?");
}

static void refuses_a_wrong_checksum(void **state)
{
	struct fixture *f = *state;

	f->blob[f->bytes - 1] ^= 1;
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes), MM_E_POLICY_EXT_CHECKSUM, "extension Crc32");
}

static void refuses_another_magic(void **state)
{
	struct fixture *f = *state;

	f->blob[f->extension] ^= 1;
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes), MM_E_POLICY_TRAILER, "byte after the policy");
}

static void refuses_an_extension_that_is_cut(void **state)
{
	struct fixture *f = *state;

	assert_refused(&f->fake, mm_bytes(f->blob, f->extension + 0x50), MM_E_TRUNCATED, "extension header");
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes - 8), MM_E_TRUNCATED, "extension Size");
}

static void refuses_an_extension_of_odd_size(void **state)
{
	struct fixture *f = *state;

	mm_store_u32(f->blob + f->extension + EXT(bytes), 0x59);
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes), MM_E_TRUNCATED, "extension Size");
	mm_store_u32(f->blob + f->extension + EXT(bytes), 0x50);
	assert_refused(&f->fake, mm_bytes(f->blob, f->bytes), MM_E_TRUNCATED, "extension Size");
}

static void refuses_another_extension_version(void **state)
{
	struct fixture *f = *state;

	spoil_u32(state, f->extension + EXT(version_minor), 0x00010001, MM_E_POLICY_EXT_VERSION, "extension Version");
}

static void refuses_each_setting_without_meaning(void **state)
{
	static const struct {
		uint32_t at;
		uint8_t value;
		enum mm_status status;
		const char *field;
	} rows[] = {
		{ EXT(violation), 3, MM_E_POLICY_EXT_VALUE, "extension Violation" },
		{ EXT(unblock), 2, MM_E_POLICY_EXT_VALUE, "extension Unblock" },
		{ EXT(isolation_level), 15, MM_E_POLICY_EXT_VALUE, "extension IsolationLevel" },
		{ EXT(isolation_level), 40, MM_E_POLICY_EXT_VALUE, "extension IsolationLevel" },
		{ EXT(reserved8), 1, MM_E_POLICY_EXT_RESERVED, "extension Reserved" },
		{ EXT(protections) + 3, 1, MM_E_POLICY_EXT_VALUE, "extension Protections" },
		{ EXT(flags) + 1, 1, MM_E_POLICY_EXT_VALUE, "extension Flags" },
		{ EXT(quarantine_after), 0, MM_E_POLICY_EXT_VALUE, "extension QuarantineAfter" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t before = f->blob[f->extension + rows[i].at];

		f->blob[f->extension + rows[i].at] = rows[i].value;
		assert_spoiled(f, rows[i].status, rows[i].field);
		f->blob[f->extension + rows[i].at] = before;
	}
}

static void refuses_each_table_that_moves(void **state)
{
	static const struct {
		uint32_t at;
		const char *field;
	} rows[] = {
		{ EXT(reasons), "extension Reasons" }, { EXT(domains), "extension Domains" },
		{ EXT(drivers), "extension Drivers" }, { EXT(grants), "extension Grants" },
		{ EXT(routes), "extension Routes" },   { EXT(aborts), "extension Aborts" },
		{ EXT(strings), "extension Strings" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *offset = f->blob + f->extension + rows[i].at;
		uint32_t before = mm_load_u32(offset);

		mm_store_u32(offset, before + 8);
		assert_spoiled(f, MM_E_POLICY_EXT_TABLE, rows[i].field);
		mm_store_u32(offset, before);
	}
}

static void refuses_counts_beyond_limit_or_end(void **state)
{
	struct fixture *f = *state;
	uint8_t *count = f->blob + f->extension + EXT(domains) + 4;

	mm_store_u32(count, MM_POLICY_DOMAINS_MAX + 1);
	assert_spoiled(f, MM_E_LIMIT, "extension Domains");
	mm_store_u32(count, MM_POLICY_DOMAINS_MAX);
	assert_spoiled(f, MM_E_POLICY_EXT_TABLE, "extension Domains");
	mm_store_u32(count, 3);
	mm_store_u32(f->blob + f->extension + EXT(strings) + 4, 4);
	assert_spoiled(f, MM_E_POLICY_EXT_TABLE, "extension Size");
}

static void refuses_strings_that_are_no_text(void **state)
{
	struct fixture *f = *state;
	uint32_t at = row_at(f, EXT(strings), 0, 1);
	uint32_t count = mm_load_u32(f->blob + f->extension + EXT(strings) + 4);

	f->blob[at + 2] = 0x0a;
	assert_spoiled(f, MM_E_POLICY_EXT_STRING, "extension Strings");
	f->blob[at + 2] = 'x';
	f->blob[at] = 'x';
	assert_spoiled(f, MM_E_POLICY_EXT_STRING, "extension Strings");
	f->blob[at] = 0;
	f->blob[at + count - 1] = 'x';
	assert_spoiled(f, MM_E_POLICY_EXT_STRING, "extension Strings");
}

static void refuses_padding_that_is_not_zero(void **state)
{
	struct fixture *f = *state;
	uint32_t end = row_at(f, EXT(strings), mm_load_u32(f->blob + f->extension + EXT(strings) + 4), 1);

	/* The table of strings is shortened by moving its end into the middle of a text. */
	if (end % 8 == 0) {
		mm_store_u32(f->blob + f->extension + EXT(strings) + 4, end - 4 - row_at(f, EXT(strings), 0, 1));
		end -= 4;
	}
	f->blob[end] = 1;
	assert_spoiled(f, MM_E_POLICY_EXT_RESERVED, "extension padding");
}

#define REASON(f, i)  ROW(f, reasons, mm_policy_wire_reason, i)
#define DOMAIN_(f, i) ROW(f, domains, mm_policy_wire_domain, i)
#define DRIVER(f, i)  ROW(f, drivers, mm_policy_wire_driver, i)
#define GRANT(f, i)   ROW(f, grants, mm_policy_wire_grant, i)
#define ROUTE(f, i)   ROW(f, routes, mm_policy_wire_route, i)
#define ABORT(f, i)   ROW(f, aborts, mm_policy_wire_abort, i)

static void refuses_a_reason_for_an_entry_that_is_not_there(void **state)
{
	spoil_u32(state, REASON(*state, 1) + 4, 99, MM_E_POLICY_EXT_REFERENCE, "reason Entry");
}

static void refuses_a_reason_for_an_unknown_type(void **state)
{
	spoil_u32(state, REASON(*state, 0), 6, MM_E_POLICY_EXT_REFERENCE, "reason Entry");
}

static void refuses_two_reasons_for_one_entry(void **state)
{
	struct fixture *f = *state;

	memcpy(f->blob + REASON(f, 1), f->blob + REASON(f, 0), 8);
	assert_spoiled(f, MM_E_POLICY_EXT_ORDER, "reason Entry");
}

static void refuses_a_reason_without_text(void **state)
{
	spoil_u32(state, REASON(*state, 0) + 8, 0x10000, MM_E_POLICY_EXT_STRING, "reason Text");
}

static void refuses_a_text_that_begins_inside_another(void **state)
{
	spoil_u32(state, REASON(*state, 0) + 8, 3, MM_E_POLICY_EXT_STRING, "reason Text");
}

static void refuses_reserved_fields_of_every_row(void **state)
{
	struct fixture *f = *state;
	struct {
		uint32_t at;
		const char *field;
	} rows[] = {
		{ REASON(f, 0) + 12, "reason Reserved" }, { DOMAIN_(f, 1) + 31, "domain Reserved" },
		{ DRIVER(f, 2) + 28, "driver Reserved" }, { GRANT(f, 0) + 28, "grant Reserved" },
		{ ROUTE(f, 0) + 20, "route Reserved" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->blob[rows[i].at] = 1;
		assert_spoiled(f, MM_E_POLICY_EXT_RESERVED, rows[i].field);
		f->blob[rows[i].at] = 0;
	}
}

static void refuses_unknown_flags(void **state)
{
	struct fixture *f = *state;

	f->blob[DOMAIN_(f, 0) + 4] = 4;
	assert_spoiled(f, MM_E_POLICY_EXT_VALUE, "domain Flags");
	f->blob[DOMAIN_(f, 0) + 4] = 0;
	f->blob[DRIVER(f, 0) + 24] = 2;
	assert_spoiled(f, MM_E_POLICY_EXT_VALUE, "driver Flags");
}

static void refuses_drivers_and_routes_out_of_order(void **state)
{
	struct fixture *f = *state;
	uint8_t saved[16];

	memcpy(saved, f->blob + DRIVER(f, 1), 16);
	memcpy(f->blob + DRIVER(f, 1), f->blob + DRIVER(f, 0), 16);
	assert_spoiled(f, MM_E_POLICY_EXT_ORDER, "driver Guid");
	memcpy(f->blob + DRIVER(f, 1), saved, 16);
	memset(f->blob + ROUTE(f, 2), 0, 16);
	assert_spoiled(f, MM_E_POLICY_EXT_ORDER, "route Guid");
}

static void refuses_domains_that_are_not_there(void **state)
{
	struct fixture *f = *state;

	f->blob[DRIVER(f, 0) + 16] = 3;
	assert_spoiled(f, MM_E_POLICY_EXT_REFERENCE, "driver Domain");
	f->blob[DRIVER(f, 0) + 16] = 0;
	f->blob[ROUTE(f, 0) + 16] = 3;
	assert_spoiled(f, MM_E_POLICY_EXT_REFERENCE, "route Domain");
}

static void refuses_a_grant_to_nobody(void **state)
{
	spoil_u32(state, GRANT(*state, 0), 3, MM_E_POLICY_EXT_REFERENCE, "grant Owner");
	spoil_u32(state, GRANT(*state, 0), MM_POLICY_OWNER_DRIVER | 3, MM_E_POLICY_EXT_REFERENCE, "grant Owner");
}

static void refuses_a_grant_of_an_unknown_kind(void **state)
{
	struct fixture *f = *state;

	mm_store_u16(f->blob + GRANT(f, 0) + 4, MM_POLICY_INSTRUCTION);
	assert_spoiled(f, MM_E_POLICY_EXT_VALUE, "grant Type");
}

static void refuses_a_grant_of_nothing_or_too_much(void **state)
{
	struct fixture *f = *state;
	uint32_t at = GRANT(f, 0);

	mm_store_u16(f->blob + at + 6, 0);
	assert_spoiled(f, MM_E_POLICY_EXT_VALUE, "grant Attributes");
	mm_store_u16(f->blob + at + 6, RW);
	mm_store_u64(f->blob + at + 16, 0);
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "grant Length");
	mm_store_u64(f->blob + at + 16, 0x10000);
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "grant Length");
	mm_store_u64(f->blob + at + 16, 1);
	mm_store_u64(f->blob + at + 8, 0x10000);
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "grant Base");
}

static void refuses_grants_that_overlap_or_are_unsorted(void **state)
{
	struct fixture *f = *state;

	mm_store_u64(f->blob + GRANT(f, 0) + 16, 5); /* 0x3f8..0x3fc against 0x3fc.. */
	assert_spoiled(f, MM_E_POLICY_EXT_OVERLAP, "grant Base");
	mm_store_u64(f->blob + GRANT(f, 0) + 16, 1);
	mm_store_u64(f->blob + GRANT(f, 0) + 8, 0x400);
	assert_spoiled(f, MM_E_POLICY_EXT_ORDER, "grant Base");
}

static void refuses_abort_writes_out_of_range(void **state)
{
	struct fixture *f = *state;
	uint32_t at = ABORT(f, 1);

	f->blob[at] = 3;
	assert_spoiled(f, MM_E_POLICY_EXT_REFERENCE, "abort Driver");
	f->blob[at] = 0;
	assert_spoiled(f, MM_E_POLICY_EXT_ORDER, "abort Driver");
	f->blob[at] = 2;
	f->blob[at + 4] = MM_POLICY_MSR;
	assert_spoiled(f, MM_E_POLICY_EXT_VALUE, "abort Type");
	f->blob[at + 4] = MM_POLICY_PORT;
	f->blob[at + 6] = 8;
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "abort Width");
	f->blob[at + 6] = 1;
	f->blob[at + 17] = 1;
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "abort Value");
	f->blob[at + 17] = 0;
	f->blob[at + 10] = 1;
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "abort Address");
	f->blob[at + 10] = 0;
	f->blob[ABORT(f, 0) + 8] = 1; /* misaligned */
	assert_spoiled(f, MM_E_POLICY_EXT_RANGE, "abort Address");
}

#define extension_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		extension_test(states_its_settings),
		extension_test(a_policy_without_extension_has_the_defaults),
		extension_test(gives_reasons),
		extension_test(finds_domains_drivers_and_routes),
		extension_test(keeps_the_order_of_abort_writes),
		extension_test(a_driver_gets_its_own_and_its_domains_grants),
		extension_test(grants_never_exceed_roots_and_floor),
		extension_test(strict_grants_and_neighbouring_grants_count),
		extension_test(each_domain_has_its_own_bitmap),
		cmocka_unit_test(protections_have_names),
		extension_test(tells_which_features_are_used),
		extension_test(refuses_a_wrong_checksum),
		extension_test(refuses_another_magic),
		extension_test(refuses_an_extension_that_is_cut),
		extension_test(refuses_an_extension_of_odd_size),
		extension_test(refuses_another_extension_version),
		extension_test(refuses_each_setting_without_meaning),
		extension_test(refuses_each_table_that_moves),
		extension_test(refuses_counts_beyond_limit_or_end),
		extension_test(refuses_strings_that_are_no_text),
		extension_test(refuses_padding_that_is_not_zero),
		extension_test(refuses_a_reason_for_an_entry_that_is_not_there),
		extension_test(refuses_a_reason_for_an_unknown_type),
		extension_test(refuses_two_reasons_for_one_entry),
		extension_test(refuses_a_reason_without_text),
		extension_test(refuses_a_text_that_begins_inside_another),
		extension_test(refuses_reserved_fields_of_every_row),
		extension_test(refuses_unknown_flags),
		extension_test(refuses_drivers_and_routes_out_of_order),
		extension_test(refuses_domains_that_are_not_there),
		extension_test(refuses_a_grant_to_nobody),
		extension_test(refuses_a_grant_of_an_unknown_kind),
		extension_test(refuses_a_grant_of_nothing_or_too_much),
		extension_test(refuses_grants_that_overlap_or_are_unsorted),
		extension_test(refuses_abort_writes_out_of_range),
	};

	if (argc != 2)
		return 2;
	tree_path = argv[1];
	return cmocka_run_group_tests_name("policy/extension", tests, NULL, NULL);
}
