/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmpi alone: the drivers of a firmware volume. usage: pi VOLUME */
#include <stdio.h>

#include "mm/pi/section.h"

/* [example] */
static enum mm_status print_drivers(struct mm_bytes volume, struct mm_refusal *reterr)
{
	struct mm_pi_file_iter iter;
	struct mm_pi_module module;
	struct mm_pi_file file;
	struct mm_pi_fv fv;
	enum mm_status status = mm_pi_fv_check_untrusted(volume, &fv, reterr);

	if (status != MM_OK)
		return status;
	iter = mm_pi_file_iter(&fv);
	while ((status = mm_pi_file_next_type(&iter, MM_FFS_TYPE_MM_STANDALONE, &file, reterr)) == MM_OK) {
		if (mm_pi_module_decode_untrusted(&file, &module, reterr) == MM_OK)
			printf("%s: %zu bytes\n", module.ui_name, module.pe32.count);
	}
	return status == MM_E_NOT_FOUND ? MM_OK : status; /* no further driver */
}
/* [end] */

int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 20];
	struct mm_refusal refusal = { "", 0, 0 };
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	enum mm_status status;
	size_t count;

	if (file == NULL)
		return 2;
	count = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	status = print_drivers(mm_bytes(bytes, count), &refusal);
	if (status != MM_OK)
		printf("refused: %s (%s at %llu)\n", mm_status_text(status), refusal.field,
		       (unsigned long long)refusal.offset);
	return status == MM_OK ? 0 : 1;
}
