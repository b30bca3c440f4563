/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Where this project's statuses become EFI_STATUS. */
#include <stdint.h>

#include "mm/base/status.h"

/* EFI_SUCCESS for MM_OK, otherwise the error code that says most to an IPL; never a warning. */
uint64_t mm_init_efi_status(enum mm_status status);
