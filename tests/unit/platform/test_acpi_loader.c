/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "acpi_loader.h"
#include "mm/base/compiler.h"
#include "tests/mm_test.h"
#include "text.h"

#define COMMAND_BYTES 128

/* A machine with two files, which lie at addresses of their own choice, and one that can be written. */
struct fake_host {
	struct mm_q35_acpi_host host;
	uint8_t rsdp[36];
	uint8_t tables[256];
	uint64_t published;
	uint32_t published_offset;
	uint8_t published_width;
	uint32_t last_align;
};

static enum mm_status fake_fetch(struct mm_q35_acpi_host *self, const char *name, uint32_t align, uint8_t **ret_data,
				 uint32_t *ret_bytes, uint64_t *ret_address)
{
	struct fake_host *fake = MM_CONTAINER_OF(self, struct fake_host, host);
	bool is_rsdp = mm_q35_text_equal(name, "rsdp");

	fake->last_align = align;
	if (!is_rsdp && !mm_q35_text_equal(name, "tables"))
		return MM_E_NOT_FOUND;
	*ret_data = is_rsdp ? fake->rsdp : fake->tables;
	*ret_bytes = is_rsdp ? sizeof(fake->rsdp) : sizeof(fake->tables);
	*ret_address = is_rsdp ? 0xf0000 : 0x7fe00000;
	return MM_OK;
}

static enum mm_status fake_publish(struct mm_q35_acpi_host *self, const char *name, uint32_t offset, uint64_t value,
				   uint8_t width)
{
	struct fake_host *fake = MM_CONTAINER_OF(self, struct fake_host, host);

	assert_string_equal(name, "vmgenid");
	fake->published = value;
	fake->published_offset = offset;
	fake->published_width = width;
	return MM_OK;
}

static const struct mm_q35_acpi_ops fake_ops = { fake_fetch, fake_publish };

/* A recipe under construction, with the fake and the result. */
struct fixture {
	uint8_t recipe[COMMAND_BYTES * 8];
	size_t used;
	struct fake_host fake;
	struct mm_q35_acpi acpi;
};

static int setup(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	fixture.fake.host.ops = &fake_ops;
	*state = &fixture;
	return 0;
}

/* Appends a command; returns its fields. */
static uint8_t *command(struct fixture *it, uint32_t number, const char *first, const char *second)
{
	uint8_t *fields = it->recipe + it->used + 4;

	mm_store_u32(it->recipe + it->used, number);
	memcpy(fields, first, strlen(first));
	if (second != NULL)
		memcpy(fields + 56, second, strlen(second));
	it->used += COMMAND_BYTES;
	return fields;
}

static void allocate(struct fixture *it, const char *name)
{
	mm_store_u32(command(it, 1, name, NULL) + 56, 16);
}

static void add_pointer(struct fixture *it, uint32_t offset, uint8_t width)
{
	uint8_t *fields = command(it, 2, "rsdp", "tables");

	mm_store_u32(fields + 112, offset);
	fields[116] = width;
}

static void add_checksum(struct fixture *it, uint32_t offset, uint32_t start, uint32_t bytes)
{
	uint8_t *fields = command(it, 3, "rsdp", NULL);

	mm_store_u32(fields + 56, offset);
	mm_store_u32(fields + 60, start);
	mm_store_u32(fields + 64, bytes);
}

static enum mm_status run(struct fixture *it)
{
	return mm_q35_acpi_run(&it->acpi, &it->fake.host, mm_bytes(it->recipe, it->used));
}

static void links_and_sums_what_it_fetched(void **state)
{
	struct fixture *it = *state;
	uint64_t address = 0;
	uint8_t sum = 0;

	it->fake.rsdp[16] = 0x40;
	it->fake.rsdp[0] = 'R';
	allocate(it, "rsdp");
	allocate(it, "tables");
	add_pointer(it, 16, 4);
	add_checksum(it, 8, 0, 20);
	assert_status(run(it), MM_OK);
	assert_int_equal(mm_load_u32(it->fake.rsdp + 16), 0x7fe00040);
	for (size_t i = 0; i < 20; i++)
		sum = (uint8_t)(sum + it->fake.rsdp[i]);
	assert_int_equal(sum, 0);
	assert_status(mm_q35_acpi_find(&it->acpi, "rsdp", &address), MM_OK);
	assert_int_equal(address, 0xf0000);
}

