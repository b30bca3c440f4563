/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* START: which hand-offs are taken, and what a started core looks like. */
#include "world.h"

#include "mm/pi/crc32.h"
#include "mock_core.h"

static void starts_without_starting_any_driver(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, NULL);
	world_add_driver(w, 2, NULL, NULL);
	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(w->core->module_count, 3);
	assert_int_equal(mm_dispatch_driver_count(&w->core->dispatch), 2);
	assert_int_equal(w->ring0.invoke_count, 0);
	assert_true(world_log_has(w, "user: 2 drivers wait for dispatch"));
}

static void numbers_drivers_in_the_order_of_their_hobs(void **state)
{
	struct world *w = *state;
	struct mm_guid second = world_driver_guid(7);

	world_add_driver(w, 3, NULL, NULL);
	world_add_driver(w, 7, NULL, NULL);
	assert_status(world_start(w, NULL), MM_OK);
	assert_true(mm_guid_equal(&w->core->modules[2].guid, &second));
	assert_int_equal(w->core->modules[2].entry, world_address(7, WORLD_ENTRY_OFFSET));
	assert_true(mm_guid_equal(&w->core->modules[MM_CORE_SELF].guid, &mm_guid_supv_user));
}

static void takes_the_shadow_from_the_channel_hob(void **state)
{
	struct world *w = *state;

	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(w->core->shadow.base, (uintptr_t)w->shadow);
	assert_int_equal(w->core->shadow.bytes, WORLD_SHADOW_BYTES);
}

static void starts_without_a_channel_for_root_handlers_only(void **state)
{
	struct world *w = *state;

	w->has_channel = false;
	assert_status(world_start(w, NULL), MM_OK);
	assert_true(mm_region_is_empty(w->core->shadow));
	world_wake(w);
	assert_int_equal(w->shared.root_handlers, 0);
}

static void refuses_a_list_that_ends_before_it_begins(void **state)
{
	struct world *w = *state;
	struct mm_refusal refusal = { NULL, 0, 0 };
	struct mm_hob_handoff *handoff = (void *)w->hobs;
	size_t bytes;

	assert_status(mm_pi_hob_writer_finish(&w->writer, &bytes), MM_OK);
	handoff->end_of_hob_list = (uint64_t)(uintptr_t)w->hobs - 8;
	assert_status(mm_core_start(w->core, w->hobs, &w->shared, &refusal), MM_E_HOB_LENGTH);
	assert_string_equal(refusal.field, "EfiEndOfHobList");
}

static void refuses_a_list_with_a_damaged_hob(void **state)
{
	struct world *w = *state;
	struct mm_hob_header *second = (void *)(w->hobs + sizeof(struct mm_hob_handoff));
	size_t bytes;

	assert_status(mm_pi_hob_add_cpu(&w->writer, 48, 16), MM_OK);
	assert_status(mm_pi_hob_writer_finish(&w->writer, &bytes), MM_OK);
	second->bytes = 4;
	assert_status(mm_core_start(w->core, w->hobs, &w->shared, NULL), MM_E_HOB_LENGTH);
}

static void refuses_a_malformed_channel(void **state)
{
	struct world *w = *state;
	const uint8_t payload[8] = { 1 };

	w->has_channel = false;
	assert_status(mm_pi_hob_add_guid(&w->writer, &mm_guid_comm_buffer_hob, mm_bytes(payload, sizeof(payload))),
		      MM_OK);
	assert_status(world_start(w, NULL), MM_E_HOB_PAYLOAD);
}

static void refuses_more_modules_than_it_has_room_for(void **state)
{
	struct world *w = *state;
	struct mm_refusal refusal = { NULL, 0, 0 };

	for (unsigned n = 1; n <= MM_CORE_MODULE_MAX; n++)
		world_add_driver(w, n, NULL, NULL);
	assert_status(world_start(w, &refusal), MM_E_LIMIT);
	assert_string_equal(refusal.field, "modules");
	assert_int_equal(refusal.value, MM_CORE_MODULE_MAX);
}

static void takes_as_many_modules_as_it_has_room_for(void **state)
{
	struct world *w = *state;

	for (unsigned n = 1; n < MM_CORE_MODULE_MAX; n++)
		world_add_driver(w, n, NULL, NULL);
	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(mm_dispatch_driver_count(&w->core->dispatch), MM_CORE_MODULE_MAX - 1);
}

static void refuses_to_start_without_memory(void **state)
{
	struct world *w = *state;
	struct mm_refusal refusal = { NULL, 0, 0 };

	w->ring0.page_limit = 0;
	assert_status(world_start(w, &refusal), MM_E_NO_MEMORY);
	assert_string_equal(refusal.field, "rooms");
}

static void a_malformed_depex_leaves_only_its_driver_out(void **state)
{
	struct world *w = *state;
	const struct world_depex unknown = { { 0x77, MM_DEPEX_END }, 2 };
	struct mm_guid guid = world_driver_guid(1);

	world_add_driver(w, 1, &unknown, NULL);
	world_add_driver(w, 2, NULL, NULL);
	world_run(w);
	assert_true(world_log_has_guid(w, "user: driver ", &guid));
	assert_true(world_log_has(w, "is left out"));
	assert_int_equal(w->ring0.invoke_count, 1);
	assert_int_equal(w->ring0.invokes[0].module, 2);
}

