/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Property tests run short counts, unless full ones are wanted. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* True with `--soak` among the arguments or with MM_SOAK=1, which ./mm test --soak sets. */
static inline bool mm_test_is_soaking(int argc, char **argv)
{
	const char *tier = getenv("MM_SOAK");

	if (tier != NULL && strcmp(tier, "1") == 0)
		return true;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--soak") == 0)
			return true;
	}
	return false;
}
