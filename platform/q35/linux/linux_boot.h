/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Boots the kernel that QEMU holds (-kernel, -initrd, -append).
 */
#include <stdbool.h>

#include "mm/base/compiler.h"

struct mm_q35_machine;

/* False if there is no kernel, or opt/mm/linux is 0, or opt/mm/exit asks for an end after the client. */
bool mm_q35_linux_is_wanted(struct mm_q35_machine *machine);

/* Fatal with a reason, or Linux. */
MM_NORETURN void mm_q35_linux_boot(struct mm_q35_machine *machine);
