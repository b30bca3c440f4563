/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One SMI as its leader goes through it: who is served, when ring 3 runs, what the caller is told. */
#include "monarch.h"

#include "mm/base/guid_table.h"
#include "world.h"

static struct mm_user_shared *shared(struct world *world)
{
	return (void *)world_bytes(world, world->supv->domain.shared.v, sizeof(struct mm_user_shared));
}

/* The user core answers the message and says how many root handlers it has. */
static void answer(struct world *world, uint64_t status, uint64_t bytes, uint64_t root_handlers)
{
	shared(world)->status.return_status = status;
	shared(world)->status.return_bytes = bytes;
	shared(world)->root_handlers = root_handlers;
	world_return(world, 0);
}

static void runs_no_ring_3_when_nobody_listens(void **state)
{
	struct world *world = *state;

	world_smi(world, 0);
	assert_int_equal(world->event_count, 1);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world->supv->counters.smis, 1);
	assert_int_equal(world->supv->counters.requests, 0);
}

static void tells_the_user_core_what_it_is_woken_for(void **state)
{
	struct world *world = *state;

	shared(world)->root_handlers = 77; /* ring 3's field */
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	assert_int_equal(world->event_count, 1);
	assert_int_equal(world_last_event(world)->kind, WORLD_ENTER);
	assert_int_equal(shared(world)->context.currently_executing_cpu, 0);
	assert_int_equal(shared(world)->context.number_of_cpus, 1);
	assert_int_equal(shared(world)->context.save_state, 0);
	assert_int_equal(shared(world)->status.message_valid, 1);
	assert_int_equal(shared(world)->message_bytes, 28);
	assert_int_equal(shared(world)->root_handlers, 77);
	assert_int_equal(world->supv->counters.requests, 1);
}

static void tells_the_caller_what_the_user_core_said(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	memcpy(world_bytes(world, world->supv->domain.shadow.base + 24u, 4), "pong", 4);
	answer(world, MM_EFI_NOT_FOUND, 28, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_NOT_FOUND);
	assert_int_equal(world_user_status(world).return_bytes, 28);
	assert_memory_equal(world_bytes(world, WORLD_USER_BUFFER + 24u, 4), "pong", 4);
}

static void leaves_no_message_of_an_earlier_smi_in_its_word(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	answer(world, MM_EFI_SUCCESS, 28, 1);
	world_smi(world, 0); /* root handlers */
	assert_int_equal(shared(world)->status.message_valid, 0);
	assert_int_equal(shared(world)->status.return_status, 0);
	assert_int_equal(shared(world)->status.return_bytes, 0);
	assert_int_equal(shared(world)->message_bytes, 0);
}

static void serves_both_channels_in_one_smi(void **state)
{
	struct world *world = *state;
	const struct mm_supv_request_header request = { MM_SUPV_REQUEST_SIGNATURE, 1, MM_SUPV_REQUEST_COMM_UPDATE, 0,
							0 };

	world_put_request(world, &mm_guid_supv_request, &request, sizeof(request));
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	assert_int_equal(world_supervisor_status(world).valid, 0); /* before ring 3 runs */
	assert_int_equal(world_last_event(world)->kind, WORLD_ENTER);
	answer(world, MM_EFI_SUCCESS, 28, 0);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world->supv->counters.smis, 1);
}

static void serves_requests_without_ring_3(void **state)
{
	struct world *world = *state;
	const struct mm_supv_request_header request = { MM_SUPV_REQUEST_SIGNATURE, 1, 9, 0, 0 };

	world_put_request(world, &mm_guid_supv_request, &request, sizeof(request));
	world_smi(world, 0);
	assert_int_equal(world->event_count, 1);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_supervisor_status(world).valid, 0);
}

static void wakes_root_handlers_without_a_message(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	answer(world, MM_EFI_SUCCESS, 28, 2);
	world_forget_events(world);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_ENTER);
	*world_bytes(world, WORLD_USER_STATUS + 8u, 1) = 0x5a;
	answer(world, MM_EFI_ABORTED, 99, 0);
	assert_int_equal(*world_bytes(world, WORLD_USER_STATUS + 8u, 1), 0x5a); /* nobody asked: nobody is told */
	world_forget_events(world);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
}

