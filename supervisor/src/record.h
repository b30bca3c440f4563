/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* The ring of records, and the log. Neither is written on the quiet path. Context: the monarch. */
#include "supv.h"

/* Appends, overwriting the oldest. */
void mm_supv_record_add(struct mm_supv_state *supv, const struct mm_supv_record *record);

/* The module whose image holds `address`, or NULL. */
const struct mm_supv_module *mm_supv_module_at(const struct mm_supv_state *supv, uint64_t address);

/* `address` relative to that module, or MM_SUPV_OFFSET_NONE. */
uint32_t mm_supv_module_offset(const struct mm_supv_module *module, uint64_t address);

/* One line on the console, "supv: " in front, cut at 160 characters. NULL console: nothing. */
void mm_supv_log(const struct mm_supv_wiring *wiring, const char *format, ...) MM_PRINTF(2, 3);
