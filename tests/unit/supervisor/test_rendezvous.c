/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bringing CPUs together: one leads, the others wait, nobody is waited for without end and nobody stays behind. */
#include "rendezvous.h"

#include <stdatomic.h>

#include "crew.h"

#define GRACE_ROUNDS 110u /* a little more than the grace time of 10 ms */

static struct mm_supv_cpu *cpu(struct crew *crew, uint32_t index)
{
	return world_cpu(crew->world, index);
}

static bool is_absent(struct crew *crew, uint32_t index)
{
	return atomic_load(&cpu(crew, index)->open.absent) != 0;
}

static void arrive(struct crew *crew, uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = first; i < first + count; i++)
		crew_arrive(crew, i);
}

/* Everyone has left, the run is over. */
static void assert_over(struct crew *crew, uint64_t run)
{
	uint64_t i;

	assert_int_equal(crew_phase(crew), MM_SUPV_PHASE_IDLE);
	assert_int_equal(crew_run(crew), run);
	for (i = 0; i < crew->world->supv->cpu_count; i++) {
		assert_false(crew->members[i].inside);
		assert_int_equal(atomic_load(&cpu(crew, (uint32_t)i)->open.joined), 0);
	}
}

static void leads_alone_on_a_machine_of_one(void **state)
{
	struct world *world = *state;
	struct mm_supv_cpu *only = world_cpu(world, 0);
	uint64_t now = world->machine->now;

	assert_ptr_equal(mm_supv_arrive(only), only);
	mm_supv_run_gather(only);
	assert_int_equal(atomic_load(&world->supv->run.word), 1u << 2 | MM_SUPV_PHASE_RUN);
	mm_supv_run_end(only);
	assert_int_equal(atomic_load(&world->supv->run.word), 1u << 2 | MM_SUPV_PHASE_IDLE);
	assert_int_equal(world->machine->now, now); /* no clock read, no pause */
	assert_int_equal(world->machine->ipis, 0);
	assert_int_equal(only->open.smis, 1);
}

static void has_one_leader_when_all_come(void **state)
{
	struct crew *crew = *state;
	uint32_t i;

	arrive(crew, 0, 4);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[0].leads, 1);
	for (i = 0; i < 4; i++) {
		assert_int_equal(crew->members[i].visits, 1);
		assert_int_equal(crew->members[i].leads, i == 0 ? 1 : 0);
		assert_int_equal(cpu(crew, i)->open.smis, 1);
		assert_false(is_absent(crew, i));
	}
	assert_int_equal(crew->world->machine->ipis, 0);
	assert_int_equal(crew->world->supv->record_count, 0);
}

static void lets_the_first_to_arrive_lead(void **state)
{
	struct crew *crew = *state;

	crew_arrive(crew, 2);
	crew_rounds(crew, 2);
	crew_arrive(crew, 0);
	crew_arrive(crew, 1);
	crew_arrive(crew, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[2].leads, 1);
}

static void counts_its_runs(void **state)
{
	struct crew *crew = *state;
	uint32_t i;

	for (i = 1; i <= 5; i++) {
		crew_arrive(crew, i % 4);
		crew_round(crew);
		arrive(crew, 0, i % 4);
		arrive(crew, i % 4 + 1, 3 - i % 4);
		crew_settle(crew);
		assert_over(crew, i);
	}
	assert_int_equal(crew->members[1].leads, 2); /* runs 1 and 5 */
	assert_int_equal(crew->members[0].leads, 1);
}

static void holds_everyone_until_the_run_is_over(void **state)
{
	struct crew *crew = *state;
	uint32_t i;

	crew->hold = true;
	arrive(crew, 0, 4);
	crew_reach(crew, MM_SUPV_PHASE_RUN);
	crew_rounds(crew, 50);
	for (i = 0; i < 4; i++)
		assert_true(crew->members[i].inside);
	crew->hold = false;
	crew_settle(crew);
	assert_over(crew, 1);
}

static void waits_without_a_call_within_the_grace_time(void **state)
{
	struct crew *crew = *state;

	arrive(crew, 0, 3);
	crew_rounds(crew, 20);
	assert_int_equal(crew_phase(crew), MM_SUPV_PHASE_GATHER);
	crew_arrive(crew, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->world->machine->ipis, 0);
}

static void calls_the_late_and_only_them(void **state)
{
	struct crew *crew = *state;

	arrive(crew, 0, 2);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[0].calls, 0);
	assert_int_equal(crew->members[1].calls, 0);
	assert_int_equal(crew->members[2].calls, 1);
	assert_int_equal(crew->members[3].calls, 1);
	assert_int_equal(crew->members[2].visits, 1);
	assert_int_equal(crew->members[3].visits, 1);
	assert_int_equal(crew->world->supv->record_count, 0);
}

static void is_patient_as_long_as_someone_arrives(void **state)
{
	struct crew *crew = *state;
	struct crew_member *leader = &crew->members[0];
	uint32_t i;

	crew_arrive(crew, 0);
	for (i = 1; i < 4; i++) {
		uint64_t until = crew->world->machine->now + crew->world->wiring->arrival_grace_ticks * 8u / 10u;

		while (crew->world->machine->now < until && crew_round(crew))
			;
		crew_arrive(crew, i);
	}
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(leader->leads, 1);
	assert_int_equal(crew->world->machine->ipis, 0);
}