static void keeps_root_handlers_of_a_user_core_that_died(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	answer(world, MM_EFI_SUCCESS, 28, 3);
	world_smi(world, 0);
	shared(world)->root_handlers = 0;
	world_fault(world, 6, 0, WORLD_USER_CORE);
	assert_int_equal(world->supv->domain.root_handlers, 3);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
}

static void tells_the_caller_of_an_aborted_user_core(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	shared(world)->status.return_status = MM_EFI_SUCCESS;
	shared(world)->status.return_bytes = 28;
	world_fault(world, 14, 4, WORLD_USER_CORE);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_ABORTED);
	assert_int_equal(world_user_status(world).return_bytes, 0);
}

static void bounds_what_the_user_core_claims(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	answer(world, MM_EFI_SUCCESS, WORLD_CHANNEL_BYTES + 1u, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(world_user_status(world).return_bytes, 0);
}

static void believes_no_input_field_that_the_user_core_changed(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	shared(world)->status.message_valid = 0;
	shared(world)->message_bytes = 0;
	answer(world, MM_EFI_SUCCESS, 28, 0);
	assert_int_equal(world_user_status(world).valid, 0); /* the caller still gets its answer */
}

static void refuses_messages_for_a_user_core_that_failed(void **state)
{
	struct world *world = *state;

	world->supv->domain.failed = true;
	world->supv->domain.root_handlers = 1;
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	assert_int_equal(world->event_count, 1);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_NOT_READY);
}

static void refuses_messages_for_a_user_core_that_has_not_started(void **state)
{
	struct world *world = *state;

	world->supv->domain.started = false;
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_NOT_READY);
}

static void goes_on_after_a_message_that_is_none(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	mm_store_u64(world_bytes(world, WORLD_USER_BUFFER + 16u, 8), UINT64_MAX);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_BAD_BUFFER_SIZE);
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_ENTER);
}

static void erases_init_at_the_first_run_and_only_then(void **state)
{
	struct world *world = *state;
	const uint8_t *image = world_bytes(world, WORLD_INIT_IMAGE, WORLD_INIT_BYTES);
	uint64_t flushes;
	size_t i;

	assert_int_equal(image[0], 0x90);
	world_smi(world, 0);
	for (i = 0; i < WORLD_INIT_BYTES; i++)
		assert_int_equal(image[i], 0);
	for (i = 0; i < WORLD_INIT_BYTES; i += MM_PAGE_BYTES)
		assert_int_equal(world_attributes(world, WORLD_INIT_IMAGE + i), 0);
	flushes = world->machine->page_flushes;
	world_smi(world, 0);
	assert_int_equal(world->machine->page_flushes, flushes);
}

static void erases_nothing_under_another_init(void **state)
{
	struct world *world = *state;

	world->hobs.init_facts_bytes = 0;
	world_boot(world);
	world_smi(world, 0);
	assert_int_equal(world_bytes(world, WORLD_INIT_IMAGE, 1)[0], 0x90);
	assert_int_equal(world_attributes(world, WORLD_INIT_IMAGE), MM_HAL_PAGE_RX);
}

static void gives_freed_pages_to_the_next_smi_only(void **state)
{
	struct world *world = *state;
	struct mm_pages_owner_stats stats;
	uint64_t page;

	world_wake_driver(world);
	page = world_syscall(world, MM_SYS_ALOC_PAGE, 0, MM_EFI_RUNTIME_SERVICES_DATA, 4);
	assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, page, 4, 0), MM_EFI_SUCCESS);
	world_return(world, 0);
	answer(world, MM_EFI_SUCCESS, 28, 0);
	assert_status(mm_pages_mmram_get_owner_stats(&world->memory->allocator, mm_owner_domain(0), &stats), MM_OK);
	assert_int_equal(stats.limbo_pages, 4);
	world_smi(world, 0);
	assert_status(mm_pages_mmram_get_owner_stats(&world->memory->allocator, mm_owner_domain(0), &stats), MM_OK);
	assert_int_equal(stats.limbo_pages, 0);
}

