/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The CRC-32 of UEFI and PI (polynomial 0x04C11DB7 reflected, as in UEFI's CalculateCrc32). Pure. */
#include <stdint.h>

#include "mm/base/bytes.h"

uint32_t mm_pi_crc32(struct mm_bytes bytes);
