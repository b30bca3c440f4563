/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "edge.h"

#include "mm/abi/efi.h"

uint64_t mm_init_efi_status(enum mm_status status)
{
	switch (status) {
	case MM_OK:
		return MM_EFI_SUCCESS;
	case MM_E_NO_MEMORY:
		return MM_EFI_OUT_OF_RESOURCES;
	case MM_E_UNSUPPORTED:
	case MM_E_LIMIT:
	case MM_E_INIT_NO_PROTECTION:
		return MM_EFI_UNSUPPORTED;
	case MM_E_INIT_MISSING:
		return MM_EFI_NOT_FOUND;
	case MM_E_INIT_FORBIDDEN_CODE:
		return MM_EFI_SECURITY_VIOLATION;
	case MM_E_TIMEOUT:
		return MM_EFI_TIMEOUT;
	case MM_E_FAULT:
		return MM_EFI_INVALID_PARAMETER;
	default:
		/* The hand-off or the volume holds something wrong; the log says what. */
		return MM_EFI_COMPROMISED_DATA;
	}
}
