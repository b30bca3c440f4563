/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <string.h>

#include "mmpolicy.h"

#define NEEDS_OUTPUT 0x1u

struct verb {
	const char *name;
	int least; /* inputs */
	int most;
	uint32_t needs;
	int (*run)(const struct options *options);
	const char *usage;
	const char *help;
};

static const struct verb verbs[] = {
	{ "compile", 1, 1, NEEDS_OUTPUT, verb_compile, "POLICY -o OUT.bin [--v1-only]",
	  "check a policy and write the bytes that go into the volume" },
	{ "decompile", 1, 1, 0, verb_decompile, "POLICY [-o OUT.dts]",
	  "write a source that compiles to the same bytes" },
	{ "check", 1, 1, 0, verb_check, "POLICY [--json]", "refuse what is unsound, warn about what is suspicious" },
	{ "level", 1, 1, 0, verb_level, "POLICY --vendor intel|amd [--memory FILE] [--json]",
	  "the isolation level and what prevents a higher one" },
	{ "explain", 1, 2, 0, verb_explain, "[POLICY] 'QUESTION' [--policy POLICY] [--driver NAME|GUID] [--json]",
	  "who decides: 'out 0xcf8 4', 'in 0x70', 'wrmsr 0x1f2', 'cli', 'read 0xfed00000 8', 'save rax 1 after out "
	  "1'" },
	{ "diff", 2, 2, 0, verb_diff, "POLICY POLICY [--json]", "compare by meaning" },
	{ "import-xml", 1, 1, 0, verb_import_xml, "IN.xml [-o OUT.dts]", "translate the ancestor's XML into a source" },
	{ "show", 1, 1, 0, verb_show, "POLICY [--html FILE] [--json]",
	  "rights of each domain over ports, MSRs and memory, floor included" },
};

static void print_usage(FILE *stream)
{
	size_t i;

	fprintf(stream, "usage: mmpolicy VERB ... [--dtc PROGRAM]\n\n");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stream, "  %s %s\n      %s\n", verbs[i].name, verbs[i].usage, verbs[i].help);
	fprintf(stream, "\nA policy is a source (.dts), a compiled tree (.dtb) or a binary.\n"
			"Exit: 0 done or granted, 1 refused, denied or different, 2 wrong usage or unusable file.\n");
}

static int usage_error(const char *what, const char *value)
{
	fprintf(stderr, "mmpolicy: %s%s%s; mmpolicy --help explains\n", what, value != NULL ? ": " : "",
		value != NULL ? value : "");
	return EXIT_USAGE;
}

/* Where an option with a value keeps it; NULL for no such option. */
static const char **option_place(struct options *options, const char *name)
{
	const struct {
		const char *name;
		const char **place;
	} places[] = {
		{ "-o", &options->output },	  { "--dtc", &options->dtc },	{ "--vendor", &options->vendor },
		{ "--memory", &options->memory }, { "--html", &options->html }, { "--policy", &options->policy },
		{ "--driver", &options->driver },
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strcmp(places[i].name, name) == 0)
			return places[i].place;
	}
	return NULL;
}

static bool *flag_place(struct options *options, const char *name)
{
	if (strcmp(name, "--v1-only") == 0)
		return &options->v1_only;
	if (strcmp(name, "--json") == 0)
		return &options->json;
	return NULL;
}

static int parse(int argc, char **argv, const struct verb *verb, struct options *options)
{
	int i;

	for (i = 2; i < argc; i++) {
		const char **place = option_place(options, argv[i]);
		bool *flag = flag_place(options, argv[i]);

		if (flag != NULL) {
			*flag = true;
		} else if (place != NULL) {
			if (i + 1 == argc)
				return usage_error("the option needs a value", argv[i]);
			*place = argv[++i];
		} else if (argv[i][0] == '-' && argv[i][1] != 0) {
			return usage_error("unknown option", argv[i]);
		} else if (options->input_count == verb->most) {
			return usage_error("one argument too many", argv[i]);
		} else {
			options->inputs[options->input_count++] = argv[i];
		}
	}
	if (options->input_count < verb->least)
		return usage_error("an argument is missing after", verb->name);
	if ((verb->needs & NEEDS_OUTPUT) != 0 && options->output == NULL)
		return usage_error("-o is missing after", verb->name);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct options options = { .dtc = "dtc" };
	size_t i;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return EXIT_DONE;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0) {
			int code = parse(argc, argv, &verbs[i], &options);

			return code == EXIT_DONE ? verbs[i].run(&options) : code;
		}
	}
	return usage_error("unknown verb", argv[1]);
}
