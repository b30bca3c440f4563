/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * CPUs that take an SMI together: each runs the supervisor's own code on a thread of its own, but only one at a time. A
 * turn ends where the code pauses, so a test decides to the turn who arrives, who hangs and for how long. The test's
 * thread schedules and asserts; it is no CPU.
 */
#include <pthread.h>
#include <semaphore.h>

#include "rendezvous.h"
#include "world.h"

/* Clock ticks of one pause: 0.1 ms, so that a limit is a thousand turns. */
#define CREW_TICKS_PER_PAUSE 100000u

struct crew;

struct crew_member {
	struct crew *crew;
	uint32_t index;
	pthread_t thread;
	sem_t turn;
	bool inside;	 /* in MM */
	bool frozen;	 /* its time stands still */
	bool is_deaf;	 /* an SMI IPI does not bring it in */
	uint32_t visits; /* SMIs it has taken and left */
	uint32_t leads;
	uint32_t calls; /* SMI IPIs it was sent */
};

struct crew {
	struct world *world;
	sem_t schedule;
	bool hold; /* the leader stays in its run */
	bool abandon;
	uint64_t rounds;
	struct crew_member members[WORLD_CPU_MAX];
};

/* A crew of all CPUs of a booted world, all of them outside MM. */
struct crew *crew_create(struct world *world);
/* Ends every thread, stuck ones too. */
void crew_destroy(struct crew *crew);

/* cmocka fixtures: *state is the crew of a booted world of four CPUs. */
int crew_setup(void **state);
int crew_teardown(void **state);

/* A CPU takes an SMI; its first turn is the next round. */
void crew_arrive(struct crew *crew, uint32_t cpu);
/* One turn for each CPU that is inside and not frozen; false when there is none. */
bool crew_round(struct crew *crew);
/* Rounds until everyone who is not frozen has left; fails the test when that takes too long. */
void crew_settle(struct crew *crew);
/* Rounds until the run is in that phase; fails the test when that takes too long. */
void crew_reach(struct crew *crew, uint64_t phase);
/* That many rounds, or fewer when everyone has left. */
void crew_rounds(struct crew *crew, uint32_t count);

uint64_t crew_phase(const struct crew *crew);
uint64_t crew_run(const struct crew *crew);