static void a_truncated_depex_hob_leaves_its_driver_out(void **state)
{
	struct world *w = *state;
	uint8_t payload[24] = { 0 };
	struct mm_guid guid = world_driver_guid(1);

	world_add_driver(w, 1, NULL, NULL);
	mm_guid_store(payload, &guid);
	payload[16] = 200; /* bytes of depex that are not there */
	assert_status(mm_pi_hob_add_guid(&w->writer, &mm_guid_supv_depex_hob, mm_bytes(payload, sizeof(payload))),
		      MM_OK);
	world_run(w);
	assert_int_equal(w->ring0.invoke_count, 0);
	assert_true(world_log_has(w, "is left out"));
}

static void a_depex_of_another_file_leaves_the_driver_out(void **state)
{
	struct world *w = *state;
	struct mm_guid other = world_driver_guid(9);
	const uint8_t always[] = { MM_DEPEX_TRUE, MM_DEPEX_END };

	world_add_driver(w, 1, NULL, NULL);
	assert_status(mm_pi_hob_add_depex(&w->writer, &other, mm_bytes(always, sizeof(always))), MM_OK);
	world_run(w);
	assert_int_equal(w->ring0.invoke_count, 0);
	assert_true(world_log_has(w, "depex file"));
}

static void a_second_driver_of_the_same_name_is_left_out(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, NULL);
	world_add_driver(w, 1, NULL, NULL);
	world_run(w);
	assert_int_equal(w->ring0.invoke_count, 1);
	assert_int_equal(w->core->module_count, 3); /* numbers stay those of the supervisor */
}

static void the_table_has_signature_revision_and_checksum(void **state)
{
	struct world *w = *state;
	struct mm_mmst copy;

	assert_status(world_start(w, NULL), MM_OK);
	copy = *w->mmst;
	assert_int_equal(copy.header.signature, MM_MMST_SIGNATURE);
	assert_int_equal(copy.header.revision, MM_MMST_REVISION);
	assert_int_equal(copy.header.header_bytes, sizeof(copy));
	copy.header.crc32 = 0;
	assert_int_equal(w->mmst->header.crc32, mm_pi_crc32(mm_bytes(&copy, sizeof(copy))));
}

static void every_service_of_the_table_is_there(void **state)
{
	struct world *w = *state;
	const struct mm_mmst *t = w->mmst;

	assert_status(world_start(w, NULL), MM_OK);
	assert_non_null(t->install_configuration_table);
	assert_true(t->io.mem_read && t->io.mem_write && t->io.io_read && t->io.io_write);
	assert_true(t->allocate_pool && t->free_pool && t->allocate_pages && t->free_pages && t->startup_this_ap);
	assert_true(t->install_protocol_interface && t->uninstall_protocol_interface && t->handle_protocol &&
		    t->register_protocol_notify && t->locate_handle && t->locate_protocol);
	assert_true(t->mmi_manage && t->mmi_handler_register && t->mmi_handler_unregister);
}

static void the_hob_list_is_a_configuration_table(void **state)
{
	struct world *w = *state;

	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(w->mmst->configuration_count, 1);
	assert_true(mm_guid_equal(&w->mmst->configuration[0].guid, &mm_guid_hob_list_table));
	assert_ptr_equal(w->mmst->configuration[0].table, w->hobs);
}

static void enters_a_driver_by_its_number_and_entry(void **state)
{
	struct world *w = *state;

	world_add_driver(w, 1, NULL, NULL);
	assert_status(world_start(w, NULL), MM_OK);
	w->core->ring0 = &mock_core_ops;
	w->core->pages.pool.ops = NULL; /* the pool has what it needs */
	expect_value(mock_core_invoke, module, 1);
	expect_value(mock_core_invoke, entry, world_address(1, WORLD_ENTRY_OFFSET));
	will_return(mock_core_invoke, MM_EFI_SUCCESS);
	will_return(mock_core_invoke, MM_EFI_SUCCESS);
	(void)world_send(w, &mm_guid_mm_dispatch_event, "", 1);
	assert_int_equal(mm_dispatch_started_count(&w->core->dispatch), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(starts_without_starting_any_driver),
		TEST(numbers_drivers_in_the_order_of_their_hobs),
		TEST(takes_the_shadow_from_the_channel_hob),
		TEST(starts_without_a_channel_for_root_handlers_only),
		TEST(refuses_a_list_that_ends_before_it_begins),
		TEST(refuses_a_list_with_a_damaged_hob),
		TEST(refuses_a_malformed_channel),
		TEST(refuses_more_modules_than_it_has_room_for),
		TEST(takes_as_many_modules_as_it_has_room_for),
		TEST(refuses_to_start_without_memory),
		TEST(a_malformed_depex_leaves_only_its_driver_out),
		TEST(a_truncated_depex_hob_leaves_its_driver_out),
		TEST(a_depex_of_another_file_leaves_the_driver_out),
		TEST(a_second_driver_of_the_same_name_is_left_out),
		TEST(the_table_has_signature_revision_and_checksum),
		TEST(every_service_of_the_table_is_there),
		TEST(the_hob_list_is_a_configuration_table),
		TEST(enters_a_driver_by_its_number_and_entry),
	};

	return cmocka_run_group_tests_name("usercore/start", tests, NULL, NULL);
}
