/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The policy as a table on the terminal, as JSON, or as one self-contained page with a picture of each space. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mm/base/guid.h"
#include "space.h"

static const enum mm_policy_type types[] = { MM_POLICY_PORT, MM_POLICY_MSR, MM_POLICY_MEMORY };
static const char *const titles[] = { "Ports", "MSRs", "Physical memory" };
#define SPACES 3

/* ------------------------------------------------------------------ the terminal */

static void print_space(const struct mm_policy *policy, const struct space *space, const char *title)
{
	char range[RANGE_BYTES];
	char rights[RIGHTS_BYTES];
	size_t i;
	uint32_t d;

	printf("%s (%s)\n", title,
	       !policy->lists[space->type].present			 ? "no root"
	       : policy->lists[space->type].kind == MM_POLICY_ALLOW_LIST ? "allow-list"
									 : "deny-list");
	for (i = 0; i < space->count; i++) {
		const struct interval *x = &space->intervals[i];

		if (space_is_dull(x))
			continue;
		printf("  %-24s", range_text(x->first, x->last, range));
		for (d = 0; d < space->domain_count; d++)
			printf(" %s: %s;", space_domain_name(policy, d), rights_text(x->domains[d], rights));
		if (x->strict)
			printf(" strict entries;");
		if (x->floor != 0)
			printf(" floor takes %s (%s)", rights_text(x->floor, rights), x->floor_reason);
		printf("\n");
	}
}

static void print_others(const struct mm_policy *policy)
{
	struct mm_policy_entry entry;
	char text[ENTRY_BYTES];
	uint32_t type;
	uint32_t i;

	for (type = MM_POLICY_INSTRUCTION; type <= MM_POLICY_SAVE_STATE; type++) {
		for (i = 0; mm_policy_entry_at(policy, (enum mm_policy_type)type, i, &entry) == MM_OK; i++)
			printf("%s %s\n", policy->lists[type].kind == MM_POLICY_ALLOW_LIST ? "allow" : "deny",
			       entry_text(&entry, text));
	}
}

static int show_text(const struct loaded *loaded)
{
	int i;

	for (i = 0; i < SPACES; i++) {
		struct space space;

		if (!space_init(&space, &loaded->policy, types[i]))
			return EXIT_USAGE;
		print_space(&loaded->policy, &space, titles[i]);
		space_finish(&space);
	}
	print_others(&loaded->policy);
	return EXIT_DONE;
}

/* ------------------------------------------------------------------ JSON */

static void json_space(const struct mm_policy *policy, const struct space *space, const char *title)
{
	char rights[RIGHTS_BYTES];
	const char *separator = "";
	size_t i;
	uint32_t d;

	printf("\"%s\": [", title);
	for (i = 0; i < space->count; i++) {
		const struct interval *x = &space->intervals[i];

		if (space_is_dull(x))
			continue;
		printf("%s{\"first\": %" PRIu64 ", \"last\": %" PRIu64
		       ", \"strict\": %s, \"floor\": \"%s\", \"domains\": {",
		       separator, x->first, x->last, x->strict ? "true" : "false", rights_text(x->floor, rights));
		for (d = 0; d < space->domain_count; d++) {
			printf("%s", d == 0 ? "" : ", ");
			print_quoted(stdout, space_domain_name(policy, d));
			printf(": \"%s\"", rights_text(x->domains[d], rights));
		}
		printf("}}");
		separator = ", ";
	}
	printf("]");
}

static int show_json(const struct loaded *loaded)
{
	int i;

	printf("{");
	for (i = 0; i < SPACES; i++) {
		struct space space;

		if (!space_init(&space, &loaded->policy, types[i]))
			return EXIT_USAGE;
		printf("%s", i == 0 ? "" : ", ");
		json_space(&loaded->policy, &space, titles[i]);
		space_finish(&space);
	}
	printf("}\n");
	return EXIT_DONE;
}

/* ------------------------------------------------------------------ the page */

