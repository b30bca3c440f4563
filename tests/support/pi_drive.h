/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Drives whole bytes through each decoder of libmmpi and everything behind it, as a loader would: for the corpus tests
 * and the fuzzers. Each returns the first refusal, or MM_OK.
 */
#include "mm/base/bytes.h"
#include "mm/base/status.h"

enum mm_status pi_drive_hob(struct mm_bytes bytes, struct mm_refusal *reterr);
enum mm_status pi_drive_fv(struct mm_bytes bytes, struct mm_refusal *reterr);
enum mm_status pi_drive_pe(struct mm_bytes bytes, struct mm_refusal *reterr);
enum mm_status pi_drive_depex(struct mm_bytes bytes, struct mm_refusal *reterr);
