/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "wait.h"

#include <stddef.h>

#include "mm/hal/time.h"
#include "mm/hal/x86_64.h"

enum mm_status mm_q35_wait(struct mm_hal_time *time, uint64_t microseconds, bool (*is_done)(const void *context),
			   const void *context)
{
	struct mm_hal_deadline deadline;
	enum mm_status status = mm_hal_deadline_start(time, microseconds, &deadline);

	if (status != MM_OK)
		return status;
	while (!is_done(context)) {
		/* Asked once more after the deadline: an SMI may have taken all the time between the two. */
		if (mm_hal_deadline_passed(time, &deadline))
			return is_done(context) ? MM_OK : MM_E_TIMEOUT;
		mm_x86_pause();
	}
	return MM_OK;
}

static bool is_never_done(const void *context)
{
	(void)context;
	return false;
}

void mm_q35_delay(struct mm_hal_time *time, uint64_t microseconds)
{
	(void)mm_q35_wait(time, microseconds, is_never_done, NULL); /* MM_E_TIMEOUT is what was asked for */
}
