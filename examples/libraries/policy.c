/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmpolicy alone: may a driver read this port? usage: policy BLOB PORT */
#include <stdio.h>
#include <stdlib.h>

#include "mm/policy/gate.h"

/* [example] */
static enum mm_status ask(struct mm_bytes blob, void *storage, size_t storage_bytes, uint32_t port)
{
	struct mm_policy_explanation why;
	struct mm_refusal refusal;
	struct mm_policy policy;
	enum mm_status status = mm_policy_decode_untrusted(blob, storage, storage_bytes, &policy, &refusal);

	if (status != MM_OK) {
		printf("refused: %s\n", refusal.field);
		return status;
	}
	status = mm_policy_explain_port(&policy, port, 1, MM_POLICY_READ, &why); /* the gate's answer and its reason */
	printf("port 0x%x: %s, entry %u\n", (unsigned int)port, mm_status_text(status), (unsigned int)why.entry);
	return status;
}
/* [end] */

int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 16];
	static uint64_t storage[1 << 16];
	FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
	size_t count;

	if (file == NULL)
		return 2;
	count = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return ask(mm_bytes(bytes, count), storage, sizeof(storage), (uint32_t)strtoul(argv[2], NULL, 0)) == MM_OK ? 0
														   : 1;
}