static const char style[] =
	"body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:72em;padding:0 1em;color:#1a1a1a}"
	"h1{margin-bottom:0}h2{margin-top:2em}table{border-collapse:collapse;width:100%}"
	"td,th{border-bottom:1px solid #ddd;padding:.25em .6em;text-align:left;vertical-align:top}"
	"th{font-weight:600}td.range{font-family:ui-monospace,monospace;white-space:nowrap}"
	"svg{width:100%;height:3.2em;display:block;margin:.6em 0;border:1px solid #999;shape-rendering:crispEdges}"
	".none{fill:#f3f3f3}.r{fill:#9fd0a8}.w{fill:#f0c987}.rw{fill:#4f9d69}.floor{fill:#b3413b}.strict{fill:#6a7fc1}"
	".key span{display:inline-block;margin-right:1.2em}.key "
	"i{display:inline-block;width:1em;height:1em;margin-right:"
	".35em;vertical-align:-.15em;border:1px solid #999}";

static const char *css_class(const struct interval *x, uint32_t domain)
{
	static const char *const names[] = { "none", "r", "w", "rw" };

	if (x->floor != 0 && x->domains[domain] == 0)
		return "floor";
	if (x->strict && x->domains[domain] == 0)
		return "strict";
	return names[x->domains[domain] & 3u];
}

/* Intervals differ by many powers of two: each gets a width that grows with the number of its bits. */
static double width_of(const struct interval *x)
{
	uint64_t size = x->last - x->first;
	double width = 1;

	for (; size > 0; size /= 2)
		width += 0.5;
	return width;
}

static void html_strip(FILE *out, const struct mm_policy *policy, const struct space *space, uint32_t domain)
{
	double total = 0;
	double at = 0;
	char range[RANGE_BYTES];
	char rights[RIGHTS_BYTES];
	size_t i;

	for (i = 0; i < space->count; i++)
		total += width_of(&space->intervals[i]);
	fprintf(out, "<svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" role=\"img\" data-domain=\"");
	print_html(out, space_domain_name(policy, domain));
	fprintf(out, "\">");
	for (i = 0; i < space->count; i++) {
		const struct interval *x = &space->intervals[i];
		double width = width_of(x) * 1000 / total;

		fprintf(out,
			"<rect class=\"%s\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"40\"><title>%s: "
			"%s</title></rect>",
			css_class(x, domain), at, width, range_text(x->first, x->last, range),
			rights_text(x->domains[domain], rights));
		at += width;
	}
	fprintf(out, "</svg>\n");
}

static void html_rows(FILE *out, const struct space *space)
{
	char range[RANGE_BYTES];
	char rights[RIGHTS_BYTES];
	size_t i;
	uint32_t d;

	for (i = 0; i < space->count; i++) {
		const struct interval *x = &space->intervals[i];

		if (space_is_dull(x))
			continue;
		fprintf(out, "<tr><td class=\"range\">%s</td>", range_text(x->first, x->last, range));
		for (d = 0; d < space->domain_count; d++)
			fprintf(out, "<td>%s</td>",
				x->domains[d] == 0 ? "&ndash;" : rights_text(x->domains[d], rights));
		fprintf(out, "<td>%s%s", x->strict ? "strict entries" : "", x->strict && x->floor != 0 ? "; " : "");
		if (x->floor != 0) {
			fprintf(out, "floor takes %s: ", rights_text(x->floor, rights));
			print_html(out, x->floor_reason);
		}
		fprintf(out, "</td></tr>\n");
	}
}

static void html_space(FILE *out, const struct mm_policy *policy, const struct space *space, const char *title)
{
	uint32_t d;

	fprintf(out, "<section id=\"%s\"><h2>%s</h2><p>%s.</p>\n", mm_policy_type_name(space->type), title,
		!policy->lists[space->type].present ? "The policy has no root for them: all is denied"
		: policy->lists[space->type].kind == MM_POLICY_ALLOW_LIST ? "Allow-list: what is not listed is denied"
									  : "Deny-list: what is not listed is granted");
	for (d = 0; d < space->domain_count; d++) {
		fprintf(out, "<h3>Domain ");
		print_html(out, space_domain_name(policy, d));
		fprintf(out, "</h3>\n");
		html_strip(out, policy, space, d);
	}
	fprintf(out, "<table><thead><tr><th>Range</th>");
	for (d = 0; d < space->domain_count; d++) {
		fprintf(out, "<th>");
		print_html(out, space_domain_name(policy, d));
		fprintf(out, "</th>");
	}
	fprintf(out, "<th>Floor and strict entries</th></tr></thead><tbody>\n");
	html_rows(out, space);
	fprintf(out, "</tbody></table></section>\n");
}

