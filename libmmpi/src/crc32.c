/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/pi/crc32.h"

/* Remainders of the sixteen half-byte values: a table of 64 bytes instead of 1,024, two steps a byte. */
static const uint32_t half_byte[16] = {
	0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
	0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
};

uint32_t mm_pi_crc32(struct mm_bytes bytes)
{
	uint32_t crc = 0xFFFFFFFFu;
	size_t i;

	for (i = 0; i < bytes.count; i++) {
		crc ^= bytes.data[i];
		crc = (crc >> 4) ^ half_byte[crc & 15u];
		crc = (crc >> 4) ^ half_byte[crc & 15u];
	}
	return ~crc;
}
