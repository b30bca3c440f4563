/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Activations: what runs in ring 3 starts clean, and who waited goes on exactly where it was. */
#include "activation.h"

#include "world.h"

/* FNINIT, and MXCSR with every exception masked; all else zero. */
static void assert_clean(const struct mm_supv_fx *fx)
{
	size_t i;

	for (i = 0; i < sizeof(fx->bytes); i++)
		assert_int_equal(fx->bytes[i], i == 0 ? 0x7f : i == 1 ? 0x03 : i == 24 ? 0x80 : i == 25 ? 0x1f : 0);
}

static void wake_user_core(struct world *world)
{
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
}

static void starts_a_command_at_the_user_cores_entry(void **state)
{
	struct world *world = *state;
	const struct mm_domain *domain = &world->supv->domain;
	const struct world_event *event;

	wake_user_core(world);
	event = world_last_event(world);
	assert_int_equal(event->kind, WORLD_ENTER);
	assert_int_equal(event->depth, 1);
	assert_int_equal(event->entry.rip, domain->entry.v);
	assert_int_equal(event->entry.rsp, domain->stack_top[0].v);
	assert_int_equal(event->entry.rbx, 0);
	assert_int_equal(event->entry.r10, MM_USER_REQUEST);
	assert_int_equal(event->entry.rdx, domain->shared.v);
	assert_int_equal(event->entry.r8, MM_USER_CONTEXT_BYTES);
	assert_int_equal(event->entry.r9, 0);
}

static void starts_a_driver_through_the_same_entry(void **state)
{
	struct world *world = *state;
	const struct mm_domain *domain = &world->supv->domain;
	struct mm_supv_call call = { .gprs = { .rax = MM_SYS_INVOKE,
					       .rdx = 2,
					       .r8 = WORLD_DRIVER_2 + 0x44u,
					       .r9 = 91,
					       .r10 = 92,
					       .r12 = 93,
					       .r13 = 94 } };
	const struct world_event *event;

	wake_user_core(world);
	(void)world_syscall_with(world, &call);
	event = world_last_event(world);
	assert_int_equal(event->kind, WORLD_ENTER);
	assert_int_equal(event->entry.rip, domain->entry.v);
	assert_int_equal(event->entry.rbx, WORLD_DRIVER_2 + 0x44u);
	assert_int_equal(event->entry.rsp, domain->stack_top[1].v);
	assert_int_equal(event->entry.r10, 91);
	assert_int_equal(event->entry.rdx, 92);
	assert_int_equal(event->entry.r8, 93);
	assert_int_equal(event->entry.r9, 94);
}

static void gives_each_depth_its_own_stack(void **state)
{
	struct world *world = *state;
	uint32_t depth;

	wake_user_core(world);
	for (depth = 1; depth < MM_SUPV_DEPTH_MAX; depth++) {
		world_invoke(world, 1);
		assert_int_equal(world_last_event(world)->depth, depth + 1u);
		assert_int_equal(world_last_event(world)->entry.rsp, world->supv->domain.stack_top[depth].v);
	}
}

static void remembers_who_runs_and_for_whom(void **state)
{
	struct world *world = *state;
	const struct mm_supv_activation *activations = world_cpu(world, 0)->activations;

	world->supv->domain.generation = 7;
	wake_user_core(world);
	world_invoke(world, 2);
	assert_int_equal(activations[0].kind, MM_SUPV_REQUEST);
	assert_int_equal(activations[0].module, MM_SUPV_MODULE_USER_CORE);
	assert_int_equal(activations[1].kind, MM_SUPV_INVOKE);
	assert_int_equal(activations[1].module, 2);
	assert_int_equal(activations[1].generation, 7);
	assert_int_equal(activations[1].deadline, 0);
	assert_ptr_equal(activations[1].domain, &world->supv->domain);
	assert_ptr_equal(mm_supv_activation_current(world_cpu(world, 0)), &activations[1]);
}

static void knows_no_activation_when_ring_3_does_not_run(void **state)
{
	struct world *world = *state;

	assert_null(mm_supv_activation_current(world_cpu(world, 0)));
}

/* The caller as world_syscall() makes it, but for the result. */
static void assert_resumed(const struct world *world, const struct mm_supv_call *call, uint64_t rax, uint64_t rdx)
{
	const struct mm_supv_user_resume expected = {
		.rip = call->gprs.rcx,
		.rflags = call->gprs.r11,
		.rsp = call->rsp,
		.rbx = call->gprs.rbx,
		.rbp = call->gprs.rbp,
		.rdi = call->gprs.rdi,
		.rsi = call->gprs.rsi,
		.r12 = call->gprs.r12,
		.r13 = call->gprs.r13,
		.r14 = call->gprs.r14,
		.r15 = call->gprs.r15,
		.rax = rax,
		.rdx = rdx,
	};

	assert_int_equal(world_last_event(world)->kind, WORLD_RESUME);
	assert_memory_equal(&world_last_event(world)->resume, &expected, sizeof(expected));
}