static void goes_on_without_who_does_not_come(void **state)
{
	struct crew *crew = *state;
	const struct mm_supv_record *record;

	crew->members[3].is_deaf = true;
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[3].calls, 1);
	assert_true(is_absent(crew, 3));
	record = world_last_record(crew->world);
	assert_int_equal(record->kind, MM_SUPV_RECORD_MISSING_CPU);
	assert_int_equal(record->cpu, 0);
	assert_int_equal(record->subject, 3);
	assert_int_equal(record->offset, MM_SUPV_OFFSET_NONE);
	assert_int_equal(crew->world->supv->counters.missing_cpus, 1);
	assert_true(world_log_has(crew->world, "supv: CPU 3 did not arrive: going on without it\n"));
}

static void records_each_of_several_missing(void **state)
{
	struct crew *crew = *state;
	uint64_t before = crew->world->machine->now;

	crew->members[1].is_deaf = true;
	crew->members[2].is_deaf = true;
	crew->members[3].is_deaf = true;
	crew_arrive(crew, 0);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->world->supv->counters.missing_cpus, 3);
	assert_int_equal(crew->world->supv->record_count, 3);
	/* They were waited for together, not one after the other. */
	assert_true(crew->world->machine->now - before < crew->world->wiring->arrival_limit_ticks * 2u);
}

static void waits_for_no_one_who_is_known_to_be_absent(void **state)
{
	struct crew *crew = *state;
	uint64_t rounds;

	goes_on_without_who_does_not_come(state);
	rounds = crew->rounds;
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 2);
	assert_true(crew->rounds - rounds < GRACE_ROUNDS);
	assert_int_equal(crew->members[3].calls, 1); /* the one of the first run */
	assert_int_equal(crew->world->supv->record_count, 1);
}

static void calls_no_one_who_is_known_to_be_absent(void **state)
{
	struct crew *crew = *state;

	goes_on_without_who_does_not_come(state);
	crew->members[2].is_deaf = true;
	arrive(crew, 0, 2);
	crew_settle(crew);
	assert_over(crew, 2);
	assert_int_equal(crew->members[2].calls, 1);
	assert_int_equal(crew->members[3].calls, 1); /* the one of the first run */
}

static void takes_back_who_is_seen_again(void **state)
{
	struct crew *crew = *state;

	goes_on_without_who_does_not_come(state);
	crew->hold = true;
	arrive(crew, 0, 3);
	crew_reach(crew, MM_SUPV_PHASE_RUN);
	crew_arrive(crew, 3);
	crew_rounds(crew, 2);
	assert_false(is_absent(crew, 3));
	assert_true(crew->members[3].inside); /* it came late, and leaves with the others */
	crew->hold = false;
	crew_settle(crew);
	assert_over(crew, 2);
	/* And the next run waits for it. */
	arrive(crew, 0, 3);
	crew_rounds(crew, 20);
	assert_int_equal(crew_phase(crew), MM_SUPV_PHASE_GATHER);
	crew_arrive(crew, 3);
	crew_settle(crew);
	assert_over(crew, 3);
}

static void lets_an_absent_cpu_lead_when_it_comes_first(void **state)
{
	struct crew *crew = *state;

	goes_on_without_who_does_not_come(state);
	crew_arrive(crew, 3);
	crew_round(crew);
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 2);
	assert_int_equal(crew->members[3].leads, 1);
}

static void keeps_who_arrives_at_the_exit_for_the_next_run(void **state)
{
	struct crew *crew = *state;

	crew->hold = true;
	arrive(crew, 0, 3);
	crew->members[3].is_deaf = true;
	crew_reach(crew, MM_SUPV_PHASE_RUN);
	crew->members[2].frozen = true; /* holds the exit open */
	crew->hold = false;
	crew_reach(crew, MM_SUPV_PHASE_EXIT);
	crew_arrive(crew, 3);
	crew_rounds(crew, 10);
	assert_true(crew->members[3].inside);
	assert_int_equal(crew_run(crew), 1);
	crew->members[2].frozen = false;
	crew_reach(crew, MM_SUPV_PHASE_GATHER);
	assert_int_equal(crew_run(crew), 2);
	assert_int_equal(crew->members[3].leads, 1);
	crew_rounds(crew, 5);
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 2);
}

/* CPU 2 hangs on its way out of run 1, until the others have given it up. */
static void hang_at_the_exit(struct crew *crew)
{
	crew->hold = true;
	arrive(crew, 0, 4);
	crew_reach(crew, MM_SUPV_PHASE_RUN);
	crew_rounds(crew, 2);
	crew->members[2].frozen = true;
	crew->hold = false;
	crew_settle(crew);
	assert_int_equal(crew_phase(crew), MM_SUPV_PHASE_IDLE);
	assert_true(is_absent(crew, 2));
	assert_int_equal(atomic_load(&cpu(crew, 2)->open.joined), 0);
	assert_int_equal(world_last_record(crew->world)->subject, 2);
	assert_int_equal(crew->members[0].visits, 1);
}

