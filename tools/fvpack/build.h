/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* From a plan to a volume. */
#include "manifest.h"

/* Writes the volume to `path` after reading it back through libmmpi. An exit code; complains itself. */
int build_volume(const struct plan *plan, const char *path);
