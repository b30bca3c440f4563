/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* fvpack: packs firmware volumes and shows what is in them. */
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "complain.h"
#include "depex_text.h"
#include "list.h"
#include "manifest.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

static const char help[] =
	"fvpack - packs PI firmware volumes and shows what is in them\n"
	"\n"
	"  fvpack build --output FILE [--manifest FILE] [--dir DIR] [--volume WORDS] [--file WORDS]... [--top WORDS]\n"
	"      Makes a volume. WORDS are key=value words in one argument; values with spaces in double quotes.\n"
	"      A manifest has the same words on lines that begin with volume, file or top; '#' starts a comment.\n"
	"      Options are taken in their order, so --dir first: paths of files are relative to it.\n"
	"        volume  size=1M [block=4K] [align=16] [guid=GUID] [ffs=2|3]\n"
	"        file    type=TYPE guid=GUID [name=UI] [pe32=FILE] [raw=FILE] [depex=\"PUSH GUID ... END\"]\n"
	"                [align=N] [crc32=yes|no] [checksum=yes|no] [unchecked=yes|no]\n"
	"                pe32 images are checked as a loader would unless unchecked=yes\n"
	"        top     raw=FILE [name=UI]     Volume Top File whose last byte is the volume's last byte\n"
	"      TYPE: raw freeform sec pei_core dxe_core peim driver combo app mm fv_image mm_dxe mm_core\n"
	"            mm_standalone mm_core_standalone\n"
	"  fvpack list VOLUME [--json]\n"
	"      Checks a volume and lists its files, sections and depexes.\n"
	"  fvpack depex WORDS\n"
	"      Compiles a depex and prints its bytes. Opcodes: BEFORE AFTER PUSH AND OR NOT TRUE FALSE SOR END;\n"
	"      a missing END is added.\n"
	"  fvpack guids\n"
	"      Lists the GUIDs that may be given by symbol or name wherever a GUID is wanted.\n"
	"  fvpack --help\n"
	"\n"
	"Exit codes: 0 done, 1 the input is refused, 2 the command line is wrong.\n";

static int usage(const char *what, const char *where)
{
	complain(where, "see fvpack --help", "%s", what);
	return FVPACK_USAGE;
}

static int run_list(int argc, char **argv)
{
	const char *path = NULL;
	bool is_json = false;
	int i;

	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			is_json = true;
		else if (argv[i][0] == '-' || path != NULL)
			return usage("not an argument of list", argv[i]);
		else
			path = argv[i];
	}
	if (path == NULL)
		return usage("list wants a volume", "command line");
	return list_volume(path, is_json);
}

static int run_depex(int argc, char **argv)
{
	uint8_t bytes[DEPEX_BYTES_MAX];
	size_t count;
	size_t i;

	if (argc != 1)
		return usage("depex wants one argument", "command line");
	if (!depex_compile(argv[0], "command line", bytes, &count))
		return FVPACK_REFUSED;
	for (i = 0; i < count; i++)
		printf("%s%02x", i == 0 ? "" : " ", bytes[i]);
	printf("\n");
	depex_print(mm_bytes(bytes, count), stdout);
	printf("\n");
	return FVPACK_OK;
}

static int run_guids(int argc)
{
	const struct mm_guid_known *known;
	char text[MM_GUID_TEXT_BYTES];
	size_t i;

	if (argc != 0)
		return usage("guids wants no argument", "command line");
	for (i = 0; (known = mm_guid_known_at(i)) != NULL; i++) {
		mm_guid_print(known->guid, text);
		printf("%s  %-28s %-40s %s\n", text, known->symbol, known->name, known->purpose);
	}
	return FVPACK_OK;
}

/* One option of build with its value; FVPACK_OK to go on. */
static int take_option(struct plan *plan, const char **output, const char *option, char *value)
{
	bool is_taken;

	if (strcmp(option, "--output") == 0) {
		*output = value;
		return FVPACK_OK;
	}
	if (strcmp(option, "--dir") == 0) {
		plan->directory = value;
		return FVPACK_OK;
	}
	if (strcmp(option, "--manifest") == 0)
		is_taken = plan_manifest(plan, value);
	else if (strcmp(option, "--volume") == 0)
		is_taken = plan_volume_line(plan, value, "--volume");
	else if (strcmp(option, "--file") == 0)
		is_taken = plan_file_line(plan, value, "--file");
	else if (strcmp(option, "--top") == 0)
		is_taken = plan_top_line(plan, value, "--top");
	else
		return usage("not an option of build", option);
	return is_taken ? FVPACK_OK : FVPACK_REFUSED;
}

static int run_build(int argc, char **argv)
{
	struct plan plan;
	const char *output = NULL;
	int code = FVPACK_OK;
	int i;

	memset(&plan, 0, sizeof(plan));
	plan.alignment_log2 = 4;
	for (i = 0; code == FVPACK_OK && i < argc; i += 2) {
		if (i + 1 == argc)
			code = usage("the option wants a value", argv[i]);
		else
			code = take_option(&plan, &output, argv[i], argv[i + 1]);
	}
	if (code == FVPACK_OK && output == NULL)
		code = usage("build wants --output", "command line");
	if (code == FVPACK_OK && plan.bytes == 0)
		code = usage("the volume has no size", "--volume size=... or a manifest's volume line");
	if (code == FVPACK_OK)
		code = build_volume(&plan, output);
	plan_finish(&plan);
	return code;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage("nothing to do", "command line");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		fputs(help, stdout);
		return FVPACK_OK;
	}
	if (strcmp(argv[1], "build") == 0)
		return run_build(argc - 2, argv + 2);
	if (strcmp(argv[1], "list") == 0)
		return run_list(argc - 2, argv + 2);
	if (strcmp(argv[1], "depex") == 0)
		return run_depex(argc - 2, argv + 2);
	if (strcmp(argv[1], "guids") == 0)
		return run_guids(argc - 2);
	return usage("not a command", argv[1]);
}
