/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <stddef.h>

#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/time.h"

#define LEAF_TSC       0x15u
#define LEAF_FREQUENCY 0x16u
#define HZ_PER_MHZ     1000000u

/* 8254 and the gate of its channel 2 (Intel ICH9 datasheet, 13.3 and 13.7). */
#define PIT_CHANNEL_2	    0x42u
#define PIT_COMMAND	    0x43u
#define PIT_GATE	    0x61u
#define PIT_COMMAND_ONESHOT 0xb0u /* channel 2, low then high byte, mode 0 */
#define PIT_GATE_ENABLE	    0x01u
#define PIT_GATE_SPEAKER    0x02u
#define PIT_GATE_OUTPUT	    0x20u
#define PIT_GATE_KEPT	    0x0cu /* the writable bits that are not ours */
#define PIT_HZ		    1193182u
#define PIT_COUNT	    11932u /* 10 ms */
#define PIT_ROUNDS_MAX	    8u
#define PIT_AGREEMENT	    128u /* two measurements agree when they are within a 128th */
/* A port read takes at least a tenth of a microsecond anywhere: this is a second at the very least. */
#define PIT_READS_MAX 10000000u

static bool is_rate(uint64_t hz)
{
	return hz != 0 && hz <= MM_HAL_TIME_RATE_MAX;
}

/* Intel SDM vol. 3, 19.7.3: crystal * EBX / EAX; a crystal of 0 Hz means that leaf 0x16 names the rate. */
static uint64_t rate_from_cpuid(struct mm_hal_cpu *cpu, enum mm_hal_time_source *ret_source)
{
	struct mm_hal_cpuid tsc = mm_hal_cpu_cpuid(cpu, LEAF_TSC, 0);
	uint64_t base = (uint64_t)(mm_hal_cpu_cpuid(cpu, LEAF_FREQUENCY, 0).eax & 0xffffu) * HZ_PER_MHZ;

	if (tsc.eax != 0 && tsc.ebx != 0 && tsc.ecx != 0) {
		*ret_source = MM_HAL_TIME_CPUID_CRYSTAL;
		return (uint64_t)tsc.ecx * tsc.ebx / tsc.eax;
	}
	*ret_source = MM_HAL_TIME_CPUID_BASE;
	return base;
}

static void start_pit(struct mm_hal_io *io, uint8_t gate)
{
	mm_hal_io_write8(io, PIT_GATE, gate);
	mm_hal_io_write8(io, PIT_COMMAND, PIT_COMMAND_ONESHOT);
	mm_hal_io_write8(io, PIT_CHANNEL_2, (uint8_t)(PIT_COUNT & 0xffu));
	mm_hal_io_write8(io, PIT_CHANNEL_2, (uint8_t)(PIT_COUNT >> 8));
	mm_hal_io_write8(io, PIT_GATE, gate | PIT_GATE_ENABLE);
}

/* The ticks of the 10 ms, or 0 when the output is high from the start or never rises. */
static uint64_t count_pit(struct mm_hal_time *time, struct mm_hal_io *io)
{
	uint64_t start = mm_hal_time_ticks(time);
	uint32_t i;

	if ((mm_hal_io_read8(io, PIT_GATE) & PIT_GATE_OUTPUT) != 0)
		return 0;
	for (i = 0; i < PIT_READS_MAX; i++) {
		if ((mm_hal_io_read8(io, PIT_GATE) & PIT_GATE_OUTPUT) != 0)
			return mm_hal_time_ticks(time) - start;
	}
	return 0;
}

static uint64_t measure_pit(struct mm_hal_time *time, struct mm_hal_io *io)
{
	uint8_t before = mm_hal_io_read8(io, PIT_GATE);
	uint64_t ticks;

	start_pit(io, before & PIT_GATE_KEPT);
	ticks = count_pit(time, io);
	mm_hal_io_write8(io, PIT_GATE, before & (PIT_GATE_KEPT | PIT_GATE_ENABLE | PIT_GATE_SPEAKER));
	return ticks <= MM_HAL_TIME_RATE_MAX / 64u ? ticks * PIT_HZ / PIT_COUNT : 0;
}

/*
 * A measurement errs upwards only: a virtual CPU that was not running notices the end late. So the least of several is
 * the best, and when two agree no better one is expected.
 */
static uint64_t rate_from_pit(struct mm_hal_time *time, struct mm_hal_io *io)
{
	uint64_t least = measure_pit(time, io);
	uint32_t i;

	for (i = 1; i < PIT_ROUNDS_MAX && least != 0; i++) {
		uint64_t next = measure_pit(time, io);
		uint64_t apart = next > least ? next - least : least - next;

		least = next < least ? next : least;
		if (apart <= least / PIT_AGREEMENT)
			break;
	}
	return least;
}

enum mm_status mm_hal_time_calibrate(struct mm_hal_time *time, struct mm_hal_cpu *cpu, struct mm_hal_io *io,
				     enum mm_hal_time_source *ret_source, uint64_t *ret_ticks_per_second)
{
	enum mm_hal_time_source source;
	uint64_t hz = rate_from_cpuid(cpu, &source);

	if (!is_rate(hz)) {
		source = MM_HAL_TIME_PIT;
		hz = rate_from_pit(time, io);
	}
	if (!is_rate(hz))
		return MM_E_HAL_NO_CLOCK;
	if (ret_source != NULL)
		*ret_source = source;
	*ret_ticks_per_second = hz;
	return MM_OK;
}