static void tells_the_caller_when_the_shared_page_is_gone(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_protect(world, world->supv->domain.shared.v, MM_PAGE_BYTES, 0);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_DEVICE_ERROR);
	assert_true(world->supv->domain.failed);
	assert_true(world_log_has(world, "supv: the shared page of domain 0 is not mapped\n"));
}

static void tells_nobody_when_nobody_asked(void **state)
{
	struct world *world = *state;

	world->supv->domain.root_handlers = 1;
	*world_bytes(world, WORLD_USER_STATUS + 8u, 1) = 0x5a;
	world_protect(world, world->supv->domain.shared.v, MM_PAGE_BYTES, 0);
	world_smi(world, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(*world_bytes(world, WORLD_USER_STATUS + 8u, 1), 0x5a);
	assert_true(world->supv->domain.failed);
}

static void tells_the_caller_when_the_answer_is_gone(void **state)
{
	struct world *world = *state;

	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	world_protect(world, world->supv->domain.shared.v, MM_PAGE_BYTES, 0);
	world_return(world, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_DEVICE_ERROR);
	assert_int_equal(world_user_status(world).valid, 0);
}

static void names_the_cpu_that_leads(void **state)
{
	struct world *world = *state;
	uint32_t i;

	for (i = 0; i < 4; i++)
		world_cpu(world, i)->ready = i == 3; /* the others have not come yet */
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 3);
	assert_int_equal(shared(world)->context.currently_executing_cpu, 3);
	assert_int_equal(shared(world)->context.number_of_cpus, 4);
	assert_int_equal(world_last_event(world)->cpu, 3);
	mm_supv_activation_end(world_cpu(world, 3), MM_EFI_SUCCESS, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
}

static void boots_once_the_user_core_has_answered_start(void **state)
{
	struct world *world = *state;
	struct mm_supv_state *supv = world->supv;

	world_build(world);
	mm_supv_activation_command(&supv->cpus[0], &supv->domain, MM_SUPV_START, MM_USER_START, 0, 0);
	assert_false(supv->domain.started);
	world_fault(world, 14, 4, WORLD_USER_CORE);
	assert_int_equal(world->boot_ends, 1);
	assert_true(supv->domain.started && supv->domain.failed);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_last_event(world)->sysenter_cs, 0);
}

#define BOOTED(test)  cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
#define UNBUILT(test) cmocka_unit_test_setup_teardown(test, world_setup_unbuilt, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOTED(runs_no_ring_3_when_nobody_listens),
		BOOTED(tells_the_user_core_what_it_is_woken_for),
		BOOTED(tells_the_caller_what_the_user_core_said),
		BOOTED(leaves_no_message_of_an_earlier_smi_in_its_word),
		BOOTED(serves_both_channels_in_one_smi),
		BOOTED(serves_requests_without_ring_3),
		BOOTED(wakes_root_handlers_without_a_message),
		BOOTED(keeps_root_handlers_of_a_user_core_that_died),
		BOOTED(tells_the_caller_of_an_aborted_user_core),
		BOOTED(bounds_what_the_user_core_claims),
		BOOTED(believes_no_input_field_that_the_user_core_changed),
		BOOTED(refuses_messages_for_a_user_core_that_failed),
		BOOTED(refuses_messages_for_a_user_core_that_has_not_started),
		BOOTED(goes_on_after_a_message_that_is_none),
		BOOTED(erases_init_at_the_first_run_and_only_then),
		UNBUILT(erases_nothing_under_another_init),
		BOOTED(gives_freed_pages_to_the_next_smi_only),
		BOOTED(tells_the_caller_when_the_shared_page_is_gone),
		BOOTED(tells_nobody_when_nobody_asked),
		BOOTED(tells_the_caller_when_the_answer_is_gone),
		cmocka_unit_test_setup_teardown(names_the_cpu_that_leads, world_setup_4, world_teardown),
		UNBUILT(boots_once_the_user_core_has_answered_start),
	};

	return cmocka_run_group_tests_name("supervisor/monarch", tests, NULL, NULL);
}
