/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "crew.h"

#include <stdatomic.h>
#include <stdlib.h>

#define ROUNDS_MAX 20000u

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) != 0)
		; /* a signal */
}

/* A CPU pauses: the scheduler goes on, and this CPU when it is its turn again. */
static void end_turn(struct fake_machine *machine, void *context)
{
	struct crew *crew = context;
	struct crew_member *member = &crew->members[machine->current];

	(void)sem_post(&crew->schedule);
	wait_for(&member->turn);
	if (crew->abandon)
		pthread_exit(NULL);
}

static void note_call(struct fake_machine *machine, void *context, enum mm_hal_ipi kind, uint8_t vector,
		      uint32_t target)
{
	struct crew *crew = context;

	if (kind != MM_HAL_IPI_SMI || vector != 0)
		abort(); /* no thread of a CPU can fail a test */
	crew->members[target].calls++;
}

/* What the entry assembly and the monarch do with one SMI, without ring 3. */
static void *take_smi(void *context)
{
	struct crew_member *member = context;
	struct crew *crew = member->crew;
	struct mm_supv_cpu *cpu = &crew->world->supv->cpus[member->index];
	struct mm_supv_cpu *led;

	wait_for(&member->turn);
	if (crew->abandon)
		return NULL;
	led = mm_supv_arrive(cpu);
	if (led != NULL) {
		member->leads++;
		mm_supv_run_gather(led);
		while (crew->hold)
			mm_hal_cpu_pause(crew->world->wiring->cpu);
		mm_supv_run_end(led);
	}
	member->visits++;
	member->inside = false;
	(void)sem_post(&crew->schedule);
	return NULL;
}

struct crew *crew_create(struct world *world)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	uint32_t i;

	assert_non_null(crew);
	crew->world = world;
	assert_int_equal(sem_init(&crew->schedule, 0, 0), 0);
	for (i = 0; i < WORLD_CPU_MAX; i++) {
		crew->members[i].crew = crew;
		crew->members[i].index = i;
		assert_int_equal(sem_init(&crew->members[i].turn, 0, 0), 0);
	}
	world->machine->ticks_per_pause = CREW_TICKS_PER_PAUSE;
	world->machine->on_pause = end_turn;
	world->machine->on_pause_context = crew;
	world->machine->on_ipi = note_call;
	world->machine->on_ipi_context = crew;
	return crew;
}

void crew_destroy(struct crew *crew)
{
	uint32_t i;

	crew->abandon = true;
	for (i = 0; i < WORLD_CPU_MAX; i++) {
		struct crew_member *member = &crew->members[i];

		if (member->inside) {
			(void)sem_post(&member->turn);
			(void)pthread_join(member->thread, NULL);
		}
		(void)sem_destroy(&member->turn);
	}
	(void)sem_destroy(&crew->schedule);
	crew->world->machine->on_pause = NULL;
	crew->world->machine->on_ipi = NULL;
	free(crew);
}

int crew_setup(void **state)
{
	(void)world_setup_4(state);
	*state = crew_create(*state);
	return 0;
}

int crew_teardown(void **state)
{
	struct crew *crew = *state;
	struct world *world = crew->world;

	crew_destroy(crew);
	world_destroy(world);
	return 0;
}

void crew_arrive(struct crew *crew, uint32_t cpu)
{
	struct crew_member *member = &crew->members[cpu];

	assert_false(member->inside);
	assert_int_equal(pthread_create(&member->thread, NULL, take_smi, member), 0);
	member->inside = true;
}

static void take_turn(struct crew *crew, struct crew_member *member)
{
	crew->world->machine->current = member->index;
	(void)sem_post(&member->turn);
	wait_for(&crew->schedule);
	if (!member->inside)
		assert_int_equal(pthread_join(member->thread, NULL), 0);
}

/* Whoever was called and hears it comes in. */
static void answer_calls(struct crew *crew)
{
	uint32_t i;

	for (i = 0; i < crew->world->supv->cpu_count; i++) {
		struct crew_member *member = &crew->members[i];

		if (member->calls != 0 && !member->inside && !member->is_deaf && member->visits == 0)
			crew_arrive(crew, i);
	}
}

bool crew_round(struct crew *crew)
{
	bool any = false;
	uint32_t i;

	answer_calls(crew);
	for (i = 0; i < crew->world->supv->cpu_count; i++) {
		struct crew_member *member = &crew->members[i];

		if (!member->inside || member->frozen)
			continue;
		any = true;
		take_turn(crew, member);
	}
	crew->rounds++;
	return any;
}

void crew_settle(struct crew *crew)
{
	uint32_t i;

	for (i = 0; crew_round(crew); i++) {
		if (i == ROUNDS_MAX)
			fail_msg("somebody does not leave");
	}
}

void crew_reach(struct crew *crew, uint64_t phase)
{
	uint32_t i;

	for (i = 0; crew_phase(crew) != phase; i++) {
		if (!crew_round(crew) || i == ROUNDS_MAX)
			fail_msg("the run does not come to phase %u", (unsigned int)phase);
	}
}

void crew_rounds(struct crew *crew, uint32_t count)
{
	while (count-- > 0 && crew_round(crew))
		;
}

static uint64_t word(const struct crew *crew)
{
	return atomic_load(&crew->world->supv->run.word);
}

uint64_t crew_phase(const struct crew *crew)
{
	return word(crew) & 3u;
}

uint64_t crew_run(const struct crew *crew)
{
	return word(crew) >> 2;
}
