/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Where a node or property stands in its source file. dtc -T writes the tree back with "file:line" comments; this
 * follows its braces until the path matches.
 */
#include <stdlib.h>
#include <string.h>

#include "mmpolicy.h"

struct place {
	const char *node; /* what is sought */
	const char *property;
	char path[512]; /* of the node that the line belongs to, "" for the root */
	char *ret_text;
	size_t capacity;
};

/* The last comment of the line without its frame; "" when there is none. */
static void take_comment(const char *line, struct place *place)
{
	const char *start = NULL;
	const char *at;
	const char *end;

	for (at = strstr(line, "/* "); at != NULL; at = strstr(at + 3, "/* "))
		start = at + 3;
	if (start == NULL)
		return;
	end = strstr(start, " */");
	if (end != NULL && (size_t)(end - start) < place->capacity) {
		memcpy(place->ret_text, start, (size_t)(end - start));
		place->ret_text[end - start] = 0;
	}
}

static bool path_matches(const struct place *place)
{
	return strcmp(place->path[0] == 0 ? "/" : place->path, place->node) == 0;
}

static void enter_node(const char *name, size_t length, struct place *place)
{
	size_t used = strlen(place->path);

	if (length == 1 && name[0] == '/')
		return; /* the root adds nothing */
	if (used + 1 + length < sizeof(place->path)) {
		place->path[used] = '/';
		memcpy(place->path + used + 1, name, length);
		place->path[used + 1 + length] = 0;
	}
}

static void leave_node(struct place *place)
{
	char *slash = strrchr(place->path, '/');

	if (slash != NULL)
		*slash = 0;
}

/* One line of dtc's output, zero-terminated, blanks at its front removed. */
static void read_line(const char *line, struct place *place)
{
	size_t name = strcspn(line, " ;=");

	if (strncmp(line, "};", 2) == 0) {
		leave_node(place);
	} else if (strncmp(line + name, " {", 2) == 0) {
		enter_node(line, name, place);
		if (path_matches(place))
			take_comment(line, place);
	} else if (place->property[0] != 0 && path_matches(place) && strlen(place->property) == name &&
		   strncmp(line, place->property, name) == 0) {
		take_comment(line, place);
	}
}

void locate_node(const struct options *options, const char *path, const char *node, const char *property,
		 char *ret_text, size_t capacity)
{
	static const char *const arguments[] = { "-q", "-T", "-I", "dts", "-O", "dts", "-o", "-", NULL };
	struct place place = { .node = node, .property = property, .ret_text = ret_text, .capacity = capacity };
	size_t length = strlen(path);
	struct blob text;
	char *line;
	char *rest;

	ret_text[0] = 0;
	if (length < 4 || strcmp(path + length - 4, ".dts") != 0)
		return;
	if (!dtc_run(options->dtc, arguments, path, &text))
		return;
	rest = realloc(text.data, text.bytes + 1);
	if (rest != NULL) {
		text.data = (uint8_t *)rest;
		rest[text.bytes] = 0;
		for (line = strtok_r(rest, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
			read_line(line + strspn(line, "\t "), &place);
	}
	free(text.data);
}
