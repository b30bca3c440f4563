/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Opcodes of a dependency expression (PI 1.8 volume 2, 10.7). BEFORE, AFTER and PUSH are followed by a GUID. */

#define MM_DEPEX_BEFORE 0x00u
#define MM_DEPEX_AFTER	0x01u
#define MM_DEPEX_PUSH	0x02u
#define MM_DEPEX_AND	0x03u
#define MM_DEPEX_OR	0x04u
#define MM_DEPEX_NOT	0x05u
#define MM_DEPEX_TRUE	0x06u
#define MM_DEPEX_FALSE	0x07u
#define MM_DEPEX_END	0x08u
#define MM_DEPEX_SOR	0x09u
