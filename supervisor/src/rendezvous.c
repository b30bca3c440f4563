/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "rendezvous.h"

#include <stdatomic.h>

#include "record.h"

#define PHASE_MASK 3u
#define PHASE_BITS 2u

static uint64_t run_number(uint64_t word)
{
	return word >> PHASE_BITS;
}

static uint64_t run_word(uint64_t number, uint64_t phase)
{
	return (number << PHASE_BITS) | phase;
}

/*
 * GATHER or RUN of this very run, which are neighbours. A CPU that was held up may see the run neither end nor be
 * followed by another: IDLE says that it is over, too.
 */
static bool is_going_on(uint64_t word, uint64_t number)
{
	return word - run_word(number, MM_SUPV_PHASE_GATHER) <= MM_SUPV_PHASE_RUN - MM_SUPV_PHASE_GATHER;
}

/* Holds this CPU until the run is over. */
static void wait_out(struct mm_supv_cpu *cpu, uint64_t number)
{
	struct mm_hal_cpu *hal = mm_supv_wiring_of(cpu)->cpu;
	uint64_t word;

	cpu->open.smis++;
	atomic_store_explicit(&cpu->open.joined, number, memory_order_release);
	if (atomic_load_explicit(&cpu->open.absent, memory_order_relaxed) != 0)
		atomic_store_explicit(&cpu->open.absent, 0, memory_order_relaxed);
	do {
		mm_hal_cpu_relax(hal);
		word = atomic_load_explicit(&cpu->supv->run.word, memory_order_acquire);
	} while (is_going_on(word, number));
	atomic_store_explicit(&cpu->open.joined, 0, memory_order_release);
}

struct mm_supv_cpu *mm_supv_arrive(struct mm_supv_cpu *cpu)
{
	struct mm_supv_run *run = &cpu->supv->run;
	uint64_t word = atomic_load_explicit(&run->word, memory_order_acquire);

	for (;;) {
		switch (word & PHASE_MASK) {
		case MM_SUPV_PHASE_IDLE:
			if (atomic_compare_exchange_strong_explicit(
				    &run->word, &word, run_word(run_number(word) + 1, MM_SUPV_PHASE_GATHER),
				    memory_order_acq_rel, memory_order_acquire))
				return cpu;
			break;
		case MM_SUPV_PHASE_GATHER:
		case MM_SUPV_PHASE_RUN:
			wait_out(cpu, run_number(word));
			return NULL;
		default:
			mm_hal_cpu_relax(mm_supv_wiring_of(cpu)->cpu);
			word = atomic_load_explicit(&run->word, memory_order_acquire);
			break;
		}
	}
}

static bool has_joined(const struct mm_supv_cpu *cpu, uint64_t number)
{
	return atomic_load_explicit(&cpu->open.joined, memory_order_acquire) == number;
}

/* The CPUs that are waited for: not this one, not those that never came up or are known to be elsewhere. */
static bool is_expected(const struct mm_supv_cpu *self, const struct mm_supv_cpu *other)
{
	return other != self && other->ready != 0 && other->open.absent == 0;
}

/* Calls every CPU that is expected and not here. */
static void call_missing(struct mm_supv_cpu *self, uint64_t number)
{
	struct mm_supv_state *supv = self->supv;
	uint64_t i;

	for (i = 0; i < supv->cpu_count; i++) {
		struct mm_supv_cpu *other = &supv->cpus[i];

		if (!is_expected(self, other) || has_joined(other, number))
			continue;
		/* A refused IPI (the OS moved or switched off its APIC) leaves the CPU missing, which is recorded. */
		(void)mm_hal_lapic_send(supv->wiring->lapic, MM_HAL_IPI_SMI, 0, other->apic_id);
	}
}

