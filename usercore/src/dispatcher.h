/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Starting drivers in the order of their dependencies, and saying what keeps the others. */
#include "core.h"

/* Starts every driver that can be started now. */
void mm_core_dispatch_drivers(struct mm_core *core);

/* One log line for each driver that did not start, with the GUIDs it lacks. */
void mm_core_report_undispatched(struct mm_core *core);
