/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mmpolicy.h"

int verb_compile(const struct options *options)
{
	struct loaded loaded;
	int code = policy_load(options, options->inputs[0], options->v1_only ? MM_POLICY_FDT_V1_ONLY : 0, &loaded);

	if (code != EXIT_DONE)
		return code;
	/* A binary policy is compiled already; of it, too, the v1.0 part alone may be asked for. */
	if (!file_write(options->output, loaded.section.data,
			options->v1_only ? loaded.policy.blob.count : loaded.section.bytes))
		code = EXIT_USAGE;
	policy_unload(&loaded);
	return code;
}
