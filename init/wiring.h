/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The composition root of the image: interfaces on the bare CPU, and the MMI entry that is linked in. */
#include <stdint.h>

#include "init.h"

/* Called by the entry assembly. Returns an EFI_STATUS. */
uint64_t mm_init_main(uint64_t hob_start);

/* MM_OK or what the constructors answer. The console is NULL where no debug port answers. */
enum mm_status mm_init_wire(struct mm_init_machine *ret_machine, struct mm_bytes *ret_mmi_entry);
