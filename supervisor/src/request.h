/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The supervisor's own channel: requests that ring 0 answers itself ('MSUP', docs/abi.md). Context: the monarch. */
#include "supv.h"

/* Serves a waiting message and completes its status block; nothing if none waits. */
void mm_supv_request_serve(struct mm_supv_cpu *cpu);
