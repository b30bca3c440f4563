/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The MM system table: PI's signatures over the rooms. */
#include "core.h"

/* Fills the table; `hobs` becomes the configuration entry under which drivers look for the HOB list. */
void mm_core_table_init(struct mm_core *core, const void *hobs);

/* The EFI_STATUS for one of ours. */
uint64_t mm_core_efi_status(enum mm_status status);
