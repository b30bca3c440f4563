/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What request 3 reports: major << 16 | minor, and the patch level. CHANGES.md is in step. */
#define MM_SUPV_VERSION	    ((0u << 16) | 1u)
#define MM_SUPV_PATCH_LEVEL 0u
