/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The other processors: woken once, then asleep in the IPL's loop, in which they take SMIs and run what the BSP asks
 * for. CPU 0 is the BSP, the others follow by ascending APIC id, whatever the order in which they arrived.
 */
#include <stdint.h>

#include "memory.h"
#include "mm/base/status.h"

struct mm_hal_lapic;
struct mm_q35_machine;

struct mm_q35_cpu {
	uint32_t apic_id;
	uint32_t slot; /* of its mailbox and stack; the BSP has none */
};

struct mm_q35_processors {
	uint32_t count;
	struct mm_q35_cpu cpu[MM_Q35_CPU_MAX];
};

/*
 * Wakes `count` - 1 processors and waits for each. MM_OK; MM_E_LIMIT for more than MM_Q35_CPU_MAX or none;
 * MM_E_TIMEOUT if not all came; MM_E_EXISTS if two have one APIC id; what mm_hal_lapic_*() answer.
 */
enum mm_status mm_q35_processors_start(struct mm_q35_machine *machine, uint32_t count);

/*
 * Runs `procedure(argument)` on CPU `index` and waits for its result, at most twenty seconds.
 * MM_OK; MM_E_INVALID for an unknown CPU; MM_E_TIMEOUT; what mm_hal_lapic_send() answers.
 */
enum mm_status mm_q35_processors_run(struct mm_q35_machine *machine, uint32_t index,
				     uint64_t (*procedure)(void *argument), void *argument, uint64_t *ret_result);

/*
 * The same in two parts, so that CPUs work at the same time; `index` is not the BSP's, and each begun procedure is
 * ended before the next one begins on that CPU. Statuses as mm_q35_processors_run().
 */
enum mm_status mm_q35_processors_begin(struct mm_q35_machine *machine, uint32_t index,
				       uint64_t (*procedure)(void *argument), void *argument);
enum mm_status mm_q35_processors_end(struct mm_q35_machine *machine, uint32_t index, uint64_t *ret_result);

/* Puts all others back to where reset leaves them, waiting for a start-up IPI. MM_OK or as mm_hal_lapic_send(). */
enum mm_status mm_q35_processors_dismiss(struct mm_q35_machine *machine);
