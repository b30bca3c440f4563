/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* EFI_GUID as it lies in memory (UEFI specification, appendix A). */
#include <stdint.h>

struct mm_guid {
	uint32_t data1;
	uint16_t data2;
	uint16_t data3;
	uint8_t data4[8];
};

#define MM_GUID_BYTES 16u