static void forgets_who_does_not_leave(void **state)
{
	struct crew *crew = *state;

	hang_at_the_exit(crew);
	crew_arrive(crew, 0);
	crew_round(crew);
	crew_arrive(crew, 1);
	crew_arrive(crew, 3);
	crew_settle(crew);
	assert_int_equal(crew_run(crew), 2);
	assert_int_equal(crew->members[2].calls, 0);
	assert_int_equal(crew->world->supv->record_count, 1);
}

static void lets_who_was_forgotten_leave_without_another_run(void **state)
{
	struct crew *crew = *state;

	hang_at_the_exit(crew);
	crew->members[2].frozen = false;
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[2].visits, 1);
}

static void lets_who_was_forgotten_leave_during_the_next_run(void **state)
{
	struct crew *crew = *state;

	hang_at_the_exit(crew);
	crew->hold = true;
	crew_arrive(crew, 0);
	crew_arrive(crew, 1);
	crew_arrive(crew, 3);
	crew_reach(crew, MM_SUPV_PHASE_RUN);
	crew->members[2].frozen = false;
	crew_rounds(crew, 3);
	assert_false(crew->members[2].inside);
	crew->hold = false;
	crew_settle(crew);
	assert_over(crew, 2);
}

static void waits_for_no_cpu_that_never_took_an_smi(void **state)
{
	struct crew *crew = *state;

	cpu(crew, 3)->ready = 0;
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_true(crew->rounds < GRACE_ROUNDS);
	assert_int_equal(crew->members[3].calls, 0);
	assert_false(is_absent(crew, 3));
}

static void goes_on_when_its_apic_was_taken_away(void **state)
{
	struct crew *crew = *state;

	crew->world->machine->lapic_absent = true;
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[3].calls, 0);
	assert_true(is_absent(crew, 3));
}

static void calls_by_apic_id_not_by_index(void **state)
{
	struct crew *crew = *state;

	fake_machine_set_apic_id(crew->world->machine, 3, 0x46);
	cpu(crew, 3)->apic_id = 0x46;
	arrive(crew, 0, 3);
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[3].calls, 1);
	assert_int_equal(crew->members[3].visits, 1);
}

static void calls_once_in_a_run(void **state)
{
	struct crew *crew = *state;

	crew->members[2].is_deaf = true;
	crew->members[3].is_deaf = true;
	arrive(crew, 0, 2);
	crew_rounds(crew, GRACE_ROUNDS * 2u);
	assert_int_equal(crew->members[2].calls, 1);
	assert_int_equal(crew->members[3].calls, 1);
	crew_arrive(crew, 2); /* renews the patience with 3, which was called already */
	crew_settle(crew);
	assert_over(crew, 1);
	assert_int_equal(crew->members[3].calls, 1);
	assert_false(is_absent(crew, 2));
	assert_true(is_absent(crew, 3));
}

static void serves_a_whole_smi_with_all_cpus_inside(void **state)
{
	struct crew *crew = *state;
	uint32_t i;

	for (i = 0; i < 50; i++) {
		arrive(crew, 0, 4);
		crew_settle(crew);
	}
	assert_over(crew, 50);
	assert_int_equal(crew->members[0].visits, 50);
	assert_int_equal(crew->members[3].visits, 50);
	assert_int_equal(crew->world->supv->record_count, 0);
}

#define CREW(test) cmocka_unit_test_setup_teardown(test, crew_setup, crew_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(leads_alone_on_a_machine_of_one, world_setup, world_teardown),
		CREW(has_one_leader_when_all_come),
		CREW(lets_the_first_to_arrive_lead),
		CREW(counts_its_runs),
		CREW(holds_everyone_until_the_run_is_over),
		CREW(waits_without_a_call_within_the_grace_time),
		CREW(calls_the_late_and_only_them),
		CREW(is_patient_as_long_as_someone_arrives),
		CREW(goes_on_without_who_does_not_come),
		CREW(records_each_of_several_missing),
		CREW(waits_for_no_one_who_is_known_to_be_absent),
		CREW(calls_no_one_who_is_known_to_be_absent),
		CREW(takes_back_who_is_seen_again),
		CREW(lets_an_absent_cpu_lead_when_it_comes_first),
		CREW(keeps_who_arrives_at_the_exit_for_the_next_run),
		CREW(forgets_who_does_not_leave),
		CREW(lets_who_was_forgotten_leave_without_another_run),
		CREW(lets_who_was_forgotten_leave_during_the_next_run),
		CREW(waits_for_no_cpu_that_never_took_an_smi),
		CREW(goes_on_when_its_apic_was_taken_away),
		CREW(calls_by_apic_id_not_by_index),
		CREW(calls_once_in_a_run),
		CREW(serves_a_whole_smi_with_all_cpus_inside),
	};

	return cmocka_run_group_tests_name("supervisor/rendezvous", tests, NULL, NULL);
}