static void give_up_on(struct mm_supv_cpu *self, struct mm_supv_cpu *other)
{
	struct mm_supv_record record = {
		.kind = MM_SUPV_RECORD_MISSING_CPU,
		.cpu = (uint16_t)self->index,
		.offset = MM_SUPV_OFFSET_NONE,
		.subject = other->index,
	};

	atomic_store_explicit(&other->open.absent, 1, memory_order_relaxed);
	self->supv->counters.missing_cpus++;
	mm_supv_record_add(self->supv, &record);
	mm_supv_log(self->supv->wiring, "CPU %u did not arrive: going on without it", other->index);
}

/* The waits of one run: since when nobody has arrived, and whether the late have been called. */
struct patience {
	uint64_t start;
	bool called;
};

/*
 * Waits for one CPU. An arrival renews the patience with the next: many CPUs take longer than few. Kept out of the
 * loop over all CPUs, in which nearly all have arrived when they are looked at.
 */
static MM_NOINLINE void await(struct mm_supv_cpu *self, struct mm_supv_cpu *other, uint64_t number,
			      struct patience *patience)
{
	struct mm_supv_wiring *wiring = mm_supv_wiring_of(self);
	uint64_t waited;

	if (!is_expected(self, other))
		return;
	do {
		waited = mm_hal_time_ticks(wiring->time) - patience->start;
		if (waited > wiring->arrival_limit_ticks) {
			give_up_on(self, other);
			return;
		}
		if (waited > wiring->arrival_grace_ticks && !patience->called) {
			patience->called = true;
			call_missing(self, number);
		}
		mm_hal_cpu_relax(wiring->cpu);
	} while (!has_joined(other, number));
	patience->start = mm_hal_time_ticks(wiring->time);
}

void mm_supv_run_gather(struct mm_supv_cpu *cpu)
{
	struct mm_supv_state *supv = cpu->supv;
	struct mm_supv_cpu *end = supv->cpus + supv->cpu_count;
	uint64_t number = run_number(atomic_load_explicit(&supv->run.word, memory_order_relaxed));
	struct patience patience = { 0, false };
	struct mm_supv_cpu *other;

	cpu->open.smis++;
	if (supv->cpu_count > 1) {
		patience.start = mm_hal_time_ticks(supv->wiring->time);
		for (other = supv->cpus; other < end; other++) {
			if (MM_UNLIKELY(!has_joined(other, number)))
				await(cpu, other, number, &patience);
		}
	}
	atomic_store_explicit(&supv->run.word, run_word(number, MM_SUPV_PHASE_RUN), memory_order_release);
}

/*
 * Waits for one CPU to leave. One that does not was taken away inside MM (an emulator may let INIT in); it is
 * forgotten, so that the machine goes on.
 */
static MM_NOINLINE void await_leaving(struct mm_supv_cpu *self, struct mm_supv_cpu *other, uint64_t number)
{
	struct mm_supv_wiring *wiring = mm_supv_wiring_of(self);
	uint64_t start;

	mm_hal_cpu_relax(wiring->cpu);
	if (!has_joined(other, number))
		return;
	start = mm_hal_time_ticks(wiring->time);
	do {
		if (mm_hal_time_ticks(wiring->time) - start > wiring->arrival_limit_ticks) {
			atomic_store_explicit(&other->open.joined, 0, memory_order_relaxed);
			give_up_on(self, other);
			return;
		}
		mm_hal_cpu_relax(wiring->cpu);
	} while (has_joined(other, number));
}

void mm_supv_run_end(struct mm_supv_cpu *cpu)
{
	struct mm_supv_state *supv = cpu->supv;
	struct mm_supv_cpu *end = supv->cpus + supv->cpu_count;
	uint64_t number = run_number(atomic_load_explicit(&supv->run.word, memory_order_relaxed));
	struct mm_supv_cpu *other;

	if (supv->cpu_count > 1) {
		atomic_store_explicit(&supv->run.word, run_word(number, MM_SUPV_PHASE_EXIT), memory_order_release);
		for (other = supv->cpus; other < end; other++) {
			if (has_joined(other, number))
				await_leaving(cpu, other, number);
		}
	}
	atomic_store_explicit(&supv->run.word, run_word(number, MM_SUPV_PHASE_IDLE), memory_order_release);
}
