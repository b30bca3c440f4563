/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Shows what a volume holds. */
#include <stdbool.h>

/* Reads the volume at `path` and prints its files, as text or as one JSON object. An exit code; complains itself. */
int list_volume(const char *path, bool is_json);