static void passes_alignment_on_and_ignores_padding(void **state)
{
	struct fixture *it = *state;

	allocate(it, "tables");
	(void)command(it, 0, "", NULL);
	assert_status(run(it), MM_OK);
	assert_int_equal(it->fake.last_align, 16);
	assert_int_equal(it->acpi.count, 1);
}

static void tells_the_machine_where_a_file_went(void **state)
{
	struct fixture *it = *state;
	uint8_t *fields;

	allocate(it, "tables");
	fields = command(it, 4, "vmgenid", "tables");
	mm_store_u32(fields + 112, 3);
	mm_store_u32(fields + 116, 40);
	fields[120] = 8;
	assert_status(run(it), MM_OK);
	assert_int_equal(it->fake.published, 0x7fe00028);
	assert_int_equal(it->fake.published_offset, 3);
	assert_int_equal(it->fake.published_width, 8);
}

static void refuses_a_pointer_outside_its_file(void **state)
{
	struct fixture *it = *state;

	allocate(it, "rsdp");
	allocate(it, "tables");
	add_pointer(it, 33, 4);
	assert_status(run(it), MM_E_TRUNCATED);
	it->used -= COMMAND_BYTES;
	add_pointer(it, 32, 4);
	assert_status(run(it), MM_OK);
	it->used -= COMMAND_BYTES;
	add_pointer(it, UINT32_MAX, 8);
	assert_status(run(it), MM_E_TRUNCATED);
}

static void refuses_a_sum_over_what_is_not_there(void **state)
{
	struct fixture *it = *state;

	allocate(it, "rsdp");
	add_checksum(it, 8, 30, 7);
	assert_status(run(it), MM_E_TRUNCATED);
	it->used -= COMMAND_BYTES;
	add_checksum(it, 36, 0, 20);
	assert_status(run(it), MM_E_TRUNCATED);
}

static void refuses_a_file_nobody_fetched(void **state)
{
	struct fixture *it = *state;

	allocate(it, "rsdp");
	add_pointer(it, 16, 4);
	assert_status(run(it), MM_E_NOT_FOUND);
}

static void refuses_to_fetch_a_file_twice(void **state)
{
	struct fixture *it = *state;

	allocate(it, "rsdp");
	allocate(it, "rsdp");
	assert_status(run(it), MM_E_EXISTS);
}

static void refuses_odd_widths_alignments_and_lengths(void **state)
{
	struct fixture *it = *state;

	allocate(it, "rsdp");
	allocate(it, "tables");
	add_pointer(it, 16, 3);
	assert_status(run(it), MM_E_INVALID);
	mm_store_u32(it->recipe + 4 + 56, 24);
	assert_status(run(it), MM_E_INVALID);
	it->used--;
	assert_status(run(it), MM_E_INVALID);
}

static void refuses_an_endless_name_and_an_unknown_command(void **state)
{
	struct fixture *it = *state;

	(void)command(it, 5, "rsdp", NULL);
	assert_status(run(it), MM_E_UNSUPPORTED);
	mm_store_u32(it->recipe, 1);
	memset(it->recipe + 4, 'a', 56);
	assert_status(run(it), MM_E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(links_and_sums_what_it_fetched, setup),
		cmocka_unit_test_setup(passes_alignment_on_and_ignores_padding, setup),
		cmocka_unit_test_setup(tells_the_machine_where_a_file_went, setup),
		cmocka_unit_test_setup(refuses_a_pointer_outside_its_file, setup),
		cmocka_unit_test_setup(refuses_a_sum_over_what_is_not_there, setup),
		cmocka_unit_test_setup(refuses_a_file_nobody_fetched, setup),
		cmocka_unit_test_setup(refuses_to_fetch_a_file_twice, setup),
		cmocka_unit_test_setup(refuses_odd_widths_alignments_and_lengths, setup),
		cmocka_unit_test_setup(refuses_an_endless_name_and_an_unknown_command, setup),
	};

	return cmocka_run_group_tests_name("platform/acpi-loader", tests, NULL, NULL);
}
