/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "record.h"

#include <stdarg.h>

#include "mm/base/format.h"

void mm_supv_record_add(struct mm_supv_state *supv, const struct mm_supv_record *record)
{
	supv->records[supv->record_count % MM_SUPV_RECORD_COUNT] = *record;
	supv->record_count++;
}

const struct mm_supv_module *mm_supv_module_at(const struct mm_supv_state *supv, uint64_t address)
{
	uint16_t i;

	for (i = 0; i < supv->module_count; i++) {
		if (mm_region_contains_addr(supv->modules[i].image, address))
			return &supv->modules[i];
	}
	return NULL;
}

uint32_t mm_supv_module_offset(const struct mm_supv_module *module, uint64_t address)
{
	if (module == NULL || !mm_region_contains_addr(module->image, address))
		return MM_SUPV_OFFSET_NONE;
	return (uint32_t)(address - module->image.base);
}

void mm_supv_log(const struct mm_supv_wiring *wiring, const char *format, ...)
{
	static const char prefix[] = "supv: ";
	char line[160];
	size_t used = sizeof(prefix) - 1;
	va_list args;

	if (wiring->console == NULL)
		return;
	__builtin_memcpy(line, prefix, used);
	va_start(args, format);
	used += mm_format_va(line + used, sizeof(line) - used - 1, format, args);
	va_end(args);
	line[used++] = '\n';
	mm_hal_console_write(wiring->console, line, used);
}
