/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Drivers that come out of firmware volumes. */
#include "fixture.h"
#include "fv_writer.h"
#include "mm/base/compiler.h"
#include "mm/base/guid_table.h"
#include "mm/dispatch/volume.h"

#define VOLUME_BYTES 0x4000u
#define FIRST_ID     40u
#define FOUND_MAX    8u

struct finds {
	struct mm_dispatch_finder finder;
	struct mm_dispatch_found found[FOUND_MAX];
	char names[FOUND_MAX];	  /* first letter of each driver's name, '-' without a module */
	uint8_t image[FOUND_MAX]; /* first byte of each driver's image */
	size_t count;
};

struct world {
	struct fixture *f;
	struct finds finds;
	uint8_t volume[VOLUME_BYTES];
	struct mm_fv_writer writer;
	struct mm_refusal refusal;
	struct mm_dispatch_volume counts;
};

static void note(struct mm_dispatch_finder *self, const struct mm_dispatch_found *found)
{
	struct finds *finds = MM_CONTAINER_OF(self, struct finds, finder);

	assert_true(finds->count < FOUND_MAX);
	finds->names[finds->count] = found->module != NULL ? found->module->ui_name[0] : '-';
	finds->image[finds->count] = found->module != NULL ? found->module->pe32.data[0] : 0;
	finds->found[finds->count++] = *found;
}

static const struct mm_dispatch_finder_ops noting_ops = { .found = note };

static int setup(void **state)
{
	static const struct mm_fv_writer_config config = { 0, 0, NULL, false };
	static struct world w;

	memset(&w, 0, sizeof(w));
	if (fixture_setup(state) != 0)
		return -1;
	w.f = *state;
	w.finds.finder.ops = &noting_ops;
	*state = &w;
	return mm_fv_writer_init(&w.writer, w.volume, sizeof(w.volume), &config) == MM_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct world *w = *state;

	*state = w->f;
	return fixture_teardown(state);
}

static void put_file(struct world *w, const struct mm_guid *name, uint8_t type,
		     const struct mm_fv_writer_section *sections, size_t count)
{
	const struct mm_fv_writer_file plan = { *name, type, 0, true, false, sections, count };

	assert_status(mm_fv_writer_add_file(&w->writer, &plan), MM_OK);
}

/* A driver file named after its number whose image begins with it. `text` as for write_depex(), NULL for none. */
static void put_driver(struct world *w, uint8_t number, const char *text)
{
	const struct depex depex = text != NULL ? write_depex(text) : (struct depex){ .count = 0 };
	const char name = (char)('a' + number);
	const struct mm_guid guid = file(number);
	const struct mm_fv_writer_section sections[] = {
		{ MM_SECTION_PE32, mm_bytes(&number, 1) },
		{ MM_SECTION_USER_INTERFACE, mm_bytes(&name, 1) },
		{ MM_SECTION_MM_DEPEX, mm_bytes(depex.bytes, depex.count) },
	};

	put_file(w, &guid, MM_FFS_TYPE_MM_STANDALONE, sections, text != NULL ? 3 : 2);
}

/* An a-priori file of the drivers whose numbers are the digits of `text`, and of `extra` bytes. */
static void put_apriori(struct world *w, const char *text, size_t extra)
{
	uint8_t bytes[10 * MM_GUID_BYTES] = { 0 };
	struct mm_fv_writer_section section = { MM_SECTION_RAW, { bytes, extra } };

	for (; *text != '\0'; text++) {
		const struct mm_guid guid = file((uint32_t)(*text - '0'));

		mm_guid_store(bytes + section.body.count - extra, &guid);
		section.body.count += MM_GUID_BYTES;
	}
	put_file(w, &mm_guid_ffs_apriori, MM_FFS_TYPE_FREEFORM, &section, 1);
}

static enum mm_status discover(struct world *w)
{
	(void)mm_fv_writer_finish(&w->writer); /* MM_E_INVALID the second time */
	return mm_dispatch_add_volume_untrusted(&w->f->dispatch, mm_bytes(w->volume, sizeof(w->volume)), FIRST_ID,
						&w->finds.finder, &w->counts, &w->refusal);
}

