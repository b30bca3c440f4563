/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The MSRs the supervisor touches, and its values for those that ring 3 runs under (Intel SDM volume 4). */
#include "mm/abi/mmi_entry.h"

#define MM_MSR_SYSENTER_CS    0x174u
#define MM_MSR_EFER	      0xC0000080u
#define MM_MSR_STAR	      0xC0000081u
#define MM_MSR_LSTAR	      0xC0000082u
#define MM_MSR_CSTAR	      0xC0000083u
#define MM_MSR_FMASK	      0xC0000084u
#define MM_MSR_GS_BASE	      0xC0000101u
#define MM_MSR_KERNEL_GS_BASE 0xC0000102u

#define MM_SUPV_STAR (((uint64_t)MM_SEL_SYSRET_BASE << 48) | ((uint64_t)MM_SEL_CODE64 << 32))

/* Cleared by SYSCALL: TF IF DF IOPL NT RF AC ID. With AC, ring 3 could switch SMAP off; with TF, trap ring 0. */
#define MM_SUPV_FMASK 0x257700u
