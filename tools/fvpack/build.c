/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "fv_writer.h"
#include "mm/pi/fv.h"

static void complain_room(const struct plan *plan, const struct mm_fv_writer *writer, const char *name)
{
	complain(name, "give the volume a greater size=",
		 "it does not fit: the volume has %zu of %llu bytes left for it, headers and alignment included",
		 mm_fv_writer_free_bytes(writer), (unsigned long long)plan->bytes);
}

static bool check_added(enum mm_status status, const struct plan *plan, const struct mm_fv_writer *writer,
			const char *name)
{
	if (status == MM_OK)
		return true;
	if (status == MM_E_BUFFER_TOO_SMALL)
		complain_room(plan, writer, name);
	else if (status == MM_E_MISALIGNED)
		complain(name, "use 16, 128, 512, 1K, 4K, 32K, 64K, 128K, ... 16M", "FFS does not know this align=");
	else if (status == MM_E_LIMIT)
		complain(name, "make the volume ffs=3", "16 MiB or more in one file");
	else
		complain(name, NULL, "%s", mm_status_text(status));
	return false;
}

/* UI name and depex first, so that a reader meets them before the image. */
static bool add_file(struct mm_fv_writer *writer, const struct plan *plan, const struct plan_file *from)
{
	struct mm_fv_writer_section sections[4];
	struct mm_fv_writer_file file = { from->name, from->type, from->alignment, from->has_checksum, from->is_crc32,
					  sections,   0 };
	size_t count = 0;

	if (from->ui_name[0] != '\0') {
		sections[count].type = MM_SECTION_USER_INTERFACE;
		sections[count++].body = mm_bytes(from->ui_name, strlen(from->ui_name));
	}
	if (from->depex_bytes != 0) {
		sections[count].type = MM_SECTION_MM_DEPEX;
		sections[count++].body = mm_bytes(from->depex, from->depex_bytes);
	}
	if (from->pe32.data != NULL) {
		sections[count].type = MM_SECTION_PE32;
		sections[count++].body = mm_bytes(from->pe32.data, from->pe32.count);
	}
	if (from->raw.data != NULL) {
		sections[count].type = from->type == MM_FFS_TYPE_RAW ? 0 : MM_SECTION_RAW;
		sections[count++].body = mm_bytes(from->raw.data, from->raw.count);
	}
	file.section_count = count;
	return check_added(mm_fv_writer_add_file(writer, &file), plan, writer,
			   from->ui_name[0] != '\0' ? from->ui_name : "a file without a name");
}

static bool fill(struct mm_fv_writer *writer, const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->file_count; i++) {
		if (!add_file(writer, plan, &plan->files[i]))
			return false;
	}
	if (plan->has_top &&
	    !check_added(mm_fv_writer_add_volume_top(writer, plan->top_name, mm_bytes(plan->top.data, plan->top.count)),
			 plan, writer, plan->top_name))
		return false;
	return check_added(mm_fv_writer_finish(writer), plan, writer, "the volume");
}

/* The proof of the pudding: what was written is read as every consumer will read it. */
static bool read_back(const uint8_t *data, size_t bytes, const char *path)
{
	struct mm_refusal refusal = { NULL, 0, 0 };
	struct mm_pi_fv fv;
	uint32_t count;
	enum mm_status status = mm_pi_fv_check_untrusted(mm_bytes(data, bytes), &fv, &refusal);

	if (status == MM_OK)
		status = mm_pi_fv_check_files_untrusted(&fv, &count, &refusal);
	if (status == MM_OK)
		return true;
	complain_refusal(path, "the volume that was just made", status, &refusal);
	return false;
}

static int build_into(const struct plan *plan, uint8_t *data, const char *path)
{
	struct mm_fv_writer_config config = { plan->block_bytes, plan->alignment_log2,
					      plan->has_name ? &plan->name : NULL, plan->is_ffs3 };
	struct mm_fv_writer writer;

	if (mm_fv_writer_init(&writer, data, (size_t)plan->bytes, &config) != MM_OK) {
		complain(path, "make size= a multiple of block=, a power of two, with room for the header",
			 "a volume of 0x%llx bytes in blocks of 0x%x cannot be", (unsigned long long)plan->bytes,
			 plan->block_bytes);
		return FVPACK_REFUSED;
	}
	if (!fill(&writer, plan) || !read_back(data, (size_t)plan->bytes, path) ||
	    !file_write(path, data, (size_t)plan->bytes))
		return FVPACK_REFUSED;
	return FVPACK_OK;
}

int build_volume(const struct plan *plan, const char *path)
{
	uint8_t *data = malloc((size_t)plan->bytes);
	int code;

	if (data == NULL) {
		complain(path, "make size= smaller", "no memory for 0x%llx bytes", (unsigned long long)plan->bytes);
		return FVPACK_REFUSED;
	}
	code = build_into(plan, data, path);
	free(data);
	return code;
}