static void assert_ids(struct world *w, const char *expected)
{
	char ids[FAKE_DISPATCH_STARTS + 1] = "";
	size_t i;

	for (i = 0; i < w->f->host.start_count; i++)
		ids[i] = (char)('0' + w->f->host.starts[i] - FIRST_ID);
	assert_string_equal(ids, expected);
}

static void files_of_standalone_mm_become_drivers(void **state)
{
	struct world *w = *state;
	const struct mm_guid other = guid(77);
	const struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes("x", 1) };

	put_driver(w, 0, NULL);
	put_file(w, &other, MM_FFS_TYPE_FREEFORM, &section, 1);
	put_driver(w, 1, "T");
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.driver_count, 2);
	assert_int_equal(w->counts.refused_count, 0);
	assert_int_equal(run(w->f), 2);
	assert_ids(w, "01");
}

static void the_finder_learns_where_each_image_lies(void **state)
{
	struct world *w = *state;

	put_driver(w, 3, NULL);
	put_driver(w, 5, "F");
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->finds.count, 2);
	assert_int_equal(w->finds.found[1].id, FIRST_ID + 1);
	assert_int_equal(w->finds.found[1].guid.data1, file(5).data1);
	assert_status(w->finds.found[1].status, MM_OK);
	assert_true(w->finds.found[0].offset < w->finds.found[1].offset);
	assert_memory_equal(w->finds.names, "df", 2);
	assert_memory_equal(w->finds.image, "\3\5", 2);
}

static void expressions_of_the_volume_decide(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, "7");
	put_driver(w, 1, NULL);
	put_driver(w, 2, ">0");
	assert_status(discover(w), MM_OK);
	assert_int_equal(run(w->f), 1);
	(void)install(w->f, 7);
	assert_int_equal(run(w->f), 2);
	assert_ids(w, "102");
}

static void the_apriori_file_comes_first_in_its_own_order(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, NULL);
	put_driver(w, 1, "F");
	put_driver(w, 2, "9");
	put_apriori(w, "281", 0); /* there is no driver 8 */
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.apriori_count, 2);
	assert_int_equal(run(w->f), 3);
	assert_ids(w, "210");
}

static void an_empty_apriori_list_schedules_nobody(void **state)
{
	struct world *w = *state;

	put_apriori(w, "", 0);
	put_driver(w, 0, "F");
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.apriori_count, 0);
	assert_int_equal(run(w->f), 0);
}

static void a_driver_without_an_image_hinders_no_other(void **state)
{
	struct world *w = *state;
	const struct mm_guid name = file(0);
	const struct mm_fv_writer_section section = { MM_SECTION_RAW, mm_bytes("x", 1) };

	put_file(w, &name, MM_FFS_TYPE_MM_STANDALONE, &section, 1);
	put_driver(w, 1, NULL);
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.driver_count, 1);
	assert_int_equal(w->counts.refused_count, 1);
	assert_status(w->finds.found[0].status, MM_E_NOT_FOUND);
	assert_null(w->finds.found[0].module);
	assert_int_equal(run(w->f), 1);
	assert_ids(w, "1");
}

static void a_malformed_expression_hinders_no_other(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, "&");
	put_driver(w, 1, NULL);
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.refused_count, 1);
	assert_status(w->finds.found[0].status, MM_E_DEPEX_STACK_EMPTY);
	assert_non_null(w->finds.found[0].refusal.field);
	assert_non_null(w->finds.found[0].module);
	assert_int_equal(mm_dispatch_driver_count(&w->f->dispatch), 1);
}

static void a_driver_seen_before_is_refused(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, NULL);
	assert_status(discover(w), MM_OK);
	assert_status(discover(w), MM_OK);
	assert_int_equal(w->counts.driver_count, 0);
	assert_int_equal(w->counts.refused_count, 1);
	assert_status(w->finds.found[1].status, MM_E_EXISTS);
}

static void refuses_an_apriori_list_of_broken_guids(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, NULL);
	put_apriori(w, "0", 5);
	assert_status(discover(w), MM_E_DISPATCH_APRIORI);
	assert_string_equal(w->refusal.field, "apriori.bytes");
	assert_int_equal(w->refusal.value, 21);
	assert_int_equal(mm_dispatch_driver_count(&w->f->dispatch), 0);
}