static void resumes_the_caller_register_by_register(void **state)
{
	struct world *world = *state;
	struct mm_supv_call caller;

	wake_user_core(world);
	world_invoke(world, 1);
	caller = world->call;
	world_return(world, 0x1122334455667788);
	assert_int_equal(world_cpu(world, 0)->depth, 1);
	assert_resumed(world, &caller, MM_EFI_SUCCESS, 0x1122334455667788);
}

static void resumes_the_caller_of_a_driver_that_died_with_a_status(void **state)
{
	struct world *world = *state;
	struct mm_supv_call caller;

	wake_user_core(world);
	world_invoke(world, 1);
	caller = world->call;
	world_fault(world, 14, 4, WORLD_DRIVER_RIP);
	assert_resumed(world, &caller, MM_EFI_ABORTED, 0);
}

static void keeps_every_caller_of_a_deep_chain(void **state)
{
	struct world *world = *state;
	struct mm_supv_call callers[MM_SUPV_DEPTH_MAX];
	uint32_t depth;

	wake_user_core(world);
	for (depth = 1; depth < MM_SUPV_DEPTH_MAX; depth++) {
		struct mm_supv_call call = { .gprs = { .rax = MM_SYS_INVOKE,
						       .rdx = 1,
						       .r8 = WORLD_DRIVER_1,
						       .rcx = WORLD_DRIVER_1 + depth,
						       .rbx = depth,
						       .r15 = ~(uint64_t)depth,
						       .r11 = 0x202 },
					     .rsp = 0x1000u * depth };

		callers[depth] = call;
		(void)world_syscall_with(world, &call);
	}
	for (depth = MM_SUPV_DEPTH_MAX - 1u; depth >= 1; depth--) {
		world_return(world, 100 + depth);
		assert_resumed(world, &callers[depth], MM_EFI_SUCCESS, 100 + depth);
	}
}

static void lets_a_child_change_nothing_of_its_caller(void **state)
{
	struct world *world = *state;
	struct mm_supv_call child = { .gprs = { .rax = MM_SYS_RETURN,
						.rdx = 5,
						.rcx = 0x666,
						.rbx = 0x666,
						.rbp = 0x666,
						.r12 = 0x666,
						.r11 = 0xffff },
				      .rsp = 0x666 };
	struct mm_supv_call caller;

	wake_user_core(world);
	world_invoke(world, 1);
	caller = world->call;
	(void)world_syscall_with(world, &child);
	assert_resumed(world, &caller, MM_EFI_SUCCESS, 5);
}

static void starts_everyone_with_a_clean_fpu(void **state)
{
	struct world *world = *state;

	wake_user_core(world);
	assert_clean(&world_last_event(world)->fx); /* not the operating system's */
	memset(&world->fx, 0x11, sizeof(world->fx));
	world_invoke(world, 1);
	assert_clean(&world_last_event(world)->fx); /* not its caller's */
}

static void gives_the_caller_its_fpu_back(void **state)
{
	struct world *world = *state;
	struct mm_supv_fx callers;

	wake_user_core(world);
	memset(&callers, 0x11, sizeof(callers));
	world->fx = callers;
	world_invoke(world, 1);
	memset(&world->fx, 0x22, sizeof(world->fx));
	world_return(world, 0);
	assert_memory_equal(&world_last_event(world)->fx, &callers, sizeof(callers));
}

static void gives_the_caller_its_fpu_back_after_a_fault(void **state)
{
	struct world *world = *state;
	struct mm_supv_fx callers;

	wake_user_core(world);
	memset(&callers, 0x33, sizeof(callers));
	world->fx = callers;
	world_invoke(world, 1);
	memset(&world->fx, 0x44, sizeof(world->fx));
	world_fault(world, 6, 0, WORLD_DRIVER_RIP);
	assert_memory_equal(&world_last_event(world)->fx, &callers, sizeof(callers));
}

static void refuses_a_ninth_level_with_a_status(void **state)
{
	struct world *world = *state;
	uint32_t events;
	uint32_t i;

	wake_user_core(world);
	for (i = 1; i < MM_SUPV_DEPTH_MAX; i++)
		world_invoke(world, 1);
	events = world->event_count;
	assert_int_equal(world_syscall(world, MM_SYS_INVOKE, 1, WORLD_DRIVER_1, 0), MM_EFI_BAD_BUFFER_SIZE);
	assert_int_equal(world_cpu(world, 0)->depth, MM_SUPV_DEPTH_MAX);
	assert_int_equal(world->event_count, events);
	assert_int_equal(world->supv->record_count, 0);
}

