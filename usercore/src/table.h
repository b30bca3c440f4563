/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The MM system table: PI's signatures over the rooms. Each service has three parts: copy what the caller points at and
 * touch what it wants written (a bad pointer ends the caller here, before anything has changed), change the rooms
 * inside a mark, write results.
 */
#include "core.h"

/* Fills the table; `hobs` becomes the configuration entry under which drivers look for the HOB list. */
void mm_core_table_init(struct mm_core *core, const void *hobs);

/* The families of services fill in their slots. */
void mm_core_table_add_memory(struct mm_mmst *mmst);
void mm_core_table_add_protocols(struct mm_mmst *mmst);
void mm_core_table_add_handlers(struct mm_mmst *mmst);
void mm_core_table_add_io(struct mm_mmst *mmst);

/* Renews the table's checksum, over all of it. */
void mm_core_table_seal(struct mm_core *core);

/* Tells drivers who executes. */
static inline void mm_core_table_set_cpus(struct mm_core *core, size_t current, size_t count)
{
	if (MM_LIKELY(core->mmst.currently_executing_cpu == current && core->mmst.number_of_cpus == count))
		return;
	core->mmst.currently_executing_cpu = current;
	core->mmst.number_of_cpus = count;
	mm_core_table_seal(core);
}

/* The EFI_STATUS for one of ours. */
uint64_t mm_core_efi_status(enum mm_status status);

/*
 * In whose name a service acts: the driver that holds the code which called it. A last call of a function, made by a
 * jump, returns to whoever called that function: then, when this is no driver, to the core, it is the driver whose
 * activation this is. This is attribution, as all there is inside a domain; a driver can lie about itself.
 */
uint16_t mm_core_caller_of(const struct mm_core *core, const void *return_address);
#define MM_CORE_CALLER(core) mm_core_caller_of(core, __builtin_return_address(0))

/* Reads and writes back the first and the last byte of an output of 8 bytes: what cannot be written faults now. */
static inline void mm_core_touch(void *output)
{
	volatile uint8_t *bytes = output;

	bytes[0] = bytes[0];
	bytes[7] = bytes[7];
}

/* True if `function` may be registered: it lies in some driver's image. */
bool mm_core_is_driver_code(const struct mm_core *core, uint64_t function);