static void refuses_an_apriori_file_without_its_section(void **state)
{
	struct world *w = *state;
	const struct mm_fv_writer_section section = { MM_SECTION_USER_INTERFACE, mm_bytes("list", 4) };

	put_file(w, &mm_guid_ffs_apriori, MM_FFS_TYPE_FREEFORM, &section, 1);
	assert_status(discover(w), MM_E_DISPATCH_APRIORI);
	assert_string_equal(w->refusal.field, "apriori.section");
}

static void refuses_a_second_apriori_file(void **state)
{
	struct world *w = *state;

	put_apriori(w, "", 0);
	put_apriori(w, "", 0);
	assert_status(discover(w), MM_E_DISPATCH_APRIORI);
	assert_string_equal(w->refusal.field, "apriori.count");
}

static void a_volume_with_a_broken_file_adds_nothing(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, NULL);
	put_driver(w, 1, NULL);
	assert_status(mm_fv_writer_finish(&w->writer), MM_OK);
	w->volume[VOLUME_BYTES - mm_fv_writer_free_bytes(&w->writer) - 8u] ^= 1; /* in the second file's content */
	assert_status(discover(w), MM_E_FFS_DATA_CHECKSUM);
	assert_int_equal(w->finds.count, 0);
	assert_int_equal(mm_dispatch_driver_count(&w->f->dispatch), 0);
}

static void refuses_what_is_no_volume(void **state)
{
	struct world *w = *state;

	w->volume[0x28] ^= 1;
	assert_status(discover(w), MM_E_FV_SIGNATURE);
	assert_int_equal(w->finds.count, 0);
}

static void refuses_a_finder_that_is_not_complete(void **state)
{
	static const struct mm_dispatch_finder_ops no_ops = { .found = NULL };
	struct world *w = *state;

	w->finds.finder.ops = &no_ops;
	assert_false(mm_dispatch_finder_is_complete(&w->finds.finder));
	assert_status(discover(w), MM_E_INVALID);
	w->finds.finder.ops = NULL;
	assert_status(discover(w), MM_E_INVALID);
	assert_false(mm_dispatch_finder_is_complete(NULL));
}

/* What was added stays added, and the walk says how far it came. */
static void running_out_of_memory_ends_the_walk(void **state)
{
	struct world *w = *state;

	put_driver(w, 0, NULL);
	put_driver(w, 1, "1");
	put_apriori(w, "1", 0);
	assert_status(mm_fv_writer_finish(&w->writer), MM_OK);
	fake_heap_fail_after(&w->f->heap, 1);
	assert_status(discover(w), MM_E_NO_MEMORY);
	assert_true(w->finds.count > 0);
	assert_status(w->finds.found[w->finds.count - 1].status, MM_E_NO_MEMORY);
	assert_int_equal(mm_dispatch_driver_count(&w->f->dispatch), w->finds.count - 1);
	assert_status(mm_dispatch_check(&w->f->dispatch), MM_OK);
}

#define VOLUME_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VOLUME_TEST(files_of_standalone_mm_become_drivers),
		VOLUME_TEST(the_finder_learns_where_each_image_lies),
		VOLUME_TEST(expressions_of_the_volume_decide),
		VOLUME_TEST(the_apriori_file_comes_first_in_its_own_order),
		VOLUME_TEST(an_empty_apriori_list_schedules_nobody),
		VOLUME_TEST(a_driver_without_an_image_hinders_no_other),
		VOLUME_TEST(a_malformed_expression_hinders_no_other),
		VOLUME_TEST(a_driver_seen_before_is_refused),
		VOLUME_TEST(refuses_an_apriori_list_of_broken_guids),
		VOLUME_TEST(refuses_an_apriori_file_without_its_section),
		VOLUME_TEST(refuses_a_second_apriori_file),
		VOLUME_TEST(a_volume_with_a_broken_file_adds_nothing),
		VOLUME_TEST(refuses_what_is_no_volume),
		VOLUME_TEST(refuses_a_finder_that_is_not_complete),
		VOLUME_TEST(running_out_of_memory_ends_the_walk),
	};

	return cmocka_run_group_tests_name("dispatch/volume", tests, NULL, NULL);
}