/* One fault at the depth of the row: everyone below lives. */
static void ends_one_level_only(void **state)
{
	struct world *world = *state;
	uint32_t depth = *(const uint32_t *)world->row;
	uint32_t i;

	wake_user_core(world);
	for (i = 1; i < depth; i++)
		world_invoke(world, 1);
	world_fault(world, 13, 0, WORLD_DRIVER_RIP);
	assert_int_equal(world_cpu(world, 0)->depth, depth - 1u);
	if (depth > 1) {
		assert_int_equal(world_last_event(world)->kind, WORLD_RESUME);
		assert_int_equal(world_last_event(world)->resume.rax, MM_EFI_ABORTED);
		assert_int_equal(world_user_status(world).valid, 1); /* the answer is still to come */
		return;
	}
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world_user_status(world).valid, 0);
	assert_int_equal(world_user_status(world).return_status, MM_EFI_ABORTED);
}

/* After the row's fault the next message is served as if nothing had been. */
static void serves_the_next_message(void **state)
{
	struct world *world = *state;

	ends_one_level_only(state);
	while (world_cpu(world, 0)->depth != 0)
		world_return(world, 0);
	world_forget_events(world);
	wake_user_core(world);
	assert_int_equal(world_last_event(world)->kind, WORLD_ENTER);
	assert_int_equal(world_last_event(world)->entry.rsp, world->supv->domain.stack_top[0].v);
	assert_clean(&world_last_event(world)->fx);
}

static void ends_a_driver_that_returns_no_matter_how_deep(void **state)
{
	struct world *world = *state;

	wake_user_core(world);
	world_invoke(world, 1);
	world_invoke(world, 2);
	world_return(world, 0);
	world_return(world, 0);
	world_return(world, 0);
	assert_int_equal(world_cpu(world, 0)->depth, 0);
	assert_int_equal(world_last_event(world)->kind, WORLD_LEAVE);
	assert_int_equal(world->supv->record_count, 0);
}

#define BOOTED(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	static const uint32_t depths[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct CMUnitTest tests[] = {
		BOOTED(starts_a_command_at_the_user_cores_entry),
		BOOTED(starts_a_driver_through_the_same_entry),
		BOOTED(gives_each_depth_its_own_stack),
		BOOTED(remembers_who_runs_and_for_whom),
		BOOTED(knows_no_activation_when_ring_3_does_not_run),
		BOOTED(resumes_the_caller_register_by_register),
		BOOTED(resumes_the_caller_of_a_driver_that_died_with_a_status),
		BOOTED(keeps_every_caller_of_a_deep_chain),
		BOOTED(lets_a_child_change_nothing_of_its_caller),
		BOOTED(starts_everyone_with_a_clean_fpu),
		BOOTED(gives_the_caller_its_fpu_back),
		BOOTED(gives_the_caller_its_fpu_back_after_a_fault),
		BOOTED(refuses_a_ninth_level_with_a_status),
		BOOTED(ends_a_driver_that_returns_no_matter_how_deep),
		world_row("ends_only_the_level_that_faulted_1", ends_one_level_only, world_setup, &depths[0]),
		world_row("ends_only_the_level_that_faulted_2", ends_one_level_only, world_setup, &depths[1]),
		world_row("ends_only_the_level_that_faulted_3", ends_one_level_only, world_setup, &depths[2]),
		world_row("ends_only_the_level_that_faulted_4", ends_one_level_only, world_setup, &depths[3]),
		world_row("ends_only_the_level_that_faulted_5", ends_one_level_only, world_setup, &depths[4]),
		world_row("ends_only_the_level_that_faulted_6", ends_one_level_only, world_setup, &depths[5]),
		world_row("ends_only_the_level_that_faulted_7", ends_one_level_only, world_setup, &depths[6]),
		world_row("ends_only_the_level_that_faulted_8", ends_one_level_only, world_setup, &depths[7]),
		world_row("serves_the_next_message_after_a_fault_of_the_user_core", serves_the_next_message,
			  world_setup, &depths[0]),
		world_row("serves_the_next_message_after_a_fault_at_the_deepest_level", serves_the_next_message,
			  world_setup, &depths[7]),
	};

	return cmocka_run_group_tests_name("supervisor/activation", tests, NULL, NULL);
}
