/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The rendezvous under real concurrency: CPUs are threads that take SMIs as fast as they can, with a real clock. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "rendezvous.h"
#include "world.h"

#define CPUS	    4u
#define SMIS	    20000u
#define LIMIT_TICKS 2000000u /* 2 ms: short enough that some give up on each other when the host is busy */

struct race {
	struct mm_hal_cpu cpu;	 /* pauses for real */
	struct mm_hal_time time; /* tells real nanoseconds */
	struct world *world;
	_Atomic uint32_t leaders; /* at this moment */
	_Atomic uint32_t collisions;
	_Atomic uint64_t last_run;
	_Atomic uint64_t led;
	_Atomic uint64_t unordered;
};

struct runner {
	struct race *race;
	uint32_t index;
};

static enum mm_status no_msr(struct mm_hal_cpu *self, uint32_t index, uint64_t *ret_value)
{
	return MM_E_FAULT; /* no APIC either: calls are refused, the limit decides */
}

static void real_pause(struct mm_hal_cpu *self)
{
	(void)sched_yield();
}

static uint64_t real_ticks(struct mm_hal_time *self)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const struct mm_hal_cpu_ops real_cpu = { .rdmsr = no_msr, .pause = real_pause };
static const struct mm_hal_time_ops real_time = { .ticks = real_ticks };

/* The console and the ring of records belong to the leader; so does everything that is counted here. */
static void lead(struct race *race, struct mm_supv_cpu *cpu)
{
	uint64_t run;

	if (atomic_fetch_add(&race->leaders, 1) != 0)
		atomic_fetch_add(&race->collisions, 1);
	mm_supv_run_gather(cpu);
	run = atomic_load(&cpu->supv->run.word) >> 2;
	if (run != atomic_load(&race->last_run) + 1u)
		atomic_fetch_add(&race->unordered, 1);
	atomic_store(&race->last_run, run);
	atomic_fetch_add(&race->led, 1);
	atomic_fetch_sub(&race->leaders, 1);
	mm_supv_run_end(cpu);
}

static void *take_smis(void *context)
{
	const struct runner *runner = context;
	struct mm_supv_cpu *cpu = &runner->race->world->supv->cpus[runner->index];
	uint32_t i;

	for (i = 0; i < SMIS; i++) {
		struct mm_supv_cpu *led = mm_supv_arrive(cpu);

		if (led != NULL)
			lead(runner->race, led);
	}
	return NULL;
}

static void has_one_leader_at_a_time_whatever_happens(void **state)
{
	struct world *world = *state;
	struct race race = { .cpu = { &real_cpu }, .time = { &real_time, 1000000000u }, .world = world };
	struct runner runners[CPUS];
	pthread_t threads[CPUS];
	uint32_t i;

	world->wiring->cpu = &race.cpu;
	world->wiring->time = &race.time;
	world->wiring->console = NULL;
	world->lapic.cpu = &race.cpu;
	world->wiring->arrival_grace_ticks = LIMIT_TICKS / 2u;
	world->wiring->arrival_limit_ticks = LIMIT_TICKS;
	for (i = 0; i < CPUS; i++) {
		runners[i] = (struct runner){ &race, i };
		assert_int_equal(pthread_create(&threads[i], NULL, take_smis, &runners[i]), 0);
	}
	for (i = 0; i < CPUS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0); /* nobody stays behind */
	world->wiring->cpu = &world->machine->cpu;
	assert_int_equal(race.collisions, 0);
	assert_int_equal(race.unordered, 0);
	assert_int_equal(atomic_load(&world->supv->run.word), race.led << 2 | MM_SUPV_PHASE_IDLE);
	assert_true(race.led >= SMIS); /* nobody can lead two runs with one SMI, so there were at least as many runs */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(has_one_leader_at_a_time_whatever_happens, world_setup_4,
						world_teardown),
	};

	return cmocka_run_group_tests_name("supervisor/rendezvous threads", tests, NULL, NULL);
}
