/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Complaints: file, node or offset, field, value, and the rule that is broken. */
#include <stdlib.h>
#include <string.h>

#include "mmpolicy.h"

void report_refusal(const struct loaded *loaded, enum mm_status status, const struct mm_refusal *refusal)
{
	fprintf(stderr, "mmpolicy: %s: offset 0x%llx, %s = 0x%llx: %s (%s)\n", loaded->path,
		(unsigned long long)refusal->offset, refusal->field, (unsigned long long)refusal->value,
		mm_status_text(status), mm_status_name(status));
}

void report_source_error(const struct options *options, const char *path, enum mm_status status,
			 const struct mm_policy_fdt_error *error)
{
	(void)options;
	fprintf(stderr, "mmpolicy: %s: %s%s%s = 0x%llx: %s (%s)\n", path, error->node,
		error->property[0] != 0 ? ", " : "", error->property, (unsigned long long)error->value,
		mm_status_text(status), mm_status_name(status));
}
