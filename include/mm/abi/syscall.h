/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The numbers of mm/abi/syscall_list.h; convention and meaning are there. */

enum mm_syscall {
#define MM_SYSCALL(name, number, text) MM_SYS_##name = (number),
#include "mm/abi/syscall_list.h"
#undef MM_SYSCALL
};

/* The number up to which a port width is encoded: 0, 1, 2 stand for 1, 2, 4 bytes. */
#define MM_SYS_IO_WIDTH_MAX 2u
