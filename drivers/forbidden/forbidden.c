/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Holds an RSM, with which ring 3 could leave MM behind the supervisor's back. Never runs: init refuses the image by
 * name. Built for the hostile ROM only.
 */
#include "mm/abi/efi.h"
#include "mm/driver/mmst.h"

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst);

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst)
{
	__asm__ volatile("rsm");
	return MM_EFI_SUCCESS;
}
