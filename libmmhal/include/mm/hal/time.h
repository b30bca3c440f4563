/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Time: a counter of ticks on the calling CPU and its rate, measured once and handed over. Ticks of two CPUs or of two
 * SMIs are not comparable (the OS can write the time-stamp counter): a deadline is a difference on one CPU within one
 * SMI.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/status.h"

struct mm_hal_cpu;
struct mm_hal_io;
struct mm_hal_time;

struct mm_hal_time_ops {
	uint64_t (*ticks)(struct mm_hal_time *self);
};

struct mm_hal_time {
	const struct mm_hal_time_ops *ops;
	uint64_t ticks_per_second; /* private: 0 until the rate is known */
};

struct mm_hal_deadline {
	uint64_t start;
	uint64_t ticks;
};

/* No clock is faster: 2^40 Hz, so that a product with a million fits 64 bits. */
#define MM_HAL_TIME_RATE_MAX ((uint64_t)1 << 40)

/* Ticks of this CPU since some moment; may be read before the rate is known. */
uint64_t mm_hal_time_ticks(struct mm_hal_time *time);

/* The rate in hertz, or 0 when nobody has set it. */
uint64_t mm_hal_time_ticks_per_second(const struct mm_hal_time *time);

/* Sets the rate, in hertz, as calibrated or handed over. MM_OK; MM_E_INVALID for 0 or more than the maximum. */
enum mm_status mm_hal_time_set_rate(struct mm_hal_time *time, uint64_t ticks_per_second);

/* Ticks in that many microseconds, rounded up, UINT64_MAX if more; MM_OK or MM_E_NOT_READY without a rate. */
enum mm_status mm_hal_time_from_microseconds(const struct mm_hal_time *time, uint64_t microseconds,
					     uint64_t *ret_ticks);

/* Microseconds in that many ticks, rounded down, UINT64_MAX if more; MM_OK or MM_E_NOT_READY without a rate. */
enum mm_status mm_hal_time_to_microseconds(const struct mm_hal_time *time, uint64_t ticks, uint64_t *ret_microseconds);

/*
 * A deadline that many microseconds from now, on this CPU. MM_OK; MM_E_NOT_READY without a rate, so that no wait is
 * ever unbounded or empty by accident.
 */
enum mm_status mm_hal_deadline_start(struct mm_hal_time *time, uint64_t microseconds,
				     struct mm_hal_deadline *ret_deadline);

/* True once the time has passed; exact across a wrap of the counter. Same CPU and SMI as the start. */
bool mm_hal_deadline_passed(struct mm_hal_time *time, const struct mm_hal_deadline *deadline);

/* Where a rate came from. */
enum mm_hal_time_source {
	MM_HAL_TIME_CPUID_CRYSTAL, /* leaf 0x15 with a crystal frequency */
	MM_HAL_TIME_CPUID_BASE,	   /* leaf 0x15 ratio or TSC alone, frequency from leaf 0x16 */
	MM_HAL_TIME_PIT,	   /* counted against channel 2 of the 8254 */
};

/*
 * Finds the rate of `time`'s ticks: what CPUID says, else the least of several measurements of 10 ms against the 8254
 * (ports 0x42, 0x43, 0x61; the speaker gate is put back as it was), ended early when two agree. Before the OS runs, one
 * CPU. Sets nothing: hand the result to mm_hal_time_set_rate(). `ret_source` may be NULL.
 * MM_OK; MM_E_HAL_NO_CLOCK if CPUID is silent and the timer does not count, or the result would be 0.
 */
enum mm_status mm_hal_time_calibrate(struct mm_hal_time *time, struct mm_hal_cpu *cpu, struct mm_hal_io *io,
				     enum mm_hal_time_source *ret_source, uint64_t *ret_ticks_per_second);
