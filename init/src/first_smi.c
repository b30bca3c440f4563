/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "first_smi.h"

#include "mm/hal/cpu.h"
#include "mm/hal/lapic.h"
#include "mm/hal/time.h"

struct waiter {
	const struct mm_init_handoff *handoff;
	const struct mm_init_processors *processors;
	struct mm_hal_lapic *lapic;
	struct mm_hal_cpu *cpu;
	struct mm_hal_time *time;
};

static enum mm_status call(const struct waiter *w, uint32_t index, uint64_t microseconds, struct mm_refusal *reterr)
{
	struct mm_hal_deadline deadline;
	enum mm_status status = mm_hal_deadline_start(w->time, microseconds, &deadline);

	if (status != MM_OK)
		return status;
	status = mm_hal_lapic_send(w->lapic, MM_HAL_IPI_SMI, 0, (uint32_t)w->handoff->cpus[index].processor_id);
	if (status != MM_OK)
		return mm_refuse(reterr, status, "SMI to CPU", 0, index);
	while (w->processors->initialized[index] == 0) {
		if (mm_hal_deadline_passed(w->time, &deadline))
			return mm_refuse(reterr, MM_E_TIMEOUT, "first SMI of CPU", 0, index);
		mm_hal_cpu_pause(w->cpu);
	}
	return MM_OK;
}

enum mm_status mm_init_first_smi(const struct mm_init_handoff *handoff, const struct mm_init_processors *processors,
				 struct mm_hal_lapic *lapic, struct mm_hal_cpu *cpu, struct mm_hal_time *time,
				 struct mm_refusal *reterr)
{
	const struct waiter w = { handoff, processors, lapic, cpu, time };
	enum mm_status status = call(&w, handoff->bsp, MM_INIT_FIRST_SMI_BSP_US, reterr);

	for (uint32_t i = 0; i < handoff->cpu_count && status == MM_OK; i++) {
		if (i != handoff->bsp)
			status = call(&w, i, MM_INIT_FIRST_SMI_AP_US, reterr);
	}
	return status;
}
