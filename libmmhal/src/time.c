/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/time.h"

#include "mm/base/checked.h"

#define MICROSECONDS 1000000u

uint64_t mm_hal_time_ticks(struct mm_hal_time *time)
{
	return time->ops->ticks(time);
}

uint64_t mm_hal_time_ticks_per_second(const struct mm_hal_time *time)
{
	return time->ticks_per_second;
}

enum mm_status mm_hal_time_set_rate(struct mm_hal_time *time, uint64_t ticks_per_second)
{
	if (ticks_per_second == 0 || ticks_per_second > MM_HAL_TIME_RATE_MAX)
		return MM_E_INVALID;
	time->ticks_per_second = ticks_per_second;
	return MM_OK;
}

/*
 * value * to / from, whole part and rest apart so that nothing overflows early: rest < from, and from and to are at
 * most 2^40 with at least one of them a million. UINT64_MAX if the result does not fit.
 */
static uint64_t scale(uint64_t value, uint64_t from, uint64_t to, bool round_up)
{
	uint64_t rest = (value % from) * to;
	uint64_t result;

	if (!mm_mul_u64(value / from, to, &result))
		return UINT64_MAX;
	if (!mm_add_u64(result, rest / from + (round_up && rest % from != 0), &result))
		return UINT64_MAX;
	return result;
}

enum mm_status mm_hal_time_from_microseconds(const struct mm_hal_time *time, uint64_t microseconds, uint64_t *ret_ticks)
{
	if (time->ticks_per_second == 0)
		return MM_E_NOT_READY;
	*ret_ticks = scale(microseconds, MICROSECONDS, time->ticks_per_second, true);
	return MM_OK;
}

enum mm_status mm_hal_time_to_microseconds(const struct mm_hal_time *time, uint64_t ticks, uint64_t *ret_microseconds)
{
	if (time->ticks_per_second == 0)
		return MM_E_NOT_READY;
	*ret_microseconds = scale(ticks, time->ticks_per_second, MICROSECONDS, false);
	return MM_OK;
}

enum mm_status mm_hal_deadline_start(struct mm_hal_time *time, uint64_t microseconds,
				     struct mm_hal_deadline *ret_deadline)
{
	uint64_t ticks;
	enum mm_status status = mm_hal_time_from_microseconds(time, microseconds, &ticks);

	if (status != MM_OK)
		return status;
	ret_deadline->start = mm_hal_time_ticks(time);
	ret_deadline->ticks = ticks;
	return MM_OK;
}

bool mm_hal_deadline_passed(struct mm_hal_time *time, const struct mm_hal_deadline *deadline)
{
	return mm_hal_time_ticks(time) - deadline->start >= deadline->ticks;
}