static void html_entries(FILE *out, const struct mm_policy *policy)
{
	struct mm_policy_entry entry;
	char text[ENTRY_BYTES];
	uint32_t type;
	uint32_t i;

	fprintf(out, "<section id=\"entries\"><h2>Entries</h2><table><thead><tr><th>List</th><th>Entry</th>"
		     "<th>Reason</th></tr></thead><tbody>\n");
	for (type = MM_POLICY_MEMORY; type <= MM_POLICY_SAVE_STATE; type++) {
		for (i = 0; mm_policy_entry_at(policy, (enum mm_policy_type)type, i, &entry) == MM_OK; i++) {
			fprintf(out, "<tr><td>%s</td><td>%s</td><td>",
				policy->lists[type].kind == MM_POLICY_ALLOW_LIST ? "allow" : "deny",
				entry_text(&entry, text));
			print_html(out, mm_policy_entry_reason(policy, (enum mm_policy_type)type, i));
			fprintf(out, "</td></tr>\n");
		}
	}
	fprintf(out, "</tbody></table></section>\n");
}

static void html_domains(FILE *out, const struct mm_policy *policy)
{
	struct mm_policy_driver driver;
	char guid[MM_GUID_TEXT_BYTES];
	uint32_t i;

	fprintf(out,
		"<section id=\"domains\"><h2>Domains</h2><p>Within a domain there is no security boundary: each driver "
		"has, in effect, the union shown "
		"above.</p><table><thead><tr><th>Driver</th><th>File</th><th>Domain</th>"
		"</tr></thead><tbody>\n");
	for (i = 0; mm_policy_driver_at(policy, i, &driver) == MM_OK; i++) {
		mm_guid_print(&driver.guid, guid);
		fprintf(out, "<tr><td>");
		print_html(out, driver.name);
		fprintf(out, "</td><td class=\"range\">%s</td><td>", guid);
		print_html(out, space_domain_name(policy, driver.domain));
		fprintf(out, "</td></tr>\n");
	}
	fprintf(out, "</tbody></table></section>\n");
}

static bool html_spaces(FILE *out, const struct mm_policy *policy)
{
	int i;

	for (i = 0; i < SPACES; i++) {
		struct space space;

		if (!space_init(&space, policy, types[i]))
			return false;
		html_space(out, policy, &space, titles[i]);
		space_finish(&space);
	}
	return true;
}

static int show_html(const struct options *options, const struct loaded *loaded)
{
	struct output output;
	bool done;

	if (!output_open(&output))
		return EXIT_USAGE;
	fprintf(output.stream,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Policy</title>"
		"<style>%s</style></head><body>\n<h1>What ring 3 may touch</h1>\n<p>",
		style);
	print_html(output.stream, loaded->path);
	fprintf(output.stream,
		"</p><p class=\"key\"><span><i style=\"background:#4f9d69\"></i>read and write</span><span>"
		"<i style=\"background:#9fd0a8\"></i>read</span><span><i style=\"background:#f0c987\"></i>write</span>"
		"<span><i style=\"background:#6a7fc1\"></i>strict entries</span><span><i style=\"background:#b3413b\">"
		"</i>floor</span><span><i style=\"background:#f3f3f3\"></i>nothing</span></p>\n");
	done = html_spaces(output.stream, &loaded->policy);
	html_entries(output.stream, &loaded->policy);
	html_domains(output.stream, &loaded->policy);
	fprintf(output.stream, "</body></html>\n");
	return output_close(&output, options->html) && done ? EXIT_DONE : EXIT_USAGE;
}

int verb_show(const struct options *options)
{
	struct loaded loaded;
	int code = policy_load(options, options->inputs[0], 0, &loaded);

	if (code != EXIT_DONE)
		return code;
	if (options->html != NULL)
		code = show_html(options, &loaded);
	else
		code = options->json ? show_json(&loaded) : show_text(&loaded);
	policy_unload(&loaded);
	return code;
}
