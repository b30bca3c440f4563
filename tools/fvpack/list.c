/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "depex_text.h"
#include "files.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/fv.h"
#include "mm/pi/section.h"

static const char *section_name(uint8_t type)
{
	switch (type) {
	case MM_SECTION_COMPRESSION:
		return "compression";
	case MM_SECTION_GUID_DEFINED:
		return "guid_defined";
	case MM_SECTION_DISPOSABLE:
		return "disposable";
	case MM_SECTION_PE32:
		return "pe32";
	case MM_SECTION_PIC:
		return "pic";
	case MM_SECTION_TE:
		return "te";
	case MM_SECTION_DXE_DEPEX:
		return "dxe_depex";
	case MM_SECTION_VERSION:
		return "version";
	case MM_SECTION_USER_INTERFACE:
		return "ui";
	case MM_SECTION_COMPATIBILITY16:
		return "compatibility16";
	case MM_SECTION_FV_IMAGE:
		return "fv_image";
	case MM_SECTION_FREEFORM_SUBTYPE_GUID:
		return "freeform_guid";
	case MM_SECTION_RAW:
		return "raw";
	case MM_SECTION_PEI_DEPEX:
		return "pei_depex";
	case MM_SECTION_MM_DEPEX:
		return "mm_depex";
	default:
		return "?";
	}
}

/* What one line of the list says beyond the file's own facts. */
struct content {
	char ui_name[MM_PI_UI_NAME_BYTES];
	struct mm_bytes depex; /* count 0: none */
};

static enum mm_status find_content(const struct mm_pi_file *file, struct content *ret, struct mm_refusal *reterr)
{
	struct mm_pi_section section;
	enum mm_status status;

	ret->ui_name[0] = '\0';
	ret->depex = mm_bytes(NULL, 0);
	if (!mm_pi_file_type_has_sections(file->type))
		return MM_OK;
	status = mm_pi_section_check_untrusted(file->body, reterr);
	if (status != MM_OK)
		return status;
	if (mm_pi_section_find(file->body, MM_SECTION_MM_DEPEX, &section, NULL) == MM_OK)
		ret->depex = section.body;
	if (mm_pi_section_find(file->body, MM_SECTION_USER_INTERFACE, &section, NULL) != MM_OK)
		return MM_OK;
	return mm_pi_ui_name_decode_untrusted(section.body, ret->ui_name, reterr);
}

/* The top level's sections as "ui:24 pe32:4100", or as JSON members. */
static void print_sections(const struct mm_pi_file *file, bool is_json)
{
	struct mm_pi_section_iter iter = mm_pi_section_iter(file->body);
	struct mm_pi_section section;
	const char *between = "";

	if (!mm_pi_file_type_has_sections(file->type))
		return;
	while (mm_pi_section_next(&iter, &section, NULL) == MM_OK) {
		printf(is_json ? "%s{\"type\": \"%s\", \"bytes\": %zu}" : "%s%s:%zu", between,
		       section_name(section.type), section.body.count);
		between = is_json ? ", " : " ";
	}
}

/* UI names hold printable ASCII only: quotes and backslashes are what JSON wants escaped. */
static void print_json_text(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void print_file_json(const struct mm_pi_file *file, const struct content *content, const char *guid,
			    bool is_first)
{
	printf("%s\n    {\"offset\": %llu, \"bytes\": %llu, \"type\": \"%s\", \"guid\": \"%s\", \"name\": ",
	       is_first ? "" : ",", (unsigned long long)file->offset,
	       (unsigned long long)(file->header_bytes + file->body.count), mm_pi_file_type_name(file->type), guid);
	print_json_text(content->ui_name);
	printf(", \"sections\": [");
	print_sections(file, true);
	printf("], \"depex\": ");
	if (content->depex.count == 0) {
		printf("null}");
		return;
	}
	putchar('"');
	depex_print(content->depex, stdout);
	printf("\"}");
}

static void print_file_text(const struct mm_pi_file *file, const struct content *content, const char *guid)
{
	printf("%08llx %8llu  %-19s %s  %s", (unsigned long long)file->offset,
	       (unsigned long long)(file->header_bytes + file->body.count), mm_pi_file_type_name(file->type), guid,
	       content->ui_name[0] != '\0' ? content->ui_name : "-");
	if (mm_pi_file_type_has_sections(file->type)) {
		printf("  [");
		print_sections(file, false);
		putchar(']');
	}
	if (content->depex.count != 0) {
		printf("  depex: ");
		depex_print(content->depex, stdout);
	}
	putchar('\n');
}

static void print_volume(const struct mm_pi_fv *fv, bool is_json)
{
	char name[MM_GUID_TEXT_BYTES] = "";

	if (fv->has_name)
		mm_guid_print(&fv->name, name);
	if (is_json) {
		printf("{\"bytes\": %zu, \"ffs\": %d, \"name\": \"%s\", \"files\": [", fv->bytes.count,
		       fv->is_ffs3 ? 3 : 2, name);
		return;
	}
	printf("volume %s: %zu bytes, FFS%d, erase polarity %d\n", fv->has_name ? name : "without a name",
	       fv->bytes.count, fv->is_ffs3 ? 3 : 2, fv->erased_byte != 0);
	printf("offset      bytes  type                GUID                                  name\n");
}

static enum mm_status print_files(const struct mm_pi_fv *fv, bool is_json, struct mm_refusal *reterr)
{
	struct mm_pi_file_iter iter = mm_pi_file_iter(fv);
	struct content content;
	struct mm_pi_file file;
	char guid[MM_GUID_TEXT_BYTES];
	enum mm_status status;
	bool is_first = true;

	for (; (status = mm_pi_file_next(&iter, &file, reterr)) == MM_OK; is_first = false) {
		status = find_content(&file, &content, reterr);
		if (status != MM_OK)
			return status;
		mm_guid_print(&file.name, guid);
		if (is_json)
			print_file_json(&file, &content, guid, is_first);
		else
			print_file_text(&file, &content, guid);
	}
	return status == MM_E_NOT_FOUND ? MM_OK : status;
}

int list_volume(const char *path, bool is_json)
{
	struct mm_refusal refusal = { NULL, 0, 0 };
	struct file_bytes bytes;
	struct mm_pi_fv fv;
	enum mm_status status;

	if (!file_read(path, path, &bytes))
		return FVPACK_REFUSED;
	status = mm_pi_fv_check_untrusted(mm_bytes(bytes.data, bytes.count), &fv, &refusal);
	if (status == MM_OK) {
		print_volume(&fv, is_json);
		status = print_files(&fv, is_json, &refusal);
		if (is_json)
			printf("\n]}\n");
	}
	free(bytes.data);
	if (status == MM_OK)
		return FVPACK_OK;
	complain_refusal(path, "the volume", status, &refusal);
	return FVPACK_REFUSED;
}
